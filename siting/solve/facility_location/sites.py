"""Branch and bound on the sites alone, for problems whose pairs are too many for one model.

At each node the prices of the parent are made better (:mod:`relaxation`); what opening or closing a
site would add settles sites that no better plan can have otherwise; the sites that the average of
the relaxation leans to give a plan (:mod:`transport`). The least bound of the nodes left open is
the bound of the problem, and holds by evaluation of the prices, whatever a solver's tolerances.
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siting.instance.facility_location import FacilityLocation
from siting.solve.facility_location.relaxation import (
    CLOSED,
    FREE,
    OPEN,
    Array,
    Ascent,
    SiteRelaxation,
)
from siting.solve.facility_location.transport import Transport, transport

ROOT_ROUNDS, NODE_ROUNDS = 500, 40
MOST_TRIES = 100
"""Plans near the root's that are tried."""
LEANS = 0.5
UNDECIDED = 0.03
"""A site whose average is that far from open and from closed is tried the other way."""
CLOSE = 1e-9
"""Relative: a node this near to the best plan holds no better one worth the name."""

Settled = NDArray[np.int8]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Node:
    """Sites settled so far, and the prices to go on from."""

    settled: Settled
    prices: Array
    bound: float


class SiteTree:
    """The search."""

    def __init__(
        self, problem: FacilityLocation, *, until: float, relative_gap: float, say: Say
    ) -> None:
        """Begin with nothing settled.

        Args:
            problem: the problem.
            until: when to stop, on the monotonic clock.
            relative_gap: stop at this gap.
            say: takes one line for each step worth telling.
        """
        self._data = SiteRelaxation(problem)
        self._until, self._say = until, say
        self._gap = max(relative_gap, CLOSE)
        self._tried: dict[bytes, float] = {}
        self.best: Transport | None = None
        self.bound = -math.inf
        self.nodes = 0

    @property
    def upper(self) -> float:
        """Cost of the best plan."""
        return math.inf if self.best is None else self.best.cost

    def search(self) -> None:
        """Search until the gap, the time, or the end."""
        count = itertools.count()
        root = self._root()
        queue = [(root.bound, next(count), root)]
        told = time.monotonic()
        while queue:
            self.bound = min(max(self.bound, queue[0][0]), self._enough)
            if self.bound >= self._enough or time.monotonic() > self._until:
                return
            if time.monotonic() > told + 2.0:
                told = time.monotonic()
                self._say(
                    f"plan {self.upper:,.2f}, bound {self.bound:,.2f}, {self.nodes} nodes, "
                    f"{len(queue)} open"
                )
            _, _, node = heapq.heappop(queue)
            for child in self._expand(node):
                heapq.heappush(queue, (child.bound, next(count), child))
        self.bound = self._enough

    @property
    def _enough(self) -> float:
        """The bound at which a node is given up, so that no more than this is ever proven."""
        return self.upper - self._gap * abs(self.upper) if self.best is not None else math.inf

    def _root(self) -> Node:
        data = self._data
        settled = np.full(len(data.capacity), FREE, dtype=np.int8)
        ascent = data.ascend(
            data.first_prices(), settled, upper=math.inf, rounds=ROOT_ROUNDS, until=self._until
        )
        self._propose(ascent.opened)
        self._say(f"plan {self.upper:,.2f}, root bound {ascent.bound:,.2f}")
        self._improve(ascent.prices)
        self._say(f"plan {self.upper:,.2f}")
        return Node(settled, ascent.prices, ascent.bound)

    def _expand(self, node: Node) -> list[Node]:
        """Bound a node better; return its two children unless it is closed."""
        self.nodes += 1
        data = self._data
        ascent = data.ascend(
            node.prices, node.settled, upper=self.upper, rounds=NODE_ROUNDS, until=self._until
        )
        bound = max(ascent.bound, node.bound)
        if bound >= self._enough:
            return []
        self._propose(np.where(node.settled == FREE, ascent.opened, node.settled))
        settled = self._settle(node.settled, ascent)
        free = np.flatnonzero(settled == FREE)
        if not len(free):
            self._propose(settled.astype(float))
            return []
        undecided = np.abs(ascent.opened[free] - LEANS)
        near = free[undecided <= undecided.min() + UNDECIDED]
        site = int(near[np.argmax(np.abs(ascent.change[near]))])
        children = []
        for state in (OPEN, CLOSED):
            child = settled.copy()
            child[site] = state
            first = max(self._data.evaluate(ascent.prices, child).bound, bound)
            if first < self._enough:
                children.append(Node(child, ascent.prices, first))
        return children

    def _settle(self, settled: Settled, ascent: Ascent) -> Settled:
        """Settle the sites that a plan better than the best cannot have otherwise."""
        spare = self._enough - ascent.bound
        at_best = self._data.evaluate(ascent.prices, settled)
        found = settled.copy()
        free = settled == FREE
        found[free & (at_best.opened == 0) & (at_best.change >= spare)] = CLOSED
        found[free & (at_best.opened == 1) & (-at_best.change >= spare)] = OPEN
        return found

    def _propose(self, lean: Array) -> None:
        """Try the sites that an average leans to, and more of them until they hold the demand."""
        order = np.argsort(-lean, kind="stable")
        held = np.cumsum(self._data.capacity[order])
        enough = int(np.searchsorted(held, self._data.total * (1.0 - CLOSE))) + 1
        self._try(order[: max(enough, int((lean > LEANS).sum()))])

    def _try(self, opened: NDArray[np.int64]) -> float:
        sites = np.sort(opened)
        key = sites.tobytes()
        if key not in self._tried:
            found = transport(self._data, sites)
            self._tried[key] = math.inf if found is None else found.cost
            if found is not None and found.cost < self.upper:
                self.best = found
        return self._tried[key]

    def _improve(self, prices: Array) -> None:
        """Open, close and exchange sites while it saves, the most promising change first.

        At given prices a set of sites costs at least what they and the prices say, so most
        changes need no transport problem to be known as useless.
        """
        worth = self._data.worth(prices)
        rest = float(prices @ self._data.demand)
        tries = MOST_TRIES
        while self.best is not None and tries:
            before = self.upper
            opened = np.zeros(len(worth), dtype=bool)
            opened[np.unique(self.best.sites)] = True
            least = rest + float(worth[opened].sum())
            step = np.where(opened, -worth, worth)
            single = [(least + float(step[i]), (i, i)) for i in range(len(worth))]
            double = [
                (least + float(step[i] + step[j]), (i, j))
                for i in np.flatnonzero(opened).tolist()
                for j in np.flatnonzero(~opened).tolist()
            ]
            for value, (i, j) in sorted(single + double):
                if value >= self.upper or not tries or time.monotonic() > self._until:
                    return
                change = opened.copy()
                change[[i, j]] = ~change[[i, j]]
                sites = np.flatnonzero(change)
                if sites.tobytes() in self._tried:
                    continue
                tries -= 1
                if self._try(sites) < before:
                    break
            else:
                return
