"""Metric inequalities: capacity, weighed by any prices, covers demands on their cheapest paths.

With a price on every link, what all capacity is worth is at least what the demands pay when each
takes its cheapest path. The duals of the relaxation with its routing are such prices, and one row
with them gives the modules alone the bound of that relaxation.

Where links have fixed charges, each commodity may pay a toll of its own too on what it carries: it
carries at most all its traffic where the link is used. All traffic times all tolls of a link then
stands at whether the link is used, beside the prices at its modules.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.formulation.capacity_design import commodities
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import Row, charged_links

Array = NDArray[np.float64]

LEAST_PRICE = 1e-7
"""Prices below this share of the largest count as none."""
MARGIN = 1e-9
"""Relative: taken off what the demands pay, for rounding."""
FREE = 1e-15
"""A link without a price is on the graph all the same."""


class Metrics:
    """Makes rows from prices, for one design."""

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...]) -> None:
        """Index nodes, demands and blocks."""
        self._index = index = {node: i for i, node in enumerate(design.nodes)}
        self._size = len(index)
        self.commodities = commodities(design)
        self._charged = charged_links(design)
        self._tails = np.array([index[link.source] for link in design.links], dtype=int)
        self._heads = np.array([index[link.target] for link in design.links], dtype=int)
        self._sources = np.array([index[d.source] for d in design.demands], dtype=int)
        self._targets = np.array([index[d.target] for d in design.demands], dtype=int)
        self._loads = np.array([d.load for d in design.demands])
        self._existing = np.array([link.existing_capacity for link in design.links])
        self._letter = design.code.link
        blocks = [(e, b.capacity) for e, menu in enumerate(menus) for b in menu.blocks]
        self._link = np.array([e for e, _ in blocks], dtype=int)
        self._capacity = np.array([c for _, c in blocks])

    def row(self, prices: Array, values: Array) -> Row | None:
        """Return the row of some prices.

        Args:
            prices: of a unit on each link, one column a way (one where ways share or are one).
            values: of all columns of rows, for the violation.
        """
        top = float(prices.max(initial=0.0))
        if top <= 0:
            return None
        shares = np.where(prices > LEAST_PRICE * top, prices / top, 0.0)
        least = self._paid(shares) * (1.0 - MARGIN)
        by_link = shares.sum(axis=1)
        least -= float(by_link @ self._existing)
        coefficients = by_link[self._link] * self._capacity
        used = np.flatnonzero(coefficients)
        scale = float(coefficients.max(initial=0.0))
        if least <= 0 or scale <= 0:
            return None
        coefficients, least = coefficients / scale, least / scale
        return Row(
            tuple(used.tolist()),
            tuple(coefficients[used].tolist()),
            least,
            least - float(coefficients @ values[: len(coefficients)]),
        )

    def row_with_tolls(self, prices: Array, tolls: Array, values: Array) -> Row | None:
        """Return the row of some prices and tolls.

        Args:
            prices: as in :meth:`row`.
            tolls: of a unit of each commodity, on each link and way; zero without a fixed charge.
            values: of all columns of rows, for the violation.
        """
        top = float(prices.max(initial=0.0))
        if top <= 0:
            return None
        prices = np.where(prices > LEAST_PRICE * top, prices / top, 0.0)
        tolls = np.where(tolls > LEAST_PRICE * top, tolls / top, 0.0)
        least = -float(prices.sum(axis=1) @ self._existing)
        for item, own in zip(self.commodities, tolls, strict=True):
            ends = [self._index[node] for node in item.sinks]
            away = self._distances(prices + own, np.array([self._index[item.source]]))[0, ends]
            loads = np.array(list(item.sinks.values())) * item.unit
            least += float(loads @ away) * (1.0 - MARGIN) - 2 * FREE * self._size * loads.sum()
        totals = np.array([item.total * item.unit for item in self.commodities])
        by_use = np.einsum("k,kew->e", totals, tolls)[self._charged]
        by_modules = prices.sum(axis=1)[self._link] * self._capacity
        coefficients = np.concatenate([by_modules, by_use])
        used = np.flatnonzero(coefficients)
        scale = float(coefficients.max(initial=0.0))
        if least <= 0 or scale <= 0:
            return None
        coefficients, least = coefficients / scale, least / scale
        short = least - float(coefficients @ values)
        return Row(tuple(used.tolist()), tuple(coefficients[used].tolist()), least, short)

    def _paid(self, shares: Array) -> float:
        """Return what all demands pay on their cheapest paths."""
        starts, place = np.unique(self._sources, return_inverse=True)
        away = self._distances(shares, starts)
        return float(self._loads @ away[place, self._targets]) - 2 * FREE * self._size * float(
            self._loads.sum()
        )

    def _distances(self, prices: Array, starts: NDArray[np.int64]) -> Array:
        """Return how far all nodes are from some, by prices of each link and way."""
        forth, back = prices[:, 0], prices[:, -1]
        tails, heads, weights = self._tails, self._heads, forth
        if self._letter != "D":
            tails, heads = np.concatenate([tails, heads]), np.concatenate([heads, tails])
            weights = np.concatenate([forth, back])
        # Of parallel links the cheapest; csr would add them up.
        order = np.lexsort((weights, heads, tails))
        tails, heads, weights = tails[order], heads[order], weights[order]
        first = np.ones(len(tails), dtype=bool)
        first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
        graph = csr_array(
            (weights[first] + FREE, (tails[first], heads[first])), shape=(self._size, self._size)
        )
        away: Array = dijkstra(graph, indices=starts)
        return away


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
