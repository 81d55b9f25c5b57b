"""Shortest path, and shortest pair of paths that no single cut breaks, in a graph of ways.

The pair is that of Suurballe (Networks 4, 1974): a second shortest path over reduced lengths, on
which the first may be undone. Here every way is a shared risk of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
import rustworkx as rx

from siting.geography.ways import Way

BARRED_KM = 1e9
"""Length of what must not be used."""


@dataclass(frozen=True)
class Lengths:
    """Least length of one path, and of two that share no way; infinite where there is none."""

    one_km: float
    two_km: float


class Disjoint:
    """A graph of ways in which no path leads through a campus."""

    def __init__(self, ways: Sequence[Way], campuses: Sequence[str]) -> None:
        """Take the multigraph and the nodes at which campuses stand."""
        nodes = dict.fromkeys(end for way in ways for end in (way.a, way.b))
        self._index = {node: k for k, node in enumerate(nodes)}
        self._graph: rx.PyDiGraph[int, int] = rx.PyDiGraph(multigraph=True)
        self._graph.add_nodes_from(range(len(nodes)))
        ends = [(self._index[way.a], self._index[way.b]) for way in ways]
        arcs = [*ends, *((b, a) for a, b in ends)]
        self._graph.add_edges_from([(a, b, k) for k, (a, b) in enumerate(arcs)])
        self._ends = np.asarray(arcs)
        self._km = np.asarray([way.length_km for way in ways] * 2)
        self._barred = np.isin(self._ends[:, 0], [self._index[c] for c in campuses])

    def lengths(self, start: str, end: str) -> Lengths:
        """Return the lengths between two campuses."""
        s, t = self._index[start], self._index[end]
        km = np.where(self._barred & (self._ends[:, 0] != s), BARRED_KM, self._km)
        found = rx.dijkstra_shortest_path_lengths(self._graph, s, km.__getitem__)
        far = np.full(len(self._index), inf)
        for node, length in found.items():
            far[node] = length
        far[s] = 0.0
        if far[t] >= BARRED_KM / 2:
            return Lengths(inf, inf)
        reduced = km - far[self._ends[:, 1]] + far[self._ends[:, 0]]
        reduced = np.maximum(np.nan_to_num(reduced, nan=BARRED_KM, posinf=BARRED_KM), 0.0)
        half = len(km) // 2
        for arc in self._first_path(s, t, km):
            reduced[arc] = BARRED_KM
            reduced[(arc + half) % len(km)] = 0.0
        second = rx.dijkstra_shortest_path_lengths(self._graph, s, reduced.__getitem__, goal=t)
        two = 2.0 * far[t] + second[t] if second[t] < BARRED_KM / 2 else inf
        return Lengths(float(far[t]), float(two))

    def _first_path(self, s: int, t: int, km: np.ndarray) -> list[int]:
        path = rx.dijkstra_shortest_paths(self._graph, s, t, weight_fn=km.__getitem__)[t]
        return [
            min(self._graph.get_all_edge_data(a, b), key=km.__getitem__) for a, b in pairwise(path)
        ]
