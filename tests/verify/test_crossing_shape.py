"""Crossings on hand-made maps: two independent counts agree, and a wrong one is found."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from siting.geography.terrain.crossings import count_crossings, line_array, obstacles_of
from siting.geography.ways import Way
from siting.network import Corridor
from siting.verify.crossing_shape import maps_of, nearest_count, places_of

NAMES = ("river", "rail", "road")
M = 1e-5
"""About a meter, degrees."""


def road(*line):
    return "road", line


def rail(*line):
    return "rail", line


def both(corridor, others, rivers=(), merge_km=1.0):
    """Return the engine's crossings of a corridor, and whether the verifier takes a count."""
    ways = [corridor, *others]
    engine = count_crossings(
        [corridor[1]],
        [corridor[0]],
        obstacles_of(
            [
                Way(a=str(line[0]), b=str(line[-1]), kind=kind, length_km=1.0, line=line)
                for kind, line in ways
            ],
            line_array(rivers),
        ),
        merge_km,
    )[0].tolist()
    tables = []
    for kind in sorted({kind for kind, _ in ways}):
        lines = [line for k, line in ways if k == kind]
        nodes = [str(line[end]) for end in (0, -1) for line in lines]
        tables.append((kind, np.asarray(nodes), line_array(lines)))
    kind, line = corridor
    edge = Corridor(
        id="edge",
        node_a=str(line[0]),
        node_b=str(line[-1]),
        length_km=1.0,
        kind=kind,
        geometry=line,
    )
    found = places_of(maps_of(tables, line_array(rivers)), [edge])

    def right(name, count):
        return nearest_count(edge, found.get((0, name), []), merge_km, count) == count

    assert all(right(name, count) for name, count in zip(NAMES, engine, strict=True))
    return engine, right


def accepted(right, name):
    return [k / 2 for k in range(9) if right(name, k / 2)]


# the road goes on at both ends
ROAD = road((0.0, 0.0), (0.1, 0.1), (0.3, 0.1))
ON = [road((-0.1, 0.0), (0.0, 0.0)), road((0.3, 0.1), (0.4, 0.1))]


def test_a_plain_crossing_is_certain():
    engine, right = both(ROAD, [*ON, rail((0.2, -0.5), (0.2, 0.5))])
    assert engine == [0.0, 1.0, 0.0]
    assert accepted(right, "rail") == [1.0]
    assert accepted(right, "road") == accepted(right, "river") == [0.0]


@pytest.mark.parametrize("off", [0.0, 4e-16, -4e-16])
def test_a_vertex_on_a_line_but_for_rounding_meets_it(off):
    # the railway touches with a vertex, and stays on its side of a slanting road
    third = 0.1 / 3
    track = rail((-0.5, 0.5), (third, third + off), (0.05, 0.5))
    engine, right = both(ROAD, [*ON, track])
    assert engine == [0.0, 1.0, 0.0]
    assert right("rail", 1.0)
    assert accepted(right, "rail") in ([1.0], [0.0, 1.0])
    # and the other way round
    bent = road((-0.2, 0.2), (third, third + off), (0.1, 0.3))
    engine, right = both(bent, [rail((-0.5, -0.5), (0.5, 0.5))])
    assert engine == [0.0, 1.0, 0.0]
    assert not right("rail", 2.0)


@pytest.mark.parametrize(("gap", "counts"), [(0.5, [0, 1]), (1.5, [0, 1]), (3.0, [0])])
def test_a_vertex_near_a_line_may_meet_it(gap, counts):
    track = rail((0.1, 0.5), (0.2, 0.1 + gap * M), (0.3, 0.5))
    engine, right = both(ROAD, [*ON, track])
    assert engine == [0.0, float(gap < 1), 0.0]
    assert {0.0, 1.0} & set(accepted(right, "rail")) == set(counts)
    assert not right("rail", 2.0)


@pytest.mark.parametrize(("gap", "counts"), [(0.4, [0.0, 0.5]), (0.7, [0.0, 0.5, 1.0])])
def test_an_end_beside_a_river_counts_half_or_nothing(gap, counts):
    # beyond half a meter the river may bend before the end of the corridor
    river = ((-0.1, -0.1 + gap * M), (0.0, gap * M), (-0.1, 0.1))
    engine, right = both(ROAD, ON, [river])
    assert engine == [0.5, 0.0, 0.0]
    assert accepted(right, "river") == counts


def test_lines_of_one_kind_are_joined_at_vertices():
    other = road((0.0, 0.2), (0.1, 0.1), (0.2, 0.0))  # over the road at its vertex
    engine, right = both(ROAD, [*ON, other])
    assert engine == [0.0, 0.0, 0.0]
    assert accepted(right, "road") == [0.0]
    bridge = road((0.15, 0.2), (0.25, 0.0))
    engine, right = both(ROAD, [*ON, other, bridge])
    assert engine == [0.0, 0.0, 1.0]
    assert accepted(right, "road") == [1.0]


def test_a_corridor_does_not_meet_the_way_it_is_cut_from():
    whole = road((-0.1, 0.0), (0.0, 0.0), (0.1, 0.3), (0.3, 0.1))
    part = road((-0.03, 0.0), (0.0, 0.0), (0.07, 0.21))
    engine, right = both(part, [whole])
    assert engine == [0.0, 0.0, 0.0]
    assert accepted(right, "road") == [0.0]


def test_lines_of_one_kind_that_run_together_do_not_cross():
    # along the road between two vertices, a third comes in where it leaves: a junction
    along = road((0.1, 0.1), (0.2, 0.1), (0.25, 0.0))
    third = road((0.2, 0.3), (0.2, 0.1), (0.15, 0.0))
    engine, right = both(ROAD, [*ON, along, third])
    assert engine == [0.0, 0.0, 0.0]
    assert accepted(right, "road") == [0.0]


def test_lines_of_one_kind_may_run_together_and_cross_elsewhere():
    along = road((0.0, 0.3), (0.1, 0.1), (0.2, 0.1), (0.22, 0.0), (0.27, 0.2))
    engine, right = both(ROAD, [*ON, along])
    assert engine == [0.0, 0.0, 1.0]
    assert accepted(right, "road") == [1.0]


def test_lines_of_two_kinds_that_run_together_meet_where_they_part():
    track = rail((0.12, 0.3), (0.15, 0.1), (0.25, 0.1), (0.27, 0.3))
    engine, right = both(ROAD, [*ON, track])
    assert engine == [0.0, 2.0, 0.0]
    assert right("rail", 2.0)
    assert not right("rail", 3.0)


def test_two_crossings_at_the_merge_distance_are_one_or_two():
    tracks = [rail((lon, -0.5), (lon, 0.5)) for lon in (0.2, 0.21)]
    apart = 1.1131  # km, a hundredth of a degree of longitude here
    for merge_km, counts in ((apart - 0.01, [2.0]), (apart, [1.0, 1.5, 2.0]), (1.2, [1.0])):
        engine, right = both(ROAD, [*ON, *tracks], merge_km=merge_km)
        assert engine[1] in (1.0, 2.0)
        assert accepted(right, "rail") == counts


def test_a_dead_end_is_none():
    engine, right = both(ROAD, [*ON, rail((0.2, 0.1), (0.2, 0.5))])
    assert engine == [0.0, 0.0, 0.0]
    assert accepted(right, "rail") == [0.0]


def test_what_a_lateral_meets_at_a_dead_end_is_none():
    spur = rail((0.2, 0.0), (0.2, 0.5))
    obstacles = obstacles_of(
        [Way(a="a", b="b", kind=spur[0], length_km=1.0, line=spur[1])], line_array([])
    )
    line = ((0.1, 0.0), (0.3, 0.0))
    assert count_crossings([line], ["lateral"], obstacles, 1.0).tolist() == [[0.0, 0.0, 0.0]]
    assert shapely.LineString(line).touches(shapely.LineString(spur[1]))
