"""Routes of demands as columns of a linear problem, and what a mix of them carries.

A column is a route of one demand, a pair of routes without a common link, or a system of routes
(:mod:`fares`), for all of the demand. It loads the rooms of a network: one for each link, or one
for each way where ways do not share.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.fares import fares_of, pay_each

LEAST = 1e-9
"""Share of a column that counts."""

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class RouteMix:
    """The columns of one design, and the shares of the last solution.

    Attributes:
        amounts: of each demand, in capacity.
        demand: of each column.
        loads: of each column on each room.
        shares: of each column.
        flows: what each demand carries in each room.
    """

    def __init__(self, design: CapacityDesign) -> None:
        """Begin without columns."""
        self._fares = fares_of(design)
        self.amounts = self._fares.payers.amounts
        self.is_shared = design.code.link == "U"
        self.ways = 1 if self.is_shared else 2
        self.rooms = self.ways * len(design.links)
        demands, arcs = len(self.amounts), len(self._fares.graph.tails)
        self._pays, self._parts = np.zeros(demands), np.zeros((demands, arcs))
        self.demand: Ints = np.zeros(0, dtype=np.int64)
        self.loads, self.shares = np.zeros((0, self.rooms)), np.zeros(0)
        self._routes = csr_array((0, arcs))
        self.flows = np.zeros((demands, self.rooms))

    @property
    def is_routed(self) -> bool:
        """Return whether each demand has a route at all."""
        return bool(np.isfinite(self.priced(np.ones((len(self.amounts), self.rooms)))).all())

    def priced(self, prices: Array) -> Array:
        """Return what each demand pays at its own prices of the rooms on its cheapest column."""
        by_arc = np.repeat(prices, 2, axis=1) if self.is_shared else prices
        pay_each(self._fares, np.ascontiguousarray(by_arc), self._pays, self._parts)
        return self._pays * self.amounts

    def add(self, fresh: Ints) -> Array:
        """Keep the columns just found of some demands; return their loads."""
        parts = self._parts[fresh]
        loads = self.amounts[fresh][:, None] * parts
        if self.is_shared:
            loads = loads[:, ::2] + loads[:, 1::2]
        self._routes = csr_array(vstack([self._routes, csr_array(parts)]))
        self.loads = np.concatenate([self.loads, loads])
        self.demand = np.concatenate([self.demand, fresh])
        return np.asarray(loads)

    def keep(self, stays: Ints) -> None:
        """Keep some columns only."""
        self._routes = csr_array(self._routes[stays])
        self.loads, self.demand = self.loads[stays], self.demand[stays]

    def note(self, shares: Array) -> None:
        """Take the shares of a solution."""
        self.shares = shares
        some = np.flatnonzero(shares > LEAST)
        self.flows = np.zeros_like(self.flows)
        np.add.at(self.flows, self.demand[some], shares[some, None] * self.loads[some])

    def sent(self) -> Array:
        """Return the share of each demand that the last solution sends: one, but for rounding."""
        some = np.flatnonzero(self.shares > LEAST)
        found = np.zeros(len(self.amounts))
        np.add.at(found, self.demand[some], self.shares[some])
        return found

    def by_arc(self) -> Array:
        """Return what each demand carries over each arc in the last solution."""
        some = np.flatnonzero(self.shares > LEAST)
        weights = self.shares[some] * self.amounts[self.demand[some]]
        mix = csr_array(
            (weights, (self.demand[some], np.arange(len(some)))),
            shape=(len(self.amounts), len(some)),
        )
        return np.asarray((mix @ self._routes[some]).toarray())


TakesRoutes = Callable[[RouteMix], None]
"""Takes the routes of a solution."""
