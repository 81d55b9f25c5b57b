"""How many fiber pairs can be of use: tight bounds instead of a global big-M."""

from __future__ import annotations

import math

from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute

TOLERANCE = 1e-9


def pair_limit(instance: Instance, design: Design, demand_gbps: float) -> int:
    """Return the most pairs of a design that can be of use on one route."""
    useful = math.ceil(demand_gbps / design.gbps_per_pair - TOLERANCE)
    return max(0, min(instance.max_pairs_per_route, useful))


def route_pair_limit(instance: Instance, route: FiberRoute, demand_gbps: float, limits: int) -> int:
    """Return the most pairs of all designs that can be of use on one route.

    *Over time.* Take a plan from which no channel can be taken away, and in which every design has
    as few pairs as its channels need. Of the channels that some requirement of one RTT limit needs,
    the last one lit is needed in a period in which they are all lit: together they carry less than
    the demand plus one channel. So all channels carry less than B = limits x (demand + largest
    rate). n > 0 pairs of a design have more than (n - 1) M channels: with smallest pair C, over the
    designs that are lit, sum of (n - 1) C + rate < B. So all pairs are fewer than B / C + sum of
    1 - rate / C, which is at most the sum of its positive terms.

    *In one period* with one RTT limit, no cap on spending and no regenerator,
    N = ceil(demand / C) pairs do when a pair costs at least as much as any channel: of more, take
    away one whose channels are dearest per Gb/s. The others hold the demand; filling them costs no
    more than its channels, but for a part of one channel, and the pair is saved.
    """
    most = 0
    for designs in _lit_together(route):
        used = [d for d in designs if pair_limit(instance, d, demand_gbps)]
        if not used:
            continue
        smallest = min(d.gbps_per_pair for d in used)
        channels_gbps = limits * (demand_gbps + max(d.rate_gbps for d in used))
        begun = sum(max(0.0, 1 - d.rate_gbps / smallest) for d in used)
        together = channels_gbps / smallest + begun
        bounds = [
            math.ceil(together - TOLERANCE) - 1,
            sum(pair_limit(instance, d, demand_gbps) for d in used),
        ]
        if limits == 1 and _pairs_are_dear(instance, route, used):
            bounds.append(math.ceil(demand_gbps / smallest - TOLERANCE))
        most = max(most, min(bounds))
    return most


def _pairs_are_dear(instance: Instance, route: FiberRoute, used: list[Design]) -> bool:
    """Return whether a pair saved pays for any channel, in a problem of one period."""
    if len(instance.periods) > 1 or instance.caps.given or route.regenerators:
        return False
    channel_usd = max(d.channel_usd_per_year for d in used)
    return all(d.pair_usd_per_year >= channel_usd for d in used)


def _lit_together(route: FiberRoute) -> list[list[Design]]:
    """Return the designs of a route by their amplifiers."""
    found: dict[tuple[int, ...], list[Design]] = {}
    for design in route.designs:
        found.setdefault(design.by_section, []).append(design)
    return list(found.values())
