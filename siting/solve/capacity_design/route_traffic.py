"""Traffic that survives failures over modules: a linear problem whose columns are routes.

Each demand is a mix of pairs of routes without a common link, or of systems of routes
(:mod:`fares`). Few of these are needed: columns are found by what links cost at the duals of those
known so far. That is a row for each link and one for each demand, where the model has one for each
demand and link.

Least of all traffic is carried that does not fit. Prices that modules cannot pay prove at once that
there is some: a metric row, which other modules may violate too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.dear_columns import without_dearest
from siting.solve.capacity_design.fares import fares_of, pay_all
from siting.solve.capacity_design.route_columns import RouteColumns
from siting.solve.capacity_design.unroutable import Unroutable
from siting.solve.highs_model import add_columns, silent_highs

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.highs import CompiledModel

ROUNDS = 60
"""Rounds of columns, at most."""
FITS = 1e-7
"""Traffic that need not fit, as share of the largest demand, and what routes gain at least."""
EXACT = 1e-9
MOST_COLUMNS = 12
"""Columns for each row from which on the dearest are taken out."""

Array = NDArray[np.float64]


def has_route_traffic(design: CapacityDesign) -> bool:
    """Return whether a design is routed that way: survivable, split freely, routed for nothing."""
    survives = design.code.survivability == "P" or design.survival_fraction > 0
    is_free = not any(link.routing_cost for link in design.links)
    is_split = design.code.routing == "C" and design.code.capacity != "L"
    return survives and is_free and is_split


class RouteTraffic:
    """The traffic of one survivable design, routed again and again over other modules."""

    def __init__(
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        unroutable: Unroutable,
    ) -> None:
        """Begin without routes.

        Args:
            design: the problem.
            model: its model.
            compiled: one of its compiled models, whose columns solutions have.
            unroutable: takes rows of what cannot be routed.
        """
        self._unroutable = unroutable
        self._fares = fares_of(design)
        amounts, arcs = self._fares.payers.amounts, len(self._fares.graph.tails)
        self._pays, self._parts = np.zeros(len(amounts)), np.zeros((len(amounts), arcs))
        self._is_shared = design.code.link == "U"
        self._columns = RouteColumns(design, model, compiled)
        self._existing = np.array([link.existing_capacity for link in design.links], dtype=float)
        blocks = [(e, block) for e, menu in enumerate(model.menus) for block in menu.blocks]
        self._links = np.array([e for e, _ in blocks], dtype=int)
        self._capacity = np.array([block.capacity for _, block in blocks])
        self._routes = csr_array((0, arcs))
        self._demand = np.zeros(0, dtype=int)
        self._highs = silent_highs(presolve="off", solver="simplex")
        self._ways = 1 if self._is_shared else 2
        self._rows = self._ways * len(self._existing)
        self._build()

    def _build(self) -> None:
        """Begin with what does not fit, and with the shortest routes."""
        demands = len(self._pays)
        none, nothing = np.zeros(0, dtype=np.int32), np.zeros(0)
        least = np.concatenate([np.full(self._rows, -math.inf), np.ones(demands)])
        most = np.concatenate([np.zeros(self._rows), np.ones(demands)])
        self._highs.addRows(len(least), least, most, 0, none, none, nothing)
        for row in range(self._rows):
            place = np.array([row], dtype=np.int32)
            self._highs.addCol(1.0, 0.0, math.inf, 1, place, np.array([-1.0]))
        pay_all(self._fares, np.ones(2 * len(self._existing)), self._pays, self._parts)
        if np.isfinite(self._pays).all():
            self._add(np.arange(demands))

    def routed(self, modules: Array) -> Array | None:
        """Return a routing as values of all columns of the model; None where none is found.

        What cannot be routed gives a row.
        """
        room = self._existing.copy()
        np.add.at(room, self._links, self._capacity * modules)
        for row, most in enumerate(np.repeat(room, self._ways).tolist()):
            self._highs.changeRowBounds(row, -math.inf, most)
        self._forget()
        amounts = self._fares.payers.amounts
        for _ in range(ROUNDS):
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            solution = self._highs.getSolution()
            values, duals = np.array(solution.col_value), np.array(solution.row_dual)
            over = float(values[: self._rows].max(initial=0.0))
            if over <= FITS * float(amounts.max(initial=1.0)):
                return self._found(values[self._rows :])
            prices = np.maximum(-duals[: self._rows], 0.0)
            by_arc = np.repeat(prices, 2) if self._is_shared else prices
            pay_all(self._fares, by_arc, self._pays, self._parts)
            if self._learned(prices, modules):
                return None
            fresh = np.flatnonzero(duals[self._rows :] - self._pays * amounts > FITS)
            if not len(fresh):
                return None
            self._add(fresh)
        return None

    def _add(self, fresh: NDArray[np.int64]) -> None:
        """Add the routes just found of some demands."""
        parts = csr_array(self._parts[fresh])
        loads = self._fares.payers.amounts[fresh][:, None] * self._parts[fresh]
        if self._is_shared:
            loads = loads[:, ::2] + loads[:, 1::2]
        matrix = np.zeros((len(fresh), self._rows + len(self._pays)))
        matrix[:, : self._rows] = loads
        matrix[np.arange(len(fresh)), self._rows + fresh] = 1.0
        add_columns(self._highs, csr_array(matrix))
        self._routes = csr_array(vstack([self._routes, parts]))
        self._demand = np.concatenate([self._demand, fresh])

    def _forget(self) -> None:
        """Take the dearest columns out where there are many."""
        count = len(self._demand)
        if count <= MOST_COLUMNS * (self._rows + len(self._pays)):
            return
        stays = without_dearest(self._highs, self._rows, count)
        self._routes, self._demand = csr_array(self._routes[stays]), self._demand[stays]

    def _learned(self, prices: Array, modules: Array) -> bool:
        """Return whether prices prove that modules cannot be routed; keep their row."""
        by_link = prices.reshape(-1, self._ways).sum(axis=1)
        paid = self._pays * self._fares.payers.amounts
        existing = by_link * self._existing
        least = float(paid.sum() - existing.sum())
        least -= EXACT * float(paid.sum() + existing.sum())
        coefficients = by_link[self._links] * self._capacity
        return self._unroutable.add(coefficients, least, modules)

    def _found(self, shares: Array) -> Array:
        """Return the values of all columns of a mix of routes."""
        some = np.flatnonzero(shares > EXACT)
        weights = shares[some] * self._fares.payers.amounts[self._demand[some]]
        mix = csr_array(
            (weights, (self._demand[some], np.arange(len(some)))),
            shape=(len(self._pays), len(some)),
        )
        return self._columns.values((mix @ self._routes[some]).toarray())
