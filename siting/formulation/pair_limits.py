"""How many fiber pairs can be of use: tight bounds instead of a global big-M."""

from __future__ import annotations

import math

from siting.instance import Instance
from siting.instance.records import Design, FiberRoute

TOLERANCE = 1e-9


def pair_limit(instance: Instance, design: Design, demand_gbps: float) -> int:
    """Return the most pairs of a design that can be of use on one route."""
    useful = math.ceil(demand_gbps / (design.rate_gbps * design.channels_per_pair) - TOLERANCE)
    return max(0, min(instance.max_pairs_per_route, useful))


def route_pair_limit(instance: Instance, route: FiberRoute, demand_gbps: float, limits: int) -> int:
    """Return the most pairs of all designs that can be of use on one route.

    With one RTT limit, ceil(demand / smallest pair capacity) pairs carry everything, and of more
    pairs the one with the dearest channels is not needed; each further RTT limit may need its own.
    """
    designs = [d for d in route.designs if pair_limit(instance, d, demand_gbps)]
    if not designs:
        return 0
    smallest = min(d.rate_gbps * d.channels_per_pair for d in designs)
    together = limits * math.ceil(demand_gbps / smallest - TOLERANCE)
    return min(together, sum(pair_limit(instance, d, demand_gbps) for d in designs))
