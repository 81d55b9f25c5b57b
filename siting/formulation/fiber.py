"""Own cable and IRU on corridors.

| symbol | component | unit | meaning |
|---|---|---|---|
| beta_et | is_built | - | own cable built on corridor e |
| N_efst | cables | - | new cables of fiber type f with s fibers |
| iota_et | holds_iru | - | IRU pairs held on the corridor |
| i_et | iru_pairs | - | IRU pairs held |
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pyomo.environ as pyo

from siting.formulation.requirements import Requirements, route_limits
from siting.formulation.sides import lit_everywhere
from siting.formulation.sums import sum_of, weighted_sum
from siting.instance import Instance

OWN = "own"


def fiber_block(instance: Instance, requirements: Requirements, routes: pyo.Block) -> pyo.Block:
    """Return the block that supplies the fiber pairs of every route."""
    b = pyo.Block(concrete=True)
    own, iru = _uses(instance, routes)
    limits = route_limits(instance, requirements)
    periods = range(len(instance.periods))
    corridors = instance.corridors
    need = {key: sum(limits[r] for r in rs) for key, rs in own.items()}
    sizes = {
        (e, f): sorted(s for g, s in corridors[e].cable_usd_per_year if g == f) for e, f in own
    }
    edges = list(dict.fromkeys(e for e, f in own if sizes[e, f]))
    b.OWN = pyo.Set(initialize=[(e, t) for e in edges for t in periods], dimen=2)
    b.CABLES = pyo.Set(
        initialize=[(e, f, s, t) for e, f in own for s in sizes[e, f] for t in periods], dimen=4
    )
    b.OWN_TYPES = pyo.Set(initialize=[(e, f, t) for e, f in own for t in periods], dimen=3)
    b.IRU = pyo.Set(initialize=[(e, t) for e in iru for t in periods], dimen=2)

    def cable_bounds(_: pyo.Block, e: str, f: str, s: int, t: int) -> tuple[int, int]:
        if t < corridors[e].build_first_period:
            return 0, 0
        return 0, min(instance.max_cables_per_size, math.ceil(need[e, f] / (s / 2)))

    def iru_bounds(_: pyo.Block, e: str, t: int) -> tuple[int, int]:
        late = t < corridors[e].iru_first_period
        return 0, 0 if late else corridors[e].iru_pairs

    pairs = _pairs(instance, routes)
    b.is_built = pyo.Var(b.OWN, domain=pyo.Binary)
    b.cables = pyo.Var(b.CABLES, domain=pyo.NonNegativeIntegers, bounds=cable_bounds)
    b.holds_iru = pyo.Var(b.IRU, domain=pyo.Binary)
    b.iru_pairs = pyo.Var(b.IRU, domain=pyo.NonNegativeIntegers, bounds=iru_bounds)

    @b.Constraint(b.OWN_TYPES)
    def corridor_pairs(b: pyo.Block, e: str, f: str, t: int) -> pyo.Expression:
        lit = sum_of(x for r in own[e, f] for x in pairs[r, t])
        laid = weighted_sum((s / 2, b.cables[e, f, s, t]) for s in sizes[e, f])
        return lit <= laid + corridors[e].pairs_standing(f, t)

    b.NEW_CABLES = pyo.Set(
        initialize=[k for k in b.CABLES if not corridors[k[0]].stands[k[-1]]], dimen=4
    )

    @b.Constraint(b.NEW_CABLES)
    def cable_limit(b: pyo.Block, e: str, f: str, s: int, t: int) -> pyo.Expression:
        return b.cables[e, f, s, t] <= instance.max_cables_per_size * b.is_built[e, t]

    @b.Constraint(b.IRU)
    def iru_limit(b: pyo.Block, e: str, t: int) -> pyo.Expression:
        return sum_of(x for r in iru[e] for x in pairs[r, t]) <= b.iru_pairs[e, t]

    @b.Constraint(b.IRU)
    def iru_held(b: pyo.Block, e: str, t: int) -> pyo.Expression:
        return b.iru_pairs[e, t] <= corridors[e].iru_pairs * b.holds_iru[e, t]

    lit = lit_everywhere(routes, instance)
    _lit_corridors(b, instance, lit, own, iru)
    _lit_cables(b, instance, lit, own, sizes)
    _persistence(b)
    return b


def own_in_use(instance: Instance, b: pyo.Block, e: str, t: int) -> pyo.Expression | float:
    """Return what is 1 when own cable, old or new, may lie on a corridor."""
    if instance.corridors[e].stands[t]:
        return 1.0
    return b.is_built[e, t] if (e, t) in b.OWN else 0.0


def _uses(
    instance: Instance, routes: pyo.Block
) -> tuple[dict[tuple[str, str], list[str]], dict[str, list[str]]]:
    """Return, for each corridor, the routes on own cable by fiber type, and those on IRU."""
    own: dict[tuple[str, str], list[str]] = {}
    iru: dict[str, list[str]] = {}
    for r in routes.ROUTES:
        route = instance.fiber_routes[r]
        for e, supply in zip(route.corridors, route.supply, strict=True):
            if supply == OWN:
                own.setdefault((e, route.fiber_type), []).append(r)
            else:
                iru.setdefault(e, []).append(r)
    return own, iru


def _pairs(instance: Instance, routes: pyo.Block) -> dict[tuple[str, int], list[pyo.Var]]:
    """Return the pairs of every design of each route in each period."""
    designs = {r: range(len(instance.fiber_routes[r].designs)) for r in routes.ROUTES}
    return {(r, t): [routes.pairs[r, d, t] for d in designs[r]] for r, t in routes.ROUTE_PERIODS}


def _lit_corridors(
    b: pyo.Block,
    instance: Instance,
    lit: Mapping[tuple[str, int], pyo.Expression],
    own: dict[tuple[str, str], list[str]],
    iru: dict[str, list[str]],
) -> None:
    """Strengthening: a lit route opens each of its corridors, unless cable stands there."""
    by_edge: dict[str, list[str]] = {}
    for (e, _), rs in own.items():
        by_edge.setdefault(e, []).extend(rs)
    b.LIT_OWN = pyo.Set(
        initialize=[
            (e, r, t) for e, t in b.OWN if not instance.corridors[e].stands[t] for r in by_edge[e]
        ],
        dimen=3,
    )
    b.LIT_IRU = pyo.Set(initialize=[(e, r, t) for e, t in b.IRU for r in iru[e]], dimen=3)

    @b.Constraint(b.LIT_OWN)
    def lit_corridor(b: pyo.Block, e: str, r: str, t: int) -> pyo.Expression:
        return lit[r, t] <= b.is_built[e, t]

    @b.Constraint(b.LIT_IRU)
    def lit_iru(b: pyo.Block, e: str, r: str, t: int) -> pyo.Expression:
        return lit[r, t] <= b.holds_iru[e, t]


def _lit_cables(
    b: pyo.Block,
    instance: Instance,
    lit: Mapping[tuple[str, int], pyo.Expression],
    own: dict[tuple[str, str], list[str]],
    sizes: dict[tuple[str, str], list[int]],
) -> None:
    """Strengthening: a lit route has a pair, so a cable on each of its corridors on own fiber.

    And a corridor is opened for a cable, unless a cap on spending makes it pay to open it early.
    """
    b.LIT_CABLES = pyo.Set(
        initialize=[
            (e, f, r, t)
            for e, f, t in b.OWN_TYPES
            if not instance.corridors[e].pairs_standing(f, t)
            for r in own[e, f]
        ],
        dimen=4,
    )

    types: dict[str, list[str]] = {}
    for e, f in own:
        types.setdefault(e, []).append(f)
    b.BARE = pyo.Set(
        initialize=[
            (e, t)
            for e, t in b.OWN
            if not instance.caps.given
            and not instance.corridors[e].stands[t]
            and not any(instance.corridors[e].pairs_standing(f, t) for f in types[e])
        ],
        dimen=2,
    )

    @b.Constraint(b.BARE)
    def built_cable(b: pyo.Block, e: str, t: int) -> pyo.Expression:
        return b.is_built[e, t] <= sum_of(
            b.cables[e, f, s, t] for f in types[e] for s in sizes[e, f]
        )

    @b.Constraint(b.LIT_CABLES)
    def lit_cable(b: pyo.Block, e: str, f: str, r: str, t: int) -> pyo.Expression:
        return lit[r, t] <= sum_of(b.cables[e, f, s, t] for s in sizes[e, f])


def _persistence(b: pyo.Block) -> None:
    b.LATER_OWN = pyo.Set(initialize=[k for k in b.OWN if k[-1] > 0], dimen=2)
    b.LATER_CABLES = pyo.Set(initialize=[k for k in b.CABLES if k[-1] > 0], dimen=4)
    b.LATER_IRU = pyo.Set(initialize=[k for k in b.IRU if k[-1] > 0], dimen=2)

    @b.Constraint(b.LATER_OWN)
    def persistence(b: pyo.Block, e: str, t: int) -> pyo.Expression:
        return b.is_built[e, t] >= b.is_built[e, t - 1]

    @b.Constraint(b.LATER_CABLES)
    def persistence_cables(b: pyo.Block, e: str, f: str, s: int, t: int) -> pyo.Expression:
        return b.cables[e, f, s, t] >= b.cables[e, f, s, t - 1]

    @b.Constraint(b.LATER_IRU)
    def persistence_iru(b: pyo.Block, e: str, t: int) -> pyo.Expression:
        return b.iru_pairs[e, t] >= b.iru_pairs[e, t - 1]

    @b.Constraint(b.LATER_IRU)
    def persistence_holds(b: pyo.Block, e: str, t: int) -> pyo.Expression:
        return b.holds_iru[e, t] >= b.holds_iru[e, t - 1]
