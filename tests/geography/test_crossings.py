"""What corridors cross, on hand-made maps."""

from __future__ import annotations

import numpy as np
import pytest

from siting.geography.geodesy import length_km
from siting.geography.terrain.crossings import (
    count_crossings,
    line_array,
    merged,
    obstacles_of,
    river_lines,
)
from siting.geography.ways import Way

KM_DEG = 1 / 111.319490793
"""A kilometer along the equator, degrees."""


def way(a, b, kind, *line):
    return Way(a=a, b=b, kind=kind, length_km=length_km(line), line=line)


def count(corridors, ways, rivers=(), merge_km=1.0):
    """Return rivers, railways and roads crossed by each corridor, given as (kind, line)."""
    obstacles = obstacles_of(ways, line_array(rivers))
    kinds, lines = zip(*corridors, strict=True)
    return count_crossings(lines, kinds, obstacles, merge_km).tolist()


ROAD = way("r1", "r2", "road", (0.0, 0.0), (1.0, 0.0))
RAIL = way("t1", "t2", "rail", (0.5, -1.0), (0.5, 1.0))


def test_a_railway_and_a_road_cross_each_other():
    assert count([("road", ROAD.line), ("rail", RAIL.line)], [ROAD, RAIL]) == [
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
    ]


def test_rivers_are_crossed_by_both():
    river = ((0.2, -1.0), (0.2, 0.5), (0.9, 0.5))
    found = count([("road", ROAD.line), ("rail", RAIL.line)], [ROAD, RAIL], [river])
    assert found == [[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]


def test_a_crossing_where_a_corridor_ends_counts_half_on_either_side():
    west, east = ((0.0, 0.0), (0.5, 0.0)), ((0.5, 0.0), (1.0, 0.0))
    north = ((0.5, 0.0), (0.5, 1.0))
    found = count([("road", west), ("road", east), ("rail", north)], [ROAD, RAIL])
    assert found == [[0.0, 0.5, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5]]


def test_a_crossing_drawn_as_a_common_vertex_is_one():
    # cut where they meet, as level crossings are in OpenStreetMap
    roads = [
        way("r1", "rx", "road", (0.0, 0.0), (0.5, 0.0)),
        way("rx", "r2", "road", (0.5, 0.0), (1.0, 0.0)),
    ]
    rails = [
        way("t1", "tx", "rail", (0.5, -1.0), (0.5, 0.0)),
        way("tx", "t2", "rail", (0.5, 0.0), (0.5, 1.0)),
    ]
    assert count([("road", ROAD.line)], [*roads, *rails]) == [[0.0, 1.0, 0.0]]


def test_a_dead_end_crosses_nothing():
    # the railway ends at the road, and a road ends at the railway
    spur = way("t1", "t2", "rail", (0.5, 0.0), (0.5, 1.0))
    street = way("r3", "r4", "road", (0.5, 0.7), (0.9, 0.7))
    ways = [ROAD, spur, street]
    lines = [("road", ROAD.line), ("rail", spur.line), ("road", street.line)]
    assert count(lines, ways) == [[0.0] * 3] * 3


def test_a_junction_is_no_crossing_but_a_bridge_is():
    joined = [
        way("r1", "rx", "road", (0.0, 0.0), (0.5, 0.0)),
        way("rx", "r2", "road", (0.5, 0.0), (1.0, 0.0)),
        way("rx", "r3", "road", (0.5, 0.0), (0.5, 1.0)),
        way("rx", "r4", "road", (0.5, -1.0), (0.5, 0.0)),
    ]
    assert count([("road", ROAD.line)], joined) == [[0.0, 0.0, 0.0]]
    over = way("r3", "r4", "road", (0.5, -1.0), (0.5, 1.0))
    assert count([("road", ROAD.line)], [ROAD, over]) == [[0.0, 0.0, 1.0]]


def test_power_lines_and_routes_cross_but_are_not_crossed():
    power = way("p1", "p2", "power", (0.3, -1.0), (0.3, 1.0))
    route = way("w1", "w2", "route", (0.6, 0.0), (0.6, 1.0))  # starts on the road
    duct = way("w3", "w4", "route", (0.7, -1.0), (0.7, 1.0))
    lines = [(w.kind, w.line) for w in (ROAD, power, route, duct)]
    assert count(lines, [ROAD, power, route, duct]) == [
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0],
    ]


def test_laterals_cross_what_lies_between_their_ends():
    lateral = ((0.7, 0.4), (0.3, 0.0))  # from a site, over the railway, onto the road
    transfer = ((0.5, 0.0), (0.5, 0.002))  # both ends on what it joins
    found = count([("lateral", lateral), ("transfer", transfer)], [ROAD, RAIL])
    assert found == [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]


def test_crossings_close_together_are_one():
    # two tracks 0.4 km apart, a third 3 km on; measured from the last one counted
    rails = [
        way(f"a{k}", f"b{k}", "rail", (at * KM_DEG, -1.0), (at * KM_DEG, 1.0))
        for k, at in enumerate((10.0, 10.4, 13.4))
    ]
    ways = [ROAD, *rails]
    assert count([("road", ROAD.line)], ways) == [[0.0, 2.0, 0.0]]
    assert count([("road", ROAD.line)], ways, merge_km=0.0) == [[0.0, 3.0, 0.0]]
    assert count([("road", ROAD.line)], ways, merge_km=3.2) == [[0.0, 2.0, 0.0]]
    assert count([("road", ROAD.line)], ways, merge_km=3.6) == [[0.0, 1.0, 0.0]]


def test_crossings_close_to_one_at_an_end_are_that_one():
    line = ((0.0, 0.0), (1.0, 0.0))
    near, far = (0.5 * KM_DEG, 0.0), (5.0 * KM_DEG, 0.0)
    assert merged(line, [line[0], near, far], 1.0) == 1.5
    assert merged(line, [far, near, line[0], line[1]], 1.0) == 2.0
    assert merged(line, [near, far], 1.0) == 2.0
    assert merged(line, [], 1.0) == 0.0


@pytest.mark.parametrize("turn", [False, True])
def test_the_order_of_ways_and_the_direction_of_lines_do_not_matter(turn):
    rng = np.random.default_rng(7)
    ways = [
        way(f"{kind}{k}", f"{kind}{k}e", kind, *map(tuple, rng.uniform(0, 1, (2, 2)).tolist()))
        for k in range(8)
        for kind in ("road", "rail")
    ]
    lines = [(w.kind, w.line) for w in ways]
    usual = count(lines, ways, merge_km=0.0)
    assert sum(map(sum, usual)) > 10
    other = [w.turned() for w in reversed(ways)] if turn else list(reversed(ways))
    assert count(lines, other, merge_km=0.0) == usual


def test_bundled_rivers_of_a_box():
    # the Brazos at Waco
    assert river_lines((-97.5, 31.0, -96.8, 32.0))
    assert river_lines((-40.0, 30.0, -39.0, 31.0)) == []
