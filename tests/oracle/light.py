"""Which transport options are legal on given spans, and how long their light takes."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from tests.oracle.raw import Raw

LIGHT_M_S = 299_792_458.0
WAVELENGTH_M = 1550e-9
REFERENCE_HZ = 12.5e9
PREFIX = {"fixed_c": "omd32", "roadm_cl": "rd66"}
"""Catalog prefix by terminal."""


@dataclass(frozen=True)
class Option:
    """A module with a terminal."""

    module: str
    terminal: str
    channels_per_pair: int
    rate_gbps: float
    kind: str

    @property
    def name(self) -> str:
        """Module and terminal."""
        return f"{self.module}@{self.terminal}"


@dataclass(frozen=True)
class Amplifier:
    """What amplifies one pair in one hut."""

    price_row: str
    watts: float


def options(raw: Raw) -> list[Option]:
    """Return every option of the study."""
    found = []
    for module in raw.study.file.transport.modules:
        if module.startswith(("grey", "coh800_lr1")):
            found.append(Option(module, "none", 1, raw.v(f"{module}.rate"), "grey"))
            continue
        single = module.startswith(("zr400", "zr800", "zr1600"))
        for terminal in raw.study.file.transport.terminals:
            band = 4800.0 if terminal == "fixed_c" else 9600.0
            ports = raw.v(f"{PREFIX[terminal]}.ports")
            count = int(min(math.floor(band / raw.v(f"{module}.spacing") + 1e-9), ports))
            kind = "single" if single else "multi"
            found.append(Option(module, terminal, count, raw.v(f"{module}.rate"), kind))
    return found


def amplifiers(raw: Raw, option: Option) -> dict[str, Amplifier]:
    """Return the amplifier types that an option may use, by name."""
    narrow = option.terminal == "fixed_c"
    price = "price.conly" if narrow else "price.conv"
    found = {
        "legacy": Amplifier(price, raw.v("pw.conly" if narrow else "pw.legacy")),
        "conventional": Amplifier(price, raw.v("pw.conly" if narrow else "pw.conv")),
    }
    if not narrow:
        found["multi_rail"] = Amplifier("price.multi", raw.v("pw.multi"))
    return {n: a for n, a in found.items() if n in raw.study.file.transport.amplifier_types}


def first_period(raw: Raw, module: str) -> int:
    """Return the first period of a module: its lead time and its date."""
    ready = raw.study.file.transport.module_dates.get(module)
    if ready is None and f"{module}.available" in raw.catalog.rows:
        ready = dt.date(int(raw.v(f"{module}.available")), 1, 1)
    by_date = 0 if ready is None else raw.first_on(ready)
    return max(raw.first_lead(f"{module}.price"), by_date)


def rtt_ms(
    raw: Raw,
    option: Option,
    length_km: float,
    amps: int,
    fiber: str = "G652D",
    regens: int = 0,
) -> float:
    """Return the round trip time of a channel."""
    one_way = length_km * raw.v(f"{fiber}.delay")
    one_way += amps * raw.v("lat.ila") + regens * raw.v("lat.regen")
    one_way += raw.v(f"{option.module}.latency")
    if option.terminal == "roadm_cl":
        one_way += 2 * raw.v("lat.roadm")
    return 2 * one_way / 1000


def span_noise(raw: Raw, option: Option, span_km: float, fiber: str = "G652D") -> float:
    """Return the inverse OSNR that one span adds at its own best launch power."""
    bands = 1 if option.terminal == "fixed_c" else 2
    loss_db = raw.v(f"{fiber}.loss") * span_km + raw.v("span.extra") * (1 + (fiber == "HCF"))
    ase_mw = 10 ** (-(57.95 - loss_db - raw.v("ila.nf")) / 10)
    alpha = raw.v(f"{fiber}.loss") * math.log(10) / 10
    effective_km = (1 - math.exp(-alpha * span_km)) / alpha
    # ps/(nm km) = 1e-6 s/m2; beta2 in s2/m, times 1000 for s2/km
    beta2 = raw.v(f"{fiber}.D") * 1e-6 * WAVELENGTH_M**2 / (2 * math.pi * LIGHT_M_S) * 1000
    baud = raw.v(f"{option.module}.baud") * 1e9
    spacing = raw.v(f"{option.module}.spacing") * 1e9
    walk = beta2 / alpha * baud**2
    count = option.channels_per_pair
    spread = math.asinh(math.pi**2 / 2 * walk * count ** (2 * baud / spacing))
    eta_w = 8 / 27 * raw.v(f"{fiber}.gamma") ** 2 * effective_km**2 * spread / (math.pi * walk)
    eta = eta_w * 1e-6 * REFERENCE_HZ / baud
    best_mw = (ase_mw / (2 * eta)) ** (1 / 3)
    cap_mw = 10 ** ((raw.v("ila.pout") - 10 * math.log10(math.ceil(count / bands))) / 10)
    power = min(best_mw, cap_mw)
    return float(ase_mw / power + eta * power**2)


def noise_left(raw: Raw, option: Option, spans: list[float], fiber: str = "G652D") -> float:
    """Return limit less noise of a coherent option: legal when not negative."""
    roadm = option.terminal == "roadm_cl"
    spread = raw.v(f"{fiber}.D") * sum(spans)
    need_db = raw.v(f"{option.module}.osnr") + raw.study.file.transport.margin_db
    need_db += raw.v("isrs") if roadm else 0.0
    need_db += raw.v("pen.cd") if spread > raw.v("cd.free") else 0.0
    launch = raw.v(f"{option.module}.launch") - raw.v(f"{PREFIX[option.terminal]}.loss")
    noise = 10 ** (-raw.v("tx.osnr") / 10)
    noise += 10 ** (-raw.v("roadm.addosnr") / 10) if roadm else 0.0
    noise += 10 ** (-(57.95 + launch - raw.v("ila.nf")) / 10)
    noise += sum(span_noise(raw, option, s, fiber) for s in spans)
    return float(10 ** (-need_db / 10) - noise)


def is_legal(raw: Raw, option: Option, spans: list[float], fiber: str = "G652D") -> bool:
    """Whether an option may be lit on a section with these spans."""
    if option.kind != "multi" and len(spans) > 1:
        return False
    length = sum(spans)
    if option.kind == "grey":
        return length <= raw.v(f"{option.module}.reach") + 1e-9
    ceiling = "cd.max.qpsk" if option.module.startswith("zrp400_124") else "cd.max.qam"
    if raw.v(f"{fiber}.D") * length > raw.v(ceiling):
        return False
    return noise_left(raw, option, spans, fiber) >= 0
