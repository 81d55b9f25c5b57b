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

from siting.solve.all_routes.completions import Both
from siting.solve.all_routes.label_setting import MOST_LABELS, Found, cheapest_ways
from siting.solve.all_routes.limits import MOST_USD, Limits, above
from siting.solve.all_routes.net import Completions, Net, Paid, Worth
from siting.solve.all_routes.placings import Pieces, Placed, can_be_quiet
from siting.solve.all_routes.spans import NEVER, QuietSpans, Spans
from siting.solve.all_routes.ways import LEAST_USD, SOURCE, TARGET, HutPrices, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_ALONG = 100_000
"""Labels of a search for quiet huts along one path."""


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
        self,
        ends: Ints,
        lengths_km: Floats,
        to_target_km: Floats,
        spacing_km: float,
        pieces: Pieces | None = None,
    ) -> None:
        """Take the graph.

        Args:
            ends: nodes of each edge, shape (edges, 2); the way leads from node 0 to node 1.
            lengths_km: length of each edge.
            to_target_km: least length from each node to node 1.
            spacing_km: longest way between huts, and from an end to the nearest hut.
            pieces: where huts may stand inside edges, as far as noise counts; None: anywhere.
        """
        self._nodes = len(to_target_km)
        self._lengths = [float(km) for km in lengths_km]
        pieces = Pieces.anywhere(lengths_km) if pieces is None else pieces
        self._net = Net.of(ends, lengths_km, to_target_km, pieces)
        finite = self._net.left_km[np.isfinite(self._net.left_km)]
        self._longest_km = float(finite.max(initial=0.0) + self._net.lengths_km.max(initial=0.0))
        self._longest_km += spacing_km
        self._any = Spans(spacing_km)
        low, high = ends.min(axis=1), ends.max(axis=1)
        self._keys, self._group = np.unique(low * self._nodes + high, return_inverse=True)
        self._low, self._high = self._keys // self._nodes, self._keys % self._nodes
        self._ends = ends
        self._both: Both | None = None
        self._limits: dict[tuple[QuietSpans | None, float], Limits] = {}
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
        found = self._labels(costs, math.inf, 1, Spans(longest_km)).ways
        return found[0] if found else None

    def with_huts(
        self,
        usd: Floats,
        huts: HutPrices,
        most_usd: float = math.inf,
        count: int = 1,
        quiet: QuietSpans | None = None,
        longest_km: float = math.inf,
    ) -> Found:
        """Return the cheapest way with a hut at least every ``spacing_km``, and some more ways.

        Huts inside an edge may stand anywhere on it. The walk may pass a node twice. A way that
        costs more than ``most_usd`` need not be found. Where a search is too long, the ways need
        not be the cheapest, but what ways cost at least is known.

        Args:
            usd: cost of each edge.
            huts: what each hut costs.
            most_usd: what the way may cost.
            count: ways to return at most.
            quiet: spans that are quiet enough; when None only their length counts.
            longest_km: longest legal way.

        Returns:
            The cheapest first. Only a walk that passes a node twice may not be legal.

        Raises:
            OutOfTimeError: the clock passed ``stop``.
        """
        matrix, lightest = self._matrix(usd)
        left, onward = dijkstra(matrix, directed=False, indices=TARGET, return_predecessors=True)
        if not left[SOURCE] <= min(most_usd, MOST_USD):
            return Found([], math.inf)
        away = dijkstra(matrix, directed=False, indices=SOURCE)
        costs = _Costs(usd, away, left, huts)
        # Mostly neither noise nor length matters: then looking for ways without them is quicker.
        limits = self._limits.setdefault((quiet, longest_km), Limits(self._any))
        if limits.matter:
            near_usd = limits.times * float(left[SOURCE])
            found = self._limited(costs, limits, near_usd, most_usd, count)
        else:
            path = self._path(onward, lightest)
            placed = self.along(path, huts)
            known = most_usd
            if placed is not None:
                placed_usd = float(usd[[edge for edge, _ in path]].sum()) + placed.usd
                known = min(known, placed_usd)
            found = self._labels(costs, above(known), count, self._any)
        known_ways: list[Way] = []
        joins = True
        while found.ways:
            legal = [way for way in found.ways if self.is_legal(way, quiet, longest_km)]
            if legal and legal[0] is found.ways[0]:
                limits.times = found.least_usd / max(float(left[SOURCE]), LEAST_USD)
                return Found(legal, found.least_usd)
            known_ways += legal
            most_usd = min([most_usd, *(way.usd for way in legal)])
            if limits.longest_km == math.inf and self.length_km(found.ways[0]) > longest_km:
                limits.longest_km = longest_km
            elif quiet is not None and not limits.is_quiet:
                limits.limit_noise(quiet)
            elif joins:  # where two halves meet, huts inside edges may stand anywhere: not so now
                joins = False
            else:  # a walk that passes a node twice
                return found
            found = self._limited(costs, limits, found.least_usd, most_usd, count, joins=joins)
        if not known_ways:
            return found
        known_ways.sort(key=lambda way: way.usd)
        return Found(known_ways, min(found.least_usd, known_ways[0].usd))

    def _limited(
        self,
        costs: _Costs,
        limits: Limits,
        near_usd: float,
        most_usd: float,
        count: int,
        *,
        joins: bool = True,
    ) -> Found:
        """Return the cheapest ways within limits, near some amount first."""
        both = self._both_ways()
        rules = limits.spans.rules(self._longest_km)

        def up_to(known_usd: float) -> Found:
            paid = self._paid(costs, known_usd, limits.spans, limits.longest_km)
            return limits.completer().cheapest_ways(
                both, paid, costs.away, rules, count, self.stop, joins=joins
            )

        return limits.cheapest_ways(up_to, near_usd, most_usd)

    def _both_ways(self) -> Both:
        if self._both is None:
            lengths = np.maximum(self._net.lengths_km, LEAST_USD)
            away_km = dijkstra(self._matrix(lengths)[0], directed=False, indices=SOURCE)
            self._both = Both(self._net, self._net._replace(left_km=away_km))
        return self._both

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
        is_cut, is_forward = np.zeros((2, len(way.edges)), dtype=np.bool_)
        node = SOURCE
        for place, edge in enumerate(way.edges):
            a, b = self._ends[edge].tolist()
            is_forward[place] = a == node
            node = b if a == node else a
            if at_nodes and at_nodes[-1] == node:
                at_nodes.pop()
                is_cut[place] = True
        edges = np.array(way.edges, dtype=np.int64)
        huts = np.array([inside[edge] for edge in way.edges], dtype=np.int64)
        placed = Placed(edges, is_forward, self._net.lengths_km[edges], huts, is_cut)
        rules = quiet.rules(self.length_km(way) + quiet.spacing_km)
        return can_be_quiet(rules, self._net.pieces, placed)

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

        The amount is that of the huts alone. None where there are none, or too many ways to place
        them look alike.
        """
        way = self._along(path, huts, self._any, MOST_LABELS)
        if way is None or quiet is None or self.is_quiet(way, quiet):
            return way
        return self._along(path, huts, quiet, MOST_ALONG)

    def _along(
        self, path: Sequence[tuple[int, int]], huts: HutPrices, spans: Spans, most_labels: int
    ) -> Way | None:
        edges = [edge for edge, _ in path]
        free = np.full(len(self._lengths), math.inf)
        free[edges] = LEAST_USD
        at = np.full(self._nodes, math.inf)
        at[[SOURCE, *(node for _, node in path)]] = 0.0
        costs = _Costs(free, at, at, huts)
        found = self._labels(costs, math.inf, 1, spans, most_labels=most_labels).ways
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
        most_labels: int = MOST_LABELS,
    ) -> Found:
        """Return the cheapest ways that cost no more than ``known_usd``.

        Args:
            costs: of edges and huts.
            known_usd: cost of some way.
            most: ways to return at most.
            spans: what spans may be.
            longest_km: longest legal way.
            most_labels: of the search.
        """
        paid = self._paid(costs, min(known_usd, MOST_USD), spans, longest_km)
        rules = spans.rules(self._longest_km)
        return cheapest_ways(self._net, paid, rules, most, self.stop, most_labels)

    def _paid(self, costs: _Costs, known_usd: float, spans: Spans, longest_km: float) -> Paid:
        """Return what a way to the target pays."""
        huts = costs.huts
        return Paid(
            SOURCE,
            TARGET,
            costs.usd,
            huts.inside_usd,
            huts.at_node_usd,
            costs.left,
            self._cheapest_hut_usd(costs, known_usd, spans),
            float(known_usd),
            float(longest_km),
            Worth(False, 0.0, 0.0),  # noqa: FBT003 - a named tuple that is compiled takes no keywords
            np.zeros(0),
            Completions.none(),
            False,  # noqa: FBT003
        )

    def _cheapest_hut_usd(self, costs: _Costs, known_usd: float, spans: Spans) -> float:
        """Return the price of the cheapest hut on ways that cost no more than ``known_usd``."""
        needed = spans.more_huts(float(self._net.left_km[SOURCE]), 0)
        if needed == NEVER:
            return math.inf
        usd, away, left = costs.usd, costs.away, costs.left
        a, b = self._ends[:, 0], self._ends[:, 1]
        through = np.minimum(away[a] + left[b], away[b] + left[a]) + usd
        near = np.flatnonzero(through <= known_usd)
        cheapest = self._cheapest(near, costs.huts)
        if needed and math.isfinite(cheapest):
            near = near[through[near] + needed * cheapest <= known_usd]
            cheapest = self._cheapest(near, costs.huts)
        return cheapest

    def _cheapest(self, edges: Ints, huts: HutPrices) -> float:
        """Return the least price of a hut on some edges or at their ends."""
        at_ends = huts.at_node_usd[self._ends[edges]].min(initial=math.inf)
        return min(float(huts.inside_usd[edges].min(initial=math.inf)), float(at_ends))
