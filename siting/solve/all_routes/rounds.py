"""Rounds of multipliers and routes, and what they bound.

Every round bounds the cost over all routes at some multipliers (Lagrangian relaxation), and adds
the cheapest routes there. The next multipliers are the duals of the routes found, within a box
around the best ones, which grows while it keeps what it promises (Marsten, Hogan and Blankenship,
Operations Research 23, 1975): without it duals jump about, and the bound hardly rises.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from dataclasses import dataclass

from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.links import LinkBound
from siting.solve.all_routes.multipliers import LinkPrices, Multipliers
from siting.solve.all_routes.network_problem import LEAST_S, NetworkProblem
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.all_routes.routes_apart import two_routes
from siting.solve.all_routes.ways import LitRoute
from siting.solve.turns import in_threads

FIRST_WIDTH, AGAIN_WIDTH, LEAST_WIDTH, MOST_WIDTH = 0.3, 3e-3, 1e-4, 1.0
"""Half of the side of the box, as a part of what an item costs; at least so much after flows above
two units were looked at; it ends below the least."""
LEAST_AGAIN = 0.03
"""The same where rounds go on later: smaller ones lead nowhere new."""
WIDER, NARROWER = 1.6, 0.6
KEPT = 0.3
"""Part of what the routes found promise that a round must reach for a wider box."""
MOST_ROUNDS = 1000
SURE_AFTER = (6, 24, 96, 384)
"""Rounds after which menus are compared once more."""
CLOSE = 2e-4
"""Share of its value within which the bound is near enough to that of the routes found."""
PROOF_SHARES = (0.4, 0.5, 0.0)
"""Every time they are: share of the time left for the rounds that follow."""
MOST_KNOWN, KNOWN, FEW = 1000, 150, 20
"""Routes of a link that are kept where menus of others change; where its own does; with which a
flow above two units is looked at, each on every line that may take it."""
LEAST_PROOF_S = 3.0
"""Time to look closely at flows above two units, at least, s."""
NOTHING = LinkBound(0.0, [])
"""Of a link that is not known in time."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What is known at some multipliers, USD."""

    usd: float
    """The bound, for flows up to two units of links whose flows come in steps."""
    links_usd: dict[int, float]
    """Of each link; one that is missing counts nothing."""
    is_cut: bool = False
    """Some link counts nothing: it was not known in time."""


class Rounds:
    """Rounds of multipliers and routes."""

    def __init__(
        self,
        problem: NetworkProblem,
        routes: RouteProblem,
        best: Multipliers,
        priced: Priced,
        width: float = FIRST_WIDTH,
    ) -> None:
        """Begin where something is known.

        Args:
            problem: the links.
            routes: routes of each link to begin with.
            best: multipliers.
            priced: what is known at these.
            width: half of the side of the first box.
        """
        self._problem, self.routes = problem, routes
        self.best, self.bound = best, priced.usd
        self._links_usd = priced.links_usd
        """At the best multipliers."""
        self.done, self._width = 0, width
        """Rounds taken."""
        self.proof_s: float | None = None
        """How long the last look at flows above two units took, s, if it found nothing."""

    def resume(self, stop: float) -> Priced:
        """Go on after routes were chosen; return what is known at the best multipliers.

        Args:
            stop: clock time to end at, or soon after.
        """
        self.routes.relax()
        priced = price_all(self._problem, self.best, self.routes, stop)
        self.bound, self._links_usd = priced.usd, priced.links_usd
        self._width = max(self._width, LEAST_AGAIN)
        return priced

    @property
    def width(self) -> float:
        """Return half of the side of the box."""
        return self._width

    def go_on(self, stop: float, enough_usd: float = math.inf) -> None:
        """Take rounds until they lead nowhere, until a clock time or a bound as large as enough."""
        problem = self._problem
        for _ in range(MOST_ROUNDS):
            if self.done in SURE_AFTER:
                self._choose(stop)
            self.done += 1
            routes = self.routes
            routes.box.keep_near(self.best, self._width)
            known = routes.solve() + sum(link.channels_usd for link in problem.links)
            is_close = known - self.bound <= CLOSE * known
            is_over = is_close and not routes.box.is_held
            if is_over or self.bound >= enough_usd or time.monotonic() > stop:
                break
            if problem.is_given_up:
                break
            tried = routes.multipliers().within(problem.shared, problem.weights)
            priced = price_all(problem, tried, routes, stop, self.bound)
            if is_close or priced.usd - self.bound > KEPT * (known - self.bound):
                self._width = min(WIDER * self._width, MOST_WIDTH)
            elif priced.usd <= self.bound:
                self._width *= NARROWER
            if self._width < LEAST_WIDTH:
                break
            self._take(priced, tried)

    def _choose(self, stop: float) -> None:
        """Compare menus; where one changed, begin with the cheap routes found, on its lines."""
        problem = self._problem
        before = list(problem.links)
        if not problem.choose(self.best, stop):
            return
        routes = begun_at(problem, self.best)
        for number, (link, other) in enumerate(zip(problem.links, before, strict=True)):
            for route in self.routes.cheap(number, KNOWN if link is not other else MOST_KNOWN):
                routes.add(number, [route] if link is other else link.on_lines(route, other))
        self.routes = routes
        # By menus whose flows came in steps it was one of two units, and may stay unproven.
        self.bound = -math.inf
        self._take(price_all(problem, self.best, routes, stop), self.best)

    def _take(self, priced: Priced, multipliers: Multipliers) -> None:
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
            is_proven = usd >= (1 - CLOSE) * self.bound
            self.proof_s = now - begun if is_proven else None
            if usd >= enough_usd or now > stop or self._problem.is_given_up:
                break
            self.bound = usd
            self._width = max(self._width, AGAIN_WIDTH)
            # Where nothing is missing, nothing is learnt but by the last look.
            looked_at = self.best
            self.go_on(stop - (now - begun) if is_proven else part_of(share, stop), enough_usd)
            if self.best is looked_at:
                break
        self.bound, self.best = proven, surely

    def _proven(self, stop: float) -> float:
        """Return the bound for any flow, and offer the linear problem what makes it smaller."""
        problem, multipliers, begun = self._problem, self.best, time.monotonic()
        cheap = [self.routes.cheap(number, FEW) for number in range(len(problem.links))]

        def proven(number: int) -> LinkBound | None:
            link = problem.links[number]
            if not link.comes_in_steps or number in problem.slow:
                return None
            prices = problem.prices(multipliers, number)
            try:
                with link.until(max(stop, begun + LEAST_S)):
                    found = link.up_to_two(prices)
            except OutOfTimeError:
                return NOTHING
            beyond = link.proven(prices, found, stop, cheap[number])
            return dataclasses.replace(beyond, usd=min(found.usd, beyond.usd))

        usd = -float((multipliers.scarcity_usd * problem.offered).sum())
        bounds = in_threads(proven, range(len(problem.links)), problem.threads)
        for number, bound in enumerate(bounds):
            usd += self._links_usd.get(number, 0.0) if bound is None else bound.usd
            for design in () if bound is None else bound.designs:
                self.routes.add_design(number, design)
        return usd


def begun_at(problem: NetworkProblem, multipliers: Multipliers) -> RouteProblem:
    """Return the routes to begin with at some multipliers."""
    routes = RouteProblem(problem.links, problem.items, problem.shared, problem.offered)
    for number, link in enumerate(problem.links):
        if link.least_flow > 1:  # of others the cheapest route is found soon
            routes.add(number, two_routes(link, problem.prices(multipliers, number)))
    return routes


def price_all(
    problem: NetworkProblem,
    multipliers: Multipliers,
    routes: RouteProblem,
    stop: float,
    known_usd: float = -math.inf,
) -> Priced:
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
        found = None
        until = stop if number not in problem.slow else -math.inf
        with contextlib.suppress(OutOfTimeError), link.until(until):
            found = link.up_to_two(prices)
        if found is not None and link.least_flow <= 1:
            return prices, found, []
        return prices, found, two_routes(link, prices, [link.preferred])

    known: dict[int, tuple[LinkPrices, LinkBound]] = {}
    links_usd: dict[int, float] = {}
    bounds = in_threads(bounded, range(len(problem.links)), problem.threads)
    for number, (prices, found, two) in enumerate(bounds):
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
        with link.until(stop):
            more_usd = link.beyond(prices, found).usd - found.usd
        links_usd[number] += more_usd
        usd += more_usd
    return Priced(usd, links_usd, is_cut)


def part_of(share: float, stop: float) -> float:
    """Return the clock time after a share of the time that is left."""
    now = time.monotonic()
    return now + share * (stop - now)
