"""Searches between two campuses of a large network, on no more of it than they need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.instance.disjoint import Found, Part, suurballe
from siting.instance.paths import SMALL_CORRIDORS, Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_REACH = 1.3
"""A search starts with the nodes on walks at most so many times as long as the shortest path."""
LAST_REACH = 3.0
"""Farther than that the whole network is searched."""
TRIES = 4
ROUNDING = 1e-9


class Nearby:
    """Finds disjoint pairs under weights that are nowhere below those it was made with."""

    def __init__(self, graph: Graph, least: NDArray[np.float64]) -> None:
        """Take the network and the least weight of each of its edges."""
        self._graph = graph
        self._cost = least[graph.arc_edge]
        self._from: dict[int, NDArray[np.float64]] = {}

    def distance(self, source: int, target: int) -> float:
        """Return the least weight of a path through no third campus; infinite without any."""
        return float(self._distances(source)[target])

    def search(self, source: int, target: int, weight: NDArray[np.float64]) -> Found:
        """Return the shortest path and the least disjoint pair, as on the whole network.

        A walk between the two campuses through a node weighs at least the distances of that node
        from both. A path no heavier than the one found, and a pair no heavier than the one found
        (of which one path weighs at least as much as the shortest), therefore keep to the nodes
        whose distances sum up to no more than ``needed``: once those were all searched, nothing
        better is anywhere else.
        """
        graph = self._graph
        if len(graph.edges) <= SMALL_CORRIDORS:
            return suurballe(Part.of(graph, source, target), weight)
        through = self._distances(source) + self._distances(target)
        shortest = self.distance(source, target)
        has_pairs = self._leaving(source, target) > 1 and self._leaving(target, source) > 1
        reach = FIRST_REACH * shortest
        for _ in range(TRIES):
            if reach > LAST_REACH * shortest:
                break
            found = suurballe(Part.of(graph, source, target, through <= reach), weight)
            needed = found.weight
            if has_pairs:
                needed = max(needed, found.pair_weight - found.weight)
            if needed * (1 + ROUNDING) <= reach:
                return found
            reach = needed * (1 + 2 * ROUNDING) if math.isfinite(needed) else 1.5 * reach
        return suurballe(Part.of(graph, source, target), weight)

    def _leaving(self, campus: int, other: int) -> int:
        """Return the number of corridors from a campus that do not end at a third one."""
        ends = [end for end, _ in self._graph.adjacency[campus]]
        return sum(end == other or not self._graph.is_campus[end] for end in ends)

    def _distances(self, source: int) -> NDArray[np.float64]:
        """Return the least weight of a path from a campus to every node; paths end at campuses."""
        if source not in self._from:
            graph = self._graph
            ends = graph.is_campus_node.copy()
            ends[source] = False
            cost = np.where(ends[graph.arc_from], math.inf, self._cost)
            count = len(graph.is_campus)
            matrix = csr_array((cost, graph.arc_to, graph.first_arc), shape=(count, count))
            self._from[source] = dijkstra(matrix, indices=source)
        return self._from[source]
