"""Positions along a way: found in the plane, measured on the ground; and cutting ways there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.geography.geodesy import Line, Point, cut, measured, points_at
from siting.geography.plane import Plane
from siting.geography.ways import Way

if TYPE_CHECKING:
    from numpy.typing import NDArray

DENSE_DEG = 0.05
"""Lines get a vertex at least so often before they are projected: straight in degrees is then
straight in the plane to about a meter."""
SAME_POINT_KM = 0.01
"""Cuts this close to an end of a way, or to another cut of it, are one point."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A way with its line dense enough to work in the plane."""

    dense: NDArray[np.float64]
    """Vertices, (lon, lat) degrees."""
    planar: shapely.LineString
    """The same in the plane, m."""
    planar_m: NDArray[np.float64]
    """Length in the plane up to each vertex."""
    ground_km: NDArray[np.float64]
    """Geodesic length up to each vertex."""

    @classmethod
    def of(cls, line: Line, plane: Plane) -> Track:
        """Return the track of ``line`` in ``plane``."""
        return cls.all([line], plane)[0]

    @classmethod
    def all(cls, lines: Sequence[Line], plane: Plane) -> list[Track]:
        """Return the tracks of ``lines`` in ``plane``."""
        if not lines:
            return []
        drawn = np.concatenate([np.asarray(line, dtype=float) for line in lines])
        of_line = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        dense, of_line = shapely.get_coordinates(
            shapely.segmentize(shapely.linestrings(drawn, indices=of_line), DENSE_DEG),
            return_index=True,
        )
        flat = plane.meters(dense)
        planar = shapely.linestrings(flat, indices=of_line)
        steps_m = np.zeros(len(flat))
        steps_m[1:] = np.hypot(*np.diff(flat, axis=0).T)
        ends = np.cumsum(np.bincount(of_line, minlength=len(lines))).tolist()
        starts = [0, *ends[:-1]]
        steps_m[starts] = 0.0
        parts = [dense[a:b] for a, b in zip(starts, ends, strict=True)]
        return [
            cls(part, line, np.cumsum(steps_m[a:b]), ground.along_km)
            for part, line, ground, a, b in zip(
                parts, planar, measured(parts), starts, ends, strict=True
            )
        ]

    def fraction(self, x: float, y: float) -> float:
        """Return how far along the way, 0 to 1, it comes nearest to a point of the plane."""
        at = float(self.planar.project(shapely.Point(x, y)))
        return float(np.interp(at, self.planar_m, self.ground_km) / self.ground_km[-1])


class Cuts:
    """Where ways are cut, and the nodes that stand there. Grows while sites and transfers join."""

    def __init__(self, ways: Sequence[Way]) -> None:
        """Start with no cut in ``ways``."""
        self._ways = tuple(ways)
        self._at: list[dict[float, str]] = [{} for _ in self._ways]
        self._places: dict[str, Point] = {}

    def node(self, way: int, fraction: float, name: str) -> str:
        """Return the node at ``fraction`` of a way: an end, an earlier cut, or a new one.

        Args:
            way: index of the way.
            fraction: share of the length from end ``a``.
            name: id of the node if it is new.
        """
        edge = self._ways[way]
        known = {0.0: edge.a, 1.0: edge.b, **self._at[way]}
        nearest = min(known, key=lambda f: abs(f - fraction))
        if abs(nearest - fraction) * edge.length_km <= SAME_POINT_KM:
            return known[nearest]
        self._at[way][fraction] = name
        self._places[name] = points_at(edge.line, [fraction])[0]
        return name

    def place(self, way: int, node: str) -> Point:
        """Return the position of a node on a way."""
        edge = self._ways[way]
        if node == edge.a:
            return edge.line[0]
        return edge.line[-1] if node == edge.b else self._places[node]

    def pieces(self) -> list[Way]:
        """Return the ways, each replaced by its pieces where it was cut."""
        result: list[Way] = []
        for edge, cuts in zip(self._ways, self._at, strict=True):
            if not cuts:
                result.append(edge)
                continue
            fractions = sorted(cuts)
            nodes = [edge.a, *(cuts[f] for f in fractions), edge.b]
            for k, line in enumerate(cut(edge.line, fractions)):
                result.append(edge.part(nodes[k], nodes[k + 1], line))
        return result
