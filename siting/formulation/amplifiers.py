"""In-line amplifier sites, shared exactly between routes.

Spacing is a covering and packing of positions along each route (rows with consecutive ones), so
that the huts of a route are integral once the open huts are. Noise is in
:mod:`siting.formulation.noise`.

| symbol | component | unit | meaning |
|---|---|---|---|
| h_ht | is_open | - | hut in service |
| v_rht | is_used | - | route r is amplified in hut h |
| m_rht | amplified_pairs | - | pairs of route r amplified in hut h |
| k_ht | racks | - | racks in service |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.requirements import Requirements, route_limits
from siting.instance import Instance
from siting.instance.records import FiberRoute

TOLERANCE_KM = 1e-9


def amplifiers_block(
    instance: Instance,
    requirements: Requirements,
    routes: pyo.Block,
    *,
    with_minimum_spacing: bool,
) -> pyo.Block:
    """Return the block that places huts for every lit route.

    Args:
        instance: the instance.
        requirements: what each link must carry.
        routes: the routes block.
        with_minimum_spacing: add the rows of ``amplifier_minimum_spacing``; without them the block
            is a relaxation, to which violated rows are added as cuts.
    """
    b = pyo.Block(concrete=True)
    limit = route_limits(instance, requirements)
    periods = range(len(instance.periods))
    fiber = {
        r: instance.fiber_routes[r]
        for r in routes.ROUTES
        if any(d.amplifiers for d in instance.fiber_routes[r].designs)
    }
    users: dict[str, list[str]] = {}
    for r, route in fiber.items():
        for hut in route.huts:
            users.setdefault(hut.hut, []).append(r)
    b.HUTS = pyo.Set(initialize=[(h, t) for h in sorted(users) for t in periods], dimen=2)
    b.USES = pyo.Set(
        initialize=[
            (r, x.hut, t) for r, route in fiber.items() for x in route.huts for t in periods
        ],
        dimen=3,
    )
    b.AMPLIFIED_ROUTES = pyo.Set(initialize=[(r, t) for r in fiber for t in periods], dimen=2)

    def rack_bounds(_: pyo.Block, h: str, t: int) -> tuple[int, int]:
        hut = instance.huts[h]
        need = -(-sum(limit[r] for r in users[h]) // instance.pairs_per_rack)
        return 0, 0 if t < hut.first_period else min(hut.max_racks, need)

    b.is_open = pyo.Var(b.HUTS, domain=pyo.Binary)
    b.is_used = pyo.Var(b.USES, domain=pyo.Binary)
    several = {r for r in fiber if limit[r] > 1}
    b.SEVERAL_USES = pyo.Set(initialize=[k for k in b.USES if k[0] in several], dimen=3)
    b.SEVERAL_ROUTES = pyo.Set(
        initialize=[k for k in b.AMPLIFIED_ROUTES if k[0] in several], dimen=2
    )
    b.amplified_pairs = pyo.Var(b.SEVERAL_USES, domain=pyo.NonNegativeReals)
    b.racks = pyo.Var(b.HUTS, domain=pyo.NonNegativeIntegers, bounds=rack_bounds)
    for h, t in b.HUTS:
        if t < instance.huts[h].first_period:
            b.is_open[h, t].fix(0)

    @b.Constraint(b.USES)
    def hut_service(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.is_used[r, h, t] <= b.is_open[h, t]

    _spacing(b, instance, fiber, routes, with_minimum_spacing=with_minimum_spacing)
    _racks(b, instance, fiber, routes, limit, users)
    _persistence(b)
    return b


def windows(route: FiberRoute, max_spacing_km: float) -> list[list[str]]:
    """Return the sets of huts of which an amplified route uses at least one each.

    The window that starts at the first terminal or at a hut and reaches ``max_spacing_km`` further
    holds a used hut unless it reaches the far terminal; the last windows end at the far terminal.
    """
    starts = [0.0, *(x.position_km for x in route.huts)]
    found = []
    for index, start in enumerate(starts):
        if start + max_spacing_km + TOLERANCE_KM >= route.length_km and index > 0:
            continue
        found.append(
            [
                x.hut
                for number, x in enumerate(route.huts, start=1)
                if number > index and x.position_km <= start + max_spacing_km + TOLERANCE_KM
            ]
        )
    found.append(
        [
            x.hut
            for x in route.huts
            if x.position_km >= route.length_km - max_spacing_km - TOLERANCE_KM
        ]
    )
    unique = [list(w) for w in dict.fromkeys(tuple(w) for w in found)]
    return [w for w in unique if not any(set(o) < set(w) for o in unique)]


def crowds(route: FiberRoute, min_spacing_km: float) -> list[list[str]]:
    """Return the sets of huts of which an amplified route uses at most one each."""
    found = []
    for index, first in enumerate(route.huts):
        reach = first.position_km + max(min_spacing_km, 2 * TOLERANCE_KM) - TOLERANCE_KM
        group = [x.hut for x in route.huts[index:] if x.position_km < reach]
        if len(group) > 1:
            found.append(group)
    return [w for w in found if not any(set(w) < set(o) for o in found)]


def _spacing(
    b: pyo.Block,
    instance: Instance,
    fiber: dict[str, FiberRoute],
    routes: pyo.Block,
    *,
    with_minimum_spacing: bool,
) -> None:
    counts = {r: sorted({d.amplifiers for d in route.designs}) for r, route in fiber.items()}
    covers = {r: windows(route, instance.max_spacing_km) for r, route in fiber.items()}
    packs = {
        r: crowds(route, instance.min_spacing_km) if with_minimum_spacing else []
        for r, route in fiber.items()
    }

    @b.Constraint(b.AMPLIFIED_ROUTES)
    def hut_count(b: pyo.Block, r: str, t: int) -> pyo.Expression:
        used = sum(b.is_used[r, x.hut, t] for x in fiber[r].huts)
        return used == sum(k * routes.is_amplified[r, k, t] for k in counts[r] if k)

    b.WINDOWS = pyo.Set(
        initialize=[(r, i, t) for r, t in b.AMPLIFIED_ROUTES for i in range(len(covers[r]))],
        dimen=3,
    )
    b.CROWDS = pyo.Set(
        initialize=[(r, i, t) for r, t in b.AMPLIFIED_ROUTES for i in range(len(packs[r]))], dimen=3
    )

    @b.Constraint(b.WINDOWS)
    def amplifier_spacing(b: pyo.Block, r: str, i: int, t: int) -> pyo.Expression:
        amplified = sum(routes.is_amplified[r, k, t] for k in counts[r] if k)
        return sum(b.is_used[r, h, t] for h in covers[r][i]) >= amplified

    @b.Constraint(b.CROWDS)
    def amplifier_minimum_spacing(b: pyo.Block, r: str, i: int, t: int) -> pyo.Expression:
        amplified = sum(routes.is_amplified[r, k, t] for k in counts[r] if k)
        return sum(b.is_used[r, h, t] for h in packs[r][i]) <= amplified


def _racks(
    b: pyo.Block,
    instance: Instance,
    fiber: dict[str, FiberRoute],
    routes: pyo.Block,
    limit: dict[str, int],
    users: dict[str, list[str]],
) -> None:
    def lit_pairs(r: str, t: int) -> pyo.Expression:
        return sum(routes.pairs[r, d, t] for d in range(len(fiber[r].designs)))

    @b.Constraint(b.SEVERAL_USES)
    def amplified_if_used(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.amplified_pairs[r, h, t] <= limit[r] * b.is_used[r, h, t]

    @b.Constraint(b.SEVERAL_USES)
    def amplified_at_most(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.amplified_pairs[r, h, t] <= lit_pairs(r, t)

    @b.Constraint(b.SEVERAL_ROUTES)
    def amplified_in_all(b: pyo.Block, r: str, t: int) -> pyo.Expression:
        total = sum(b.amplified_pairs[r, x.hut, t] for x in fiber[r].huts)
        return total == sum(
            d.amplifiers * routes.pairs[r, i, t]
            for i, d in enumerate(fiber[r].designs)
            if d.amplifiers
        )

    @b.Constraint(b.HUTS)
    def hut_racks(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        # A route that never needs a second pair is amplified with one pair wherever it uses a hut.
        total = sum(
            b.amplified_pairs[r, h, t] if limit[r] > 1 else b.is_used[r, h, t] for r in users[h]
        )
        return total <= instance.pairs_per_rack * b.racks[h, t]

    @b.Constraint(b.USES)
    def rack_if_used(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        # Strengthening: a lit route has a pair, so a used hut has a rack.
        return b.is_used[r, h, t] <= b.racks[h, t]

    @b.Constraint(b.HUTS)
    def hut_opening(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        return b.racks[h, t] <= instance.huts[h].max_racks * b.is_open[h, t]


def _persistence(b: pyo.Block) -> None:
    b.LATER_HUTS = pyo.Set(initialize=[k for k in b.HUTS if k[-1] > 0], dimen=2)
    b.LATER_USES = pyo.Set(initialize=[k for k in b.USES if k[-1] > 0], dimen=3)

    @b.Constraint(b.LATER_HUTS)
    def persistence(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        return b.is_open[h, t] >= b.is_open[h, t - 1]

    @b.Constraint(b.LATER_HUTS)
    def persistence_racks(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        return b.racks[h, t] >= b.racks[h, t - 1]

    @b.Constraint(b.LATER_USES)
    def persistence_uses(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.is_used[r, h, t] >= b.is_used[r, h, t - 1]
