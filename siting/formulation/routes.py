"""Pairs, channels and waves on routes; capacity of links in the normal state and after failures.

| symbol | component | unit | meaning |
|---|---|---|---|
| n_rdt | pairs | - | fiber pairs of design d lit on route r |
| c_rdt | channels | - | channels lit |
| kappa_rkt | is_amplified | - | route r lit with its k-th numbers of amplifiers by section |
| o_vt | waves | - | leased waves in service |
"""

from __future__ import annotations

import math

import pyomo.environ as pyo

from siting.formulation.pair_limits import pair_limit
from siting.formulation.requirements import Requirements, most_capacity_gbps
from siting.formulation.sides import TOLERANCE, patterns
from siting.formulation.sums import sum_of
from siting.formulation.survivability import add_capacity
from siting.formulation.training import Link
from siting.instance import Instance


def routes_block(instance: Instance, requirements: Requirements) -> pyo.Block:
    """Return the block that lights routes so that every requirement is met."""
    b = pyo.Block(concrete=True)
    most = most_capacity_gbps(instance, requirements)
    _declare(b, instance, most)
    _limits(b, instance, most)
    add_capacity(b, instance, requirements)
    return b


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
        initialize=[(r.id, k, t) for r in routes for k in range(len(patterns(r))) for t in periods],
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
    ways = {r: patterns(routes[r]) for r in b.ROUTES}

    @b.Constraint(b.DESIGNS)
    def pair_channels(b: pyo.Block, r: str, d: int, t: int) -> pyo.Expression:
        return b.channels[r, d, t] <= routes[r].designs[d].channels_per_pair * b.pairs[r, d, t]

    @b.Constraint(b.DESIGNS)
    def amplified_pairs(b: pyo.Block, r: str, d: int, t: int) -> pyo.Expression:
        design = routes[r].designs[d]
        limit = pair_limit(instance, design, most[routes[r].link])
        way = ways[r].index(design.by_section)
        return b.pairs[r, d, t] <= limit * b.is_amplified[r, way, t]

    @b.Constraint(b.ROUTE_PERIODS)
    def amplified_once(b: pyo.Block, r: str, t: int) -> pyo.Expression:
        return sum_of(b.is_amplified[r, k, t] for k in range(len(ways[r]))) <= 1

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
