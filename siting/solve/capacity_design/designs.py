"""A design as values of all columns, from routes or from any flow, and back."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import largest_load
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.instance.design_solution import Bought, DesignSolution, Flow
from siting.solve.capacity_design.frontier import Frontier, frontier
from siting.solve.capacity_design.routing import Router
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

ZERO = 1e-6
Array = NDArray[np.float64]
Key = tuple[int, int, int]


def frontiers_of(design: CapacityDesign, menus: tuple[Menu, ...]) -> list[Frontier]:
    """Return for each link the least cost of any load."""
    load = largest_load(design)
    made: dict[Menu, Frontier] = {}
    for menu in menus:
        if menu not in made:
            made[menu] = frontier(menu, load) if menu.blocks else Frontier((0.0,), (0.0,), ((),))
    return [made[menu] for menu in menus]


def of_routes(
    model: pyo.ConcreteModel, compiled: CompiledModel, design: CapacityDesign, router: Router
) -> Array:
    """Return the routes of a router as values of all columns."""
    flow: dict[Key, float] = defaultdict(float)
    for trip, path in zip(router.trips, router.paths, strict=True):
        for e, way in path or ():
            flow[trip.commodity, e, way] += trip.amount / model.commodities[trip.commodity].unit
    found = _of_flow(model, compiled, design, router.frontiers, flow)
    if found is None:
        msg = "routes of finite cost have more load than can be bought"
        raise ValueError(msg)
    return found


def rounded(
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    design: CapacityDesign,
    frontiers: list[Frontier],
    values: Array,
) -> Array | None:
    """Return the flow of a relaxation with what it must buy; None when it is too much."""
    flow = {key: compiled.value(model.flow[key], values) for key in model.FLOWS}
    flow = {key: amount for key, amount in flow.items() if amount > ZERO * 1e-3}
    return _of_flow(model, compiled, design, frontiers, flow)


def _of_flow(
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    design: CapacityDesign,
    frontiers: list[Frontier],
    flow: dict[Key, float],
) -> Array | None:
    loads = np.zeros((len(design.links), 2))
    for (k, e, way), amount in flow.items():
        loads[e, way] += amount * model.commodities[k].unit
    carried = loads.sum(axis=1) if design.code.link == "U" else loads.max(axis=1)
    chosen: list[tuple[float, ...]] = []
    for e, link in enumerate(design.links):
        load = float(carried[e]) - link.existing_capacity
        if not model.menus[e].blocks:
            if load > ZERO:
                return None
            chosen.append(())
        elif math.isinf(frontiers[e].cost(load)):
            return None
        else:
            chosen.append(frontiers[e].chosen(load))
    values: list[tuple[pyo.Var, float]] = [(model.flow[key], x) for key, x in flow.items()]
    values += [(model.modules[e, i], chosen[e][i]) for e, i in model.BLOCKS]
    values += [(model.is_chosen[e, i], float(chosen[e][i] > 0)) for e, i in model.CHOICES]
    if design.code.fixed_charge == "Y":
        values += [(model.is_used[e], float(carried[e] > 0)) for e in model.CHARGED]
    return compiled.columns_of(values)


def solution_of(
    model: pyo.ConcreteModel, compiled: CompiledModel, design: CapacityDesign, values: Array
) -> DesignSolution:
    """Read the solution back, in modules of the file."""
    bought = []
    for e, link in enumerate(design.links):
        blocks = model.menus[e].blocks
        counts = [compiled.value(model.modules[e, i], values) for i in range(len(blocks))]
        if design.code.capacity == "E":
            capacity = sum(b.capacity * round(n) for b, n in zip(blocks, counts, strict=True))
            if capacity > 0:
                sizes = [m.capacity for m in link.modules]
                fit = [i for i, s in enumerate(sizes) if math.isclose(s, capacity, rel_tol=1e-9)]
                best = min(fit, key=lambda i: link.modules[i].cost)
                bought.append(Bought(link.id, best, 1.0))
            continue
        if design.code.capacity == "L":
            best = min(
                range(len(link.modules)),
                key=lambda i: link.modules[i].cost / link.modules[i].capacity,
                default=0,
            )
            size = link.modules[best].capacity if link.modules else 1.0
            bought += [Bought(link.id, best, n / size) for n in counts if n > ZERO * 1e-3]
            continue
        bought += [Bought(link.id, i, float(round(n))) for i, n in enumerate(counts) if round(n)]
    flows = []
    for k, e, way in model.FLOWS:
        amount = compiled.value(model.flow[k, e, way], values)
        if design.code.routing != "C":
            amount = float(round(amount))
        if amount > ZERO * 1e-3:
            flows.append(Flow(k, design.links[e].id, way, amount))
    items = tuple((c.source, tuple(c.sinks.items()), c.unit) for c in model.commodities)
    objective = compiled.objective_of(values)
    return DesignSolution(tuple(bought), tuple(flows), items, objective)
