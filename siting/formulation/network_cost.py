"""Cost lines of the network: named expressions of the objective, present value in M USD."""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.cost_lines import period_weights
from siting.formulation.sites import rack_price
from siting.instance import Instance


def network_cost_block(
    instance: Instance,
    routes: pyo.Block,
    fiber: pyo.Block,
    amplifiers: pyo.Block,
    interruptions: pyo.Block,
) -> pyo.Block:
    """Return the block with the cost lines of the network."""
    b = pyo.Block(concrete=True)
    weight = period_weights(instance)
    corridors, huts = instance.corridors, instance.huts

    def design(r: str, d: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return instance.fiber_routes[r].designs[d]

    b.corridors = pyo.Expression(
        expr=sum(
            weight(t) * corridors[e].build_usd_per_year * fiber.is_built[e, t] for e, t in fiber.OWN
        )
    )
    b.cables = pyo.Expression(
        expr=sum(
            weight(t) * corridors[e].cable_usd_per_year[f, s] * fiber.cables[e, f, s, t]
            for e, f, s, t in fiber.CABLES
        )
    )
    b.irus = pyo.Expression(
        expr=sum(
            weight(t) * corridors[e].iru_usd_per_pair_year * fiber.iru_pairs[e, t]
            for e, t in fiber.IRU
        )
    )
    b.huts = pyo.Expression(
        expr=sum(
            weight(t) * huts[h].classes[k].usd_per_year * amplifiers.is_open[h, k, t]
            for h, k, t in amplifiers.CLASSES
        )
        + sum(
            weight(t) * rack_price(huts[h], c)[0] * amplifiers.racks[h, a, c, t]
            for h, a, c, t in amplifiers.RACKS
        )
    )
    b.amplifiers = pyo.Expression(
        expr=sum(
            weight(t) * design(r, d).amplifier_usd_per_pair_year * routes.pairs[r, d, t]
            for r, d, t in routes.DESIGNS
        )
    )
    b.terminals = pyo.Expression(
        expr=sum(
            weight(t) * design(r, d).terminal_usd_per_pair_year * routes.pairs[r, d, t]
            for r, d, t in routes.DESIGNS
        )
    )
    b.transponders = pyo.Expression(
        expr=sum(
            weight(t) * design(r, d).transponder_usd_per_channel_year * routes.channels[r, d, t]
            for r, d, t in routes.DESIGNS
        )
    )
    b.regenerators = pyo.Expression(
        expr=sum(
            weight(t) * design(r, d).regenerator_usd_per_channel_year * routes.channels[r, d, t]
            for r, d, t in routes.DESIGNS
        )
    )
    b.leases = pyo.Expression(
        expr=sum(
            weight(t) * instance.wave_routes[v].lease_usd_per_year * routes.waves[v, t]
            for v, t in routes.WAVE_PERIODS
        )
    )
    b.maintenance = pyo.Expression(
        expr=sum(
            weight(t) * corridors[e].own_maintenance_usd_per_year * fiber.is_built[e, t]
            for e, t in fiber.OWN
        )
        + sum(
            weight(t) * corridors[e].iru_maintenance_usd_per_year * fiber.holds_iru[e, t]
            for e, t in fiber.IRU
        )
        + sum(
            weight(t) * huts[h].classes[k].maintenance_usd_per_year * amplifiers.is_open[h, k, t]
            for h, k, t in amplifiers.CLASSES
        )
    )
    b.transport_energy = pyo.Expression(
        expr=sum(
            weight(t)
            * (
                design(r, d).energy_usd_per_pair_year * routes.pairs[r, d, t]
                + design(r, d).energy_usd_per_channel_year * routes.channels[r, d, t]
            )
            for r, d, t in routes.DESIGNS
        )
        + sum(
            weight(t) * instance.wave_routes[v].energy_usd_per_year * routes.waves[v, t]
            for v, t in routes.WAVE_PERIODS
        )
    )
    b.interruptions = pyo.Expression(expr=interruptions.cost)
    return b
