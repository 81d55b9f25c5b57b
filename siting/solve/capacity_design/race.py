"""HiGHS with the routing against the tree of the modules alone: who is ahead goes on.

HiGHS begins. The tree is tried beside it, now and again. When HiGHS has had its patience, is far
from the best design, and its bound is behind that of the tree, it gives up for the tree.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.tree import Tree

if TYPE_CHECKING:
    import pyomo.environ as pyo

PATIENCE_SHARE = 0.2
"""Share of the time that HiGHS has at least."""
FAR = 0.003
"""Relative gap from which on HiGHS may give up."""

Say = Callable[[str], None]


class Race:
    """Both ways to close one design."""

    def __init__(  # what one solve is about
        self,
        model: pyo.ConcreteModel,
        root: Root,
        best: Best,
        left_s: float,
        relative_gap: float,
        say: Say,
    ) -> None:
        """Begin now, with so many seconds left."""
        self._model, self._root, self._best = model, root, best
        self._relative_gap, self._say = relative_gap, say
        self._patient_until = time.monotonic() + PATIENCE_SHARE * left_s
        self._tree: Tree | None = None
        self._tree_bound = -math.inf
        self._lock = threading.Lock()
        self.has_given_up = False

    def try_tree(self, until: float, is_over: Callable[[], bool]) -> None:
        """Branch on the modules alone until a time, unless HiGHS gives up meanwhile."""
        if not self._best.is_rounded or not self._root.is_whole or self.has_given_up:
            return
        if self._tree is None:
            self._tree = self._root.tree(self._model, self._best)
        self._branch(until, lambda: is_over() or self.has_given_up)

    def finish(self, until: float) -> None:
        """Go on with the tree, once the other thread has left it."""
        self._branch(until, self.is_reached)

    def _branch(self, until: float, is_over: Callable[[], bool]) -> None:
        tree = self._tree
        if tree is None:
            return

        def hear(bound: float) -> None:
            self._tree_bound = min(bound, self._best.cost)
            self._root.bound = max(self._root.bound, self._tree_bound)
            self._say(f"tree bound {self._tree_bound:,.2f}, {tree.nodes} nodes")

        with self._lock:
            tree.run(until, lambda: self._best.cost, is_over, hear)

    def is_reached(self) -> bool:
        """Return whether the gap is closed."""
        return self._is_within(self._root.bound, self._relative_gap)

    def gives_up(self, bound: float) -> bool:
        """Return whether HiGHS with such a bound gives up."""
        if time.monotonic() > self._patient_until and bound < self._tree_bound:
            self.has_given_up = not self._is_within(self._tree_bound, FAR)
        return self.has_given_up

    def _is_within(self, bound: float, relative_gap: float) -> bool:
        cost = self._best.cost
        return math.isfinite(cost) and cost - bound <= relative_gap * abs(cost)
