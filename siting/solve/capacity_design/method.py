"""The method for capacity design: a good design, rounded cuts at the root, then branch and bound.

1. Routes by :mod:`routing` give a first design.
2. The relaxation is cut by violated rows of cuts and of partitions, round by round
   (:mod:`root`): first of the modules alone, which is small whatever the traffic, then with the
   routing. Every flow found on the way gives a design: what it needs is bought.
3. HiGHS closes the model with the rows that are nearly tight, from the best design.
4. From the first design on a second thread looks for better ones (:mod:`search`), and HiGHS hears
   of them. A small network is closed before that begins.
5. Beside HiGHS it tries to branch on the modules alone (:mod:`tree`), whose nodes are many times
   faster, and on the whole model (:mod:`whole_tree`). HiGHS gives up for the better one where it is
   behind (:mod:`race`).

Where each demand for itself has too many flows for one model, :mod:`large` takes over once the
modules are cut.

The bound is the best of the cut relaxation, of HiGHS and of the tree; all hold for all routes.
"""

from __future__ import annotations

import dataclasses
import math
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.instance.capacity_design import CapacityDesign
from siting.instance.design_solution import DesignSolution
from siting.solve.capacity_design import designs
from siting.solve.capacity_design.beside import IsOver, beside
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.compile_design import compile_design
from siting.solve.capacity_design.frontier import Frontier
from siting.solve.capacity_design.large import is_large, solve_large
from siting.solve.capacity_design.left_behind import outcome_until
from siting.solve.capacity_design.limits import DesignResult, Limits, Say
from siting.solve.capacity_design.race import Race
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.route_root import cut_routes
from siting.solve.capacity_design.route_traffic import has_route_traffic
from siting.solve.capacity_design.routing import IN_VAIN, Router
from siting.solve.capacity_design.search import Search
from siting.solve.capacity_design.trees import in_flows, routes_survive
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.highs_talk import Talk

if TYPE_CHECKING:
    import pyomo.environ as pyo

HEURISTIC_SHARE = 0.08
MODULES_SHARE = 0.1
ROOT_SHARE, FLOWS_SHARE, POLISH_SHARE = 0.2, 0.4, 0.05
LARGE_NODES, WAIT_S = 20, 4.0
"""In networks of more nodes, and where routing is quick, the second thread begins with the root,
else that long after HiGHS."""
ZERO = 1e-6

Array = NDArray[np.float64]


def solve_capacity_design(
    design: CapacityDesign, limits: Limits, say: Say = lambda _: None
) -> DesignResult:
    """Solve a design within the limits."""
    compile_design()  # like imports, before the time counts
    begin = time.monotonic()
    share = limits.time_limit_s
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    root = Root(design, menus, limits.seed)
    root.cut_modules(begin + MODULES_SHARE * share, say)
    if is_large(design, share):
        spent_s = time.monotonic() - begin
        rest = dataclasses.replace(limits, time_limit_s=max(share - spent_s, 0.0))
        found = solve_large(design, menus, root, rest, say)
        return dataclasses.replace(found, seconds=time.monotonic() - begin)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model, seed=limits.seed)
    frontiers = designs.frontiers_of(design, menus)
    rounder = designs.Rounder(design, model, compiled, frontiers)
    best = Best(design, compiled, rounder, say)
    router = _route(design, frontiers, model, limits)
    if router is not None:
        best.take(rounder.of_routes(router))
    search = Search(design, model, compiled, rounder, best, router, root, limits.seed)
    is_small = len(design.nodes) <= LARGE_NODES and not has_route_traffic(design)

    def work(over: IsOver) -> None:
        search.run(begin + share, over)

    with ExitStack() as stack:
        if not is_small:
            stack.enter_context(beside(work, 0.0))
        routed = CompiledModel(model, seed=limits.seed)
        if not _cut_routed(root, model, routed, ROOT_SHARE * share, best, say):
            return _nothing(math.inf, begin, is_infeasible=True)
        if best.values is not None and time.monotonic() >= begin + share:
            solution = designs.solution_of(model, routed, design, best.values)
            return _result(solution, root, begin, say)
        final = root.final(model)
        until = begin + FLOWS_SHARE * share
        root.cut_flows(model, final, until, say, best.round_up, best.cost)
        left = max(begin + share - time.monotonic(), 0.05 * share)
        race = Race(model, root, best, left, limits.relative_gap, say)
        search.join(race)
        if is_small:
            stack.enter_context(beside(work, WAIT_S))
        outcome = _closed(final, race, best, left, limits.relative_gap)
        if race.has_given_up:
            race.finish(begin + share)
    values = _better(outcome, best)
    if values is None:
        infeasible = outcome.status is Status.INFEASIBLE
        return _nothing(max(root.bound, outcome.bound), begin, is_infeasible=infeasible)
    precise = designs.polished(routed, rounder, values, max(POLISH_SHARE * share, 1.0))
    solution = designs.solution_of(model, routed, design, precise)
    root.bound = max(root.bound, outcome.bound)
    return _result(solution, root, begin, say)


def _closed(
    final: CompiledModel, race: Race, best: Best, left_s: float, relative_gap: float
) -> Outcome:
    """Have HiGHS close the final model; what it has said counts where it does not end in time."""
    found = outcome_until(
        lambda talk: final.run(
            time_limit_s=left_s,
            relative_gap=relative_gap,
            absolute_gap=0.0,
            start=best.values,
            talk=talk,
        ),
        Talk(race.is_reached, race.gives_up, best.known, best.take),
        time.monotonic() + left_s,
    )
    return found or Outcome(Status.TIME_LIMIT, math.inf, race.heard, None)


def _cut_routed(  # what one root is about
    root: Root,
    model: pyo.ConcreteModel,
    routed: CompiledModel,
    most_s: float,
    best: Best,
    say: Say,
) -> bool:
    """Cut a design with its routing for so long; return whether it is feasible."""
    now = time.monotonic()
    if not routes_survive(root):
        return root.cut_routed(model, routed, now + most_s, say, best.round_up)
    is_feasible = root.cut_routed(model, routed, now, say, best.round_up)
    if is_feasible:
        offer = in_flows(root, model, routed, best.round_up)
        cut_routes(root, tuple(model.menus), now + most_s, say, offer)
    return is_feasible


def _result(solution: DesignSolution, root: Root, begin: float, say: Say) -> DesignResult:
    reached = min(root.bound, solution.cost)
    say(f"design {solution.cost:,.2f}, bound {reached:,.2f}")
    return DesignResult(
        solution=solution,
        objective=solution.cost,
        bound=reached,
        is_infeasible=False,
        rows=root.kept,
        seconds=time.monotonic() - begin,
    )


def _nothing(bound: float, begin: float, *, is_infeasible: bool) -> DesignResult:
    return DesignResult(
        solution=None,
        objective=math.inf,
        bound=bound,
        is_infeasible=is_infeasible,
        rows=0,
        seconds=time.monotonic() - begin,
    )


def _better(outcome: Outcome, best: Best) -> Array | None:
    if outcome.values is not None and outcome.objective <= best.cost + ZERO:
        return outcome.values
    return best.values


def _route(
    design: CapacityDesign,
    frontiers: list[Frontier],
    model: pyo.ConcreteModel,
    limits: Limits,
) -> Router | None:
    router = Router(design, frontiers, model.commodities, limits.seed)
    cost = router.improve(time.monotonic() + HEURISTIC_SHARE * limits.time_limit_s, IN_VAIN)
    return router if math.isfinite(cost) else None
