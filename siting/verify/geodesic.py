"""Lengths on the WGS84 ellipsoid. Points are (lon, lat) in degrees, lengths km."""

from __future__ import annotations

from functools import cache
from typing import Any

Point = tuple[float, float]


@cache
def _ellipsoid() -> Any:  # noqa: ANN401
    from pyproj import Geod

    return Geod(ellps="WGS84")


def geodesic_km(line: tuple[Point, ...]) -> float:
    """Return the length of a polyline of (lon, lat) degrees on the WGS84 ellipsoid, km.

    >>> round(geodesic_km(((0.0, 0.0), (1.0, 0.0))), 3)
    111.319
    """
    lons, lats = [point[0] for point in line], [point[1] for point in line]
    return float(_ellipsoid().line_length(lons, lats)) / 1000.0
