"""Shortest paths and disjoint pairs of paths between two campuses, through no third campus."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.instance.paths import Graph


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes and arcs of a network on which paths between two campuses are looked for."""

    graph: Graph
    source: int
    """Numbers of source and target in the part."""
    target: int
    nodes: NDArray[np.int64]
    """Number in the network of each node of the part."""
    arcs: NDArray[np.int64]
    """Number in the network of each arc of the part, sorted by the node where they start."""
    arc_from: NDArray[np.int32]
    arc_to: NDArray[np.int32]
    first_arc: NDArray[np.int32]
    number: NDArray[np.int64]
    """Number in the part of each arc of the network."""

    @classmethod
    def of(
        cls, graph: Graph, source: int, target: int, near: NDArray[np.bool_] | None = None
    ) -> Part:
        """Return the part of ``graph`` near two campuses; third campuses are not entered.

        Args:
            graph: the network.
            source: where paths start.
            target: where they end.
            near: by node; None: all.
        """
        inside = np.ones(len(graph.is_campus), dtype=bool) if near is None else near.copy()
        inside &= ~graph.is_campus_node
        inside[[source, target]] = True
        kept = inside[graph.arc_to] & inside[graph.arc_from]
        place = np.cumsum(inside) - 1
        arcs = np.flatnonzero(kept)
        arc_from = place[graph.arc_from[arcs]].astype(np.int32)
        nodes = np.flatnonzero(inside)
        first_arc = np.zeros(len(nodes) + 1, dtype=np.int32)
        np.cumsum(np.bincount(arc_from, minlength=len(nodes)), out=first_arc[1:])
        return cls(
            graph,
            int(place[source]),
            int(place[target]),
            nodes,
            arcs,
            arc_from,
            place[graph.arc_to[arcs]].astype(np.int32),
            first_arc,
            np.cumsum(kept) - 1,
        )

    def cost(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weight of edges by arc of the part."""
        cost: NDArray[np.float64] = weight[self.graph.arc_edge[self.arcs]]
        return cost

    def edges(self, arcs: list[int]) -> list[int]:
        """Return the edges of the network that arcs of the part run along."""
        edges: list[int] = self.graph.arc_edge[self.arcs[arcs]].tolist()
        return edges


@dataclass(frozen=True, slots=True)
class Tree:
    """Shortest paths from the source of a part."""

    part: Part
    cost: NDArray[np.float64]
    """By arc; infinite where it may not be walked."""
    distance: NDArray[np.float64]
    """By node; infinite where no path leads."""
    before: NDArray[np.int32]
    """Node before each node on its path."""

    @classmethod
    def of(cls, part: Part, cost: NDArray[np.float64]) -> Tree:
        """Return the shortest paths by the cost of arcs."""
        count = len(part.nodes)
        matrix = csr_array((cost, part.arc_to, part.first_arc), shape=(count, count))
        distance, before = dijkstra(matrix, indices=part.source, return_predecessors=True)
        return cls(part, cost, distance, before)

    def arcs_to_target(self) -> list[int] | None:
        """Return the arcs of the path; of parallel ones the cheapest, then the first."""
        part = self.part
        if not math.isfinite(self.distance[part.target]):
            return None
        path, node = [], part.target
        while node != part.source:
            previous = int(self.before[node])
            arcs = range(part.first_arc[previous], part.first_arc[previous + 1])
            path.append(min((a for a in arcs if part.arc_to[a] == node), key=self.cost.__getitem__))
            node = previous
        return path[::-1]


@dataclass(frozen=True, slots=True)
class Found:
    """What a part has: a shortest path, and the pair of disjoint paths of least total weight."""

    path: list[int] | None
    """Edges from source to target."""
    pair: tuple[list[int], list[int]] | None
    weight: float
    """Weight of ``path``."""
    pair_weight: float


def suurballe(part: Part, weight: NDArray[np.float64]) -> Found:
    """Return the shortest path and two corridor-disjoint paths of least total weight.

    Suurballe and Tarjan, Networks 14, 1984, on the undirected graph: the second search runs on
    reduced costs, may walk the first path backwards at no cost, and common edges cancel.
    """
    graph = part.graph
    plain = part.cost(weight)
    tree = Tree.of(part, plain)
    first = tree.arcs_to_target()
    if first is None:
        return Found(None, None, math.inf, math.inf)
    least = float(tree.distance[part.target])
    path = part.edges(first)
    at, to = tree.distance[part.arc_from], tree.distance[part.arc_to]
    reached = np.isfinite(at) & np.isfinite(to)
    cost = np.full(len(plain), math.inf)
    cost[reached] = np.maximum(plain[reached] + at[reached] - to[reached], 0.0)
    cost[part.number[graph.turned[part.arcs[first]]]] = 0.0
    cost[first] = math.inf
    second = Tree.of(part, cost).arcs_to_target()
    if second is None:
        return Found(path, None, least, math.inf)
    back = part.edges(second)
    used = set(path) ^ set(back)
    ends = int(part.nodes[part.source]), int(part.nodes[part.target])
    return Found(path, _two_paths(graph, used, *ends), least, float(weight[list(used)].sum()))


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
