"""The plane in which lines of a region are compared."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from siting.errors import GeographyError
from siting.geography.geodesy import distance_km
from siting.geography.plane import plane_of

TEXAS = [(-106.0, 26.0), (-94.0, 36.0)]
CONUS = [(-124.5, 24.6), (-67.0, 49.3)]
EUROPE = [(-10.0, 36.5), (19.9, 59.0)]
NORDICS = [(5.0, 57.0), (31.0, 70.0)]
INDIA = [(69.0, 8.5), (92.0, 31.0)]
BRAZIL = [(-70.0, -33.0), (-35.0, 2.0)]


def grid(region):
    (west, south), (east, north) = region
    return list(itertools.product(np.linspace(west, east, 9), np.linspace(south, north, 9)))


@pytest.mark.parametrize("region", [TEXAS, CONUS, EUROPE, NORDICS, INDIA, BRAZIL])
def test_lengths_are_changed_by_less_than_the_stated_factor(region):
    plane = plane_of(region)
    for lon, lat in grid(region):
        for east, north in ((0.1, 0.0), (0.0, 0.1), (0.07, 0.07), (-0.07, 0.07)):
            ends = [(lon, lat), (lon + east, lat + north)]
            (x0, y0), (x1, y1) = plane.meters(ends)
            ratio = np.hypot(x1 - x0, y1 - y0) / 1000.0 / distance_km(*ends)
            assert 1 / plane.error <= ratio <= plane.error


def test_known_regions_have_their_own_plane():
    assert plane_of(TEXAS).crs == plane_of(CONUS).crs == "EPSG:5070"
    assert plane_of(EUROPE).crs == "EPSG:3035"
    assert plane_of(INDIA).crs.startswith("+proj=laea")


def test_what_no_plane_serves_is_refused():
    with pytest.raises(GeographyError, match="split it"):
        plane_of([(-120.0, -40.0), (110.0, 50.0)])
    with pytest.raises(GeographyError, match="the region is empty"):
        plane_of([])
