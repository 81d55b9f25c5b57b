"""Routes looked for at the prices that the routes found so far make, until none is worth more.

Every round bounds the cost over all routes at some multipliers (Lagrangian relaxation), and adds
the cheapest routes there. The next multipliers are the duals of the routes found, within a box
around the best ones, which grows while it keeps what it promises (Marsten, Hogan and Blankenship,
Operations Research 23, 1975): without it duals jump about, and the bound hardly rises.
"""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass

from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.links import LinkBound, LinkProblem
from siting.solve.all_routes.multipliers import LinkPrices, Multipliers
from siting.solve.all_routes.network_problem import LEAST_S, NetworkProblem
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.all_routes.ways import LitRoute

FIRST_WIDTH, LEAST_WIDTH, MOST_WIDTH = 0.3, 1e-4, 1.0
"""Half of the side of the box, as a part of what an item costs; it ends below the least."""
WIDER, NARROWER = 1.6, 0.6
KEPT = 0.3
"""Part of what the routes found promise that a round must reach for a wider box."""
MOST_ROUNDS = 1000
SURE_AFTER = 6
"""Rounds after which menus are compared once more."""
CLOSE = 1e-3
"""Share of its value within which the bound is near enough to that of the routes found."""
LEAST_PROOF_S = 3.0
"""Time to look closely at flows above two units, at least, s."""
CHOICE_SHARE = 0.2
"""Share of the time left for routes in whole numbers."""
MOST_CHOICE_S = 10.0


@dataclass(frozen=True, slots=True)
class Generated:
    """What is known of a network: a bound, USD, and where it comes from."""

    problem: NetworkProblem
    bound_usd: float
    multipliers: Multipliers
    """Those of the bound."""
    known: list[tuple[int, LitRoute]]
    """Every route found, with the number of its link."""
    promising: list[tuple[int, LitRoute]]
    """Routes of a network in whole numbers, then those in use in fractions."""
    is_cut: bool
    """A round was not done in time."""


def generate(
    problem: NetworkProblem,
    stop: float,
    earlier: Generated | None = None,
    *,
    choose: bool = True,
    prove: bool = True,
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
    """
    choice_s = min(MOST_CHOICE_S, CHOICE_SHARE * (stop - time.monotonic())) if choose else 0.0
    routes, best, bound, is_cut = _start(problem, stop, earlier)
    width = FIRST_WIDTH
    for done in range(MOST_ROUNDS):
        if done == SURE_AFTER and problem.choose(best, stop):
            routes = _begun(problem, best)
            bound = max(bound, _priced(problem, best, routes, stop)[0])
        routes.keep_near(best, width)
        known = routes.solve() + sum(link.channels_usd for link in problem.links)
        is_close = known - bound <= CLOSE * known
        if (is_close and not routes.is_held) or time.monotonic() > stop - choice_s:
            break
        tried = routes.multipliers().within(problem.shared, problem.weights)
        value, _ = _priced(problem, tried, routes, stop, bound)
        if is_close or value - bound > KEPT * (known - bound):
            width = min(WIDER * width, MOST_WIDTH)
        elif value <= bound:
            width *= NARROWER
        if width < LEAST_WIDTH:
            break
        if value > bound:
            bound, best = value, tried
    if prove:
        bound = _proven(problem, best, bound, max(stop, time.monotonic() + LEAST_PROOF_S))
    routes.let_go()
    routes.solve()
    in_use = routes.in_use()
    found = routes.found()
    chosen = routes.choose(choice_s) if choice_s > 0 else []
    return Generated(problem, bound, best, found, [*chosen, *in_use], is_cut)


def _start(
    problem: NetworkProblem, stop: float, earlier: Generated | None
) -> tuple[RouteProblem, Multipliers, float, bool]:
    """Return routes to begin with, multipliers, their bound, and whether it was cut."""
    if earlier is not None and earlier.problem is problem:
        best = earlier.multipliers
        routes = _begun(problem, best)
        for number, route in earlier.known:
            routes.add(number, [route])
        return routes, best, *_priced(problem, best, routes, stop)
    best = problem.first()
    routes = _begun(problem, best)
    bound, is_cut = _priced(problem, best, routes, stop)
    if earlier is not None and not is_cut:
        warm = _taken(problem, earlier, routes, best)
        value, _ = _priced(problem, warm, routes, stop)
        if value > bound:
            bound, best = value, warm
    return routes, best, bound, is_cut


def _begun(problem: NetworkProblem, multipliers: Multipliers) -> RouteProblem:
    """Return the routes to begin with at some multipliers."""
    routes = RouteProblem(problem.links, problem.items, problem.shared, problem.offered)
    for number, link in enumerate(problem.links):
        routes.add(number, link.two_routes(problem.prices(multipliers, number))[2])
    return routes


def _taken(
    problem: NetworkProblem, earlier: Generated, routes: RouteProblem, first: Multipliers
) -> Multipliers:
    """Take the routes of an earlier period for links alike; return multipliers from its own."""
    before = earlier.problem
    numbers = {
        number: before.names.index(name)
        for number, (name, link) in enumerate(zip(problem.names, problem.links, strict=True))
        if name in before.names and link.is_like(before.links[before.names.index(name)])
    }
    shares, tolls = first.shares_usd.copy(), first.tolls_usd.copy()
    for number, old in numbers.items():
        shares[number] = earlier.multipliers.shares_usd[old]
        tolls[number] = earlier.multipliers.tolls_usd[old]
        routes.add(number, [route for link, route in earlier.known if link == old])
    shares = problem.shared.raised(shares)
    scarcity = earlier.multipliers.scarcity_usd
    return Multipliers(shares, tolls, scarcity).within(problem.shared, problem.weights)


def _priced(
    problem: NetworkProblem,
    multipliers: Multipliers,
    routes: RouteProblem,
    stop: float,
    known_usd: float = -math.inf,
) -> tuple[float, bool]:
    """Return the bound at some multipliers, and add the routes found there.

    Args:
        problem: the links.
        multipliers: what they pay.
        routes: takes the routes.
        stop: clock time to end at, or soon after.
        known_usd: a bound known already; one that is no larger need not be exact.

    Returns:
        The bound, USD, for flows up to two units of links whose flows come in steps; and
        whether some link counts nothing: it was not known in time.
    """
    usd = -float((multipliers.scarcity_usd * problem.offered).sum())
    stop = max(stop, time.monotonic() + LEAST_S)
    bounded: list[tuple[LinkProblem, LinkPrices, LinkBound]] = []
    for number, link in enumerate(problem.links):
        prices = problem.prices(multipliers, number)
        link.search.stop = stop if number not in problem.slow else -math.inf
        with contextlib.suppress(OutOfTimeError):
            found = link.up_to_two(prices)
            usd += found.usd
            routes.add(number, found.routes)
            bounded.append((link, prices, found))
        link.search.stop = math.inf
        routes.add(number, link.two_routes(prices, [link.preferred])[2])
    is_cut = len(bounded) < len(problem.links)
    for link, prices, found in bounded:
        if usd <= known_usd:
            break
        if link.comes_in_steps:
            continue
        link.search.stop = stop
        try:
            usd += link.beyond(prices, found).usd - found.usd
        except OutOfTimeError:
            usd -= found.usd
            is_cut = True
        link.search.stop = math.inf
    return usd, is_cut


def _proven(problem: NetworkProblem, multipliers: Multipliers, usd: float, stop: float) -> float:
    """Return the bound at some multipliers for any flow.

    Args:
        problem: the links.
        multipliers: what they pay.
        usd: the bound for flows up to two units of links whose flows come in steps.
        stop: clock time to end at, or soon after.
    """
    for number, link in enumerate(problem.links):
        if link.comes_in_steps and number not in problem.slow:
            prices = problem.prices(multipliers, number)
            found = link.up_to_two(prices)
            usd += min(link.proven(prices, found, stop).usd - found.usd, 0.0)
    return usd
