"""Lines on the map: corridors and routes as polylines, and the part of the world they lie in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from siting.network import CandidateNetwork, TieLine
from siting.plan import PlannedLink, PlannedRoute
from siting.report.view import Point, View

Line = tuple[Point, ...]
Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""

KM_PER_DEGREE = 111.195
"""Length of a degree of latitude."""


def corridor_line(network: CandidateNetwork, corridor: str) -> Line:
    """Return the polyline of a corridor, straight where it has no geometry."""
    edge = network.corridors[corridor]
    if len(edge.geometry) > 1:
        return edge.geometry
    ends = (network.nodes[edge.node_a], network.nodes[edge.node_b])
    return tuple((node.lon, node.lat) for node in ends)


def route_line(network: CandidateNetwork, link: PlannedLink, route: PlannedRoute) -> Line:
    """Return the polyline of a route from the first campus of its link to the second.

    A leased wave without declared corridors is the straight line between the campuses.
    """
    node = network.campus_node(link.campuses[0])
    if not route.corridors:
        ends = (network.nodes[node], network.nodes[network.campus_node(link.campuses[1])])
        return tuple((end.lon, end.lat) for end in ends)
    points: list[Point] = []
    for corridor in route.corridors:
        line = corridor_line(network, corridor)
        if network.corridors[corridor].node_a != node:
            line = line[::-1]
        points += line if not points else line[1:]
        node = network.other_end(corridor, node)
    return tuple(points)


def tie_line(view: View, line: TieLine) -> Line:
    """Return the polyline of a tie line, straight where it has no geometry, empty if unknown."""
    if len(line.geometry) > 1:
        return line.geometry
    ends = (view.campus_points.get(line.campus), view.substation_points.get(line.substation))
    return tuple(end for end in ends if end) if all(ends) else ()


def eastward(line: Line) -> Line:
    """Return a polyline so that it runs from west to east, whichever way it was given.

    >>> eastward(((1.0, 0.0), (0.0, 0.0)))
    ((0.0, 0.0), (1.0, 0.0))
    """
    return line if line[0] <= line[-1] else line[::-1]


def shifted(line: Line, distance: float) -> Line:
    """Return a polyline moved to its left by a distance in degrees of latitude.

    >>> shifted(((0.0, 0.0), (1.0, 0.0)), 0.5)
    ((0.0, 0.5), (1.0, 0.5))
    """
    moved = []
    for index, (lon, lat) in enumerate(line):
        before, after = line[max(index - 1, 0)], line[min(index + 1, len(line) - 1)]
        narrow = math.cos(math.radians(lat))
        dx, dy = (after[0] - before[0]) * narrow, after[1] - before[1]
        size = math.hypot(dx, dy) or 1.0
        moved.append((lon - distance * dy / size / narrow, lat + distance * dx / size))
    return tuple(moved)


def middle(line: Sequence[Point]) -> Point:
    """Return the point half way along a polyline.

    >>> middle([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)])
    (2.0, 0.0)
    """
    steps = [flat_km(a, b) for a, b in pairwise(line)]
    left = sum(steps) / 2
    for (a, b), step in zip(pairwise(line), steps, strict=True):
        if step and left <= step:
            share = left / step
            return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
        left -= step
    return line[-1]


def flat_km(a: Point, b: Point) -> float:
    """Return the distance of two near points, on a locally flat earth."""
    narrow = math.cos(math.radians((a[1] + b[1]) / 2))
    return KM_PER_DEGREE * math.hypot((b[0] - a[0]) * narrow, b[1] - a[1])


def box_of(points: Iterable[Point], margin: float = 0.0) -> Box:
    """Return the box around points, widened on each side by a share of its larger side.

    >>> box_of([(0.0, 0.0), (2.0, 1.0)], margin=0.5)
    (-1.0, -1.0, 3.0, 2.0)
    """
    lons, lats = zip(*points, strict=True)
    extra = margin * max(max(lons) - min(lons), max(lats) - min(lats), 0.05)
    return (min(lons) - extra, min(lats) - extra, max(lons) + extra, max(lats) + extra)


def network_box(view: View, margin: float = 0.04) -> Box:
    """Return the box around all campuses, substations and corridors of the study."""
    points = [*view.campus_points.values(), *view.substation_points.values()]
    points += [(node.lon, node.lat) for node in view.network.nodes.values()]
    return box_of(points or [(0.0, 0.0)], margin)


def plan_box(view: View, margin: float = 0.12) -> Box:
    """Return the box around what the plan builds; the study's where it builds nothing."""
    points = [view.campus_points[c.id] for c in view.plan.campuses if c.id in view.campus_points]
    for link, route, _ in view.routes:
        points += route_line(view.network, link, route)
    for planned in view.plan.tie_lines:
        points += tie_line(view, view.network.tie_lines[planned.id])
    return box_of(points, margin) if points else network_box(view)
