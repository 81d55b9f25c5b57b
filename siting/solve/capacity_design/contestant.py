"""One tree of a race: made when first tried, branched on for a while, with how its bound rises."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.pace import Pace
from siting.solve.capacity_design.tree import Tree

SAY_S = 10.0

Say = Callable[[str], None]


class Contestant:
    """A tree that is made when it is first tried.

    Attributes:
        spent_s: time spent on it.
        bound: what it says any design costs at least, at most what the best one does.
        pace: how its bound rises.
        is_there: whether there is such a tree, as far as is known.
    """

    def __init__(self, name: str, make: Callable[[], Tree | None], best: Best, say: Say) -> None:
        """Take what makes the tree."""
        self._name, self._make, self._best, self._say = name, make, best, say
        self._tree: Tree | None = None
        self._said = -math.inf
        self.is_there = True
        self.spent_s, self.bound, self.pace = 0.0, -math.inf, Pace()

    @property
    def nodes(self) -> int:
        """Return how many nodes have been looked at."""
        return 0 if self._tree is None else self._tree.nodes

    def branch(
        self, until: float, is_over: Callable[[], bool], hear: Callable[[float], None]
    ) -> None:
        """Branch until a time.

        Args:
            until: when to stop, on the monotonic clock.
            is_over: whether to stop now.
            hear: hears of the bound.
        """
        begin, spent_s = time.monotonic(), self.spent_s
        if self._tree is None:
            self._tree = self._make()
            self.is_there = self._tree is not None
        if self._tree is None:
            return
        tree = self._tree

        def note(bound: float) -> None:
            now = time.monotonic()
            self.spent_s = spent_s + now - begin
            self.bound = min(bound, self._best.cost)
            self.pace.hear(self.spent_s, bound)
            hear(self.bound)
            if now - self._said > SAY_S:
                self._said = now
                self._say(f"{self._name} bound {self.bound:,.2f}, {tree.nodes} nodes")

        tree.run(until, lambda: self._best.cost, is_over, note)

    def expected(self, left_s: float) -> float:
        """Return the bound to be expected after so much more time."""
        return self.pace.expected(self.spent_s, left_s)
