"""Designs whose demands, each for itself, have too many flows for one model.

The bound is that of the design eased, whose demands split freely (:mod:`capacity_design_eased`),
with the cut rows of the design itself: branch and cut over the modules, or HiGHS where capacity is
bought by the unit. Beside it demands are routed one by one, which gives the design. Where even the
eased routing is too much, rows of cuts and partitions are all.

Where traffic survives and splits into routes that cost nothing, the modules with routes in place of
flows are small enough for any limit (:mod:`route_relaxation`): they are cut and branched on as they
are, not eased.
"""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import commodities
from siting.formulation.capacity_design_eased import eased_design, eased_model
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.instance.design_solution import DesignSolution
from siting.solve.capacity_design.beside import IsOver, beside
from siting.solve.capacity_design.designs import (
    cost_of_flows,
    frontiers_of,
    solution_of_flows,
    solution_of_routes,
)
from siting.solve.capacity_design.limits import DesignResult, Limits, Say
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.route_mix import RouteMix
from siting.solve.capacity_design.route_root import cut_routes
from siting.solve.capacity_design.route_traffic import has_route_traffic
from siting.solve.capacity_design.routing import Router
from siting.solve.capacity_design.trees import modules_tree, routes_survive, routes_tree
from siting.solve.highs import CompiledModel

MOST_FLOWS, FLOWS_A_SECOND, FLOWS_BY_UNIT = 300_000, 1500, 6000
"""More flows take too much memory, or for each second of the time limit so long that a relaxation
is not solved; one that is all, because capacity is bought by the unit, may take longer."""
MOST_SURVIVING, MOST_DEMANDS = 60_000, 3000
"""More flows take too long where routes say the same; demands that have routes, at most."""
ROUTED_SHARE, FLOWS_SHARE = 0.3, 0.6
"""Shares of the time after which there are no more rows of cuts, and of flows."""
PIECE_S = 2.0

Array = NDArray[np.float64]


def flows_of(design: CapacityDesign) -> int:
    """Return how many flows the model of a design has, about."""
    ways = 1 if design.code.link == "D" else 2
    return len(commodities(design)) * len(design.links) * ways


def is_large(design: CapacityDesign, time_limit_s: float) -> bool:
    """Return whether a design has more flows than can be looked at in the time."""
    is_by_unit = design.code.capacity == "L" and design.code.routing == "C"
    rate = FLOWS_BY_UNIT if is_by_unit else FLOWS_A_SECOND
    most = MOST_SURVIVING if has_route_traffic(design) else MOST_FLOWS
    return flows_of(design) > min(most, rate * time_limit_s)


class Routes:
    """Routes of a design, improved in a thread of their own."""

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...], seed: int) -> None:
        """Begin without routes."""
        self._design, self._menus, self._items = design, menus, commodities(design)
        frontiers = frontiers_of(design, menus)
        self._router = Router(design, frontiers, self._items, seed)
        self._mixed: tuple[float, Array] = (math.inf, np.zeros((0, 0)))
        self._routed = math.inf

    @property
    def cost(self) -> float:
        """Return the cost of the best design; infinite when there is none."""
        return min(self._routed, self._mixed[0])

    def improve(self, until: float, is_over: IsOver, say: Say) -> None:
        """Put demands anew until a time, once in any case."""
        while True:
            cost = self._router.improve(min(until, time.monotonic() + PIECE_S))
            if cost < self._routed:
                self._routed = cost
                say(f"design {cost:,.2f}")
            if time.monotonic() >= until or is_over():
                return

    def take(self, mix: RouteMix) -> None:
        """Take mixes of routes, which buy what they need; kept where that is the best design."""
        flows = mix.by_arc() / mix.sent()[:, None]
        cost = cost_of_flows(self._design, self._router.frontiers, flows)
        if cost < self.cost:
            self._mixed = (cost, flows)

    def solution(self) -> DesignSolution | None:
        """Return the best routes with what they buy; none when they do not fit."""
        cost, flows = self._mixed
        if cost < self._routed:
            frontiers = self._router.frontiers
            return solution_of_flows(self._design, self._menus, self._items, frontiers, flows)
        if math.isinf(self._routed):
            return None
        return solution_of_routes(self._design, self._menus, self._items, self._router)


def solve_large(
    design: CapacityDesign, menus: tuple[Menu, ...], root: Root, limits: Limits, say: Say
) -> DesignResult:
    """Solve a design whose model is too large; ``root`` has its cuts already."""
    begin = time.monotonic()
    until = begin + limits.time_limit_s
    routes = Routes(design, menus, limits.seed)
    with beside(lambda is_over: routes.improve(until, is_over, say), 0.0):
        feasible = _bound(design, menus, root, routes, _left(limits, until), say)
        while feasible and not _is_closed(root, routes, limits) and time.monotonic() < until:
            time.sleep(0.05)
    solution = routes.solution() if feasible else None
    reached = root.bound if solution is None else min(root.bound, solution.cost)
    return DesignResult(
        solution=solution,
        objective=math.inf if solution is None else solution.cost,
        bound=reached if feasible else math.inf,
        is_infeasible=not feasible,
        rows=root.kept,
        seconds=time.monotonic() - begin,
    )


def has_few_routes(root: Root) -> bool:
    """Return whether demands have routes in place of flows, and are not too many for that."""
    return routes_survive(root) and len(root.design.demands) <= MOST_DEMANDS


def _left(limits: Limits, until: float) -> Limits:
    """Return limits with the time that is left: to make routes of many demands takes seconds."""
    return dataclasses.replace(limits, time_limit_s=max(until - time.monotonic(), 0.0))


def _is_closed(root: Root, routes: Routes, limits: Limits) -> bool:
    cost = routes.cost
    return math.isfinite(cost) and cost - root.bound <= limits.relative_gap * abs(cost)


def _bound(
    design: CapacityDesign,
    menus: tuple[Menu, ...],
    root: Root,
    routes: Routes,
    limits: Limits,
    say: Say,
) -> bool:
    """Raise the bound of a root until a time; return whether there may be a design."""
    now = time.monotonic()
    until = now + limits.time_limit_s
    model = None
    if not is_large(eased_design(design), limits.time_limit_s):
        model = eased_model(design, menus)
        compiled = CompiledModel(model, seed=limits.seed)
        has_routes = has_few_routes(root)
        routed_until = now if has_routes else now + ROUTED_SHARE * limits.time_limit_s
        if not root.cut_routed(model, compiled, routed_until, say, lambda _: None):
            return False
        final = root.final(model)
        flows_until = now + FLOWS_SHARE * limits.time_limit_s
        if not has_routes:
            root.cut_flows(model, final, flows_until, say, lambda _: None)
        if not root.is_whole:
            left_s = max(until - time.monotonic(), 0.0)
            found = final.run(time_limit_s=left_s, relative_gap=limits.relative_gap)
            root.bound = max(root.bound, found.bound)
            return True
    tree = None
    if has_few_routes(root):
        made = cut_routes(root, menus, now + ROUTED_SHARE * limits.time_limit_s, say)
        tree = None if made is None else routes_tree(root, made, routes.take)
    tree = tree or modules_tree(root, model, lambda _: None)
    if tree is not None:

        def hear(bound: float) -> None:
            root.bound = max(root.bound, min(bound, routes.cost))

        tree.run(until, lambda: routes.cost, lambda: _is_closed(root, routes, limits), hear)
    return True
