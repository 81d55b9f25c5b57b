"""From a place to the nearest road, railway and fiber of a map, along the ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from siting.geography.bundled import read_region
from siting.geography.checks import Box
from siting.geography.geodesy import Line, Point, distance_km, points_at
from siting.geography.plane import Plane, plane_of
from siting.geography.tracks import Track

if TYPE_CHECKING:
    from siting.study import Geography, Study

MARGIN_DEG = 1.0
"""Distances are not measured from places so far outside of the map."""
Distances = dict[str, float | None]
"""By layer: ``road``, ``rail`` and ``fiber``; None where there is nothing to measure to."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line of the map, and whether fiber can be had on it at once."""

    line: Line
    kind: str
    has_fiber: bool


def drawn_lines(study: Study) -> list[Drawn]:
    """Return the lines of the region, or the corridors of the table."""
    geography = study.file.geography
    if geography.source != "tables":
        return [
            Drawn(way.line, way.kind, _has_offer(way.kind, geography) or _own_offer(way.about))
            for way in read_region(geography.source, study.folder).ways
        ]
    where = {row.id: (row.lon, row.lat) for row in study.nodes.values()}
    return [
        Drawn(
            (where[row.node_a], where[row.node_b]),
            row.kind,
            bool(row.existing_fibers or (row.iru_provider and row.iru_pairs)),
        )
        for row in study.corridors.values()
    ]


def _has_offer(kind: str, geography: Geography) -> bool:
    return bool(kind in geography.iru_kinds and geography.iru_provider and geography.iru_pairs)


def _own_offer(about: object) -> bool:
    return bool(getattr(about, "iru_provider", "") and getattr(about, "iru_pairs", 0))


class Surveyor:
    """Measures from sites to the lines of a map."""

    def __init__(self, lines: Sequence[Drawn]) -> None:
        """Index the lines by layer."""
        points = [point for drawn in lines for point in drawn.line]
        lons, lats = zip(*points, strict=True)
        self.box: Box = (min(lons), min(lats), max(lons), max(lats))
        self._plane: Plane = plane_of(points)
        self._layers: dict[str, tuple[list[Track], list[Line], shapely.STRtree]] = {}
        wanted: dict[str, Callable[[Drawn], bool]] = {
            "road": lambda drawn: drawn.kind == "road",
            "rail": lambda drawn: drawn.kind == "rail",
            "fiber": lambda drawn: drawn.has_fiber,
        }
        for name, belongs in wanted.items():
            chosen = [drawn.line for drawn in lines if belongs(drawn)]
            tracks = [Track.of(line, self._plane) for line in chosen]
            tree = shapely.STRtree([track.planar for track in tracks])
            self._layers[name] = (tracks, chosen, tree)

    def nearest(self, place: Point) -> Distances:
        """Return the distance to the nearest line of each layer."""
        return {name: self._measure(place, name) for name in self._layers}

    def _measure(self, place: Point, layer: str) -> float | None:
        tracks, lines, tree = self._layers[layer]
        west, south, east, north = self.box
        near = west - MARGIN_DEG <= place[0] <= east + MARGIN_DEG
        if not tracks or not (near and south - MARGIN_DEG <= place[1] <= north + MARGIN_DEG):
            return None
        (at,) = self._plane.meters([place])
        k = int(tree.nearest(shapely.Point(at)))
        fraction = tracks[k].fraction(float(at[0]), float(at[1]))
        return distance_km(place, points_at(lines[k], [fraction])[0])
