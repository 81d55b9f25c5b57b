"""Branch and cut on the nodes of the graph: a node is in the tree, or it is not."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siting.solve.steiner.arrays import Bools, Ints, Net
from siting.solve.steiner.ascent import Ascent, needed_arcs
from siting.solve.steiner.improve import TreeSearch
from siting.solve.steiner.relaxation import CutRelaxation
from siting.solve.steiner.separation import violated_cuts

Say = Callable[[str], None]
WHOLE = 1e-5
DESCENT_EVERY = 4
STALLED, STALLED_BELOW = 15, 4
"""Rounds of cuts that close too little of the gap before they end, at the root and below."""
FEW_CUTS = 20
"""Cuts of one round below which the simplex method goes on from an interior point method."""
ENOUGH = 0.02
"""Share of the gap that as many rounds must close."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the trees."""

    bound: float
    included: tuple[int, ...]
    excluded: tuple[int, ...]


class BranchAndCut:
    """The relaxation of one graph, cut, and branched on."""

    def __init__(
        self, net: Net, ascent: Ascent, search: TreeSearch, limit: Callable[[], float], until: float
    ) -> None:
        """Begin with the cuts of a dual ascent.

        Args:
            net: the graph.
            ascent: what the relaxation begins from.
            search: takes trees.
            limit: tells from which cost on trees are of no use.
            until: when to stop, on the monotonic clock.
        """
        self._net, self._search, self._limit, self._until = net, search, limit, until
        self._root = ascent.root
        kept = needed_arcs(net, ascent, limit())
        self.relaxation = CutRelaxation(net, ascent.root, kept)
        first = [(int(members[0]), members) for members in ascent.cuts]
        self.relaxation.add_cuts(first)
        self.bound = self._found = ascent.bound
        self.nodes = self._rounds = 0
        self._targets = np.flatnonzero(net.is_terminal)
        self._targets = self._targets[self._targets != self._root]
        self._none = np.zeros(len(net.is_terminal), dtype=bool)

    @property
    def is_closed(self) -> bool:
        """Whether no tree below the limit is left."""
        return self.bound >= self._limit()

    def cut_root(self, say: Say) -> None:
        """Cut the relaxation until it holds no violated cut; drop arcs that are not needed."""
        self._found = self.bound
        self._cut((), STALLED, say)
        self.relaxation.use_interior(on=False)
        self.bound = max(self.bound, min(self._found, self._limit()))

    def _cut(self, included: tuple[int, ...], patience: int, say: Say | None = None) -> bool:
        """Cut the relaxation; return whether trees below the limit may be left."""
        part = self.relaxation
        wanted = self._net.is_terminal.copy()
        wanted[list(included)] = True
        targets = np.concatenate([self._targets, np.array(included, dtype=np.int64)])
        reference, stalled = -math.inf, 0
        while time.monotonic() < self._until:
            if not part.solve(self._until):
                self._found = max(self._found, part.bound)  # infinite where there is no tree
                break
            ascent = part.ascent(wanted)
            self._found = max(self._found, ascent.bound)
            if self._found >= self._limit():
                break
            self._grow()
            if say is not None:
                self._shrink(ascent)
            stalled += 1
            if part.bound - reference > ENOUGH * (self._limit() - self._found):
                reference, stalled = part.bound, 0
            added = self._separate(targets)
            if say is not None:
                say(
                    f"limit {self._limit():,.2f}, relaxation {part.bound:,.2f}, bound "
                    f"{self._found:,.2f}, {part.is_kept.sum()} arcs, {added} new rows"
                )
            if part.is_interior and added < FEW_CUTS:
                part.use_interior(on=False)
            elif not added or (stalled >= patience and self._choice(included, ()) is not None):
                break
        return self._found < self._limit()

    def _separate(self, targets: Ints) -> int:
        """Add violated rows; return how many."""
        part = self.relaxation
        needs = np.ones(len(targets))
        cuts = violated_cuts(self._net, part.values, part.is_kept, self._root, targets, needs)
        return part.add_cuts(cuts) + part.add_pairs()

    def _shrink(self, ascent: Ascent) -> None:
        """Take the bound of the root, arcs that are not needed, and rows that do not bind."""
        self.bound = max(self.bound, min(self._found, self._limit()))
        self.relaxation.drop_arcs(needed_arcs(self._net, ascent, self._limit()))
        self.relaxation.purge()

    def _grow(self) -> None:
        """Grow a tree along the relaxation, and make some of them better."""
        self._rounds += 1
        length = self._net.weight * np.clip(1.0 - self.relaxation.values, 0.0, 1.0)
        both = np.minimum(length, length[self._net.reverse])
        self._search.grow(both, descend=self._rounds % DESCENT_EVERY == 1)

    def branch(self, say: Say) -> None:
        """Branch until the end of the time or of the trees; ``bound`` is what is proven."""
        count = itertools.count()
        queue = [(self.bound, next(count), Branch(self.bound, (), ()))]
        closed = math.inf
        told = time.monotonic()
        while queue and time.monotonic() < self._until:
            least = min(queue[0][0], closed)
            self.bound = max(self.bound, min(least, self._limit()))
            if queue[0][0] >= self._limit():
                break
            if time.monotonic() > told + 2.0:
                told = time.monotonic()
                say(f"limit {self._limit():,.2f}, bound {self.bound:,.2f}, {self.nodes} nodes")
            _, _, node = heapq.heappop(queue)
            children = self._expand(node)
            if children is None:  # stopped by the clock, or nothing to branch on
                if time.monotonic() < self._until:
                    closed = min(closed, self._found)
                    continue
                heapq.heappush(queue, (max(node.bound, self._found), next(count), node))
                break
            for child in children:
                heapq.heappush(queue, (child.bound, next(count), child))
        least = min([closed, *(bound for bound, _, _ in queue)])
        self.bound = max(self.bound, min(least, self._limit()))

    def _expand(self, node: Branch) -> list[Branch] | None:
        self.nodes += 1
        gone = self._none.copy()
        gone[list(node.excluded)] = True
        self.relaxation.settle(gone, node.included)
        self._found = node.bound
        if not self._cut(node.included, STALLED_BELOW):
            return []
        if time.monotonic() > self._until:
            return None
        chosen = self._choice(node.included, node.excluded)
        if chosen is None:
            return None
        bound = max(self._found, node.bound)
        return [
            Branch(bound, (*node.included, chosen), node.excluded),
            Branch(bound, node.included, (*node.excluded, chosen)),
        ]

    def _choice(self, included: tuple[int, ...], excluded: tuple[int, ...]) -> int | None:
        """Return the node to branch on; None when all is whole."""
        net, values = self._net, self.relaxation.values
        entering = np.bincount(net.head, values, len(net.is_terminal))
        decided = net.is_terminal.copy()
        decided[[*included, *excluded]] = True
        whole = np.minimum(entering, np.maximum(1.0 - entering, 0.0))
        whole[decided] = 0.0
        if whole.max() > WHOLE:
            leaving = np.bincount(net.tail, values > WHOLE, len(net.is_terminal))
            return int(np.argmax(whole * (1.0 + 0.1 * leaving)))
        parted = np.minimum(values, 1.0 - values) > WHOLE
        ends = np.zeros(len(decided), dtype=bool)
        ends[net.tail[parted]] = ends[net.head[parted]] = True
        free: Ints = np.flatnonzero(ends & ~decided)
        return int(free[0]) if len(free) else None


def edges_needed(net: Net, arcs: Bools) -> Bools:
    """Return the arcs whose edges are needed one way or the other."""
    both: Bools = arcs | arcs[net.reverse]
    return both
