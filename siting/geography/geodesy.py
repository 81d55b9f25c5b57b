"""Lengths and positions on the WGS84 ellipsoid. Points are (lon, lat) in degrees, lengths km."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point = tuple[float, float]
"""Longitude and latitude, degrees."""
Line = tuple[Point, ...]

_WGS84 = Geod(ellps="WGS84")


def distance_km(start: Point, end: Point) -> float:
    """Return the geodesic distance.

    >>> round(distance_km((0.0, 0.0), (1.0, 0.0)), 3)  # a degree along the equator
    111.319
    """
    return float(_WGS84.inv(*start, *end)[2]) / 1000.0


def distances_km(start: Point, ends: Sequence[Point]) -> list[float]:
    """Return the geodesic distances from one point to many."""
    lon, lat = np.asarray(ends, dtype=float).reshape(-1, 2).T
    count = len(lon)
    meters = _WGS84.inv(np.full(count, start[0]), np.full(count, start[1]), lon, lat)[2]
    return [float(m) / 1000.0 for m in np.atleast_1d(meters)]


def along_km(line: Sequence[Point]) -> NDArray[np.float64]:
    """Return the geodesic length from the start of ``line`` to each of its vertices."""
    lon, lat = np.asarray(line, dtype=float).T
    pieces = np.atleast_1d(np.asarray(_WGS84.line_lengths(lon, lat), dtype=float))
    return np.concatenate(([0.0], np.cumsum(pieces))) / 1000.0


def length_km(line: Sequence[Point]) -> float:
    """Return the geodesic length of ``line``."""
    return float(along_km(line)[-1])


def points_at(line: Sequence[Point], fractions: Sequence[float]) -> list[Point]:
    """Return the points at ``fractions`` (0 to 1) of the length of ``line``.

    Between two vertices a line runs straight in longitude and latitude, as it is drawn.
    """
    lon, lat = np.asarray(line, dtype=float).T
    along = along_km(line)
    at = np.asarray(fractions, dtype=float) * along[-1]
    return [
        (float(x), float(y))
        for x, y in zip(np.interp(at, along, lon), np.interp(at, along, lat), strict=True)
    ]


def cut(line: Sequence[Point], fractions: Sequence[float]) -> list[Line]:
    """Cut ``line`` at increasing ``fractions`` of its length, all strictly between 0 and 1.

    Returns:
        The pieces in order; each ends at the point where the next one starts.
    """
    along = along_km(line)
    joints = points_at(line, fractions)
    bounds = [0.0, *(float(f) * float(along[-1]) for f in fractions), float(along[-1])]
    ends = [line[0], *joints, line[-1]]
    pieces: list[Line] = []
    for k in range(len(bounds) - 1):
        inner = np.flatnonzero((along > bounds[k]) & (along < bounds[k + 1]))
        pieces.append((ends[k], *(line[int(i)] for i in inner), ends[k + 1]))
    return pieces
