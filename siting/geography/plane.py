"""The plane in meters where lines of a region are compared.

Lengths are always measured on the ellipsoid; the plane only finds what is near what.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from siting.errors import GeographyError
from siting.geography.geodesy import Point, distances_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

KNOWN = (
    ("EPSG:5070", (-125.5, 24.0, -66.0, 50.0), 1.02),
    ("EPSG:3035", (-11.0, 35.0, 21.0, 60.0), 1.02),
)
"""CONUS Albers and Europe LAEA: code, bounds where they serve, largest stretch of a length."""
EARTH_KM = 6371.0
WIDEST_KM = 6000.0
"""A plane serves a region up to this radius."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """An equal-area projection to meters."""

    crs: str
    error: float
    """It changes lengths by less than this factor: searches in it reach so much farther."""
    _transformer: Transformer = field(repr=False)

    def meters(self, points: Sequence[Point] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Project (lon, lat) degrees to meters, one row a point."""
        lon, lat = np.asarray(points, dtype=float).T
        return np.column_stack(self._transformer.transform(lon, lat))


def plane_of(places: Iterable[Point]) -> Plane:
    """Return the plane for what lies at ``places``, (lon, lat) degrees.

    A Lambert azimuthal equal-area projection around the middle stretches a length at the angular
    distance c from it by at most 1 / cos(c / 2).

    Raises:
        GeographyError: no place, or places so far apart that no plane serves them.
    """
    points = list(places)
    if not points:
        raise GeographyError("the region is empty: it holds no way")
    lon, lat = np.asarray(points, dtype=float).T
    for crs, (west, south, east, north), error in KNOWN:
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if inside.all():
            return _plane(crs, error)
    middle = (float((lon.min() + lon.max()) / 2), float((lat.min() + lat.max()) / 2))
    radius_km = max(distances_km(middle, points))
    if radius_km > WIDEST_KM:
        raise GeographyError(
            f"the region reaches {radius_km:,.0f} km from its middle, at most {WIDEST_KM:,.0f} km "
            "can be planned at once; split it"
        )
    crs = f"+proj=laea +lon_0={middle[0]:.4f} +lat_0={middle[1]:.4f} +datum=WGS84 +units=m"
    return _plane(crs, 1.005 / math.cos(radius_km / EARTH_KM / 2))


def plane_in(crs: str) -> Plane:
    """Return one of the planes in ``KNOWN`` by its code, wherever it serves."""
    return _plane(crs, {code: error for code, _, error in KNOWN}[crs])


def _plane(crs: str, error: float) -> Plane:
    return Plane(crs, error, Transformer.from_crs(4326, crs, always_xy=True))
