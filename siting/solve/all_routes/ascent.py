"""Better shares and tolls by steps along what the cheapest routes use: no linear problem.

A subgradient method (Held, Wolfe and Crowder, Mathematical Programming 6, 1974) with the mean of
the last routes for a direction (Barahona and Anbil, Mathematical Programming 87, 2000). A step
costs one cheapest route of each link, and leads much of the way where the duals of a few routes
would jump about: the linear problem of routes begins where this ends.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.beyond_two import TWO
from siting.solve.all_routes.flow_shares import flow_shares
from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.links import LinkBound
from siting.solve.all_routes.multipliers import Multipliers
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.ways import LitRoute
from siting.solve.turns import in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ABOVE = 0.05
"""Steps aim this much above the best bound at first."""
LESS, PATIENCE = 0.6, 7
"""The aim comes nearer by this factor after so many steps without a better bound."""
LEAST_ABOVE = 3e-4
"""An aim this near ends the ascent."""
FRESH = 0.1
"""Weight of the last routes in the mean: with more of them steps lead astray sooner."""
LEAST_PART = 1e-3
"""Less of a route than this is forgotten."""

FLOWS_SHARE = 0.6
"""Share of the time for shares by flows, at most."""
SLICE, LEAST_GAIN = 1 / 5, 3e-4
"""Share of the time of a slice of steps; one that raises the bound by less is the last."""
LEAST_STEPS = 10
"""Steps of a slice, at least."""
MOST_STEPS = 100_000
MOST_ROUTES = 400
"""Routes that are kept."""


class Ascent:
    """Shares and tolls of the links of a network, getting better."""

    def __init__(self, problem: NetworkProblem, first: Multipliers | None = None) -> None:
        """Begin at some shares and tolls, or by weights of links; nothing is priced yet."""
        self._problem = problem
        self._links = list(problem.links)
        self._first = self._now = problem.first() if first is None else first
        self.best, self.best_usd = self._now, -math.inf
        self.routes: list[tuple[int, LitRoute]] = []
        """The last routes found, with the number of their link."""
        self._bounds: list[LinkBound] = []
        self._best_bounds: list[LinkBound] = []
        """Of each link up to two units, at the last and at the best shares."""
        self._items = np.zeros(0, dtype=np.int64)
        """Items whose shares were changed."""
        links, steps = len(problem.links), problem.shared.steps()
        self._pays = np.stack([lit for _, lit in steps], axis=1)
        """Shape (links, steps): between two starts the links lit by then pay."""
        self._usd = np.stack([usd for usd, _ in steps])
        self._shares = np.zeros((links, len(steps), 0))
        """Of the changed items."""
        self._best_shares = self._shares
        self._used: list[dict[int, float]] = [{} for _ in range(links)]
        """What the mean of the last routes of each link uses."""
        self._apart = np.zeros_like(self._now.tolls_usd)
        """The same for tolls: use of an edge beyond what one route may."""
        self._above, self._idle = ABOVE, 0
        self.taken = 0
        """Steps taken by now."""
        self.is_over = False

    def go_on_while_it_grows(self, seconds: float, enough_usd: float) -> bool:
        """Take steps in slices of the time, until one raises the bound by next to nothing.

        On a slow machine a slice is longer: a few steps may lead nowhere, and those after them on.

        Return whether the clock cut them off where they still led on.

        Args:
            seconds: wall time, s.
            enough_usd: end at a bound as large, too.
        """
        now = time.monotonic()
        stop = now + seconds
        while now < stop and self.best_usd < enough_usd:
            before, taken = self.best_usd, self.taken
            self.go_on(min(now + SLICE * seconds, stop))
            self.go_on(stop, max(LEAST_STEPS - (self.taken - taken), 0))
            if self.best_usd <= (1 + LEAST_GAIN) * before and time.monotonic() < stop:
                return False  # it may be far from the network for good
            now = time.monotonic()
        return math.isfinite(self.best_usd) and self.best_usd < enough_usd and not self.is_over

    def go_on(self, stop: float, steps: int = MOST_STEPS) -> None:
        """Take steps until a clock time, so many at most, or until they lead nowhere."""
        if any(x is not y for x, y in zip(self._links, self._problem.links, strict=True)):
            # Menus were chosen anew: routes of the old ones are none of theirs.
            self._links = list(self._problem.links)
            self.routes.clear()
            self._best_bounds = []
            self._return()
            self.best_usd, self.is_over = -math.inf, False
        for _ in range(steps):
            if self.is_over or time.monotonic() >= stop:
                break
            try:
                usd = self._price(stop)
            except OutOfTimeError:
                return
            if usd > self.best_usd:
                self._idle = 0 if usd > self.best_usd * (1 + self._above / 100) else self._idle + 1
                self.best, self.best_usd = self._now, usd
                self._best_shares, self._best_bounds = self._shares, self._bounds
            else:
                self._idle += 1
            self.taken += 1
            if self._idle >= PATIENCE:
                self._above, self._idle = LESS * self._above, 0
                self._return()
                self.is_over = self._above < LEAST_ABOVE
            self._step(usd)

    def proven(self, stop: float) -> float:
        """Return the bound at the best shares for any flow; zero where there are none.

        Args:
            stop: clock time to end at: links whose bound is not looked at by then, the small ones,
                are bounded without huts.
        """
        problem, best, bounds = self._problem, self.best, self._best_bounds

        def proven(number: int) -> float:
            link = problem.links[number]
            with link.until(stop):
                return link.proven(problem.prices(best, number), bounds[number], stop).usd

        largest_first = sorted(range(len(bounds)), key=lambda number: -bounds[number].usd)
        usd = sum(in_threads(proven, largest_first, problem.threads))
        return max(usd - float((best.scarcity_usd * problem.offered).sum()), 0.0)

    def _price(self, stop: float) -> float:
        """Return the bound of flows up to two units at the present prices; note what routes use.

        The first time links that are not known in time are bounded without huts.
        """
        problem, total = self._problem, 0.0
        fresh = FRESH if math.isfinite(self.best_usd) else 1.0
        found: list[tuple[int, LitRoute]] = []

        def bounded(number: int) -> LinkBound:
            link, prices = problem.links[number], problem.prices(self._now, number)
            try:
                with link.until(stop):
                    return link.up_to_two(prices, alike=1)
            except OutOfTimeError:
                if math.isfinite(self.best_usd):
                    raise
                return link.without_huts(prices)

        self._bounds = in_threads(bounded, range(len(problem.links)), problem.threads)
        for number, bound in enumerate(self._bounds):
            total += bound.usd
            found += [(number, route) for route in bound.routes[:1]]
        self.routes = [*self.routes, *found][-MOST_ROUTES:]
        for number, route in found:
            self._note(number, route, fresh)
        return total

    def _note(self, number: int, route: LitRoute, fresh: float) -> None:
        """Count a route in the mean of a link."""
        problem = self._problem
        link, items, way = problem.links[number], problem.items, route.way
        flow = 1.0 if link.least_flow <= 1 else TWO
        edges = link.edges[list(way.edges)]
        counted = Counter((edges + items.edges * np.array(route.own)).tolist())
        counted.update(items.inside(link.edges[list(way.huts_inside)]).tolist())
        counted.update(items.at(link.nodes[list(way.huts_at_nodes)]).tolist())
        mean = self._used[number]
        for item in mean.keys() | counted.keys():
            part = (1 - fresh) * mean.get(item, 0.0) + fresh * flow * counted[item]
            mean[item] = part
        for item in [item for item, part in mean.items() if part < LEAST_PART]:
            del mean[item]
        if flow > 1:
            apart = np.zeros(items.edges)
            apart[link.edges] = 1 - flow
            np.add.at(apart, edges, flow)
            self._apart[number] = (1 - fresh) * self._apart[number] + fresh * apart

    def _step(self, usd: float) -> None:
        """Move shares and tolls along what the mean routes use."""
        self._watch({item for mean in self._used for item in mean})
        used = np.zeros((len(self._used), len(self._items)))
        place = {item: k for k, item in enumerate(self._items.tolist())}
        for number, mean in enumerate(self._used):
            for item, part in mean.items():
                used[number, place[item]] = part
        wanted = np.where(self._pays[:, :, None], used[:, None, :], 0.0)
        mean_used = wanted.sum(axis=0) / self._pays.sum(axis=0)[:, None]
        along = np.where(self._pays[:, :, None], wanted - mean_used, 0.0)
        along[(self._shares <= 0) & (along < 0)] = 0.0
        tolls = self._now.tolls_usd
        apart = np.where((tolls <= 0) & (self._apart < 0), 0.0, self._apart)
        length = float((along**2).sum() + (apart**2).sum())
        if length <= 0:
            self.is_over = True
            return
        step = (self.best_usd * (1 + self._above) - usd) / length
        moved = self._shares + step * wanted
        self._shares = projected(moved, self._pays, self._usd[:, self._items])
        shares = self._now.shares_usd.copy()
        shares[:, self._items] = self._shares.sum(axis=1)
        tolls = np.maximum(tolls + step * apart, 0.0)
        self._now = Multipliers(shares, tolls, self._now.scarcity_usd)

    def _watch(self, items: set[int]) -> None:
        """Take the first shares of items not changed before."""
        new = np.array(sorted(items - set(self._items.tolist())), dtype=np.int64)
        self._items = np.append(self._items, new)
        self._shares = np.concatenate([self._shares, self._by_step(new)], axis=2)

    def _by_step(self, items: NDArray[np.int64]) -> Floats:
        """Return the first shares of some items."""
        return self._problem.shared.by_step(self._first.shares_usd, items)

    def _return(self) -> None:
        """Go back to the best shares."""
        later = self._by_step(self._items[self._best_shares.shape[2] :])
        self._now = self.best
        self._shares = np.concatenate([self._best_shares, later], axis=2)


def begun(problem: NetworkProblem, stop: float) -> Ascent:
    """Return steps that begin at shares by flows; by weights where these are not known in time.

    Only one of them is priced: on a continent the first price takes longer than all that follow.

    Args:
        problem: the links.
        stop: clock time to end at; flows take 60 % of the time at most.
    """
    ascent = Ascent(problem, flow_shares(problem, FLOWS_SHARE * (stop - time.monotonic())))
    ascent.go_on(stop, 1)
    return ascent


def projected(wanted: Floats, pays: NDArray[np.bool_], usd: Floats) -> Floats:
    """Return the nearest shares that are not negative and add up to what items cost.

    Args:
        wanted: shape (links, steps, items).
        pays: shape (links, steps): the links that pay in a step.
        usd: shape (steps, items).
    """
    values = np.where(pays[:, :, None], wanted, -np.inf)
    falling = -np.sort(-values, axis=0)
    known = np.isfinite(falling)
    excess = np.cumsum(np.where(known, falling, 0.0), axis=0) - usd
    ranks = np.arange(1, len(wanted) + 1)[:, None, None]
    kept = np.maximum(((falling - excess / ranks > 0) & known).sum(axis=0), 1)
    level = np.take_along_axis(excess, kept[None] - 1, axis=0)[0] / kept
    shares = np.where(pays[:, :, None], np.maximum(wanted - level, 0.0), 0.0)
    over = np.minimum(1.0, usd / np.maximum(shares.sum(axis=0), 1e-300))
    result: Floats = shares * over
    return result
