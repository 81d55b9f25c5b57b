"""Names on the printed map: none covers another, or leaves the map, where there is room."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from siting.report.map_names import Covered, write_name

if TYPE_CHECKING:
    from matplotlib.transforms import Bbox

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
