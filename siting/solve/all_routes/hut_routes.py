"""The cheapest route between two campuses with the huts that it needs, on arrays.

A shortest path with one resource: the length since the last hut, at most the maximum spacing.
Labels (cost, length) that are no better than another at the same node in both are dropped (Aneja,
Aggarwal and Nair, Networks 13, 1983); what is left of the way is bounded from below by the way
without huts and the least number of huts on it (A*), and no way dearer than one known is followed.
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SOURCE, TARGET = 0, 1
LEAST_USD = 1e-9
"""Edges that cost less count as it: an explicit zero is no edge of a sparse matrix."""
TOLERANCE = 1e-9
SLACK_USD = 1e-5
"""What a way may cost more than one known, for sums of many small amounts."""
LOOKS = 100
"""Labels between two looks at the clock."""


class OutOfTimeError(Exception):
    """A search reached its end: what it looked for is not known."""


@dataclass(frozen=True, slots=True)
class HutPrices:
    """What a route pays for a hut at each node, and for one inside each edge; infinite: none."""

    at_node_usd: Floats
    inside_usd: Floats

    def plus(self, usd: float) -> HutPrices:
        """Return the prices with the same amount on each hut."""
        return HutPrices(self.at_node_usd + usd, self.inside_usd + usd)


@dataclass(frozen=True, slots=True)
class Way:
    """A walk between the ends, with the huts on it."""

    usd: float
    edges: tuple[int, ...]
    huts_at_nodes: tuple[int, ...] = ()
    huts_inside: tuple[int, ...] = ()
    """Edges, one entry for each hut."""


class WaySearch:
    """Cheapest ways in one graph, for changing prices."""

    def __init__(
        self, ends: Ints, lengths_km: Floats, to_target_km: Floats, spacing_km: float
    ) -> None:
        """Take the graph.

        Args:
            ends: nodes of each edge, shape (edges, 2); the way leads from node 0 to node 1.
            lengths_km: length of each edge.
            to_target_km: least length from each node to node 1.
            spacing_km: longest way between huts, and from an end to the nearest hut.
        """
        self._nodes = len(to_target_km)
        self._lengths = [float(km) for km in lengths_km]
        self._left_km = [float(km) for km in to_target_km]
        self._spacing = spacing_km
        low, high = ends.min(axis=1), ends.max(axis=1)
        self._keys, self._group = np.unique(low * self._nodes + high, return_inverse=True)
        self._low, self._high = self._keys // self._nodes, self._keys % self._nodes
        self._ends = ends
        self.stop = math.inf
        """End of searches for ways with huts, by the monotonic clock."""

    def without_huts(self, usd: Floats) -> Way | None:
        """Return the cheapest way where no huts are needed; None where the ends are not joined."""
        matrix, lightest = self._matrix(usd)
        left, onward = dijkstra(matrix, directed=False, indices=TARGET, return_predecessors=True)
        if not math.isfinite(left[SOURCE]):
            return None
        path = self._path(onward, lightest)
        return Way(float(left[SOURCE]), tuple(edge for edge, _ in path))

    def with_huts(
        self, usd: Floats, huts: HutPrices, most_usd: float = math.inf, count: int = 1
    ) -> list[Way]:
        """Return the cheapest way with a hut at least every ``spacing_km``, and some more ways.

        Huts inside an edge may stand anywhere on it. The walk may pass a node twice. A way that
        costs more than ``most_usd`` need not be found.

        Raises:
            OutOfTimeError: the clock passed ``stop``.
        """
        matrix, lightest = self._matrix(usd)
        left, onward = dijkstra(matrix, directed=False, indices=TARGET, return_predecessors=True)
        if not math.isfinite(left[SOURCE]):
            return []
        path = self._path(onward, lightest)
        placed = self.along(path, huts)
        known = most_usd
        if placed is not None:
            placed_usd = float(usd[[edge for edge, _ in path]].sum()) + placed.usd
            known = min(known, placed_usd)
        known += TOLERANCE * known + SLACK_USD if math.isfinite(known) else 0.0
        away = dijkstra(matrix, directed=False, indices=SOURCE)
        return self._labels(usd, away, left, huts, known, count)

    def _path(self, onward: Ints, lightest: Ints) -> list[tuple[int, int]]:
        """Return the way to the target: each edge and the node that it leads to."""
        path, node = [], SOURCE
        while node != TARGET:
            following = int(onward[node])
            key = min(node, following) * self._nodes + max(node, following)
            path.append((int(lightest[np.searchsorted(self._keys, key)]), following))
            node = following
        return path

    def along(self, path: Sequence[tuple[int, int]], huts: HutPrices) -> Way | None:
        """Return the cheapest huts on a path, given by each edge and the node that it leads to.

        The amount is that of the huts alone.
        """
        spacing = self._spacing
        at_node, inside = huts.at_node_usd, huts.inside_usd
        labels: list[tuple[float, float, _Trace]] = [(0.0, 0.0, None)]
        for edge, node in path:
            reached: list[tuple[float, float, _Trace]] = []
            for usd, km, trace in labels:
                for count, since_km in _placings(km + self._lengths[edge], spacing):
                    paid = usd + count * inside[edge] if count else usd
                    way: _Trace = (edge, count, -1, trace)
                    reached.append((paid, since_km, way))
                    if node != TARGET:
                        reached.append((paid + at_node[node], 0.0, (-1, 0, node, way)))
            labels = []
            shortest = math.inf
            for label in sorted(reached, key=lambda x: (x[0], x[1])):
                if label[1] < shortest and math.isfinite(label[0]):
                    labels.append(label)
                    shortest = label[1]
        if not labels:
            return None
        usd, _, trace = labels[0]
        return _way(float(usd), trace)

    def _matrix(self, usd: Floats) -> tuple[csr_array, Ints]:
        """Return the costs between nodes, and the lightest edge of each pair of nodes."""
        order = np.argsort(-usd, kind="stable")
        lightest = np.empty(len(self._low), dtype=np.int64)
        lightest[self._group[order]] = order  # the lightest is written last
        weight = np.maximum(usd[lightest], LEAST_USD)
        there = np.isfinite(weight)
        matrix = csr_array(
            (weight[there], (self._low[there], self._high[there])),
            shape=(self._nodes, self._nodes),
        )
        return matrix, lightest

    def _labels(  # noqa: C901
        self, usd: Floats, away: Floats, left: Floats, huts: HutPrices, known_usd: float, most: int
    ) -> list[Way]:
        """Return the cheapest ways that cost no more than ``known_usd``.

        Args:
            usd: cost of each edge.
            away: least cost of edges from the source to each node.
            left: least cost of edges from each node to the target.
            huts: what each hut costs.
            known_usd: cost of some way.
            most: ways to return at most.
        """
        spacing, left_km = self._spacing, self._left_km
        beside, cheapest = self._near(usd, away, left, huts, known_usd)
        at_node = {node: float(huts.at_node_usd[node]) for node in beside}
        onward = {node: (float(left[node]), left_km[node]) for node in beside}
        known: dict[int, list[tuple[float, float]]] = {node: [] for node in beside}
        heap: list[tuple[float, float, int, float, _Trace]] = [(0.0, 0.0, SOURCE, 0.0, None)]
        push = heapq.heappush
        found: list[Way] = []
        for look in itertools.count():
            if not heap:
                break
            if look % LOOKS == 0 and time.monotonic() > self.stop:
                raise OutOfTimeError
            _, paid, node, km, trace = heapq.heappop(heap)
            if node == TARGET:
                found.append(_way(paid, trace))
                if len(found) == most:
                    break
                continue
            if any(usd <= paid and since <= km for usd, since in known.get(node, _NOWHERE)):
                continue
            known[node].append((paid, km))
            reached = [
                (paid + cost + (count * inside if count else 0.0), other, since_km, edge, count, -1)
                for other, edge, length_km, cost, inside in beside[node]
                for count, since_km in _placings(km + length_km, spacing)
            ]
            if km > 0 and node != SOURCE:
                reached.append((paid + at_node[node], node, 0.0, -1, 0, node))
            for spent, other, since_km, edge, count, hut in reached:
                rest_usd, rest_km = onward[other]
                least = spent + rest_usd
                if since_km + rest_km > spacing:
                    more = math.ceil((since_km + rest_km) / spacing - TOLERANCE) - 1
                    least += more * cheapest if more else 0.0
                if (
                    least <= known_usd
                    and least < math.inf
                    and not any(usd <= spent and since <= since_km for usd, since in known[other])
                ):
                    push(heap, (least, spent, other, since_km, (edge, count, hut, trace)))
        return found

    def _near(
        self, usd: Floats, away: Floats, left: Floats, huts: HutPrices, known_usd: float
    ) -> tuple[_Beside, float]:
        """Return the edges on ways that cost no more than ``known_usd``, and their cheapest hut.

        The edges at each node: other node, number, length, cost, cost of a hut inside.
        """
        needed = max(0, math.ceil(self._left_km[SOURCE] / self._spacing - TOLERANCE) - 1)
        a, b = self._ends[:, 0], self._ends[:, 1]
        through = np.minimum(away[a] + left[b], away[b] + left[a]) + usd
        near = np.flatnonzero(through <= known_usd)
        cheapest = self._cheapest(near, huts)
        if needed and math.isfinite(cheapest):
            near = near[through[near] + needed * cheapest <= known_usd]
            cheapest = self._cheapest(near, huts)
        beside: _Beside = {}
        for edge, (first, second), cost, inside in zip(
            near.tolist(),
            self._ends[near].tolist(),
            usd[near].tolist(),
            huts.inside_usd[near].tolist(),
            strict=True,
        ):
            km = self._lengths[edge]
            beside.setdefault(first, []).append((second, edge, km, cost, inside))
            beside.setdefault(second, []).append((first, edge, km, cost, inside))
        return beside, cheapest

    def _cheapest(self, edges: Ints, huts: HutPrices) -> float:
        """Return the least price of a hut on some edges or at their ends."""
        at_ends = huts.at_node_usd[self._ends[edges]].min(initial=math.inf)
        return min(float(huts.inside_usd[edges].min(initial=math.inf)), float(at_ends))


_NOWHERE = ((-math.inf, -math.inf),)
"""What dominates every label at a node that no cheap way passes."""
_Beside = dict[int, list[tuple[int, int, float, float, float]]]
_Trace = tuple[int, int, int, "_Trace"] | None
"""What came last, and what came before: an edge with so many huts inside, or a hut at a node."""


def _placings(km: float, spacing_km: float) -> tuple[tuple[int, float], ...]:
    """Return how many huts may stand on the last edge, and the length since the last one.

    As few as are needed, or one more: more than that leaves nothing to gain.
    """
    if km <= spacing_km:
        return ((0, km), (1, 0.0))
    needed = math.ceil(km / spacing_km - TOLERANCE) - 1
    since = max(0.0, km - needed * spacing_km)
    if since <= 0:
        return ((needed, 0.0),)
    return ((needed, since), (needed + 1, 0.0))


def _way(usd: float, trace: _Trace) -> Way:
    edges: list[int] = []
    nodes: list[int] = []
    inside: list[int] = []
    while trace is not None:
        edge, count, node, trace = trace
        if node >= 0:
            nodes.append(node)
        else:
            edges.append(edge)
            inside += [edge] * count
    return Way(usd, tuple(reversed(edges)), tuple(reversed(nodes)), tuple(reversed(inside)))
