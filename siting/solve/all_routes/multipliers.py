"""What links pay for what they share: the multipliers of the relaxation.

Items that links share are numbered: IRU contracts by edge, own cable by edge, huts inside an edge,
huts at a node. The shares of an item add up to no more than its cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.ways import HutPrices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


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
class SharedCosts:
    """What shared items cost: by the start from which on they are in use, to the end."""

    usd: Floats
    """Shape (starts, items), the earliest start first; 0 where there is no item."""
    since: Ints
    """Number of the start of each link."""
    is_last: Bools
    """Whether each link is lit to the end."""

    @classmethod
    def at_once(cls, usd: Floats, links: int) -> SharedCosts:
        """Return the costs of items that so many links use at one time."""
        return cls(usd[None, :], np.zeros(links, dtype=np.int64), np.ones(links, dtype=np.bool_))

    def of(self, number: int, item: int) -> float:
        """Return what an item costs from the start of a link on."""
        return float(self.usd[self.since[number], item])

    @property
    def median_usd(self) -> float:
        """Return the median of all that cost something; 1 when nothing does."""
        return self._median_usd(0)

    def median_usd_of(self, number: int) -> float:
        """Return the same from the start of a link on."""
        return self._median_usd(int(self.since[number]))

    def _median_usd(self, start: int) -> float:
        usd = self.usd[start]
        return float(np.median(usd[usd > 0])) if (usd > 0).any() else 1.0

    def steps(self) -> list[tuple[Floats, Bools]]:
        """Return what items cost between each start and the next, and the links lit by then."""
        later = np.vstack([self.usd[1:], np.zeros_like(self.usd[:1])])
        return [(usd, self.since <= s) for s, usd in enumerate(self.usd - later)]

    def split(self, weights: Floats) -> Floats:
        """Return shares by weights, shape (links, items).

        Args:
            weights: shape (links, items): parts that all links pay. Where not all are lit yet those
                that are pay all, in the same proportions.
        """
        shares = np.zeros_like(weights)
        for usd, lit in self.steps():
            if lit.all():
                shares += weights * usd
                continue
            total = weights[lit].sum(axis=0)
            shares[lit] += weights[lit] * (usd / np.where(total > 0, total, 1.0))
        return shares

    def by_step(self, shares: Floats, items: Ints) -> Floats:
        """Return what links pay of each step of some items, shape (links, steps, items).

        Args:
            shares: shape (links, all items); no item is paid more than its cost by.
            items: their numbers.
        """
        steps = self.steps()
        left = [usd[items] for usd, _ in steps]
        shares = shares[:, items]
        found = np.zeros((len(shares), len(steps), len(items)))
        for start in range(len(steps) - 1, -1, -1):
            here = np.flatnonzero(self.since == start)
            wanted = shares[here]
            for step in range(start, len(steps)):
                total = wanted.sum(axis=0)
                part = np.minimum(1.0, left[step] / np.maximum(total, 1e-300))
                found[here, step] = part * wanted
                left[step] = np.maximum(left[step] - total, 0.0)
                wanted = wanted - found[here, step]
        return found

    def fitted(self, shares: Floats, weights: Floats) -> Floats:
        """Return shares that no item is paid more than its cost by.

        What is left of an item goes to the links that pay nothing for it, by their weights.

        Args:
            shares: shape (links, items), wanted.
            weights: shape (links, items); zero where a link cannot use an item.
        """
        return self.filled(shares, np.where(shares > 0, 0.0, weights))

    def filled(self, shares: Floats, weights: Floats) -> Floats:
        """Return shares that no item is paid more than its cost by; what is left goes by weights.

        A link pays its first step first, then later ones.

        Args:
            shares: shape (links, items), wanted.
            weights: shape (links, items), in any proportions.
        """
        shares = shares.copy()
        steps = self.steps()
        left = [usd.copy() for usd, _ in steps]
        for start in range(len(steps) - 1, -1, -1):
            here = self.since == start
            wanted = shares[here].sum(axis=0)
            there = sum(left[start:])
            scale = np.where(wanted > there, there / np.maximum(wanted, 1e-300), 1.0)
            shares[here] *= scale
            paid = np.minimum(wanted, there)
            for step in range(start, len(steps)):
                taken = np.minimum(paid, left[step])
                left[step] -= taken
                paid -= taken
        for usd, (_, lit) in zip(left, steps, strict=True):
            total = weights[lit].sum(axis=0)
            shares[lit] += weights[lit] * (np.maximum(usd, 0.0) / np.where(total > 0, total, 1.0))
        return shares


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Shares of links in items, their tolls on edges, prices of IRU pairs that are scarce."""

    shares_usd: Floats
    """Shape (links, items)."""
    tolls_usd: Floats
    """Shape (links, edges): what keeps the routes of a link apart."""
    scarcity_usd: Floats
    """Per IRU pair on each edge."""

    def within(self, shared: SharedCosts, weights: Floats) -> Multipliers:
        """Return these with shares that add up to no more than what items cost.

        What is left of an item goes to the links that pay nothing for it, by their weights.

        Args:
            shared: what items cost.
            weights: shape (links, items); zero where a link cannot use an item.
        """
        shares = shared.fitted(self.shares_usd, weights)
        return Multipliers(shares, self.tolls_usd, self.scarcity_usd)


@dataclass(frozen=True, slots=True)
class LinkPrices:
    """The multipliers of one link, on the edges and nodes of its neighborhood."""

    supply_usd: Floats
    """Shape (2, edges): IRU and own cable."""
    tolls_usd: Floats
    scarcity_usd: Floats
    huts: HutPrices
