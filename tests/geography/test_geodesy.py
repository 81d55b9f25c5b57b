"""Lengths against textbook values of the WGS84 ellipsoid."""

from __future__ import annotations

import pytest

from siting.geography.geodesy import along_km, cut, distance_km, distances_km, length_km, points_at


def test_degrees_have_the_lengths_of_the_ellipsoid():
    # a = 6378.137 km: one degree along the equator is 2 pi a / 360
    assert distance_km((0, 0), (1, 0)) == pytest.approx(111.31949, abs=1e-4)
    # meridian arcs: 111.13292 - 0.55982 cos 2 phi + 0.001175 cos 4 phi, phi in the middle
    assert distance_km((0, 0), (0, 1)) == pytest.approx(110.57439, abs=1e-4)
    assert distance_km((-99, 32), (-99, 33)) == pytest.approx(110.8956, abs=1e-4)


def test_many_distances_are_the_single_ones():
    ends = [(-98.0, 32.0), (-99.0, 33.0)]
    assert distances_km((-99.0, 32.0), ends) == [distance_km((-99.0, 32.0), e) for e in ends]
    assert distances_km((-99.0, 32.0), []) == []


def test_length_adds_up_along_a_line():
    line = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    assert along_km(line) == pytest.approx([0.0, 111.31949, 221.89388], abs=1e-3)
    assert length_km(line) == pytest.approx(221.89388, abs=1e-3)


def test_points_stand_at_shares_of_the_length():
    line = [(0.0, 0.0), (1.0, 0.0), (3.0, 0.0)]
    lon, lat = zip(*points_at(line, [0.0, 0.5, 1.0]), strict=True)
    assert lon == pytest.approx((0.0, 1.5, 3.0))
    assert lat == (0.0, 0.0, 0.0)


def test_pieces_join_and_keep_vertices_and_length():
    line = ((0.0, 0.0), (1.0, 0.0), (3.0, 0.0))
    pieces = cut(line, [0.25, 0.5])
    assert [p[0] for p in pieces[1:]] == [p[-1] for p in pieces[:-1]]
    assert [len(p) for p in pieces] == [2, 3, 2]
    assert pieces[1][1] == (1.0, 0.0)
    assert (pieces[0][0], pieces[-1][-1]) == (line[0], line[-1])
    assert sum(map(length_km, pieces)) == pytest.approx(length_km(line), rel=1e-9)
    assert length_km(pieces[0]) == pytest.approx(length_km(line) / 4, rel=1e-9)
