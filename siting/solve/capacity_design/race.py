"""HiGHS with the routing against trees, of the modules alone and of all columns: who is ahead wins.

HiGHS begins. The trees are tried beside it, now and again: each for a while, then the one that is
ahead. When HiGHS has had its patience and is far from the best design, it gives up for a tree that
is further, and is expected to be further at the end (:mod:`pace`).

The tree of all columns begins with the rows that HiGHS begins with, and its bound rises for longer.
Where traffic splits, HiGHS gives up for it sooner, also if HiGHS is ahead: if that is by little of
the gap, and there is time for more than a few nodes.

Where traffic survives and splits into routes that cost nothing, there is one tree, of modules and
routes, whose nodes are quick and have all the routing.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.contestant import Contestant
from siting.solve.capacity_design.pace import Pace
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.route_relaxation import with_routes
from siting.solve.capacity_design.tree import Tree
from siting.solve.capacity_design.trees import (
    in_flows,
    modules_tree,
    routes_survive,
    routes_tree,
    tree_of_all,
)
from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo

PATIENCE_SHARE, EARLY_SHARE = 0.4, 0.15
"""Share of the time that HiGHS has at least; before a tree of all columns, and where failures are
survived or demands stay whole, and its model is large for what is bought."""
KNOWN_SHARE = 0.08
"""Share of the time after which it is known how the bound of a tree rises."""
NEAR, FEW_NODES = 0.2, 8
"""Part of the gap of a tree of all columns that HiGHS closes at most where it gives up for it, and
nodes that the tree would have at its pace so far."""
FAR = 0.003
"""Relative gap from which on HiGHS may give up."""

Say = Callable[[str], None]


class Race:
    """All ways to close one design."""

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
        self._relative_gap = relative_gap
        self._begin = time.monotonic()
        self._until = self._begin + left_s
        self._known_s = KNOWN_SHARE * left_s
        self._is_early = hasattr(model, "survivability") or not best.is_rounded
        self._pace = Pace()
        self._is_slow = best.is_rounded and not routes_survive(root)
        self._all = Contestant(
            "tree of all", lambda: tree_of_all(root, model, best.buy, left_s), best, say
        )
        if routes_survive(root):

            def make() -> Tree | None:
                made = with_routes(root, tuple(model.menus))
                compiled = CompiledModel(model, seed=root.seed)
                offer = in_flows(root, model, compiled, best.hint)
                return None if made is None else routes_tree(root, made, offer)

            self._all = Contestant("tree of routes", make, best, say)
        self._trees = [self._all]
        if self._is_slow and root.is_whole:
            by_modules = lambda: modules_tree(root, model, best.round_up)  # noqa: E731
            self._trees.append(Contestant("tree of modules", by_modules, best, say))
        self._lock = threading.Lock()
        self.has_given_up = False

    def try_tree(self, until: float, is_over: Callable[[], bool]) -> None:
        """Branch until a time, unless HiGHS gives up meanwhile; no tree, no branching."""
        new = [tree for tree in self._trees if not tree.spent_s]
        for tree in new or (self._trees and [self._leader()]):
            self._branch(tree, until, is_over)
            if tree.is_there:
                break
        self._trees = [tree for tree in self._trees if tree.is_there]

    def finish(self, until: float) -> None:
        """Go on with the tree that is ahead, once the other thread has left it.

        A tree that has hardly been tried is tried first.
        """
        known_s = KNOWN_SHARE * (until - time.monotonic())
        with self._lock:
            for tree in self._trees:
                if tree.spent_s < known_s:
                    own = min(time.monotonic() + known_s, until)
                    tree.branch(own, self.is_reached, self._hear)
            self._leader().branch(until, self.is_reached, self._hear)

    def _leader(self) -> Contestant:
        """Return the tree that is ahead."""
        return max(self._trees, key=lambda tree: tree.bound)

    def _branch(self, tree: Contestant, until: float, is_over: Callable[[], bool]) -> None:
        if not self.has_given_up and not self._is_hopeless(tree):
            with self._lock:
                tree.branch(until, lambda: is_over() or self.has_given_up, self._hear)

    def _hear(self, bound: float) -> None:
        self._root.bound = max(self._root.bound, bound)

    def _is_hopeless(self, tree: Contestant) -> bool:
        """Return whether a tree would not reach HiGHS in all the time that is left."""
        if tree.spent_s <= self._known_s:
            return False
        if tree is self._all and self._is_slow:
            return not self._is_near(tree)
        if hasattr(self._model, "fixed_charge") and tree.nodes <= 1:
            return True
        now = time.monotonic()
        return tree.expected(self._until - now) < self._pace.at(now - self._begin)

    def is_reached(self) -> bool:
        """Return whether the gap is closed."""
        return self._is_within(self._root.bound, self._relative_gap)

    @property
    def heard(self) -> float:
        """Return the best bound that HiGHS has said."""
        return self._pace.at(math.inf)

    def gives_up(self, bound: float) -> bool:
        """Return whether HiGHS with such a bound gives up."""
        now = time.monotonic()
        self._pace.hear(now - self._begin, bound)
        if not self.has_given_up:
            ahead = [tree for tree in list(self._trees) if self._is_ahead(tree, now)]
            self.has_given_up = any(not self._is_within(tree.bound, FAR) for tree in ahead)
        return self.has_given_up

    def _is_ahead(self, tree: Contestant, now: float) -> bool:
        """Return whether a tree is expected to be ahead of HiGHS at the end, after its patience."""
        spent_s, left_s = now - self._begin, self._until - now
        is_early = self._is_early or tree is self._all
        patience = (EARLY_SHARE if is_early else PATIENCE_SHARE) * (self._until - self._begin)
        if spent_s <= patience or tree.spent_s < self._known_s:
            return False
        if tree is self._all and self._is_slow:
            return tree.nodes * left_s >= FEW_NODES * tree.spent_s and self._is_near(tree)
        expected = self._pace.expected(spent_s, left_s)
        return self._pace.at(spent_s) < tree.bound and expected < tree.expected(left_s)

    def _is_near(self, tree: Contestant) -> bool:
        """Return whether HiGHS closes little of the gap that a tree leaves."""
        return self._pace.at(math.inf) - tree.bound <= NEAR * (self._best.cost - tree.bound)

    def _is_within(self, bound: float, relative_gap: float) -> bool:
        cost = self._best.cost
        return math.isfinite(cost) and cost - bound <= relative_gap * abs(cost)
