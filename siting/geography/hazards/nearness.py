"""Which strands run beside each other, and which cross."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.geography.hazards.strands import CIRCLE_SEGMENTS, Strands

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a strand that is near another one; positions along its planar line, m."""

    on: int
    other: int
    start: float
    end: float

    @property
    def length(self) -> float:
        """Length in the plane, m."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two strands cross without a junction; position in the plane, m."""

    one: int
    other: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """Pairs of strands that come near each other, away from the junctions that they share."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    line_one: NDArray[np.object_]
    line_other: NDArray[np.object_]
    """Their lines, cut off around the junctions that the two share."""


def near_pairs(strands: Strands, distance_m: float) -> NearPairs:
    """Return the pairs of strands that come within a distance, away from common junctions."""
    tree = shapely.STRtree(strands.planar)
    one, other = tree.query(strands.planar, predicate="dwithin", distance=distance_m)
    kept = one < other
    one, other = one[kept], other[kept]
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    lines = []
    for mine, theirs in ((one, other), (other, one)):
        shared = (strands.ends[mine][:, :, None] == strands.ends[theirs][:, None, :]).any(axis=2)
        lines.append(strands.without_junctions(mine, shared))
    near = shapely.dwithin(lines[0], lines[1], distance_m)
    return NearPairs(one[near], other[near], lines[0][near], lines[1][near])


def beside(
    strands: Strands, pairs: NearPairs, distance_m: float, min_shared_m: float
) -> list[Stretch]:
    """Return the stretches over which strands run beside each other, from the view of both.

    A stretch is an unbroken part of one strand within ``distance_m`` of the other. A pair counts
    when the longest of its stretches, on either of the two, is ``min_shared_m`` long; of such a
    pair all stretches at least a tenth as long are given.
    """
    found: dict[int, list[Stretch]] = {}
    longest = np.zeros(len(pairs.one))
    for on, other, line, beside_line in (
        (pairs.one, pairs.other, pairs.line_one, pairs.line_other),
        (pairs.other, pairs.one, pairs.line_other, pairs.line_one),
    ):
        hulls = shapely.buffer(beside_line, distance_m, quad_segs=CIRCLE_SEGMENTS)
        parts, pair = shapely.get_parts(shapely.intersection(line, hulls), return_index=True)
        lengths = shapely.length(parts)
        middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
        at = shapely.line_locate_point(strands.planar[on[pair]], middle)
        for k, length, center in zip(pair, lengths, at, strict=True):
            stretch = Stretch(
                int(on[k]), int(other[k]), float(center - length / 2), float(center + length / 2)
            )
            found.setdefault(int(k), []).append(stretch)
        np.maximum.at(longest, pair, lengths)
    return [
        stretch
        for k, stretches in sorted(found.items())
        if longest[k] >= min_shared_m
        for stretch in stretches
        if stretch.length >= min_shared_m / 10.0
    ]


def crossings(pairs: NearPairs) -> list[Crossing]:
    """Return where the lines of pairs cross, away from common junctions."""
    shared = shapely.intersection(pairs.line_one, pairs.line_other)
    parts, pair = shapely.get_parts(shared, return_index=True)
    solid = ~shapely.is_empty(parts)
    marks = shapely.get_coordinates(shapely.point_on_surface(parts[solid]))
    return [
        Crossing(int(pairs.one[k]), int(pairs.other[k]), float(x), float(y))
        for k, (x, y) in zip(pair[solid], marks, strict=True)
    ]
