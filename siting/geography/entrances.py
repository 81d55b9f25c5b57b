"""How a campus joins the corridors: laterals to the nearest edges, two where they are diverse.

The parcel is a circle around the site. A lateral runs straight from the site to a corridor and
enters the parcel where it crosses the circle; it ends on or outside the circle. Two entrances are
diverse when they end on different edges of the region and lie apart on the circle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Proj

from siting.geography.geodesy import Point, distance_km
from siting.geography.plane import Plane
from siting.geography.region.source import NODE_PREFIX
from siting.geography.tracks import SAME_POINT_KM, Cuts, Track
from siting.geography.ways import Way
from siting.tables import CampusRow

KM2_PER_MW = 0.004
"""Area of a parcel per MW of campus limit where the study gives none."""
NEAREST = 24
"""So many nearest edges are searched for a pair of entrances, all in reach if none is found."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a lateral ends: on which way, how far from the site."""

    way: int
    point: Point
    length_km: float


def parcel_radius_km(campus: CampusRow) -> float:
    """Return the radius of the parcel, a circle around the site."""
    return math.sqrt((campus.area_km2 or KM2_PER_MW * campus.limit_mw) / math.pi)


class Surroundings:
    """The ways around a site in a plane that keeps directions and distances from the site."""

    def __init__(
        self, campus: CampusRow, tracks: dict[int, Track], reach_km: float, separation_km: float
    ) -> None:
        """Project the tracks, by index of the way, and leave out what lies inside the parcel."""
        self._proj = Proj(proj="aeqd", lon_0=campus.lon, lat_0=campus.lat, ellps="WGS84")
        self._reach_m = 1000.0 * reach_km
        self._radius_m = 1000.0 * parcel_radius_km(campus)
        self._separation_m = 1000.0 * (separation_km + 2.0 * SAME_POINT_KM)
        parcel = shapely.Point(0, 0).buffer(self._radius_m, quad_segs=64)
        self._lines = {
            index: shapely.LineString(np.column_stack(self._proj(*track.dense.T))) - parcel
            for index, track in tracks.items()
        }

    def nearest(self, index: int, away_from: Entrance | None = None) -> Entrance | None:
        """Return the nearest entrance on a way, None when there is none in reach.

        Args:
            index: the way.
            away_from: another entrance; the two laterals meet the parcel circle apart.
        """
        line = self._lines[index]
        if away_from is not None:
            line -= self._wedge(away_from)
        if line.is_empty:
            return None
        x, y = shapely.get_coordinates(shapely.shortest_line(shapely.Point(0, 0), line))[1]
        if math.hypot(x, y) > self._reach_m:
            return None
        lon, lat = self._proj(x, y, inverse=True)
        return Entrance(index, (float(lon), float(lat)), math.hypot(x, y) / 1000.0)

    def _wedge(self, entrance: Entrance) -> shapely.Polygon:
        """Return the sector in which a lateral meets the circle too close to ``entrance``."""
        x, y = self._proj(*entrance.point)
        middle = math.atan2(y, x)
        half = 2.0 * math.asin(min(1.0, self._separation_m / (2.0 * self._radius_m)))
        rim_m = 2.0 * max(max(map(abs, line.bounds)) for line in self._lines.values() if line)
        angles = np.linspace(middle - half, middle + half, 33)
        rim = 2.0 * rim_m * np.column_stack((np.cos(angles), np.sin(angles)))
        return shapely.Polygon([(0.0, 0.0), *rim])

    def single(self) -> Entrance | None:
        """Return the nearest entrance of all."""
        return min(self._all(), key=_nearness, default=None)

    def pair(self) -> tuple[Entrance, Entrance] | None:
        """Return two entrances on different ways, apart at the parcel circle, if there are any.

        Of all pairs of ways the one with the least total length, where the first of the two is at
        the nearest point of its way.
        """
        if self._separation_m > 2.0 * self._radius_m:
            return None
        best: tuple[Entrance, Entrance] | None = None
        least = math.inf
        candidates = sorted(self._all(), key=_nearness)
        for one in candidates:
            for other in candidates:
                if other.way == one.way or one.length_km + other.length_km >= least:
                    continue
                two = self.nearest(other.way, away_from=one)
                if two is not None and one.length_km + two.length_km < least:
                    best, least = (one, two), one.length_km + two.length_km
        return best

    def _all(self) -> list[Entrance]:
        found = (self.nearest(index) for index in self._lines)
        return [entrance for entrance in found if entrance is not None]


def _nearness(entrance: Entrance) -> tuple[float, int]:
    return entrance.length_km, entrance.way


def find_entrances(
    campus: CampusRow,
    tracks: Sequence[Track],
    tree: shapely.STRtree,
    plane: Plane,
    reach_km: float,
    apart_km: float,
) -> tuple[Entrance, ...]:
    """Return the entrances of a campus.

    Args:
        campus: the site.
        tracks: every way.
        tree: index of the planar lines of ``tracks``.
        plane: where they lie.
        reach_km: longest lateral, without slack.
        apart_km: least distance between the entrances where they meet the parcel circle.

    Returns:
        Two on different ways, or the nearest one when no such pair is in reach, or none.
    """
    (at,) = shapely.points(plane.meters([(campus.lon, campus.lat)]))
    near = tree.query(at, predicate="dwithin", distance=reach_km * 1000.0 * plane.error)
    order = sorted((float(tracks[int(k)].planar.distance(at)), int(k)) for k in near)
    around = Surroundings(campus, {k: tracks[k] for _, k in order[:NEAREST]}, reach_km, apart_km)
    pair = around.pair()
    if pair is None and len(order) > NEAREST:
        around = Surroundings(campus, {k: tracks[k] for _, k in order}, reach_km, apart_km)
        pair = around.pair()
    if pair is not None:
        return tuple(sorted(pair, key=_nearness))
    single = around.single()
    return () if single is None else (single,)


def lateral_ways(
    campus: CampusRow,
    entrances: Sequence[Entrance],
    ways: Sequence[Way],
    tracks: Sequence[Track],
    plane: Plane,
    cuts: Cuts,
) -> list[Way]:
    """Cut the ways at the entrances and join the cuts to the site by ways of kind ``lateral``."""
    result = []
    site = (campus.lon, campus.lat)
    for number, entrance in enumerate(entrances, start=1):
        prefix = NODE_PREFIX[ways[entrance.way].kind]
        ((x, y),) = plane.meters([entrance.point])
        fraction = tracks[entrance.way].fraction(float(x), float(y))
        node = cuts.node(entrance.way, fraction, f"{prefix}.{campus.id}.{number}")
        line = (site, cuts.place(entrance.way, node))
        result.append(
            Way(
                a=campus_node(campus.id),
                b=node,
                kind="lateral",
                length_km=distance_km(*line),
                line=line,
            )
        )
    return result


def campus_node(campus: str) -> str:
    """Return the id of the node of a campus in a bundled region."""
    return f"c.{campus}"
