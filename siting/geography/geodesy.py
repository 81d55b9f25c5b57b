"""Lengths and positions on the WGS84 ellipsoid. Points are (lon, lat) in degrees, lengths km."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredLine:
    """A line with the geodesic length up to each vertex."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    along_km: NDArray[np.float64]

    def points_at(self, fractions: Sequence[float]) -> list[Point]:
        """Return the points at ``fractions`` (0 to 1) of the length.

        Between two vertices a line runs straight in longitude and latitude, as it is drawn.
        """
        at = np.asarray(fractions, dtype=float) * self.along_km[-1]
        lon, lat = (np.interp(at, self.along_km, values) for values in (self.lon, self.lat))
        return list(zip(lon.tolist(), lat.tolist(), strict=True))


def measured(lines: Sequence[Sequence[Point] | NDArray[np.float64]]) -> list[MeasuredLine]:
    """Return lines with their lengths, all measured at once."""
    if not lines:
        return []
    counts = np.array([len(line) for line in lines])
    ends = np.cumsum(counts)
    starts = ends - counts
    points = np.concatenate([np.asarray(line, dtype=float).reshape(-1, 2) for line in lines])
    lon, lat = np.ascontiguousarray(points.T)
    steps_m = np.zeros(len(lon))
    steps_m[1:] = _WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    steps_m[starts[counts > 0]] = 0.0
    return [
        MeasuredLine(lon[a:b], lat[a:b], np.cumsum(steps_m[a:b]) / 1000.0)
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def along_km(line: Sequence[Point]) -> NDArray[np.float64]:
    """Return the geodesic length from the start of ``line`` to each of its vertices."""
    return measured([line])[0].along_km


def length_km(line: Sequence[Point]) -> float:
    """Return the geodesic length of ``line``."""
    return float(along_km(line)[-1])


def points_at(line: Sequence[Point], fractions: Sequence[float]) -> list[Point]:
    """Return the points at ``fractions`` (0 to 1) of the length of ``line``."""
    return measured([line])[0].points_at(fractions)


def cut(line: Sequence[Point], fractions: Sequence[float]) -> list[Line]:
    """Cut ``line`` at increasing ``fractions`` of its length, all strictly between 0 and 1.

    Returns:
        The pieces in order; each ends at the point where the next one starts.
    """
    whole = measured([line])[0]
    along, joints = whole.along_km, whole.points_at(fractions)
    bounds = [0.0, *(float(f) * float(along[-1]) for f in fractions), float(along[-1])]
    ends = [line[0], *joints, line[-1]]
    pieces: list[Line] = []
    for k in range(len(bounds) - 1):
        inner = np.flatnonzero((along > bounds[k]) & (along < bounds[k + 1]))
        pieces.append((ends[k], *(line[int(i)] for i in inner), ends[k + 1]))
    return pieces
