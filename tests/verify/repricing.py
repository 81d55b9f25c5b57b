"""Plans whose costs follow from what they build."""

from __future__ import annotations

from siting.plan import NETWORK_COST_LINES, Plan
from siting.verify import Verification, verify
from tests.verify.world import World


def check(world: World, plan: Plan) -> Verification:
    return verify(plan, world.study, world.network, world.catalog)


def repriced(world: World, plan: Plan) -> Plan:
    """Return the plan with the costs that follow from it, and bounds that meet them."""
    found = check(world, plan)
    costs = found.recomputed_costs_usd
    network = sum(costs[line] for line in NETWORK_COST_LINES)
    bounds = plan.bounds.model_copy(
        update={
            "bound_usd": found.objective_usd,
            "gap_usd": 0.0,
            "relative_gap": 0.0,
            "network_bound_usd": network,
            "network_gap_usd": 0.0,
            "network_relative_gap": 0.0,
        }
    )
    return plan.model_copy(
        update={
            "costs_usd": costs,
            "objective_usd": found.objective_usd,
            "upfront_cash_usd": found.recomputed_upfront_cash_usd,
            "bounds": bounds,
        }
    )
