"""Draw ``paradigm_map.svg``: which training paradigm wins by distance and value of idle silicon.

Two campuses of 250 IT MW train together over two disjoint routes of leased dark fiber. A paradigm
costs what its goodput loss is worth plus its network a year; the cheapest within its RTT budget
wins. All numbers come from the bundled catalog and :mod:`siting.training`; run it again after a
change of either::

    python docs/paradigm_map.py

``tests/analytic/test_paradigm_map.py`` holds the picture equal to what this file draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from siting.catalog import Catalog, load_catalog
from siting.economics import annuity
from siting.study_workload import ParadigmName, ParadigmOverride, Workload
from siting.training import Paradigm, fabric_gbps_per_it_mw, paradigm, step_time_s

PICTURE: Final = Path(__file__).with_name("paradigm_map.svg")
CAMPUS_MW: Final = 250.0
"""IT MW of each of the two campuses."""
ROUTES: Final = 2
"""Disjoint routes: each carries everything after a failure of the other."""
MODULE, TERMINAL, FIBER = "zrp800_131e", "rd66", "G652D"
CHANNELS: Final = 59
"""Channels of the module in C+L."""
SPAN_KM: Final = 80.0
"""Distance of in-line amplifiers."""
RATE: Final = 0.08
DISTANCES_KM: Final = (1.0, 10_000.0)
VALUES_M_USD: Final = (0.1, 30.0)
"""Value of idle silicon, M USD per MW-year."""
COLUMNS: Final = 240
COLORS: Final = {
    "synchronous": "#0b5d7a",
    "hierarchical": "#3f9c8f",
    "diloco": "#c7a76c",
    "streaming": "#7a6fa8",
    "compressed": "#d98f6a",
}
NAMES: Final = {
    "synchronous": "synchronous",
    "hierarchical": "hierarchical",
    "diloco": "DiLoCo",
    "streaming": "streaming DiLoCo",
    "compressed": "compressed (SparseLoCo)",
}
PANELS: Final = (
    ("Cheapest of all paradigms, two campuses of 250 MW", tuple(COLORS)),
    ("Of those that a study allows by default", ("synchronous", "hierarchical", "diloco")),
)
_W, _H, _L, _T, _B = 760, 370, 70, 34, 52
_TALL = 0.9
"""A name stands where its area has this share of its largest height."""
_METER = 0.001
_HOURS, _WATTS_PER_MW = 8760, 1e6


@dataclass(frozen=True, slots=True)
class Line:
    """Cost of a paradigm at one distance, M USD a year: slope x value of idle silicon + network."""

    paradigm: str
    slope_mw: float
    """MW of compute that the loss takes."""
    network_m_usd: float

    def cost(self, value_m_usd: float) -> float:
        """Return the cost a year at a value of idle silicon, M USD."""
        return self.slope_mw * value_m_usd + self.network_m_usd


def rtt_ms(catalog: Catalog, distance_km: float) -> float:
    """Return the round trip of a route, ms: fiber, amplifiers, terminals, transponders."""
    amplifiers = amplifier_sites(distance_km)
    one_way_us = (
        distance_km * catalog.value(f"{FIBER}.delay")
        + amplifiers * catalog.value("lat.ila")
        + 2 * catalog.value("lat.roadm")
        + catalog.value(f"{MODULE}.latency")
    )
    return 2 * one_way_us / 1000


def amplifier_sites(distance_km: float) -> int:
    """Return the in-line amplifiers of a route."""
    return max(math.ceil(distance_km / SPAN_KM) - 1, 0)


def network_usd_per_year(catalog: Catalog, gbps: float, distance_km: float) -> float:
    """Return the cost of both routes a year, USD, with whole pairs, channels and racks."""
    value, life = catalog.value, catalog.life_years
    channels = math.ceil(gbps / value(f"{MODULE}.rate"))
    pairs = math.ceil(channels / CHANNELS)
    sites = amplifier_sites(distance_km)
    capital = (
        (pairs * distance_km, "iru.lh"),
        (pairs * sites, "price.conv"),
        (2 * pairs, f"{TERMINAL}.price"),
        (2 * channels, f"{MODULE}.price"),
    )
    yearly = sum(count * annuity(value(row), life(row), RATE) for count, row in capital)
    racks = sites * math.ceil(pairs / value("rack.conv"))
    watts = (
        2 * channels * value(f"{MODULE}.power")
        + 2 * pairs * value(f"{TERMINAL}.power")
        + pairs * sites * value("pw.conv") * value("hut.pue")
    )
    energy = _HOURS * 10 * value("elec.TX") * watts / _WATTS_PER_MW
    upkeep = racks * value("hut.lease.rack") + value("om.iru") * distance_km
    return ROUTES * (yearly + energy + upkeep)


def lines(catalog: Catalog, distance_km: float) -> list[Line]:
    """Return the cost lines of the paradigms that may be used at a distance."""
    job = Workload(id="map", it_demand_mw=(2 * CAMPUS_MW,))
    step_s, rtt = step_time_s(catalog, job), rtt_ms(catalog, distance_km)
    found = []
    for name in COLORS:
        chosen = _paradigm(catalog, name)
        if rtt <= chosen.rtt_budget_ms(step_s, job.allowed_goodput_loss):
            gbps = fabric_gbps_per_it_mw(catalog, job, chosen) * CAMPUS_MW
            cost = network_usd_per_year(catalog, gbps, distance_km) / 1e6
            loss = chosen.goodput_loss(rtt, step_s)
            found.append(Line(name, loss * 2 * CAMPUS_MW, cost))
    return found


def winners(found: list[Line], low: float, high: float) -> list[tuple[str, float, float]]:
    """Return who is cheapest from which to which value: the lower envelope of lines."""
    cuts = {low, high}
    for i, a in enumerate(found):
        for b in found[i + 1 :]:
            if a.slope_mw != b.slope_mw:
                at = (b.network_m_usd - a.network_m_usd) / (a.slope_mw - b.slope_mw)
                if low < at < high:
                    cuts.add(at)
    edges, merged = sorted(cuts), list[tuple[str, float, float]]()
    for start, end in pairwise(edges):
        middle = math.sqrt(start * end)
        best = min(found, key=lambda line: line.cost(middle)).paradigm
        if merged and merged[-1][0] == best:
            merged[-1] = (best, merged[-1][1], end)
        else:
            merged.append((best, start, end))
    return merged


def winner(catalog: Catalog, distance_km: float, value_m_usd: float) -> str | None:
    """Return the cheapest paradigm at a point, None beyond every RTT budget."""
    found = lines(catalog, distance_km)
    return min(found, key=lambda line: line.cost(value_m_usd)).paradigm if found else None


def picture(catalog: Catalog) -> str:
    """Return both maps as SVG text: every paradigm, and those that studies allow by default."""
    height = len(PANELS) * _H
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_W} {height}" role="img" '
        'aria-label="Cheapest training paradigm by distance and value of idle silicon" '
        'font-family="Helvetica, Arial, sans-serif" font-size="13">'
    )
    parts = [head, f'<rect width="{_W}" height="{height}" fill="#fff"/>']
    for index, (title, names) in enumerate(PANELS):
        parts.append(f'<g transform="translate(0 {index * _H})">')
        parts += [_text(_L, 20, title, "start", "bold"), *_panel(catalog, names), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(catalog: Catalog, names: tuple[str, ...]) -> list[str]:
    width = (_W - _L - 20) / COLUMNS
    parts = ['<g shape-rendering="crispEdges">']
    seen: dict[str, list[tuple[float, float, float]]] = {}
    for column in range(COLUMNS):
        x = _L + column * width
        distance = _between(DISTANCES_KM, (column + 0.5) / COLUMNS)
        found = [line for line in lines(catalog, distance) if line.paradigm in names]
        for name, low, high in winners(found, *VALUES_M_USD) if found else ():
            top, bottom = _y(high), _y(low)
            parts.append(
                f'<rect x="{x:.2f}" y="{top:.2f}" width="{width + 0.3:.2f}" '
                f'height="{bottom - top:.2f}" fill="{COLORS[name]}"/>'
            )
            seen.setdefault(name, []).append((x, top, bottom))
    parts += ["</g>", *_axes(), *_budgets(catalog, names)]
    for name, areas in seen.items():
        tallest = max(bottom - top for _, top, bottom in areas)
        wide = [area for area in areas if area[2] - area[1] > _TALL * tallest]
        x, top, bottom = wide[len(wide) // 2]
        parts.append(_text(x, (top + bottom) / 2 + 4, NAMES[name], "middle", "bold", "#fff"))
    base = _y(catalog.value("idle"))
    parts.append(
        f'<line x1="{_L}" x2="{_W - 20}" y1="{base:.1f}" y2="{base:.1f}" stroke="#fff" '
        'stroke-width="1.5" stroke-dasharray="6 4"/>'
    )
    return [*parts, _text(_W - 26, base - 5, "catalog value", "end", "normal", "#fff")]


def budget_km(catalog: Catalog, name: str) -> float:
    """Return the longest route within the RTT budget of a paradigm, km, by bisection."""
    job = Workload(id="map", it_demand_mw=(2 * CAMPUS_MW,))
    limit = _paradigm(catalog, name).rtt_budget_ms(
        step_time_s(catalog, job), job.allowed_goodput_loss
    )
    low, high = 0.0, 10 * DISTANCES_KM[1]
    while high - low > _METER:
        middle = (low + high) / 2
        low, high = (middle, high) if rtt_ms(catalog, middle) <= limit else (low, middle)
    return low


def _budgets(catalog: Catalog, names: tuple[str, ...]) -> list[str]:
    parts = []
    for name in names:
        km = budget_km(catalog, name)
        if km < DISTANCES_KM[1]:
            x = _x(km)
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_T}" y2="{_H - _B}" '
                'stroke="#fff" stroke-dasharray="2 3"/>'
            )
            words = f"{NAMES[name]}: RTT budget"
            parts.append(
                f'<text transform="translate({x + 12:.1f} {_H - _B - 6}) rotate(-90)" '
                f'fill="#fff" font-size="11">{words}</text>'
            )
    return parts


def _paradigm(catalog: Catalog, name: str) -> Paradigm:
    known: dict[str, ParadigmName] = {
        "synchronous": "synchronous",
        "hierarchical": "hierarchical",
        "diloco": "diloco",
        "streaming": "streaming",
        "compressed": "compressed",
    }
    return paradigm(catalog, known[name], ParadigmOverride())


def _between(ends: tuple[float, float], share: float) -> float:
    return math.exp(math.log(ends[0]) + share * math.log(ends[1] / ends[0]))


def _y(value: float) -> float:
    share = math.log(value / VALUES_M_USD[0]) / math.log(VALUES_M_USD[1] / VALUES_M_USD[0])
    return _H - _B - share * (_H - _B - _T)


def _x(distance_km: float) -> float:
    share = math.log(distance_km / DISTANCES_KM[0]) / math.log(DISTANCES_KM[1] / DISTANCES_KM[0])
    return _L + share * (_W - _L - 20)


def _axes() -> list[str]:
    low = _H - _B
    parts = [
        tick
        for km in (1, 10, 100, 1000, 10_000)
        for tick in (
            f'<line x1="{_x(km):.1f}" x2="{_x(km):.1f}" y1="{low}" y2="{low + 5}" stroke="#333"/>',
            _text(_x(km), low + 19, f"{km:,}", "middle"),
        )
    ]
    parts += [_text(_L - 8, _y(v) + 4, f"{v:g}", "end") for v in (0.1, 0.3, 1, 3, 10, 30)]
    parts.append(_text((_L + _W) / 2, _H - 12, "distance of the routes, km", "middle"))
    label = (
        f'<text transform="translate(18 {(low + _T) / 2:.0f}) rotate(-90)" '
        'text-anchor="middle">value of idle silicon, M USD per MW-year</text>'
    )
    return [*parts, label]


def _text(
    x: float, y: float, words: str, anchor: str, weight: str = "normal", fill: str = "#16191d"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{fill}">{words}</text>'
    )


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(load_catalog()), encoding="utf-8")


if __name__ == "__main__":
    main()
