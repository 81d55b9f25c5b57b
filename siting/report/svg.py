"""Parts of charts as SVG text: frame, axis, stacked bars, labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from siting.report.table import megawatts

WIDTH = 760
HEIGHT = 320
HATCH = "url(#hatch)"
"""Fill of what is missing."""
INK, ALARM = "#fff", "#8c1d18"
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 28, 40
_LABEL_MIN = 15
"""Least height of a bar that holds its own label."""
_ROW = 12
"""Height of a label beside a bar."""
_BESIDE_MIN = 30
"""Least room beside a bar for a label."""
_TICKS = 5
_MANY = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart of MW by period draws."""

    top_mw: float
    periods: tuple[str, ...]

    @property
    def step(self) -> float:
        """Width of a period."""
        return (WIDTH - _LEFT - _RIGHT) / len(self.periods)

    @property
    def bar(self) -> float:
        """Width of a bar."""
        return min(0.62 * self.step, 90.0)

    def x(self, index: int) -> float:
        """Return the middle of a period."""
        return _LEFT + self.step * (index + 0.5)

    def y(self, mw: float) -> float:
        """Return the height of an amount on the page."""
        return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - mw / self.top_mw)

    def axes(self) -> list[str]:
        """Return grid lines, amounts and labels of the periods."""
        parts = []
        for tick in range(_TICKS + 1):
            mw = self.top_mw * tick / _TICKS
            at = self.y(mw)
            parts.append(
                f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}" '
                f'stroke="{"#444" if tick == 0 else "#e3e6ea"}"/>'
            )
            parts.append(text(_LEFT - 8, at + 4, megawatts(mw), "end"))
        every = math.ceil(len(self.periods) / _MANY)
        parts += [
            text(self.x(index), HEIGHT - _BOTTOM + 20, label, "middle")
            for index, label in enumerate(self.periods)
            if index % every == 0
        ]
        return [*parts, text(_LEFT - 52, 14, "IT MW", "start")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a stacked bar."""

    mw: float
    fill: str
    tip: str
    ink: str = INK


def stack(frame: Frame, index: int, parts: Sequence[Part]) -> list[str]:
    """Return a stacked bar; parts too low for a label get it beside the bar."""
    drawn, base, beside = [], 0.0, math.inf
    left, width = frame.x(index) - frame.bar / 2, frame.bar
    for part in parts:
        if part.mw <= 0:
            continue
        top, bottom = frame.y(base + part.mw), frame.y(base)
        base += part.mw
        label = ""
        if bottom - top >= _LABEL_MIN:
            label = _label(left + width / 2, (top + bottom) / 2 + 4, "middle", part, inside=True)
        elif frame.step - width >= _BESIDE_MIN:
            beside = min((top + bottom) / 2 + 4, beside - _ROW)
            label = _label(left + width + 4, beside, "start", part, inside=False)
        drawn.append(
            f'<g><title>{escape(part.tip)}</title><rect x="{left:.1f}" y="{top:.1f}" '
            f'width="{width:.1f}" height="{bottom - top:.1f}" fill="{part.fill}" stroke="#fff" '
            f'stroke-width="0.8"/>{label}</g>'
        )
    return drawn


def _label(x: float, y: float, anchor: str, part: Part, *, inside: bool) -> str:
    has_halo = not inside or part.ink == ALARM
    halo = ' paint-order="stroke" stroke="#fff" stroke-width="4"' if has_halo else ""
    ink = part.ink if inside else ALARM if part.fill == HATCH else "#16191d"
    size = "" if inside else ' font-size="11"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}"{halo}{size} '
        f'font-weight="600">{megawatts(part.mw)}</text>'
    )


def legend(entries: Sequence[tuple[str, str, str]], columns: int = 3) -> tuple[list[str], float]:
    """Return a legend of (name, color, ``bar`` | ``line`` | ``dash``) and the chart's height."""
    parts = []
    for index, (name, color, kind) in enumerate(entries):
        x = _LEFT + index % columns * ((WIDTH - _LEFT) // columns)
        top = HEIGHT + index // columns * 20
        dash = ' stroke-dasharray="5 3"' if kind == "dash" else ""
        parts += [
            f'<rect x="{x}" y="{top}" width="14" height="12" fill="{color}"/>'
            if kind == "bar"
            else f'<line x1="{x}" x2="{x + 16}" y1="{top + 6}" y2="{top + 6}" stroke="{color}" '
            f'stroke-width="2.5"{dash}/>',
            text(x + 22, top + 10.5, _short(name), "start"),
        ]
    return parts, HEIGHT + 20 * math.ceil(len(entries) / columns) + 6


def polyline(points: Sequence[tuple[float, float]], color: str, *, is_dashed: bool) -> str:
    """Return a line with a mark at every point."""
    if not points:
        return ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{color}"/>' for x, y in points
    )
    dash = ' stroke-dasharray="6 4"' if is_dashed else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.2"{dash}/>{marks}'
    )


def text(x: float, y: float, words: str, anchor: str) -> str:
    """Return a line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def svg(height: float, title: str, parts: Sequence[str]) -> str:
    """Return a whole chart."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" fill="#fdeceb"/>'
        '<line x1="0" y1="0" x2="0" y2="7" stroke="#c0392b" stroke-width="3"/></pattern></defs>'
        f"{''.join(parts)}</svg>"
    )


def nice(value: float) -> float:
    """Return a round number at or above a value.

    >>> nice(930), nice(1210), nice(5)
    (1000.0, 1500.0, 5.0)
    """
    size = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(step * size for step in steps if step * size >= value * (1 - 1e-9))


def _short(name: str) -> str:
    return name if len(name) <= 30 else name[:29] + "\N{HORIZONTAL ELLIPSIS}"
