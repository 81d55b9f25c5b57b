"""Lengths and places on the WGS84 ellipsoid. Points are (lon, lat) in degrees, lengths km."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

Point = tuple[float, float]


@cache
def _ellipsoid() -> Any:  # noqa: ANN401
    from pyproj import Geod

    return Geod(ellps="WGS84")


def geodesic_km(line: Sequence[Point]) -> float:
    """Return the length of a polyline of (lon, lat) degrees on the WGS84 ellipsoid, km.

    >>> round(geodesic_km(((0.0, 0.0), (1.0, 0.0))), 3)
    111.319
    """
    lons, lats = [point[0] for point in line], [point[1] for point in line]
    return float(_ellipsoid().line_length(lons, lats)) / 1000.0


def point_at(line: Sequence[Point], fraction: float) -> Point:
    """Return the point at a fraction (0 to 1) of the length of a polyline.

    Between two vertices it runs straight in longitude and latitude, as it is drawn.

    >>> point_at(((0.0, 0.0), (1.0, 0.0), (3.0, 0.0)), 0.5)
    (1.5, 0.0)
    """
    along = [0.0, *accumulate(geodesic_km(piece) for piece in pairwise(line))]
    wanted = fraction * along[-1]
    for index, (start, end) in enumerate(pairwise(line)):
        if wanted <= along[index + 1] and along[index + 1] > along[index]:
            share = (wanted - along[index]) / (along[index + 1] - along[index])
            return (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
    return line[-1]
