"""Transfer points: where ways of two kinds come so close that fiber can change over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter

import numpy as np
import shapely

from siting.geography.geodesy import MeasuredLine, Point, distance_km, measured, points_at
from siting.geography.plane import Plane
from siting.geography.region.source import NODE_PREFIX
from siting.geography.tracks import Cuts, Track
from siting.geography.ways import Way

TRANSFER_MERGE_KM = 10.0
"""Of transfer points closer than this to each other one is kept."""
TRANSFER_MIN_KM = 0.1
"""Where the lines cross, or nearly, a transfer reaches the other way so far along it."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two ways of different kinds close to each other: of a road and a railway, road first."""

    gap_km: float
    one: int
    one_fraction: float
    other: int
    other_fraction: float
    x: float
    y: float
    """Position in the plane, m."""


def meetings(
    ways: Sequence[Way], tracks: Sequence[Track], plane: Plane, max_gap_km: float
) -> list[Meeting]:
    """Return where ways of two kinds cross, or come as close as ``max_gap_km`` without crossing.

    Args:
        ways: ways of the kinds of :data:`siting.geography.region.source.NODE_PREFIX`.
        tracks: the tracks of ``ways``.
        plane: where they lie.
        max_gap_km: largest gap along the ground.

    Returns:
        One for each crossing, and one for each pair of lines that come close and do not cross; none
        where the two ways share a node.
    """
    of_kind = {kind: [k for k, w in enumerate(ways) if w.kind == kind] for kind in NODE_PREFIX}
    reach_m = max_gap_km * 1000.0 * plane.error
    drawn = measured([way.line for way in ways])
    found = []
    for ones, others in combinations(of_kind.values(), 2):
        if not ones or not others:
            continue
        tree = shapely.STRtree([tracks[k].planar for k in ones])
        lines = np.asarray([tracks[k].planar for k in others])
        near = tree.query(lines, predicate="dwithin", distance=reach_m)
        pairs = [(ones[j], others[i]) for i, j in near.T.tolist()]
        found += _between(ways, tracks, drawn, pairs, max_gap_km)
    return found


def _between(
    ways: Sequence[Way],
    tracks: Sequence[Track],
    drawn: Sequence[MeasuredLine],
    pairs: Sequence[tuple[int, int]],
    max_gap_km: float,
) -> list[Meeting]:
    """Return the meetings of pairs of ways."""
    found = []
    for (one, other), on_one, on_other in _closest(tracks, pairs):
        at_one = tracks[one].fraction(*on_one)
        at_other = tracks[other].fraction(*on_other)
        place = drawn[one].points_at([at_one])[0]
        gap = distance_km(place, drawn[other].points_at([at_other])[0])
        if gap <= max(max_gap_km, 0.001) and not _share_node(ways[one], ways[other], place):
            found.append(Meeting(gap, one, at_one, other, at_other, *on_other))
    return found


def _share_node(one: Way, other: Way, place: Point) -> bool:
    """Return whether two ways are joined at a place."""
    ends = ((one.a, one.line[0]), (one.b, one.line[-1]))
    return any(
        node in {other.a, other.b} and distance_km(point, place) <= TRANSFER_MIN_KM
        for node, point in ends
    )


def _closest(
    tracks: Sequence[Track], pairs: Sequence[tuple[int, int]]
) -> list[tuple[tuple[int, int], Point, Point]]:
    """Return the points of pairs of lines where they cross, else where they come closest, m."""
    if not pairs:
        return []
    ones, others = (np.array([tracks[k].planar for k in side]) for side in zip(*pairs, strict=True))
    crosses = shapely.intersects(ones, others)
    at = np.flatnonzero(crosses)
    shared, of = shapely.get_parts(shapely.intersection(ones[at], others[at]), return_index=True)
    marks, part = shapely.get_coordinates(shapely.point_on_surface(shared), return_index=True)
    found = [
        (int(at[of[k]]), (x, y), (x, y)) for k, (x, y) in zip(part, marks.tolist(), strict=True)
    ]
    apart = np.flatnonzero(~crosses)
    ends = shapely.get_coordinates(shapely.shortest_line(ones[apart], others[apart]))
    found += [
        (int(k), (x, y), (u, v))
        for k, ((x, y), (u, v)) in zip(apart, ends.reshape(-1, 2, 2).tolist(), strict=True)
    ]
    found.sort(key=itemgetter(0))
    return [(pairs[k], on_one, on_other) for k, on_one, on_other in found]


def thin(found: Sequence[Meeting], merge_km: float = TRANSFER_MERGE_KM) -> list[Meeting]:
    """Keep one of the meetings that are closer than ``merge_km`` to each other: the narrowest."""
    kept: list[Meeting] = []
    xy = np.empty((0, 2))
    order = sorted(found, key=lambda m: (round(m.gap_km, 3), m.other, m.other_fraction, m.one))
    for meeting in order:
        place = np.asarray((meeting.x, meeting.y))
        if len(xy) and np.hypot(*(xy - place).T).min() < merge_km * 1000.0:
            continue
        kept.append(meeting)
        xy = np.vstack((xy, place))
    return kept


def transfer_ways(kept: Sequence[Meeting], ways: Sequence[Way], cuts: Cuts) -> list[Way]:
    """Cut ways at the meetings and join the cuts by ways of kind ``transfer``."""
    result = []
    for number, meeting in enumerate(kept, start=1):
        one, other = (NODE_PREFIX[ways[k].kind] for k in (meeting.one, meeting.other))
        leaves = cuts.node(meeting.one, meeting.one_fraction, f"{one}x{number}")
        start = cuts.place(meeting.one, leaves)
        fraction = _leave(ways[meeting.other], meeting.other_fraction, start)
        joins = cuts.node(meeting.other, fraction, f"{other}x{number}")
        if leaves == joins:
            continue
        line = (start, cuts.place(meeting.other, joins))
        result.append(
            Way(a=leaves, b=joins, kind="transfer", length_km=distance_km(*line), line=line)
        )
    return result


def _leave(way: Way, fraction: float, start: Point) -> float:
    """Return where a transfer from ``start`` reaches a way: not at the crossing itself."""
    if distance_km(points_at(way.line, [fraction])[0], start) >= TRANSFER_MIN_KM:
        return fraction
    step = TRANSFER_MIN_KM / way.length_km
    sides = [min(fraction + step, 1.0), max(fraction - step, 0.0)]
    gaps = [distance_km(place, start) for place in points_at(way.line, sides)]
    return sides[gaps.index(max(gaps))]
