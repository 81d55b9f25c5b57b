"""Names on the printed map: none covers another, or leaves the map, where there is room."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from siting.report.map_names import Covered, write_city, write_name
from siting.report.static_map import _LINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import RendererAgg

CLOSE = [(0.30, 0.5), (0.32, 0.5), (0.34, 0.505), (0.31, 0.49), (0.33, 0.51)]


@pytest.mark.parametrize("points", [CLOSE, [(0.001, 0.5), (0.002, 0.5)], [(0.999, 0.999)] * 2])
def test_names_of_campuses_beside_each_other_can_be_read(points: list[tuple[float, float]]) -> None:
    figure = Figure(figsize=(11, 8.2), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    canvas.draw()
    names: list[Bbox] = []
    for number, point in enumerate(points):
        label = f"A campus with a rather long name {number}\n391 IT MW"
        names.append(write_name(axes, canvas.get_renderer(), label, point, Covered([], names, [])))
    for one, other in itertools.combinations(names, 2):
        assert not one.overlaps(other)
    for name in names:
        assert axes.bbox.contains(*name.p0)
        assert axes.bbox.contains(*name.p1)
    assert len(axes.texts) == len(points)


def _axes() -> tuple[Axes, RendererAgg]:
    canvas = FigureCanvasAgg(Figure(figsize=(11, 8.2), dpi=100))
    axes = canvas.figure.add_subplot()
    canvas.draw()
    return axes, canvas.get_renderer()


def test_the_name_of_a_city_turns_away_from_a_route_and_lies_above_it() -> None:
    axes, renderer = _axes()
    x, y = axes.transData.transform((0.5, 0.5))
    below = [np.array((x + step, y - 8.0)) for step in range(-5, 6)]
    assert write_city(axes, renderer, "Tyler", (0.5, 0.5), Covered([], [], below))
    (text,) = axes.texts
    extent = text.get_window_extent(renderer)
    assert not any(extent.contains(*xy) for xy in below)
    assert text.get_path_effects()
    assert text.get_zorder() > max(line["zorder"] for line in _LINES.values())


def test_the_name_of_a_city_gives_way_to_names_of_campuses() -> None:
    axes, renderer = _axes()
    x, y = axes.transData.transform((0.5, 0.5))
    taken = [Bbox.from_bounds(x - 50, y - 50, 100, 100)]
    assert not write_city(axes, renderer, "Tyler", (0.5, 0.5), Covered(taken, [], []))
    assert not axes.texts
