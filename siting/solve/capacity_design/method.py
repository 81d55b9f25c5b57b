"""The method for capacity design: a good design, rounded cuts at the root, then branch and bound.

1. Routes by :mod:`routing` give a first design (not under protection).
2. The relaxation is cut by violated rounded cutset rows, round by round (:mod:`cutsets`): first of
   the modules alone, which is small whatever the traffic, then with the routing.
3. In large networks the design is made better part by part (:mod:`neighborhoods`).
4. HiGHS closes the model with the rows that are nearly tight, from the best design.

The bound is the better of the cut relaxation and of HiGHS; both hold for all routes.
"""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import Menu, compact_menu
from siting.instance.capacity_design import CapacityDesign
from siting.instance.design_solution import Bought, DesignSolution, Flow
from siting.solve.capacity_design.cutsets import Cutsets, Row
from siting.solve.capacity_design.neighborhoods import improved_design
from siting.solve.capacity_design.node_sets import (
    ALL_SETS_NODES,
    Borders,
    Sets,
    contracted_sets,
    improved_sets,
    starting_sets,
)
from siting.solve.capacity_design.routing import Router
from siting.solve.highs import CompiledModel, Outcome, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo

HEURISTIC_SHARE = 0.08
MODULES_SHARE = 0.1
ROOT_SHARE = 0.25
PARTS_SHARE, LARGE_NODES = 0.4, 20
"""Share of the time for better designs, in networks of more nodes."""
IDLE_ROUNDS = 4
ROWS_PER_ROUND = 200
NEARLY_TIGHT = 0.05
LITTLE = 1e-5
"""Gain of the bound, relative, below which rounds of cuts count as idle."""
ZERO = 1e-6

Array = NDArray[np.float64]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop."""

    time_limit_s: float = 120.0
    relative_gap: float = 1e-6
    seed: int = 1


@dataclass(frozen=True, slots=True)
class DesignResult:
    """What was found."""

    solution: DesignSolution | None
    objective: float
    bound: float
    is_infeasible: bool
    rows: int
    seconds: float


def solve_capacity_design(
    design: CapacityDesign, limits: Limits, say: Say = lambda _: None
) -> DesignResult:
    """Solve a design within the limits."""
    begin = time.monotonic()
    share = limits.time_limit_s
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    root = _Root(design, menus, limits.seed)
    root.cut_modules(begin + MODULES_SHARE * share, say)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model, seed=limits.seed)
    router = _route(design, menus, model, limits)
    start = None
    if router is not None:
        start = _start(model, compiled, design, router)
        say(f"first design {router.cost():,.2f}")
    if not root.cut_routed(model, compiled, time.monotonic() + ROOT_SHARE * share, say):
        return _nothing(math.inf, begin, is_infeasible=True)
    final = root.final(model)
    if start is not None and len(design.nodes) > LARGE_NODES and design.code.routing == "C":
        until = time.monotonic() + PARTS_SHARE * share
        start = improved_design(model, final, design, start, until, limits.seed, say)
    left = max(begin + share - time.monotonic(), 0.05 * share)
    outcome = final.run(
        time_limit_s=left,
        relative_gap=limits.relative_gap,
        absolute_gap=0.0,
        start=start,
    )
    values = _better(final, outcome, start)
    if values is None:
        infeasible = outcome.status is Status.INFEASIBLE
        return _nothing(max(root.bound, outcome.bound), begin, is_infeasible=infeasible)
    solution = _solution(model, final, design, final.polish(values))
    reached = min(max(root.bound, outcome.bound), solution.cost)
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


def _better(final: CompiledModel, outcome: Outcome, start: Array | None) -> Array | None:
    if start is not None and final.objective_of(start) < outcome.objective - ZERO:
        return start
    return outcome.values if outcome.values is not None else start


class _Root:
    """The rows that cut the relaxation: first of the modules alone, then with the routing."""

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...], seed: int) -> None:
        self._design, self._menus, self._seed = design, menus, seed
        self._borders = Borders(design)
        self._cutsets = Cutsets(design, menus, self._borders)
        self._rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
        self._sets = starting_sets(self._borders)
        self._rows: dict[tuple[tuple[int, ...], tuple[float, ...]], Row] = {}
        self._values: Array | None = None
        self.bound = -math.inf
        self.kept = 0

    def cut_modules(self, until: float, say: Say) -> None:
        """Cut the modules alone: a bound in moments, however large the routing."""
        model = capacity_design_model(self._design, self._menus, is_routed=False)
        if not any(model.BLOCKS):
            return
        compiled = CompiledModel(model, seed=self._seed)
        self._cut(model, compiled, until, say, least_routing_cost(self._design))

    def cut_routed(
        self, model: pyo.ConcreteModel, compiled: CompiledModel, until: float, say: Say
    ) -> bool:
        """Cut the model with its routing; return whether it is feasible."""
        for row in self.tight_rows():
            _add(model, compiled, row)
        return self._cut(model, compiled, until, say, 0.0)

    def _cut(
        self,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        until: float,
        say: Say,
        constant: float,
    ) -> bool:
        last, idle = -math.inf, 0
        while True:
            left = max(until - time.monotonic(), 1.0)
            outcome = compiled.run(time_limit_s=left, relaxed=True)
            if outcome.status is Status.INFEASIBLE:
                return False
            if outcome.status is not Status.OPTIMAL or outcome.values is None:
                return True
            gain, last = outcome.objective - last, outcome.objective
            self.bound = max(self.bound, last + constant)
            say(f"root bound {self.bound:,.2f}, {len(self._rows)} rows")
            idle = idle + 1 if gain <= LITTLE * max(abs(last), 1.0) else 0
            self._values = np.array(
                [compiled.value(model.modules[key], outcome.values) for key in model.BLOCKS]
            )
            if idle >= IDLE_ROUNDS or time.monotonic() > until or not self._cutsets.divisors:
                return True
            candidates = self._candidates(self._values)
            rows = self._cutsets.violated(candidates, self._values, ROWS_PER_ROUND // 3)
            new = {(r.columns, r.coefficients): r for r in rows}
            fresh = [r for key, r in new.items() if key not in self._rows]
            if not fresh:
                return True
            fresh.sort(key=lambda row: -row.violation)
            for row in fresh[:ROWS_PER_ROUND]:
                self._rows[row.columns, row.coefficients] = row
                _add(model, compiled, row)

    def _candidates(self, values: Array) -> Sets:
        """Return the sets to look at: all of a small network, else small and nearly full ones."""
        if self._borders.nodes <= ALL_SETS_NODES:
            return self._sets
        noise = np.array([self._rng.random() for _ in self._design.links])
        found = contracted_sets(self._borders, noise, self._rng, 10)
        tight = self._sets[np.argsort(self._cutsets.slack(self._sets, values))[:100]]
        better = improved_sets(
            self._borders,
            np.concatenate([found, tight]),
            lambda sets: self._cutsets.slack(sets, values),
            10,
        )
        return self._borders.unique(np.concatenate([self._sets, better]))

    def tight_rows(self) -> list[Row]:
        """Return the rows that are nearly tight in the last relaxation."""
        values = self._values
        if values is None:
            return []
        return [
            row
            for row in self._rows.values()
            if float(np.dot(row.coefficients, values[list(row.columns)]))
            <= row.least + NEARLY_TIGHT * max(1.0, abs(row.least))
        ]

    def final(self, model: pyo.ConcreteModel) -> CompiledModel:
        """Return the model with the rows that are nearly tight at the root."""
        compiled = CompiledModel(model, seed=self._seed)
        rows = self.tight_rows()
        for row in rows:
            _add(model, compiled, row)
        self.kept = len(rows)
        return compiled


def _add(model: pyo.ConcreteModel, compiled: CompiledModel, row: Row) -> None:
    blocks = list(model.BLOCKS)
    terms = [
        (model.modules[blocks[i]], coefficient)
        for i, coefficient in zip(row.columns, row.coefficients, strict=True)
    ]
    compiled.add_row(terms, row.least, math.inf)


def least_routing_cost(design: CapacityDesign) -> float:
    """Return a cost that any routing has: every demand on its cheapest path."""
    if not any(link.routing_cost for link in design.links):
        return 0.0
    index = {node: i for i, node in enumerate(design.nodes)}
    size = len(index)
    costs = np.full((size, size), np.inf)
    for link in design.links:
        a, b = index[link.source], index[link.target]
        costs[a, b] = min(costs[a, b], link.routing_cost)
        if design.code.link != "D":
            costs[b, a] = min(costs[b, a], link.routing_cost)
    np.fill_diagonal(costs, 0.0)
    for k in range(size):
        costs = np.minimum(costs, costs[:, k : k + 1] + costs[k : k + 1, :])
    return float(sum(d.load * costs[index[d.source], index[d.target]] for d in design.demands))


def _route(
    design: CapacityDesign,
    menus: tuple[Menu, ...],
    model: pyo.ConcreteModel,
    limits: Limits,
) -> Router | None:
    if design.code.survivability != "N" or design.survival_fraction > 0:
        return None
    router = Router(design, menus, model.commodities, limits.seed)
    cost = router.improve(time.monotonic() + HEURISTIC_SHARE * limits.time_limit_s)
    return router if math.isfinite(cost) else None


def _start(
    model: pyo.ConcreteModel, compiled: CompiledModel, design: CapacityDesign, router: Router
) -> Array:
    """Return the routes as values of all columns."""
    flow: dict[tuple[int, int, int], float] = defaultdict(float)
    for trip, path in zip(router.trips, router.paths, strict=True):
        for e, way in path or ():
            flow[trip.commodity, e, way] += trip.amount / model.commodities[trip.commodity].unit
    values: list[tuple[pyo.Var, float]] = [(model.flow[key], flow[key]) for key in model.FLOWS]
    chosen = [
        f.chosen(router.load(e)) if model.menus[e].blocks else ()
        for e, f in enumerate(router.frontiers)
    ]
    values += [(model.modules[e, i], chosen[e][i]) for e, i in model.BLOCKS]
    values += [(model.is_chosen[e, i], float(chosen[e][i] > 0)) for e, i in model.CHOICES]
    if design.code.fixed_charge == "Y":
        used = {e for (_, e, _), amount in flow.items() if amount > 0}
        values += [(model.is_used[e], float(e in used)) for e in model.CHARGED]
    return compiled.columns_of(values)


def _solution(
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
