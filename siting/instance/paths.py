"""Candidate paths between two campuses: simple paths of a small network, else Suurballe pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.network import CandidateNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL_CORRIDORS = 400
"""Larger networks have far too many simple paths to list."""

Path = tuple[str, ...]
"""Corridor ids from the first campus to the second."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Adjacency of the candidate network by dense index; an edge is a corridor."""

    node_index: dict[str, int]
    is_campus: tuple[bool, ...]
    edges: tuple[str, ...]
    ends: tuple[tuple[int, int], ...]
    lengths_km: tuple[float, ...]
    adjacency: tuple[tuple[tuple[int, int], ...], ...]
    """For each node: (neighbor, edge)."""
    is_campus_node: NDArray[np.bool_]
    arc_from: NDArray[np.int32]
    """Each edge is two arcs; arcs are sorted by the node where they start, then by edge."""
    arc_to: NDArray[np.int32]
    arc_edge: NDArray[np.int32]
    first_arc: NDArray[np.int32]
    """Number of the first arc of each node, and the number of arcs."""

    @classmethod
    def of(cls, network: CandidateNetwork) -> Graph:
        """Return the graph of ``network``, corridors and nodes in sorted order."""
        nodes = sorted(network.nodes)
        index = {node: i for i, node in enumerate(nodes)}
        edges = tuple(sorted(network.corridors))
        rows: list[list[tuple[int, int]]] = [[] for _ in nodes]
        ends = []
        for number, edge in enumerate(edges):
            corridor = network.corridors[edge]
            a, b = index[corridor.node_a], index[corridor.node_b]
            rows[a].append((b, number))
            rows[b].append((a, number))
            ends.append((a, b))
        is_campus = tuple(network.nodes[node].campus is not None for node in nodes)
        degrees = np.array([len(row) for row in rows], dtype=np.int32)
        arcs = np.array([arc for row in rows for arc in row], dtype=np.int32).reshape(-1, 2)
        return cls(
            index,
            is_campus,
            edges,
            tuple(ends),
            tuple(network.corridors[edge].length_km for edge in edges),
            tuple(tuple(row) for row in rows),
            np.array(is_campus, dtype=bool),
            np.repeat(np.arange(len(nodes), dtype=np.int32), degrees),
            arcs[:, 0],
            arcs[:, 1],
            np.concatenate([np.zeros(1, np.int32), np.cumsum(degrees, dtype=np.int32)]),
        )

    def arcs_of(self, edge: int, node: int) -> tuple[int, int]:
        """Return the arcs of ``edge`` that leave and that enter ``node``, one of its ends."""

        def leaving(start: int) -> int:
            arcs = range(self.first_arc[start], self.first_arc[start + 1])
            return next(a for a in arcs if self.arc_edge[a] == edge)

        return leaving(node), leaving(_other(self, edge, node))

    def length_km(self, path: list[int]) -> float:
        """Return the length of a path of edges."""
        return sum(self.lengths_km[edge] for edge in path)


def simple_paths(
    graph: Graph, source: int, target: int, max_length_km: float, limit: int
) -> list[list[int]] | None:
    """Return every simple path within the length, or None when there are more than ``limit``.

    Depth-first search with the exact distance to the target as a bound; gives up after a
    number of steps proportional to ``limit``.
    """
    if len(graph.edges) > SMALL_CORRIDORS:
        return None
    plain = np.asarray(graph.lengths_km)[graph.arc_edge]
    to_target = _tree(graph, target, source, plain).distance
    found: list[list[int]] = []
    steps = 0
    stack: list[tuple[int, float, Iterator[tuple[int, int]]]] = [
        (source, 0.0, iter(graph.adjacency[source]))
    ]
    visited = {source}
    path: list[int] = []
    while stack:
        node, length, neighbors = stack[-1]
        step = next(neighbors, None)
        if step is None:
            stack.pop()
            visited.discard(node)
            if path:
                path.pop()
            continue
        neighbor, edge = step
        steps += 1
        if steps > 2000 * limit:
            return None
        reach = length + graph.lengths_km[edge]
        if neighbor == target:
            if reach <= max_length_km:
                found.append([*path, edge])
                if len(found) > limit:
                    return None
            continue
        too_long = reach + to_target[neighbor] > max_length_km
        if too_long or neighbor in visited or graph.is_campus[neighbor]:
            continue
        visited.add(neighbor)
        path.append(edge)
        stack.append((neighbor, reach, iter(graph.adjacency[neighbor])))
    return found


def shortest_path(
    graph: Graph, source: int, target: int, weight: NDArray[np.float64]
) -> list[int] | None:
    """Return the edges of a shortest path through no third campus; None when there is none."""
    tree = _tree(graph, source, target, weight[graph.arc_edge])
    return tree.path_to(target)


def distance_km(graph: Graph, source: int, target: int) -> float:
    """Return the length of a shortest path through no third campus; infinite when there is none."""
    weight = np.asarray(graph.lengths_km)
    return float(_tree(graph, source, target, weight[graph.arc_edge]).distance[target])


def path_over(
    graph: Graph, source: int, target: int, edge: int, weight: NDArray[np.float64]
) -> list[int] | None:
    """Return a short simple path over an edge, through no third campus; None when none is found.

    Either part of it is taken first and is then in the way of the other: not always the shortest.
    """
    if any(graph.is_campus[n] and n not in {source, target} for n in graph.ends[edge]):
        return None
    found = []
    for near, far in (graph.ends[edge], graph.ends[edge][::-1]):
        for first, second in (((source, near), (far, target)), ((far, target), (source, near))):
            one = _part(graph, first, {*second} - {*first}, weight)
            if one is None:
                continue
            passed = {first[0], first[1], *(n for e in one for n in graph.ends[e])}
            other = _part(graph, second, passed - {*second}, weight)
            if other is None or passed & {*second}:
                continue
            head, tail = (one, other) if first[0] == source else (other, one)
            found.append([*head, edge, *tail])
    return min(found, key=lambda path: (graph.length_km(path), path), default=None)


def _part(
    graph: Graph, ends: tuple[int, int], closed: set[int], weight: NDArray[np.float64]
) -> list[int] | None:
    """Return a shortest path between two nodes that enters none of ``closed`` and no campus."""
    if ends[0] == ends[1]:
        return []
    cost = weight[graph.arc_edge].astype(float)
    cost[np.isin(graph.arc_to, sorted(closed))] = math.inf
    return _tree(graph, ends[0], ends[1], cost).path_to(ends[1])


def suurballe(
    graph: Graph, source: int, target: int, weight: NDArray[np.float64]
) -> tuple[list[int], list[int]] | None:
    """Return two corridor-disjoint paths of least total weight; None when there are none.

    Suurballe and Tarjan, Networks 14, 1984, on the undirected graph: the second search runs on
    reduced costs, may walk the first path backwards at no cost, and common edges cancel.
    """
    plain = weight[graph.arc_edge]
    tree = _tree(graph, source, target, plain)
    first = tree.path_to(target)
    if first is None:
        return None
    at, to = tree.distance[graph.arc_from], tree.distance[graph.arc_to]
    reached = np.isfinite(at) & np.isfinite(to)
    cost = np.full(len(plain), math.inf)
    cost[reached] = np.maximum(plain[reached] + at[reached] - to[reached], 0.0)
    node = source
    for edge in first:
        forward, back = graph.arcs_of(edge, node)
        cost[forward], cost[back] = math.inf, 0.0
        node = _other(graph, edge, node)
    second = _tree(graph, source, target, cost).path_to(target)
    if second is None:
        return None
    return _two_paths(graph, set(first) ^ set(second), source, target)


def _two_paths(
    graph: Graph, used: set[int], source: int, target: int
) -> tuple[list[int], list[int]] | None:
    remaining = set(used)
    paths = []
    for _ in range(2):
        path = _trace(graph, remaining, source, target)
        if path is None:
            return None
        remaining -= set(path)
        paths.append(path)
    paths.sort(key=lambda p: (graph.length_km(p), p))
    return paths[0], paths[1]


def _trace(graph: Graph, edges: set[int], source: int, target: int) -> list[int] | None:
    """Return a simple path inside ``edges``: breadth-first, ties by edge index."""
    via: dict[int, tuple[int, int]] = {}
    queue = [source]
    seen = {source}
    for node in queue:
        for neighbor, edge in graph.adjacency[node]:
            if edge in edges and neighbor not in seen:
                seen.add(neighbor)
                via[neighbor] = (node, edge)
                queue.append(neighbor)
    if target not in via:
        return None
    path = []
    node = target
    while node != source:
        node, edge = via[node]
        path.append(edge)
    return path[::-1]


@dataclass(frozen=True, slots=True)
class _Tree:
    """Shortest paths from one node."""

    graph: Graph
    source: int
    cost: NDArray[np.float64]
    """By arc."""
    distance: NDArray[np.float64]
    """By node; infinite where no path leads."""
    before: NDArray[np.int32]
    """Node before each node on its path."""

    def path_to(self, target: int) -> list[int] | None:
        """Return the edges of the path to a node; of parallel ones the cheapest, then the first."""
        if not math.isfinite(self.distance[target]):
            return None
        graph, path, node = self.graph, [], target
        while node != self.source:
            previous = int(self.before[node])
            arcs = range(graph.first_arc[previous], graph.first_arc[previous + 1])
            arc = min((a for a in arcs if graph.arc_to[a] == node), key=lambda a: self.cost[a])
            path.append(int(graph.arc_edge[arc]))
            node = previous
        return path[::-1]


def _tree(graph: Graph, source: int, target: int, cost: NDArray[np.float64]) -> _Tree:
    """Return the shortest paths from ``source``; campuses besides the two are not entered.

    Args:
        graph: the network.
        source: where the paths start.
        target: the other campus that may be entered.
        cost: by arc, infinite where it may not be walked.
    """
    closed = graph.is_campus_node.copy()
    closed[[source, target]] = False
    cost = np.where(closed[graph.arc_to], math.inf, cost)
    count = len(graph.is_campus)
    matrix = csr_array((cost, graph.arc_to, graph.first_arc), shape=(count, count))
    distance, before = dijkstra(matrix, indices=source, return_predecessors=True)
    return _Tree(graph, source, cost, distance, before)


def _other(graph: Graph, edge: int, node: int) -> int:
    a, b = graph.ends[edge]
    return b if node == a else a
