"""The bound over all routes against the optimum where the candidates are all routes."""

from __future__ import annotations

import dataclasses
import math
import random
import time
from dataclasses import dataclass

from siting import build_network
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.plan import NETWORK_COST_LINES
from siting.solve.all_routes import all_routes
from siting.solve.allowances import Goals
from siting.solve.costing import ledger
from siting.solve.decomposition import solve_decomposition
from siting.solve.monolithic import solve_monolithic
from siting.solve.presolve import presolve
from siting.solve.set_cuts import least_demands
from siting.solve.siting_choice import fixed_requirements
from siting.study import Study
from tests.solve.graphs import instance_with_graph

KEPT = 0.6
"""Share of all routes that are candidates."""


@dataclass(frozen=True)
class Compared:
    """Network cost of the optimum, and the bound for its siting, USD."""

    network_usd: float
    bound_usd: float


def asked_always(instance: Instance) -> Requirements:
    """Return the least demand of each link, in every period."""
    return {
        (link, t): (item,)
        for link, item in least_demands(instance).items()
        for t in range(len(instance.periods))
    }


def compare(study: Study, *, time_limit_s: float = 20.0) -> Compared | None:
    """Return both; None when the optimum has no network."""
    instance = presolve(instance_with_graph(study, build_network(study)))
    found = solve_monolithic(instance, time_limit_s=time_limit_s, relative_gap=1e-7, seed=1)
    if found.siting is None or found.network is None:
        return None
    requirements = fixed_requirements(instance, found.siting)
    if not requirements:
        return None
    costs = ledger(instance, found.siting, found.network).costs_usd
    return Compared(
        sum(costs[line] for line in NETWORK_COST_LINES),
        all_routes(instance, requirements, time_limit_s=2.0).bound_usd,
    )


@dataclass(frozen=True)
class Joint:
    """Optimum over all routes, and what a solve over a part of them proves and finds, USD."""

    optimum_usd: float
    bound_usd: float
    objective_usd: float


def compare_joint(study: Study, seed: int, *, time_limit_s: float = 20.0) -> Joint | None:
    """Return the optimum over all routes, and the bound of a solve over some of them.

    None where no link has routes to leave out, or without an optimum in time.
    """
    full = presolve(instance_with_graph(study, build_network(study)))
    best = solve_monolithic(full, time_limit_s=time_limit_s, relative_gap=1e-7, seed=1)
    if not full.fiber_routes or best.siting is None or best.network is None:
        return None
    optimum = sum(ledger(full, best.siting, best.network).costs_usd.values())
    if optimum - best.bound_usd > 1e-6 * abs(optimum):
        return None
    rng = random.Random(seed)
    kept = {r: x for r, x in full.fiber_routes.items() if rng.random() < KEPT}
    part = dataclasses.replace(full, fiber_routes=kept, all_paths=False, every_route=True)
    goals = Goals(
        time_limit_s=time_limit_s,
        relative_gap=1e-6,
        network_relative_gap=1e-6,
        max_rounds=60,
        seed=1,
        started=time.perf_counter(),
    )
    found = solve_decomposition(part, goals)
    objective = math.inf
    if found.siting is not None and found.network is not None:
        wider = found.instance or part
        objective = sum(ledger(wider, found.siting, found.network).costs_usd.values())
    return Joint(optimum, found.all_routes_bound_usd, objective)
