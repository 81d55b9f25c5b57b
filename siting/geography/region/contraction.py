"""Reducing edges between numbered nodes to a planning network.

:func:`contract` loses nothing. :func:`thin_parallels` keeps the shortest of edges that run close
together. :func:`snap_to_grid` merges the nodes of a grid cell that are joined inside it. Only edges
of one kind and one set of attributes (:attr:`Edge.tag`) are joined or thinned against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx
import shapely

from siting.geography.geodesy import Line, Point, length_km
from siting.geography.plane import Plane

DISTINCT_M = 500.0
"""Parallel edges are distinct when one strays at least so far from the other."""
SHORT_OF_GRID = 1.5
"""An edge between two nodes of a cell merges them when it is at most so many cells long."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An undirected right of way between two nodes, with its full polyline in lon/lat."""

    u: int
    v: int
    line: Line
    tag: int = 0
    """Edges with different tags differ in kind or attributes."""
    ground_km: float | None = None
    """Length along the ground where the source states it; None: that of the polyline."""

    def length_km(self) -> float:
        """Return the length along the ground."""
        return length_km(self.line) if self.ground_km is None else self.ground_km

    def reshaped(self, u: int, v: int, line: Line) -> Edge:
        """Return the edge with other ends; by what it is longer than its line, it stays longer."""
        ground_km = self.ground_km
        if ground_km is not None:
            ground_km += length_km(line) - length_km(self.line)
        return Edge(u, v, line, self.tag, ground_km)

    def other(self, node: int) -> int:
        """Return the end that is not ``node``."""
        return self.v if node == self.u else self.u

    def along_from(self, node: int) -> Line:
        """Return the polyline as traveled from one of its ends."""
        return self.line if node == self.u else self.line[::-1]


def incidence(edges: Sequence[Edge]) -> dict[int, list[int]]:
    """Map each node to the positions of its edges."""
    at: dict[int, list[int]] = defaultdict(list)
    for k, edge in enumerate(edges):
        at[edge.u].append(k)
        at[edge.v].append(k)
    return at


def components(edges: Sequence[Edge]) -> list[list[int]]:
    """Return the positions of the edges of every connected component, most nodes first."""
    at = incidence(edges)
    seen: set[int] = set()
    found: list[tuple[int, list[int]]] = []
    for start in at:
        if start in seen:
            continue
        seen.add(start)
        stack, nodes, members = [start], 0, set()
        while stack:
            node = stack.pop()
            nodes += 1
            for k in at[node]:
                members.add(k)
                other = edges[k].other(node)
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        found.append((nodes, sorted(members)))
    found.sort(key=lambda item: (-item[0], item[1]))
    return [members for _, members in found]


def large_components(edges: Sequence[Edge], least_share: float) -> tuple[list[Edge], list[int]]:
    """Keep the components with at least ``least_share`` of the nodes.

    Returns:
        The edges kept, and the node count of every component, largest first.
    """
    total = len(incidence(edges))
    kept: list[int] = []
    sizes = []
    for members in components(edges):
        size = len({n for k in members for n in (edges[k].u, edges[k].v)})
        sizes.append(size)
        if size >= least_share * total:
            kept += members
    return [edges[k] for k in sorted(kept)], sizes


def contract(edges: Sequence[Edge]) -> list[Edge]:
    """Join every chain of degree-2 nodes into one edge; drop self-loops and pure cycles.

    A node stays where two edges of different tags meet.
    """
    edges = [e for e in edges if e.u != e.v]
    at = incidence(edges)
    joints = {
        node for node, ks in at.items() if len(ks) != 2 or edges[ks[0]].tag != edges[ks[1]].tag
    }
    used = [False] * len(edges)
    result = []
    for start in joints:
        for first in at[start]:
            if used[first]:
                continue
            used[first] = True
            line = list(edges[first].along_from(start))
            chain = [edges[first]]
            k = first
            node = edges[k].other(start)
            while node not in joints:
                k = at[node][0] if at[node][1] == k else at[node][1]
                used[k] = True
                line += edges[k].along_from(node)[1:]
                chain.append(edges[k])
                node = edges[k].other(node)
            if start != node:
                about = (edges[first].tag, _stated_km(chain))
                result.append(Edge(start, node, tuple(line), *about))
    return result


def _stated_km(chain: Sequence[Edge]) -> float | None:
    """Return the length of edges in a row; None when no source states that of any."""
    if all(edge.ground_km is None for edge in chain):
        return None
    return sum(edge.length_km() for edge in chain)


def thin_parallels(edges: Sequence[Edge], plane: Plane, *, keep_one: bool) -> list[Edge]:
    """Thin the edges of one tag between the same two nodes.

    Args:
        edges: a multigraph.
        plane: where distances are measured.
        keep_one: keep the shortest alone; else also those that stray at least ``DISTINCT_M`` from
            every one kept, shortest first.

    Returns:
        The edges kept.
    """
    groups: dict[tuple[int, int, int], list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[min(edge.u, edge.v), max(edge.u, edge.v), edge.tag].append(edge)
    result = []
    for group in groups.values():
        if len(group) == 1:
            result += group
            continue
        group.sort(key=lambda e: (e.length_km(), min(e.line, e.line[::-1])))
        kept: list[tuple[Edge, shapely.Geometry]] = []
        for edge in group:
            line = shapely.LineString(plane.meters(edge.line))
            if all(
                shapely.hausdorff_distance(line, other, densify=0.1) >= DISTINCT_M
                for _, other in kept
            ):
                kept.append((edge, line))
            if keep_one:
                break
        result += [edge for edge, _ in kept]
    return result


def settle(edges: Sequence[Edge], plane: Plane, *, keep_one: bool) -> list[Edge]:
    """Contract chains and thin parallels until nothing changes."""
    while True:
        after = thin_parallels(contract(edges), plane, keep_one=keep_one)
        if len(after) == len(edges):
            return after
        edges = after


def cells_of(points: Sequence[Point], plane: Plane, grid_m: float) -> list[tuple[int, int]]:
    """Return the cell of the grid in which each point lies."""
    return [(round(x / grid_m), round(y / grid_m)) for x, y in plane.meters(points)]


def snap_to_grid(
    edges: Sequence[Edge], plane: Plane, grid_m: float, *, all_of_cell: bool = False
) -> list[Edge]:
    """Merge the nodes of each cell of a grid that edges inside the cell join.

    An edge whose end moves loses the vertices that lie in the cell of that end and is joined
    straight to the node that stays. Edges between nodes that merge vanish.

    Args:
        edges: a multigraph.
        plane: where distances are measured.
        grid_m: width of a cell.
        all_of_cell: merge all nodes of a cell, joined or not: roads that cross by a bridge, and
            the two banks of a river, become one place.
    """
    points: dict[int, Point] = {}
    degree: dict[int, int] = defaultdict(int)
    for edge in edges:
        for node, point in ((edge.u, edge.line[0]), (edge.v, edge.line[-1])):
            points[node] = point
            degree[node] += 1
    home = _homes(points, degree, plane, _merging(points, edges, plane, grid_m, all_of_cell))
    result = []
    for edge in edges:
        u, v = home[edge.u], home[edge.v]
        if u == v:
            continue
        line, cell = edge.line, cells_of(edge.line, plane, grid_m)
        first, last = 1, len(line) - 2
        if u != edge.u:
            first = next((k for k in range(len(line)) if cell[k] != cell[0]), len(line))
        if v != edge.v:
            last = next((k for k in reversed(range(len(line))) if cell[k] != cell[-1]), -1)
        result.append(edge.reshaped(u, v, (points[u], *line[first : last + 1], points[v])))
    return result


def _merging(
    points: dict[int, Point],
    edges: Sequence[Edge],
    plane: Plane,
    grid_m: float,
    all_of_cell: bool,  # noqa: FBT001
) -> list[list[int]]:
    """Return the nodes that become one, group by group, each group sorted."""
    nodes = sorted(points)
    cell = dict(zip(nodes, cells_of([points[n] for n in nodes], plane, grid_m), strict=True))
    group: dict[int, object] = {**cell}
    if not all_of_cell:
        graph: rx.PyGraph[int, None] = rx.PyGraph()
        index = {node: graph.add_node(node) for node in nodes}
        for edge in edges:
            is_short = edge.length_km() <= SHORT_OF_GRID * grid_m / 1000.0
            if is_short and cell[edge.u] == cell[edge.v]:
                graph.add_edge(index[edge.u], index[edge.v], None)
        for number, members in enumerate(rx.connected_components(graph)):
            group |= dict.fromkeys((graph[i] for i in members), number)
    merging: dict[object, list[int]] = defaultdict(list)
    for node in nodes:
        merging[group[node]].append(node)
    return list(merging.values())


def _homes(
    points: dict[int, Point],
    degree: dict[int, int],
    plane: Plane,
    merging: Sequence[Sequence[int]],
) -> dict[int, int]:
    """Return the node into which each merges: least summed distance to all edge ends of a group."""
    nodes = sorted(points)
    at = {node: k for k, node in enumerate(nodes)}
    x, y = plane.meters([points[n] for n in nodes]).T
    home: dict[int, int] = {}
    for group in merging:
        members = [at[node] for node in group]
        xs, ys = x[members], y[members]
        weight = np.asarray([degree[node] for node in group])
        cost = (np.hypot(xs[:, None] - xs, ys[:, None] - ys) * weight).sum(axis=1)
        home |= dict.fromkeys(group, group[int(np.argmin(cost))])
    return home


def numbered(edges: Sequence[Edge]) -> list[Edge]:
    """Number the nodes by position and turn every edge from its lower to its higher end."""
    ends = {e.u: e.line[0] for e in edges} | {e.v: e.line[-1] for e in edges}
    number = {node: k for k, node in enumerate(sorted(ends, key=lambda n: (ends[n], n)))}
    turned = []
    for edge in edges:
        u, v = number[edge.u], number[edge.v]
        low, high, line = (u, v, edge.line) if u < v else (v, u, edge.line[::-1])
        turned.append(Edge(low, high, line, edge.tag, edge.ground_km))
    return sorted(turned, key=lambda e: (e.u, e.v, e.length_km(), e.line))
