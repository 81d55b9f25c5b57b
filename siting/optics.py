"""Optical transport: options, latency, additive noise (``models/formulation.md`` section 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.catalog import Catalog

OSNR_CONSTANT_DB = 57.95
"""-10 log10(h nu 12.5 GHz / 1 mW) at 193.4 THz."""
REFERENCE_BANDWIDTH_HZ = 12.5e9
SPEED_OF_LIGHT_M_PER_S = 299_792_458.0
WAVELENGTH_M = 1550e-9
HOLLOW_CORE = "HCF"

ModuleClass = Literal["grey", "single_span", "multi_span"]
TerminalName = Literal["none", "fixed_c", "roadm_cl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A line terminal: multiplexer, booster and preamplifier of one fiber pair end."""

    name: TerminalName
    prefix: str
    """Catalog prefix."""
    band_ghz: float
    bands: int
    """Amplified bands."""
    is_roadm: bool


TERMINALS: dict[str, Terminal] = {
    "fixed_c": Terminal(
        name="fixed_c",
        prefix="omd32",
        band_ghz=4800.0,
        bands=1,
        is_roadm=False,
    ),
    "roadm_cl": Terminal(
        name="roadm_cl",
        prefix="rd66",
        band_ghz=9600.0,
        bands=2,
        is_roadm=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplifier:
    """A type of in-line amplifier equipment."""

    name: str
    rack: str
    """Catalog row of the pairs that one rack amplifies."""
    price: dict[str, str]
    power: dict[str, str]
    """Catalog rows per pair and hut, by the line terminals it works with."""


AMPLIFIERS: dict[str, Amplifier] = {
    "legacy": Amplifier(
        name="legacy",
        rack="rack.legacy",
        price={"fixed_c": "price.conly", "roadm_cl": "price.conv"},
        power={"fixed_c": "pw.conly", "roadm_cl": "pw.legacy"},
    ),
    "conventional": Amplifier(
        name="conventional",
        rack="rack.conv",
        price={"fixed_c": "price.conly", "roadm_cl": "price.conv"},
        power={"fixed_c": "pw.conly", "roadm_cl": "pw.conv"},
    ),
    "multi_rail": Amplifier(
        name="multi_rail",
        rack="rack.multi",
        price={"roadm_cl": "price.multi"},
        power={"roadm_cl": "pw.multi"},
    ),
}
NO_AMPLIFIER = "none"
QPSK_MODULES = ("zrp400_124",)
"""Prefixes of modules that bear the chromatic dispersion of QPSK."""


def module_class(module: str) -> ModuleClass:
    """Return the class of a transceiver by its catalog prefix.

    >>> module_class("zr1600"), module_class("zrp800_131e")
    ('single_span', 'multi_span')
    """
    if module.startswith("grey") or module == "coh800_lr1":
        return "grey"
    if module.startswith("zr") and module[2:3].isdigit():
        return "single_span"
    return "multi_span"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanNoise:
    """Noise of one span as a function of its length: inverse OSNR in 0.1 nm at optimum launch."""

    loss_db_per_km: float
    extra_db: float
    noise_figure_db: float
    gamma_per_w_km: float
    beta2_s2_per_km: float
    symbol_rate_hz: float
    spacing_hz: float
    channels: int
    launch_cap_mw: float

    def __call__(self, length_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the noise of spans of ``length_km`` (any shape), linear, 0.1 nm."""
        loss_db = self.loss_db_per_km * length_km + self.extra_db
        ase_mw = 10 ** (-(OSNR_CONSTANT_DB - loss_db - self.noise_figure_db) / 10)
        alpha = self.loss_db_per_km / (10 * math.log10(math.e))
        length_a = 1 / alpha
        length_eff = length_a * (1 - np.exp(-alpha * length_km))
        denominator = self.beta2_s2_per_km * length_a * self.symbol_rate_hz**2
        width = self.channels ** (2 * self.symbol_rate_hz / self.spacing_hz)
        log_term = math.asinh(math.pi**2 / 2 * denominator * width)
        eta_per_w2 = (
            8 / 27 * self.gamma_per_w_km**2 * length_eff**2 * log_term / (math.pi * denominator)
        )
        eta_per_mw2 = 1e-6 * eta_per_w2 * REFERENCE_BANDWIDTH_HZ / self.symbol_rate_hz
        optimum_mw = np.cbrt(ase_mw / (2 * np.maximum(eta_per_mw2, 1e-300)))
        launch_mw = np.minimum(optimum_mw, self.launch_cap_mw)
        noise: NDArray[np.float64] = ase_mw / launch_mw + eta_per_mw2 * launch_mw**2
        return noise


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportOption:
    """A transceiver with its line terminal, on a fiber type."""

    id: str
    module: str
    module_class: ModuleClass
    terminal: TerminalName
    fiber_type: str
    rate_gbps: float
    channels_per_pair: int
    reach_km: float
    """Grey only; infinite otherwise."""
    fixed_latency_us: float
    """One way: both transceivers and terminals."""
    fixed_noise: float
    """Transmitter, terminal add and booster, inverse OSNR in 0.1 nm; 0 for grey."""
    required_osnr_db: float
    """Required OSNR with margin and band penalty, without dispersion penalty."""
    dispersion_penalty_db: float
    dispersion_free_ps_nm: float
    dispersion_max_ps_nm: float
    dispersion_ps_nm_km: float
    span_noise: SpanNoise | None

    def noise_budget(self, length_km: float) -> float:
        """Return what the spans of a section of ``length_km`` may add; negative when illegal."""
        dispersion = self.dispersion_ps_nm_km * length_km
        if dispersion > self.dispersion_max_ps_nm:
            return -math.inf
        penalty = self.dispersion_penalty_db if dispersion > self.dispersion_free_ps_nm else 0.0
        limit: float = 10 ** (-(self.required_osnr_db + penalty) / 10)
        return limit - self.fixed_noise


def transport_option(
    catalog: Catalog, module: str, terminal: TerminalName, fiber_type: str, margin_db: float
) -> TransportOption:
    """Return the option of ``module`` behind ``terminal`` on ``fiber_type``.

    Raises:
        CatalogError: the catalog lacks a row of the module, terminal or fiber.
    """
    value = catalog.value
    kind = module_class(module)
    latency_us = value(f"{module}.latency")
    if kind == "grey":
        return TransportOption(
            id=f"{module}/none/{fiber_type}",
            module=module,
            module_class=kind,
            terminal="none",
            fiber_type=fiber_type,
            rate_gbps=value(f"{module}.rate"),
            channels_per_pair=1,
            reach_km=value(f"{module}.reach"),
            fixed_latency_us=latency_us,
            fixed_noise=0.0,
            required_osnr_db=0.0,
            dispersion_penalty_db=0.0,
            dispersion_free_ps_nm=math.inf,
            dispersion_max_ps_nm=math.inf,
            dispersion_ps_nm_km=0.0,
            span_noise=None,
        )
    line = TERMINALS[terminal]
    spacing_ghz = value(f"{module}.spacing")
    channels = int(
        min(math.floor(line.band_ghz / spacing_ghz + 1e-9), value(f"{line.prefix}.ports"))
    )
    noise_figure_db = value("ila.nf")
    booster_in_dbm = value(f"{module}.launch") - value(f"{line.prefix}.loss")
    fixed_noise = 10 ** (-value("tx.osnr") / 10) + 10 ** (
        -(OSNR_CONSTANT_DB + booster_in_dbm - noise_figure_db) / 10
    )
    if line.is_roadm:
        fixed_noise += 10 ** (-value("roadm.addosnr") / 10)
    dispersion = value(f"{fiber_type}.D")
    cap_dbm = value("ila.pout") - 10 * math.log10(math.ceil(channels / line.bands))
    span_noise = SpanNoise(
        loss_db_per_km=value(f"{fiber_type}.loss"),
        extra_db=value("span.extra") * (2 if fiber_type == HOLLOW_CORE else 1),
        noise_figure_db=noise_figure_db,
        gamma_per_w_km=value(f"{fiber_type}.gamma"),
        beta2_s2_per_km=(
            dispersion * 1e-6 * WAVELENGTH_M**2 / (2 * math.pi * SPEED_OF_LIGHT_M_PER_S) * 1e3
        ),
        symbol_rate_hz=value(f"{module}.baud") * 1e9,
        spacing_hz=spacing_ghz * 1e9,
        channels=channels,
        launch_cap_mw=10 ** (cap_dbm / 10),
    )
    return TransportOption(
        id=f"{module}/{terminal}/{fiber_type}",
        module=module,
        module_class=kind,
        terminal=terminal,
        fiber_type=fiber_type,
        rate_gbps=value(f"{module}.rate"),
        channels_per_pair=channels,
        reach_km=math.inf,
        fixed_latency_us=latency_us + (2 * value("lat.roadm") if line.is_roadm else 0.0),
        fixed_noise=fixed_noise,
        required_osnr_db=value(f"{module}.osnr")
        + margin_db
        + (value("isrs") if line.is_roadm else 0.0),
        dispersion_penalty_db=value("pen.cd"),
        dispersion_free_ps_nm=value("cd.free"),
        dispersion_max_ps_nm=value(
            "cd.max.qpsk" if module.startswith(QPSK_MODULES) else "cd.max.qam"
        ),
        dispersion_ps_nm_km=dispersion,
        span_noise=span_noise,
    )


def route_rtt_ms(
    length_km: float, delay_us_per_km: float, amplifiers: int, amplifier_us: float, fixed_us: float
) -> float:
    """Return the round-trip time of a route, ms.

    Args:
        length_km: length of the fiber.
        delay_us_per_km: its group delay.
        amplifiers: in-line amplifiers.
        amplifier_us: delay of one.
        fixed_us: terminals, transceivers and regenerators, one way.

    >>> round(route_rtt_ms(40.0, 4.9, 0, 0.15, 0.0) / 2, 4)
    0.196
    """
    return 2 * (length_km * delay_us_per_km + amplifiers * amplifier_us + fixed_us) / 1000
