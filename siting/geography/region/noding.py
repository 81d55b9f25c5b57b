"""Drawn lines as edges between nodes: cut where they meet, loose ends tied, duplicates dropped.

OpenStreetMap says where ways meet: they share a vertex. A planner's drawing often does not: ends
stop a few meters short, lines are drawn twice. Lines that merely cross are not joined (a bridge is
no junction); they are counted by :mod:`siting.geography.region.quality`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from siting.geography.geodesy import Line, Point
from siting.geography.plane import Plane
from siting.geography.region.contraction import Edge

SAME_DEG = 7
"""Decimals of a degree at which two vertices are one: about a centimeter."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn line with the tag of its kind and attributes."""

    line: Line
    tag: int


@dataclass(frozen=True, slots=True)
class Noded:
    """Edges, and what was done to get them."""

    edges: list[Edge]
    duplicates: int
    """Lines drawn again, in either direction."""
    tied_ends: int
    """Loose ends moved onto a line or an end near them."""


def noded(lines: Sequence[Drawn], plane: Plane, tie_m: float) -> Noded:
    """Return the lines as edges between nodes where they meet.

    Args:
        lines: drawn lines, each with two distinct vertices or more.
        plane: where distances are measured.
        tie_m: a loose end this close to another line, or to its end, is tied to it; 0: none.
    """
    rounded = [Drawn(_rounded(item.line), item.tag) for item in lines]
    single, duplicates = _without_duplicates([item for item in rounded if len(item.line) > 1])
    tied = 0
    if tie_m > 0:
        single, tied = _tie_loose_ends(single, plane, tie_m)
    return Noded(_cut_at_shared_vertices(single), duplicates, tied)


def _rounded(line: Line) -> Line:
    points = [(round(x, SAME_DEG), round(y, SAME_DEG)) for x, y in line]
    return tuple(p for k, p in enumerate(points) if k == 0 or p != points[k - 1])


def _without_duplicates(lines: Sequence[Drawn]) -> tuple[list[Drawn], int]:
    seen: set[tuple[Line, int]] = set()
    kept = []
    for item in lines:
        key = (min(item.line, item.line[::-1]), item.tag)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept, len(lines) - len(kept)


def _tie_loose_ends(lines: Sequence[Drawn], plane: Plane, tie_m: float) -> tuple[list[Drawn], int]:
    """Move each loose end onto the nearest point of another line within ``tie_m``."""
    moves, inserted = _moves(lines, plane, tie_m)
    result = []
    for k, item in enumerate(lines):
        line = list(item.line)
        for fraction, point in sorted(inserted.get(k, ()), reverse=True):
            line.insert(int(np.ceil(fraction)), point)
        line[0] = moves.get((k, 0), line[0])
        line[-1] = moves.get((k, -1), line[-1])
        clean = _rounded(tuple(line))
        if len(clean) > 1:
            result.append(Drawn(clean, item.tag))
    return result, len(moves)


def _moves(
    lines: Sequence[Drawn], plane: Plane, tie_m: float
) -> tuple[dict[tuple[int, int], Point], dict[int, list[tuple[float, Point]]]]:
    """Return where loose ends go, by (line, end), and the vertices that lines gain there."""
    shared = Counter(p for item in lines for p in set(item.line))
    planar = [shapely.LineString(plane.meters(item.line)) for item in lines]
    tree = shapely.STRtree(planar)
    moves: dict[tuple[int, int], Point] = {}
    inserted: dict[int, list[tuple[float, Point]]] = defaultdict(list)
    for k, item in enumerate(lines):
        for end in (0, -1):
            place = item.line[end]
            if shared[place] > 1:
                continue
            at = shapely.Point(plane.meters([place])[0])
            near = tree.query(at, predicate="dwithin", distance=tie_m * plane.error)
            order = [(float(planar[j].distance(at)), int(j)) for j in near if int(j) != k]
            if not order:
                continue
            _, j = min(order)
            target, fraction = _nearest(lines[j].line, planar[j], at)
            moves[k, end] = target
            shared[target] += 2  # an end that another was tied to stays
            if fraction is not None:
                inserted[j].append((fraction, target))
    return moves, inserted


def _nearest(
    line: Line, planar: shapely.LineString, at: shapely.Point
) -> tuple[Point, float | None]:
    """Return where a line comes nearest, and its place between vertices (None: at a vertex)."""
    vertices = shapely.get_coordinates(planar)
    steps = np.hypot(*np.diff(vertices, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    position = float(planar.project(at))
    nearest = int(np.argmin(np.abs(along - position)))
    if abs(float(along[nearest]) - position) < 1.0:
        return line[nearest], None
    fraction = float(np.interp(position, along, np.arange(len(along))))
    before = int(fraction)
    share = fraction - before
    (x0, y0), (x1, y1) = line[before], line[before + 1]
    point = (round(x0 + (x1 - x0) * share, SAME_DEG), round(y0 + (y1 - y0) * share, SAME_DEG))
    return point, fraction


def _cut_at_shared_vertices(lines: Sequence[Drawn]) -> list[Edge]:
    times: Counter[Point] = Counter()
    for item in lines:
        times.update(item.line)
        times.update((item.line[0], item.line[-1]))
    number: dict[Point, int] = {}
    edges = []
    for item in lines:
        start = 0
        for k in range(1, len(item.line)):
            if times[item.line[k]] < 2:
                continue
            piece = item.line[start : k + 1]
            u, v = (number.setdefault(p, len(number)) for p in (piece[0], piece[-1]))
            edges.append(Edge(u, v, piece, item.tag))
            start = k
    return edges
