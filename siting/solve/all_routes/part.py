"""A network over time, or a period of it alone, as it is bounded step by step."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.all_routes.ascent import Ascent, begun
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.network_problem import LEAST_S, NetworkProblem
from siting.solve.all_routes.over_time import NEAR_WIDTH

if TYPE_CHECKING:
    from siting.solve.all_routes.ways import LitRoute

ASCENT_SHARE, REGION_SHARE = 0.85, 0.7
"""Share of the time for steps without a linear problem, on the map of a continent and of a
region."""
NEARLY = 2e-3
"""Flows above two units may cost less than others by such a part, and steps lead on all the same.
"""
LEAST_ROUNDS_S = 3 * LEAST_S
"""No rounds with a linear problem after steps in less time, s: each of their parts may take the
least time for all links."""


class Part:
    """A network over time, or what one period of it costs alone."""

    def __init__(
        self,
        instance: Instance,
        requirements: Requirements,
        alone: int | None,
        threads: int | None,
        *,
        begins_with_steps: bool = False,
    ) -> None:
        """Take the network; nothing is known yet.

        Args:
            instance: the instance, with its route graph.
            requirements: what each link must carry in each period.
            alone: the period that is bounded alone; all together when None.
            threads: most threads; as many as there may be when None.
            begins_with_steps: steps without a linear problem come first.
        """
        self.instance, self._requirements, self._alone = instance, requirements, alone
        if alone is not None:  # in USD a year
            yearly = [dataclasses.replace(period, weight=1.0) for period in instance.periods]
            self.instance = dataclasses.replace(instance, periods=tuple(yearly))
        self._threads, self._begins_with_steps = threads, begins_with_steps
        self.bound_usd = 0.0
        """Lower bound of its present value."""
        self._problem: NetworkProblem | None = None
        self._is_drawn = self._is_chosen = False
        self._ascent: Ascent | None = None
        self.is_climbing = False
        """Steps without a linear problem were cut off by the clock where they still led on, on the
        map of a region: rounds begin once they end."""
        self._is_given_up = False
        self.generated: Generated | None = None
        """What is known of it."""

    def take_threads(self, threads: int | None) -> None:
        """Work in so many threads from the next round on, as many as there may be when None."""
        self._threads = threads
        if self._problem is not None:
            self._problem.threads = threads

    def give_up(self) -> None:
        """End its steps and rounds, if it takes some."""
        if self._ascent is not None:
            self._ascent.is_over = True
        self._is_given_up = True
        if self._problem is not None:
            self._problem.is_given_up = True

    def made(self, stop: float) -> NetworkProblem | None:
        """Return its problem, menus compared by now; None where no link is bounded."""
        problem = self.drawn()
        if problem is not None and not self._is_chosen:
            problem.choose(problem.first(), stop)
            self._is_chosen = True
        return problem

    def drawn(self) -> NetworkProblem | None:
        """Return its problem, whose menus need not have been compared."""
        if not self._is_drawn:
            self._problem = horizon_problem(
                self.instance, self._requirements, None, alone=self._alone
            )
            self._is_drawn = True
            if self._problem is not None:
                self._problem.threads = self._threads
                self._problem.is_given_up = self._is_given_up
        return self._problem

    def prepare(self, stop: float) -> None:
        """Begin with steps, where it does."""
        problem = self.made(stop)
        if problem is not None and self._ascent is None and not self._is_given_up:
            self._ascent = begun(problem, stop)

    def begin(self, stop: float) -> Generated | None:
        """Take rounds for multipliers and routes alone; None where no link is bounded.

        Args:
            stop: clock time to end at, or soon after.
        """
        problem = self.made(stop)
        if problem is not None:
            self.generated = generate(problem, stop, self.generated, choose=False, prove=False)
        return self.generated

    def climb(self, stop: float, enough_usd: float) -> bool:
        """Begin with steps from first shares; return whether rounds may go on where they end.

        Not where flows above two units undercut them: steps do not see these. Nor where links are
        taken in parts, as sides: steps rise there, too, but rounds that follow lose it again.

        Args:
            stop: clock time to end at, or soon after.
            enough_usd: end at a bound as large.
        """
        problem = self.made(stop)
        if problem is None or self._is_given_up:
            return True
        if len(set(zip(problem.names, problem.spans, strict=True))) < len(problem.links):
            return False
        self._ascent = ascent = Ascent(problem)
        self._ascended(problem, ascent, stop, enough_usd)
        leads_on = self.bound_usd >= (1 - NEARLY) * ascent.best_usd > 0
        self.is_climbing &= leads_on
        return leads_on

    def go_on(self, stop: float, *, enough_usd: float) -> Generated | None:
        """Bound it from where it stands; None where no link is bounded.

        Args:
            stop: clock time to end at, or soon after.
            enough_usd: end at a bound as large.
        """
        problem = self.made(stop)
        if problem is None:
            return None
        if self._begins_with_steps or self.is_climbing:
            known = self._ascended(problem, self._begun(problem, stop), stop, enough_usd)
            is_enough = self.is_climbing or self.bound_usd >= enough_usd
            if known is not None and (is_enough or stop - time.monotonic() < LEAST_ROUNDS_S):
                return known
        self.generated = generate(problem, stop, self.generated, enough_usd=enough_usd)
        self.bound_usd = max(self.bound_usd, self.generated.bound_usd)
        return self.generated

    @property
    def _steps_share(self) -> float:
        """Return the share of the time for steps."""
        return ASCENT_SHARE if self._begins_with_steps else REGION_SHARE

    def _begun(self, problem: NetworkProblem, stop: float) -> Ascent:
        """Return the steps taken by now, or begin with them."""
        if self._ascent is None:
            now = time.monotonic()
            self._ascent = begun(problem, now + ASCENT_SHARE * (stop - now))
        return self._ascent

    def _ascended(
        self, problem: NetworkProblem, ascent: Ascent, stop: float, enough_usd: float
    ) -> Generated | None:
        """Improve shares by steps; return what is known then, if anything.

        What is generated afterwards begins where shares are best.
        """
        known = self.generated
        seconds = self._steps_share * (stop - time.monotonic())
        is_cut = ascent.go_on_while_it_grows(seconds, enough_usd)
        self.is_climbing = is_cut and not self._begins_with_steps
        if not math.isfinite(ascent.best_usd):
            return known
        until = max(stop, time.monotonic() + LEAST_S)
        self.bound_usd = max(self.bound_usd, ascent.proven(until))
        if known is None or ascent.best_usd > known.bound_usd:
            usd, best = ascent.best_usd, ascent.best
        else:
            usd, best = known.bound_usd, known.multipliers
        found = _generated(problem, ascent, [] if known is None else known.known)
        self.generated = dataclasses.replace(found, bound_usd=usd, multipliers=best)
        return self.generated


def _generated(
    problem: NetworkProblem, ascent: Ascent, known: Sequence[tuple[int, LitRoute]]
) -> Generated:
    """Return what steps found, with routes that were known."""
    routes, latest = [*ascent.routes, *known], ascent.routes[::-1]
    return Generated(
        problem, ascent.best_usd, ascent.best, routes, [], latest, is_cut=False, width=NEAR_WIDTH
    )
