"""What stands in huts: class, and racks by amplifier type.

The racks of a hut whose class is leased are leased, all others are bought.
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.sides import is_lit
from siting.formulation.sites import Sites
from siting.formulation.sums import sum_of, weighted_sum
from siting.instance import Instance
from siting.instance.records_network import REGENERATOR_TYPE


def add_equipment(b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block) -> None:
    """Add the rules ``hut_class`` and ``hut_racks`` to the amplifiers block."""
    _pairs(b, instance, sites, routes)
    _racks(b, instance, sites)
    _rack_rows(b, instance, sites, routes)
    _used_racks(b, instance, sites, routes)
    _classes(b, instance, sites)


def open_or_standing(instance: Instance, b: pyo.Block, h: str, t: int) -> pyo.Expression | float:
    """Return what is at least 1 when a hut is in service."""
    new = sum_of(b.is_open[h, k, t] for k in instance.huts[h].classes)
    return new + 1 if instance.huts[h].stands[t] else new


def _pairs(b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block) -> None:
    """Pairs of a route amplified in a hut, by type: the product of pairs and use."""
    periods = range(len(instance.periods))
    several = [r for r in sites.uses if sites.splits(r)]
    b.SEVERAL_USES = pyo.Set(
        initialize=[
            (r, h, a, t)
            for r in several
            for h in sites.uses[r]
            for a in sites.types[r]
            for t in periods
        ],
        dimen=4,
    )
    b.SEVERAL_ROUTES = pyo.Set(
        initialize=[(r, a, t) for r in several for a in sites.types[r] for t in periods],
        dimen=3,
    )
    b.amplified_pairs = pyo.Var(b.SEVERAL_USES, domain=pyo.NonNegativeReals)
    lit = {
        (r, a, t): sum_of(routes.pairs[r, d, t] for d, _ in sites.designs(r, a))
        for r, a, t in b.SEVERAL_ROUTES
    }

    @b.Constraint(b.SEVERAL_USES)
    def amplified_if_used(b: pyo.Block, r: str, h: str, a: str, t: int) -> pyo.Expression:
        return b.amplified_pairs[r, h, a, t] <= sites.limit[r] * b.is_used[r, h, t]

    @b.Constraint(b.SEVERAL_USES)
    def amplified_at_most(b: pyo.Block, r: str, h: str, a: str, t: int) -> pyo.Expression:
        return b.amplified_pairs[r, h, a, t] <= lit[r, a, t]

    @b.Constraint(b.SEVERAL_ROUTES)
    def amplified_in_all(b: pyo.Block, r: str, a: str, t: int) -> pyo.Expression:
        total = sum_of(b.amplified_pairs[r, h, a, t] for h in sites.uses[r])
        return total == weighted_sum(
            (d.amplifiers, routes.pairs[r, i, t]) for i, d in sites.designs(r, a)
        )


def _racks(b: pyo.Block, instance: Instance, sites: Sites) -> None:
    periods = range(len(instance.periods))
    b.RACKS = pyo.Set(
        initialize=[
            (h, a, c, t)
            for h in sites.huts()
            for a in sites.types_at[h]
            for c in sites.rack_groups[h]
            for t in periods
        ],
        dimen=4,
    )

    def bounds(_: pyo.Block, h: str, a: str, c: str, t: int) -> tuple[int, int]:
        hut = instance.huts[h]
        kinds = [hut.classes[k] for k in sites.rack_groups[h][c]]
        first = min((kind.first_period for kind in kinds), default=len(instance.periods))
        space = max((kind.space_racks for kind in kinds), default=0)
        if c == "bought" and hut.existing is not None:
            first = min(first, hut.first_period(len(instance.periods)))
            space += hut.existing.space_racks
        return 0, 0 if t < first else min(space, sites.need(h, a))

    b.racks = pyo.Var(b.RACKS, domain=pyo.NonNegativeIntegers, bounds=bounds)


def _rack_rows(b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block) -> None:
    periods = range(len(instance.periods))
    huts = instance.huts
    b.HUT_TYPES = pyo.Set(
        initialize=[(h, a, t) for h in sites.huts() for a in sites.types_at[h] for t in periods],
        dimen=3,
    )

    @b.Constraint(b.HUT_TYPES)
    def hut_racks(b: pyo.Block, h: str, a: str, t: int) -> pyo.Expression:
        pairs = [
            pairs_in_hut(b, sites, r, h, a, t)
            for r in sites.users.get(h, [])
            if a in sites.types[r]
        ]
        if a == REGENERATOR_TYPE:
            pairs += [
                routes.pairs[r, d, t]
                for r in sites.regenerated.get(h, [])
                for d in range(len(instance.fiber_routes[r].designs))
            ]
        racks = _new_racks(b, sites, h, t, [a]) + huts[h].racks_standing(a, t)
        return sum_of(pairs) <= instance.pairs_per_rack[a] * racks

    @b.Constraint(b.HUTS)
    def hut_opening(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        hut = huts[h]
        space = weighted_sum((x.space_racks, b.is_open[h, k, t]) for k, x in hut.classes.items())
        if hut.existing is not None and hut.stands[t]:
            taken = sum(hut.racks_standing(a, t) for a in hut.existing_racks)
            space += hut.existing.space_racks - taken
        return _new_racks(b, sites, h, t, sites.types_at[h]) <= space


def _used_racks(b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block) -> None:
    """Strengthening: a lit route has a pair, so a hut that it uses has a rack."""

    def unracked(types: list[str], h: str, t: int) -> bool:
        return not any(instance.huts[h].racks_standing(a, t) for a in types)

    b.RACKED_USES = pyo.Set(
        initialize=[(r, h, t) for r, h, t in b.USES if unracked(sites.types[r], h, t)], dimen=3
    )
    b.RACKED_REGENERATES = pyo.Set(
        initialize=[(r, h, t) for r, h, t in b.REGENERATES if unracked([REGENERATOR_TYPE], h, t)],
        dimen=3,
    )

    @b.Constraint(b.RACKED_USES)
    def rack_if_used(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.is_used[r, h, t] <= _new_racks(b, sites, h, t, sites.types[r])

    @b.Constraint(b.RACKED_REGENERATES)
    def rack_if_regenerated(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return is_lit(routes, instance, r, t) <= _new_racks(b, sites, h, t, [REGENERATOR_TYPE])


def pairs_in_hut(
    b: pyo.Block, sites: Sites, r: str, h: str, a: str, t: int
) -> pyo.Expression | float:
    """Return the pairs of a route amplified in a hut by equipment of type ``a``.

    A route that never needs a second pair is amplified with one pair wherever it uses a hut.
    """
    return b.amplified_pairs[r, h, a, t] if sites.splits(r) else b.is_used[r, h, t]


def _new_racks(
    b: pyo.Block, sites: Sites, h: str, t: int, types: list[str]
) -> pyo.Expression | float:
    return sum_of(b.racks[h, a, c, t] for a in types for c in sites.rack_groups[h])


def _classes(b: pyo.Block, instance: Instance, sites: Sites) -> None:
    """One class for good; it says how racks are paid for."""
    last = len(instance.periods) - 1
    huts = instance.huts
    b.CHOICES = pyo.Set(initialize=[h for h in sites.huts() if len(huts[h].classes) > 1])
    b.PAID = pyo.Set(initialize=[k for k in b.RACKS if len(sites.rack_groups[k[0]]) > 1], dimen=4)

    @b.Constraint(b.CHOICES)
    def hut_class(b: pyo.Block, h: str) -> pyo.Expression:
        return sum_of(b.is_open[h, k, last] for k in huts[h].classes) <= 1

    @b.Constraint(b.PAID)
    def rack_payment(b: pyo.Block, h: str, a: str, c: str, t: int) -> pyo.Expression:
        lessors = sites.rack_groups[h]["leased"]
        most = b.racks[h, a, c, t].ub
        if c == "leased":
            return b.racks[h, a, c, t] <= most * sum_of(b.is_open[h, k, t] for k in lessors)
        return b.racks[h, a, c, t] <= most * (1 - sum_of(b.is_open[h, k, last] for k in lessors))
