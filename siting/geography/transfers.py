"""Transfer points: where a road and a railway come so close that fiber can change over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from siting.geography.geodesy import Point, distance_km, points_at
from siting.geography.plane import Plane
from siting.geography.tracks import Cuts, Track
from siting.geography.ways import Way

TRANSFER_MERGE_KM = 10.0
"""Of transfer points closer than this to each other one is kept."""
TRANSFER_MIN_KM = 0.1
"""Where the lines cross, or nearly, a transfer reaches the railway so far along it."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A road and a railway close to each other."""

    gap_km: float
    road: int
    road_fraction: float
    rail: int
    rail_fraction: float
    x: float
    y: float
    """Position in the plane, m."""


def meetings(
    ways: Sequence[Way], tracks: Sequence[Track], plane: Plane, max_gap_km: float
) -> list[Meeting]:
    """Return where roads and railways cross, or come as close as ``max_gap_km`` without crossing.

    Args:
        ways: ways of kind ``road`` and ``rail``.
        tracks: the tracks of ``ways``.
        plane: where they lie.
        max_gap_km: largest gap along the ground.

    Returns:
        One for each crossing, and one for each pair of lines that come close and do not cross.
    """
    roads = [k for k, way in enumerate(ways) if way.kind == "road"]
    rails = [k for k, way in enumerate(ways) if way.kind == "rail"]
    if not roads or not rails:
        return []
    tree = shapely.STRtree([tracks[k].planar for k in roads])
    lines = np.asarray([tracks[k].planar for k in rails])
    reach_m = max_gap_km * 1000.0 * plane.error
    found = []
    for i, j in zip(*tree.query(lines, predicate="dwithin", distance=reach_m), strict=True):
        rail, road = rails[int(i)], roads[int(j)]
        for on_road, on_rail in _closest(tracks[road].planar, tracks[rail].planar):
            at_road = tracks[road].fraction(*on_road)
            at_rail = tracks[rail].fraction(*on_rail)
            gap = distance_km(
                points_at(ways[road].line, [at_road])[0], points_at(ways[rail].line, [at_rail])[0]
            )
            if gap <= max(max_gap_km, 0.001):
                found.append(Meeting(gap, road, at_road, rail, at_rail, *on_rail))
    return found


def _closest(
    road: shapely.LineString, rail: shapely.LineString
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the points of two lines where they cross, or the pair where they come closest."""
    if shapely.intersects(road, rail):
        shared = shapely.get_parts(shapely.intersection(road, rail))
        marks = shapely.get_coordinates(shapely.point_on_surface(shared))
        return [((float(x), float(y)), (float(x), float(y))) for x, y in marks]
    (x, y), (u, v) = shapely.get_coordinates(shapely.shortest_line(road, rail))
    return [((float(x), float(y)), (float(u), float(v)))]


def thin(found: Sequence[Meeting], merge_km: float = TRANSFER_MERGE_KM) -> list[Meeting]:
    """Keep one of the meetings that are closer than ``merge_km`` to each other: the narrowest."""
    kept: list[Meeting] = []
    xy = np.empty((0, 2))
    order = sorted(found, key=lambda m: (round(m.gap_km, 3), m.rail, m.rail_fraction, m.road))
    for meeting in order:
        place = np.asarray((meeting.x, meeting.y))
        if len(xy) and np.hypot(*(xy - place).T).min() < merge_km * 1000.0:
            continue
        kept.append(meeting)
        xy = np.vstack((xy, place))
    return kept


def transfer_ways(kept: Sequence[Meeting], ways: Sequence[Way], cuts: Cuts) -> list[Way]:
    """Cut roads and railways at the meetings and join the cuts by ways of kind ``transfer``."""
    result = []
    for number, meeting in enumerate(kept, start=1):
        road = cuts.node(meeting.road, meeting.road_fraction, f"rx{number}")
        start = cuts.place(meeting.road, road)
        fraction = _leave(ways[meeting.rail], meeting.rail_fraction, start)
        rail = cuts.node(meeting.rail, fraction, f"tx{number}")
        line = (start, cuts.place(meeting.rail, rail))
        result.append(Way(a=road, b=rail, kind="transfer", length_km=distance_km(*line), line=line))
    return result


def _leave(rail: Way, fraction: float, start: Point) -> float:
    """Return where a transfer from ``start`` reaches the railway: not at the crossing itself."""
    if distance_km(points_at(rail.line, [fraction])[0], start) >= TRANSFER_MIN_KM:
        return fraction
    step = TRANSFER_MIN_KM / rail.length_km
    sides = [min(fraction + step, 1.0), max(fraction - step, 0.0)]
    gaps = [distance_km(place, start) for place in points_at(rail.line, sides)]
    return sides[gaps.index(max(gaps))]
