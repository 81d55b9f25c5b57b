"""How long a corridor may be where the region's table states the length of its ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siting.network import Corridor
from siting.verify.geodesic import geodesic_km
from siting.verify.way_lengths import Ground

WEST, MIDDLE, EAST = (-97.0, 32.0), (-96.5, 32.0), (-96.0, 32.2)
BENT = 1.1
"""Ground km of the first way for each km drawn; the second is as long as its line."""


def corridor(*line, kind="road"):
    return Corridor(id="c", node_a="a", node_b="b", length_km=1.0, kind=kind, geometry=line)


@pytest.fixture
def ground():
    first, second = (WEST, MIDDLE), (MIDDLE, EAST)
    return Ground(
        [
            ("road", first, BENT * geodesic_km(first)),
            ("road", second, geodesic_km(second)),
            ("rail", first, 1.3 * geodesic_km(first)),
        ]
    )


def length(ground, item):
    return ground.lengths_km([item])[item.id]


def test_a_corridor_is_longer_than_its_line_as_its_ways_are(ground):
    known = length(ground, corridor(WEST, MIDDLE, EAST))
    expected = BENT * geodesic_km((WEST, MIDDLE)) + geodesic_km((MIDDLE, EAST))
    assert known.least_km == known.most_km == pytest.approx(expected)


def test_a_piece_of_a_way_has_its_share(ground):
    piece = ((-96.9, 32.0), (-96.7, 32.0))
    assert length(ground, corridor(*piece)).most_km == pytest.approx(BENT * geodesic_km(piece))


def test_the_ways_of_another_kind_do_not_count(ground):
    rail = length(ground, corridor(WEST, MIDDLE, kind="rail"))
    assert rail.least_km == pytest.approx(1.3 * geodesic_km((WEST, MIDDLE)))
    assert length(ground, corridor(MIDDLE, EAST, kind="rail")) is None
    assert length(ground, corridor(MIDDLE, EAST, kind="power")) is None


@pytest.mark.parametrize(
    "line",
    [(WEST, EAST), ((-97.1, 32.0), MIDDLE), ((-97.0, 32.001), (-96.5, 32.001))],
    ids=["cuts a corner", "goes on beyond the end", "runs beside"],
)
def test_a_line_that_leaves_the_ways_has_no_length(ground, line):
    assert length(ground, corridor(*line)) is None


def test_links_made_by_rule_are_as_long_as_they_are_drawn(ground):
    link = corridor(WEST, EAST, kind="lateral")
    assert length(ground, link).most_km == pytest.approx(geodesic_km((WEST, EAST)))


def test_ways_drawn_over_each_other_leave_a_range():
    line = (WEST, MIDDLE)
    km = geodesic_km(line)
    known = length(Ground([("road", line, km), ("road", line, 1.2 * km)]), corridor(*line))
    assert (known.least_km, known.most_km) == pytest.approx((km, 1.2 * km))


def test_corridors_are_told_apart(ground):
    items = [
        replace(corridor(WEST, MIDDLE), id="one"),
        replace(corridor(WEST, EAST), id="two"),
        replace(corridor(MIDDLE, EAST), id="three"),
    ]
    known = ground.lengths_km(items)
    assert known["two"] is None
    assert known["one"].least_km == pytest.approx(BENT * geodesic_km((WEST, MIDDLE)))
    assert known["three"].least_km == pytest.approx(geodesic_km((MIDDLE, EAST)))
