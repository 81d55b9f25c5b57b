"""Routes looked for at the prices that the routes found so far make, until none is worth more.

Every round bounds the cost over all routes at some multipliers (Lagrangian relaxation), and adds
the cheapest routes there. The multipliers lie between the best ones and the duals of the routes
found (in-out separation: Wentges, International Transactions in Operational Research 4, 1997).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from siting.solve.all_routes.hut_routes import OutOfTimeError
from siting.solve.all_routes.links import LitRoute
from siting.solve.all_routes.multipliers import Multipliers
from siting.solve.all_routes.period import PeriodProblem
from siting.solve.all_routes.route_problem import RouteProblem

NEAR_BEST = 0.85
"""Weight of the best multipliers against the duals."""
MOST_ROUNDS = 1000
CLOSE = 1e-3
"""Share of its value within which the bound is near enough to that of the routes found."""
CHOICE_SHARE = 0.2
"""Share of the time left for routes in whole numbers."""
MOST_CHOICE_S = 10.0
LEAST_S = 15.0
"""Time for a round at least, s, however little is left."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What is known of a period: a bound, USD a year, and where it comes from."""

    problem: PeriodProblem
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
    problem: PeriodProblem, stop: float, earlier: Generated | None = None, *, choose: bool = True
) -> Generated:
    """Bound a period over all routes.

    Args:
        problem: the links of the period.
        stop: clock time (``time.monotonic``) to end at; one round is always made, in time or soon
            after. A link whose bound is not known by then counts nothing.
        earlier: another period of the same network, to start from.
        choose: also look for routes in whole numbers.
    """
    choice_s = min(MOST_CHOICE_S, CHOICE_SHARE * (stop - time.monotonic())) if choose else 0.0
    routes = RouteProblem(problem.links, problem.items, problem.costs_usd, problem.offered)
    best = problem.first()
    for number, link in enumerate(problem.links):
        routes.add(number, link.two_routes(link.prices(best, number, problem.items))[2])
    first = _priced(problem, best, routes, stop)
    bound, is_cut = first.usd, first.is_cut
    if earlier is not None and not is_cut:
        warm = _taken(problem, earlier, routes, best)
        value = _priced(problem, warm, routes, stop).usd
        if value > bound:
            bound, best = value, warm
    channels = sum(link.channels_usd for link in problem.links)
    near = NEAR_BEST
    for _ in range(MOST_ROUNDS):
        known = routes.solve() + channels
        if known - bound <= CLOSE * known or time.monotonic() > stop - choice_s:
            break
        duals = routes.multipliers().within(problem.costs_usd, problem.weights)
        tried = duals.toward(best, near)
        found = _priced(problem, tried, routes, stop)
        if found.usd > bound:
            bound, best = found.usd, tried
        # Nothing new: nearer to the duals, where the bound meets the routes found.
        near = NEAR_BEST if found.new else near / 2
    in_use = routes.in_use()
    every = routes.found()
    chosen = routes.choose(choice_s) if choice_s > 0 else []
    return Generated(problem, bound, best, every, [*chosen, *in_use], is_cut)


def _taken(
    problem: PeriodProblem, earlier: Generated, routes: RouteProblem, first: Multipliers
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
    paid = shares.sum(axis=0)
    shares *= np.where(paid > 0, problem.costs_usd / np.where(paid > 0, paid, 1.0), 1.0)
    scarcity = earlier.multipliers.scarcity_usd
    return Multipliers(shares, tolls, scarcity).within(problem.costs_usd, problem.weights)


@dataclass(frozen=True, slots=True)
class _Round:
    """A bound at some multipliers, and how many routes found there are new."""

    usd: float
    new: int
    is_cut: bool
    """Some link counts nothing: its bound was not known in time."""


def _priced(
    problem: PeriodProblem, multipliers: Multipliers, routes: RouteProblem, stop: float
) -> _Round:
    usd = -float((multipliers.scarcity_usd * problem.offered).sum())
    new, is_cut = 0, False
    stop = max(stop, time.monotonic() + LEAST_S)
    for number, link in enumerate(problem.links):
        prices = link.prices(multipliers, number, problem.items)
        link.search.stop = stop
        try:
            found = link.bound(prices)
        except OutOfTimeError:
            is_cut = True
        else:
            usd += found.usd
            new += routes.add(number, found.routes)
        finally:
            link.search.stop = math.inf
        routes.add(number, link.two_routes(prices, [link.preferred])[2])
    return _Round(usd, new, is_cut)
