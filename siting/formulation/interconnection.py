"""Power by date: substations connected, MW reserved, tie lines built.

| symbol | component | unit | meaning |
|---|---|---|---|
| y_st | is_connected | - | substation in use |
| g_st | reserved_mw | facility MW | reserved, non-decreasing |
| z_at | is_built | - | tie line in service |
| f_at | flow_mw | facility MW | flow at peak |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.placement import campus_load_mw
from siting.instance import Instance


def interconnection_block(instance: Instance, placement: pyo.Block) -> pyo.Block:
    """Return the block that feeds campuses from substations."""
    b = pyo.Block(concrete=True)
    lines, substations = instance.tie_lines, instance.substations
    _declare(b, instance)
    b.LATER_SUBSTATIONS = pyo.Set(initialize=[k for k in b.SUBSTATION_PERIODS if k[1] > 0], dimen=2)
    b.LATER_LINES = pyo.Set(initialize=[k for k in b.LINE_PERIODS if k[1] > 0], dimen=2)

    @b.Constraint(b.LATER_SUBSTATIONS)
    def persistence(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        return b.is_connected[s, t] >= b.is_connected[s, t - 1]

    @b.Constraint(b.LATER_SUBSTATIONS)
    def persistence_reserved(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        return b.reserved_mw[s, t] >= b.reserved_mw[s, t - 1]

    @b.Constraint(b.LATER_LINES)
    def persistence_lines(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.is_built[a, t] >= b.is_built[a, t - 1]

    @b.Constraint(b.SUBSTATION_PERIODS)
    def substation_headroom(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        return b.reserved_mw[s, t] <= substations[s].headroom_mw[t] * b.is_connected[s, t]

    @b.Constraint(b.SUBSTATION_PERIODS)
    def substation_reservation(b: pyo.Block, s: str, t: int) -> pyo.Expression:
        drawn = sum(b.flow_mw[a, t] for a, line in lines.items() if line.substation == s)
        return drawn <= b.reserved_mw[s, t]

    @b.Constraint(b.LINE_PERIODS)
    def tie_line_limit(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        line = lines[a]
        most = min(line.capacity_mw, substations[line.substation].headroom_mw[t])
        return b.flow_mw[a, t] <= most * b.is_built[a, t]

    @b.Constraint(b.LINE_PERIODS)
    def tie_line_campus(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.is_built[a, t] <= placement.is_open[lines[a].campus, t]

    @b.Constraint(b.LINE_PERIODS)
    def tie_line_substation(b: pyo.Block, a: str, t: int) -> pyo.Expression:
        return b.is_built[a, t] <= b.is_connected[lines[a].substation, t]

    @b.Constraint(placement.SERVING)
    def power_balance(b: pyo.Block, c: str, t: int) -> pyo.Expression:
        fed = sum(b.flow_mw[a, t] for a, line in lines.items() if line.campus == c)
        load = campus_load_mw(instance, placement, c, t)
        return fed == instance.campuses[c].pue_peak * load

    return b


def _declare(b: pyo.Block, instance: Instance) -> None:
    periods = range(len(instance.periods))
    lines, substations = instance.tie_lines, instance.substations
    used = sorted({line.substation for line in lines.values()})
    b.SUBSTATION_PERIODS = pyo.Set(initialize=[(s, t) for s in used for t in periods], dimen=2)
    b.LINE_PERIODS = pyo.Set(initialize=[(a, t) for a in lines for t in periods], dimen=2)

    b.is_connected = pyo.Var(b.SUBSTATION_PERIODS, domain=pyo.Binary)
    b.reserved_mw = pyo.Var(b.SUBSTATION_PERIODS, domain=pyo.NonNegativeReals)
    b.is_built = pyo.Var(b.LINE_PERIODS, domain=pyo.Binary)
    b.flow_mw = pyo.Var(b.LINE_PERIODS, domain=pyo.NonNegativeReals)

    for s, t in b.SUBSTATION_PERIODS:
        if substations[s].headroom_mw[t] <= 0:
            b.reserved_mw[s, t].fix(0)
    for a, t in b.LINE_PERIODS:
        if t < lines[a].first_period:
            b.is_built[a, t].fix(0)
            b.flow_mw[a, t].fix(0)
