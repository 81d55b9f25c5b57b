"""Power of the equipment in huts, kW.

Where all options of a route draw the same power by one type of equipment, it follows from the pairs
amplified. Else it is at least the power of the lit pairs, where the hut is used.

| symbol | component | unit | meaning |
|---|---|---|---|
| w_rht | amplifier_kw | kW | power of route r in hut h |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.equipment import pairs_in_hut
from siting.formulation.sites import W_PER_KW, Sites
from siting.instance import Instance


def add_power(
    b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block, *, exact: bool
) -> None:
    """Add the rule ``hut_power`` to the amplifiers block, only where power can bind."""
    periods = range(len(instance.periods))
    binding = [h for h in sites.huts() if sites.power_binds(h)]
    mixed = {r for r in sites.uses if exact and sites.mixed_power(r)}
    b.POWERED = pyo.Set(initialize=[(h, t) for h in binding for t in periods], dimen=2)
    b.MIXED_USES = pyo.Set(
        initialize=[
            (r, h, t)
            for h in binding
            for r in sites.users.get(h, [])
            if r in mixed
            for t in periods
        ],
        dimen=3,
    )
    b.amplifier_kw = pyo.Var(b.MIXED_USES, domain=pyo.NonNegativeReals)

    least = {
        (r, a): min(d.amplifier_w_per_pair for _, d in sites.designs(r, a)) / W_PER_KW
        for r, types in sites.types.items()
        for a in types
    }

    def drawn_kw(r: str, h: str, t: int) -> pyo.Expression:
        """Power of a route's amplifiers in a hut, by the least of each type."""
        return sum(least[r, a] * pairs_in_hut(b, sites, r, h, a, t) for a in sites.types[r])

    @b.Constraint(b.MIXED_USES)
    def amplifier_power_least(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.amplifier_kw[r, h, t] >= drawn_kw(r, h, t)

    @b.Constraint(b.MIXED_USES)
    def amplifier_power(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        most = sites.most_w(r) / W_PER_KW
        return b.amplifier_kw[r, h, t] >= lit_kw(instance, routes, r, t) - most * (
            1 - b.is_used[r, h, t]
        )

    @b.Constraint(b.POWERED)
    def hut_power(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        total = sum(
            b.amplifier_kw[r, h, t] if (r, h, t) in b.MIXED_USES else drawn_kw(r, h, t)
            for r in sites.users.get(h, [])
        )
        total += sum(regenerator_kw(instance, routes, r, t) for r in sites.regenerated.get(h, []))
        hut = instance.huts[h]
        power = sum(kind.power_kw * b.is_open[h, k, t] for k, kind in hut.classes.items())
        if hut.existing is not None and hut.stands[t]:
            power += hut.existing.power_kw
        return total <= power


def lit_kw(instance: Instance, routes: pyo.Block, r: str, t: int) -> pyo.Expression:
    """Return the power of the amplifiers of a route at each hut it uses, kW."""
    return sum(
        d.amplifier_w_per_pair / W_PER_KW * routes.pairs[r, i, t]
        for i, d in enumerate(instance.fiber_routes[r].designs)
        if d.amplifiers
    )


def regenerator_kw(instance: Instance, routes: pyo.Block, r: str, t: int) -> pyo.Expression:
    """Return the power of a route at each of its regenerator sites, kW."""
    return sum(
        d.regenerator_w_per_pair / W_PER_KW * routes.pairs[r, i, t]
        + d.regenerator_w_per_channel / W_PER_KW * routes.channels[r, i, t]
        for i, d in enumerate(instance.fiber_routes[r].designs)
    )
