"""The best tree known, in edges of the file, and the search for better ones."""

from __future__ import annotations

import math
import time

import numpy as np

from siting.solve.steiner.arrays import Floats, Ints, Net
from siting.solve.steiner.trees import cost_of, grown, insert_nodes, rebuild

TRIALS = 4000
"""Parts taken out of a tree at most, in one descent."""
STEADY = 1e-9


class TreeSearch:
    """Grows trees in one graph, and keeps the best."""

    def __init__(self, net: Net, seed: int, until: float) -> None:
        """Begin without a tree.

        Args:
            net: the graph.
            seed: of the random orders.
            until: when to stop, on the monotonic clock.
        """
        self.net, self._until = net, until
        self._rng = np.random.default_rng(seed)
        self._terminals = np.flatnonzero(net.is_terminal)
        self._all = np.ones(len(net.start) - 1, dtype=bool)
        self.best: Ints = np.zeros(0, dtype=np.int64)
        self.cost = math.inf

    def grown(self, length: Floats, start: int) -> list[Ints]:
        """Return the tree grown by lengths of arcs, as a list: empty when there is none."""
        tree = grown(self.net, length, start, self._all)
        if not len(tree):
            return []
        self._keep(tree)
        return [tree]

    def grow(self, length: Floats, *, descend: bool = True) -> None:
        """Grow a tree by lengths of arcs from any terminal, and make it better."""
        for tree in self.grown(length, int(self._rng.choice(self._terminals))):
            if descend:
                self._descend(tree)
                self._keep(tree)

    def descend_best(self, trees: list[Ints], most: int, end: float) -> None:
        """Make the cheapest of some trees better, until the clock says so."""
        costs = {i: cost_of(self.net, tree) for i, tree in enumerate(trees)}
        for i in sorted(costs, key=lambda i: costs[i])[:most]:
            if time.monotonic() > end:
                return
            self._descend(trees[i])
            self._keep(trees[i])

    def _keep(self, tree: Ints) -> None:
        cost = cost_of(self.net, tree)
        if cost < self.cost - STEADY * max(1.0, abs(cost)):
            self.best, self.cost = tree.copy(), cost

    def _descend(self, tree: Ints) -> None:
        net = self.net
        while time.monotonic() < self._until:
            while insert_nodes(net, tree, self._rng.permutation(len(tree))):
                pass
            budget = max(10, TRIALS * 500 // len(net.weight))
            if not rebuild(net, tree, self._rng.permutation(len(tree)), budget):
                return

    def noisy(self, length: Floats, spread: float) -> Floats:
        """Return lengths with noise, the same on both arcs of an edge."""
        noise = self._rng.uniform(1.0, 1.0 + spread, len(length))
        both: Floats = length * np.minimum(noise, noise[self.net.reverse])
        return both
