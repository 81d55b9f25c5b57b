"""The bound of a protected link whose routes carry more than two units in all.

Units, f and F are those of :mod:`~siting.solve.all_routes.links`; here F > 2. Since every cut keeps
one unit when any edge fails, there is a flow y of two units with ``y_e <= min(1, f_e)``, and
``f - y`` is a flow of the other F - 2. Two bounds hold for every F, and the larger counts:

* *under one line*: corridors and pairs cost at least two units of y under one line below all lines,
  huts left out; what flows above two units costs its cheapest way.
* *in parts*: let a part k of what corridors and pairs cost go with the routes, the rest apart.
  Apart it is at least 1 - k times two units of y with the pairs of the line that has fewest, and of
  the pairs F - 2 units more on their cheapest way. With the routes go terminals and amplifiers,
  too; since ``f_e <= F - 1`` and ``f_h <= F - 1``, a shared corridor costs at least ``share x f_e /
  (F - 1)``, a hut likewise, and with tolls k pi >= 0 the routes cost at least ``F m - k sum pi``, m
  the cheapest way when shares and tolls count ``1 / (F - 1)``.

A third bound, by a linear problem, counts for flows that are looked at one by one, where asked for
(:mod:`~siting.solve.all_routes.one_flow`).

The second is a least cost of ways, linear in F and the *spread* ``F / (F - 1)``, whose weights are
no less than zero. The spread is a convex function of F: between two flows the bound is no less than
the least at the flows and where the tangents there meet.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.one_flow import OneFlow
from siting.solve.all_routes.row_prices import Design
from siting.solve.all_routes.ways import HutPrices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siting.solve.all_routes.links import LinkProblem
    from siting.solve.all_routes.multipliers import LinkPrices
    from siting.solve.all_routes.ways import LitRoute

TWO = 2.0
WIDE = 0.25
"""Least step of flows above two units that are looked at one by one, up to ``LARGE_FLOW``."""
LARGE_FLOW = 12.0
POINTS = (2.25, 3.0, 5.0)
"""Flows that come in smaller steps are looked at between these."""
PARTS = (0.3, 0.05, 1.0, 0.6)
"""Parts of corridors and pairs that go with the routes; each gives a bound."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow above two units, or a corner below all flows of a range."""

    units: float
    spread: float
    """What is shared counts so often for all units together."""

    @classmethod
    def of(cls, units: float) -> Flow:
        """Return a flow of so many units."""
        return cls(units, units / (units - 1))


@dataclass(frozen=True, slots=True)
class Beyond:
    """Bound of flows above two units, USD, without channels."""

    usd: float
    designs: list[Design] = field(default_factory=list)
    """Networks in fractions that cost less than was enough."""


Range = tuple[Flow, ...]
"""Corners below all flows of a range."""


def beyond_two(
    link: LinkProblem,
    prices: LinkPrices,
    enough_usd: float,
    routes: Sequence[LitRoute] | None = None,
    stop: float = math.inf,
) -> Beyond:
    """Return the bound of a link where the flow is above two units, without channels.

    Args:
        link: a protected link.
        prices: what it pays.
        enough_usd: a bound as good as any larger one, no larger than that of two units.
        routes: some cheap routes; with them the third bound counts, too, which takes its time.
        stop: clock time for it to end at. The second is left out, too, where its searches end.
    """
    under_usd = _under_one_line(link, prices)
    if under_usd >= enough_usd:
        return Beyond(enough_usd)
    designs = []
    parts = [_InParts(link, prices, part) for part in PARTS]
    for flows in flow_ranges(link.least_excess):
        usd = under_usd
        with contextlib.suppress(OutOfTimeError):  # the first bound is left
            # The part that was enough the last time first.
            for number in sorted(range(len(parts)), key=lambda k: k != link.preferred_part):
                usd = max(usd, _least(parts[number], flows, usd, enough_usd))
                if usd >= enough_usd:
                    link.preferred_part = number
                    break
        if usd < enough_usd and routes is not None and len(flows) == 1:
            one = link.flows.get(flows[0].units)
            if one is None or not one.follows(prices):
                one = link.flows[flows[0].units] = OneFlow(link, prices, flows[0].units)
            usd = max(usd, one.bound(enough_usd, routes, stop))
            design = one.design() if usd < enough_usd else None
            if design is not None:
                designs.append(design)
        enough_usd = min(enough_usd, usd)
    return Beyond(enough_usd, designs)


def _least(part: _InParts, flows: Range, known_usd: float, enough_usd: float) -> float:
    """Return the least bound of some flows, or less than what is known already."""
    least = enough_usd
    for flow in flows:
        least = min(least, part.bound(flow, least))
        if least <= known_usd:
            break
    return least


def _under_one_line(link: LinkProblem, prices: LinkPrices) -> float:
    fixed, pairs = link.under_all
    usd = TWO * fixed + _two_ways_usd(link, prices, pairs)
    if link.least_excess:
        more = fixed + pairs * link.graph.shortest(link.pair_usd.min(axis=0))
        usd += link.least_excess * max(more, 0.0)
    return usd


def _two_ways_usd(link: LinkProblem, prices: LinkPrices, pairs: float) -> float:
    """Return the weight of the two disjoint ways that cost least for some pairs."""
    supply, _ = link.supplied(prices, pairs)
    pair = link.graph.pair(supply)
    return math.inf if pair is None else pair.weight


def flow_ranges(least_excess: float) -> list[Range]:
    """Return ranges that hold every flow above two units."""
    first = TWO + least_excess
    if least_excess >= WIDE:
        steps = math.ceil((LARGE_FLOW - first) / least_excess)
        single = [(Flow.of(first + least_excess * i),) for i in range(steps)]
        return [*single, _from(first + least_excess * steps)]
    points = [first, *(units for units in POINTS if units > first)]
    between = [(Flow.of(a), _meeting(a, b), Flow.of(b)) for a, b in itertools.pairwise(points)]
    return [*between, _from(points[-1])]


def _from(units: float) -> Range:
    """Return the range of all flows from some units on: the spread falls to 1."""
    return Flow.of(units), Flow(2 * units - 1, 1.0)


def _meeting(a: float, b: float) -> Flow:
    """Return where the tangents of the spread at two flows meet."""
    slopes = -1 / (a - 1) ** 2, -1 / (b - 1) ** 2
    heights = a / (a - 1) - slopes[0] * a, b / (b - 1) - slopes[1] * b
    units = (heights[1] - heights[0]) / (slopes[0] - slopes[1])
    return Flow(units, heights[0] + slopes[0] * units)


class _InParts:
    """A part of corridors and pairs with the routes, the rest apart as two units of flow."""

    def __init__(self, link: LinkProblem, prices: LinkPrices, part: float) -> None:
        self._link, self._prices, self._part = link, prices, part
        self._fewest = min(line.pairs for line in link.lines)
        each = link.pair_usd.copy()
        each[0] += prices.scarcity_usd
        self._each_usd = each

    def bound(self, flow: Flow, enough_usd: float) -> float:
        """Return the bound of a flow; ``enough_usd`` is as good as more."""
        if flow.units <= TWO and self._part == 1:
            return enough_usd  # it is the bound of two units
        usd = self._apart_usd[0] + (flow.units - TWO) * self._apart_usd[1]
        paid = self._part * float(self._prices.tolls_usd.sum())
        return usd - paid + self._routes_usd(flow, enough_usd - usd + paid)

    @cached_property
    def _apart_usd(self) -> tuple[float, float]:
        """What is apart: of two units, and of each unit more."""
        if self._part == 1:
            return 0.0, 0.0
        two = _two_ways_usd(self._link, self._prices, self._fewest)
        more = self._fewest * self._link.graph.shortest(self._each_usd.min(axis=0))
        return (1 - self._part) * two, (1 - self._part) * more

    def _routes_usd(self, flow: Flow, most_usd: float) -> float:
        """Return what goes with the routes, on their cheapest way."""
        link, prices, units = self._link, self._prices, flow.units
        shared = self._part * flow.spread
        huts = HutPrices(
            flow.spread * prices.huts.at_node_usd, flow.spread * prices.huts.inside_usd
        )
        for line in link.lines:
            pairs = units * (line.pairs - (1 - self._part) * self._fewest)
            both = shared * prices.supply_usd + pairs * self._each_usd
            usd = both.min(axis=0) + shared * prices.tolls_usd
            usd[link.is_beyond(line)] = math.inf
            fixed = units * line.fixed_usd
            scaled = dataclasses.replace(line, hut_usd=units * line.hut_usd)
            found = link.ways(scaled, usd, huts, most_usd - fixed)
            most_usd = min(most_usd, found.least_usd + fixed)
        return most_usd
