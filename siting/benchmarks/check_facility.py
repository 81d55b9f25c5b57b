"""Checks a facility location by counting: shares, capacities and cost."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from siting.instance.facility_location import FacilityLocation

RELATIVE = 1e-6


def check_facility(
    problem: FacilityLocation,
    opened: Sequence[int],
    shares: Sequence[tuple[int, int, float]],
    cost: float,
) -> list[str]:
    """Return what is wrong with a solution; nothing when it is right."""
    problems = []
    served: dict[int, float] = defaultdict(float)
    load: dict[int, float] = defaultdict(float)
    counted = math.fsum(problem.facilities[i].fixed_cost for i in set(opened))
    for i, j, share in shares:
        customer = problem.customers[j]
        served[j] += share
        load[i] += share * customer.demand
        counted += share * customer.costs[i]
        if not 0 <= share <= 1 + RELATIVE:
            problems.append(f"customer {j + 1}: share {share:g} from site {i + 1}")
        if i not in opened:
            problems.append(f"customer {j + 1}: served by site {i + 1}, which is closed")
    problems += [
        f"customer {j + 1}: {served[j]:.6g} of the demand is served"
        for j in range(len(problem.customers))
        if abs(served[j] - 1) > RELATIVE
    ]
    problems += [
        f"site {i + 1}: load {amount:,.6g} above capacity {problem.facilities[i].capacity:,.6g}"
        for i, amount in sorted(load.items())
        if amount > problem.facilities[i].capacity * (1 + RELATIVE)
    ]
    if not math.isclose(counted, cost, rel_tol=1e-8, abs_tol=0.01):
        problems.append(f"cost: counted {counted:,.2f}, stated {cost:,.2f}")
    return problems
