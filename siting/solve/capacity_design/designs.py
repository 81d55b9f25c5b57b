"""A design as values of all columns, from routes or from any flow, and back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import Commodity, largest_load
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign, DesignLink
from siting.instance.design_solution import Bought, DesignSolution, Flow
from siting.solve.capacity_design.frontier import SLACK, Frontier, frontier
from siting.solve.capacity_design.routing import Router
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

ZERO = 1e-6
NOTHING = 1e-9
"""A flow of less is none."""
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


class Rounder:
    """Buys what a flow needs: a design, as values of all columns of the models of one network."""

    def __init__(
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        frontiers: list[Frontier],
    ) -> None:
        """Index the columns of flows, blocks and choices."""
        self.frontiers = frontiers
        self._is_shared = design.code.link == "U"
        self._existing = np.array([link.existing_capacity for link in design.links])
        self._model, self._compiled = model, compiled
        keys = list(model.FLOWS)
        self._flow = compiled.positions(model.flow[key] for key in keys)
        carried = compiled.positions(model.carried.values())
        self._together = carried[carried >= 0]
        self._arc = np.array([2 * e + way for _, e, way in keys], dtype=int)
        self._unit = np.array([model.commodities[k].unit for k, _, _ in keys])
        self._links = len(design.links)
        self._charged = list(getattr(model, "CHARGED", ()))
        self._has_blocks = np.array([len(menu.blocks) > 0 for menu in model.menus])

    def of_routes(self, router: Router) -> Array:
        """Return the routes of a router as a design."""
        flow = router.flow()
        pairs = [(self._model.flow[key], amount) for key, amount in flow.items()]
        if self._model.survives:
            pairs += [(self._model.carried[k], amount) for k, amount in router.carried().items()]
        found = self.rounded(self._compiled.columns_of(pairs))
        if found is None:
            msg = "routes of finite cost have more load than can be bought"
            raise ValueError(msg)
        return found

    def carried(self, values: Array) -> Array:
        """Return what each link carries."""
        amounts = np.where(self._flow >= 0, values[self._flow], 0.0)
        arcs = np.zeros(2 * self._links)
        np.add.at(arcs, self._arc, np.where(amounts > NOTHING, amounts, 0.0) * self._unit)
        ways = arcs.reshape(-1, 2)
        total: Array = ways.sum(axis=1) if self._is_shared else ways.max(axis=1)
        return total

    def loads(self, values: Array) -> Array:
        """Return what each link must have besides its existing capacity."""
        loads: Array = np.maximum(self.carried(values) - self._existing, 0.0)
        return loads

    def places(self, values: Array) -> list[int]:
        """Return for each link the place of its load in its frontier."""
        loads = self.loads(values)
        return [front.place(float(x)) for front, x in zip(self.frontiers, loads, strict=True)]

    def rounded(self, values: Array) -> Array | None:
        """Return a flow with what it must buy; None when that is too much."""
        carried = self.carried(values)
        loads = carried - self._existing
        if (loads[~self._has_blocks] > ZERO).any():
            return None
        found = np.zeros(len(values))
        used = self._flow[self._flow >= 0]
        found[used] = np.where(values[used] > NOTHING, values[used], 0.0)
        found[self._together] = values[self._together]
        pairs = []
        model = self._model
        for e in np.flatnonzero(self._has_blocks):
            front, load = self.frontiers[e], float(loads[e])
            if math.isinf(front.cost(load)):
                return None
            pairs += [(model.modules[e, i], x) for i, x in enumerate(front.chosen(load))]
        chosen = {id(var): x for var, x in pairs}
        pairs += [
            (model.is_chosen[key], float(chosen[id(model.modules[key])] > 0))
            for key in model.CHOICES
        ]
        pairs += [(model.is_used[e], float(carried[e] > SLACK)) for e in self._charged]
        bought: Array = found + self._compiled.columns_of(pairs)
        return bought


def polished(compiled: CompiledModel, rounder: Rounder, values: Array, most_s: float) -> Array:
    """Return a design with its flows solved precisely, without what these leave unused.

    Args:
        compiled: the whole model.
        rounder: buys what flows need.
        values: the design.
        most_s: time for it, s.
    """
    precise = compiled.polish(values, most_s)
    found = rounder.rounded(precise)
    if found is None:
        return precise
    cost, before = compiled.objective_of(found), compiled.objective_of(precise)
    return found if cost < before - ZERO * ZERO * abs(before) else precise


def solution_of(
    model: pyo.ConcreteModel, compiled: CompiledModel, design: CapacityDesign, values: Array
) -> DesignSolution:
    """Read the solution back, in modules of the file."""
    counts = [
        tuple(compiled.value(model.modules[e, i], values) for i in range(len(menu.blocks)))
        for e, menu in enumerate(model.menus)
    ]
    flow = {key: compiled.value(model.flow[key], values) for key in model.FLOWS}
    objective = compiled.objective_of(values)
    return _solution(design, model.menus, model.commodities, counts, flow, objective)


def solution_of_routes(
    design: CapacityDesign,
    menus: tuple[Menu, ...],
    items: tuple[Commodity, ...],
    router: Router,
) -> DesignSolution:
    """Return the routes of a router as they are, with what they buy."""
    counts = [front.chosen(router.load(e)) for e, front in enumerate(router.frontiers)]
    return _solution(design, menus, items, counts, router.flow(), router.cost())


def cost_of_flows(design: CapacityDesign, frontiers: list[Frontier], flows: Array) -> float:
    """Return what flows buy, where routing costs nothing; infinite where they do not fit.

    Args:
        design: the problem.
        frontiers: of its links.
        flows: of each demand on each arc, in capacity.
    """
    carried = _carried(design, flows)
    cost = design.constant_cost
    for link, front, load in zip(design.links, frontiers, carried.tolist(), strict=True):
        cost += front.cost(max(load - link.existing_capacity, 0.0))
        if design.code.fixed_charge == "Y" and load > 0:
            cost += link.setup_cost
    return cost


def solution_of_flows(
    design: CapacityDesign,
    menus: tuple[Menu, ...],
    items: tuple[Commodity, ...],
    frontiers: list[Frontier],
    flows: Array,
) -> DesignSolution:
    """Return flows of each demand for itself, with what they buy; see :func:`cost_of_flows`."""
    loads = _carried(design, flows) - [link.existing_capacity for link in design.links]
    counts = [
        front.chosen(max(load, 0.0)) for front, load in zip(frontiers, loads.tolist(), strict=True)
    ]
    flow = {
        (int(k), int(arc) // 2, int(arc) % 2): float(flows[k, arc] / items[k].unit)
        for k, arc in np.argwhere(flows > NOTHING)
    }
    return _solution(design, menus, items, counts, flow, cost_of_flows(design, frontiers, flows))


def _carried(design: CapacityDesign, flows: Array) -> Array:
    """Return what each link carries."""
    ways = np.where(flows > NOTHING, flows, 0.0).sum(axis=0).reshape(-1, 2)
    total: Array = ways.sum(axis=1) if design.code.link == "U" else ways.max(axis=1)
    return total


def _solution(
    design: CapacityDesign,
    menus: tuple[Menu, ...],
    items: tuple[Commodity, ...],
    counts: list[tuple[float, ...]],
    flow: dict[Key, float],
    cost: float,
) -> DesignSolution:
    bought = [
        item
        for link, menu, count in zip(design.links, menus, counts, strict=True)
        for item in _bought(link, menu, count, design.code.capacity)
    ]
    flows = []
    for (k, e, way), amount in flow.items():
        whole = amount if design.code.routing == "C" else float(round(amount))
        if whole > ZERO * 1e-3:
            flows.append(Flow(k, design.links[e].id, way, whole))
    sent = tuple((c.source, tuple(c.sinks.items()), c.unit) for c in items)
    return DesignSolution(tuple(bought), tuple(flows), sent, cost)


def _bought(
    link: DesignLink, menu: Menu, counts: tuple[float, ...], letter: str
) -> Iterator[Bought]:
    """Yield what is bought on a link, of the modules of the file."""
    if letter == "E":
        pairs = zip(menu.blocks, counts, strict=True)
        capacity = sum(block.capacity * round(n) for block, n in pairs)
        if capacity > 0:
            sizes = [m.capacity for m in link.modules]
            fit = [i for i, s in enumerate(sizes) if math.isclose(s, capacity, rel_tol=1e-9)]
            yield Bought(link.id, min(fit, key=lambda i: link.modules[i].cost), 1.0)
    elif letter == "L" and link.modules:
        best = min(
            range(len(link.modules)),
            key=lambda i: link.modules[i].cost / link.modules[i].capacity,
        )
        size = link.modules[best].capacity
        yield from (Bought(link.id, best, n / size) for n in counts if n > ZERO * 1e-3)
    elif letter != "L":
        yield from (Bought(link.id, i, float(round(n))) for i, n in enumerate(counts) if round(n))
