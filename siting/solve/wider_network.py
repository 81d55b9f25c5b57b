"""The network of a siting with routes found over the whole map beside its candidates."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Mapping

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve.all_routes import AllRoutes, RouteGeneration
from siting.solve.allowances import CLOSING_SHARE, Goals
from siting.solve.costing import ledger
from siting.solve.network_parts import only, unsatisfied
from siting.solve.network_phase import (
    NetworkOutcome,
    Pace,
    bound_other_periods,
    is_bounded_by_links,
    solve_network,
)
from siting.solve.network_whole import NOT_FOUND, Alone, better
from siting.solve.presolve import presolve
from siting.solve.residual_caps import network_part
from siting.solve.siting_choice import SitingChoice, fixed_requirements
from siting.solve.turns import elsewhere

FIRST_SHARE, FEW_SHARE = 0.02, 0.05
"""Shares of the time limit, at most: for routes of the fullest period; for a network on the few
best of them."""
ROUTES_SHARES, WIDE_SHARES = (0.3, 0.25, 0.25), (0.25, 0.25)
"""The same for routes of all periods, which bound it, each time; on the map of a continent."""
MOST_ROUTES_S = 24.0
"""No more time for these at once elsewhere, s: what it brings comes soon."""
WIDE_END_S = 75.0
"""On the map of a continent steps end so long before the time limit, s: what follows takes as long.
"""
LEAST_NETWORK_S = 10.0
LEAST_ROUTES_S = 1.0
LEAST_USD = 1.0
"""What routes found must save to be taken."""
LEAST_SAVING = 5e-4
"""The same once the network is bounded, as a part of its cost."""
FEW = 2
"""Paths of a link, the best ones found, that a first network may take beside those lit."""
PROPOSALS = 8
"""Most paths of a link that are looked at."""


class WiderNetwork:
    """The network of one siting: improved first, then bounded."""

    def __init__(
        self,
        instance: Instance,
        siting: SitingChoice,
        goals: Goals,
        known: NetworkOutcome,
        implied_usd: float = 0.0,
    ) -> None:
        """Prepare; nothing is looked for yet.

        Args:
            instance: the presolved instance, with its route graph.
            siting: sites, timing, roles and modes.
            goals: gap and time.
            known: a network of candidate routes; its bounds are over these alone.
            implied_usd: another bound over these alone.
        """
        self._siting, self._goals = siting, goals
        self.requirements: Requirements = fixed_requirements(instance, siting)
        self.instance = instance
        """With the routes found that the best network lights."""
        self.best = known
        """The best network, with a bound over the routes of ``instance``."""
        self._start, self._implied_usd = known, implied_usd
        self._generation = RouteGeneration(instance, self.requirements, goals.threads)
        self._shared = threading.Condition()
        self._claimed: set[tuple[str, int]] = set()
        self._at_work = 0
        """Threads that bound other periods."""
        self._others: dict[int, Alone] = {}

    def find(self) -> None:
        """Look for routes over the map, and improve the network with the best of them."""
        with elsewhere():
            self._generation.begin(self._goals.share_s(FIRST_SHARE, LEAST_ROUTES_S))
        self._improve(FEW)

    def _again(self) -> None:
        """Improve the network with every route found by now.

        Unless it is good enough over all routes, or time is short.
        """
        before = self.instance, self.best, self._start, self._implied_usd
        before_usd = self.best.cost_usd
        if self._has_done():
            return
        self._improve(FEW)
        self._improve(PROPOSALS)
        if self.best.cost_usd > (1 - LEAST_SAVING) * before_usd:
            # Next to nothing: the bound of more routes would be lower by more than that.
            self.instance, self.best, self._start, self._implied_usd = before
        else:
            found = self._solved(self.instance, self.best, CLOSING_SHARE, with_bound=True)
            usd = _finite(found.bound_usd)
            self.best = dataclasses.replace(better(self.best, found), bound_usd=usd)

    def _has_done(self) -> bool:
        """Return whether the network is good enough over all routes, or time is short."""
        every_usd = self._generation.found().bound_usd
        is_good = self.best.within(self._goals.network_relative_gap, every_usd)
        least_s = min(LEAST_NETWORK_S, self._goals.time_limit_s / 2)
        return is_good or self._goals.left_s() < least_s

    def _improve(self, most: int) -> None:
        """Improve the network with the best routes of each link found, at most so many."""
        found = self._generation.found()
        wider = _extended(self.instance, found)
        if len(wider.fiber_routes) == len(self.instance.fiber_routes):
            return
        start = NetworkOutcome(self.best.choice, self.best.cost_usd, 0.0)
        few = _proposed(wider, found, most)
        best = self._on(wider, few, NOT_FOUND, FEW_SHARE / 2)
        if best.cost_usd > start.cost_usd - LEAST_USD:
            # The few alone need not carry everything, or be found out in time.
            best = better(start, self._on(wider, few | start.lit, start, FEW_SHARE))
        if is_bounded_by_links(network_part(wider, self._siting), self.requirements):
            best = better(best, self._on(wider, set(wider.fiber_routes), best, FEW_SHARE))
        new = best.lit - set(self.instance.fiber_routes)
        if new and best.cost_usd < start.cost_usd - LEAST_USD:
            # What was known of the candidates without them bounds nothing any more.
            self.instance = only(wider, set(self.instance.fiber_routes) | new)
            self._implied_usd = 0.0
            self.best = self._start = NetworkOutcome(best.choice, best.cost_usd, 0.0)

    def _on(
        self, wider: Instance, routes: set[str], known: NetworkOutcome, share: float
    ) -> NetworkOutcome:
        """Return a network on some routes, and those that alone can satisfy what is pinned."""
        kept = only(wider, routes | unsatisfied(wider, routes))
        gap = min(self._goals.network_relative_gap, LEAST_SAVING)
        return self._solved(kept, known, share, with_bound=False, relative_gap=gap)

    @property
    def is_open(self) -> bool:
        """Whether the network is not known to be good enough."""
        usd = max(self._implied_usd, self.best.bound_usd)
        return not self.best.within(self._goals.network_relative_gap, usd)

    def bound(self) -> None:
        """Bound the network over the candidates and the routes it lights; improve it on the way."""
        gap = self._goals.network_relative_gap
        usd = max(self._implied_usd, self.best.bound_usd)
        part = network_part(self.instance, self._siting)
        if self.is_open and not is_bounded_by_links(part, self.requirements):
            first = self._solved(self.instance, self.best, CLOSING_SHARE, with_bound=False)
            self.bound_others()
            alone = {**self._others, **first.alone}
            weights = [period.weight for period in self.instance.periods]
            apart = sum(weights[t] * x.bound_usd for t, x in alone.items())
            usd = max(usd, _finite(first.bound_usd), apart)
            self.best = dataclasses.replace(better(self.best, first), bound_usd=usd, alone=alone)
        if not self.best.within(gap, usd):
            found = self._solved(self.instance, self.best, CLOSING_SHARE, with_bound=True)
            usd = max(usd, _finite(found.bound_usd))
            self.best = better(self.best, found)
        self.best = dataclasses.replace(self.best, bound_usd=min(usd, self.best.cost_usd))

    def bound_others(self) -> None:
        """Bound the periods that the first network is not made of.

        So one thread bounds them while another solves the fullest; who is done first helps.
        """
        with self._shared:
            self._at_work += 1
        found: Mapping[int, Alone] = {}
        try:
            found = bound_other_periods(
                network_part(self.instance, self._siting),
                self.requirements,
                self._start,
                self._claim,
                relative_gap=self._goals.network_relative_gap,
                time_limit_s=self._goals.share_s(CLOSING_SHARE / 2, LEAST_NETWORK_S),
                seed=self._goals.seed,
            )
        finally:
            with self._shared:
                self._at_work -= 1
                for t, alone in found.items():
                    known = self._others.get(t, alone)
                    self._others[t] = max(known, alone, key=lambda x: x.bound_usd)
                self._shared.notify_all()
        with elsewhere(), self._shared:
            self._shared.wait_for(lambda: self._at_work == 0)

    def _claim(self, problem: tuple[str, int]) -> bool:
        with self._shared:
            is_free = problem not in self._claimed
            self._claimed.add(problem)
        return is_free

    def share_processors(self, *, is_shared: bool) -> None:
        """Leave a processor to what another thread does meanwhile, or take all again."""
        self._generation.take_threads(1 if is_shared else self._goals.threads)

    def give_up(self) -> None:
        """End searches over the map soon: nobody wants them any more."""
        self._generation.give_up()

    def bound_over_all_routes(self) -> float:
        """Return a bound over every route of the map, USD; improve the network on the way."""
        is_wide = self._generation.is_wide
        for turn, share in enumerate(WIDE_SHARES if is_wide else ROUTES_SHARES):
            if turn and self._has_done():
                break
            enough_usd = (1 - self._goals.network_relative_gap) * self.best.cost_usd
            most_s = self._goals.left_s() - WIDE_END_S if is_wide else MOST_ROUTES_S
            seconds = min(self._goals.share_s(share, LEAST_ROUTES_S), most_s)
            with elsewhere():
                self._generation.go_on(max(seconds, LEAST_ROUTES_S), enough_usd)
            self._again()
        return self._generation.found().bound_usd

    def objective_usd(self) -> float:
        """Return the cost of all with the best network found; infinite when there is none."""
        if self.best.choice is None:
            return math.inf
        return sum(ledger(self.instance, self._siting, self.best.choice).costs_usd.values())

    def _solved(
        self,
        instance: Instance,
        known: NetworkOutcome,
        share: float,
        *,
        with_bound: bool,
        relative_gap: float | None = None,
    ) -> NetworkOutcome:
        gap = self._goals.network_relative_gap if relative_gap is None else relative_gap
        return solve_network(
            network_part(instance, self._siting),
            self.requirements,
            relative_gap=gap,
            time_limit_s=self._goals.share_s(share, LEAST_NETWORK_S),
            seed=self._goals.seed,
            with_bound=with_bound,
            pace=Pace.USUAL if with_bound else Pace.APART,
            known=None if known.choice is None else known,
        )


def _finite(usd: float) -> float:
    """Return a bound, or zero of an outcome that has none."""
    return usd if math.isfinite(usd) else 0.0


def _extended(instance: Instance, found: AllRoutes) -> Instance:
    source = instance.more_routes
    if source is None:
        return instance
    best = {link: some[:PROPOSALS] for link, some in found.proposals.items()}
    return presolve(source.extended(instance, best))


def _proposed(instance: Instance, found: AllRoutes, most: int) -> set[str]:
    """Return the routes of the best proposals of each link."""
    best = {(link, x) for link, some in found.proposals.items() for x in some[:most]}
    return {
        r
        for r, route in instance.fiber_routes.items()
        if (route.link, Proposal.of(route.corridors, route.supply)) in best
    }
