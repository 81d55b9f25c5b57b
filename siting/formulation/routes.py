"""Pairs, channels and waves on routes; capacity of links in the normal state and after failures.

| symbol | component | unit | meaning |
|---|---|---|---|
| n_rdt | pairs | - | fiber pairs of design d lit on route r |
| c_rdt | channels | - | channels lit |
| kappa_rkt | is_amplified | - | route r lit with k amplifiers |
| o_vt | waves | - | leased waves in service |
"""

from __future__ import annotations

import math

import pyomo.environ as pyo

from siting.formulation.requirements import Requirement, Requirements, most_demand_gbps
from siting.formulation.training import Link
from siting.instance import Instance
from siting.instance.records import Design, FiberRoute

TOLERANCE = 1e-9


def routes_block(instance: Instance, requirements: Requirements) -> pyo.Block:
    """Return the block that lights routes so that every requirement is met."""
    b = pyo.Block(concrete=True)
    most = most_demand_gbps(instance, requirements)
    _declare(b, instance, most)
    _limits(b, instance, most)
    _capacity(b, instance, requirements)
    return b


def pair_limit(instance: Instance, design: Design, demand_gbps: float) -> int:
    """Return the most pairs of a design that can be of use on one route."""
    useful = math.ceil(demand_gbps / (design.rate_gbps * design.channels_per_pair) - TOLERANCE)
    return max(0, min(instance.max_pairs_per_route, useful))


def route_pair_limit(instance: Instance, route: FiberRoute, demand_gbps: float) -> int:
    """Return the most pairs of all designs that can be of use on one route."""
    return sum(pair_limit(instance, d, demand_gbps) for d in route.designs)


def _declare(b: pyo.Block, instance: Instance, most: dict[Link, float]) -> None:
    periods = range(len(instance.periods))
    routes = [r for r in instance.fiber_routes.values() if most.get(r.link, 0.0) > 0]
    waves = [r for r in instance.wave_routes.values() if most.get(r.link, 0.0) > 0]
    b.ROUTES = pyo.Set(initialize=[r.id for r in routes])
    b.WAVES = pyo.Set(initialize=[r.id for r in waves])
    b.DESIGNS = pyo.Set(
        initialize=[(r.id, d, t) for r in routes for d in range(len(r.designs)) for t in periods],
        dimen=3,
    )
    b.AMPLIFIED = pyo.Set(
        initialize=[
            (r.id, k, t)
            for r in routes
            for k in sorted({d.amplifiers for d in r.designs})
            for t in periods
        ],
        dimen=3,
    )
    b.ROUTE_PERIODS = pyo.Set(initialize=[(r.id, t) for r in routes for t in periods], dimen=2)
    b.WAVE_PERIODS = pyo.Set(initialize=[(r.id, t) for r in waves for t in periods], dimen=2)

    def pair_bounds(_: pyo.Block, r: str, d: int, t: int) -> tuple[int, int]:
        route = instance.fiber_routes[r]
        design = route.designs[d]
        late = t < design.first_period
        return 0, 0 if late else pair_limit(instance, design, most[route.link])

    def channel_bounds(_: pyo.Block, r: str, d: int, t: int) -> tuple[int, int]:
        route = instance.fiber_routes[r]
        design = route.designs[d]
        if t < design.first_period:
            return 0, 0
        useful = math.ceil(most[route.link] / design.rate_gbps - TOLERANCE)
        pairs = pair_limit(instance, design, most[route.link])
        return 0, min(useful, design.channels_per_pair * pairs)

    def wave_bounds(_: pyo.Block, v: str, t: int) -> tuple[int, int]:
        wave = instance.wave_routes[v]
        useful = math.ceil(most[wave.link] / wave.rate_gbps - TOLERANCE)
        return 0, 0 if t < wave.first_period else min(wave.max_waves, useful)

    b.pairs = pyo.Var(b.DESIGNS, domain=pyo.NonNegativeIntegers, bounds=pair_bounds)
    b.channels = pyo.Var(b.DESIGNS, domain=pyo.NonNegativeIntegers, bounds=channel_bounds)
    b.is_amplified = pyo.Var(b.AMPLIFIED, domain=pyo.Binary)
    b.waves = pyo.Var(b.WAVE_PERIODS, domain=pyo.NonNegativeIntegers, bounds=wave_bounds)


def _limits(b: pyo.Block, instance: Instance, most: dict[Link, float]) -> None:
    routes = instance.fiber_routes
    counts = {r: sorted({d.amplifiers for d in routes[r].designs}) for r in b.ROUTES}

    @b.Constraint(b.DESIGNS)
    def pair_channels(b: pyo.Block, r: str, d: int, t: int) -> pyo.Expression:
        return b.channels[r, d, t] <= routes[r].designs[d].channels_per_pair * b.pairs[r, d, t]

    @b.Constraint(b.DESIGNS)
    def amplified_pairs(b: pyo.Block, r: str, d: int, t: int) -> pyo.Expression:
        design = routes[r].designs[d]
        limit = pair_limit(instance, design, most[routes[r].link])
        return b.pairs[r, d, t] <= limit * b.is_amplified[r, design.amplifiers, t]

    @b.Constraint(b.ROUTE_PERIODS)
    def amplified_once(b: pyo.Block, r: str, t: int) -> pyo.Expression:
        return sum(b.is_amplified[r, k, t] for k in counts[r]) <= 1

    def later(indices: pyo.Set) -> list[tuple[object, ...]]:
        return [key for key in indices if key[-1] > 0]

    b.LATER_DESIGNS = pyo.Set(initialize=later(b.DESIGNS), dimen=3)
    b.LATER_AMPLIFIED = pyo.Set(initialize=later(b.AMPLIFIED), dimen=3)
    b.LATER_WAVES = pyo.Set(initialize=later(b.WAVE_PERIODS), dimen=2)

    @b.Constraint(b.LATER_DESIGNS)
    def persistence_pairs(b: pyo.Block, r: str, d: int, t: int) -> pyo.Expression:
        return b.pairs[r, d, t] >= b.pairs[r, d, t - 1]

    @b.Constraint(b.LATER_DESIGNS)
    def persistence_channels(b: pyo.Block, r: str, d: int, t: int) -> pyo.Expression:
        return b.channels[r, d, t] >= b.channels[r, d, t - 1]

    @b.Constraint(b.LATER_AMPLIFIED)
    def persistence_amplified(b: pyo.Block, r: str, k: int, t: int) -> pyo.Expression:
        return b.is_amplified[r, k, t] >= b.is_amplified[r, k, t - 1]

    @b.Constraint(b.LATER_WAVES)
    def persistence_waves(b: pyo.Block, v: str, t: int) -> pyo.Expression:
        return b.waves[v, t] >= b.waves[v, t - 1]


def is_lit(b: pyo.Block, instance: Instance, r: str, t: int) -> pyo.Expression:
    """Return the expression that is 1 when route ``r`` is lit in period ``t``."""
    counts = sorted({d.amplifiers for d in instance.fiber_routes[r].designs})
    return sum(b.is_amplified[r, k, t] for k in counts)


def capacity_gbps(
    b: pyo.Block, instance: Instance, r: str, t: int, limit_ms: float
) -> pyo.Expression | float:
    """Return the capacity of a fiber route that counts within an RTT limit."""
    return sum(
        design.rate_gbps * b.channels[r, d, t]
        for d, design in enumerate(instance.fiber_routes[r].designs)
        if design.rtt_ms <= limit_ms + TOLERANCE
    )


def thresholds(items: tuple[Requirement, ...]) -> list[float]:
    """Return the distinct RTT limits of the requirements of a link."""
    return sorted({item.rtt_limit_ms for item in items})


def failure_sets(
    instance: Instance, link: Link, routes: list[str], waves: list[str]
) -> list[frozenset[str]]:
    """Return the sets of routes that a single failure touches, none inside another.

    A failure that touches a subset of what another touches asks for less. Failures that contain
    an end of the link are waived. Huts are left to the survivability block.
    """
    touched: dict[str, set[str]] = {}
    for r in routes:
        for risk in instance.fiber_routes[r].srlgs:
            touched.setdefault(risk, set()).add(r)
    for v in waves:
        for risk in instance.wave_routes[v].srlgs:
            touched.setdefault(risk, set()).add(v)
    waived = {f"campus:{campus}" for campus in link}
    sets = {frozenset(members) for risk, members in touched.items() if risk not in waived}
    return sorted((s for s in sets if not any(s < other for other in sets)), key=sorted)


def _capacity(b: pyo.Block, instance: Instance, requirements: Requirements) -> None:
    by_link: dict[Link, tuple[list[str], list[str]]] = {}
    for r in b.ROUTES:
        by_link.setdefault(instance.fiber_routes[r].link, ([], []))[0].append(r)
    for v in b.WAVES:
        by_link.setdefault(instance.wave_routes[v].link, ([], []))[1].append(v)
    b.link_capacity = pyo.ConstraintList()
    b.survivability = pyo.ConstraintList()
    for (link, t), items in sorted(requirements.items()):
        routes, waves = by_link.get(link, ([], []))
        failures = failure_sets(instance, link, routes, waves)
        for limit in thresholds(items):

            def available(
                touched: frozenset[str] = frozenset(),
                routes: list[str] = routes,
                waves: list[str] = waves,
                limit: float = limit,
                t: int = t,
            ) -> pyo.Expression | float:
                fiber = sum(
                    capacity_gbps(b, instance, r, t, limit) for r in routes if r not in touched
                )
                leased = sum(
                    instance.wave_routes[v].rate_gbps * b.waves[v, t]
                    for v in waves
                    if v not in touched and instance.wave_routes[v].rtt_ms <= limit + TOLERANCE
                )
                return fiber + leased

            counted = [item for item in items if item.rtt_limit_ms <= limit]
            _at_least(b.link_capacity, available(), sum(item.gbps for item in counted))
            protected = [item for item in counted if item.survival_fraction > 0]
            if not protected:
                continue
            surviving = sum(item.survival_fraction * item.gbps for item in protected)
            for touched in failures:
                _at_least(b.survivability, available(touched), surviving)


def _at_least(
    rows: pyo.ConstraintList, left: pyo.Expression | float, right: pyo.Expression | float
) -> None:
    """Add ``left >= right`` unless both are numbers and it holds."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        if left >= right - TOLERANCE:
            return
        rows.add(pyo.Constraint.Infeasible)
        return
    rows.add(left >= right)
