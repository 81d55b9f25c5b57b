"""A link at the demands at which its least cost may rise, and the steps below its cost.

A price is below the cost of a link alone, which pays shares of what links share, for any demand d
that the configuration knows, on any routes of the map. Demands are looked at where one pair more of
some kind is needed; between two of them the cost does not fall, and channels cost what they carry:
``fixed_usd + usd_per_gbps d``, and more above each of these demands.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.solve.all_routes.frames import MOST_PROTECTED, Frame, carried_by
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.needs import LegalKind, Need, legal_kinds, longest_km, menu_at
from siting.solve.all_routes.neighborhoods import Place
from siting.solve.all_routes.sides import sides_of
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


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A demand of a link, and what routes must carry from it on."""

    gbps: float
    problems: tuple[LinkProblem, ...]
    """The link, or its sides (:mod:`~siting.solve.all_routes.sides`): what they cost adds up."""


@dataclass(frozen=True, slots=True)
class PricedLink:
    """A link with the demands that it is looked at for, the least first."""

    link: Link
    place: Place
    sides: tuple[Place, ...]
    """Where each problem of a step has its routes."""
    steps: list[Step]
    most_gbps: float
    channel_usd_per_gbps: float
    """What all channels of the link cost at least for each Gb/s of its demand."""

    def at(self, gbps: float) -> Step:
        """Return the last step that starts at no more than a demand."""
        return max(
            (s for s in self.steps if s.gbps <= gbps), key=lambda s: s.gbps, default=self.steps[0]
        )

    def price(self, routes_usd: list[float]) -> CapacityShare:
        """Return what the link costs at least, by its demand.

        Args:
            routes_usd: bound without channels at each step; it holds for any larger demand.
        """
        known = list(itertools.accumulate(routes_usd, max))
        rises = {
            step.gbps: after - before
            for step, (before, after) in zip(self.steps[1:], itertools.pairwise(known), strict=True)
            if after > before
        }
        return CapacityShare(known[0], self.channel_usd_per_gbps, steps_usd=rises)

    def fixed_usd(self, routes_usd: list[float], price: CapacityShare) -> float:
        """Return the most that the fixed part of a price may be, to be below all costs.

        Args:
            routes_usd: bound without channels at each step; it holds for any larger demand.
            price: its slope and steps count.
        """
        more_usd = self.channel_usd_per_gbps - price.usd_per_gbps
        known = list(itertools.accumulate(routes_usd, max))
        starts = [step.gbps for step in self.steps]
        rises = {gbps for gbps in price.steps_usd if starts[0] < gbps < self.most_gbps}
        ends = sorted({*starts, *rises, max(self.most_gbps, starts[-1])})
        least = math.inf
        for begin, end in itertools.pairwise([*ends, ends[-1]]):
            usd = known[bisect.bisect_right(starts, begin) - 1]
            paid = sum(rise for gbps, rise in price.steps_usd.items() if gbps <= begin)
            least = min(least, usd - paid + more_usd * (begin if more_usd > 0 else end))
        return least


@dataclass(frozen=True, slots=True)
class _Side:
    """What the steps of a link, or of one of its sides, have in common."""

    link: Link
    asked: Requirement
    kinds: Sequence[LegalKind]
    frame: Frame
    most_gbps: float
    is_alone: bool
    """One of several sides: nothing protects it, and it carries what must be left."""

    def need_at(self, gbps: float, costs: StaticCosts) -> Need:
        """Return what it must carry at a demand of the link."""
        need = need_at(self.link, self.asked, gbps, costs)
        return need.of_side() if self.is_alone else need

    def best(self, costs: StaticCosts, starts: Sequence[float], pairs: float) -> _Priced | None:
        """Return its problem at each demand, with channels and pairs at prices that bound it best.

        None where it is not bounded.

        Args:
            costs: every corridor with its least cost in any period.
            starts: the demands.
            pairs: about how many pairs links light.
        """
        place, first = self.frame.place, self.need_at(starts[0], costs)
        is_wide = len(place.edges) > WIDE_EDGES
        rates = sorted({x.kind.channel_usd_per_year / x.kind.rate_gbps for x in self.kinds})
        share = (first.kept_gbps or first.gbps) / starts[0]
        # A pair of any kind that carries all is worth all of it.
        is_small = starts[-1] * share <= min(x.pair_gbps for x in self.kinds)
        worth = (None,) if is_small else (None, *self.frame.supplied_usd)
        tries = list(itertools.product(rates[:1] if is_wide else rates, worth))
        supply = costs.shared_usd(pairs)[costs.items.supplies(place.edges)] / SHARERS
        each = carried_by(first, place.corridors)
        best, highest = None, -math.inf
        for y, pair_usd in tries:
            problems = self._problems(costs, starts, y, pair_usd)
            if problems is not None:
                middle = problems[len(problems) // 2]
                usd = 0.0 if len(tries) == 1 else middle.channels_usd + middle.ways_usd(supply)
                if usd > highest:
                    slope = y * each.copies * each.gbps / starts[0]
                    best, highest = _Priced(problems, slope), usd
        return best

    def _problems(
        self, costs: StaticCosts, starts: Sequence[float], y: float, pair_usd: float | None
    ) -> list[LinkProblem] | None:
        """Return its problems with channels at ``y`` for each Gb/s; None where that has no menu.

        Pairs are worth what they cost where their fiber costs ``pair_usd``.
        """
        problems = []
        for gbps in starts:
            need = self.need_at(gbps, costs)
            carried = carried_by(need, self.frame.place.corridors)
            # Routes of any larger demand are counted at what this one needs.
            carried = dataclasses.replace(carried, most_gbps=self.most_gbps)
            kinds = list(self.kinds)
            menu = menu_at(kinds, need.kept_gbps or need.gbps, carried, y, pair_usd)
            if menu is None:
                return None
            problems.append(self.frame.problem(menu, need))
        return problems


@dataclass(frozen=True, slots=True)
class _Priced:
    """The problems of a side by demand, and what its channels cost for each Gb/s of the link."""

    problems: list[LinkProblem]
    channel_usd_per_gbps: float


Made = dict[tuple[Link, float, float, float, float, float], PricedLink | None]
"""Links made so far, by what :func:`priced_link` is given."""


def priced_link(
    part: Instance,
    costs: StaticCosts,
    link: Link,
    asked: Requirement,
    most_gbps: float,
    pairs: float,
    starts: Sequence[float] | None = None,
) -> PricedLink | None:
    """Return a link with its steps; None where it is not bounded.

    Args:
        part: the instance of a configuration.
        costs: every corridor with its least cost in any period.
        link: the campuses.
        asked: the least that is asked of the link.
        most_gbps: its largest demand.
        pairs: about how many pairs links light.
        starts: the demands; those where a pair more is needed when None.
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
    most_gbps = max(most_gbps, first.gbps)
    share = (first.kept_gbps or first.gbps) / first.gbps
    sizes = [x.pair_gbps / share for x in kinds]
    most_steps = FEW_STEPS if len(place.edges) > WIDE_EDGES else MOST_STEPS
    starts = starts or _starts(sizes, first.gbps, most_gbps, most_steps)
    found = []
    if first.kept_gbps > 0:
        found = sides_of(part, graph, costs.fields, first, place, kinds, limit_ms, last)
    if found:
        of_side = [costs.frame_of_side(part, side, pairs) for side in found]
        sides = [
            _Side(link, asked, side.kinds, frame, most_gbps, is_alone=True)
            for side, frame in zip(found, of_side, strict=True)
        ]
    else:
        frame = costs.frame(part, link, place, first.longest_km, pairs)
        sides = [_Side(link, asked, kinds, frame, most_gbps, is_alone=False)]
    best = [priced for side in sides if (priced := side.best(costs, starts, pairs)) is not None]
    if len(best) < len(sides):
        return None
    problems = zip(*(priced.problems for priced in best), strict=True)
    return PricedLink(
        link,
        place,
        tuple(side.frame.place for side in sides),
        [Step(gbps, some) for gbps, some in zip(starts, problems, strict=True)],
        most_gbps,
        sum(priced.channel_usd_per_gbps for priced in best),
    )


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
