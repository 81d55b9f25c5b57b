"""Node sets whose cuts are worth looking at: small connected ones, and nearly full ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign

ALL_SETS_NODES = 15
"""Up to that many nodes every set is looked at."""
SMALL_SETS = 6000
"""Connected sets, smallest first, in a larger network."""

Sets = NDArray[np.bool_]
"""One row a set, one column a node."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """What crosses the border of each of many node sets."""

    sets: Sets
    crossing: NDArray[np.bool_]
    """Set by link."""
    demand: NDArray[np.float64]
    """Capacity that the demands across ask for, by set."""


class Borders:
    """Computes cuts of node sets in one design."""

    def __init__(self, design: CapacityDesign) -> None:
        """Index the design."""
        self.design = design
        index = {node: i for i, node in enumerate(design.nodes)}
        self.nodes = len(design.nodes)
        self._tails = np.array([index[link.source] for link in design.links], dtype=int)
        self._heads = np.array([index[link.target] for link in design.links], dtype=int)
        self.demand = np.zeros((self.nodes, self.nodes))
        for demand in design.demands:
            self.demand[index[demand.source], index[demand.target]] += demand.load
        self.neighbors: list[set[int]] = [set() for _ in design.nodes]
        for a, b in zip(self._tails, self._heads, strict=True):
            self.neighbors[a].add(int(b))
            self.neighbors[b].add(int(a))
        self.ends = list(zip(self._tails.tolist(), self._heads.tolist(), strict=True))

    def cuts(self, sets: Sets) -> Cuts:
        """Return what crosses each set; on directed links, what leaves it."""
        inside = sets.astype(float)
        leaving = ((inside @ self.demand) * (1.0 - inside)).sum(axis=1)
        entering = (((1.0 - inside) @ self.demand) * inside).sum(axis=1)
        tails, heads = sets[:, self._tails], sets[:, self._heads]
        if self.design.code.link == "D":
            return Cuts(sets, tails & ~heads, leaving)
        both = leaving + entering
        demand = both if self.design.code.link == "U" else np.maximum(leaving, entering)
        return Cuts(sets, tails != heads, demand)

    def unique(self, sets: Sets) -> Sets:
        """Return each proper set once; a set and its complement are one unless links have a way."""
        sets = sets[sets.any(axis=1) & ~sets.all(axis=1)]
        if self.design.code.link != "D":
            sets = np.where(sets[:, :1], ~sets, sets)
        return np.unique(sets, axis=0)


def starting_sets(borders: Borders) -> Sets:
    """Return all sets of a small network, else small connected ones."""
    n = borders.nodes
    if n <= ALL_SETS_NODES:
        numbers = np.arange(1, 2**n - 1)
        return borders.unique((numbers[:, None] >> np.arange(n)) & 1 == 1)
    rows = list(_connected_sets(borders, SMALL_SETS))
    sets = np.zeros((len(rows), n), dtype=bool)
    for i, row in enumerate(rows):
        sets[i, list(row)] = True
    if borders.design.code.link == "D":
        sets = np.concatenate([sets, ~sets])
    return borders.unique(sets)


def _connected_sets(borders: Borders, most: int) -> Iterator[frozenset[int]]:
    """Yield connected sets of at most half the nodes, in order of size."""
    layer = {frozenset({node}) for node in range(borders.nodes)}
    count = 0
    for _ in range(borders.nodes // 2):
        for item in sorted(layer, key=sorted):
            yield item
            count += 1
            if count >= most:
                return
        layer = {
            item | {other}
            for item in layer
            for node in item
            for other in borders.neighbors[node] - item
        }


def contracted_sets(
    borders: Borders, slack: NDArray[np.float64], rng: random.Random, tries: int
) -> Sets:
    """Return sets got by contracting links in random order, those of much weight first.

    What lies between the last few groups of nodes are cuts of all sizes.
    """
    found = []
    for _ in range(tries):
        noise = [s * (0.4 + 1.2 * rng.random()) for s in slack]
        order = sorted(range(len(noise)), key=lambda e: -noise[e])
        group = list(range(borders.nodes))
        left = borders.nodes
        for e in order:
            if left <= 2:
                break
            a, b = (group[node] for node in borders.ends[e])
            if a == b:
                continue
            group = [a if g == b else g for g in group]
            left -= 1
            if left <= 6:
                parts = sorted(set(group))
                found += [[g == part for g in group] for part in parts]
    return (
        borders.unique(np.array(found, dtype=bool)) if found else np.zeros((0, borders.nodes), bool)
    )


def improved_sets(
    borders: Borders, sets: Sets, slack_of: Callable[[Sets], NDArray[np.float64]], rounds: int
) -> Sets:
    """Return sets reached by moving one node at a time over the border while the slack falls."""
    current = sets
    best = slack_of(current)
    seen = [current]
    for _ in range(rounds):
        if not len(current):
            break
        n = borders.nodes
        moved = np.repeat(current, n, axis=0) ^ np.tile(np.eye(n, dtype=bool), (len(current), 1))
        slack = slack_of(moved).reshape(len(current), n)
        choice = slack.argmin(axis=1)
        value = slack[np.arange(len(current)), choice]
        better = value < best - 1e-9
        current = moved.reshape(len(current), n, n)[np.arange(len(current)), choice][better]
        best = value[better]
        seen.append(current)
    return borders.unique(np.concatenate(seen))
