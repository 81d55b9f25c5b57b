"""Candidate paths between two campuses: simple paths of a small network, else Suurballe pairs."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from siting.network import CandidateNetwork

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
        return cls(
            index,
            tuple(network.nodes[node].campus is not None for node in nodes),
            edges,
            tuple(ends),
            tuple(network.corridors[edge].length_km for edge in edges),
            tuple(tuple(row) for row in rows),
        )

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
    to_target = _distances(graph, target, graph.lengths_km, {source, target})
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
        too_long = reach + to_target.get(neighbor, math.inf) > max_length_km
        if too_long or neighbor in visited or graph.is_campus[neighbor]:
            continue
        visited.add(neighbor)
        path.append(edge)
        stack.append((neighbor, reach, iter(graph.adjacency[neighbor])))
    return found


def shortest_path(
    graph: Graph, source: int, target: int, weight: Sequence[float]
) -> list[int] | None:
    """Return the edges of a shortest path through no third campus; None when there is none."""
    dist, via = _search(graph, source, weight, {source, target}, target)
    if target not in dist:
        return None
    return _walk(via, source, target)


def suurballe(
    graph: Graph, source: int, target: int, weight: Sequence[float]
) -> tuple[list[int], list[int]] | None:
    """Return two corridor-disjoint paths of least total weight; None when there are none.

    Suurballe and Tarjan, Networks 14, 1984, on the undirected graph: the second search runs on
    reduced costs, may walk the first path backwards at no cost, and common edges cancel.
    """
    dist, via = _search(graph, source, weight, {source, target}, None)
    if target not in dist:
        return None
    first = _walk(via, source, target)
    forward: dict[int, int] = {}
    node = source
    for edge in first:
        forward[edge] = node
        node = _other(graph, edge, node)
    back = _reduced_search(graph, source, target, weight, dist, forward)
    if back is None:
        return None
    second = _walk(back, source, target)
    used = set(first) ^ set(second)
    return _two_paths(graph, used, source, target)


def _reduced_search(
    graph: Graph,
    source: int,
    target: int,
    weight: Sequence[float],
    dist: Mapping[int, float],
    forward: Mapping[int, int],
) -> dict[int, tuple[int, int]] | None:
    """Dijkstra on costs reduced by ``dist``; None when the target is out of reach.

    Edges of ``forward`` (edge to the node that the first path leaves by it) run backwards only.
    """
    allowed = {source, target}
    best: dict[int, float] = {source: 0.0}
    back: dict[int, tuple[int, int]] = {}
    heap = [(0.0, source)]
    done: set[int] = set()
    while heap:
        here, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node == target:
            break
        for neighbor, edge in graph.adjacency[node]:
            if neighbor in done or (graph.is_campus[neighbor] and neighbor not in allowed):
                continue
            if edge in forward:
                if forward[edge] == node:
                    continue
                cost = 0.0
            elif neighbor not in dist:
                continue
            else:
                cost = weight[edge] + dist[node] - dist[neighbor]
            reach = here + max(cost, 0.0)
            if reach < best.get(neighbor, math.inf):
                best[neighbor] = reach
                back[neighbor] = (node, edge)
                heapq.heappush(heap, (reach, neighbor))
    return back if target in done else None


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
    return _walk(via, source, target)


def _distances(
    graph: Graph, source: int, weight: Sequence[float], allowed: set[int]
) -> dict[int, float]:
    return _search(graph, source, weight, allowed, None)[0]


def _search(
    graph: Graph,
    source: int,
    weight: Sequence[float],
    allowed: set[int],
    target: int | None,
) -> tuple[dict[int, float], dict[int, tuple[int, int]]]:
    """Dijkstra; campuses outside ``allowed`` are not entered."""
    best = {source: 0.0}
    via: dict[int, tuple[int, int]] = {}
    done: set[int] = set()
    heap = [(0.0, source)]
    while heap:
        here, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node == target:
            break
        for neighbor, edge in graph.adjacency[node]:
            if neighbor in done or (graph.is_campus[neighbor] and neighbor not in allowed):
                continue
            reach = here + weight[edge]
            if reach < best.get(neighbor, math.inf):
                best[neighbor] = reach
                via[neighbor] = (node, edge)
                heapq.heappush(heap, (reach, neighbor))
    return {node: best[node] for node in done}, via


def _walk(via: dict[int, tuple[int, int]], source: int, target: int) -> list[int]:
    path = []
    node = target
    while node != source:
        node, edge = via[node]
        path.append(edge)
    path.reverse()
    return path


def _other(graph: Graph, edge: int, node: int) -> int:
    a, b = graph.ends[edge]
    return b if node == a else a
