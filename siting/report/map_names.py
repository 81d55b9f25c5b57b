"""Names of campuses on the printed map, written where they cover least."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.patheffects import AbstractPathEffect
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    from siting.report.view import Point

_Across = Literal["left", "center", "right"]
_Up = Literal["center", "bottom", "top"]
_Place = tuple[tuple[float, float], _Across, _Up]
_BESIDE: Final[tuple[_Place, ...]] = (
    ((12, 0), "left", "center"),
    ((-12, 0), "right", "center"),
    ((0, 12), "center", "bottom"),
    ((0, -12), "center", "top"),
    ((12, 20), "left", "center"),
    ((12, -20), "left", "center"),
    ((-12, 20), "right", "center"),
    ((-12, -20), "right", "center"),
    ((0, 40), "center", "bottom"),
    ((0, -40), "center", "top"),
)
"""Places of a name from its campus, in points, with its alignment; the first of equals is taken."""
_FAR: Final[tuple[_Place, ...]] = tuple(
    ((round(far * math.cos(turn), 1), round(far * math.sin(turn), 1)), "center", "center")
    for far in (70, 110, 150)
    for turn in (math.pi * k / 6 for k in range(12))
)
"""The same where all of these cover other names or leave the map: with a line to the campus."""
_LEADER: Final = {
    "arrowstyle": "-",
    "color": "#00382a",
    "linewidth": 0.8,
    "shrinkA": 2,
    "shrinkB": 5,
}
_FAR_HITS = 30
"""What such a place counts before it covers anything."""

_COLOR = "#00382a"
_BY_CITY: Final[tuple[_Place, ...]] = (
    ((0, -3), "center", "top"),
    ((0, 3), "center", "bottom"),
    ((4, 0), "left", "center"),
    ((-4, 0), "right", "center"),
)
"""Places of the name of a city."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What names should not cover, in pixels."""

    campuses: Sequence[Bbox]
    names: Sequence[Bbox]
    routes: Sequence[NDArray[np.float64]]
    """Points of routes."""


def write_name(
    axes: Axes, renderer: RendererAgg, label: str, point: Point, covered: Covered
) -> Bbox:
    """Write the name of a campus where it covers least, other names above all.

    Args:
        axes: of the map, laid out.
        renderer: measures text.
        label: the name.
        point: where the campus is, in the coordinates of the map.
        covered: what is there.

    Returns:
        Where the name is, in pixels.
    """
    best = _tried(axes, renderer, label, point, covered, _BESIDE[0])
    for place in (*_BESIDE[1:], *_FAR):
        if place in _FAR and best[0] <= _FAR_HITS:
            break
        found = _tried(axes, renderer, label, point, covered, place)
        best, left = (found, best) if found[0] < best[0] else (best, found)
        left[1].remove()
    return best[2]


def _tried(
    axes: Axes, renderer: RendererAgg, label: str, point: Point, covered: Covered, place: _Place
) -> tuple[int, Annotation, Bbox]:
    """Write a name at a place; return how much it covers, and where it is."""
    from matplotlib.text import Text

    shift, ha, va = place
    is_far = place in _FAR
    text = axes.annotate(
        label,
        point,
        xytext=shift,
        textcoords="offset points",
        ha=ha,
        va=va,
        fontsize=9,
        fontweight="bold",
        color=_COLOR,
        linespacing=1.15,
        zorder=12,
        path_effects=[halo()],
        arrowprops=_LEADER if is_far else None,
    )
    text.update_positions(renderer)
    extent = Text.get_window_extent(text, renderer)  # without its line
    hits = _FAR_HITS if is_far else 0
    hits += 3 * sum(extent.overlaps(other) for other in covered.campuses)
    hits += 100 * sum(extent.overlaps(other) for other in covered.names)
    hits += sum(extent.contains(*xy) for xy in covered.routes)
    inside = axes.bbox.contains(*extent.p0) and axes.bbox.contains(*extent.p1)
    return hits + (0 if inside else 50), text, extent


def write_city(
    axes: Axes, renderer: RendererAgg, name: str, point: Point, covered: Covered
) -> bool:
    """Write the name of a city where it covers fewest routes, over them and with a halo.

    Returns:
        Whether it was written: not where it would cover a campus or its name, or leave the map.
    """
    best: tuple[int, Annotation] | None = None
    for shift, ha, va in _BY_CITY:
        text = axes.annotate(
            name,
            point,
            xytext=shift,
            textcoords="offset points",
            ha=ha,
            va=va,
            fontsize=7.5,
            color="#3f4750",
            zorder=11,
            path_effects=[halo()],
        )
        extent = text.get_window_extent(renderer)
        inside = axes.bbox.contains(*extent.p0) and axes.bbox.contains(*extent.p1)
        hits = sum(extent.contains(*xy) for xy in covered.routes)
        free = not any(extent.overlaps(other) for other in (*covered.campuses, *covered.names))
        if inside and free and (best is None or hits < best[0]):
            if best is not None:
                best[1].remove()
            best = (hits, text)
        else:
            text.remove()
    return best is not None


def halo() -> AbstractPathEffect:
    """Return white around text, so that it can be read on lines."""
    from matplotlib.patheffects import withStroke

    return withStroke(linewidth=3, foreground="white")
