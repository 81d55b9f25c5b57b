"""How many fiber pairs can be of use: tight bounds instead of a global big-M."""

from __future__ import annotations

import math

from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute

TOLERANCE = 1e-9


def pair_limit(instance: Instance, design: Design, demand_gbps: float) -> int:
    """Return the most pairs of a design that can be of use on one route."""
    useful = math.ceil(demand_gbps / (design.rate_gbps * design.channels_per_pair) - TOLERANCE)
    return max(0, min(instance.max_pairs_per_route, useful))


def route_pair_limit(instance: Instance, route: FiberRoute, demand_gbps: float, limits: int) -> int:
    """Return the most pairs of all designs that can be of use on one route.

    Take a plan from which no channel can be taken away, and in which every design has as few pairs
    as its channels need. Of the channels that some requirement of one RTT limit needs, the last one
    lit is needed in a period in which they are all lit: together they carry less than the demand
    plus one channel. So all channels c of all designs (M to a pair) carry less than
    ``limits x (demand + largest rate)``, and their pairs, sum of ceil(c / M), are less than that
    over the smallest pair, plus 1 - 1 / M for each design. Only designs with the same amplifiers
    are lit together.
    """
    most = 0
    for designs in _lit_together(route):
        used = [d for d in designs if pair_limit(instance, d, demand_gbps)]
        if not used:
            continue
        smallest = min(d.rate_gbps * d.channels_per_pair for d in used)
        channels_gbps = limits * (demand_gbps + max(d.rate_gbps for d in used))
        begun = sum(1 - 1 / d.channels_per_pair for d in used)
        together = math.floor(channels_gbps / smallest + begun + TOLERANCE)
        most = max(most, min(together, sum(pair_limit(instance, d, demand_gbps) for d in used)))
    return most


def _lit_together(route: FiberRoute) -> list[list[Design]]:
    """Return the designs of a route by their amplifiers."""
    found: dict[tuple[int, ...], list[Design]] = {}
    for design in route.designs:
        found.setdefault(design.by_section, []).append(design)
    return list(found.values())
