"""Two edge-disjoint paths of least total weight, and the duals that prove it, on arrays.

Suurballe and Tarjan, Networks 14, 1984: a shortest path, then a shortest path on reduced weights
that may undo the first. Every edge is split at its middle, so that parallel edges stay apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LEAST = 1e-7
"""Weights below it count as it: an explicit zero is no edge of a sparse matrix."""
GONE = 1e30
ABSENT = 1e15
"""What edges of infinite weight count: no path of a finite weight is so heavy."""


@dataclass(frozen=True, slots=True)
class DisjointPaths:
    """Least two disjoint paths: their edges, and their total weight."""

    weight: float
    direction: Ints
    """Per edge: 1 where a path takes it from its first node to its second, -1 back, 0 unused."""
    toll: Floats
    """Dual price of the second use of each edge: two shortest paths under weight + toll, less the
    sum of the tolls, weigh as much."""


class SplitGraph:
    """An undirected graph with every edge split at its middle."""

    def __init__(self, ends: Ints, source: int, target: int) -> None:
        """Build the arcs.

        Args:
            ends: nodes of each edge, shape (edges, 2), numbered from 0 without gaps.
            source: first end of the paths.
            target: second end.
        """
        self.source, self.target = source, target
        edges = len(ends)
        self.edges = edges
        nodes = int(ends.max()) + 1 if edges else 2
        self._size = nodes + edges
        middle = nodes + np.arange(edges)
        a, b = ends[:, 0], ends[:, 1]
        # In, out of the middle, in both directions: 0 a-m, 1 m-b, 2 b-m, 3 m-a.
        rows = np.concatenate([a, middle, b, middle])
        columns = np.concatenate([middle, b, middle, a])
        self._order = np.lexsort((columns, rows))
        self._rows, self._columns = rows[self._order], columns[self._order]
        self._edge = np.tile(np.arange(edges), 4)[self._order]
        self._starts = np.searchsorted(self._rows, np.arange(self._size + 1))
        place = np.empty(4 * edges, dtype=np.int64)
        place[self._order] = np.arange(4 * edges)
        self._place = place.reshape(4, edges)

    def shortest(self, weight: Floats) -> float:
        """Return the weight of a shortest path; infinite when there is none of finite weight."""
        found, _ = self._search(self._arcs(weight))
        return float(found[self.target])

    def pair(self, weight: Floats) -> DisjointPaths | None:
        """Return the least two edge-disjoint paths of finite weight; None when there are none."""
        weight = np.where(np.isfinite(weight), weight, ABSENT)
        found = self._pair(weight)
        return None if found is None or found.weight >= ABSENT else found

    def _pair(self, weight: Floats) -> DisjointPaths | None:
        arcs = self._arcs(weight)
        first, before = self._search(arcs)
        if not math.isfinite(first[self.target]):
            return None
        on_first = self._walk(before)
        first = np.minimum(first, first[self.target])
        reduced = np.maximum(arcs + first[self._rows] - first[self._columns], 0.0)
        reduced[on_first] = GONE
        reduced[self._opposite(on_first)] = 0.0
        second, before = self._search(np.maximum(reduced, LEAST * 1e-3))
        if second[self.target] >= GONE / 2:
            return None
        flow = np.zeros(len(arcs))
        flow[on_first] += 1.0
        flow[self._walk(before)] += 1.0
        half = flow[self._place]
        direction = np.sign(half[0] + half[1] - half[2] - half[3]).astype(np.int64)
        potential = first + np.minimum(second, second[self.target])
        rise = potential[self._columns] - potential[self._rows] - arcs
        over = np.maximum(rise, 0.0)[self._place]
        toll = np.maximum(over[0] + over[1], over[2] + over[3])
        return DisjointPaths(float(weight[direction != 0].sum()), direction, toll)

    def _arcs(self, weight: Floats) -> Floats:
        return np.maximum(weight, LEAST)[self._edge] / 2

    def _search(self, arcs: Floats) -> tuple[Floats, Ints]:
        matrix = csr_array((arcs, self._columns, self._starts), shape=(self._size, self._size))
        found: tuple[Floats, Ints] = dijkstra(matrix, indices=self.source, return_predecessors=True)
        return found

    def _walk(self, before: Ints) -> list[int]:
        arcs = []
        node = self.target
        while node != self.source:
            previous = int(before[node])
            arcs.append(self._arc(previous, node))
            node = previous
        return arcs

    def _opposite(self, arcs: list[int]) -> list[int]:
        return [self._arc(int(self._columns[k]), int(self._rows[k])) for k in arcs]

    def _arc(self, row: int, column: int) -> int:
        """Return the number of the arc between two nodes, one of them the middle of an edge."""
        start = int(self._starts[row])
        columns = self._columns[start : int(self._starts[row + 1])]
        return start + int(np.searchsorted(columns, column))
