"""Charts as inline SVG: text and shapes only, sharp at any size, readable when printed."""

from __future__ import annotations

import math
from html import escape

from siting.plan import COST_LINES
from siting.report.costs import LINE_LABELS
from siting.report.table import dollars, megawatts, percent
from siting.report.view import View

PALETTE = ("#0b5d7a", "#3f9c8f", "#8cb369", "#c7a76c", "#7a6fa8", "#5b8bc9", "#a0687e", "#7d8793")
"""Fill of the campuses in charts, in the order in which they come into service."""

_WIDTH = 760
_HEIGHT = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 28, 40
_LEGEND_ROW = 20
_LEGEND_COLUMN = 240
_BAR_LABEL_MIN = 15
_TICKS = 5
_MANY = 12


def energization_chart(view: View) -> str:
    """Return bars of IT MW by campus and period, with what is unserved and the demand."""
    campuses = view.campuses_serving
    top = _nice(max([*view.demand_mw, 1.0]))
    plot_w, plot_h = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    step = plot_w / len(view.periods)
    bar = min(0.62 * step, 90.0)

    def y(mw: float) -> float:
        return _TOP + plot_h * (1 - mw / top)

    parts = [_axis(top, y)]
    served = {campus: view.served_mw(campus) for campus in campuses}
    for index, label in enumerate(view.periods):
        left, base = _LEFT + step * (index + 0.5) - bar / 2, 0.0
        for rank, campus in enumerate(campuses):
            mw = served[campus][index]
            if mw > 0:
                tip = f"{view.campus_name(campus)}, {label}: {megawatts(mw)} IT MW"
                fill = PALETTE[min(rank, len(PALETTE) - 1)]
                parts.append(_bar((left, y(base + mw), bar, y(base) - y(base + mw)), fill, tip, mw))
                base += mw
        missing = view.unserved_mw[index]
        if missing > 0:
            tip = f"Unserved, {label}: {megawatts(missing)} IT MW"
            box = (left, y(base + missing), bar, y(base) - y(base + missing))
            parts.append(_bar(box, "url(#hatch)", tip, missing, ink="#8c1d18"))
        demand = y(view.demand_mw[index])
        parts.append(
            f'<line x1="{left - 6:.1f}" x2="{left + bar + 6:.1f}" y1="{demand:.1f}" '
            f'y2="{demand:.1f}" stroke="#111" stroke-width="2.5"/>'
        )
        if len(view.periods) <= _MANY or index % math.ceil(len(view.periods) / _MANY) == 0:
            parts.append(_text(left + bar / 2, _HEIGHT - _BOTTOM + 20, label, "middle"))
    entries = [
        (view.campus_name(campus), PALETTE[min(rank, len(PALETTE) - 1)])
        for rank, campus in enumerate(campuses)
    ]
    entries += [("Unserved", "url(#hatch)"), ("Demand", "")]
    height = _HEIGHT + _LEGEND_ROW * math.ceil(len(entries) / (_WIDTH // _LEGEND_COLUMN)) + 6
    parts += _legend(entries)
    parts.append(_text(_LEFT - 52, 14, "IT MW", "start"))
    return _svg(height, "IT MW served by campus, unserved and demand, by period", parts)


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
        width = (_WIDTH - label - space) * costs[line] / largest
        is_network = COST_LINES.index(line) >= COST_LINES.index("corridors")
        fill = "#0072b2" if is_network else "#8a94a0"
        parts += [
            _text(label - 8, top + 13, LINE_LABELS[line], "end"),
            (
                f'<rect x="{label}" y="{top}" width="{max(width, 1.0):.1f}" height="16" '
                f'fill="{fill}"/>'
            ),
            _text(
                label + max(width, 1.0) + 6,
                top + 13,
                f"{dollars(costs[line])}, {percent(costs[line] / total)}",
                "start",
            ),
        ]
    return _svg(12 + row * max(len(lines), 1), "Present value by cost line", parts)


def _svg(height: float, title: str, parts: list[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" fill="#fdeceb"/>'
        '<line x1="0" y1="0" x2="0" y2="7" stroke="#c0392b" stroke-width="3"/></pattern></defs>'
        f"{''.join(parts)}</svg>"
    )


def _axis(top: float, y: object) -> str:
    parts = []
    for tick in range(_TICKS + 1):
        mw = top * tick / _TICKS
        at = y(mw) if callable(y) else 0.0
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}" '
            f'stroke="{"#444" if tick == 0 else "#e3e6ea"}"/>'
        )
        parts.append(_text(_LEFT - 8, at + 4, megawatts(mw), "end"))
    return "".join(parts)


def _bar(
    box: tuple[float, float, float, float], fill: str, tip: str, mw: float, ink: str = "#fff"
) -> str:
    left, top, width, height = box
    label = ""
    if height >= _BAR_LABEL_MIN:
        halo = ' paint-order="stroke" stroke="#fff" stroke-width="4"' if ink != "#fff" else ""
        label = (
            f'<text x="{left + width / 2:.1f}" y="{top + height / 2 + 4:.1f}" text-anchor="middle" '
            f'fill="{ink}"{halo} font-weight="600">{megawatts(mw)}</text>'
        )
    return (
        f'<g><title>{escape(tip)}</title><rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" fill="{fill}" stroke="#fff" stroke-width="0.8"/>{label}</g>'
    )


def _legend(entries: list[tuple[str, str]]) -> list[str]:
    across = _WIDTH // _LEGEND_COLUMN
    parts = []
    for index, (name, fill) in enumerate(entries):
        x = _LEFT + _LEGEND_COLUMN * (index % across)
        top = _HEIGHT + _LEGEND_ROW * (index // across)
        mark = (
            f'<rect x="{x}" y="{top}" width="14" height="12" fill="{fill}"/>'
            if fill
            else f'<line x1="{x}" x2="{x + 14}" y1="{top + 6}" y2="{top + 6}" stroke="#111" '
            'stroke-width="2.5"/>'
        )
        short = name if len(name) <= 30 else name[:29] + "\N{HORIZONTAL ELLIPSIS}"
        parts += [mark, _text(x + 20, top + 10.5, short, "start")]
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _nice(value: float) -> float:
    """Return a round number at or above a value.

    >>> _nice(930), _nice(1210), _nice(5)
    (1000.0, 1500.0, 5.0)
    """
    size = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(step * size for step in steps if step * size >= value * (1 - 1e-9))
