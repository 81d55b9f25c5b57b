"""The bound of one link over all its routes, for given prices of what links share.

Let f be the flow of pairs on the lit routes of a protected link, in units of a demand that a route
carries alone (lines, :mod:`~siting.solve.all_routes.needs`), F its amount. After a failure of
corridor e one unit is left: ``f_e <= F - 1``. Where the ends have k corridors, F >= k / (k - 1).

* F <= 2: what a corridor or hut costs the link is at least ``share x f_e`` because ``f_e <= 1``. So
  the cost is at least the least over path flows; with any tolls pi >= 0 on edges,
  ``F m - (F - 1) sum pi`` with m the cheapest single route under cost + pi, huts included.
* F > 2: there is a flow y of two units with ``y_e <= min(1, f_e)``, since after any edge of a cut
  with ``f_e >= 1`` the others still carry one unit. So corridors and pairs cost at least two units
  of y under one line below all lines, huts left out, and the flow above two units comes on top.
  Or, with the flow scaled down to two units, ``f'_e = 2 f_e / F <= 1 / s``, s = F / (2 (F - 1)):
  what is shared costs at least ``share x s f'_e``, what belongs to a route F / 2 times as much, and
  with tolls s pi the link costs at least ``2 m_F - sum pi``, m_F the cheapest route when shares and
  tolls count s times and the rest F / 2 times. The larger of the two counts, the least over all F.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.hut_routes import TARGET, TOLERANCE, HutPrices, Way, WaySearch
from siting.solve.all_routes.multipliers import Items, LinkPrices, Multipliers
from siting.solve.all_routes.needs import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING_USD = 1e-3
"""Taken off the bound of a link for what sums of many small weights may be off."""
TWO = 2.0
GONE_USD = 1e15
"""What an edge costs where no supply is on offer."""
WIDE = 0.25
"""Least step of flows above two units that are looked at one by one, up to ``LARGE_FLOW``."""
LARGE_FLOW = 4.0
RANGES = (2.25, 2.5, 3.0, 4.0)
"""Ranges of flows that come in smaller steps."""
ALIKE = 8
"""Cheap routes that are taken at once."""
NEAR = 1.25
"""Edges whose shortest walk is at most so many times the shortest of all tell what huts cost."""


@dataclass(frozen=True, slots=True)
class LitRoute:
    """A route of a line, with the supply of each of its edges."""

    line: int
    way: Way
    own: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class LinkBound:
    """Bound of a link, USD a year, and cheap routes, the cheapest first."""

    usd: float
    routes: list[LitRoute]


@dataclass(slots=True)
class LinkProblem:
    """A link with the edges of its neighborhood; costs in USD a year."""

    graph: SplitGraph
    search: WaySearch
    edges: Ints
    """Numbers of its edges among those of all links."""
    nodes: Ints
    """Numbers of its nodes among those of all links."""
    ends: Ints
    lengths_km: Floats
    through_km: Floats
    """Length of the shortest walk between the ends by each of the edges."""
    pair_usd: Floats
    """One pair on each edge, shape (2, edges): IRU and own cable; infinite where not on offer."""
    missing: HutPrices
    """Nothing where a hut may be, infinite where none may."""
    lines: list[Line]
    under_all: tuple[float, float]
    """A line (fixed, pairs) below all lines on every route within reach."""
    channels_usd: float
    least_flow: float
    """1 when unprotected, else the least amount F."""
    least_excess: float
    """What F above two is at least more than two."""
    spacing_km: float
    preferred: int = 0
    """Line of the cheapest route last found."""

    def is_like(self, other: LinkProblem) -> bool:
        """Return whether routes of another problem of the link are routes of this one."""
        return self.lines == other.lines and np.array_equal(self.edges, other.edges)

    def prices(self, multipliers: Multipliers, number: int, items: Items) -> LinkPrices:
        """Return what this link pays, which has ``number`` among the links."""
        shares = multipliers.shares_usd[number]
        tolls = multipliers.tolls_usd[number, self.edges]
        if self.least_flow <= 1:  # nothing keeps the routes of an unprotected link apart
            tolls = np.zeros_like(tolls)
        return LinkPrices(
            shares[items.supplies(self.edges)],
            tolls,
            multipliers.scarcity_usd[self.edges],
            HutPrices(
                shares[items.at(self.nodes)] + self.missing.at_node_usd,
                shares[items.inside(self.edges)] + self.missing.inside_usd,
            ),
        )

    def bound(self, prices: LinkPrices, alike: int = ALIKE) -> LinkBound:
        """Return the bound when the link pays ``prices``, with so many cheap routes at most."""
        found: list[tuple[float, LitRoute]] = []
        least = math.inf
        # The line of the last best route first: others only as far as they may be cheaper.
        order = sorted(range(len(self.lines)), key=lambda number: number != self.preferred)
        for number in order:
            line = self.lines[number]
            usd, own = self._cost(prices, line)
            most_usd = least - line.fixed_usd
            ways = self._ways(line, usd + prices.tolls_usd, prices.huts, most_usd, alike)
            if ways and ways[0].usd <= most_usd:
                least = ways[0].usd + line.fixed_usd
                self.preferred = number
            for way in ways:
                taken = tuple(bool(own[e]) for e in way.edges)
                found.append((way.usd + line.fixed_usd, LitRoute(number, way, taken)))
        if not found:
            return LinkBound(0.0, [])
        route = min(usd for usd, _ in found)
        paid = float(prices.tolls_usd.sum())
        total = route
        if self.least_flow > 1:
            total = min(TWO * route - paid, self.least_flow * route - (self.least_flow - 1) * paid)
            total = min(total, self._beyond_two(prices, paid, total))
        routes = [lit for _, lit in sorted(found, key=lambda x: x[0])]
        return LinkBound(max(total + self.channels_usd - ROUNDING_USD, 0.0), routes)

    def routes_usd(self, prices: LinkPrices) -> float:
        """Return the larger of two bounds without channels: with huts, and by disjoint ways."""
        whole = self.bound(prices, alike=1).usd
        with_huts = whole - self.channels_usd if whole > 0 else -math.inf
        return max(with_huts, self.ways_usd(prices.supply_usd))

    def ways_usd(self, supply_usd: Floats) -> float:
        """Return a bound where huts cost nothing, without channels.

        By one line below all kinds: two disjoint ways of a protected link, or the part of them
        that its flow has at least.

        Args:
            supply_usd: what the link pays for each edge, shape (2, edges).
        """
        fixed, pairs = self.under_all
        both = (supply_usd + pairs * self.pair_usd).min(axis=0)
        usd = np.where(np.isfinite(both), both, GONE_USD)
        if self.least_flow <= 1:
            way = fixed + self.graph.shortest(usd)
        else:
            pair = self.graph.pair(usd)
            if pair is None:
                return 0.0
            paid = float(pair.toll.sum())
            one = fixed + self.graph.shortest(usd + pair.toll)
            flow = self.least_flow
            way = min(TWO * one - paid, flow * one - (flow - 1) * paid)
        return max(way - ROUNDING_USD, 0.0) if way < GONE_USD else 0.0

    def two_routes(
        self, prices: LinkPrices, lines: Iterable[int] | None = None
    ) -> tuple[float, Floats, list[LitRoute]]:
        """Return two disjoint routes (or one, when unprotected) of the cheapest line, and tolls.

        Huts are placed once the routes are chosen, by what they cost on the mean: no bound.

        Args:
            prices: what the link pays.
            lines: which lines to try; all when None.

        Returns:
            The cost without tolls and channels, tolls that keep the routes apart, and the routes.
        """
        best: tuple[float, Floats, list[LitRoute]] = (math.inf, np.zeros(len(self.edges)), [])
        for number in range(len(self.lines)) if lines is None else lines:
            line = self.lines[number]
            usd, own = self._cost(prices, line)
            guess = np.zeros(len(self.edges))
            if line.is_amplified:
                near = self.through_km <= NEAR * self.through_km.min()
                fair = float(np.median(prices.huts.inside_usd[near])) + line.hut_usd
                guess = self.lengths_km * (fair / self.spacing_km if math.isfinite(fair) else 0.0)
            paths, tolls = self._paths(usd + guess)
            placed = [self._placed(path, line, usd, prices.huts) for path in paths]
            routes = [
                LitRoute(number, way, tuple(bool(own[e]) for e in way.edges))
                for way in placed
                if way is not None
            ]
            if not routes or len(routes) < len(paths):
                continue
            total = sum(lit.way.usd + line.fixed_usd for lit in routes)
            if total < best[0]:
                best = (total, tolls, routes)
        return best

    def _paths(self, usd: Floats) -> tuple[list[list[tuple[int, int]]], Floats]:
        """Return the cheapest one or two disjoint paths, as edges with the node they lead to."""
        if self.least_flow <= 1:
            way = self.search.without_huts(usd)
            tolls = np.zeros(len(usd))
            if way is None:
                return [], tolls
            direction = np.zeros(len(usd), dtype=np.int64)
            node = 0
            for edge in way.edges:
                a, b = self.ends[edge].tolist()
                direction[edge] = 1 if a == node else -1
                node = b if a == node else a
            return self._walks(direction, 1), tolls
        finite = np.isfinite(usd)
        pair = self.graph.pair(np.where(finite, usd, GONE_USD))
        if pair is None or pair.weight >= GONE_USD:
            return [], np.zeros(len(usd))
        return self._walks(pair.direction, 2), pair.toll

    def _walks(self, direction: Ints, count: int) -> list[list[tuple[int, int]]]:
        onward: dict[int, list[tuple[int, int]]] = {}
        for edge in np.flatnonzero(direction).tolist():
            a, b = self.ends[edge].tolist()
            if direction[edge] < 0:
                a, b = b, a
            onward.setdefault(a, []).append((edge, b))
        walks = []
        for _ in range(count):
            walk, node = [], 0
            while node != TARGET:
                edge, node = onward[node].pop()
                walk.append((edge, node))
            walks.append(walk)
        return walks

    def _placed(
        self, path: list[tuple[int, int]], line: Line, usd: Floats, huts: HutPrices
    ) -> Way | None:
        """Return a path with the huts that a line needs on it."""
        edges = [edge for edge, _ in path]
        way = Way(0.0, tuple(edges))
        if line.is_amplified:
            found = self.search.along(path, huts.plus(line.hut_usd))
            if found is None:
                return None
            way = found
        return dataclasses.replace(way, usd=way.usd + float(usd[edges].sum()))

    def _ways(
        self, line: Line, usd: Floats, huts: HutPrices, most_usd: float, count: int = 1
    ) -> list[Way]:
        """Return the cheapest ways of a line, the cheapest first."""
        if line.is_amplified:
            return self.search.with_huts(usd, huts.plus(line.hut_usd), most_usd, count)
        way = self.search.without_huts(usd)
        return [] if way is None else [way]

    def _cost(self, prices: LinkPrices, line: Line) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the cost of each edge for the pairs of a line, and where it is own cable."""
        usd, own = self._supplied(prices, line.pairs)
        too_far = self.through_km > line.reach_km * (1 + TOLERANCE)
        return np.where(too_far, math.inf, usd), own

    def _supplied(self, prices: LinkPrices, pairs: float) -> tuple[Floats, NDArray[np.bool_]]:
        both = prices.supply_usd + pairs * self.pair_usd
        both[0] += pairs * prices.scarcity_usd
        return both.min(axis=0), both[1] < both[0]

    def _beyond_two(self, prices: LinkPrices, paid: float, enough: float) -> float:
        """Return the bound where the flow is above two units; ``enough`` is as good as more."""
        fixed, pairs = self.under_all
        cost, _ = self._supplied(prices, pairs)
        usd = TWO * (fixed + self.graph.shortest(cost + prices.tolls_usd)) - paid
        if self.least_excess:
            more = fixed + pairs * self.graph.shortest(self.pair_usd.min(axis=0))
            usd += self.least_excess * max(more, 0.0)
        if usd >= enough:
            return usd
        for flow, top in self._flows():
            shared = top / (2 * (top - 1)) if math.isfinite(top) else 0.5
            scaled = self._scaled(prices, flow / 2, shared, (enough + paid) / 2)
            enough = min(enough, max(2 * scaled - paid, usd))
        return enough

    def _flows(self) -> list[tuple[float, float]]:
        """Return ranges that hold every flow above two units."""
        first = TWO + self.least_excess
        if self.least_excess >= WIDE:
            steps = math.ceil((LARGE_FLOW - first) / self.least_excess)
            single = [first + self.least_excess * i for i in range(steps)]
            return [*((f, f) for f in single), (first + self.least_excess * steps, math.inf)]
        points = [first, *(f for f in RANGES if f > first), math.inf]
        return list(itertools.pairwise(points))

    def _scaled(self, prices: LinkPrices, own: float, shared: float, most_usd: float) -> float:
        """Return the cheapest route when its parts count differently.

        Args:
            prices: what the link pays.
            own: how often counts what belongs to the route alone.
            shared: how often count shares and tolls.
            most_usd: returned when no route costs less.
        """
        counted = LinkPrices(
            shared * prices.supply_usd,
            shared * prices.tolls_usd,
            prices.scarcity_usd,
            HutPrices(shared * prices.huts.at_node_usd, shared * prices.huts.inside_usd),
        )
        for line in self.lines:
            scaled = dataclasses.replace(line, pairs=own * line.pairs, hut_usd=own * line.hut_usd)
            usd, _ = self._cost(counted, scaled)
            fixed = own * line.fixed_usd
            for way in self._ways(scaled, usd + counted.tolls_usd, counted.huts, most_usd - fixed):
                most_usd = min(most_usd, way.usd + fixed)
        return most_usd


def line_under_all(lines: list[Line], least: float, most: float) -> tuple[float, float]:
    """Return the chord of the least of all lines between two lengths: it is concave, so above."""

    def lowest(size: float) -> float:
        return min(line.fixed_usd + line.pairs * size for line in lines)

    if not math.isfinite(most) or most <= least:
        slope = min(line.pairs for line in lines)
    else:
        slope = (lowest(most) - lowest(least)) / (most - least)
    return lowest(least) - slope * least, slope
