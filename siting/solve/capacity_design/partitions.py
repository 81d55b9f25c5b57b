"""Rows of partitions of the nodes into three parts or more.

*Connected parts.* Where demands join k parts, links between them that are used must join them too:
at least k - 1 are used (k less the groups of parts that demands join). Modules much larger than
demands need this: cuts alone ask for half a tree.

*Hops.* Between parts a demand crosses at least as many links as parts are apart in the contracted
network, so the capacity between parts is at least the sum of demand times hops. It is rounded like
that of a cut (:mod:`cutsets`).
"""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import Cutsets, Row, charged_links
from siting.solve.capacity_design.node_sets import Borders, Cuts

VIOLATION = 1e-3
TRIES = 12
NOISE = 0.5
UNKNOWN = 1e6
"""Use of a link that may carry traffic unseen: it never lies between parts."""
MOST_PARTS = 9
"""Hops are counted between so many parts at most."""

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


class Partitions:
    """Finds violated rows of partitions of one design."""

    def __init__(
        self,
        design: CapacityDesign,
        menus: tuple[Menu, ...],
        borders: Borders,
        cutsets: Cutsets,
    ) -> None:
        """Index links, demands and what says that a link is used."""
        self._borders, self._cutsets = borders, cutsets
        self._letter = design.code.link
        self._columns = _use_columns(design, menus)
        self._ends = np.array(borders.ends, dtype=int).reshape(-1, 2)
        self._demand = borders.demand
        self._is_hopped = design.code.survivability == "N" and design.survival_fraction == 0

    def violated(self, values: Array, rng: random.Random, most: int) -> list[Row]:
        """Return violated rows; of hops at most so many for each divisor."""
        rows: list[Row] = []
        if self._letter != "D":
            rows += self._unconnected(values, rng)
        if self._is_hopped:
            rows += self._hopped(values, rng, most)
        return rows

    def _unconnected(self, values: Array, rng: random.Random) -> list[Row]:
        use = np.array([float(values[list(c)].sum()) if c else UNKNOWN for c in self._columns])
        found: dict[bytes, Row] = {}
        for attempt in range(TRIES):
            for labels in self._merged(use, rng, NOISE if attempt else 0.0):
                crossing = self._crossing(labels)
                parts = int(labels.max()) + 1
                spare = float(use[crossing].sum()) - (parts - 1)
                if spare >= -VIOLATION or (key := crossing.tobytes()) in found:
                    continue
                least = parts - self._groups(labels, parts)
                violation = float(least - use[crossing].sum())
                if violation > VIOLATION:
                    columns = [i for e in np.flatnonzero(crossing) for i in self._columns[e]]
                    found[key] = Row(tuple(columns), (1.0,) * len(columns), float(least), violation)
        return list(found.values())

    def _merged(self, weight: Array, rng: random.Random, noise: float) -> list[Labels]:
        """Return partitions: single nodes, then the two parts with most weight between joined."""
        n = self._borders.nodes
        between = np.zeros((n, n))
        factors = np.array([1.0 + noise * (rng.random() - 0.5) for _ in weight])
        a, b = self._ends.T
        np.add.at(between, (a, b), weight * factors)
        np.add.at(between, (b, a), weight * factors)
        np.fill_diagonal(between, 0.0)
        group = np.arange(n)
        found = [group.copy()]
        for _ in range(n - 2):
            at = int(between.argmax())
            i, j = divmod(at, n)
            if between[i, j] <= 0:
                break
            between[i] += between[j]
            between[:, i] += between[:, j]
            between[j] = between[:, j] = 0.0
            between[i, i] = 0.0
            group[group == j] = i
            found.append(np.unique(group, return_inverse=True)[1].astype(np.int64))
        return found

    def _crossing(self, labels: Labels) -> NDArray[np.bool_]:
        crossing: NDArray[np.bool_] = labels[self._ends[:, 0]] != labels[self._ends[:, 1]]
        return crossing

    def _groups(self, labels: Labels, parts: int) -> int:
        """Return how many groups of parts the demands join."""
        joined = self._contracted(labels, parts) > 0
        return int(connected_components(csr_array(joined), directed=False)[0])

    def _contracted(self, labels: Labels, parts: int) -> Array:
        inside = np.zeros((self._borders.nodes, parts))
        inside[np.arange(len(labels)), labels] = 1.0
        demand: Array = inside.T @ self._demand @ inside
        np.fill_diagonal(demand, 0.0)
        return demand

    def _hopped(self, values: Array, rng: random.Random, most: int) -> list[Row]:
        crossings, demands = [], []
        seen: set[bytes] = set()
        even = np.ones(len(self._columns))
        for _ in range(TRIES):
            for labels in self._merged(even, rng, 2 * NOISE)[-MOST_PARTS + 1 : -1]:
                crossing = self._crossing(labels)
                if (key := crossing.tobytes()) in seen:
                    continue
                seen.add(key)
                need = self._hops(labels)
                if np.isfinite(need):
                    crossings.append(crossing)
                    demands.append(need)
        if not crossings:
            return []
        no_sets = np.zeros((len(crossings), 0), dtype=bool)
        cuts = Cuts(no_sets, np.array(crossings), np.array(demands))
        return self._cutsets.violated_of(cuts, values, most)

    def _hops(self, labels: Labels) -> float:
        """Return what the capacity between parts is at least."""
        parts = int(labels.max()) + 1
        linked = np.zeros((parts, parts))
        a, b = labels[self._ends].T
        linked[a, b] = 1.0
        if self._letter != "D":
            linked[b, a] = 1.0
        np.fill_diagonal(linked, 0.0)
        away = shortest_path(csr_array(linked), unweighted=True)
        demand = self._contracted(labels, parts)
        asked = demand > 0
        total = float((demand[asked] * away[asked]).sum())
        return total / 2.0 if self._letter == "B" else total


def _use_columns(design: CapacityDesign, menus: tuple[Menu, ...]) -> list[tuple[int, ...]]:
    """Return for each link the columns that are at least one when it is used; none if unknown."""
    charged = {int(e): i for i, e in enumerate(charged_links(design))}
    blocks = sum(len(menu.blocks) for menu in menus)
    found: list[tuple[int, ...]] = []
    first = 0
    for e, (link, menu) in enumerate(zip(design.links, menus, strict=True)):
        size = len(menu.blocks)
        if e in charged:
            found.append((blocks + charged[e],))
        elif link.existing_capacity > 0 or any(not block.is_whole for block in menu.blocks):
            found.append(())
        elif any(block.base for block in menu.blocks):
            found.append((first,))
        else:
            found.append(tuple(range(first, first + size)))
        first += size
    return found
