"""The bound of one link over all its routes, for given prices of what links share.

Let f be the flow of pairs on the lit routes of a protected link, in units of a demand that a route
carries alone (lines, :mod:`~siting.solve.all_routes.needs`), F its amount. After a failure of
corridor e one unit is left: ``f_e <= F - 1``. Where the ends have k corridors, F >= k / (k - 1).

* F <= 2: what a corridor or hut costs the link is at least ``share x f_e`` because ``f_e <= 1``. So
  the cost is at least the least over path flows; with any tolls pi >= 0 on edges,
  ``F m - (F - 1) sum pi`` with m the cheapest single route under cost + pi, huts included.
* F > 2: :mod:`~siting.solve.all_routes.beyond_two`. The least over all F counts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.beyond_two import TWO, WIDE, beyond_two
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.label_setting import Found
from siting.solve.all_routes.multipliers import Items, LinkPrices, Multipliers
from siting.solve.all_routes.needs import Line
from siting.solve.all_routes.one_flow import OneFlow
from siting.solve.all_routes.row_prices import Design
from siting.solve.all_routes.spans import TOLERANCE
from siting.solve.all_routes.ways import HutPrices, LitRoute, Way

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING_USD = 1e-3
"""Taken off the bound of a link for what sums of many small weights may be off."""
MANY_EDGES = 3000
"""Around so many corridors a linear problem for one flow takes too long."""
ALIKE = 8
"""Cheap routes that are taken at once."""


@dataclass(frozen=True, slots=True)
class LinkBound:
    """Bound of a link, USD a year, and cheap routes, the cheapest first."""

    usd: float
    routes: list[LitRoute]
    designs: list[Design] = field(default_factory=list)
    """Networks of more than two units, in fractions, that bound it where they cost least; channels
    included."""


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
    scarcity: float = 1.0
    """Scarce pairs for each of a line: at most one for each that is lit."""
    above: LinkProblem | None = None
    """The same link with lines that hold for flows above two units; None: these do."""
    preferred: int = 0
    """Line of the cheapest route last found."""
    preferred_part: int = 0
    """Part, of those of :mod:`~siting.solve.all_routes.beyond_two`, last found to be enough."""
    flows: dict[float, OneFlow] = field(default_factory=dict)
    """Flows above two units that were looked at closely, by their units."""

    def prices(self, multipliers: Multipliers, number: int, items: Items) -> LinkPrices:
        """Return what this link pays, which has ``number`` among the links."""
        shares = multipliers.shares_usd[number]
        tolls = multipliers.tolls_usd[number, self.edges]
        if self.least_flow <= 1:  # nothing keeps the routes of an unprotected link apart
            tolls = np.zeros_like(tolls)
        return LinkPrices(
            shares[items.supplies(self.edges)],
            tolls,
            self.scarcity * multipliers.scarcity_usd[self.edges],
            HutPrices(
                shares[items.at(self.nodes)] + self.missing.at_node_usd,
                shares[items.inside(self.edges)] + self.missing.inside_usd,
            ),
        )

    def bound(self, prices: LinkPrices, alike: int = ALIKE) -> LinkBound:
        """Return the bound when the link pays ``prices``, with so many cheap routes at most."""
        return self.beyond(prices, self.up_to_two(prices, alike))

    def in_time(self, prices: LinkPrices, stop: float) -> float:
        """Return the bound alone; of flows up to two units where :meth:`proven` may bound others.

        Args:
            prices: what the link pays.
            stop: clock time to end at.

        Raises:
            OutOfTimeError: the bound is not known by then.
        """
        with self.until(stop):
            found = self.up_to_two(prices, alike=1)
            return found.usd if self.comes_in_steps else self.beyond(prices, found).usd

    @contextlib.contextmanager
    def until(self, stop: float) -> Iterator[None]:
        """End searches for ways at a clock time, too."""
        before, self.search.stop = self.search.stop, min(stop, self.search.stop)
        try:
            yield
        finally:
            self.search.stop = before

    @property
    def comes_in_steps(self) -> bool:
        """Return whether flows above two units are few, so that each can be looked at closely."""
        return self.least_excess >= WIDE and len(self.edges) <= MANY_EDGES

    def beyond(self, prices: LinkPrices, found: LinkBound) -> LinkBound:
        """Return the bound for any flow; ``found`` is that of flows up to two units."""
        return self._beyond(prices, found, None)

    def proven(
        self,
        prices: LinkPrices,
        found: LinkBound,
        stop: float,
        routes: Sequence[LitRoute] = (),
    ) -> LinkBound:
        """Return the bound for any flow, with each looked at closely where they come in steps.

        Args:
            prices: what the link pays.
            found: the bound of flows up to two units.
            stop: clock time to end at, or soon after: then no further flow is looked at closely.
            routes: more cheap routes to begin with.
        """
        return self._beyond(prices, found, routes if self.comes_in_steps else None, stop)

    def _beyond(
        self,
        prices: LinkPrices,
        found: LinkBound,
        routes: Sequence[LitRoute] | None,
        stop: float = math.inf,
    ) -> LinkBound:
        if self.least_flow <= 1 or found.usd <= 0:
            return found
        link = self.above or self
        known = None
        if routes is not None:
            known = [x for lit in [*found.routes, *routes] for x in link.on_lines(lit, self)]
        beyond = beyond_two(link, prices, found.usd - link.channels_usd, known, stop)
        own_usd = link.channels_usd
        designs = [dataclasses.replace(x, own_usd=x.own_usd + own_usd) for x in beyond.designs]
        return LinkBound(max(beyond.usd + link.channels_usd, 0.0), found.routes, designs)

    def on_lines(self, route: LitRoute, other: LinkProblem) -> list[LitRoute]:
        """Return a route of ``other`` lines of the link on these lines, where it may be legal."""
        is_amplified = other.lines[route.line].is_amplified
        return [
            dataclasses.replace(route, line=number)
            for number, line in enumerate(self.lines)
            if line.is_amplified == is_amplified and self.is_legal(line, route.way)
        ]

    def up_to_two(self, prices: LinkPrices, alike: int = ALIKE) -> LinkBound:
        """Return the bound for flows up to two units, with so many cheap routes at most."""
        found: list[tuple[float, LitRoute]] = []
        least = math.inf
        # The line of the last best route first: others only as far as they may be cheaper.
        order = sorted(range(len(self.lines)), key=lambda number: number != self.preferred)
        for number in order:
            line = self.lines[number]
            usd, own = self.cost(prices, line)
            most_usd = least - line.fixed_usd
            ways = self.ways(line, usd + prices.tolls_usd, prices.huts, most_usd, alike)
            if ways.least_usd <= most_usd:
                least = ways.least_usd + line.fixed_usd
                self.preferred = number
            for way in ways.ways:
                taken = tuple(bool(own[e]) for e in way.edges)
                found.append((way.usd + line.fixed_usd, LitRoute(number, way, taken)))
        if not math.isfinite(least):
            return LinkBound(0.0, [])
        total, flow = least, self.least_flow
        if flow > 1:
            paid = float(prices.tolls_usd.sum())
            total = min(TWO * least - paid, flow * least - (flow - 1) * paid)
        routes = [lit for _, lit in sorted(found, key=lambda x: x[0])]
        return LinkBound(max(total + self.channels_usd - ROUNDING_USD, 0.0), routes)

    def without_huts(self, prices: LinkPrices) -> LinkBound:
        """Return a bound for flows up to two units that is known soon: huts cost nothing."""
        usd = self.ways_usd(prices.supply_usd)
        return LinkBound(usd + self.channels_usd if usd > 0 else 0.0, [])

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
        usd = (supply_usd + pairs * self.pair_usd).min(axis=0)
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
        return max(way - ROUNDING_USD, 0.0) if math.isfinite(way) else 0.0

    def ways(
        self, line: Line, usd: Floats, huts: HutPrices, most_usd: float, count: int = 1
    ) -> Found:
        """Return the cheapest ways of a line, and what no way of it costs less than."""
        if line.is_amplified:
            placed = huts.plus(line.hut_usd)
            longest_km = line.reach_km * (1 + TOLERANCE)
            return self.search.with_huts(usd, placed, most_usd, count, line.quiet, longest_km)
        way = self.search.without_huts(usd, line.reach_km * (1 + TOLERANCE))
        return Found([], math.inf) if way is None else Found([way], way.usd)

    def cost(self, prices: LinkPrices, line: Line) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the cost of each edge for the pairs of a line, and where it is own cable."""
        usd, own = self.supplied(prices, line.pairs)
        return np.where(self.is_beyond(line), math.inf, usd), own

    def is_legal(self, line: Line, way: Way) -> bool:
        """Return whether a way may be within the reach of a line, and quiet enough for it."""
        return self.search.is_legal(way, line.quiet, line.reach_km * (1 + TOLERANCE))

    def is_beyond(self, line: Line) -> NDArray[np.bool_]:
        """Return which edges no way within the reach of a line takes."""
        return self.through_km > line.reach_km * (1 + TOLERANCE)

    def supplied(self, prices: LinkPrices, pairs: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the cost of each edge for some pairs, and where it is own cable."""
        both = prices.supply_usd + pairs * self.pair_usd
        both[0] += pairs * prices.scarcity_usd
        return both.min(axis=0), both[1] < both[0]
