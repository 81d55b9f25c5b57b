"""The most that can be served in one period, and how little more of a limit would serve it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation import build_siting_model
from siting.formulation.admissibility import Admissibility
from siting.formulation.placement import workload_mw
from siting.instance import Instance
from siting.instance.reach import Reach
from siting.solve.highs import CompiledModel, Status

Link = tuple[str, str]
Beyond = Callable[[pyo.ConcreteModel], dict[str, pyo.Expression]]
TRACE_MW = 1e-4
"""Less is nothing: the tolerance of the verifier."""
FIRST, LAST = 100.0, 1e-3
"""Weights: to serve comes first, then little beyond limits (MW), then few sites."""


class Wider(Admissibility):
    """Which links can be required when ways longer than the candidate routes count too."""

    def __init__(self, instance: Instance, reach: Mapping[Link, Reach]) -> None:
        """Index the routes, and the ways beyond them."""
        super().__init__(instance)
        self._campuses, self._reach = instance.campuses, reach

    def __call__(
        self, link: Link, period: int, limit_ms: float, *, protected: bool, transit: bool = False
    ) -> bool:
        """Return whether a route, or a way of any length, is within the limit."""
        if super().__call__(link, period, limit_ms, protected=protected, transit=transit):
            return True
        reach = self._reach.get(link)
        if reach is None:
            return False
        if not protected or transit:
            return reach.any_ms <= limit_ms
        diverse = all(self._campuses[c].diverse for c in link)
        return diverse and reach.pair_ms <= limit_ms


@dataclass(frozen=True, slots=True)
class Served:
    """The most of a workload that can be served in a period, and where."""

    most_mw: float
    at: dict[str, float]
    """IT MW by campus in use."""
    extra_mw: dict[str, float]
    """Facility MW used beyond limits, by name."""


NOTHING = Served(0.0, {}, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How much of a workload can be served, when the others keep what they have."""

    workload: str
    held_mw: Mapping[str, float]
    """By other workload, IT MW that they keep."""
    seed: int
    deadline: float
    """By the monotonic clock."""

    def left_s(self) -> float:
        """Return the time left, s."""
        return self.deadline - time.monotonic()

    def ask(
        self,
        part: Instance,
        *,
        admissible: Admissibility | None = None,
        beyond: Beyond | None = None,
    ) -> Served | None:
        """Return the most that is served in a problem of one period; None when time is over.

        Args:
            part: the problem.
            admissible: which links can be required.
            beyond: what is used beyond limits, by name: as little of it as serves the most.
        """
        if self.left_s() <= 0:
            return None
        model = build_siting_model(part, admissible)
        kept = [w for w, mw in self.held_mw.items() if mw > 0]
        model.held = pyo.Constraint(
            kept,
            rule=lambda m, w: (
                workload_mw(part, m.placement, w, 0) >= self.held_mw[w] - TRACE_MW / 2
            ),
        )
        uses = {} if beyond is None else beyond(model)
        model.extra_mw = pyo.Var(sorted(uses), domain=pyo.NonNegativeReals)
        model.beyond = pyo.Constraint(
            sorted(uses), rule=lambda m, name: m.extra_mw[name] >= uses[name]
        )
        unserved = model.placement.unserved_mw[self.workload, 0]
        sites = sum(model.placement.is_peer[key] for key in model.placement.SERVICES)
        extra = sum(model.extra_mw[name] for name in uses)
        model.objective.set_value(FIRST * unserved + extra + LAST * sites)
        compiled = CompiledModel(model, seed=self.seed)
        outcome = compiled.run(time_limit_s=max(self.left_s(), 0.1))
        if outcome.status is Status.INFEASIBLE:
            return NOTHING
        values = outcome.values
        if values is None or outcome.status is not Status.OPTIMAL:
            return None
        job = part.workloads[self.workload]
        at = {
            c: compiled.value(model.placement.served_mw[c, self.workload, 0], values)
            for c in job.campuses
        }
        if job.replica is not None:
            for c in job.campuses:
                at[c] += compiled.value(model.placement.replica_mw[c, self.workload, 0], values)
        used = {name: compiled.value(model.extra_mw[name], values) for name in uses}
        return Served(
            most_mw=job.demand_mw[0] - max(compiled.value(unserved, values), 0.0),
            at={c: mw for c, mw in at.items() if mw > TRACE_MW},
            extra_mw={name: mw for name, mw in used.items() if mw > TRACE_MW},
        )
