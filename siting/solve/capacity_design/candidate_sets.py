"""Node sets whose cuts are looked at for rows, at each solution of a relaxation."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import Cutsets
from siting.solve.capacity_design.node_sets import (
    ALL_SETS_NODES,
    Borders,
    Sets,
    contracted_sets,
    improved_sets,
    starting_sets,
)

QUICK_SETS = 300
"""In a node of a tree: the tightest sets that are looked at."""
SMALL, TIGHT, TRIES = 2, 60, 3
"""For rows of flows: all sets of so few nodes, the tightest of all, and tries of contracting."""

Array = NDArray[np.float64]


class CandidateSets:
    """The sets of one design."""

    def __init__(self, borders: Borders, cutsets: Cutsets, rng: random.Random) -> None:
        """Begin with all sets of a small network, else small ones."""
        self._borders, self._cutsets, self._rng = borders, cutsets, rng
        self._sets = starting_sets(borders)
        sizes = self._sets.sum(axis=1)
        self._small = self._sets[np.minimum(sizes, borders.nodes - sizes) <= SMALL]

    def all(self, values: Array) -> Sets:
        """Return the sets to look at: all of a small network, else small and nearly full ones."""
        if self._borders.nodes <= ALL_SETS_NODES:
            return self._sets
        found = self._contracted(10)
        better = self._improved(np.concatenate([found, self._tight(values, 100)]), values, 10)
        return self._borders.unique(np.concatenate([self._sets, better]))

    def few(self, values: Array) -> Sets:
        """Return the tightest of the sets, and some that are made from the solution."""
        tight = self._tight(values, QUICK_SETS)
        found = np.concatenate([self._contracted(5), tight[: QUICK_SETS // 10]])
        return self._borders.unique(np.concatenate([tight, self._improved(found, values, 4)]))

    def for_flows(self, values: Array) -> Sets:
        """Return small sets, the tightest, and others; and what is not in them, if ways differ."""
        found = [self._small, self._tight(values, TIGHT), self._contracted(TRIES)]
        sets = self._borders.unique(np.concatenate(found))
        both = self._borders.design.code.link == "B"
        return np.concatenate([sets, ~sets]) if both else sets

    def _tight(self, values: Array, most: int) -> Sets:
        return self._sets[np.argsort(self._cutsets.slack(self._sets, values))[:most]]

    def _contracted(self, tries: int) -> Sets:
        noise = np.array([self._rng.random() for _ in self._borders.design.links])
        return contracted_sets(self._borders, noise, self._rng, tries)

    def _improved(self, sets: Sets, values: Array, rounds: int) -> Sets:
        return improved_sets(
            self._borders, sets, lambda other: self._cutsets.slack(other, values), rounds
        )
