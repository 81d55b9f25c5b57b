"""Failure of a hut that several routes of one link share at a junction.

A hut inside a corridor fails no more routes than the corridor does, so only huts that serve routes
of a link beyond any other single failure need rows.

| symbol | component | unit | meaning |
|---|---|---|---|
| w_rdht | spared | - | channels of design d on route r that do not depend on hut h |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.requirements import Requirements
from siting.formulation.routes import TOLERANCE, capacity_gbps, failure_sets, thresholds
from siting.formulation.training import Link
from siting.instance import Instance


def shared_huts(
    instance: Instance, link: Link, routes: list[str], waves: list[str]
) -> dict[str, list[str]]:
    """Return the huts whose failure no other failure covers, with the routes they serve."""
    failures = failure_sets(instance, link, routes, waves)
    serves: dict[str, list[str]] = {}
    for r in routes:
        route = instance.fiber_routes[r]
        if any(d.amplifiers for d in route.designs):
            for hut in route.huts:
                serves.setdefault(hut.hut, []).append(r)
    return {
        h: rs
        for h, rs in sorted(serves.items())
        if len(rs) > 1 and not any(set(rs) <= failure for failure in failures)
    }


def hut_failures_block(
    instance: Instance, requirements: Requirements, routes: pyo.Block, amplifiers: pyo.Block
) -> pyo.Block:
    """Return the block that keeps links alive when a shared hut fails."""
    b = pyo.Block(concrete=True)
    by_link: dict[Link, tuple[list[str], list[str]]] = {}
    for r in routes.ROUTES:
        by_link.setdefault(instance.fiber_routes[r].link, ([], []))[0].append(r)
    for v in routes.WAVES:
        by_link.setdefault(instance.wave_routes[v].link, ([], []))[1].append(v)
    demanding = {
        link
        for (link, _), items in requirements.items()
        if any(item.survival_fraction > 0 for item in items)
    }
    shared = {
        link: shared_huts(instance, link, *sides)
        for link, sides in by_link.items()
        if link in demanding
    }
    periods = range(len(instance.periods))
    b.SPARED = pyo.Set(
        initialize=[
            (r, d, h, t)
            for huts in shared.values()
            for h, rs in huts.items()
            for r in rs
            for d in range(len(instance.fiber_routes[r].designs))
            for t in periods
        ],
        dimen=4,
    )
    b.spared = pyo.Var(b.SPARED, domain=pyo.NonNegativeReals)

    @b.Constraint(b.SPARED)
    def spared_lit(b: pyo.Block, r: str, d: int, h: str, t: int) -> pyo.Expression:
        return b.spared[r, d, h, t] <= routes.channels[r, d, t]

    @b.Constraint(b.SPARED)
    def spared_elsewhere(b: pyo.Block, r: str, d: int, h: str, t: int) -> pyo.Expression:
        most = routes.channels[r, d, t].ub or 0
        return b.spared[r, d, h, t] <= most * (1 - amplifiers.is_used[r, h, t])

    b.survivability_hut = pyo.ConstraintList()
    for (link, t), items in sorted(requirements.items()):
        for h, rs in shared.get(link, {}).items():
            for limit in thresholds(items):
                fiber = sum(
                    capacity_gbps(routes, instance, r, t, limit)
                    for r in by_link[link][0]
                    if r not in rs
                )
                leased = sum(
                    instance.wave_routes[v].rate_gbps * routes.waves[v, t]
                    for v in by_link[link][1]
                    if instance.wave_routes[v].rtt_ms <= limit + TOLERANCE
                )
                spared = sum(
                    design.rate_gbps * b.spared[r, d, h, t]
                    for r in rs
                    for d, design in enumerate(instance.fiber_routes[r].designs)
                    if design.rtt_ms <= limit + TOLERANCE
                )
                surviving = sum(
                    item.survival_fraction * item.gbps
                    for item in items
                    if item.rtt_limit_ms <= limit and item.survival_fraction > 0
                )
                left = fiber + leased + spared
                if not isinstance(left, int | float):
                    b.survivability_hut.add(left >= surviving)
    return b
