"""Rows of partitions of the nodes into many parts.

Where demands join k parts, the links between them that are used must join them too: at least k - 1
are used (k less the groups of parts that demands join). Modules much larger than demands, and fixed
charges, need this: cuts alone ask for half a tree.
"""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import Row, charged_links
from siting.solve.capacity_design.node_sets import Borders

VIOLATION = 1e-3
TRIES = 12
NOISE = 0.5
UNKNOWN = 1e6
"""Use of a link that may carry traffic unseen: it never lies between parts."""

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


class Partitions:
    """Finds violated rows of partitions of one design."""

    def __init__(
        self,
        design: CapacityDesign,
        menus: tuple[Menu, ...],
        borders: Borders,
    ) -> None:
        """Index links, demands and what says that a link is used."""
        self._borders = borders
        self._has_direction = design.code.link == "D"
        self._columns = _use_columns(design, menus)
        self._ends = np.array(borders.ends, dtype=int).reshape(-1, 2)
        self._demand = borders.demand

    def violated(self, values: Array, rng: random.Random) -> list[Row]:
        """Return violated rows of partitions; ``rng`` is for noise."""
        if self._has_direction:
            return []
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
