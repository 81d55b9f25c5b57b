"""Cost lines: the named expressions of the objective, present value in M USD.

The lines are those of :data:`siting.plan.COST_LINES`; each is a sum over periods of the period's
weight times a yearly amount.
"""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from siting.instance import Instance

MILLION = 1e6


def site_cost_block(
    instance: Instance, placement: pyo.Block, interconnection: pyo.Block, training: pyo.Block
) -> pyo.Block:
    """Return the block with the cost lines of power and sites."""
    b = pyo.Block(concrete=True)
    weight = _weights(instance)
    campuses, jobs = instance.campuses, instance.workloads
    b.substations = pyo.Expression(
        expr=sum(
            weight(t)
            * (
                instance.substations[s].fixed_usd_per_year * interconnection.is_connected[s, t]
                + instance.substations[s].usd_per_mw_year * interconnection.reserved_mw[s, t]
            )
            for s, t in interconnection.SUBSTATION_PERIODS
        )
    )
    b.tie_lines = pyo.Expression(
        expr=sum(
            weight(t) * instance.tie_lines[a].usd_per_year * interconnection.is_built[a, t]
            for a, t in interconnection.LINE_PERIODS
        )
    )
    b.campuses = pyo.Expression(
        expr=sum(
            weight(t)
            * (
                campuses[c].fixed_usd_per_year * placement.is_open[c, t]
                + campuses[c].shell_usd_per_it_mw_year * placement.built_mw[c, t]
            )
            for c, t in placement.CAMPUS_PERIODS
        )
    )
    b.energy = pyo.Expression(
        expr=sum(
            weight(t) * campuses[c].energy_usd_per_it_mw_year * placement.served_mw[c, w, t]
            for c, w, t in placement.SERVICES
        )
    )
    b.unserved_demand = pyo.Expression(
        expr=sum(
            weight(t) * jobs[w].unserved_usd_per_mw_year * placement.unserved_mw[w, t]
            for w, t in placement.DEMANDS
        )
    )
    b.goodput_loss = pyo.Expression(
        expr=sum(
            weight(t)
            * jobs[w].goodput_usd_per_mw_year
            * jobs[w].modes[m].goodput_loss_fraction
            * training.served_in_mode_mw[w, t, m]
            for w, t, m in training.MODES
        )
    )
    return b


def network_cost_block(
    instance: Instance, routes: pyo.Block, fiber: pyo.Block, amplifiers: pyo.Block
) -> pyo.Block:
    """Return the block with the cost lines of the network."""
    b = pyo.Block(concrete=True)
    weight = _weights(instance)
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
            weight(t) * corridors[e].cable_usd_per_year[s] * fiber.cables[e, s, t]
            for e, s, t in fiber.CABLES
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
            weight(t)
            * (
                huts[h].usd_per_year * amplifiers.is_open[h, t]
                + huts[h].rack_usd_per_year * amplifiers.racks[h, t]
            )
            for h, t in amplifiers.HUTS
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
            weight(t) * huts[h].maintenance_usd_per_year * amplifiers.is_open[h, t]
            for h, t in amplifiers.HUTS
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
    return b


def total(block: pyo.Block) -> pyo.Expression:
    """Return the sum of the cost lines of a block."""
    return sum(block.component_objects(pyo.Expression, descend_into=False))


def _weights(instance: Instance) -> Callable[[int], float]:
    weights = [period.weight / MILLION for period in instance.periods]
    return weights.__getitem__
