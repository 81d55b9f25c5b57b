"""Routes looked for at the prices that the routes found so far make, until none is worth more.

Every round bounds the cost over all routes at some multipliers (Lagrangian relaxation), and adds
the cheapest routes there. The next multipliers are the duals of the routes found, within a box
around the best ones, which grows while it keeps what it promises (Marsten, Hogan and Blankenship,
Operations Research 23, 1975): without it duals jump about, and the bound hardly rises.
"""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass

import numpy as np

from siting.solve.all_routes import best_response
from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.links import LinkBound
from siting.solve.all_routes.multipliers import LinkPrices, Multipliers
from siting.solve.all_routes.network_problem import LEAST_S, NetworkProblem
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.all_routes.ways import LitRoute
from siting.solve.turns import in_threads

FIRST_WIDTH, AGAIN_WIDTH, LEAST_WIDTH, MOST_WIDTH = 0.3, 3e-3, 1e-4, 1.0
"""Half of the side of the box, as a part of what an item costs; at least so much where rounds begin
again; it ends below the least."""
WIDER, NARROWER = 1.6, 0.6
KEPT = 0.3
"""Part of what the routes found promise that a round must reach for a wider box."""
MOST_ROUNDS = 1000
SURE_AFTER = 6
"""Rounds after which menus are compared once more."""
CLOSE = 2e-4
"""Share of its value within which the bound is near enough to that of the routes found."""
FIRST_SHARE = 0.4
"""Share of the time for rounds before flows above two units are looked at."""
PROOF_SHARES = (0.4, 0.5, 0.0)
"""Every time they are: share of the time left for the rounds that follow."""
KNOWN = 60
"""Routes of a link with which a flow above two units is looked at."""
LEAST_PROOF_S = 3.0
"""Time to look closely at flows above two units, at least, s."""
CHOICE_SHARE = 0.2
"""Share of the time left for routes in whole numbers."""
MOST_CHOICE_S, LEAST_CHOICE_S = 10.0, 2.0
"""No more; no less either, even if that ends late."""


NOTHING = LinkBound(0.0, [])
"""Of a link that is not known in time."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What is known of a network: a bound, USD, and where it comes from."""

    problem: NetworkProblem
    bound_usd: float
    multipliers: Multipliers
    """Those of the bound."""
    known: list[tuple[int, LitRoute]]
    """Every route found, with the number of its link."""
    chosen: list[tuple[int, LitRoute]]
    """Routes of a network in whole numbers."""
    in_use: list[tuple[int, LitRoute]]
    """Those in use in fractions, most used first."""
    is_cut: bool
    """A round was not done in time."""


def generate(
    problem: NetworkProblem,
    stop: float,
    earlier: Generated | None = None,
    *,
    choose: bool = True,
    prove: bool = True,
    enough_usd: float = math.inf,
) -> Generated:
    """Bound a network over all routes.

    Args:
        problem: its links.
        stop: clock time (``time.monotonic``) to end at; one round is always made, in time or soon
            after. A link whose bound is not known by then counts nothing.
        earlier: what is known of it, or of a problem that has links in common, to start from.
        choose: also look for routes in whole numbers.
        prove: bound flows above two units that come in steps, too; without it the amount is no
            bound of links with such flows.
        enough_usd: end at a bound as large.
    """
    share_s = min(CHOICE_SHARE * (stop - time.monotonic()), MOST_CHOICE_S)
    choice_s = max(share_s, LEAST_CHOICE_S) if choose and share_s > 0 else 0.0
    routes, best, priced = _start(problem, stop, earlier)
    rounds = _Rounds(problem, routes, best, priced)
    stop -= min(choice_s, share_s)
    if prove:
        rounds.go_on(_part_of(FIRST_SHARE, stop), enough_usd)
        rounds.prove(stop, enough_usd)
    else:
        rounds.go_on(stop, enough_usd)
    routes = rounds.routes
    routes.let_go()
    routes.solve()
    in_use = routes.in_use()
    found = routes.found()
    chosen = [] if earlier is None or earlier.problem is not problem else earlier.chosen
    if choice_s > 0:
        chosen = best_response.choose(problem, routes, choice_s, chosen)
    return Generated(problem, rounds.bound, rounds.best, found, chosen, in_use, priced.is_cut)


@dataclass(frozen=True, slots=True)
class _Priced:
    """What is known at some multipliers, USD."""

    usd: float
    """The bound, for flows up to two units of links whose flows come in steps."""
    links_usd: dict[int, float]
    """Of each link; one that is missing counts nothing."""
    is_cut: bool = False
    """Some link counts nothing: it was not known in time."""


class _Rounds:
    """Rounds of multipliers and routes."""

    def __init__(
        self, problem: NetworkProblem, routes: RouteProblem, best: Multipliers, priced: _Priced
    ) -> None:
        self._problem, self.routes = problem, routes
        self.best, self.bound = best, priced.usd
        self._links_usd = priced.links_usd
        """At the best multipliers."""
        self._done, self._width = 0, FIRST_WIDTH

    def go_on(self, stop: float, enough_usd: float = math.inf) -> None:
        """Take rounds until they lead nowhere, until a clock time or a bound as large as enough."""
        problem = self._problem
        for _ in range(MOST_ROUNDS):
            if self._done == SURE_AFTER and problem.choose(self.best, stop):
                self.routes = _begun(problem, self.best)
                # By menus whose flows came in steps it was one of two units, and may stay unproven.
                self.bound = -math.inf
                self._take(_priced(problem, self.best, self.routes, stop), self.best)
            self._done += 1
            routes = self.routes
            routes.keep_near(self.best, self._width)
            known = routes.solve() + sum(link.channels_usd for link in problem.links)
            is_close = known - self.bound <= CLOSE * known
            is_enough = (is_close and not routes.is_held) or self.bound >= enough_usd
            if is_enough or time.monotonic() > stop:
                break
            tried = routes.multipliers().within(problem.shared, problem.weights)
            priced = _priced(problem, tried, routes, stop, self.bound)
            if is_close or priced.usd - self.bound > KEPT * (known - self.bound):
                self._width = min(WIDER * self._width, MOST_WIDTH)
            elif priced.usd <= self.bound:
                self._width *= NARROWER
            if self._width < LEAST_WIDTH:
                break
            self._take(priced, tried)

    def _take(self, priced: _Priced, multipliers: Multipliers) -> None:
        if priced.usd > self.bound:
            self.bound, self.best, self._links_usd = priced.usd, multipliers, priced.links_usd

    def prove(self, stop: float, enough_usd: float) -> None:
        """Bound flows above two units that come in steps, too; take rounds with what was found."""
        if not any(link.comes_in_steps for link in self._problem.links):
            return  # every round has bounded all flows
        proven, surely = -math.inf, self.best
        for share in PROOF_SHARES:
            begun = time.monotonic()
            usd = self._proven(max(stop, begun + LEAST_PROOF_S))
            if usd > proven:
                proven, surely = usd, self.best
            now = time.monotonic()
            if usd >= enough_usd or now > stop:
                break
            is_proven = usd >= (1 - CLOSE) * self.bound
            self.bound = usd
            self._width = max(self._width, AGAIN_WIDTH)
            # Where nothing is missing, nothing is learnt but by the last look.
            self.go_on(stop - (now - begun) if is_proven else _part_of(share, stop), enough_usd)
        self.bound, self.best = proven, surely

    def _proven(self, stop: float) -> float:
        """Return the bound for any flow, and offer the linear problem what makes it smaller."""
        problem, multipliers, begun = self._problem, self.best, time.monotonic()
        cheap = [self.routes.cheap(number, KNOWN) for number in range(len(problem.links))]

        def proven(number: int) -> LinkBound | None:
            link = problem.links[number]
            if not link.comes_in_steps or number in problem.slow:
                return None
            prices = problem.prices(multipliers, number)
            link.search.stop = max(stop, begun + LEAST_S)
            try:
                found = link.up_to_two(prices)
            except OutOfTimeError:
                return NOTHING
            finally:
                link.search.stop = math.inf
            beyond = link.proven(prices, found, stop, cheap[number])
            return dataclasses.replace(beyond, usd=min(found.usd, beyond.usd))

        usd = -float((multipliers.scarcity_usd * problem.offered).sum())
        for number, bound in enumerate(in_threads(proven, range(len(problem.links)))):
            usd += self._links_usd.get(number, 0.0) if bound is None else bound.usd
            for design in () if bound is None else bound.designs:
                self.routes.add_design(number, design)
        return usd


def _start(
    problem: NetworkProblem, stop: float, earlier: Generated | None
) -> tuple[RouteProblem, Multipliers, _Priced]:
    """Return routes to begin with, multipliers, and what is known there."""
    if earlier is not None and earlier.problem is problem:
        best = earlier.multipliers
        routes = _begun(problem, best)
        for number, route in earlier.known:
            routes.add(number, [route])
        return routes, best, _priced(problem, best, routes, stop)
    best = problem.first()
    routes = _begun(problem, best)
    priced = _priced(problem, best, routes, stop)
    if earlier is not None and not priced.is_cut:
        warm = _taken(problem, earlier, routes, best)
        other = _priced(problem, warm, routes, stop)
        if other.usd > priced.usd:
            return routes, warm, other
    return routes, best, priced


def _begun(problem: NetworkProblem, multipliers: Multipliers) -> RouteProblem:
    """Return the routes to begin with at some multipliers."""
    routes = RouteProblem(problem.links, problem.items, problem.shared, problem.offered)
    for number, link in enumerate(problem.links):
        routes.add(number, link.two_routes(problem.prices(multipliers, number))[2])
    return routes


def _taken(
    problem: NetworkProblem, earlier: Generated, routes: RouteProblem, first: Multipliers
) -> Multipliers:
    """Take the routes of links in another problem; return multipliers in its proportions.

    A link pays the part of an item that it pays there. Tolls grow with what items cost.
    """
    before = earlier.problem
    there = earlier.multipliers.shares_usd
    total = there.sum(axis=0)
    weights, tolls = problem.weights.copy(), first.tolls_usd.copy()
    weights[:, total > 0] = 0.0
    for number, (name, link) in enumerate(zip(problem.names, problem.links, strict=True)):
        if name not in before.names:
            continue
        old = before.names.index(name)
        other = before.links[old]
        if not np.array_equal(link.edges, other.edges):
            continue
        weights[number, total > 0] = there[old, total > 0] / total[total > 0]
        dearer = problem.shared.median_usd_of(number) / before.shared.median_usd_of(old)
        tolls[number] = dearer * earlier.multipliers.tolls_usd[old]
        for known, route in earlier.known:
            if known == old:
                routes.add(number, link.on_lines(route, other))
    shares = problem.shared.split(weights)
    scarcity = earlier.multipliers.scarcity_usd
    return Multipliers(shares, tolls, scarcity).within(problem.shared, problem.weights)


def _priced(
    problem: NetworkProblem,
    multipliers: Multipliers,
    routes: RouteProblem,
    stop: float,
    known_usd: float = -math.inf,
) -> _Priced:
    """Return what is known at some multipliers, and add the routes found there.

    Args:
        problem: the links.
        multipliers: what they pay.
        routes: takes the routes.
        stop: clock time to end at, or soon after.
        known_usd: a bound known already; one that is no larger need not be exact.
    """
    usd = -float((multipliers.scarcity_usd * problem.offered).sum())
    stop = max(stop, time.monotonic() + LEAST_S)

    def bounded(number: int) -> tuple[LinkPrices, LinkBound | None, list[LitRoute]]:
        link, prices = problem.links[number], problem.prices(multipliers, number)
        link.search.stop = stop if number not in problem.slow else -math.inf
        try:
            found = link.up_to_two(prices)
        except OutOfTimeError:
            found = None
        link.search.stop = math.inf
        return prices, found, link.two_routes(prices, [link.preferred])[2]

    known: dict[int, tuple[LinkPrices, LinkBound]] = {}
    links_usd: dict[int, float] = {}
    for number, (prices, found, two) in enumerate(in_threads(bounded, range(len(problem.links)))):
        if found is not None:
            links_usd[number] = min(found.usd, routes.design_usd(number, multipliers))
            usd += links_usd[number]
            routes.add(number, found.routes)
            known[number] = prices, found
        routes.add(number, two)
    is_cut = len(known) < len(problem.links)
    for number, (prices, found) in known.items():
        if usd <= known_usd:
            break
        link = problem.links[number]
        if link.comes_in_steps:
            continue
        link.search.stop = stop
        more_usd = -found.usd
        try:
            more_usd += link.beyond(prices, found).usd
        except OutOfTimeError:
            is_cut = True
        link.search.stop = math.inf
        links_usd[number] += more_usd
        usd += more_usd
    return _Priced(usd, links_usd, is_cut)


def _part_of(share: float, stop: float) -> float:
    """Return the clock time after a share of the time that is left."""
    now = time.monotonic()
    return now + share * (stop - now)
