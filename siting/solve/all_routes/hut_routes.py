"""The cheapest route between two campuses with the huts that it needs, on arrays.

Huts stand so close that spans are short enough, and quiet enough where a transport kind asks for it
(:mod:`~siting.solve.all_routes.spans`). No way dearer than one known is followed.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.solve.all_routes.label_setting import Beside, Surroundings, cheapest_ways
from siting.solve.all_routes.spans import NEVER, UNITS, QuietSpans, Spans
from siting.solve.all_routes.ways import SOURCE, TARGET, HutPrices, Trace, Way, way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LEAST_USD = 1e-9
"""Edges that cost less count as it: an explicit zero is no edge of a sparse matrix."""
TOLERANCE = 1e-9
SLACK_USD = 1e-5
"""What a way may cost more than one known, for sums of many small amounts."""
DEARER = (1.02, 1.1, 1.5, math.inf)
"""Quiet ways are looked for up to so many times the cost of the cheapest way, one after another."""
MOST_USD = 1e300
"""More than any way costs."""


@dataclass(frozen=True, slots=True)
class _Costs:
    """What one search pays."""

    usd: Floats
    """Each edge."""
    away: Floats
    """Least cost of edges from the source to each node."""
    left: Floats
    """The same from each node to the target."""
    huts: HutPrices


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
        self._any = Spans(spacing_km)
        low, high = ends.min(axis=1), ends.max(axis=1)
        self._keys, self._group = np.unique(low * self._nodes + high, return_inverse=True)
        self._low, self._high = self._keys // self._nodes, self._keys % self._nodes
        self._ends = ends
        self.stop = math.inf
        """End of searches for ways with huts, by the monotonic clock."""

    def without_huts(self, usd: Floats, longest_km: float = math.inf) -> Way | None:
        """Return the cheapest way where no huts are needed; None where there is none so short.

        Raises:
            OutOfTimeError: the clock passed ``stop``.
        """
        matrix, lightest = self._matrix(usd)
        left, onward = dijkstra(matrix, directed=False, indices=TARGET, return_predecessors=True)
        if not math.isfinite(left[SOURCE]):
            return None
        path = self._path(onward, lightest)
        way = Way(float(left[SOURCE]), tuple(edge for edge, _ in path))
        if self.length_km(way) <= longest_km:
            return way
        away = dijkstra(matrix, directed=False, indices=SOURCE)
        nowhere = HutPrices(np.full(self._nodes, math.inf), np.full(len(usd), math.inf))
        costs = _Costs(usd, away, left, nowhere)
        found = self._labels(costs, math.inf, 1, Spans(longest_km))
        return found[0] if found else None

    def with_huts(
        self,
        usd: Floats,
        huts: HutPrices,
        most_usd: float = math.inf,
        count: int = 1,
        quiet: QuietSpans | None = None,
        longest_km: float = math.inf,
    ) -> list[Way]:
        """Return the cheapest way with a hut at least every ``spacing_km``, and some more ways.

        Huts inside an edge may stand anywhere on it. The walk may pass a node twice. A way that
        costs more than ``most_usd`` need not be found.

        Args:
            usd: cost of each edge.
            huts: what each hut costs.
            most_usd: what the way may cost.
            count: ways to return at most.
            quiet: spans that are quiet enough; when None only their length counts.
            longest_km: longest legal way.

        Returns:
            The cheapest first: none that is legal costs less. Only a walk that passes a node twice
            may not be legal.

        Raises:
            OutOfTimeError: the clock passed ``stop``.
        """
        matrix, lightest = self._matrix(usd)
        left, onward = dijkstra(matrix, directed=False, indices=TARGET, return_predecessors=True)
        if not left[SOURCE] <= min(most_usd, MOST_USD):
            return []
        path = self._path(onward, lightest)
        placed = self.along(path, huts)
        known = most_usd
        if placed is not None:
            placed_usd = float(usd[[edge for edge, _ in path]].sum()) + placed.usd
            known = min(known, placed_usd)
        away = dijkstra(matrix, directed=False, indices=SOURCE)
        # Mostly neither noise nor length matters: then looking for ways without them is quicker.
        spans, limit_km = self._any, math.inf
        costs = _Costs(usd, away, left, huts)
        found = self._labels(costs, _above(known), count, spans, limit_km)
        while found:
            legal = [way for way in found if self.is_legal(way, quiet, longest_km)]
            if legal and legal[0] is found[0]:
                return legal
            before = spans, limit_km
            if self.length_km(found[0]) > longest_km:
                limit_km = longest_km
            else:
                spans = quiet or spans
            if before == (spans, limit_km):  # a walk that passes a node twice
                return found
            most_usd = min([most_usd, *(way.usd for way in legal)])
            least_usd = found[0].usd
            for dearer in DEARER:
                known = _above(min(most_usd, dearer * least_usd))
                found = self._labels(costs, known, count, spans, limit_km)
                if found or dearer * least_usd >= most_usd:
                    break
        return found

    def length_km(self, way: Way) -> float:
        """Return the length of a way."""
        return sum(self._lengths[edge] for edge in way.edges)

    def is_legal(self, way: Way, quiet: QuietSpans | None, longest_km: float) -> bool:
        """Return whether a way is short enough, and its huts may make it quiet enough."""
        if self.length_km(way) > longest_km:
            return False
        return quiet is None or self.is_quiet(way, quiet)

    def is_quiet(self, way: Way, quiet: QuietSpans) -> bool:
        """Return whether the huts of a way may make it quiet enough."""
        inside = Counter(way.huts_inside)
        at_nodes = list(reversed(way.huts_at_nodes))
        states = [(0.0, 0)]
        node = SOURCE
        for edge in way.edges:
            a, b = self._ends[edge].tolist()
            node = b if a == node else a
            is_cut = bool(at_nodes) and at_nodes[-1] == node
            if is_cut:
                at_nodes.pop()
            length_km, count = self._lengths[edge], inside[edge]
            states = [
                (since, noise + added)
                for km, noise in states
                for huts, since, added in (
                    quiet.inside(km, length_km) if count else quiet.without(km, length_km)
                )
                if huts == count
            ]
            if is_cut:
                states = [(0.0, noise + quiet.noise(km)) for km, noise in states]
        return any(noise + quiet.noise(km) <= UNITS for km, noise in states)

    def _path(self, onward: Ints, lightest: Ints) -> list[tuple[int, int]]:
        """Return the way to the target: each edge and the node that it leads to."""
        path, node = [], SOURCE
        while node != TARGET:
            following = int(onward[node])
            key = min(node, following) * self._nodes + max(node, following)
            path.append((int(lightest[np.searchsorted(self._keys, key)]), following))
            node = following
        return path

    def along(
        self, path: Sequence[tuple[int, int]], huts: HutPrices, quiet: QuietSpans | None = None
    ) -> Way | None:
        """Return the cheapest huts on a path, given by each edge and the node that it leads to.

        The amount is that of the huts alone.
        """
        at_node, inside = huts.at_node_usd, huts.inside_usd
        labels: list[tuple[float, float, Trace]] = [(0.0, 0.0, None)]
        for edge, node in path:
            reached: list[tuple[float, float, Trace]] = []
            for usd, km, trace in labels:
                for count, since_km, _ in self._any.inside(km, self._lengths[edge]):
                    paid = usd + count * inside[edge] if count else usd
                    step: Trace = (edge, count, -1, trace)
                    reached.append((paid, since_km, step))
                    if node != TARGET:
                        reached.append((paid + at_node[node], 0.0, (-1, 0, node, step)))
            labels = []
            shortest = math.inf
            for label in sorted(reached, key=lambda x: (x[0], x[1])):
                if label[1] < shortest and math.isfinite(label[0]):
                    labels.append(label)
                    shortest = label[1]
        if not labels:
            return None
        usd, _, trace = labels[0]
        way = way_of(float(usd), trace)
        if quiet is None or self.is_quiet(way, quiet):
            return way
        return self._quiet_along(path, huts, quiet)

    def _quiet_along(
        self, path: Sequence[tuple[int, int]], huts: HutPrices, quiet: QuietSpans
    ) -> Way | None:
        edges = [edge for edge, _ in path]
        free = np.full(len(self._lengths), math.inf)
        free[edges] = LEAST_USD
        at = np.full(self._nodes, math.inf)
        at[[SOURCE, *(node for _, node in path)]] = 0.0
        found = self._labels(_Costs(free, at, at, huts), math.inf, 1, quiet)
        if not found or found[0].edges != tuple(edges):
            return None
        return dataclasses.replace(found[0], usd=found[0].usd - LEAST_USD * len(edges))

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

    def _labels(
        self,
        costs: _Costs,
        known_usd: float,
        most: int,
        spans: Spans,
        longest_km: float = math.inf,
    ) -> list[Way]:
        """Return the cheapest ways that cost no more than ``known_usd``.

        Args:
            costs: of edges and huts.
            known_usd: cost of some way.
            most: ways to return at most.
            spans: what spans may be.
            longest_km: longest legal way.
        """
        known_usd = min(known_usd, MOST_USD)
        beside, cheapest = self._near(costs, known_usd, spans)
        huts, left = costs.huts, costs.left
        near = Surroundings(
            beside,
            {node: float(huts.at_node_usd[node]) for node in beside},
            {node: (float(left[node]), self._left_km[node]) for node in beside},
            cheapest,
            longest_km,
        )
        return cheapest_ways(near, spans, known_usd, most, self.stop)

    def _near(self, costs: _Costs, known_usd: float, spans: Spans) -> tuple[Beside, float]:
        """Return the edges on ways that cost no more than ``known_usd``, and their cheapest hut.

        The edges at each node: other node, number, length, cost, cost of a hut inside.
        """
        needed = spans.more_huts(self._left_km[SOURCE], 0)
        if needed == NEVER:
            return {}, math.inf
        usd, away, left, huts = costs.usd, costs.away, costs.left, costs.huts
        a, b = self._ends[:, 0], self._ends[:, 1]
        through = np.minimum(away[a] + left[b], away[b] + left[a]) + usd
        near = np.flatnonzero(through <= known_usd)
        cheapest = self._cheapest(near, huts)
        if needed and math.isfinite(cheapest):
            near = near[through[near] + needed * cheapest <= known_usd]
            cheapest = self._cheapest(near, huts)
        beside: Beside = {}
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


def _above(usd: float) -> float:
    """Return what a way may cost that is as cheap as one known."""
    return usd + TOLERANCE * usd + SLACK_USD if math.isfinite(usd) else usd
