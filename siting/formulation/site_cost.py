"""Cost lines of power and sites: named expressions of the objective, present value in M USD."""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.cost_lines import period_weights
from siting.formulation.sums import weighted_sum
from siting.instance import Instance


def site_cost_block(
    instance: Instance, placement: pyo.Block, interconnection: pyo.Block, training: pyo.Block
) -> pyo.Block:
    """Return the block with the cost lines of power and sites."""
    b = pyo.Block(concrete=True)
    weight = period_weights(instance)
    campuses, jobs = instance.campuses, instance.workloads
    substations, bridging = instance.substations, instance.bridging
    replicas = {w: job.replica for w, job in jobs.items() if job.replica is not None}
    b.substations = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * substations[s].fixed_usd_per_year, interconnection.is_connected[s, t])
            for s, t in interconnection.SUBSTATION_PERIODS
        )
        + weighted_sum(
            (weight(t) * substations[s].usd_per_mw_year, interconnection.reserved_mw[s, t])
            for s, t in interconnection.SUBSTATION_PERIODS
        )
    )
    b.network_upgrades = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * instance.upgrades[u].usd_per_year, interconnection.is_upgraded[u, t])
            for u, t in interconnection.UPGRADE_PERIODS
        )
    )
    b.tie_lines = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * instance.tie_lines[a].usd_per_year, interconnection.is_built[a, t])
            for a, t in interconnection.LINE_PERIODS
        )
    )
    b.bridging = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * bridging[u].usd_per_mw_year, interconnection.bridging_mw[u, t])
            for u, t in interconnection.BRIDGING_PERIODS
        )
    )
    b.campuses = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * campuses[c].fixed_usd_per_year, placement.is_open[c, t])
            for c, t in placement.CAMPUS_PERIODS
        )
        + weighted_sum(
            (weight(t) * campuses[c].shell_usd_per_it_mw_year, placement.built_mw[c, t])
            for c, t in placement.CAMPUS_PERIODS
        )
    )
    b.energy = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * campuses[c].energy_usd_per_it_mw_year, placement.served_mw[c, w, t])
            for c, w, t in placement.SERVICES
        )
        + weighted_sum(
            (weight(t) * campuses[c].energy_usd_per_it_mw_year, placement.replica_mw[c, w, t])
            for c, w, t in placement.REPLICAS
        )
        + weighted_sum(
            (weight(t) * bridging[u].extra_energy_usd_per_mw_year, interconnection.output_mw[u, t])
            for u, t in interconnection.BRIDGING_PERIODS
        )
    )
    b.unserved_demand = pyo.Expression(
        expr=weighted_sum(
            (weight(t) * jobs[w].unserved_usd_per_mw_year, placement.unserved_mw[w, t])
            for w, t in placement.DEMANDS
        )
    )

    def lost_usd(w: str, t: int, fraction: float) -> float:
        return weight(t) * jobs[w].goodput_usd_per_mw_year * fraction

    b.goodput_loss = pyo.Expression(
        expr=weighted_sum(
            (
                lost_usd(w, t, jobs[w].modes[m].goodput_loss_fraction),
                training.served_in_mode_mw[w, t, m],
            )
            for w, t, m in training.MODES
        )
        + weighted_sum(
            (lost_usd(w, t, replicas[w].goodput_loss_fraction), placement.replica_mw[c, w, t])
            for c, w, t in placement.REPLICAS
        )
    )
    return b
