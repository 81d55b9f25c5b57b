"""Branch and cut over the modules alone: a bound where the routing is too large to branch with.

The node with the least bound is next. Its linear problem is small, because routing counts only by
rows: those of the pool that are violated, new ones of cuts and partitions, and metric rows of what
a solution cannot route. All hold everywhere in the tree. It is branched on by what a few steps of
both branches raise the bound, which is remembered for each column (reliability branching).

Designs come from elsewhere and from routing what the nodes buy. What they cost ends nodes, and by
reduced costs narrows their columns.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import Row
from siting.solve.capacity_design.dive import WHOLE, dive
from siting.solve.capacity_design.relaxation import Point, Relaxation, Start

EXACT = 1e-6
ROUNDS, ROOT_ROUNDS = 5, 40
"""Most rounds of rows in one node."""
LITTLE = 1e-5
"""Gain of a round of rows, relative, below which the node is branched on."""
QUICK_ROWS = 60
"""New rows of one kind in a node, at most."""
TRIAL_STEPS = 100
"""Steps of a trial of a column."""
ROUTING_SHARE = 0.12
"""Share of the time for routing."""
SAY_S = 1.0

Array = NDArray[np.float64]
RowsOf = Callable[[Array], list[Row]]
"""New rows that values of all columns violate."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done at each node."""

    tried: int = 24
    """Columns tried at most."""
    without_gain: int = 6
    """Columns tried in vain, one after the other, that end it."""
    reliable: int = 4
    """Trials of a column, each way, after which what it brings is known."""
    cuts_share: float = 0.12
    """Share of the time for new rows of cuts."""
    dives_share: float = 0.0
    """Share of the time for dives to whole solutions."""


USUAL = Effort()


@dataclass(order=True)
class Node:
    """Bounds of the whole columns, between which is left to be looked at."""

    bound: float
    number: int
    lower: Array = field(compare=False)
    upper: Array = field(compare=False)
    start: Start | None = field(compare=False, default=None)
    """Basis of the node above."""


@dataclass(slots=True)
class Clock:
    """Time spent on one thing, so that it keeps to its share."""

    share: float
    spent_s: float = 0.0
    times: int = 0

    def may(self, elapsed_s: float) -> bool:
        """Return whether there is time for it."""
        return self.share > 0 and self.spent_s <= self.share * elapsed_s

    def timed(self, work: RowsOf, values: Array) -> list[Row]:
        """Do it and count its time."""
        begin = time.monotonic()
        found = work(values)
        self.spent_s += time.monotonic() - begin
        self.times += 1
        return found


class Tree:
    """The tree of one network's modules."""

    def __init__(
        self,
        relaxation: Relaxation,
        constant: float,
        cut: RowsOf,
        route: RowsOf,
        effort: Effort = USUAL,
    ) -> None:
        """Begin with the root.

        Args:
            relaxation: with rows in its pool; branched on are the columns that must be whole.
            constant: what any design costs besides.
            cut: finds rows of cuts and partitions.
            route: finds the row of what cannot be routed; offers what routing needs besides.
            effort: at each node.
        """
        self._problem, self._constant = relaxation, constant
        self._cut, self._route, self._effort = cut, route, effort
        self._cutting, self._routing = Clock(effort.cuts_share), Clock(ROUTING_SHARE)
        self._diving, self._rng = Clock(effort.dives_share), np.random.default_rng(0)
        costs = relaxation.costs
        paid = np.flatnonzero(costs)
        are_whole = np.isin(paid, relaxation.whole) & (costs[paid] == np.round(costs[paid]))
        self._is_whole = bool(are_whole.all())
        self._open = [Node(-math.inf, 0, relaxation.lower, relaxation.upper)]
        self._least_leaf = math.inf
        self._gains = np.zeros((2, len(relaxation.whole)))
        self._trials = np.zeros((2, len(relaxation.whole)))
        self._made, self._spent_s = 1, 0.0
        self.nodes = 0

    @property
    def bound(self) -> float:
        """Return what every design costs at least that is not as dear as the best one known."""
        least = min(self._open[0].bound if self._open else math.inf, self._least_leaf)
        return self._whole(least) + self._constant

    def run(
        self,
        until: float,
        cost: Callable[[], float],
        is_over: Callable[[], bool],
        say: Callable[[float], None],
    ) -> None:
        """Branch until a time.

        Args:
            until: when to stop, on the monotonic clock.
            cost: of the best design known.
            is_over: whether to stop now.
            say: hears of the bound from time to time.
        """
        begin = said = time.monotonic()
        while self._open and time.monotonic() < until and not is_over():
            if self.bound >= cost():
                break
            node = heapq.heappop(self._open)
            self.nodes += 1
            most = math.inf if math.isinf(cost()) else cost() - self._constant
            elapsed_s = self._spent_s + time.monotonic() - begin
            point = self._solved(node, most, elapsed_s, until)
            if point is not None:
                self._branch(node, point, most, until)
                self._dive(node, most, elapsed_s, until)
            if time.monotonic() - said > SAY_S:
                said = time.monotonic()
                say(self.bound)
        self._spent_s += time.monotonic() - begin
        say(self.bound)

    def _dive(self, node: Node, most: float, elapsed_s: float, until: float) -> None:
        """Look for a whole solution below a node, and offer it."""
        if not self._diving.may(elapsed_s):
            return

        def below(_: Array) -> list[Row]:
            found = dive(self._problem, (node.lower, node.upper), most, self._rng, until)
            return [] if found is None else self._route(found)

        self._diving.timed(below, node.lower)

    def _whole(self, cost: float) -> float:
        """Return a cost rounded up when only whole costs are possible."""
        if not self._is_whole or math.isinf(cost):
            return cost
        return float(math.ceil(cost - EXACT * max(1.0, abs(cost) * EXACT)))

    def _is_too_dear(self, cost: float, most: float) -> bool:
        if math.isinf(most):
            return cost == math.inf
        return self._whole(cost) >= most - EXACT * EXACT * abs(most)

    def _solved(self, node: Node, most: float, elapsed_s: float, until: float) -> Point | None:
        """Return where the relaxation of a node ends with all rows; None when it is done with."""
        rounds = ROUNDS if math.isfinite(node.bound) else ROOT_ROUNDS
        last, source, start = -math.inf, 0, node.start
        while True:
            point = self._problem.solve(node.lower, node.upper, start, until=until)
            start = None
            if point.is_optimal:
                node.bound = max(node.bound, point.objective)
            if self._is_too_dear(node.bound, most):
                return None
            if point.values is None or not point.is_optimal:
                self._leave(node, until)
                return None
            self._narrow(node, point, most)
            is_whole = not len(self._fractional(point.values))
            rounds -= 1
            if point.objective - last <= LITTLE * abs(point.objective) and not is_whole:
                source += 1
            last = point.objective
            found = 0
            if is_whole or (rounds > 0 and time.monotonic() < until):
                source = 0 if is_whole else source
                found, source = self._add_rows(point.values, source, elapsed_s, is_whole=is_whole)
            if found:
                continue
            if is_whole:
                self._least_leaf = min(self._least_leaf, node.bound)
                return None
            self._problem.drop_slack(point.values)
            return point

    def _leave(self, node: Node, until: float) -> None:
        """Keep a node without a solution: open if the time is over, else as it is."""
        if time.monotonic() >= until:
            heapq.heappush(self._open, node)
        else:
            self._least_leaf = min(self._least_leaf, node.bound)

    def _add_rows(
        self, values: Array, source: int, elapsed_s: float, *, is_whole: bool
    ) -> tuple[int, int]:
        """Add violated rows of the first source that has any; return how many, and which source."""
        clocks = (None, self._cutting, self._routing)
        works = (None, self._cut, self._route)
        for i in range(source, len(works)):
            clock, work = clocks[i], works[i]
            if clock is not None and work is not None:
                if not is_whole and not clock.may(elapsed_s):
                    continue
                self._problem.keep(clock.timed(work, values))
            found = self._problem.add_violated(values)
            if found:
                return found, i
        return 0, len(works)

    def _narrow(self, node: Node, point: Point, most: float) -> None:
        """Narrow columns whose reduced cost ends a branch."""
        if math.isinf(most) or point.reduced is None:
            return
        left = most - point.objective
        reduced = point.reduced[self._problem.whole]
        up, down = reduced > EXACT, reduced < -EXACT
        lower, upper = node.lower.copy(), node.upper.copy()
        upper[up] = np.minimum(upper[up], np.floor(node.lower[up] + left / reduced[up] + EXACT))
        lower[down] = np.maximum(
            lower[down], np.ceil(node.upper[down] + left / reduced[down] - EXACT)
        )
        node.lower, node.upper = lower, upper

    def _fractional(self, values: Array) -> NDArray[np.int64]:
        """Return the places, among the whole columns, of those that are not."""
        own = values[self._problem.whole]
        return np.flatnonzero(np.abs(own - np.round(own)) > WHOLE)

    def _branch(self, node: Node, point: Point, most: float, until: float) -> None:
        """Branch on the most promising column; when time is over, on the first that was tried."""
        values = np.asarray(point.values)[self._problem.whole]
        basis = self._problem.start()
        chosen, best, in_vain = -1, -math.inf, 0
        children = (node.bound, node.bound)
        for column in self._by_promise(self._fractional(np.asarray(point.values)), values):
            is_late = chosen >= 0 and time.monotonic() > until
            if in_vain >= self._effort.without_gain or is_late:
                break
            bounds = (node.bound, node.bound)
            if self._trials[:, column].min() < self._effort.reliable:
                bounds = self._tried(node, point, (int(column), values), basis, until)
            ends = [self._is_too_dear(bound, most) for bound in bounds]
            if any(ends):
                for way in (0, 1):
                    if not ends[way]:
                        self._push(
                            node, (int(column), float(values[column]), way), bounds[way], basis
                        )
                return
            score = float(self._scores(np.array([column]), values)[0])
            in_vain = 0 if score > best else in_vain + 1
            if score > best:
                chosen, best, children = int(column), score, bounds
        for way in (0, 1):
            self._push(node, (chosen, float(values[chosen]), way), children[way], basis)

    def _by_promise(self, columns: NDArray[np.int64], values: Array) -> list[int]:
        order = columns[np.argsort(-self._scores(columns, values), kind="stable")]
        return [int(column) for column in order[: self._effort.tried]]

    def _scores(self, columns: NDArray[np.int64], values: Array) -> Array:
        """Return how much both branches of each column raise the bound, as far as is known."""
        parts = values[columns] - np.floor(values[columns])
        scores = np.ones(len(columns))
        for way, far in ((0, parts), (1, 1.0 - parts)):
            trials, gains = self._trials[way], self._gains[way]
            usual = gains.sum() / max(trials.sum(), 1.0)
            known = gains[columns] / np.maximum(trials[columns], 1.0)
            scores *= np.maximum(np.where(trials[columns] > 0, known, usual) * far, EXACT)
        return scores

    def _tried(
        self,
        node: Node,
        point: Point,
        of: tuple[int, Array],
        basis: Start,
        until: float,
    ) -> tuple[float, float]:
        """Return a bound of each branch of a column, by place and all values, after a few steps."""
        column, value = of[0], float(of[1][of[0]])
        part = value - math.floor(value)
        bounds = []
        for way, far in ((0, part), (1, 1.0 - part)):
            lower, upper = _split(node, column, value, way)
            found = self._problem.solve(lower, upper, basis, TRIAL_STEPS, until)
            bounds.append(max(found.objective, node.bound) if found.is_optimal else node.bound)
            if math.isfinite(found.objective):
                self._gains[way, column] += max(found.about - point.about, 0.0) / far
                self._trials[way, column] += 1
        return bounds[0], bounds[1]

    def _push(self, node: Node, branch: tuple[int, float, int], bound: float, start: Start) -> None:
        """Keep a branch: of a column, at a value, down or up."""
        lower, upper = _split(node, *branch)
        heapq.heappush(self._open, Node(bound, self._made, lower, upper, start))
        self._made += 1


def _split(node: Node, column: int, value: float, way: int) -> tuple[Array, Array]:
    """Return the bounds of a branch: at most the whole number below, or at least that above."""
    lower, upper = node.lower, node.upper
    if way:
        lower = lower.copy()
        lower[column] = math.ceil(value)
    else:
        upper = upper.copy()
        upper[column] = math.floor(value)
    return lower, upper
