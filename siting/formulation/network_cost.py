"""Cost lines of the network: named expressions of the objective, present value in M USD."""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.cost_lines import period_weights
from siting.formulation.sites import rack_price
from siting.formulation.sums import weighted_sum
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

    designs = [
        (
            instance.fiber_routes[r].designs[d],
            weight(t),
            routes.pairs[r, d, t],
            routes.channels[r, d, t],
        )
        for r, d, t in routes.DESIGNS
    ]
    built = [(corridors[e], weight(t), fiber.is_built[e, t]) for e, t in fiber.OWN]
    opened = [
        (huts[h].classes[k], weight(t), amplifiers.is_open[h, k, t])
        for h, k, t in amplifiers.CLASSES
    ]
    leased = [
        (instance.wave_routes[v], weight(t), routes.waves[v, t]) for v, t in routes.WAVE_PERIODS
    ]

    b.corridors = pyo.Expression(
        expr=weighted_sum((w * corridor.build_usd_per_year, x) for corridor, w, x in built)
    )
    b.cables = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * corridors[e].cable_usd_per_year[f, s], fiber.cables[e, f, s, t])
            for e, f, s, t in fiber.CABLES
        )
    )
    b.irus = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * corridors[e].iru_usd_per_pair_year, fiber.iru_pairs[e, t])
            for e, t in fiber.IRU
        )
    )
    b.huts = pyo.Expression(
        expr=weighted_sum((w * kind.usd_per_year, x) for kind, w, x in opened)
        + weighted_sum(
            (weight(t) * rack_price(huts[h], c)[0], amplifiers.racks[h, a, c, t])
            for h, a, c, t in amplifiers.RACKS
        )
    )
    b.amplifiers = pyo.Expression(
        expr=weighted_sum((w * d.amplifier_usd_per_pair_year, n) for d, w, n, _ in designs)
    )
    b.terminals = pyo.Expression(
        expr=weighted_sum((w * d.terminal_usd_per_pair_year, n) for d, w, n, _ in designs)
    )
    b.transponders = pyo.Expression(
        expr=weighted_sum((w * d.transponder_usd_per_channel_year, c) for d, w, _, c in designs)
    )
    b.regenerators = pyo.Expression(
        expr=weighted_sum((w * d.regenerator_usd_per_channel_year, c) for d, w, _, c in designs)
    )
    b.leases = pyo.Expression(
        expr=weighted_sum((w * wave.lease_usd_per_year, x) for wave, w, x in leased)
    )
    b.maintenance = pyo.Expression(
        expr=weighted_sum((w * e.own_maintenance_usd_per_year, x) for e, w, x in built)
        + weighted_sum(
            (weight(t) * corridors[e].iru_maintenance_usd_per_year, fiber.holds_iru[e, t])
            for e, t in fiber.IRU
        )
        + weighted_sum((w * kind.maintenance_usd_per_year, x) for kind, w, x in opened)
    )
    b.transport_energy = pyo.Expression(
        expr=weighted_sum((w * d.energy_usd_per_pair_year, n) for d, w, n, _ in designs)
        + weighted_sum((w * d.energy_usd_per_channel_year, c) for d, w, _, c in designs)
        + weighted_sum((w * wave.energy_usd_per_year, x) for wave, w, x in leased)
    )
    b.interruptions = pyo.Expression(expr=interruptions.cost)
    return b
