"""What another choice of sites, dates or modes costs: the problem solved again with it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation import build_model, build_siting_model
from siting.instance import Instance
from siting.plan import NETWORK_COST_LINES
from siting.solve.costing import ledger
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.monolithic import Solution
from siting.solve.siting_choice import SitingChoice, read_siting
from siting.solve.size import size
from siting.why import Proof

MILLION = 1e6
ROUGH = 0.01
"""Gap, as a share of the plan's cost, above which a way that was found is no answer."""
WHOLE = 400
"""Largest size, in choices on routes over time, that is solved whole for every question."""

WHOLE_PROBLEM = "the whole problem"
SITES_ALONE = "sites, power and modes with paradigm, fabric and hub as planned, no network"

Change = Sequence[tuple[pyo.Var, float, float]]
"""Columns with new bounds."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a change costs more, USD."""

    more_usd: float | None
    proof: Proof
    siting: SitingChoice | None = None
    """The sites of the best way found with the change."""


NOT_KNOWN = Found(None, "open")


class SitesProblem:
    """The whole problem where it is small; else sites, power and modes, their families fixed."""

    def __init__(
        self, instance: Instance, solution: Solution, *, time_limit_s: float, seed: int
    ) -> None:
        """Build the problem and solve it as it is.

        Args:
            instance: the presolved instance.
            solution: that of the plan.
            time_limit_s: for the problem as it is, s.
            seed: random seed of the solver.
        """
        if solution.siting is None or solution.network is None:
            msg = "a solution without a plan has no choices"
            raise ValueError(msg)
        costs = ledger(instance, solution.siting, solution.network).costs_usd
        objective = sum(costs.values())
        whole = is_whole(instance)
        if whole:
            self.instance = instance
            self.model = build_model(instance)
        else:
            self.instance = in_family(instance, solution.siting)
            self.model = build_siting_model(self.instance)
        _declare_spread(self.model, self.instance)
        self._compiled = CompiledModel(self.model, seed=seed)
        if whole:
            self._upper, self._lower = objective, solution.bound_usd
        else:
            outcome = self._compiled.run(time_limit_s=time_limit_s)
            sites = objective - sum(costs[line] for line in NETWORK_COST_LINES)
            self._upper = min(sites, outcome.objective * MILLION)
            self._lower = outcome.bound * MILLION

    def more(self, change: Change, *, time_limit_s: float) -> Found:
        """Return what a change costs more than the problem as it is."""
        columns = [(var, var.lb, var.ub) for var, _, _ in change if self._compiled.has(var)]
        if len(columns) < len(change) and not self._holds(change):
            return Found(None, "impossible")
        for var, low, high in change:
            self._compiled.set_bounds(var, low, high)
        outcome = self._compiled.run(time_limit_s=time_limit_s)
        for var, low, high in columns:
            self._compiled.set_bounds(
                var, -math.inf if low is None else low, math.inf if high is None else high
            )
        return self.found(outcome)

    def _holds(self, change: Change) -> bool:
        """Return whether what is no column, fixed or without effect, is within its new bounds."""
        rest = [
            (var, low, high)
            for var, low, high in change
            if not self._compiled.has(var) and var.fixed
        ]
        return all(low <= float(pyo.value(var)) <= high for var, low, high in rest)

    def found(self, outcome: Outcome) -> Found:
        """Return what an outcome of the changed problem says."""
        if outcome.status is Status.INFEASIBLE:
            return Found(None, "impossible")
        siting = None
        if outcome.values is not None:
            values = outcome.values
            siting = read_siting(
                self.instance, self.model, lambda var: self._compiled.value(var, values)
            )
        upper, lower = outcome.objective * MILLION, outcome.bound * MILLION
        tolerance = 1.0 + 1e-9 * abs(self._upper)
        is_closed = self._upper - self._lower <= tolerance
        if outcome.status is Status.OPTIMAL and upper - lower <= tolerance and is_closed:
            return Found(max(upper - self._upper, 0.0), "exact", siting)
        # Stopped early, a poor way says nothing of the next best: neither its cost nor its sites.
        is_rough = upper - lower > ROUGH * abs(self._upper)
        least = lower - self._upper
        if math.isfinite(least) and least > tolerance:
            return Found(least, "at_least", None if is_rough else siting)
        if is_rough:
            return NOT_KNOWN
        return Found(max(upper - self._lower, 0.0), "at_most", siting)


def _declare_spread(m: pyo.ConcreteModel, instance: Instance) -> None:
    """Add a variable that is 1 only when a workload trains on several campuses in some period."""
    m.spread = pyo.Var([w for w, job in instance.workloads.items() if job.modes], bounds=(0, 1))
    uses = m.training.uses_mode
    m.spread_modes = pyo.Constraint(
        list(m.spread),
        rule=lambda m, w: m.spread[w] <= sum(uses[key] for key in m.training.MODES if key[0] == w),
    )


def is_whole(instance: Instance) -> bool:
    """Return whether the whole problem is small enough to be solved for every question."""
    return size(instance) <= WHOLE


def in_family(instance: Instance, siting: SitingChoice) -> Instance:
    """Return the instance with each workload's paradigm, fabric and fixed hub as chosen."""
    jobs = {}
    for w, job in instance.workloads.items():
        chosen = {(m.paradigm, m.fabric) for m in siting.modes[w] if m is not None}
        hubs = {siting.hub_of[w, t] for t in range(len(instance.periods))} - {None}
        fixed = (
            job.hubs if job.hub_may_move or not hubs else tuple(h for h in job.hubs if h in hubs)
        )
        modes = tuple(m for m in job.modes if (m.paradigm, m.fabric) in chosen)
        jobs[w] = dataclasses.replace(job, modes=modes, hubs=fixed)
    return dataclasses.replace(instance, workloads=jobs)
