"""Transport options: class, channels, latency (models/formulation.md, section 3)."""

from __future__ import annotations

import math
import re
from typing import Final, Literal

from siting.catalog import Catalog
from siting.plan import RouteMode
from siting.tables import LeasedWaveRow

OpticalClass = Literal["grey", "single_span", "multi_span"]

SINGLE_SPAN: Final = re.compile(r"zr\d")
BAND_GHZ: Final = {"fixed_c": 4800.0, "roadm_cl": 9600.0}
BANDS: Final = {"fixed_c": 1, "roadm_cl": 2}
"""Amplifier bands."""
TERMINAL_PREFIX: Final = {"fixed_c": "omd32", "roadm_cl": "rd66"}
AMPLIFIER_PRICE: Final = {
    ("legacy", "fixed_c"): "price.conly",
    ("legacy", "roadm_cl"): "price.conv",
    ("conventional", "fixed_c"): "price.conly",
    ("conventional", "roadm_cl"): "price.conv",
    ("multi_rail", "roadm_cl"): "price.multi",
}
"""Catalog row of an amplifier per pair and hut, by type and terminal; others do not exist."""
AMPLIFIER_POWER: Final = {
    ("legacy", "fixed_c"): "pw.conly",
    ("legacy", "roadm_cl"): "pw.legacy",
    ("conventional", "fixed_c"): "pw.conly",
    ("conventional", "roadm_cl"): "pw.conv",
    ("multi_rail", "roadm_cl"): "pw.multi",
}
PAIRS_PER_RACK: Final = {
    "legacy": "rack.legacy",
    "conventional": "rack.conv",
    "multi_rail": "rack.multi",
}
FLOOR_SLACK: Final = 1e-9


def optical_class(module: str) -> OpticalClass:
    """Return the class of a module by its catalog prefix."""
    if module.startswith("grey") or module == "coh800_lr1":
        return "grey"
    return "single_span" if SINGLE_SPAN.match(module) else "multi_span"


def option_name(mode: RouteMode) -> str:
    """Return an option in words."""
    amplified = "" if mode.amplifier == "none" else f" and {mode.amplifier} amplifiers"
    return f"{mode.module} with terminal {mode.terminal}{amplified}"


def terminal_fits(module: str, terminal: str) -> bool:
    """Whether a module works with a terminal: grey with none, coherent with a line terminal."""
    return (optical_class(module) == "grey") == (terminal == "none")


def channels_per_pair(module: str, terminal: str, catalog: Catalog) -> int:
    """Return M, the channels that one fiber pair carries; 0 for an illegal combination."""
    if not terminal_fits(module, terminal):
        return 0
    if terminal == "none":
        return 1
    slots = math.floor(BAND_GHZ[terminal] / catalog.value(f"{module}.spacing") + FLOOR_SLACK)
    return min(slots, round(catalog.value(f"{TERMINAL_PREFIX[terminal]}.ports")))


def fiber_rtt_ms(
    length_km: float,
    amplifiers: int,
    regenerators: int,
    fiber: str,
    module: str,
    terminal: str,
    catalog: Catalog,
) -> float:
    """Return the round-trip time of an option on a fiber route, ms."""
    one_way_us = (
        length_km * catalog.value(f"{fiber}.delay")
        + amplifiers * catalog.value("lat.ila")
        + regenerators * catalog.value("lat.regen")
        + catalog.value(f"{module}.latency")
    )
    if terminal == "roadm_cl":
        one_way_us += 2 * catalog.value("lat.roadm")
    return 2 * one_way_us / 1000


def wave_rtt_ms(wave: LeasedWaveRow, catalog: Catalog) -> float:
    """Return the round-trip time of a leased wave, ms."""
    one_way_us = wave.length_km * catalog.value("lat.fiber") + catalog.value("otn.latency")
    return 2 * one_way_us / 1000
