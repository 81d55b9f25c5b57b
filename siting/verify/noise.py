"""Optical noise of a route: inverse OSNR in 0.1 nm (models/formulation.md, section 3).

Incoherent Gaussian-noise model with local optimum launch (Poggiolini et al., J. Lightwave
Technol. 32(4), 2014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from siting.catalog import Catalog
from siting.verify.options import BANDS, TERMINAL_PREFIX, channels_per_pair

QUANTUM_DB: Final = 57.95
"""-10 log10(h f 12.5 GHz / 1 mW) near 1550 nm, dB."""
REFERENCE_HZ: Final = 12.5e9
"""0.1 nm at 1550 nm."""
LIGHT_M_PER_S: Final = 299_792_458.0
WAVELENGTH_M: Final = 1550e-9
QPSK: Final = "zrp400_124"
"""Prefix of the modules that bear the dispersion of QPSK."""


def from_db(decibels: float) -> float:
    """Return the ratio of ``decibels``."""
    return float(10.0 ** (decibels / 10.0))


def to_db(ratio: float) -> float:
    """Return a positive ratio in dB."""
    return 10.0 * math.log10(ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSystem:
    """An option on a fiber type, as the noise of one span sees it."""

    loss_db_per_km: float
    extra_db: float
    dispersion_ps_nm_km: float
    gamma_per_w_km: float
    noise_figure_db: float
    amplifier_dbm: float
    """Total output power per band."""
    baud_hz: float
    spacing_hz: float
    channels: int
    bands: int

    def ase_mw(self, span_km: float) -> float:
        """Return A, the noise of the amplifier at the end of a span, mW."""
        loss_db = self.loss_db_per_km * span_km + self.extra_db
        return from_db(-(QUANTUM_DB - loss_db - self.noise_figure_db))

    def nonlinear_per_mw2(self, span_km: float) -> float:
        """Return eta', nonlinear noise of a span in 0.1 nm over launch power squared, mW^-2."""
        alpha = self.loss_db_per_km / (10.0 * math.log10(math.e))
        asymptotic_km = 1.0 / alpha
        effective_km = asymptotic_km * (1.0 - math.exp(-alpha * span_km))
        dispersion = self.dispersion_ps_nm_km * 1e-6  # s/m^2
        beta2 = dispersion * WAVELENGTH_M**2 / (2.0 * math.pi * LIGHT_M_PER_S)  # s^2/m
        spread = beta2 * asymptotic_km * 1e3 * self.baud_hz**2
        comb = self.channels ** (2.0 * self.baud_hz / self.spacing_hz)
        eta_per_w2 = (
            (8.0 / 27.0)
            * (self.gamma_per_w_km * effective_km) ** 2
            * math.asinh(math.pi**2 / 2.0 * spread * comb)
            / (math.pi * spread)
        )
        return eta_per_w2 * 1e-6 * REFERENCE_HZ / self.baud_hz

    def largest_launch_mw(self) -> float:
        """Return the largest launch power of a channel, mW."""
        return from_db(self.amplifier_dbm - to_db(math.ceil(self.channels / self.bands)))

    def span_noise(self, span_km: float) -> float:
        """Return the inverse OSNR of one span at its best launch power."""
        ase, eta = self.ase_mw(span_km), self.nonlinear_per_mw2(span_km)
        power = self.largest_launch_mw()
        if eta > 0:
            power = min((ase / (2.0 * eta)) ** (1.0 / 3.0), power)
        return ase / power + eta * power**2


def line_system(module: str, terminal: str, fiber: str, catalog: Catalog) -> LineSystem:
    """Return the line system of a coherent option."""
    value = catalog.value
    return LineSystem(
        loss_db_per_km=value(f"{fiber}.loss"),
        extra_db=value("span.extra") * (2.0 if fiber == "HCF" else 1.0),
        dispersion_ps_nm_km=value(f"{fiber}.D"),
        gamma_per_w_km=value(f"{fiber}.gamma"),
        noise_figure_db=value("ila.nf"),
        amplifier_dbm=value("ila.pout"),
        baud_hz=value(f"{module}.baud") * 1e9,
        spacing_hz=value(f"{module}.spacing") * 1e9,
        channels=channels_per_pair(module, terminal, catalog),
        bands=BANDS[terminal],
    )


def received_osnr_db(
    spans_km: Sequence[float], module: str, terminal: str, fiber: str, catalog: Catalog
) -> float:
    """Return the OSNR of a coherent option at the receiver, dB in 0.1 nm."""
    value = catalog.value
    booster_input_dbm = value(f"{module}.launch") - value(f"{TERMINAL_PREFIX[terminal]}.loss")
    noise = from_db(-value("tx.osnr")) + from_db(
        -(QUANTUM_DB + booster_input_dbm - value("ila.nf"))
    )
    if terminal == "roadm_cl":
        noise += from_db(-value("roadm.addosnr"))
    system = line_system(module, terminal, fiber, catalog)
    return -to_db(noise + math.fsum(system.span_noise(span) for span in spans_km))


def required_osnr_db(
    dispersion_ps_nm: float, module: str, terminal: str, margin_db: float, catalog: Catalog
) -> float:
    """Return the OSNR that a coherent option needs, margins included, dB in 0.1 nm."""
    needed = catalog.value(f"{module}.osnr") + margin_db
    if terminal == "roadm_cl":
        needed += catalog.value("isrs")
    if dispersion_ps_nm > catalog.value("cd.free"):
        needed += catalog.value("pen.cd")
    return needed


def largest_dispersion_ps_nm(module: str, catalog: Catalog) -> float:
    """Return the chromatic dispersion that a module bears at most, ps/nm."""
    return catalog.value("cd.max.qpsk" if module.startswith(QPSK) else "cd.max.qam")
