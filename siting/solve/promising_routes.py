"""Few routes of each link that are likely to carry it: where the search for a network starts.

By what a link would pay on its own: the cheapest pairs of routes without a shared risk for a
protected link, the cheapest routes for another. What routes of several links could share does not
count, so this is a start and no more.
"""

from __future__ import annotations

import itertools
import math

from siting.formulation.requirements import Requirement, Requirements
from siting.formulation.sides import survives_alone, waives
from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute
from siting.instance.route_graph import least_hut_usd
from siting.solve.link_bounds import OWN, Link, iru_usd, own_parts_usd

PAIRS = 2
"""Pairs of disjoint routes kept for a protected link."""
ALONE = 2
"""Routes kept for an unprotected link, or where no two are disjoint."""
CHEAPEST = 16
"""Routes looked at for each link."""


def promising_routes(instance: Instance, requirements: Requirements) -> set[str]:
    """Return the ids of the routes to start with."""
    asked: dict[Link, list[Requirement]] = {}
    for (link, _), items in requirements.items():
        asked.setdefault(link, []).extend(items)
    by_link: dict[Link, list[FiberRoute]] = {}
    for route in instance.fiber_routes.values():
        if route.link in asked:
            by_link.setdefault(route.link, []).append(route)
    kept: set[str] = set()
    for link, routes in by_link.items():
        gbps = max(float(item.gbps) for item in asked[link])
        costs = {route.id: alone_usd(instance, route, gbps) for route in routes}
        routes.sort(key=lambda route: (costs[route.id], route.id))
        best = routes[:CHEAPEST]
        pairs = [
            (a, b)
            for a, b in itertools.combinations(best, 2)
            if not (a.srlgs & b.srlgs) - waives(link)
        ]
        pairs.sort(key=lambda pair: (sum(costs[x.id] for x in pair), [x.id for x in pair]))
        protected = any(survives_alone(instance, item) for item in asked[link])
        if protected and pairs:
            kept |= {route.id for pair in pairs[:PAIRS] for route in pair}
        else:
            kept |= {route.id for route in best[: ALONE if not protected else CHEAPEST]}
    for _, found in instance.pins.holders(instance.fiber_routes):
        pinned = (instance.fiber_routes[r] for r in found)
        priced = ((alone_usd(instance, route, 0.0), route.id) for route in pinned)
        kept |= {r for _, r in sorted(priced)[:ALONE]}
    return kept


def alone_usd(instance: Instance, route: FiberRoute, gbps: float) -> float:
    """Return the yearly cost of a route that carries a demand and shares nothing."""
    rented = iru_usd(instance, route)
    once = sum(
        sum(own_parts_usd(instance.corridors[e], route.fiber_type))
        if supply == OWN
        else instance.corridors[e].iru_maintenance_usd_per_year
        for e, supply in zip(route.corridors, route.supply, strict=True)
    )
    once += sum(least_hut_usd(instance.huts[x.hut]) for x in route.regenerators)
    hut = min((least_hut_usd(instance.huts[x.hut]) for x in route.huts), default=0.0)
    lit = min(_lit_usd(d, gbps, rented) + d.amplifiers * hut for d in route.designs)
    return once + lit


def _lit_usd(design: Design, gbps: float, rented_usd: float) -> float:
    channels = math.ceil(gbps / design.rate_gbps - 1e-9)
    pairs = math.ceil(channels / design.channels_per_pair)
    return pairs * (design.pair_usd_per_year + rented_usd) + channels * design.channel_usd_per_year
