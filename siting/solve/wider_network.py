"""The network of a siting with routes found over the whole map beside its candidates."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve import wide_times
from siting.solve.all_routes import RouteGeneration
from siting.solve.allowances import CLOSING_SHARE, Goals
from siting.solve.costing import ledger
from siting.solve.found_routes import FurtherRoutes, proposed
from siting.solve.network_parts import only, unsatisfied
from siting.solve.network_phase import (
    NetworkOutcome,
    Pace,
    bound_at_once,
    bound_other_periods,
    is_bounded_by_links,
    solve_network,
)
from siting.solve.network_whole import NOT_FOUND, better
from siting.solve.other_periods import OtherPeriods
from siting.solve.residual_caps import network_part
from siting.solve.siting_choice import SitingChoice, fixed_requirements
from siting.solve.turns import beside, elsewhere, threads_here

FIRST_SHARE, FIRST_WIDE_SHARE, FEW_SHARE = 0.02, 0.04, 0.05
"""Shares of the time limit, at most: for first routes; the same on the map of a continent; for a
network on the few best of them."""
ROUTES_SHARES = (0.3, *(0.08,) * 8)
"""The same for routes of all periods, which bound it, each turn, on the map of a region."""
MOST_FIRST_S, MOST_AGAIN_S = 18.0, 8.0
"""No more time for the first turn elsewhere and for each further one, s: a network is designed
after each."""
LEAST_NETWORK_S = 10.0
LEAST_AT_ONCE_S, AT_ONCE_SHARE = 40.0, 0.8
"""No bound of all periods at once with less time, s; share of the time left that it takes."""
WELL_WITHIN = 0.995
"""Part of the gap asked for that it goes on to."""
LEAST_ROUTES_S = 1.0
LEAST_USD = 1.0
"""What routes found must save to be taken."""
LEAST_SAVING = 5e-4
"""The same once the network is bounded, as a part of its cost."""
FEW = 2
"""Paths of a link, the best ones found, that a first network may take beside those lit."""
PROPOSALS, SEARCHED = 8, 40
"""Most paths of a link that a network is designed on, and that are searched for those that share.
"""


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
        self._is_given_up = self._is_hard = False
        self._generation = RouteGeneration(instance, self.requirements, goals.threads, goals.seed)
        self._further = FurtherRoutes()
        self._others = OtherPeriods()
        self._bound_s = 0.0
        """How long it took to bound the network over the routes of ``instance``."""
        self.turned: Callable[[], None] = lambda: None
        """Called after each turn over every route, and once the network is improved after it."""

    def find(self) -> None:
        """Look for routes over the map, and improve the network with the best of them."""
        with elsewhere():
            share = FIRST_WIDE_SHARE if self._generation.is_wide else FIRST_SHARE
            self._generation.search(self._goals.share_s(share, LEAST_ROUTES_S))
        if not self._is_given_up:
            self._improve(FEW)

    def prepare(self) -> None:
        """Prepare the bound over every route of a continent, where the siting may well stay."""
        seconds = wide_times.prepared_s(self._goals)
        if seconds and not self._is_given_up:
            with elsewhere():
                self._generation.prepare(seconds)

    def _has_done(self) -> bool:
        """Return whether the network is good enough over all routes, or nobody wants it better.

        Or time is short: where periods apart bound it badly some is kept for all at once.
        """
        limit_s = self._goals.time_limit_s
        least_s = CLOSING_SHARE * limit_s if self._is_hard else min(LEAST_NETWORK_S, limit_s / 2)
        return self._is_good or self._is_given_up or self._goals.left_s() < least_s

    @property
    def _is_good(self) -> bool:
        """Whether the network is good enough over every route of the map."""
        return self.best.within(self._goals.network_relative_gap, self.every_usd)

    @property
    def every_usd(self) -> float:
        """Return the bound over every route of the map known by now, USD."""
        return self._generation.found().bound_usd

    def _improve(self, most: int) -> None:
        """Improve the network with the best routes of each link found, at most so many."""
        found = self._generation.found()
        given = PROPOSALS if self._is_bounded_by_links(self.instance) else most
        wider = self._further.routes(self.instance, found, max(most, given), f"best {most}")
        if wider is None:
            return
        start = self._unbounded()
        few = proposed(wider, found, most)
        # On a continent a model of these routes alone is made in seconds.
        share = FEW_SHARE if self._generation.is_wide else FEW_SHARE / 2
        best = self._on(wider, few, NOT_FOUND, share)
        if best.cost_usd > start.cost_usd - LEAST_USD:
            # The few alone need not carry everything, or be found out in time.
            best = better(start, self._on(wider, few | start.lit, start, FEW_SHARE))
        if self._is_bounded_by_links(wider):
            best = better(best, self._on(wider, set(wider.fiber_routes), best, FEW_SHARE))
        self._take(wider, best)

    def _search(self) -> None:
        """Search for routes that share among many of those found."""
        found = self._generation.found()
        wider = self._further.routes(self.instance, found, SEARCHED, "search")
        if wider is None:
            return
        start = self._unbounded()
        some = proposed(wider, found, SEARCHED) | start.lit
        self._take(wider, self._on(wider, some, start, FEW_SHARE, pace=Pace.SEARCH))

    def _unbounded(self) -> NetworkOutcome:
        """Return the best network without its bounds, which further routes may undercut."""
        return NetworkOutcome(self.best.choice, self.best.cost_usd, 0.0)

    def _take(self, wider: Instance, best: NetworkOutcome) -> None:
        """Take a network that is better and lights new routes."""
        new = best.lit - set(self.instance.fiber_routes)
        if new and best.cost_usd < self.best.cost_usd - LEAST_USD:
            # What was known of the candidates without them bounds nothing any more.
            self.instance = only(wider, set(self.instance.fiber_routes) | new)
            self._implied_usd = 0.0
            self.best = self._start = NetworkOutcome(best.choice, best.cost_usd, 0.0)

    def _on(
        self,
        wider: Instance,
        routes: set[str],
        known: NetworkOutcome,
        share: float,
        *,
        pace: Pace = Pace.APART,
    ) -> NetworkOutcome:
        """Return a network on some routes, and those that alone can satisfy what is pinned."""
        kept = only(wider, routes | unsatisfied(wider, routes))
        gap = min(self._goals.network_relative_gap, LEAST_SAVING)
        return self._solved(kept, known, share, with_bound=False, relative_gap=gap, pace=pace)

    @property
    def is_open(self) -> bool:
        """Whether the network is not known to be good enough."""
        usd = max(self._implied_usd, self.best.bound_usd)
        return not self.best.within(self._goals.network_relative_gap, usd)

    def _is_bounded_by_links(self, instance: Instance) -> bool:
        return is_bounded_by_links(network_part(instance, self._siting), self.requirements)

    def bound(self) -> None:
        """Bound the network over the candidates and the routes it lights; improve it on the way."""
        begun = time.monotonic()
        gap = self._goals.network_relative_gap
        usd = max(self._implied_usd, self.best.bound_usd)
        if self.is_open and not self._is_bounded_by_links(self.instance):
            first = self._solved(self.instance, self.best, CLOSING_SHARE, with_bound=False)
            self.bound_others()
            alone = {**self._others.known, **first.alone}
            weights = [period.weight for period in self.instance.periods]
            apart = sum(weights[t] * x.bound_usd for t, x in alone.items())
            usd = max(usd, first.known_usd, apart)
            self.best = dataclasses.replace(better(self.best, first), bound_usd=usd, alone=alone)
        if not self.best.within(gap, usd):
            found = self._solved(self.instance, self.best, CLOSING_SHARE, with_bound=True)
            usd = max(usd, found.known_usd)
            self.best = better(self.best, found)
        self.best = dataclasses.replace(self.best, bound_usd=min(usd, self.best.cost_usd))
        self._is_hard = self.is_open and not self._is_bounded_by_links(self.instance)
        self._bound_s = time.monotonic() - begun

    def bound_others(self) -> None:
        """Bound the periods that the first network is not made of.

        So one thread bounds them while another solves the fullest; who is done first helps.
        """
        self._others.bound(
            lambda claim: bound_other_periods(
                network_part(self.instance, self._siting),
                self.requirements,
                self._start,
                claim,
                relative_gap=self._goals.network_relative_gap,
                time_limit_s=self._goals.share_s(CLOSING_SHARE / 2, LEAST_NETWORK_S),
                seed=self._goals.seed,
            )
        )

    def share_processors(self, *, is_shared: bool) -> None:
        """Leave a processor to what another thread does meanwhile, or take all again."""
        self._generation.take_threads(1 if is_shared else self._goals.threads)

    def give_up(self) -> None:
        """End searches over the map soon: nobody wants them any more."""
        self._is_given_up = True
        self._generation.give_up()

    def bound_over_all_routes(self) -> float:
        """Return a bound over every route of the map, USD; improve the network on the way."""
        before = self.instance, self.best, self._start, self._implied_usd
        goals, is_wide = self._goals, self._generation.is_wide
        shares = wide_times.TURN_SHARES if is_wide else ROUTES_SHARES
        for turn, share in enumerate(shares):
            enough_usd = (1 - goals.network_relative_gap) * self.best.cost_usd
            most_s = MOST_AGAIN_S if turn else MOST_FIRST_S
            most_s = wide_times.turn_s(goals, self._bound_s) if is_wide else most_s
            seconds = min(goals.share_s(share, LEAST_ROUTES_S), most_s)
            if turn and is_wide and seconds < wide_times.LEAST_TURN_S:
                break
            with elsewhere():
                self._generation.go_on(max(seconds, LEAST_ROUTES_S), enough_usd)
            self.turned()
            for improve in self._improvements(is_last=turn == len(shares) - 1):
                if self._has_done():
                    break
                improve()
            if self._has_done():
                break
            self.turned()
        self._bound_anew(before)
        return self.every_usd

    def bound_at_once(self) -> float:
        """Bound the network over the routes of ``instance`` over all periods at once, if open.

        In the time left; return the bound over every route, which goes on meanwhile.
        """
        left_s = AT_ONCE_SHARE * self._goals.left_s()
        if self.is_open and not self._is_good and left_s >= LEAST_AT_ONCE_S:
            enough_usd = (1 - WELL_WITHIN * self._goals.network_relative_gap) * self.best.cost_usd
            goes_on = (self._goals.threads or threads_here()) > 1 and not self._generation.is_wide
            self.share_processors(is_shared=True)
            with beside(self._generation.go_on, left_s, enough_usd) if goes_on else nullcontext():
                usd = bound_at_once(
                    network_part(self.instance, self._siting),
                    self.requirements,
                    enough_usd,
                    time_limit_s=left_s,
                    seed=self._goals.seed,
                )
            self.best = dataclasses.replace(self.best, bound_usd=max(self.best.bound_usd, usd))
        return self.every_usd

    def _improvements(self, *, is_last: bool) -> list[Callable[[], None]]:
        """Return ways to improve the network after a turn.

        On the map of a region a design on many routes takes as long as the next turn, a search
        among them a fifth of that.
        """
        few, many = partial(self._improve, FEW), partial(self._improve, PROPOSALS)
        if self._generation.is_wide:
            needed_s = wide_times.improved_s(self._goals, self._bound_s)
            is_time = self._goals.left_s() >= needed_s
            return [self._search_again, few, many] if is_time else []
        return [few, self._search, many] if is_last or self._is_hard else [few, self._search]

    def _search_again(self) -> None:
        """Search for routes that share over the whole map once more."""
        with elsewhere():
            self._generation.search(wide_times.SEARCH_AGAIN_S)

    def _bound_anew(self, before: tuple[Instance, NetworkOutcome, NetworkOutcome, float]) -> None:
        """Bound the network over the routes that it was improved with, or take back the old one.

        That is instance, network, the same without its bounds, and a bound that was implied.
        """
        instance, network, _, _ = before
        if self.instance is instance or self._is_good or self._is_given_up:
            return  # a bound over every route holds over these
        if self.best.cost_usd > (1 - LEAST_SAVING) * network.cost_usd:
            # Next to nothing: the bound of more routes would be lower by more than that.
            self.instance, self.best, self._start, self._implied_usd = before
            return
        found = self._solved(self.instance, self.best, CLOSING_SHARE, with_bound=True)
        usd = found.known_usd
        self.best = dataclasses.replace(better(self.best, found), bound_usd=usd)

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
        pace: Pace = Pace.APART,
    ) -> NetworkOutcome:
        gap = self._goals.network_relative_gap if relative_gap is None else relative_gap
        return solve_network(
            network_part(instance, self._siting),
            self.requirements,
            relative_gap=gap,
            time_limit_s=self._goals.share_s(share, LEAST_NETWORK_S),
            seed=self._goals.seed,
            with_bound=with_bound,
            pace=Pace.USUAL if with_bound else pace,
            known=None if known.choice is None else known,
        )
