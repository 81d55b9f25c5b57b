"""A network problem taken apart by period: bounds of each, and networks over time from them."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.bound_by_links import LinksBound
from siting.solve.equipment import equipped
from siting.solve.network_choice import NetworkChoice
from siting.solve.network_parts import (
    as_used,
    lit_in,
    only,
    period_alone,
    still_there,
    unsatisfied,
)
from siting.solve.network_search import Found, RouteSearch
from siting.solve.network_whole import (
    IMPOSSIBLE,
    NOT_FOUND,
    Alone,
    NetworkOutcome,
    better,
    renumbered_outcome,
    solve_exact,
    solve_routes_first,
    solve_whole,
)
from siting.solve.period_problem import PeriodProblem
from siting.solve.promising_routes import promising_routes

LARGE_USES = 6000
"""Most (route, hut) pairs of a period that is solved in one piece for a first network."""
HUGE_CHOICES = 60_000
"""Most (route, hut, option) triples of a period whose relaxation comes in some 15 s."""
WELL_WITHIN = 1 / 3
"""Part of the gap asked for that the bound by links goes on to: its steps take seconds."""
ANEW_CHOICES = 20_000
"""Most of them of the routes searched for whose huts are chosen anew, in some seconds."""
NEARLY = 1.01
"""That is tried for routes that seem at most so many times as dear as the best network: in the huts
of the search; other huts are often half a percent cheaper."""
QUICK_GAP = 0.02
"""Gap at which the fullest period on promising routes is good enough."""
SEARCH_SHARE, SEARCH_STEPS = 0.3, 150
"""Share of the time for the search for routes that share, and its steps for a first network."""
HUT_PRICES_USD_PER_KW = (0.0, 1e4, 4e4, 1e5)
"""What power in huts is taken to cost a year where options are chosen for a start: a small hut
comes to some 1e4, a large one that is half empty to more."""
MORE_STEPS = 4
"""So many times the steps where a network is known already."""
LINK_STEPS = 600
"""Most steps of the bound by links."""
WHOLE_SHARE = 0.3
"""Share of the time for the bound by links in whole numbers."""
MANY_CHOICES = 30_000
"""(Route, hut, option) triples of which HiGHS finds no network by itself."""
LEAST_BOUND_S = 3.0
"""Time for the relaxation of a period at least, s."""

Claim = Callable[[tuple[str, int]], bool]
"""Whether nobody else solves the relaxed or the whole problem of a period; then it is claimed."""


def uses(part: Instance) -> int:
    """Return the (route, hut) pairs of a problem."""
    return sum(len(route.huts) for route in part.fiber_routes.values())


def choices(part: Instance) -> int:
    """Return the (route, hut, option) triples of a problem."""
    return sum(len(route.huts) * len(route.designs) for route in part.fiber_routes.values())


def is_large(part: Instance) -> bool:
    """Return whether a period is so large that its routes are better chosen before its huts."""
    return uses(part) > LARGE_USES


class Stages:
    """The periods of a problem apart, with their bounds and the routes they light."""

    def __init__(
        self, part: Instance, requirements: Requirements, relative_gap: float, seed: int
    ) -> None:
        """Prepare; nothing is solved yet.

        Args:
            part: the instance with the routes of the required links.
            requirements: what each link must carry in each period.
            relative_gap: gap to reach, for each period and for all.
            seed: random seed of the solver.
        """
        self.part, self.requirements = part, requirements
        self.gap, self.seed = relative_gap, seed
        self.is_large = is_large(part)
        self.periods = sorted({t for _, t in requirements})
        self.alone: dict[int, Requirements] = {
            t: {(link, 0): items for (link, s), items in requirements.items() if s == t}
            for t in self.periods
        }
        last = len(part.periods) - 1
        every = {link for link, _ in requirements}
        self.pinned = last if {link for link, _ in self.alone.get(last, {})} == every else None
        """The period whose problem alone holds what is pinned in the network, if any."""
        self.bounds: dict[int, float] = {}
        """Yearly cost of each period alone, USD."""
        self.by_links_usd = 0.0
        """Bound of the network over time by its links, USD present value."""
        self.lit: dict[int, NetworkChoice | None] = {}
        """Network of each period solved alone."""
        self.best = NOT_FOUND

    def resume(self, known: NetworkOutcome) -> None:
        """Go on from an earlier outcome; designs are numbered as here."""
        self.best = known
        self.bounds = {t: x.bound_usd for t, x in known.alone.items()}
        self.lit = {t: x.choice for t, x in known.alone.items()}

    def offer(self, found: NetworkOutcome) -> None:
        """Take a network if it is better than the best one."""
        self.best = better(self.best, found)

    @property
    def closed(self) -> bool:
        """Whether the bound is within the gap of the best network."""
        return self.best.within(self.gap, self.bound_usd())

    def outcome(self) -> NetworkOutcome:
        """Return the best network with what is known of the periods."""
        alone = {t: Alone(choice, self.bounds[t]) for t, choice in self.lit.items()}
        bound = min(self.bound_usd(), self.best.cost_usd)
        return dataclasses.replace(self.best, bound_usd=bound, alone=alone)

    def bound_usd(self) -> float:
        """Return the bound that the periods bounded so far give, or the links if that is more."""
        return max(sum(self._weighted_usd(t) for t in self.periods), self.by_links_usd)

    @property
    def is_huge(self) -> bool:
        """Whether a period alone is too large for HiGHS once there are a network and a bound."""
        return choices(self.part) > HUGE_CHOICES

    @property
    def begins_with_search(self) -> bool:
        """Return whether a first network takes too long without routes and options of a search."""
        return self.best.choice is None and choices(self.part) > MANY_CHOICES

    def promising(self, stop: float) -> NetworkOutcome:
        """Solve the fullest period on a few routes of each link, then over time in its huts."""
        few = only(self.part, promising_routes(self.part, self.requirements))
        t = max(self.periods, key=lambda t: (len(self.alone[t]), t))
        alone = self._slice(few, t)
        found = solve_routes_first(alone, self.alone[t], QUICK_GAP, stop, self.seed)
        return self._in_huts([] if found.choice is None else [found.choice], stop)

    def searched(self, stop: float, *, in_other_huts: bool) -> NetworkOutcome:
        """Search for routes that share, then solve over time on these, in the huts found.

        Args:
            stop: end of it, by the monotonic clock.
            in_other_huts: of a large problem, then also in huts chosen anew.
        """
        search = RouteSearch(self.part, self.requirements, seed=self.seed)
        if self.part.pins.given or not search.is_possible:
            return NOT_FOUND
        now = time.monotonic()
        steps = SEARCH_STEPS * (1 if self.best.choice is None else MORE_STEPS)
        chosen = search.run(now + SEARCH_SHARE * (stop - now), steps)
        known = NOT_FOUND
        if chosen.usd < self.best.cost_usd:
            known = self._as_searched(search, chosen, stop)
        is_tried = in_other_huts and self.is_large
        if is_tried and chosen.usd < NEARLY * self.best.cost_usd:
            known = better(known, self._in_other_huts(set(chosen.huts), known, stop))
        return known

    def _as_searched(self, search: RouteSearch, chosen: Found, stop: float) -> NetworkOutcome:
        narrow = search.narrowed(chosen)
        options = {r: kind.option for r, kind in chosen.kinds.items()}
        tries = [(0.0, options), *((usd, None) for usd in HUT_PRICES_USD_PER_KW)]
        starts: list[NetworkChoice] = []
        for usd, given in tries:
            known = equipped(narrow, self.requirements, chosen.ways, usd, given)
            if known is not None and known not in starts:
                starts.append(known)
        if not starts:
            return self._over_time_on(narrow, stop)
        left_s = stop - time.monotonic()
        found = solve_exact(narrow, self.requirements, self.gap / 4, left_s, self.seed, starts)
        return found if found.choice is None else renumbered_outcome(found, narrow, self.part)

    def _in_other_huts(
        self, routes: set[str], known: NetworkOutcome, stop: float
    ) -> NetworkOutcome:
        """Solve over time on some routes, in the huts that their fullest period uses alone."""
        part = only(self.part, routes)
        if choices(part) > ANEW_CHOICES:
            return NOT_FOUND
        stages = Stages(part, self.requirements, self.gap / 4, self.seed)
        stages.offer(known)
        return stages.in_huts_used(stop) if stages.light_fullest(stop) else NOT_FOUND

    def in_huts_used(self, stop: float) -> NetworkOutcome:
        """Solve over time on the routes lit in periods alone, in the huts that they use there."""
        return self._in_huts([x for x in self.lit.values() if x is not None], stop)

    def _in_huts(self, choices: Sequence[NetworkChoice], stop: float) -> NetworkOutcome:
        if not choices:
            return NOT_FOUND
        return self._over_time_on(as_used(self.part, choices), stop)

    def _over_time_on(self, narrow: Instance, stop: float) -> NetworkOutcome:
        found = solve_whole(narrow, self.requirements, self.gap / 4, stop, self.seed)
        if found.choice is None:
            return NOT_FOUND
        return renumbered_outcome(found, narrow, self.part)

    def _slice(self, instance: Instance, t: int) -> Instance:
        return period_alone(instance, t, pinned=t == self.pinned)

    def light_fullest(self, stop: float) -> bool:
        """Solve periods alone, the fullest first, until each link is in one; False: impossible."""
        return all(self.lit.get(t) is not None or self._light(t, stop) for t in self.fullest())

    def fullest(self) -> list[int]:
        """Return periods with the most links, until each link is in one."""
        covered: set[tuple[str, str]] = set()
        found: list[int] = []
        for t in sorted(self.periods, key=lambda t: (-len(self.alone[t]), -t)):
            links = {link for link, _ in self.alone[t]}
            if not links <= covered:
                found.append(t)
            covered |= links
        return found

    def bound_others(self, stop: float, claim: Claim) -> dict[int, Alone]:
        """Return bounds of the periods that :meth:`light_fullest` leaves out.

        Those alike to one of these are left out too, and what another thread has claimed.
        """
        self.bounds |= dict.fromkeys(self.fullest(), 0.0)
        self.bound_rest(stop, claim)
        return {t: Alone(None, usd) for t, usd in self.bounds.items() if usd > 0}

    def _light(self, t: int, stop: float) -> bool:
        known = None if self.best.choice is None else lit_in(self.best.choice, t)
        alone = self._slice(self.part, t)
        outcome = solve_whole(alone, self.alone[t], self.gap, stop, self.seed, known)
        if outcome.is_infeasible:
            return False
        self.bounds[t] = max(self.bounds.get(t, 0.0), outcome.bound_usd)
        self.lit[t] = outcome.choice
        return True

    def over_time(self, stop: float) -> NetworkOutcome:
        """Solve over time on the routes lit; on more when they come too late or retire too soon.

        That the routes lit cannot serve all periods proves nothing: then infeasible only if some
        period alone is.
        """
        for t in (None, *(t for t in self.periods if t not in self.lit)):
            if t is not None and not self._light(t, stop):
                return IMPOSSIBLE
            lit = {r for choice in self.lit.values() if choice for r, _ in choice.pairs}
            known = self.best.choice
            lit |= set() if known is None else {r for r, _ in known.pairs}
            kept = only(self.part, lit | unsatisfied(self.part, lit))
            whole = solve_whole(kept, self.requirements, self.gap, stop, self.seed, known)
            if not whole.is_infeasible:
                return whole
        return NOT_FOUND

    def bound_by_links(self, stop: float) -> None:
        """Bound the network by its links, until that is well enough or gets no better."""
        now = time.monotonic()
        enough_usd = (1 - WELL_WITHIN * self.gap) * self.best.cost_usd
        problem = LinksBound(self.part, self.requirements, seed=self.seed)
        whole_s = WHOLE_SHARE * (stop - now)
        usd = problem.improve(stop - whole_s, LINK_STEPS, enough_usd)
        if usd < enough_usd:
            usd = problem.whole(max(stop - time.monotonic(), LEAST_BOUND_S))
        if math.isfinite(usd):
            self.by_links_usd = max(self.by_links_usd, usd)

    def bound_rest(self, stop: float, claim: Claim = lambda _: True) -> None:
        """Bound the periods not solved yet, each alone or by a later one that asks the same.

        First by continuous relaxations, unless a network is known that the integer problems can
        start from; then by these, those of most weight first, until the bound of all is enough.
        """
        # With what is pinned a later period may cost more than this one.
        pinned = self.pinned if self.part.pins.given else None
        known = [(self.alone[t], t) for t in self.bounds if t != pinned]
        same: dict[int, int] = {}
        left: dict[int, PeriodProblem] = {}
        for t in reversed([t for t in self.periods if t not in self.bounds]):
            alike = (s for items, s in known if items == self.alone[t] and s > t)
            later = next((s for s in alike if still_there(self.part, t, s)), None)
            if t != pinned:
                known.append((self.alone[t], t))
            if later is not None:
                same[t] = later
                self.bounds[t] = self.bounds[later]
                continue
            left[t] = PeriodProblem(self._slice(self.part, t), self.alone[t], self.seed)
            if (self.best.choice is None or self.is_large) and claim(("relaxed", t)):
                self._raise(t, left[t].relax(max(stop - time.monotonic(), LEAST_BOUND_S)), same)
        for done, t in enumerate(sorted(left, key=self._weighted_usd, reverse=True)):
            share_s = (stop - time.monotonic()) / (len(left) - done)
            if self.closed or share_s <= 0:
                break
            if not claim(("whole", t)):
                continue
            best = None if self.best.choice is None else lit_in(self.best.choice, t)
            self._raise(t, left[t].bound(share_s, self.gap, best), same)

    def _raise(self, t: int, bound_usd: float, same: Mapping[int, int]) -> None:
        """Take a bound of a period, also for those that are bounded by it."""
        self.bounds[t] = max(self.bounds.get(t, 0.0), bound_usd)
        for earlier, later in same.items():
            self.bounds[earlier] = self.bounds[later]

    def _weighted_usd(self, t: int) -> float:
        return self.part.periods[t].weight * self.bounds.get(t, 0.0)
