"""Least cost of serving all customers from given sites: a transport problem, exactly.

It begins with the cheapest few sites of each customer, and takes in every other pair whose price
says that it would save, until none does. The prices come with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from siting.errors import SolverError
from siting.solve.facility_location.relaxation import Array, Places, SiteRelaxation
from siting.solve.highs_model import Rows, pass_rows, silent_highs

CHEAPEST = 4
"""Sites of each customer at first."""
SAVES = 1e-9
"""A pair that saves less of the dearest unit cost is left out."""
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Transport:
    """Who serves whom."""

    cost: float
    """With the fixed cost of the sites that serve anyone."""
    sites: Places
    customers: Places
    amounts: Array
    prices: Array
    """Of a unit of demand, by customer."""


def transport(data: SiteRelaxation, opened: Places) -> Transport | None:
    """Return the cheapest transport from the sites that are open; None when they hold too little.

    Args:
        data: the problem.
        opened: positions of the sites.
    """
    capacity = data.capacity[opened]
    if float(capacity.sum()) < data.total * (1.0 - EXACT):
        return None
    cost = data.unit_cost[opened]
    nearest = np.argsort(cost, axis=0, kind="stable")[:CHEAPEST]
    has = np.zeros(cost.shape, dtype=bool)
    np.put_along_axis(has, nearest, values=True, axis=0)
    solver = _Solver(data.demand, capacity, float(cost.max()))
    site, customer = np.nonzero(has)
    solver.add(site, customer, cost[site, customer])
    places = [(site, customer)]
    while True:
        prices, rents = solver.solve()
        saved = prices[None, :] + rents[:, None] - cost
        site, customer = np.nonzero((saved > SAVES * max(1.0, float(cost.max()))) & ~has)
        if not len(site):
            break
        has[site, customer] = True
        solver.add(site, customer, cost[site, customer])
        places.append((site, customer))
    amounts = solver.amounts()
    sites = np.concatenate([s for s, _ in places])
    customers = np.concatenate([c for _, c in places])
    used = amounts > 0
    sites, customers, amounts = sites[used], customers[used], amounts[used]
    total = float(amounts @ cost[sites, customers])
    total += float(data.fixed_cost[opened[np.unique(sites)]].sum())
    return Transport(total, opened[sites], customers, amounts, prices)


class _Solver:
    """The transport problem with the pairs that it has so far."""

    def __init__(self, demand: Array, capacity: Array, dearest: float) -> None:
        """Begin with nothing but customers left out, dearer than any chain of exchanges."""
        self._highs = silent_highs(
            primal_feasibility_tolerance=EXACT, dual_feasibility_tolerance=EXACT
        )
        self._customers, self._sites = len(demand), len(capacity)
        self._first = len(demand)
        left_out = 2.0 * (self._sites + 1) * max(dearest, 1.0)
        served = np.arange(self._customers)
        pass_rows(
            self._highs,
            Rows(
                costs=np.full(self._customers, left_out),
                columns=(np.zeros(self._customers), demand),
                bounds=(
                    np.concatenate([demand, np.full(self._sites, -np.inf)]),
                    np.concatenate([demand, capacity]),
                ),
                start=np.append(served, np.full(self._sites + 1, self._customers)),
                index=served,
                value=np.ones(self._customers),
            ),
        )

    def add(self, site: Places, customer: Places, cost: Array) -> None:
        """Add pairs of site and customer."""
        count = len(site)
        rows = np.stack([customer, self._customers + site], axis=1).ravel().astype(np.int32)
        starts = np.arange(0, 2 * count, 2, dtype=np.int32)
        zero, most = np.zeros(count), np.full(count, np.inf)
        self._highs.addCols(count, cost, zero, most, 2 * count, starts, rows, np.ones(2 * count))

    def solve(self) -> tuple[Array, Array]:
        """Return the price of each customer and the (negative) rent of each site's capacity."""
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            msg = f"transport problem: {self._highs.getModelStatus()}"
            raise SolverError(msg)
        dual = np.array(self._highs.getSolution().row_dual)
        return dual[: self._customers], dual[self._customers :]

    def amounts(self) -> Array:
        """Return what each pair carries."""
        values: Array = np.array(self._highs.getSolution().col_value)[self._first :]
        return np.where(values > EXACT, values, 0.0)
