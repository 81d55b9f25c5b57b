"""Lower bounds without the rows of the customers: what each site is worth at given prices.

A customer pays a price for each unit of its demand, whoever serves it. A site then serves the
customers that pay more than they cost it, best first, up to its capacity; that is worth opening or
not; and the sites opened hold the whole demand. Whatever the prices, the sum is a lower bound on
the cost of all plans (Lagrangian relaxation of the demand rows). The best prices give the bound of
the model with all its rows ``flow <= demand x open``, none of which is ever written.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siting.instance.facility_location import FacilityLocation

Array = NDArray[np.float64]
Places = NDArray[np.signedinteger[Any]]

FREE, CLOSED, OPEN = -1, 0, 1
"""What is settled of a site."""
ROUNDING = 1e-9
STEP, LONGEST_STEP, SHORTER, LONGER = 1.0, 2.0, 0.66, 1.1
"""Length of a step as a share of Polyak's: at first, at most, and how it changes."""
PATIENCE = 8
"""Steps without a better bound before steps become shorter."""
NEWEST, NEWEST_LATE = 0.1, 0.02
"""Most weight of the newest solution in the average; late, when the average should settle."""
FAR, NEAR, ALMOST = 0.05, 0.005, 0.4
"""Steps aim at a bound so much higher, first and then, relative; the aim is moved on when the bound
has come that near to it, as a share of its distance."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The relaxation at given prices."""

    bound: float
    short: Array
    """Demand of each customer that is not served, or served too often."""
    opened: Array
    """Sites, the last one of them perhaps in part."""
    change: Array
    """What opening a closed site adds to the bound; negative: what closing an open one does."""


@dataclass(frozen=True, slots=True)
class Ascent:
    """The best prices found, and what they say."""

    bound: float
    prices: Array
    change: Array
    opened: Array
    """Average of the sites opened on the way: near a solution of the continuous relaxation."""


class SiteRelaxation:
    """The relaxation of one problem."""

    def __init__(self, problem: FacilityLocation) -> None:
        """Read the problem into arrays."""
        self.demand = np.array([c.demand for c in problem.customers], dtype=float)
        self.capacity = np.array([f.capacity for f in problem.facilities], dtype=float)
        self.fixed_cost = np.array([f.fixed_cost for f in problem.facilities], dtype=float)
        costs = np.array([c.costs for c in problem.customers], dtype=float).T
        self.unit_cost = np.ascontiguousarray(costs / self.demand)
        """Site by customer, of one unit of demand."""
        self.total = float(self.demand.sum())
        self.needed = self._needed()
        """Capacity that the sites opened must have."""

    def _needed(self) -> float:
        """Return the demand; of equal sites, the capacity of as many as hold it."""
        size = float(self.capacity.min())
        if size <= 0 or np.ptp(self.capacity) > 0:
            return self.total
        return float(size * np.ceil(self.total / size - ROUNDING))

    def first_prices(self) -> Array:
        """Return for each customer the least full cost of a unit."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(self.capacity > 0, self.fixed_cost / self.capacity, np.inf)
        prices: Array = (self.unit_cost + share[:, None]).min(axis=0)
        return np.where(np.isfinite(prices), prices, 0.0)

    def evaluate(self, prices: Array, settled: NDArray[np.int8]) -> Evaluation:
        """Return the relaxation at some prices, with some sites settled."""
        worth, site, customer, served = self._fill(prices)
        value, opened, change = self._choose(worth, settled)
        amount = np.bincount(customer, served * opened[site], len(self.demand))
        return Evaluation(value + float(prices @ self.demand), self.demand - amount, opened, change)

    def worth(self, prices: Array) -> Array:
        """Return what opening each site costs at some prices, less what it earns."""
        return self._fill(prices)[0]

    def _fill(self, prices: Array) -> tuple[Array, Places, Places, Array]:
        """Fill each site with what pays best; also return who serves whom, and how much."""
        margin = self.unit_cost - prices
        site, customer = np.nonzero(margin < 0)
        gain = margin[site, customer]
        order = np.lexsort((gain, site))
        site, customer, gain = site[order], customer[order], gain[order]
        load = np.cumsum(self.demand[customer])
        before = np.concatenate([[0.0], load])[np.searchsorted(site, np.arange(len(self.capacity)))]
        used = load - self.demand[customer] - before[site]
        served: Array = np.clip(self.capacity[site] - used, 0.0, self.demand[customer])
        worth: Array = self.fixed_cost + np.bincount(site, gain * served, len(self.capacity))
        return worth, site, customer, served

    def _choose(self, worth: Array, settled: NDArray[np.int8]) -> tuple[float, Array, Array]:
        """Open the sites that pay, and more until the demand is held (continuous knapsack)."""
        opened = ((worth < 0) & (settled != CLOSED)) | (settled == OPEN)
        missing = self.needed - float(self.capacity[opened].sum())
        level = 0.0
        share = opened.astype(float)
        if missing > ROUNDING * self.needed:
            rest = np.flatnonzero((settled == FREE) & ~opened & (self.capacity > 0))
            rate = worth[rest] / self.capacity[rest]
            rest = rest[np.argsort(rate, kind="stable")]
            load = np.cumsum(self.capacity[rest])
            last = int(np.searchsorted(load, missing * (1.0 - ROUNDING)))
            if last == len(rest):
                return np.inf, share, np.zeros(len(worth))
            share[rest[:last]] = 1.0
            held = float(load[last - 1]) if last else 0.0
            share[rest[last]] = (missing - held) / self.capacity[rest[last]]
            level = float(worth[rest[last]] / self.capacity[rest[last]])
        return float(worth @ share), share, worth - level * self.capacity

    def ascend(
        self,
        prices: Array,
        settled: NDArray[np.int8],
        *,
        upper: float,
        rounds: int,
        until: float,
    ) -> Ascent:
        """Return better prices, by steps along an average of what is short (volume algorithm).

        Args:
            prices: where to begin.
            settled: what is settled of each site.
            upper: cost of a plan; the steps end when the bound reaches it.
            rounds: most steps.
            until: when to stop, on the monotonic clock.
        """
        found = self.evaluate(prices, settled)
        best = Ascent(found.bound, prices, found.change, found.opened)
        short, opened = found.short, found.opened
        step, idle = STEP, 0
        target = min(upper, best.bound + FAR * abs(best.bound) + ROUNDING)
        for count in range(rounds):
            if best.bound >= upper or time.monotonic() > until:
                break
            if target - best.bound < ALMOST * FAR * abs(best.bound):
                target = min(upper, max(target, best.bound + NEAR * abs(best.bound) + ROUNDING))
            length = step * (target - best.bound) / max(float(short @ short), ROUNDING)
            prices = best.prices + length * short
            found = self.evaluate(prices, settled)
            along = float(found.short @ short)
            turn = found.short - short
            most = NEWEST if count < rounds / 2 else NEWEST_LATE
            weight = -float(short @ turn) / max(float(turn @ turn), ROUNDING)
            weight = min(max(weight, most / 10), most)
            if found.bound > best.bound:
                best = Ascent(found.bound, prices, found.change, opened)
                step = min(step * LONGER, LONGEST_STEP) if along >= 0 else step
                idle = 0
            else:
                idle += 1
                if idle >= PATIENCE:
                    step, idle = step * SHORTER, 0
            short = (1.0 - weight) * short + weight * found.short
            opened = (1.0 - weight) * opened + weight * found.opened
        return Ascent(best.bound, best.prices, best.change, opened)
