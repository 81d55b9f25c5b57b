"""One or two edge-disjoint ways of least cost over a map, compiled: for searches that ask often.

Successive shortest paths (Suurballe, Networks 4, 1974): a cheapest way, then a cheapest one at
reduced costs that may undo parts of the first.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.ways import SOURCE, TARGET
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class DisjointWays:
    """Looks for ways between ``SOURCE`` and ``TARGET`` on an undirected graph."""

    def __init__(self, ends: Ints) -> None:
        """Order the edges by their nodes.

        Args:
            ends: nodes of each edge, shape (edges, 2), numbered from 0.
        """
        self._edges = len(ends)
        nodes = max(int(ends.max(initial=0)), SOURCE, TARGET) + 1
        begin = ends.T.ravel()
        order = np.argsort(begin, kind="stable")
        self._starts = np.searchsorted(begin[order], np.arange(nodes + 1))
        self._to = ends[:, ::-1].T.ravel()[order]
        self._edge = np.tile(np.arange(self._edges), 2)[order]
        self._sign = np.repeat([1, -1], self._edges)[order]

    def cheapest(self, usd: Floats, count: int) -> Ints | None:
        """Return so many disjoint ways as a flow, at least cost; None when there are not as many.

        Args:
            usd: cost of each edge, not negative; infinite where none leads.
            count: how many.

        Returns:
            Of each edge 1 where it is taken from its first node to its second, -1 back, 0 unused.
        """
        flow = np.zeros(self._edges, np.int64)
        found = _flow(self._starts, self._to, self._edge, self._sign, usd, count, flow)
        return flow if found else None


@compiled
def _flow(
    starts: Ints, to: Ints, edges: Ints, signs: Ints, usd: Floats, count: int, flow: Ints
) -> bool:
    """Add so many units to a flow, each at least cost; return whether there are as many ways."""
    nodes = len(starts) - 1
    risen = np.zeros(nodes)  # potentials: no arc costs less than they rise along it
    for _ in range(count):
        least = np.full(nodes, np.inf)
        came = np.full(nodes, -1)
        is_done = np.zeros(nodes, np.bool_)
        least[SOURCE] = 0.0
        heap = [(0.0, SOURCE)]
        while len(heap) > 0 and not is_done[TARGET]:
            _, node = heapq.heappop(heap)
            if is_done[node]:
                continue
            is_done[node] = True
            for arc in range(starts[node], starts[node + 1]):
                edge, other = edges[arc], to[arc]
                taken = flow[edge] * signs[arc]
                if taken > 0 or is_done[other] or usd[edge] == np.inf:
                    continue
                more = (-usd[edge] if taken < 0 else usd[edge]) + risen[node] - risen[other]
                total = least[node] + max(more, 0.0)
                if total < least[other]:
                    least[other], came[other] = total, arc
                    heapq.heappush(heap, (total, other))
        if not is_done[TARGET]:
            return False
        for node in range(nodes):
            risen[node] += least[node] if is_done[node] else least[TARGET]
        node = TARGET
        while node != SOURCE:
            arc = came[node]
            edge = edges[arc]
            flow[edge] += signs[arc]
            node = _beginning(starts, arc)
    return True


@compiled
def _beginning(starts: Ints, arc: int) -> int:
    """Return the node that an arc leads from."""
    return int(np.searchsorted(starts, arc, side="right")) - 1
