"""How a campus joins the corridors: laterals to the nearest edges, two where they are diverse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Proj

from siting.geography.geodesy import Point, distance_km
from siting.geography.tracks import SAME_POINT_KM, Cuts, Track, to_plane
from siting.geography.ways import Way
from siting.tables import CampusRow

KM2_PER_MW = 0.004
"""Area of a parcel per MW of campus limit where the study gives none."""
NEAREST = 24
"""So many nearest edges are searched for a pair of entrances, all in reach if none is found."""
_PLANE_ERROR = 1.02


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

    def __init__(self, campus: CampusRow, dense: dict[int, Track], separation_km: float) -> None:
        """Project the tracks, by index of the way, and leave out what lies inside the parcel."""
        self._proj = Proj(proj="aeqd", lon_0=campus.lon, lat_0=campus.lat, ellps="WGS84")
        self._radius_m = 1000.0 * parcel_radius_km(campus)
        self._separation_m = 1000.0 * (separation_km + 2.0 * SAME_POINT_KM)
        parcel = shapely.Point(0, 0).buffer(self._radius_m, quad_segs=64)
        self._lines = {}
        for index, track in dense.items():
            line = shapely.LineString(np.column_stack(self._proj(*track.dense.T)))
            outside = line.difference(parcel)
            if not outside.is_empty:
                self._lines[index] = outside

    def nearest(self, index: int, away_from: Entrance | None = None) -> Entrance | None:
        """Return the nearest entrance on a way.

        Args:
            index: the way.
            away_from: another entrance; the two meet the parcel circle apart.
        """
        line = self._lines.get(index)
        if line is not None and away_from is not None:
            line = line.difference(self._wedge(away_from))
        if line is None or line.is_empty:
            return None
        x, y = shapely.get_coordinates(shapely.shortest_line(shapely.Point(0, 0), line))[1]
        lon, lat = self._proj(x, y, inverse=True)
        return Entrance(index, (float(lon), float(lat)), float(np.hypot(x, y)) / 1000.0)

    def _wedge(self, entrance: Entrance) -> shapely.Polygon:
        """Return the sector in which a lateral meets the circle too close to ``entrance``."""
        x, y = self._proj(*entrance.point)
        middle = math.atan2(y, x)
        half = 2.0 * math.asin(min(1.0, self._separation_m / (2.0 * self._radius_m)))
        far = 4.0 * max(line.bounds[2] - line.bounds[0] for line in self._lines.values())
        far += 4.0 * max(max(map(abs, line.bounds)) for line in self._lines.values())
        rim = [(far * math.cos(a), far * math.sin(a)) for a in _arc(middle - half, middle + half)]
        return shapely.Polygon([(0.0, 0.0), *rim])

    def pair(self) -> tuple[Entrance, Entrance] | None:
        """Return the two entrances on different ways with the least total length, if any."""
        if self._separation_m > 2.0 * self._radius_m:
            return None
        best: tuple[Entrance, Entrance] | None = None
        least = math.inf
        first = sorted(
            filter(None, (self.nearest(index) for index in self._lines)),
            key=lambda e: (e.length_km, e.way),
        )
        for one in first:
            if 2.0 * one.length_km >= least:
                break
            for other in first:
                if other.way == one.way or one.length_km + other.length_km >= least:
                    continue
                two = self.nearest(other.way, away_from=one)
                if two is not None and one.length_km + two.length_km < least:
                    best, least = (one, two), one.length_km + two.length_km
        return best


def _arc(start: float, end: float) -> list[float]:
    return [float(a) for a in np.linspace(start, end, 33)]


def find_entrances(
    campus: CampusRow,
    tracks: Sequence[Track],
    tree: shapely.STRtree,
    reach_km: float,
    apart_km: float,
) -> tuple[Entrance, ...]:
    """Return the entrances of a campus.

    Args:
        campus: the site.
        tracks: every way.
        tree: index of the planar lines of ``tracks``.
        reach_km: longest lateral, without slack.
        apart_km: least distance between the entrances where they meet the parcel circle.

    Returns:
        Two on different ways, or the nearest one when no such pair is in reach, or none.
    """
    (at,) = shapely.points(to_plane([(campus.lon, campus.lat)]))
    near = tree.query(at, predicate="dwithin", distance=reach_km * 1000.0 * _PLANE_ERROR)
    order = sorted((float(tracks[int(k)].planar.distance(at)), int(k)) for k in near)
    single: Entrance | None = None
    for count in (NEAREST, len(order)):
        chosen = {k: tracks[k] for _, k in order[:count]}
        around = Surroundings(campus, chosen, apart_km)
        pair = around.pair()
        if pair is not None and max(e.length_km for e in pair) <= reach_km:
            return pair
        found = filter(None, map(around.nearest, chosen))
        single = min(found, key=lambda e: (e.length_km, e.way), default=None)
        if count >= len(order):
            break
    return (single,) if single is not None and single.length_km <= reach_km else ()


def lateral_ways(
    campus: CampusRow,
    entrances: Sequence[Entrance],
    ways: Sequence[Way],
    tracks: Sequence[Track],
    cuts: Cuts,
) -> list[Way]:
    """Cut the ways at the entrances and join the cuts to the site by ways of kind ``lateral``."""
    result = []
    site = (campus.lon, campus.lat)
    for number, entrance in enumerate(entrances, start=1):
        prefix = ways[entrance.way].a[0]
        ((x, y),) = to_plane([entrance.point])
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
