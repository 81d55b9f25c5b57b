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
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from siting.formulation.pair_limits import pair_limit
from siting.formulation.requirements import Requirement, Requirements, most_demand_gbps
from siting.formulation.training import Link
from siting.instance import Instance

TOLERANCE = 1e-9


def routes_block(instance: Instance, requirements: Requirements) -> pyo.Block:
    """Return the block that lights routes so that every requirement is met."""
    b = pyo.Block(concrete=True)
    most = most_demand_gbps(instance, requirements)
    _declare(b, instance, most)
    _limits(b, instance, most)
    _capacity(b, instance, requirements)
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


@dataclass(frozen=True, slots=True)
class _Side:
    """Routes of a link that count within an RTT limit in a period."""

    block: pyo.Block
    instance: Instance
    period: int
    limit_ms: float
    routes: list[str]
    waves: list[str]

    def without(self, touched: frozenset[str]) -> _Side:
        return replace(
            self,
            routes=[r for r in self.routes if r not in touched],
            waves=[v for v in self.waves if v not in touched],
        )

    def gbps(self) -> pyo.Expression | float:
        """Return the capacity."""
        fiber = sum(
            capacity_gbps(self.block, self.instance, r, self.period, self.limit_ms)
            for r in self.routes
        )
        return fiber + sum(
            self.instance.wave_routes[v].rate_gbps * self.block.waves[v, self.period]
            for v in self.waves
        )

    def lit(self) -> pyo.Expression | float:
        """Return the number of lit routes and waves."""
        fiber = sum(is_lit(self.block, self.instance, r, self.period) for r in self.routes)
        return fiber + sum(self.block.waves[v, self.period] for v in self.waves)

    def pairs(self) -> pyo.Expression | float:
        """Return the pairs and waves lit."""
        fiber = sum(
            self.block.pairs[r, d, self.period]
            for r in self.routes
            for d in range(len(self.instance.fiber_routes[r].designs))
        )
        return fiber + sum(self.block.waves[v, self.period] for v in self.waves)

    def largest_gbps(self) -> float:
        """Return the most that one pair or one wave carries."""
        fiber = [
            d.rate_gbps * d.channels_per_pair
            for r in self.routes
            for d in self.instance.fiber_routes[r].designs
        ]
        return max(
            [*fiber, *(self.instance.wave_routes[v].rate_gbps for v in self.waves)], default=0.0
        )


def _capacity(b: pyo.Block, instance: Instance, requirements: Requirements) -> None:
    """Capacity in the normal state and after every single failure.

    Beside each row of capacity stand rows that only cut off fractional points: a required link
    keeps a lit route, and as many pairs as its demand fills.
    """
    by_link: dict[Link, tuple[list[str], list[str]]] = {}
    for r in b.ROUTES:
        by_link.setdefault(instance.fiber_routes[r].link, ([], []))[0].append(r)
    for v in b.WAVES:
        by_link.setdefault(instance.wave_routes[v].link, ([], []))[1].append(v)
    b.link_capacity = pyo.ConstraintList()
    b.survivability = pyo.ConstraintList()
    b.kept_route = pyo.ConstraintList()
    b.kept_pairs = pyo.ConstraintList()
    for (link, t), items in sorted(requirements.items()):
        routes, waves = by_link.get(link, ([], []))
        failures = failure_sets(instance, link, routes, waves)
        for limit in thresholds(items):
            side = _Side(
                b,
                instance,
                t,
                limit,
                [r for r in routes if _counts(instance, r, limit)],
                [v for v in waves if instance.wave_routes[v].rtt_ms <= limit + TOLERANCE],
            )
            counted = [item for item in items if item.rtt_limit_ms <= limit]
            _require(b, b.link_capacity, side, counted, survival=False)
            protected = [item for item in counted if item.survival_fraction > 0]
            for touched in failures if protected else ():
                _require(b, b.survivability, side.without(touched), protected, survival=True)


def _counts(instance: Instance, r: str, limit_ms: float) -> bool:
    return any(d.rtt_ms <= limit_ms + TOLERANCE for d in instance.fiber_routes[r].designs)


def _require(
    b: pyo.Block, rows: pyo.ConstraintList, side: _Side, items: list[Requirement], *, survival: bool
) -> None:
    shares = [item.survival_fraction if survival else 1.0 for item in items]
    demand = sum(share * item.gbps for share, item in zip(shares, items, strict=True))
    _at_least(rows, side.gbps(), demand)
    for item in items:
        _at_least(b.kept_route, side.lit(), item.is_required)
    largest = side.largest_gbps()
    if isinstance(demand, float) and largest > 0:
        least = math.ceil(demand / largest - TOLERANCE)
        if least > 1:
            _at_least(b.kept_pairs, side.pairs(), float(least))


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
