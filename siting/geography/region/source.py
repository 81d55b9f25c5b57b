"""A region as studies use it: ways with what is known of them, cut where building is excluded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from siting.geography.geodesy import Line, Point, cut, length_km
from siting.geography.region.folder import Attributes, RegionFolder, RegionWay, read_region_folder
from siting.geography.ways import Way
from siting.study_region import region_sha256

NODE_PREFIX: Final = {"road": "r", "rail": "t", "power": "p", "route": "w"}
"""First letter of the nodes of each kind of way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What a study reads of a region."""

    name: str
    ways: list[Way]
    km_words: str
    """Length of the ways: of their lines as drawn, and along the ground."""
    attribution: str
    drawn: list[Way] = field(default_factory=list)
    """The ways before anything cut them."""
    exclusions: tuple[shapely.Geometry, ...] = ()
    """Polygons, lon/lat degrees, in which nothing may be built."""
    definition: dict[str, str] = field(default_factory=dict)
    """What else of the region defines the networks made from it."""


def folder_region(folder: Path) -> Region:
    """Return the region in ``folder``.

    Roads, railways and power lines have nodes of their own even where they share a vertex: fiber
    changes over at transfers. The planner's routes join whatever they touch.

    Raises:
        GeographyError: the folder is no region of this version.
    """
    stored = read_region_folder(folder)
    drawn = _named(stored)
    ways, count = without_exclusions(drawn, stored.exclusions)
    drawn_km = sum(length_km(way.line) for way in stored.ways)
    ground_km = sum(way.length_km for way in stored.ways)
    definition = {"region_sha256": region_sha256(folder)}
    if stored.exclusions:
        definition["exclusion_zones"] = str(len(stored.exclusions))
        definition["ways_in_exclusion_zones"] = str(count)
    return Region(
        name=stored.name,
        ways=ways,
        km_words=f"{drawn_km:.0f} as drawn, {ground_km:.0f} along the ground",
        attribution="; ".join(stored.attribution),
        drawn=drawn,
        exclusions=stored.exclusions,
        definition=definition,
    )


def _named(stored: RegionFolder) -> list[Way]:
    owner: dict[int, str] = {}
    for kind, prefix in NODE_PREFIX.items():
        for way in stored.ways:
            if way.about.kind == kind:
                owner.setdefault(way.u, prefix)
                owner.setdefault(way.v, prefix)

    def node(way: RegionWay, number: int) -> str:
        kind = way.about.kind
        return f"{owner[number] if kind == 'route' else NODE_PREFIX[kind]}{number}"

    return [
        Way(
            a=node(way, way.u),
            b=node(way, way.v),
            kind=way.about.kind,
            length_km=way.length_km,
            line=way.line,
            about=way.about,
        )
        for way in stored.ways
    ]


def without_exclusions(
    ways: Sequence[Way], zones: Sequence[shapely.Geometry], mark: str = "x"
) -> tuple[list[Way], int]:
    """Cut ways where they enter and leave ``zones``; the pieces inside are not buildable.

    Args:
        ways: the ways.
        zones: polygons, lon/lat degrees.
        mark: goes into the names of the nodes at the cuts.

    Returns:
        The ways, and how many of them lie inside.
    """
    if not zones:
        return list(ways), 0
    area = shapely.union_all([shapely.make_valid(zone) for zone in zones])
    found: list[Way] = []
    count = 0
    for piece, inside in split(ways, area, mark):
        if inside:
            count += 1
            about = piece.about or Attributes(piece.kind)
            found.append(replace(piece, about=replace(about, buildable=False)))
        else:
            found.append(piece)
    return found, count


def split(ways: Sequence[Way], area: shapely.Geometry, mark: str) -> Iterator[tuple[Way, bool]]:
    """Yield the ways, cut where they enter and leave ``area``, and whether each lies inside."""
    shapely.prepare(area)
    for number, way in enumerate(ways):
        for piece in _pieces(way, area, f"{number}{mark}"):
            yield piece, bool(area.contains(_middle(piece.line)))


def crosses(line: Line, zones: Sequence[shapely.Geometry]) -> bool:
    """Return whether ``line`` runs through one of ``zones``."""
    shape = shapely.LineString(line)
    return any(zone.intersects(shape) and not zone.touches(shape) for zone in zones)


def _pieces(way: Way, area: shapely.Geometry, name: str) -> list[Way]:
    shape = shapely.LineString(way.line)
    if not area.intersects(shape):
        return [way]
    meeting = area.boundary.intersection(shape)
    fractions = _fractions(way, shape, shapely.get_coordinates(meeting))
    if not fractions:
        return [way]
    inner = [f"{NODE_PREFIX[way.kind]}{name}{k}" for k in range(1, len(fractions) + 1)]
    nodes = [way.a, *inner, way.b]
    return [
        way.part(nodes[k], nodes[k + 1], line) for k, line in enumerate(cut(way.line, fractions))
    ]


def _fractions(way: Way, shape: shapely.LineString, points: Iterable[Point]) -> list[float]:
    """Return how far along the ground, 0 to 1, a way comes to ``points`` that lie on it."""
    vertices = shapely.get_coordinates(shape)
    drawn = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(vertices, axis=0).T))))
    ground = np.asarray([0.0, *(length_km(way.line[: k + 1]) for k in range(1, len(way.line)))])
    at = [float(shape.project(shapely.Point(p))) for p in points]
    shares = sorted({float(np.interp(d, drawn, ground) / ground[-1]) for d in at})
    least = 0.01 / max(way.length_km, 0.01)
    kept: list[float] = []
    for share in shares:
        if least < share < 1.0 - least and (not kept or share - kept[-1] > least):
            kept.append(share)
    return kept


def _middle(line: Line) -> shapely.Point:
    return shapely.LineString(line).interpolate(0.5, normalized=True)
