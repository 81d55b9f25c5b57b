"""The method for facility location: rows ``flow <= demand x open`` where needed, then HiGHS.

There is such a row for every site and customer, and it makes the relaxation nearly whole; few of
them bind, so the relaxation is given those that it violates, round by round. Where the pairs are
too many for that, the sites alone are branched on (:mod:`sites`), with the bound of all those rows
from prices.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import InfeasibleError
from siting.formulation.facility_location import LINES_IN_BLOCKS, facility_location_model
from siting.instance.facility_location import FacilityLocation, line_id
from siting.solve.facility_location.sites import SiteTree
from siting.solve.highs import CompiledModel, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from numpy.typing import NDArray

Say = Callable[[str], None]

VIOLATION = 1e-5
ZERO = 1e-9
ROOT_SHARE = 0.5
NEAREST = 6
"""Sites of each customer whose rows are there from the start."""


@dataclass(frozen=True, slots=True)
class FacilityResult:
    """Sites opened, shares of demand by site and customer, and a bound."""

    opened: tuple[int, ...]
    shares: tuple[tuple[int, int, float], ...]
    """Site, customer, share of the demand."""
    objective: float
    bound: float
    rows: int
    seconds: float


def solve_facility_location(
    problem: FacilityLocation,
    *,
    time_limit_s: float,
    relative_gap: float = 0.0,
    seed: int = 1,
    say: Say = lambda _: None,
) -> FacilityResult:
    """Solve a problem."""
    begin = time.monotonic()
    capacity = sum(f.capacity for f in problem.facilities)
    demand = sum(c.demand for c in problem.customers)
    if capacity < demand:
        raise InfeasibleError(
            f"{problem.name}: demand {demand:g} is above the capacity of all sites, {capacity:g}"
        )
    if len(problem.facilities) * len(problem.customers) > LINES_IN_BLOCKS:
        return _by_sites(problem, begin, begin + time_limit_s, relative_gap, say)
    model = facility_location_model(problem)
    compiled = CompiledModel(model, seed=seed)
    b = model.interconnection
    opened = [b.is_connected[f"s{i}", 0] for i in range(len(problem.facilities))]
    compiled.add_row(
        [(v, f.capacity) for v, f in zip(opened, problem.facilities, strict=True)], demand, math.inf
    )
    rows = _Rows(problem, compiled, b)
    rows.add_nearest(problem)
    bound = -math.inf
    while True:
        outcome = compiled.run(
            time_limit_s=max(begin + ROOT_SHARE * time_limit_s - time.monotonic(), 1.0),
            relaxed=True,
        )
        if outcome.status is not Status.OPTIMAL or outcome.values is None:
            break
        bound = outcome.objective
        say(f"root bound {bound:,.2f}, {rows.count} rows")
        if not rows.separate(outcome.values):
            break
    left = max(begin + time_limit_s - time.monotonic(), 0.05 * time_limit_s)
    outcome = compiled.run(time_limit_s=left, relative_gap=relative_gap, absolute_gap=ZERO)
    bound = max(bound, outcome.bound)
    if outcome.values is None:
        return FacilityResult((), (), math.inf, bound, rows.count, time.monotonic() - begin)
    values = compiled.polish(outcome.values)
    shares = []
    for j, customer in enumerate(problem.customers):
        for i in range(len(problem.facilities)):
            share = compiled.value(b.flow_mw[line_id(i, j), 0], values) / customer.demand
            if share > ZERO:
                shares.append((i, j, share))
    cost = compiled.objective_of(values)
    return FacilityResult(
        tuple(i for i, v in enumerate(opened) if round(compiled.value(v, values))),
        tuple(shares),
        cost,
        min(bound, cost),
        rows.count,
        time.monotonic() - begin,
    )


def _by_sites(
    problem: FacilityLocation, begin: float, until: float, relative_gap: float, say: Say
) -> FacilityResult:
    """Solve by branch and bound on the sites."""
    tree = SiteTree(problem, until=until, relative_gap=relative_gap, say=say)
    tree.search()
    plan = tree.best
    if plan is None:
        return FacilityResult((), (), math.inf, tree.bound, 0, time.monotonic() - begin)
    shares = tuple(
        (int(i), int(j), float(amount) / problem.customers[j].demand)
        for i, j, amount in zip(plan.sites, plan.customers, plan.amounts, strict=True)
    )
    opened = tuple(np.unique(plan.sites).tolist())
    return FacilityResult(opened, shares, plan.cost, tree.bound, 0, time.monotonic() - begin)


class _Rows:
    """Rows between the flow on a line and its substation."""

    def __init__(self, problem: FacilityLocation, compiled: CompiledModel, b: pyo.Block) -> None:
        self._compiled, self._b = compiled, b
        self._keys = [
            (i, j) for j in range(len(problem.customers)) for i in range(len(problem.facilities))
        ]
        self._flows = [b.flow_mw[line_id(i, j), 0] for i, j in self._keys]
        self._most = np.array(
            [
                min(problem.customers[j].demand, problem.facilities[i].capacity)
                for i, j in self._keys
            ]
        )
        self._sites = np.array([i for i, _ in self._keys], dtype=int)
        self._opened = [b.is_connected[f"s{i}", 0] for i in range(len(problem.facilities))]
        self._has = np.zeros(len(self._keys), dtype=bool)
        self.count = 0

    def add_nearest(self, problem: FacilityLocation) -> None:
        """Add the rows of the cheapest sites of each customer: those that bind first."""
        sites = len(problem.facilities)
        for j, customer in enumerate(problem.customers):
            order = np.argsort(np.asarray(customer.costs), kind="stable")[:NEAREST]
            self._add(j * sites + order)

    def _add(self, new: NDArray[np.int_]) -> None:
        for k in new:
            terms = [(self._flows[k], 1.0), (self._opened[self._sites[k]], -self._most[k])]
            self._compiled.add_row(terms, -math.inf, 0.0)
        self._has[new] = True
        self.count += len(new)

    def separate(self, values: np.ndarray) -> int:
        """Add the rows that a solution violates; return how many."""
        flow = np.array([self._compiled.value(v, values) for v in self._flows])
        is_open = np.array([self._compiled.value(v, values) for v in self._opened])
        over = flow - self._most * is_open[self._sites]
        new = np.flatnonzero((over > VIOLATION * np.maximum(self._most, 1.0)) & ~self._has)
        self._add(new)
        return len(new)
