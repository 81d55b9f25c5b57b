"""The map as a picture: north up, true proportions at its middle, with a scale bar and a legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from siting.report.feature import Feature
from siting.report.layers import Layer, layers
from siting.report.map_names import Covered, write_city, write_name
from siting.report.outlines import cities, state_outlines
from siting.report.shapes import KM_PER_DEGREE, Box, box_of, plan_box, route_line, shifted
from siting.report.standing import existing_it_mw
from siting.report.table import megawatts
from siting.report.view import Point, View

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

_LINES: Final[dict[str, dict[str, Any]]] = {
    "corridors": {"linewidth": 0.6, "zorder": 2},
    "built": {"linewidth": 6.5, "zorder": 3},
    "iru": {"linewidth": 6.5, "zorder": 3},
    "tie_lines": {"linewidth": 2.6, "zorder": 6},
    "first": {"linewidth": 2.4, "zorder": 4},
    "second": {"linewidth": 2.0, "linestyle": (0, (4, 2.5)), "zorder": 5},
    "further": {"linewidth": 2.0, "linestyle": (0, (1, 2)), "zorder": 5},
}
_POINTS: Final[dict[str, dict[str, Any]]] = {
    "substations": {"s": 5, "marker": "s", "alpha": 0.7, "zorder": 2.5},
    "powered": {"s": 42, "marker": "s", "edgecolors": "#5c3d00", "linewidths": 0.8, "zorder": 7},
    "campuses": {"s": 60, "facecolors": "none", "linewidths": 1.2, "zorder": 6},
    "hazards": {"s": 26, "marker": "X", "edgecolors": "white", "linewidths": 0.6, "zorder": 7.5},
    "huts": {"s": 22, "facecolors": "white", "linewidths": 1.3, "zorder": 8},
    "open": {"s": 60, "edgecolors": "white", "linewidths": 1.0, "zorder": 9},
}
_LANE, _LANES = 0.006, 0.02
"""Width of a lane, and of all lanes on a side, over the height of the map."""
_NOTE_WIDTH = 150
"""Characters of a line below the map."""
_BOX_RATIO = 0.72
"""Height of the map over its width, at least."""


def write_static_maps(view: View, png: Path, svg: Path) -> None:
    """Draw the map and save it as PNG and SVG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": view.plan.study, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(11, 8.2), dpi=160, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _draw(view, axes)
        canvas.draw()  # type: ignore[no-untyped-call]  # lays the figure out, so that names are placed on what is printed
        _names(view, axes, canvas.get_renderer())  # type: ignore[no-untyped-call]
        figure.set_layout_engine("none")
        figure.savefig(png, metadata={"Software": None}, bbox_inches="tight", pad_inches=0.15)
        figure.savefig(svg, metadata={"Date": None}, bbox_inches="tight", pad_inches=0.15)


def _draw(view: View, axes: Axes) -> None:
    west, south, east, north = framed(plan_box(view))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    axes.set_facecolor("#fbfcfd")
    axes.set_xticks([])
    axes.set_yticks([])
    for line in state_outlines((west, south, east, north)):
        axes.plot(*zip(*line, strict=True), color="#8e98a3", linewidth=1.0, zorder=1)
    box = (west, south, east, north)
    lane = (north - south) * min(_LANE, _LANES / max(1, *map(abs, view.lanes.values()), 1))
    handles = []
    for layer in layers(view):
        features = [item for item in layer.features if _is_seen(item.points, box)]
        if features:
            handles.append(_layer(axes, layer, features, lane))
    scenario = f" ({view.plan.scenario})" if view.plan.scenario else ""
    axes.set_title(view.title + scenario, loc="left", fontsize=13, fontweight="bold")
    if not view.verification.accepted:
        axes.text(
            0.5,
            0.5,
            "REJECTED",
            transform=axes.transAxes,
            color="#8c1d18",
            alpha=0.35,
            fontsize=70,
            rotation=30,
            ha="center",
            va="center",
            zorder=20,
        )
    scale_bar(axes, (west, south, east, north))
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        borderaxespad=0,
        frameon=False,
        fontsize=9,
        title=_legend_title(view),
        title_fontsize=9,
        alignment="left",
    )
    axes.set_xlabel("\n".join(synthetic_notes(view.synthetic)), fontsize=7.5, loc="left")


def synthetic_notes(synthetic: Sequence[str]) -> list[str]:
    """Return what is synthetic in lines as wide as the map; empty when nothing is.

    >>> synthetic_notes(("All power is made up.", "Huts stand by rule"))
    ['Synthetic: All power is made up; Huts stand by rule.']
    """
    words = "; ".join(text.rstrip(".") for text in synthetic)
    return wrapped(f"Synthetic: {words}.") if synthetic else []


def wrapped(words: str) -> list[str]:
    """Return a note in lines as wide as the map, further lines indented."""
    return wrap(words, _NOTE_WIDTH, subsequent_indent="    ")


def _layer(axes: Axes, layer: Layer, features: Sequence[Feature], lane: float) -> Artist:
    """Draw the features of a layer; a lane is so many degrees wide."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    if layer.geometry == "line":
        line: dict[str, Any] = {"color": layer.color, **_LINES[layer.id]}
        lines = [shifted(item.points, lane * item.lane) for item in features]
        axes.add_collection(LineCollection(lines, capstyle="round", **line), autolim=False)
        return Line2D([], [], label=layer.title, **line)
    style: dict[str, Any] = {"color": layer.color, **_POINTS[layer.id]}
    if "facecolors" in style or "edgecolors" in style:
        color = style.pop("color")
        style = {"facecolors": color, "edgecolors": color, **style}
    largest = max((item.size for item in features), default=0.0)
    if layer.id == "open" and largest:
        style["s"] = [60 + 240 * item.size / largest for item in features]
    lons, lats = zip(*(item.points[0] for item in features), strict=True)
    axes.scatter(lons, lats, **style)
    return axes.scatter([], [], label=layer.title, **{**style, "s": 40})


def _is_seen(points: Sequence[Point], box: Box) -> bool:
    west, south, east, north = box_of(points)
    return west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]


def framed(box: Box) -> Box:
    """Return the box widened to the shape of the page."""
    west, south, east, north = box
    narrow = math.cos(math.radians((south + north) / 2))
    width, height = (east - west) * narrow, north - south
    if height < _BOX_RATIO * width:
        extra = (_BOX_RATIO * width - height) / 2
        return (west, south - extra, east, north + extra)
    extra = (height / _BOX_RATIO - width) / 2 / narrow
    return (west - extra, south, east + extra, north)


def scale_bar(axes: Axes, box: Box) -> None:
    """Draw a bar of a round length in the lower left of the map."""
    west, south, east, north = box
    km_per_lon = KM_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    width = (east - west) * km_per_lon
    size = 10.0 ** math.floor(math.log10(width / 4))
    length = next(step * size for step in (5.0, 2.0, 1.0) if step * size <= width / 4)
    left, low = west + 0.03 * (east - west), south + 0.04 * (north - south)
    right, tick = left + length / km_per_lon, 0.008 * (north - south)
    axes.plot(
        [left, left, right, right],
        [low + tick, low, low, low + tick],
        color="#16191d",
        linewidth=1.6,
        zorder=15,
    )
    axes.text(
        (left + right) / 2, low + 1.5 * tick, f"{length:g} km", ha="center", fontsize=9, zorder=15
    )


def _names(view: View, axes: Axes, renderer: RendererAgg) -> None:
    """Write the names of campuses where they cover least, other names above all."""
    from matplotlib.transforms import Bbox

    taken: list[Bbox] = []
    named: list[Bbox] = []
    for place in view.campus_points.values():
        x, y = axes.transData.transform(place)
        taken.append(Bbox.from_bounds(x - 14, y - 14, 28, 28))
    drawn = [
        axes.transData.transform(point)
        for link, route, _ in view.routes
        for point in route_line(view.network, link, route)
    ]
    sizes = {c.id: c.built_it_mw[-1] + existing_it_mw(view, c.id)[-1] for c in view.plan.campuses}
    planned = sorted(view.plan.campuses, key=lambda campus: -sizes[campus.id])
    for campus in planned:
        point = view.campus_points.get(campus.id)
        if point is None:
            continue
        label = f"{view.campus_name(campus.id)}\n{megawatts(sizes[campus.id])} IT MW"
        named.append(write_name(axes, renderer, label, point, Covered(taken, named, drawn)))
    _cities(view, axes, renderer, [*taken, *named], drawn)


def _cities(
    view: View,
    axes: Axes,
    renderer: RendererAgg,
    taken: Sequence[Bbox],
    routes: Sequence[NDArray[np.float64]],
) -> None:
    """Write the names of cities on routes but below names of campuses, where they cover neither."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    near = [view.campus_points[c.id] for c in view.plan.campuses if c.id in view.campus_points]
    for name, (lon, lat) in cities((west, south, east, north), near):
        if write_city(axes, renderer, name, (lon, lat), Covered(taken, (), routes)):
            axes.plot([lon], [lat], marker="o", markersize=2, color="#5a636e", zorder=11)


def _legend_title(view: View) -> str:
    last = view.periods[-1]
    served = view.demand_mw[-1] - view.unserved_mw[-1]
    words = f"{megawatts(served)} of {megawatts(view.demand_mw[-1])} IT MW served"
    return f"In service in {last}\n{words}\n"
