"""Where roads and railways meet."""

from __future__ import annotations

import pytest

from siting.geography.geodesy import distance_km, length_km
from siting.geography.plane import plane_of
from siting.geography.tracks import Cuts, Track
from siting.geography.transfers import TRANSFER_MIN_KM, meetings, thin, transfer_ways
from siting.geography.ways import Way

PLANE = plane_of([(-99.0, 31.0), (-97.0, 33.0)])
STEP = 0.3 / 111.32 / 0.848
"""Degrees of longitude of 300 m at latitude 32 (cos 32 = 0.848)."""


def ways_of(roads, rail):
    ways = []
    for kind, prefix, lines in (("road", "r", roads), ("rail", "t", rail)):
        ways += [
            Way(
                a=f"{prefix}{2 * k}",
                b=f"{prefix}{2 * k + 1}",
                kind=kind,
                length_km=length_km(line),
                line=line,
            )
            for k, line in enumerate(lines)
        ]
    return ways


def found(roads, rail, gap=0.3):
    return close(ways_of(roads, rail), gap)


def close(ways, gap):
    return meetings(ways, [Track.of(way.line, PLANE) for way in ways], PLANE, gap)


NORTH = ((-99.0, 32.0), (-99.0, 32.5))
EAST = ((-99.2, 32.2), (-98.8, 32.2))


def test_crossing_lines_meet_once():
    (meeting,) = found([NORTH], [EAST])
    assert meeting.gap_km < 0.002
    assert meeting.one_fraction == pytest.approx(0.4, abs=1e-4)
    assert meeting.other_fraction == pytest.approx(0.5, abs=1e-4)


def test_lines_that_cross_twice_meet_twice():
    bow = ((-99.1, 32.1), (-98.9, 32.2), (-99.1, 32.3))
    assert len(found([NORTH], [bow])) == 2


def test_only_lines_within_the_gap_meet():
    beside = ((-99.0 + 0.95 * STEP, 32.2), (-98.8, 32.2))  # ends 285 m east of the road
    (meeting,) = found([NORTH], [beside])
    assert meeting.gap_km == pytest.approx(0.285, abs=0.002)
    assert found([NORTH], [((-99.0 + 1.05 * STEP, 32.2), (-98.8, 32.2))]) == []
    assert found([NORTH], [beside], gap=0.2) == []
    assert found([NORTH, EAST], []) == []


def test_of_meetings_close_together_the_narrowest_stays():
    rails = [
        ((-99.0 + 0.5 * STEP, 32.2), (-98.8, 32.2)),
        ((-99.2, 32.25), (-98.8, 32.25)),  # crosses 5.5 km north of the first
        ((-99.2, 32.4), (-98.8, 32.4)),
    ]
    meets = found([NORTH], rails)
    assert len(meets) == 3
    assert [m.other for m in thin(meets, merge_km=1.0)] == [2, 3, 1]
    assert [m.other for m in thin(meets, merge_km=10.0)] == [2, 3]


def test_transfer_joins_the_cut_road_to_the_cut_railway():
    rail = ((-99.0 + 0.5 * STEP, 32.2), (-98.8, 32.2))
    ways = ways_of([NORTH], [rail])
    cuts = Cuts(ways)
    (made,) = transfer_ways(
        meetings(ways, [Track.of(w.line, PLANE) for w in ways], PLANE, 0.3), ways, cuts
    )
    assert (made.kind, made.a, made.b) == ("transfer", "rx1", "t0")  # the railway ends there
    assert made.length_km == pytest.approx(0.15, abs=0.002) == distance_km(*made.line)
    assert len(cuts.pieces()) == 3


def test_transfer_at_a_crossing_has_the_least_length():
    ways = ways_of([NORTH], [EAST])
    cuts = Cuts(ways)
    (made,) = transfer_ways(
        meetings(ways, [Track.of(w.line, PLANE) for w in ways], PLANE, 0.3), ways, cuts
    )
    assert (made.a, made.b) == ("rx1", "tx1")
    assert made.length_km == pytest.approx(TRANSFER_MIN_KM, rel=0.01) == distance_km(*made.line)
    assert len(cuts.pieces()) == 4


def test_every_two_kinds_meet_and_nodes_are_named_after_them():
    ways = [
        Way(a="r0", b="r1", kind="road", length_km=length_km(NORTH), line=NORTH),
        Way(a="p0", b="p1", kind="power", length_km=length_km(EAST), line=EAST),
    ]
    kept = thin(close(ways, 0.3))
    cuts = Cuts(ways)
    (made,) = transfer_ways(kept, ways, cuts)
    assert (made.kind, made.a, made.b) == ("transfer", "rx1", "px1")
    assert made.length_km == pytest.approx(TRANSFER_MIN_KM, rel=1e-3)


def test_ways_joined_by_a_node_do_not_meet_there():
    start = NORTH[0]
    route = (start, (-98.8, 32.1))
    ways = [
        Way(a="r0", b="r1", kind="road", length_km=length_km(NORTH), line=NORTH),
        Way(a="r0", b="w1", kind="route", length_km=length_km(route), line=route),
    ]
    assert close(ways, 0.3) == []
    apart = [ways[0], Way(a="w0", b="w1", kind="route", length_km=length_km(route), line=route)]
    assert len(close(apart, 0.3)) == 1
