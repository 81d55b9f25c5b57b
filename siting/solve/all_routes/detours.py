"""The shortest way between two nodes without a corridor, and without each further one of it.

The shortest way without a corridor e of the shortest way P crosses from the nodes that the tree of
shortest paths reaches without e to the others, over an edge (u, v) other than e: it is at least
``km(source, u) + length + km(v, target)``, and the least of these sums is reached (Malik, Mittal
and Gupta, Operations Research Letters 8, 1989). So all ways that leave out one edge of P are known
from two trees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.solve.all_routes.ways import SOURCE, TARGET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

LEAST_KM = 1e-9
"""Shorter edges count as long: an explicit zero is no edge of a sparse matrix."""


@dataclass(frozen=True, slots=True)
class Detour:
    """A shortest way, and how long the shortest ones are that leave out one of its edges."""

    edges: Ints
    """From the source on; none where there is no way."""
    km: float
    spare_km: Floats
    """Without each of the edges; infinite where no way is left."""


class Detours:
    """Shortest ways between ``SOURCE`` and ``TARGET`` of one graph, some edges left out."""

    def __init__(self, ends: Ints, lengths_km: Floats) -> None:
        """Take the graph.

        Args:
            ends: nodes of each edge, shape (edges, 2).
            lengths_km: length of each edge.
        """
        self._ends = ends
        self._km = np.maximum(lengths_km, LEAST_KM)
        self._nodes = max(int(ends.max(initial=0)), SOURCE, TARGET) + 1
        keys = ends.min(axis=1) * self._nodes + ends.max(axis=1)
        self._by_key = np.lexsort((self._km, keys))
        self._sorted = keys[self._by_key]

    def without(self, gone: Sequence[int] = ()) -> Detour:
        """Return the shortest way without some edges."""
        left = np.ones(len(self._km), dtype=bool)
        left[list(gone)] = False
        kept = self._by_key[left[self._by_key]]
        keys, first = np.unique(self._sorted[left[self._by_key]], return_index=True)
        least = kept[first]  # of parallel edges the shortest
        matrix = csr_array(
            (self._km[least], (keys // self._nodes, keys % self._nodes)),
            shape=(self._nodes, self._nodes),
        )
        both, before = dijkstra(
            matrix, directed=False, indices=[SOURCE, TARGET], return_predecessors=True
        )
        if not np.isfinite(both[0, TARGET]):
            return Detour(np.zeros(0, np.int64), np.inf, np.zeros(0))
        path = [TARGET]
        while path[-1] != SOURCE:
            path.append(int(before[0, path[-1]]))
        path.reverse()
        steps = np.array(path)
        low, high = np.minimum(steps[:-1], steps[1:]), np.maximum(steps[:-1], steps[1:])
        edges = least[np.searchsorted(keys, low * self._nodes + high)]
        left[edges] = False
        return Detour(
            edges, float(self._km[edges].sum()), self._spare_km(both, before[0], path, left)
        )

    def _spare_km(self, both: Floats, before: Ints, path: list[int], others: Bools) -> Floats:
        """Return the least length of a way without each edge of a path, over the other edges."""
        place = places_on(np.where(before < 0, np.arange(self._nodes), before), path)
        ends = self._ends[others]
        at = place[ends]
        forward = at[:, 0] <= at[:, 1]
        near = np.where(forward, ends[:, 0], ends[:, 1])
        far = np.where(forward, ends[:, 1], ends[:, 0])
        low, high = at.min(axis=1), at.max(axis=1)
        over = np.flatnonzero((low < high) & (low >= 0))
        km = (both[0, near] + self._km[others] + both[1, far])[over]
        cuts = np.arange(len(path) - 1)[:, None]
        is_over = (low[over] <= cuts) & (cuts < high[over])
        found: Floats = np.where(is_over, km, np.inf).min(axis=1, initial=np.inf)
        return found


def places_on(before: Ints, path: list[int]) -> Ints:
    """Return for each node the last node of a path that its shortest path passes, by number.

    Args:
        before: node before each node; the node itself at the root and where no way leads.
        path: nodes from the root on.

    Returns:
        -1 where no way leads.
    """
    place = np.full(len(before), -1)
    place[path] = np.arange(len(path))
    onward = before.copy()
    onward[path] = path
    while True:
        further = onward[onward]
        if np.array_equal(further, onward):
            return place[onward]
        onward = further
