"""Corridors as lines in the plane, and where they meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.geography.geodesy import Line
from siting.geography.plane import Plane, plane_of
from siting.geography.tracks import DENSE_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

CIRCLE_SEGMENTS = 16
"""Segments of a quarter circle: a radius is true to 0.2 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """A corridor, or a way of a region, as hazards see it."""

    id: str
    a: str
    b: str
    """Nodes at its ends."""
    kind: str
    """As in :class:`siting.network.Corridor`."""
    line: Line
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """Many strands, their lines in a plane, and the junctions at which they meet."""

    items: tuple[Strand, ...]
    plane: Plane
    planar: NDArray[np.object_]
    """Their lines, m."""
    ends: NDArray[np.int64]
    """Junctions at the two ends of each, one row a strand."""
    clear_m: NDArray[np.float64]
    """Around each end nothing counts as near: radius, one row a strand."""

    @classmethod
    def of(
        cls, items: Sequence[Strand], junction_km: float, parcels_km: Mapping[str, float]
    ) -> Strands:
        """Lay strands out in a plane.

        Nodes that a transfer joins are one junction.

        Args:
            items: the strands, at least one.
            junction_km: around a junction that two strands share nothing counts as near.
            parcels_km: the same around nodes with a parcel, where that is more.
        """
        plane = plane_of(point for item in items for point in (item.line[0], item.line[-1]))
        lines = [shapely.LineString(item.line) for item in items]
        dense = shapely.segmentize(np.asarray(lines), DENSE_DEG)
        points, owner = shapely.get_coordinates(dense, return_index=True)
        planar = shapely.linestrings(plane.meters(points), indices=owner)
        number = _junctions(items)
        ends = np.asarray([(number[item.a], number[item.b]) for item in items])
        radii = [
            [max(junction_km, parcels_km.get(node, 0.0)) for node in (item.a, item.b)]
            for item in items
        ]
        return cls(tuple(items), plane, planar, ends, 1000.0 * np.asarray(radii))

    def without_junctions(
        self, at: NDArray[np.int64], cut: NDArray[np.bool_]
    ) -> NDArray[np.object_]:
        """Return the lines of strands, cut off around some of their ends.

        Args:
            at: indices of strands.
            cut: whether to cut at either end, one row for each of ``at``.
        """
        keys, back = np.unique(4 * at + cut @ np.asarray((1, 2)), return_inverse=True)
        which = keys // 4
        lines = self.planar[which]
        for end in (0, 1):
            chosen = np.flatnonzero(keys & (1 << end))
            centers = shapely.get_point(self.planar[which[chosen]], -end)
            circles = shapely.buffer(
                centers, self.clear_m[which[chosen], end], quad_segs=CIRCLE_SEGMENTS
            )
            lines[chosen] = shapely.difference(lines[chosen], circles)
        result: NDArray[np.object_] = lines[back]
        return result


def _junctions(items: Iterable[Strand]) -> dict[str, int]:
    """Return the number of the junction of every node."""
    root: dict[str, str] = {}

    def find(node: str) -> str:
        root.setdefault(node, node)
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for item in items:
        one, two = find(item.a), find(item.b)
        if item.kind == "transfer":
            root[two] = one
    names = {name: k for k, name in enumerate(sorted({find(node) for node in root}))}
    return {node: names[find(node)] for node in root}
