"""The bound over all routes against the optimum where the candidates are all routes."""

from __future__ import annotations

from dataclasses import dataclass

from siting import build_network
from siting.plan import NETWORK_COST_LINES
from siting.solve.all_routes import all_routes
from siting.solve.costing import ledger
from siting.solve.monolithic import solve_monolithic
from siting.solve.presolve import presolve
from siting.solve.siting_choice import fixed_requirements
from siting.study import Study
from tests.solve.graphs import instance_with_graph


@dataclass(frozen=True)
class Compared:
    """Network cost of the optimum, and the bound for its siting, USD."""

    network_usd: float
    bound_usd: float


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
