"""Positions along ways, and cutting ways there."""

from __future__ import annotations

import pytest

from siting.geography.geodesy import distance_km, length_km, points_at
from siting.geography.plane import plane_of
from siting.geography.tracks import Cuts, Track
from siting.geography.ways import Way

LINE = ((-99.0, 32.0), (-98.0, 32.0), (-98.0, 33.0))
PLANE = plane_of(LINE)


def way(length=1.0, a="r1", b="r2"):
    return Way(a=a, b=b, kind="road", length_km=length, line=LINE)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4599, 0.7, 1.0])
def test_position_in_the_plane_is_found_on_the_ground(share):
    ((x, y),) = PLANE.meters(points_at(LINE, [share]))
    found = Track.of(LINE, PLANE).fraction(x, y)
    assert found * length_km(LINE) == pytest.approx(share * length_km(LINE), abs=0.005)


def test_point_beside_the_line_meets_it_at_its_foot():
    ((x, y),) = PLANE.meters([(-98.4, 32.01)])
    foot = points_at(LINE, [Track.of(LINE, PLANE).fraction(x, y)])[0]
    assert distance_km(foot, (-98.4, 32.0)) < 0.05


def test_pieces_keep_length_and_join_at_the_cut():
    whole = length_km(LINE)
    cuts = Cuts([way(length=whole)])
    assert cuts.node(0, 0.75, "second") == "second"
    assert cuts.node(0, 0.25, "first") == "first"
    pieces = cuts.pieces()
    assert [(w.a, w.b) for w in pieces] == [("r1", "first"), ("first", "second"), ("second", "r2")]
    expected = [whole / 4, whole / 2, whole / 4]
    assert [w.length_km for w in pieces] == pytest.approx(expected, rel=1e-4)
    assert pieces[0].line[-1] == pieces[1].line[0] == cuts.place(0, "first")
    assert {w.kind for w in pieces} == {"road"}


def test_cut_at_an_end_or_at_an_earlier_cut_is_the_node_there():
    cuts = Cuts([way(length=100.0)])
    assert cuts.node(0, 0.0, "x") == "r1"
    assert cuts.node(0, 0.99995, "x") == "r2"  # 5 m from the end
    assert cuts.node(0, 0.5, "middle") == "middle"
    assert cuts.node(0, 0.50005, "x") == "middle"
    assert cuts.node(0, 0.501, "beside") == "beside"  # 100 m away
    assert cuts.place(0, "r2") == LINE[-1]
    assert len(cuts.pieces()) == 3


def test_way_without_cuts_stays_as_it_is():
    ways = [way(), way(a="r3", b="r4")]
    cuts = Cuts(ways)
    cuts.node(1, 0.5, "x")
    assert cuts.pieces()[0] == ways[0]
