"""Which catalog rows price and power the equipment of a route, and what a route draws.

Formulas: ``models/formulation.md`` section 3 (amplifiers), section 5 (energy).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from siting.optics import AMPLIFIERS
from siting.plan import PlannedRoute, RouteMode
from siting.report.view import View

TERMINALS: Final = {"fixed_c": "omd32", "roadm_cl": "rd66"}
"""Catalog prefix of a line terminal."""
TERMINAL_NAMES: Final = {
    "fixed_c": "fixed filter, C band",
    "roadm_cl": "ROADM, C+L",
    "none": "no terminal",
}
AMPLIFIER_NAMES: Final = {
    "none": "no amplifier",
    "legacy": "legacy",
    "conventional": "conventional",
    "multi_rail": "multi-rail",
}
_LEASE_GBPS = 400
"""Rate to which the catalog states the power of a leased wave."""
_KILO = 1000


def amplifier_price_row(mode: RouteMode) -> str:
    """Return the catalog row of the price of one amplified pair in one hut; empty for none."""
    known = AMPLIFIERS.get(mode.amplifier)
    return known.price.get(mode.terminal, "") if known else ""


def amplifier_w(view: View, mode: RouteMode) -> float:
    """Return the power of one amplified pair in one hut, W."""
    known = AMPLIFIERS.get(mode.amplifier)
    return (view.price(known.power.get(mode.terminal, "")) or 0.0) if known else 0.0


def terminal_w(view: View, mode: RouteMode) -> float:
    """Return the power of one terminal of one pair, W."""
    prefix = TERMINALS.get(mode.terminal)
    return (view.price(f"{prefix}.power") or 0.0) if prefix else 0.0


def module_w(view: View, mode: RouteMode) -> float:
    """Return the power of one transceiver, W."""
    return view.price(f"{mode.module}.power") or 0.0


def regenerator_w(view: View, mode: RouteMode) -> list[float]:
    """Return the power of one regenerator site of a mode, W by period: both sides of it."""
    pair, channel = 2 * terminal_w(view, mode), 2 * module_w(view, mode)
    return [
        pairs * pair + channels * channel
        for pairs, channels in zip(mode.pairs, mode.channels, strict=True)
    ]


def mode_w(view: View, route: PlannedRoute, mode: RouteMode) -> list[float]:
    """Return what one mode of a route draws in campuses and huts, W by period, hut PUE included.

    ``models/formulation.md`` section 5, line ``transport_energy``.
    """
    transport = view.study.file.transport if view.study else None
    switch = (view.price("ocs.port.power") or 0.0) if _has(transport, "ocs") else 0.0
    is_grey = mode.terminal == "none"
    converter = (
        (view.price("media.converter.power") or 0.0)
        if is_grey and _has(transport, "media")
        else 0.0
    )
    pue = view.price("hut.pue") or 1.0
    sites = len(route.regenerators)
    amplifiers = len(route.huts) - sites
    again = regenerator_w(view, mode)
    return [
        2 * channels * (module_w(view, mode) + converter)
        + 2 * pairs * (terminal_w(view, mode) + switch)
        + pairs * amplifiers * amplifier_w(view, mode) * pue
        + sites * again[index] * pue
        for index, (pairs, channels) in enumerate(zip(mode.pairs, mode.channels, strict=True))
    ]


def route_w(view: View, route: PlannedRoute) -> list[float]:
    """Return what a route draws in campuses and huts, W by period."""
    total = [0.0] * len(view.periods)
    for mode in route.modes:
        total = [a + b for a, b in zip(total, mode_w(view, route, mode), strict=True)]
    row = view.study.leased_waves.get(route.leased_wave or "") if view.study else None
    if row is not None:
        end = row.power_w
        if end is None:
            end = (view.price("otn.power") or 0.0) * row.rate_gbps / _LEASE_GBPS
        waves: Sequence[int] = route.waves
        total = [a + 2 * end * n for a, n in zip(total, waves, strict=True)]
    return total


def picojoules_per_bit(power_w: float, capacity_gbps: float) -> float | None:
    """Return the energy of a bit, pJ: W over Gb/s of capacity is nJ; None without capacity.

    >>> picojoules_per_bit(100.0, 800.0)
    125.0
    """
    return _KILO * power_w / capacity_gbps if capacity_gbps > 0 else None


def _has(transport: object, what: str) -> bool:
    name = {"ocs": "optical_circuit_switches", "media": "media_converters"}[what]
    return bool(getattr(transport, name, False))
