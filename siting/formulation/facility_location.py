"""Capacitated facility location in the engine's own blocks of power and placement.

Campuses stand and must be fed in full; what remains to decide is which substations are connected
and what flows on which tie line. The objective is this problem's own: a fixed cost of each
substation, and a cost of each MW on a line, which the engine's tie lines do not have.

Above :data:`LINES_IN_BLOCKS` lines the same rows are written for this shape directly: the blocks
scan all lines for each campus.
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.interconnection import interconnection_block
from siting.formulation.placement import placement_block
from siting.instance.facility_location import FacilityLocation, facility_instance, line_id

LINES_IN_BLOCKS = 4000


def facility_location_model(problem: FacilityLocation) -> pyo.ConcreteModel:
    """Return the model; ``interconnection`` holds ``is_connected`` and ``flow_mw`` either way."""
    m = pyo.ConcreteModel(name=problem.name)
    if len(problem.facilities) * len(problem.customers) <= LINES_IN_BLOCKS:
        _engine_blocks(m, problem)
    else:
        m.interconnection = _lean_block(problem)
    b = m.interconnection
    m.total_cost = pyo.Objective(
        expr=pyo.quicksum(
            f.fixed_cost * b.is_connected[f"s{i}", 0] for i, f in enumerate(problem.facilities)
        )
        + pyo.quicksum(
            cost / customer.demand * b.flow_mw[line_id(i, j), 0]
            for j, customer in enumerate(problem.customers)
            for i, cost in enumerate(customer.costs)
        )
    )
    return m


def _engine_blocks(m: pyo.ConcreteModel, problem: FacilityLocation) -> None:
    instance = facility_instance(problem)
    m.placement = placement_block(instance)
    m.interconnection = interconnection_block(instance, m.placement)
    for w, t in m.placement.DEMANDS:
        m.placement.unserved_mw[w, t].fix(0)
    for key in m.placement.SERVICES:
        m.placement.is_peer[key].fix(1)


def _lean_block(problem: FacilityLocation) -> pyo.Block:
    b = pyo.Block(concrete=True)
    sites, customers = range(len(problem.facilities)), range(len(problem.customers))
    b.SUBSTATION_PERIODS = pyo.Set(initialize=[(f"s{i}", 0) for i in sites], dimen=2)
    lines = [(line_id(i, j), 0) for j in customers for i in sites]
    b.LINE_PERIODS = pyo.Set(initialize=lines, dimen=2)
    b.is_connected = pyo.Var(b.SUBSTATION_PERIODS, domain=pyo.Binary)
    b.flow_mw = pyo.Var(b.LINE_PERIODS, domain=pyo.NonNegativeReals)
    b.substation_headroom = pyo.ConstraintList()
    b.power_balance = pyo.ConstraintList()
    for i, facility in enumerate(problem.facilities):
        drawn = pyo.quicksum(b.flow_mw[line_id(i, j), 0] for j in customers)
        b.substation_headroom.add(drawn <= facility.capacity * b.is_connected[f"s{i}", 0])
    for j, customer in enumerate(problem.customers):
        inflow = pyo.quicksum(b.flow_mw[line_id(i, j), 0] for i in sites)
        b.power_balance.add(inflow == customer.demand)
        for i, facility in enumerate(problem.facilities):
            b.flow_mw[line_id(i, j), 0].setub(min(customer.demand, facility.capacity))
    return b
