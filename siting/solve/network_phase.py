"""The network for a fixed siting: least-cost routes, fiber and huts, with a bound.

Small problems go to HiGHS whole. Large ones in stages:

0. *Promising routes.* The fullest period is solved on a few routes of each link, chosen by what it
   would pay on its own, and the whole problem over time in the huts used: a first network, soon.
1. *Periods apart.* What is in service in a period must carry that period, so the sum over periods
   of weight times the least yearly cost of the period alone bounds the cost of the network.
2. *Routes chosen.* The routes that the periods light are kept, and the whole problem over time is
   solved on them: the incumbent.
"""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation import build_network_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.lazy_huts import add_hut_cuts
from siting.solve.network_choice import NO_NETWORK, NetworkChoice, read_network
from siting.solve.network_parts import (
    as_used,
    only,
    period_alone,
    renumbered,
    restrict,
    still_there,
    unsatisfied,
)
from siting.solve.promising_routes import promising_routes

if TYPE_CHECKING:
    import pyomo.environ as pyo

MILLION = 1e6
ROUNDS = 40
WHOLE_USES = 4000
"""Most (route, hut, period) triples of a problem that is solved whole."""
EXACT_TIME_S = 20.0
EXACT_SHARE = 0.5
"""Most time for the exact model of the routes last lit: beyond the limit, and as a share of it."""
QUICK_SHARE = 0.25
QUICK_GAP = 0.02
"""Gap at which the fullest period on promising routes is good enough to start with."""
FIRST_SHARE = 0.4
SECOND_SHARE = 0.3
"""Shares of the time limit for the promising routes over time, for the fullest period alone, and
for the routes that it lights over time."""


@dataclass(frozen=True, slots=True)
class NetworkOutcome:
    """The best network found, USD, and a valid lower bound for the same requirements."""

    choice: NetworkChoice | None
    cost_usd: float
    bound_usd: float
    is_infeasible: bool = False


def solve_network(
    instance: Instance,
    requirements: Requirements,
    *,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
    with_bound: bool = True,
) -> NetworkOutcome:
    """Return the network for ``requirements``.

    Args:
        instance: the instance.
        requirements: what each link must carry in each period.
        relative_gap: stop at this gap.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
        with_bound: also bound every period of a large problem; without it the bound is weaker.
    """
    if not requirements:
        return NetworkOutcome(NO_NETWORK, 0.0, 0.0)
    deadline = time.monotonic() + time_limit_s
    part = restrict(instance, requirements)
    uses = sum(len(route.huts) for route in part.fiber_routes.values()) * len(part.periods)
    if uses <= WHOLE_USES or len(part.periods) == 1:
        found = _whole(part, requirements, relative_gap, deadline, seed)
    else:
        found = _staged(part, requirements, relative_gap, deadline, seed, with_bound=with_bound)
    return _renumbered(found, part, instance)


def _renumbered(found: NetworkOutcome, part: Instance, whole: Instance) -> NetworkOutcome:
    if found.choice is None:
        return found
    return dataclasses.replace(found, choice=renumbered(found.choice, part, whole))


def _whole(
    part: Instance, requirements: Requirements, relative_gap: float, deadline: float, seed: int
) -> NetworkOutcome:
    """Solve the problem whole, with hut rules added where a solution breaks them."""
    exact_s = min(EXACT_TIME_S, max(EXACT_SHARE * (deadline - time.monotonic()), 1.0))
    model = build_network_model(part, requirements, exact=False)
    compiled = CompiledModel(model, seed=seed)
    bound = 0.0
    kept = part
    for _ in range(ROUNDS):
        outcome = compiled.run(time_limit_s=deadline - time.monotonic(), relative_gap=relative_gap)
        if outcome.status is Status.INFEASIBLE:
            return NetworkOutcome(None, math.inf, math.inf, is_infeasible=True)
        bound = max(bound, outcome.bound)
        if outcome.values is None:
            break
        choice = _read(part, model, compiled, outcome)
        if not add_hut_cuts(part, requirements, model, compiled, choice):
            return NetworkOutcome(choice, outcome.objective * MILLION, bound * MILLION)
        kept = only(part, {r for r, _ in choice.pairs})
        if time.monotonic() > deadline:
            break
    return _exact(kept, requirements, bound, relative_gap, exact_s, seed)


def _exact(
    kept: Instance,
    requirements: Requirements,
    bound: float,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
) -> NetworkOutcome:
    """Solve with every hut rule on the routes last lit: the cuts did not settle in time."""
    model = build_network_model(kept, requirements, exact=True)
    compiled = CompiledModel(model, seed=seed)
    outcome = compiled.run(time_limit_s=time_limit_s, relative_gap=relative_gap)
    if outcome.values is None:
        return NetworkOutcome(None, math.inf, bound * MILLION)
    choice = _read(kept, model, compiled, outcome)
    return NetworkOutcome(choice, outcome.objective * MILLION, bound * MILLION)


def _read(
    part: Instance, model: pyo.ConcreteModel, compiled: CompiledModel, outcome: Outcome
) -> NetworkChoice:
    values = outcome.values
    if values is None:
        return NO_NETWORK
    return read_network(part, model, lambda var: compiled.value(var, values))


def _staged(
    part: Instance,
    requirements: Requirements,
    relative_gap: float,
    deadline: float,
    seed: int,
    *,
    with_bound: bool,
) -> NetworkOutcome:
    """Incumbent on the routes that the fullest periods light; bound by the periods apart."""
    started = time.monotonic()
    stages = _Stages(part, requirements, relative_gap, seed)
    quick = stages.promising(started + QUICK_SHARE * (deadline - started))
    started = time.monotonic()
    if not stages.light_fullest(started + FIRST_SHARE * (deadline - started)):
        return NetworkOutcome(None, math.inf, math.inf, is_infeasible=True)
    whole = stages.over_time(time.monotonic() + SECOND_SHARE * (deadline - started))
    if with_bound and not whole.is_infeasible:
        stages.bound_rest(deadline)
    bound = sum(part.periods[t].weight * usd for t, usd in stages.bounds.items())
    if quick.choice is not None and (whole.choice is None or quick.cost_usd < whole.cost_usd):
        whole = quick
    if whole.choice is None:
        proven = math.inf if whole.is_infeasible else bound
        return NetworkOutcome(None, math.inf, proven, is_infeasible=whole.is_infeasible)
    return NetworkOutcome(whole.choice, whole.cost_usd, min(bound, whole.cost_usd))


class _Stages:
    """The periods of a problem apart, with their bounds and the routes they light."""

    def __init__(
        self, part: Instance, requirements: Requirements, relative_gap: float, seed: int
    ) -> None:
        self.part, self.requirements = part, requirements
        self.gap, self.seed = relative_gap, seed
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
        self.lit: set[str] = set()

    def promising(self, stop: float) -> NetworkOutcome:
        """Solve the fullest period on a few routes of each link, then over time in its huts."""
        few = only(self.part, promising_routes(self.part, self.requirements))
        t = max(self.periods, key=lambda t: (len(self.alone[t]), t))
        alone = self._slice(few, t)
        found = _whole(alone, self.alone[t], QUICK_GAP, stop, self.seed)
        if found.choice is None:
            return NetworkOutcome(None, math.inf, 0.0)
        narrow = as_used(few, found.choice)
        over_time = _whole(narrow, self.requirements, self.gap, stop, self.seed)
        return _renumbered(over_time, narrow, self.part)

    def _slice(self, instance: Instance, t: int) -> Instance:
        return period_alone(instance, t, pinned=t == self.pinned)

    def light_fullest(self, stop: float) -> bool:
        """Solve periods alone, the fullest first, until each link is in one; False: impossible."""
        covered: set[tuple[str, str]] = set()
        for t in sorted(self.periods, key=lambda t: (-len(self.alone[t]), -t)):
            links = {link for link, _ in self.alone[t]}
            if links <= covered:
                continue
            if not self._light(t, stop):
                return False
            covered |= links
        return True

    def _light(self, t: int, stop: float) -> bool:
        outcome = _whole(self._slice(self.part, t), self.alone[t], self.gap, stop, self.seed)
        if outcome.is_infeasible:
            return False
        self.bounds[t] = outcome.bound_usd
        if outcome.choice is not None:
            self.lit |= {r for r, _ in outcome.choice.pairs}
        return True

    def over_time(self, stop: float) -> NetworkOutcome:
        """Solve over time on the routes lit; on more when they come too late or retire too soon.

        That the routes lit cannot serve all periods proves nothing: then infeasible only if some
        period alone is.
        """
        for t in (None, *(t for t in self.periods if t not in self.bounds)):
            if t is not None and not self._light(t, stop):
                return NetworkOutcome(None, math.inf, math.inf, is_infeasible=True)
            kept = only(self.part, self.lit | unsatisfied(self.part, self.lit))
            whole = _whole(kept, self.requirements, self.gap, stop, self.seed)
            if not whole.is_infeasible:
                return whole
        return NetworkOutcome(None, math.inf, 0.0)

    def bound_rest(self, deadline: float) -> None:
        """Bound the periods not solved yet, each alone or by a later one that asks the same."""
        # With what is pinned a later period may cost more than this one.
        pinned = self.pinned if self.part.pins.given else None
        known = [(self.alone[t], t) for t in self.bounds if t != pinned]
        left = [t for t in reversed(self.periods) if t not in self.bounds]
        for done, t in enumerate(left):
            share = (deadline - time.monotonic()) / (len(left) - done)
            later = (s for items, s in known if items == self.alone[t] and s > t)
            same = next((s for s in later if still_there(self.part, t, s)), None)
            self.bounds[t] = (
                self.bounds[same]
                if same is not None
                else _period_bound(
                    self._slice(self.part, t), self.alone[t], self.gap, share, self.seed
                )
            )
            if t != pinned:
                known.append((self.alone[t], t))


def _period_bound(
    slice_: Instance,
    requirements: Requirements,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
) -> float:
    """Return a lower bound of the yearly cost of one period, USD."""
    compiled = CompiledModel(build_network_model(slice_, requirements, exact=False), seed=seed)
    outcome = compiled.run(time_limit_s=max(time_limit_s, 3.0), relative_gap=relative_gap)
    return max(outcome.bound, 0.0) * MILLION
