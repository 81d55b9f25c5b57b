"""Charts as inline SVG: text and shapes only, sharp at any size, readable when printed."""

from __future__ import annotations

from collections.abc import Sequence

from siting.plan import COST_LINES
from siting.report.costs import LINE_LABELS
from siting.report.race import Lap, race
from siting.report.svg import (
    ALARM,
    HATCH,
    WIDTH,
    Frame,
    Part,
    legend,
    nice,
    polyline,
    stack,
    svg,
    text,
)
from siting.report.table import dollars, megawatts, percent
from siting.report.view import View

PALETTE = ("#0b5d7a", "#3f9c8f", "#8cb369", "#c7a76c", "#7a6fa8", "#5b8bc9", "#a0687e", "#7d8793")
"""Fill of the campuses in charts, in the order in which they come into service."""
_FROM_GRID, _BRIDGED, _COULD, _ASKED = "#3f9c8f", "#c7a76c", "#0072b2", "#111"
_HEADROOM = 1.25
"""The race shows what the grid could give up to this multiple of the demand."""


def energization_chart(view: View) -> str:
    """Return bars of IT MW by campus and period, with what is unserved and the demand."""
    campuses = view.campuses_serving
    frame = Frame(nice(max([*view.demand_mw, 1.0])), view.periods)
    parts = frame.axes()
    fills = {c: PALETTE[min(rank, len(PALETTE) - 1)] for rank, c in enumerate(campuses)}
    served = {campus: view.served_mw(campus) for campus in campuses}
    for index, label in enumerate(view.periods):
        bars = [
            Part(
                mw=served[campus][index],
                fill=fills[campus],
                tip=f"{view.campus_name(campus)}, {label}: "
                f"{megawatts(served[campus][index])} IT MW",
            )
            for campus in campuses
        ]
        missing = view.unserved_mw[index]
        tip = f"Unserved, {label}: {megawatts(missing)} IT MW"
        bars.append(Part(mw=missing, fill=HATCH, tip=tip, ink=ALARM))
        parts += stack(frame, index, bars)
        demand, half = frame.y(view.demand_mw[index]), frame.bar / 2 + 6
        middle = frame.x(index)
        parts.append(
            f'<line x1="{middle - half:.1f}" x2="{middle + half:.1f}" y1="{demand:.1f}" '
            f'y2="{demand:.1f}" stroke="#111" stroke-width="2.5"/>'
        )
    entries = [(view.campus_name(campus), fills[campus], "bar") for campus in campuses]
    key, height = legend([*entries, ("Unserved", HATCH, "bar"), ("Demand", "#111", "line")])
    title = "IT MW served by campus, unserved and demand, by period"
    return svg(height, title, [*parts, *key])


def race_chart(view: View) -> str:
    """Return bars of what is served, from grid and bridging, under what silicon asks."""
    laps = race(view)
    most = _HEADROOM * max([*view.demand_mw, 1.0])
    could = [min(lap.grid_it_mw, most) for lap in laps if lap.grid_it_mw is not None]
    frame = Frame(nice(max([*view.demand_mw, *could, 1.0])), view.periods)
    parts = frame.axes()
    for index, lap in enumerate(laps):
        bridged = min(lap.bridging_it_mw or 0.0, lap.served_it_mw)
        stacked = (
            (lap.served_it_mw - bridged, _FROM_GRID, "from the grid", "#fff"),
            (bridged, _BRIDGED, "by bridging", "#3d2f12"),
            (lap.unserved_it_mw, HATCH, "unserved", ALARM),
        )
        parts += stack(
            frame,
            index,
            [
                Part(mw=mw, fill=fill, tip=f"{lap.period}: {megawatts(mw)} IT MW {words}", ink=ink)
                for mw, fill, words, ink in stacked
            ],
        )
    given = [(frame.x(i), frame.y(mw)) for i, mw in enumerate(could)]
    asked = [(frame.x(i), frame.y(lap.demand_it_mw)) for i, lap in enumerate(laps)]
    parts += [polyline(given, _COULD, is_dashed=True), polyline(asked, _ASKED, is_dashed=False)]
    key, height = legend(
        (
            ("Served from the grid", _FROM_GRID, "bar"),
            ("Served by bridging", _BRIDGED, "bar"),
            ("Unserved: silicon waits", HATCH, "bar"),
            ("Silicon asks", _ASKED, "line"),
            (_could_words(laps, most), _COULD, "dash"),
        )
    )
    title = "IT MW that silicon asks, that the grid could give, served and unserved, by period"
    return svg(height, title, [*parts, *key])


def _could_words(laps: Sequence[Lap], most: float) -> str:
    is_cut = any(lap.grid_it_mw is not None and lap.grid_it_mw > most for lap in laps)
    return f"Grid could give (to {megawatts(most)})" if is_cut else "Grid could give"


def cost_chart(view: View) -> str:
    """Return bars of the cost lines, largest first; lines of zero are left out."""
    costs = {line: view.plan.costs_usd.get(line, 0.0) for line in COST_LINES}
    lines = sorted((line for line in COST_LINES if costs[line] > 0), key=lambda c: -costs[c])
    largest = max((costs[line] for line in lines), default=1.0)
    total = view.plan.objective_usd or 1.0
    label, row, space = 190, 22, 170
    parts = []
    for index, line in enumerate(lines):
        top = 6 + row * index
        width = (WIDTH - label - space) * costs[line] / largest
        is_network = COST_LINES.index(line) >= COST_LINES.index("corridors")
        fill = "#0072b2" if is_network else "#8a94a0"
        words = f"{dollars(costs[line])}, {percent(costs[line] / total)}"
        parts += [
            text(label - 8, top + 13, LINE_LABELS[line], "end"),
            (
                f'<rect x="{label}" y="{top}" width="{max(width, 1.0):.1f}" height="16" '
                f'fill="{fill}"/>'
            ),
            text(label + max(width, 1.0) + 6, top + 13, words, "start"),
        ]
    return svg(12 + row * max(len(lines), 1), "Present value by cost line", parts)
