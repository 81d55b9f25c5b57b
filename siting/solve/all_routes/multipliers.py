"""What links pay for what they share: the multipliers of the relaxation.

Items that links share are numbered: IRU contracts by edge, own cable by edge, huts inside an edge,
huts at a node. The shares of an item add up to no more than its cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.hut_routes import HutPrices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Items:
    """Numbers of the shared items of a graph."""

    edges: int
    nodes: int

    @property
    def count(self) -> int:
        """Return how many items there are."""
        return 3 * self.edges + self.nodes

    def supplies(self, edges: Ints) -> Ints:
        """Return the items IRU and own cable of some edges, shape (2, edges)."""
        return np.stack([edges, self.edges + edges])

    def inside(self, edges: Ints) -> Ints:
        """Return the items of huts inside some edges."""
        return 2 * self.edges + edges

    def at(self, nodes: Ints) -> Ints:
        """Return the items of huts at some nodes."""
        return 3 * self.edges + nodes


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Shares of links in items, their tolls on edges, prices of IRU pairs that are scarce."""

    shares_usd: Floats
    """Shape (links, items)."""
    tolls_usd: Floats
    """Shape (links, edges): what keeps the routes of a link apart."""
    scarcity_usd: Floats
    """Per IRU pair on each edge."""

    def within(self, costs_usd: Floats, weights: Floats) -> Multipliers:
        """Return these with the shares of each item adding up to its cost.

        What is left of an item goes to the links that pay nothing for it, by their weights.

        Args:
            costs_usd: cost of each item.
            weights: shape (links, items); zero where a link cannot use an item.
        """
        paid = self.shares_usd.sum(axis=0)
        scale = np.where(paid > costs_usd, costs_usd / np.maximum(paid, 1e-300), 1.0)
        shares = self.shares_usd * scale
        left = np.maximum(costs_usd - shares.sum(axis=0), 0.0)
        open_ = np.where(shares > 0, 0.0, weights)
        total = open_.sum(axis=0)
        shares += open_ * (left / np.where(total > 0, total, 1.0))
        return Multipliers(shares, self.tolls_usd, self.scarcity_usd)


@dataclass(frozen=True, slots=True)
class LinkPrices:
    """The multipliers of one link, on the edges and nodes of its neighborhood."""

    supply_usd: Floats
    """Shape (2, edges): IRU and own cable."""
    tolls_usd: Floats
    scarcity_usd: Floats
    huts: HutPrices
