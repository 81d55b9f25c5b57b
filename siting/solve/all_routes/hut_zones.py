"""Zones of a map in which a link pays about the same part of every hut.

A hut serves a way for a hundred km, and another one stands a few km further on: where parts change
from place to place ways stop where theirs is small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.multipliers import Items

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COVERED, REACH = 0.6, 0.9
"""A node is this near to some middle of a zone, and belongs to all that are nearer than the reach,
in lengths between huts."""
LEAST_KM = 1e-6


@dataclass(frozen=True, slots=True)
class HutZones:
    """Parts of nodes and edges in zones that overlap: those of a place add up to 1."""

    of_nodes: csr_array
    """Shape (nodes, zones)."""
    of_edges: csr_array
    """Shape (edges, zones)."""

    @classmethod
    def of(cls, ends: Ints, lengths_km: Floats, nodes: int, spacing_km: float) -> HutZones:
        """Return the zones of a map; a node without edges is in none.

        Args:
            ends: nodes of each edge, shape (edges, 2).
            lengths_km: length of each edge; negative where it does not count.
            nodes: how many nodes there are.
            spacing_km: longest way between huts.
        """
        known = lengths_km >= 0
        used = ends[known]
        low, high = used.min(axis=1), used.max(axis=1)
        keys, group = np.unique(low * nodes + high, return_inverse=True)
        shortest = np.full(len(keys), np.inf)
        np.minimum.at(shortest, group, np.maximum(lengths_km[known], LEAST_KM))
        graph = csr_array((shortest, (keys // nodes, keys % nodes)), shape=(nodes, nodes))
        nearest = np.full(nodes, np.inf)
        rows, columns, values = [], [], []
        zones = 0
        for middle in np.unique(used).tolist():
            if nearest[middle] <= COVERED * spacing_km:
                continue
            km = dijkstra(graph, directed=False, indices=middle, limit=REACH * spacing_km)
            nearest = np.minimum(nearest, km)
            inside = np.flatnonzero(km < REACH * spacing_km)
            rows.append(inside)
            columns.append(np.full(len(inside), zones))
            values.append(1.0 - km[inside] / (REACH * spacing_km))
            zones += 1
        row, column, value = (np.concatenate(x) for x in (rows, columns, values))
        total = np.bincount(row, value, minlength=nodes)
        of_nodes = csr_array((value / total[row], (row, column)), shape=(nodes, zones))
        return cls(of_nodes, csr_array((of_nodes[ends[:, 0]] + of_nodes[ends[:, 1]]) / 2))

    def entries(self, edges: Ints) -> tuple[Ints, Ints, Floats]:
        """Return the zones of some edges: place in the list, zone and part of each entry."""
        entries = csr_array(self.of_edges[edges]).tocoo()
        return entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data

    def prices(self, usd: Floats, items: Items) -> Floats:
        """Return what a hut of each zone costs on the mean; 0 where there is none.

        Args:
            usd: cost of each item; 0 where there is none.
            items: their numbers.
        """
        at, inside = usd[3 * items.edges :], usd[2 * items.edges : 3 * items.edges]
        price = np.zeros(self.of_nodes.shape[1])
        for parts, cost in ((self.of_edges, inside), (self.of_nodes, at)):
            total = parts.T @ (cost > 0).astype(float)
            price = np.where(total > 0, (parts.T @ cost) / np.where(total > 0, total, 1.0), price)
        return price
