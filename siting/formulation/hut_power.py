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

    @b.Constraint(b.MIXED_USES)
    def amplifier_power_least(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.amplifier_kw[r, h, t] >= least_kw(b, sites, r, h, t)

    @b.Constraint(b.MIXED_USES)
    def amplifier_power(b: pyo.Block, r: str, h: str, t: int) -> pyo.Expression:
        return b.amplifier_kw[r, h, t] >= used_kw(b, instance, sites, routes, r, h, t)

    @b.Constraint(b.POWERED)
    def hut_power(b: pyo.Block, h: str, t: int) -> pyo.Expression:
        total = sum(
            b.amplifier_kw[r, h, t] if (r, h, t) in b.MIXED_USES else least_kw(b, sites, r, h, t)
            for r in sites.users.get(h, [])
        )
        return total + _others_kw(b, instance, sites, routes, h, t) <= 0


def power_excess_kw(
    b: pyo.Block,
    instance: Instance,
    sites: Sites,
    routes: pyo.Block,
    place: tuple[str, int],
    using: set[str],
) -> pyo.Expression:
    """Return what is at most 0: the power of what is lit in a hut less the power of the hut.

    Without the variables of :func:`add_power`: a lower bound that is exact where the routes with
    options of different power that use the hut are those in ``using``.

    Args:
        b: the amplifiers block.
        instance: the instance.
        sites: the huts of the routes.
        routes: the routes block.
        place: hut and period.
        using: routes that use the hut.
    """
    h, t = place
    total = sum(
        used_kw(b, instance, sites, routes, r, h, t)
        if r in using and sites.mixed_power(r)
        else least_kw(b, sites, r, h, t)
        for r in sites.users.get(h, [])
    )
    return total + _others_kw(b, instance, sites, routes, h, t)


def least_kw(b: pyo.Block, sites: Sites, r: str, h: str, t: int) -> pyo.Expression:
    """Return the power of a route's amplifiers in a hut, by the least of each type, kW."""
    return sum(
        min(d.amplifier_w_per_pair for _, d in sites.designs(r, a))
        / W_PER_KW
        * pairs_in_hut(b, sites, r, h, a, t)
        for a in sites.types[r]
    )


def used_kw(
    b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block, r: str, h: str, t: int
) -> pyo.Expression:
    """Return the power of what a route has lit where it uses the hut, at most 0 elsewhere, kW."""
    most = sites.most_w(r) / W_PER_KW
    return lit_kw(instance, routes, r, t) - most * (1 - b.is_used[r, h, t])


def _others_kw(
    b: pyo.Block, instance: Instance, sites: Sites, routes: pyo.Block, h: str, t: int
) -> pyo.Expression:
    """Return the power of regenerators in a hut less the power of the hut, kW."""
    regenerated = sum(regenerator_kw(instance, routes, r, t) for r in sites.regenerated.get(h, []))
    hut = instance.huts[h]
    power = sum(kind.power_kw * b.is_open[h, k, t] for k, kind in hut.classes.items())
    if hut.existing is not None and hut.stands[t]:
        power += hut.existing.power_kw
    return regenerated - power


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
