"""The candidate network as a graph of dense numbers, and its simple paths when it is small."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.disjoint import Part, Tree
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
    edge_index: dict[str, int]
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
    turned: NDArray[np.int32]
    """For each arc the other one of its edge."""

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
        pairs = np.argsort(arcs[:, 1], kind="stable").astype(np.int32).reshape(-1, 2)
        turned = np.empty(len(arcs), dtype=np.int32)
        turned[pairs] = pairs[:, ::-1]
        return cls(
            index,
            is_campus,
            edges,
            {edge: number for number, edge in enumerate(edges)},
            tuple(ends),
            tuple(network.corridors[edge].length_km for edge in edges),
            tuple(tuple(row) for row in rows),
            np.array(is_campus, dtype=bool),
            np.repeat(np.arange(len(nodes), dtype=np.int32), degrees),
            arcs[:, 0],
            arcs[:, 1],
            np.concatenate([np.zeros(1, np.int32), np.cumsum(degrees, dtype=np.int32)]),
            turned,
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
    part = Part.of(graph, target, source)
    to_target = np.full(len(graph.is_campus), math.inf)
    to_target[part.nodes] = Tree.of(part, part.cost(np.asarray(graph.lengths_km))).distance
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
