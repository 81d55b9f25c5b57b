"""Land classes of lines: discs around places, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from siting.catalog import load_catalog
from siting.geography.terrain.land import (
    Towns,
    distance_km,
    land_shares,
    pieces_of,
    radius_km,
    read_towns,
)

WGS84 = Geod(ellps="WGS84")


def east_of(lon, lat, km):
    """Return the place so far along the geodesic that leaves to the east."""
    x, y, _ = WGS84.fwd(lon, lat, 90.0, km * 1000.0)
    return float(x), float(y)


def town(lon, lat, core_km, built_up_km):
    return Towns(np.array([[lon, lat]]), np.array([core_km]), np.array([built_up_km]))


def both(*towns):
    return Towns(
        np.concatenate([t.places for t in towns]),
        np.concatenate([t.core_km for t in towns]),
        np.concatenate([t.built_up_km for t in towns]),
    )


def test_a_line_through_the_middle_of_a_town():
    # 100 km of the equator, the town in its middle: 2 x 5 km of core, 2 x 3 km of the rest
    middle = east_of(0.0, 0.0, 50.0)
    line = ((0.0, 0.0), east_of(0.0, 0.0, 100.0))
    ((urban, suburban),) = land_shares([line], town(middle[0], middle[1], 5.0, 8.0))
    assert urban == pytest.approx(0.10, abs=1e-6)
    assert suburban == pytest.approx(0.06, abs=1e-6)


def test_a_line_that_ends_in_a_town():
    line = ((0.0, 0.0), east_of(0.0, 0.0, 20.0))
    ((urban, suburban),) = land_shares([line], town(0.0, 0.0, 4.0, 9.0))
    assert (urban, suburban) == (pytest.approx(0.20, abs=1e-6), pytest.approx(0.25, abs=1e-6))


def test_a_chord_beside_the_middle():
    # 3 km north of the line: half a chord of a disc of 5 km is 4 km; the core, 2 km, is missed
    north = WGS84.fwd(0.0, 0.0, 0.0, 3000.0)[:2]
    line = (east_of(0.0, 0.0, -50.0), (0.0, 0.0), east_of(0.0, 0.0, 50.0))
    ((urban, suburban),) = land_shares([line], town(float(north[0]), float(north[1]), 2.0, 5.0))
    assert (urban, suburban) == (0.0, pytest.approx(0.08, abs=1e-6))


def test_what_two_towns_share_counts_once():
    one, other = east_of(0.0, 0.0, 40.0), east_of(0.0, 0.0, 50.0)
    line = ((0.0, 0.0), east_of(0.0, 0.0, 100.0))
    # cores 35-45 and 42-58 km: 23 km; towns 30-50 and 40-60 km: 30 km
    towns = both(town(one[0], one[1], 5.0, 10.0), town(other[0], other[1], 8.0, 10.0))
    ((urban, suburban),) = land_shares([line], towns)
    assert urban == pytest.approx(0.23, abs=1e-6)
    assert suburban == pytest.approx(0.07, abs=1e-6)


def test_lines_far_from_towns_and_lines_of_one_place_are_rural():
    lines = [((20.0, 50.0), (21.0, 50.0)), ((20.0, 50.0), (20.0, 50.0))]
    assert land_shares(lines, town(0.0, 50.0, 5.0, 8.0)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert land_shares([], town(0.0, 50.0, 5.0, 8.0)).shape == (0, 2)


@pytest.mark.parametrize("lat", [0.0, 32.0, 50.0, 65.0])
def test_a_grid_of_points_finds_the_same(lat):
    line = [(0.0, lat), (0.6, lat + 0.35), (1.3, lat - 0.1)]
    places = np.array([[0.1, lat + 0.1], [0.5, lat + 0.2], [0.9, lat + 0.3]])
    towns = Towns(places, np.array([3.0, 9.0, 2.0]), np.array([12.0, 20.0, 12.0]))
    pieces = pieces_of([line])
    share = (np.arange(400) + 0.5) / 400
    points = pieces.start[:, None] + share[:, None] * (pieces.end - pieces.start)[:, None]
    lon, lats = points.reshape(-1, 2).T
    away = np.stack(
        [
            np.reshape(
                WGS84.inv(np.full(lon.size, x), np.full(lon.size, y), lon, lats)[2],
                points.shape[:2],
            )
            for x, y in places
        ]
    )
    weight = pieces.length_km / pieces.length_km.sum()
    inside = [
        ((away / 1000.0 <= radii[:, None, None]).any(axis=0).mean(axis=1) * weight).sum()
        for radii in (towns.core_km, towns.built_up_km)
    ]
    ((urban, suburban),) = land_shares([line], towns)
    assert urban == pytest.approx(inside[0], abs=3e-4)
    assert urban + suburban == pytest.approx(inside[1], abs=3e-4)


def test_short_distances_are_geodesic():
    places = np.array([[10.0, lat] for lat in (0.0, 30.0, 50.0, 70.0)])
    points = places + np.array([0.3, -0.25])
    exact = np.asarray(WGS84.inv(*places.T, *points.T)[2]) / 1000.0
    assert distance_km(places, points) == pytest.approx(exact, rel=2e-5)


def test_towns_of_the_bundled_places():
    catalog = load_catalog(overrides={"land.suburban.area": 1000.0, "land.urban.area": 250.0})
    towns = read_towns(catalog)
    assert len(towns.places) > 30_000
    assert towns.core_km == pytest.approx(towns.built_up_km / 2)
    abilene = np.hypot(*(towns.places - (-99.733, 32.449)).T).argmin()
    # 125,182 people: 125.182 km2
    assert towns.built_up_km[abilene] == pytest.approx((125.182 / np.pi) ** 0.5, rel=1e-6)
    # a core is never larger than the town
    swapped = load_catalog(overrides={"land.suburban.area": 250.0, "land.urban.area": 1000.0})
    assert (read_towns(swapped).built_up_km == read_towns(swapped).core_km).all()
    assert radius_km(np.array([0.0]), 1000.0).tolist() == [0.0]
