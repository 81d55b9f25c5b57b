"""HiGHS with the routing against a tree, mostly of the modules alone: who is ahead goes on.

HiGHS begins. The tree is tried beside it, now and again. When HiGHS has had its patience and is far
from the best design, it gives up for a tree that is further, and is expected to be further at the
end (:mod:`pace`). A tree that will not even reach where HiGHS is now, or with fixed charges is
still at its root, is not tried again.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.pace import Pace
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.tree import Tree

if TYPE_CHECKING:
    import pyomo.environ as pyo

PATIENCE_SHARE, EARLY_SHARE = 0.4, 0.15
"""Share of the time that HiGHS has at least; where failures are survived or demands stay whole, and
its model is large for what is bought."""
KNOWN_SHARE = 0.08
"""Share of the time after which it is known how the bound of the tree rises."""
FAR = 0.003
"""Relative gap from which on HiGHS may give up."""

SAY_S = 10.0

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
        self._begin, self._said = time.monotonic(), -math.inf
        self._until = self._begin + left_s
        self._known_s = KNOWN_SHARE * left_s
        is_early = hasattr(model, "survivability") or not best.is_rounded
        share = EARLY_SHARE if is_early else PATIENCE_SHARE
        self._patient_until = self._begin + share * left_s
        self._tree: Tree | None = None
        self._tree_spent_s = 0.0
        self._pace, self._tree_pace = Pace(), Pace()
        self._tree_bound = -math.inf
        self._lock = threading.Lock()
        self.has_given_up = False

    def try_tree(self, until: float, is_over: Callable[[], bool]) -> None:
        """Branch until a time, unless HiGHS gives up meanwhile; no tree, no branching."""
        if not self._root.is_whole or self.has_given_up or self._is_hopeless():
            return
        if self._tree is None and self._best.is_rounded:
            self._tree = self._root.tree(self._model, self._best.round_up)
        elif self._tree is None:
            self._tree = self._root.tree_of_paths(self._model, self._best.buy)
        self._branch(until, lambda: is_over() or self.has_given_up)

    def finish(self, until: float) -> None:
        """Go on with the tree, once the other thread has left it."""
        self._branch(until, self.is_reached)

    def _branch(self, until: float, is_over: Callable[[], bool]) -> None:
        tree = self._tree
        if tree is None:
            return
        begin = time.monotonic()
        spent_s = self._tree_spent_s

        def hear(bound: float) -> None:
            now = time.monotonic()
            self._tree_spent_s = spent_s + now - begin
            self._tree_bound = min(bound, self._best.cost)
            self._tree_pace.hear(self._tree_spent_s, bound)
            self._root.bound = max(self._root.bound, self._tree_bound)
            if now - self._said > SAY_S:
                self._said = now
                self._say(f"tree bound {self._tree_bound:,.2f}, {tree.nodes} nodes")

        with self._lock:
            begin = time.monotonic()
            tree.run(until, lambda: self._best.cost, is_over, hear)

    def _is_hopeless(self) -> bool:
        """Return whether the tree would not reach HiGHS in all the time that is left."""
        if self._tree is None or self._tree_spent_s < self._known_s:
            return False
        if hasattr(self._model, "fixed_charge") and self._tree.nodes <= 1:
            return True
        now = time.monotonic()
        expected = self._tree_pace.expected(self._tree_spent_s, self._until - now)
        return expected < self._pace.at(now - self._begin)

    def is_reached(self) -> bool:
        """Return whether the gap is closed."""
        return self._is_within(self._root.bound, self._relative_gap)

    def gives_up(self, bound: float) -> bool:
        """Return whether HiGHS with such a bound gives up."""
        now = time.monotonic()
        self._pace.hear(now - self._begin, bound)
        if now > self._patient_until and not self.has_given_up and self._is_behind(now):
            self.has_given_up = not self._is_within(self._tree_bound, FAR)
        return self.has_given_up

    def _is_behind(self, now: float) -> bool:
        """Return whether HiGHS is behind the tree, now and at the end."""
        spent_s, tree_s = now - self._begin, self._tree_spent_s
        if tree_s < self._known_s or self._pace.at(spent_s) >= self._tree_bound:
            return False
        left_s = self._until - now
        expected = self._pace.expected(spent_s, left_s)
        return expected < self._tree_pace.expected(tree_s, left_s)

    def _is_within(self, bound: float, relative_gap: float) -> bool:
        cost = self._best.cost
        return math.isfinite(cost) and cost - bound <= relative_gap * abs(cost)
