"""Tie lines along the ground: over the rights of way of a region, with straight ends.

From the site a straight end leads to one of the nearest rights of way, another from a right of way
to the substation. The line is the shortest of this shape; straight ends are counted with the route
factor, because nobody has looked for a way there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import rustworkx as rx
import shapely

from siting.geography.geodesy import Line, Point, distance_km, length_km
from siting.geography.plane import Plane, plane_of
from siting.geography.tracks import Cuts, Track
from siting.geography.ways import Way, places
from siting.network import TieLine

if TYPE_CHECKING:
    from siting.study import TieLineRule
    from siting.tables import CampusRow, SubstationRow

JOINTS = 3
"""So many of the nearest ways a site may join."""
DEGREE_KM = 110.0
"""A degree of latitude is at least so long."""

Site = tuple[str, Point]
"""Name of a node of the graph, and where it lies."""


def ground_lines(
    campuses: Iterable[CampusRow],
    substations: Iterable[SubstationRow],
    rule: TieLineRule,
    ways: Sequence[Way],
) -> dict[tuple[str, str], TieLine]:
    """Return the tie lines along the ground within the detour that the rule allows.

    Args:
        campuses: from where.
        substations: to where.
        rule: how far and how crooked.
        ways: rights of way, joined where one may change over.

    Returns:
        By campus and substation; a pair without such a line is not there.
    """
    sites = {f"c {row.id}": (row.lon, row.lat) for row in campuses}
    stations = {f"s {row.id}": (row.lon, row.lat) for row in substations}
    near = _near(ways, list(sites.values()), rule.max_length_km)
    if not near or not stations:
        return {}
    net = _Net(near, rule)
    for site in stations.items():
        net.join(site)
    for site in sites.items():
        net.join(site)
    graph = net.graph()
    found = {}
    for campus, start in sites.items():
        for station, (path, ends_km) in graph.routes(campus, stations).items():
            along_km = length_km(path[1:-1])
            length = along_km + rule.route_factor * ends_km
            if along_km > 0 and length <= rule.detour_max * distance_km(start, stations[station]):
                key = (campus[2:], station[2:])
                found[key] = TieLine(
                    id="--".join(key),
                    campus=key[0],
                    substation=key[1],
                    length_km=length,
                    capacity_mw=rule.capacity_mw,
                    along_km=along_km,
                    geometry=path,
                )
    return found


def _near(ways: Sequence[Way], sites: Sequence[Point], reach_km: float) -> list[Way]:
    """Return the ways within reach of a site."""
    if not ways:
        return []
    tree = shapely.STRtree([shapely.LineString(way.line) for way in ways])
    high = reach_km / DEGREE_KM
    boxes = []
    for lon, lat in sites:
        wide = high / np.cos(np.radians(min(abs(lat) + high, 89.0)))
        boxes.append(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
    return [ways[int(k)] for k in np.unique(tree.query(boxes)[1])]


class _Net:
    """The ways, cut where sites join them."""

    def __init__(self, ways: Sequence[Way], rule: TieLineRule) -> None:
        self._ways = ways
        self._rule = rule
        self._plane: Plane = plane_of(places(ways).values())
        self._tracks = [Track.of(way.line, self._plane) for way in ways]
        self._tree = shapely.STRtree([track.planar for track in self._tracks])
        self._cuts = Cuts(ways)
        self._ends: list[tuple[Site, str, Point]] = []

    def join(self, site: Site) -> None:
        """Join a site to the nearest ways by straight ends."""
        name, place = site
        (at,) = shapely.points(self._plane.meters([place]))
        reach_m = 1000.0 * self._rule.end_max_km * self._plane.error
        near = self._tree.query(at, predicate="dwithin", distance=reach_m)
        order = sorted((float(self._tracks[int(k)].planar.distance(at)), int(k)) for k in near)
        for number, (_, index) in enumerate(order[:JOINTS]):
            fraction = self._tracks[index].fraction(at.x, at.y)
            node = self._cuts.node(index, fraction, f"{name} {number}")
            joint = self._cuts.place(index, node)
            if distance_km(place, joint) <= self._rule.end_max_km:
                self._ends.append((site, node, joint))

    def graph(self) -> _Graph:
        """Return the graph of ways and straight ends."""
        graph = _Graph()
        for way in self._cuts.pieces():
            graph.add(way.a, way.b, way.length_km, way.line)
            graph.add(way.b, way.a, way.length_km, way.line[::-1])
        for (name, place), node, joint in self._ends:
            counted = self._rule.route_factor * distance_km(place, joint)
            if name.startswith("c "):
                graph.add(name, node, counted, (place, joint))
            else:
                graph.add(node, name, counted, (joint, place))
        return graph


class _Graph:
    """Directed pieces; of those between the same two nodes the shortest stays."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, str], tuple[float, Line]] = {}

    def add(self, start: str, end: str, counted_km: float, line: Line) -> None:
        """Add a piece, unless a shorter one is there."""
        known = self._pieces.get((start, end))
        if start != end and (known is None or (counted_km, line) < known):
            self._pieces[start, end] = (counted_km, line)

    def routes(self, start: str, ends: Iterable[str]) -> dict[str, tuple[Line, float]]:
        """Return the shortest line to each end that can be reached, and its straight ends, km."""
        index: dict[str, int] = {}
        graph: rx.PyDiGraph[str, float] = rx.PyDiGraph(multigraph=False)
        for node in dict.fromkeys((start, *(n for pair in self._pieces for n in pair))):
            index[node] = graph.add_node(node)
        graph.add_edges_from([(index[a], index[b], km) for (a, b), (km, _) in self._pieces.items()])
        paths = rx.dijkstra_shortest_paths(graph, index[start], weight_fn=float)
        found = {}
        for end in ends:
            if end not in index or index[end] not in paths:
                continue
            nodes = [graph[k] for k in paths[index[end]]]
            lines = [self._pieces[step][1] for step in pairwise(nodes)]
            line = (lines[0][0], *(point for piece in lines for point in piece[1:]))
            found[end] = (line, distance_km(*lines[0]) + distance_km(*lines[-1]))
        return found
