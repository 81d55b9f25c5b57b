"""Routes in whole numbers, improved link by link while the others keep theirs.

Given the routes of the other links, a link pays in full what they have not opened, and nothing for
the rest. What is cheapest for it then is a further route to choose from: routes found at shares of
costs are each a little off what whole networks take.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import LinkPrices, Multipliers
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.all_routes.routes_apart import two_routes
from siting.solve.all_routes.ways import LitRoute

PASSES = 4
LEAST_GAIN = 1e-4
"""Part of the cost that a further pass must have saved."""


def choose(
    problem: NetworkProblem,
    routes: RouteProblem,
    multipliers: Multipliers,
    time_limit_s: float,
    known: Sequence[tuple[int, LitRoute]] = (),
) -> list[tuple[int, LitRoute]]:
    """Return routes in whole numbers at about least cost; none when none were found in time.

    Args:
        problem: the links.
        routes: those found so far, just solved; takes further ones.
        multipliers: where two disjoint routes of each link, or one, are a start.
        time_limit_s: wall time of the first choice, s; of all further ones once more.
        known: routes chosen before: the start, where there are some.
    """
    start = known if known and routes.has(known) else _begun(problem, routes, multipliers)
    best_usd, best = routes.choose(time_limit_s, start)
    if not best:
        return list(known)
    stop = time.monotonic() + time_limit_s
    for _ in range(PASSES):
        if time.monotonic() > stop:
            break
        _respond(problem, routes, best)
        usd, chosen = routes.choose(stop - time.monotonic(), best)
        is_better = bool(chosen) and usd < (1 - LEAST_GAIN) * best_usd
        if chosen and usd < best_usd:
            best_usd, best = usd, chosen
        if not is_better:
            break
    return best


def _begun(
    problem: NetworkProblem, routes: RouteProblem, multipliers: Multipliers
) -> list[tuple[int, LitRoute]]:
    """Add the routes that each link takes by itself; return them."""
    found: list[tuple[int, LitRoute]] = []
    for number, link in enumerate(problem.links):
        mine = _taken(link, problem.prices(multipliers, number))
        routes.add(number, mine)
        found += [(number, route) for route in mine[: 2 if link.least_flow > 1 else 1]]
    return found


def _taken(link: LinkProblem, prices: LinkPrices) -> list[LitRoute]:
    """Return the two disjoint routes that a link takes at some prices; ones of an unprotected."""
    if link.least_flow > 1:
        return two_routes(link, prices)
    return link.up_to_two(prices).routes


def _respond(
    problem: NetworkProblem, routes: RouteProblem, chosen: list[tuple[int, LitRoute]]
) -> None:
    """Add the routes that each link would take where the others keep theirs."""
    shared, count = problem.shared, len(problem.links)
    opened = np.zeros((count, problem.items.count))
    for number, route in chosen:
        used = routes.items_of(number, route)
        opened[number, used] = shared.usd[shared.since[number], used]
    free = np.zeros(problem.offered.shape)
    for number, link in enumerate(problem.links):
        others = np.delete(opened, number, axis=0).max(axis=0, initial=0.0)
        shares = np.zeros_like(opened)
        shares[number] = np.maximum(shared.usd[shared.since[number]] - others, 0.0)
        prices = problem.prices(Multipliers(shares, np.zeros((count, len(free))), free), number)
        routes.add(number, _taken(link, prices))
