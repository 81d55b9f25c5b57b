"""A link at the demands at which its least cost may rise, and the line below its cost.

A price is a line ``fixed_usd + usd_per_gbps d`` below the cost of a link alone, which pays shares
of what links share, for any demand d that the configuration knows, on any routes of the
map. Demands are looked at where one pair more of some kind is needed; between two of them the cost
does not fall, and channels cost what they carry.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass

import numpy as np

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.solve.all_routes.frames import MOST_PROTECTED, Frame, carried_by
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.needs import LegalKind, Need, legal_kinds, longest_km, menu_at
from siting.solve.all_routes.neighborhoods import Place
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.link_bounds import CapacityShare

Link = tuple[str, str]
MOST_STEPS, FEW_STEPS = 5, 3
"""Demands of a link that are looked at, at most; in wide surroundings few."""
WIDE_EDGES = 1500
"""Above so many corridors around a link surroundings are wide: one price of channels is tried."""
JUST_ABOVE = 1e-6
SHARERS = 4
"""Links that share a corridor when the price of channels is chosen: any price is valid."""


@dataclass(frozen=True, slots=True)
class Step:
    """A demand of a link, and what routes must carry from it on."""

    gbps: float
    problem: LinkProblem


@dataclass(frozen=True, slots=True)
class PricedLink:
    """A link with the demands that it is looked at for, the least first."""

    link: Link
    place: Place
    steps: list[Step]
    most_gbps: float
    channel_usd_per_gbps: float
    """What all channels of the link cost at least for each Gb/s of its demand."""

    def at(self, gbps: float) -> Step:
        """Return the last step that starts at no more than a demand."""
        return max(
            (s for s in self.steps if s.gbps <= gbps), key=lambda s: s.gbps, default=self.steps[0]
        )

    def price(self, routes_usd: list[float], gbps: float) -> CapacityShare:
        """Return the best line at a demand below what the link costs at any.

        Args:
            routes_usd: bound without channels at each step; it holds for any larger demand.
            gbps: the demand at which the line should be high.
        """
        # Between two steps the least, over the channels, is at the end: the demand rises for free.
        first, *corners = self._corners(routes_usd)
        corners = [first, *corners[::2]]
        slope = _slope_under(corners, gbps)
        fixed = min(usd - slope * at for at, usd in corners)
        return CapacityShare(fixed, slope + self.channel_usd_per_gbps)

    def fixed_usd(self, routes_usd: list[float], usd_per_gbps: float) -> float:
        """Return the most that a line of a given slope may begin at, to be below all costs.

        Args:
            routes_usd: bound without channels at each step; it holds for any larger demand.
            usd_per_gbps: the slope.
        """
        slope = usd_per_gbps - self.channel_usd_per_gbps
        return min(usd - slope * at for at, usd in self._corners(routes_usd))

    def _corners(self, routes_usd: list[float]) -> list[tuple[float, float]]:
        """Return demand and cost without channels at both ends of every step."""
        known = itertools.accumulate(routes_usd, max)
        starts = [step.gbps for step in self.steps]
        ends = [*starts[1:], self.most_gbps]
        return [
            (at, usd)
            for start, end, usd in zip(starts, ends, known, strict=True)
            for at in (start, end)
        ]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the steps of a link have in common."""

    first: Need
    asked: Requirement
    kinds: list[LegalKind]
    frame: Frame
    most_gbps: float

    def steps(
        self, costs: StaticCosts, starts: list[float], y: float, pair_usd: float | None
    ) -> list[Step] | None:
        """Return the steps with channels at ``y`` for each Gb/s; None where that has no menu.

        Pairs are worth what they cost where their fiber costs ``pair_usd``.
        """
        steps = []
        for gbps in starts:
            need = need_at(self.first.link, self.asked, gbps, costs)
            carried = carried_by(need, self.frame.place.corridors)
            # Routes of any larger demand are counted at what this one needs.
            carried = dataclasses.replace(carried, most_gbps=self.most_gbps)
            menu = menu_at(self.kinds, need.kept_gbps or need.gbps, carried, y, pair_usd)
            if menu is None:
                return None
            steps.append(Step(gbps, self.frame.problem(menu, need)))
        return steps


Made = dict[tuple[Link, float, float, float, float, float], PricedLink | None]
"""Links made so far, by what :func:`priced_link` is given."""


def priced_link(
    part: Instance,
    costs: StaticCosts,
    link: Link,
    asked: Requirement,
    most_gbps: float,
    pairs: float,
) -> PricedLink | None:
    """Return a link with its steps; None where it is not bounded.

    Args:
        part: the instance of a configuration.
        costs: every corridor with its least cost in any period.
        link: the campuses.
        asked: the least that is asked of the link.
        most_gbps: its largest demand.
        pairs: about how many pairs links light.
    """
    graph = costs.graph
    first = need_at(link, asked, float(asked.gbps), costs)
    place = costs.place(first) if first.gbps > 0 else None
    if place is None or (first.kept_gbps > 0 and place.corridors < MOST_PROTECTED):
        return None
    last, limit_ms = len(part.periods) - 1, asked.rtt_limit_ms
    kinds = legal_kinds(part, graph, place.shortest_km, limit_ms, last)
    if not kinds:
        return None
    frame = costs.frame(part, link, place, first.longest_km, pairs)
    most_gbps = max(most_gbps, first.gbps)
    around = _Around(first, asked, kinds, frame, most_gbps)
    share = (first.kept_gbps or first.gbps) / first.gbps
    sizes = [x.pair_gbps / share for x in kinds]
    is_wide = len(place.edges) > WIDE_EDGES
    most_steps = FEW_STEPS if is_wide else MOST_STEPS
    starts = _starts(sizes, first.gbps, most_gbps, most_steps)
    rates = sorted({x.kind.channel_usd_per_year / x.kind.rate_gbps for x in kinds})
    each = carried_by(first, place.corridors)
    supply = costs.shared_usd(pairs)[costs.items.supplies(place.edges)] / SHARERS
    # A pair of any kind that carries all is worth all of it.
    worth = (None,) if starts[-1] <= min(sizes) else (None, *frame.supplied_usd)
    tries = list(itertools.product(rates[:1] if is_wide else rates, worth))
    best, highest = None, -math.inf
    for y, pair_usd in tries:
        steps = around.steps(costs, starts, y, pair_usd)
        if steps is not None:
            problem = steps[len(steps) // 2].problem
            usd = 0.0 if len(tries) == 1 else problem.channels_usd + problem.ways_usd(supply)
            if usd > highest:
                slope = y * each.copies * each.gbps / first.gbps
                best, highest = PricedLink(link, place, steps, most_gbps, slope), usd
    return best


def need_at(link: Link, asked: Requirement, gbps: float, costs: StaticCosts) -> Need:
    """Return the need of a link at a demand."""
    km = longest_km(costs.graph, asked.rtt_limit_ms)
    return Need(link, km, gbps, asked.survival_fraction * gbps)


def _starts(sizes: list[float], least: float, most: float, steps: int) -> list[float]:
    """Return the least demand, and demands from which on a pair more is needed of some size."""
    above = {
        size * (count + JUST_ABOVE)
        for size in sizes
        for count in range(math.ceil(least / size), math.floor(most / size) + 1)
        if count
    }
    found = sorted(gbps for gbps in above if least < gbps < most)
    if len(found) >= steps:
        chosen = np.linspace(0, len(found) - 1, steps - 1).round().astype(int)
        found = [found[i] for i in sorted(set(chosen.tolist()))]
    return [least, *found]


def _slope_under(corners: list[tuple[float, float]], gbps: float) -> float:
    """Return the slope of the lower convex hull of points at a demand."""
    hull: list[tuple[float, float]] = []
    for x, y in corners:
        while len(hull) > 1:
            (a, at_a), (b, at_b) = hull[-2:]
            if (at_b - at_a) * (x - a) < (y - at_a) * (b - a):
                break
            hull.pop()
        if hull and hull[-1][0] >= x:
            hull[-1] = (x, min(y, hull[-1][1]))
        else:
            hull.append((x, y))
    for (a, at_a), (b, at_b) in itertools.pairwise(hull):
        if a <= gbps <= b:
            return (at_b - at_a) / (b - a)
    return 0.0
