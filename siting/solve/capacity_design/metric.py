"""Metric inequalities: capacity, weighed by any prices, covers demands on their cheapest paths.

With a price on every link, what all capacity is worth is at least what the demands pay when each
takes its cheapest path. The duals of the relaxation with its routing are such prices, and one row
with them gives the modules alone the bound of that relaxation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import Row

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
        index = {node: i for i, node in enumerate(design.nodes)}
        self._size = len(index)
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

    def _paid(self, shares: Array) -> float:
        """Return what all demands pay on their cheapest paths."""
        forth, back = shares[:, 0], shares[:, -1]
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
        starts, place = np.unique(self._sources, return_inverse=True)
        away = dijkstra(graph, indices=starts)
        return float(self._loads @ away[place, self._targets]) - 2 * FREE * self._size * float(
            self._loads.sum()
        )
