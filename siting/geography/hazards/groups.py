"""Groups of strands that one event at one place can take out together.

Nearness is not transitive: were whole chains of near strands one hazard, a region would be. A group
here has a middle strand and holds what is near that strand at one place, so no two members are
farther apart there than twice the distance. Of groups on the same unbroken bundle only the largest
stay: a group that is part of another one there says nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from siting.geography.hazards.nearness import Stretch


@dataclass(frozen=True, slots=True)
class Group:
    """Strands near each other at one place."""

    members: frozenset[int]
    stretch: Stretch
    """The longest over which two of them run together; of no length at a point."""
    x: float
    y: float
    """The place, in the plane, m."""


def bundles(
    stretches: Sequence[Stretch], lines: Sequence[shapely.LineString], least_m: float
) -> list[Group]:
    """Return the groups of strands that run beside each other.

    Args:
        stretches: over which strands run beside each other, from the view of both.
        lines: the planar line of every strand.
        least_m: more than two are a group where they are together for so long.
    """
    runs = _runs(stretches)
    longest: dict[tuple[int, frozenset[int]], Stretch] = {}
    for k, stretch in enumerate(stretches):
        key = (runs[k], frozenset((stretch.on, stretch.other)))
        if key not in longest or _order(stretch) < _order(longest[key]):
            longest[key] = stretch
    candidates: dict[int, set[frozenset[int]]] = defaultdict(set)
    for run, pair in longest:
        candidates[run].add(pair)
    for members, run in _stars(stretches, runs, least_m):
        candidates[run].add(members)
    found: dict[frozenset[int], Stretch] = {}
    for run, groups in candidates.items():
        for members in largest(groups):
            inside = [s for (r, pair), s in longest.items() if r == run and pair <= members]
            best = min(inside, key=_order)
            if members not in found or _order(best) < _order(found[members]):
                found[members] = best
    return [_placed(members, found[members], lines) for members in sorted(found, key=sorted)]


def _order(stretch: Stretch) -> tuple[float, int, int, float]:
    """Return a key that puts the longest stretch first, of equal ones always the same."""
    return (-round(stretch.length, 3), stretch.on, stretch.other, stretch.start)


def _runs(stretches: Sequence[Stretch]) -> list[int]:
    """Return a number for each stretch, equal where stretches overlap along a common strand."""
    root = list(range(len(stretches)))

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    along: dict[int, list[int]] = defaultdict(list)
    pairs: dict[frozenset[int], int] = {}
    for k, stretch in enumerate(stretches):
        along[stretch.on].append(k)
        first = pairs.setdefault(frozenset((stretch.on, stretch.other)), k)
        root[find(k)] = find(first)
    for indices in along.values():
        indices.sort(key=lambda k: stretches[k].start)
        reach, last = -np.inf, indices[0]
        for k in indices:
            if stretches[k].start <= reach:
                root[find(k)] = find(last)
            if stretches[k].end > reach:
                reach, last = stretches[k].end, k
    return [find(k) for k in range(len(stretches))]


def _stars(
    stretches: Sequence[Stretch], runs: Sequence[int], least_m: float
) -> set[tuple[frozenset[int], int]]:
    """Return what is near a strand all along one piece of it of that length, with the run."""
    along: dict[int, list[int]] = defaultdict(list)
    for k, stretch in enumerate(stretches):
        along[stretch.on].append(k)
    found = set()
    for on, indices in along.items():
        for start in {stretches[k].start for k in indices}:
            end = start + least_m
            at = [k for k in indices if stretches[k].start <= start and stretches[k].end >= end]
            if at:
                found.add((frozenset((on, *(stretches[k].other for k in at))), runs[at[0]]))
    return found


def largest(groups: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the groups that are not part of another one.

    >>> largest([frozenset({1, 2}), frozenset({1, 2, 3}), frozenset({3, 4})])
    [frozenset({1, 2, 3}), frozenset({3, 4})]
    """
    kept: list[frozenset[int]] = []
    holding: Mapping[int, list[frozenset[int]]] = defaultdict(list)
    for group in sorted(set(groups), key=lambda g: (-len(g), sorted(g))):
        some = next(iter(group))
        if any(group <= other for other in holding[some]):
            continue
        kept.append(group)
        for member in group:
            holding[member].append(group)
    return kept


def stars_of_points(
    owners: Sequence[frozenset[int]], xy: np.ndarray, reach_m: float
) -> list[Group]:
    """Return the groups of strands whose points lie within reach of one of them.

    Args:
        owners: the strands at each point.
        xy: the points in the plane, m.
        reach_m: how far an event at one point reaches.

    Returns:
        One group of two strands or more for each largest set of them.
    """
    if not len(xy):
        return []
    tree = shapely.STRtree(shapely.points(xy))
    center, near = tree.query(shapely.points(xy), predicate="dwithin", distance=reach_m)
    around: dict[int, set[int]] = defaultdict(set)
    for k, j in zip(center, near, strict=True):
        around[int(k)] |= owners[int(j)]
    where: dict[frozenset[int], int] = {}
    for k, members in sorted(around.items(), key=lambda item: tuple(xy[item[0]])):
        if len(members) > 1:
            where.setdefault(frozenset(members), k)
    groups = []
    for group in largest(where):
        x, y = xy[where[group]]
        one, other, *_ = sorted(group)
        groups.append(Group(group, Stretch(one, other, 0.0, 0.0), float(x), float(y)))
    return groups


def _placed(
    members: frozenset[int], stretch: Stretch, lines: Sequence[shapely.LineString]
) -> Group:
    """Return the group at the middle of its stretch."""
    middle = lines[stretch.on].interpolate((stretch.start + stretch.end) / 2)
    return Group(members, stretch, float(middle.x), float(middle.y))
