"""Routes looked for at the prices that the routes found so far make, until none is worth more."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from siting.solve.all_routes import best_response
from siting.solve.all_routes.multipliers import Multipliers
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.rounds import (
    FIRST_WIDTH,
    Priced,
    Rounds,
    begun_at,
    part_of,
    price_all,
)
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.all_routes.ways import LitRoute

FIRST_SHARE = 0.4
"""Share of the time for rounds before flows above two units are looked at."""
NEARLY_USED = 20
"""Routes of a link that are told beside those in use: the cheapest ones beyond what duals pay."""
CHOICE_SHARE = 0.2
"""Share of the time left for routes in whole numbers."""
MOST_CHOICE_S, LEAST_CHOICE_S = 10.0, 2.0
"""No more; no less either, even if that ends late."""
LONGER = 2.0
"""So many times what it took the last time is kept for it."""


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
    """Those in use in fractions, most used first, then those that nearly are."""
    is_cut: bool
    """A round was not done in time."""
    width: float = FIRST_WIDTH
    """Half of the side of the box to begin with."""
    rounds: Rounds | None = None
    """What to go on from."""
    choice_s: float = math.inf
    """How long routes in whole numbers took."""


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
    again = earlier if earlier is not None and earlier.problem is problem else None
    if again is not None:
        share_s = min(share_s, LONGER * again.choice_s)
    choice_s = max(share_s, LEAST_CHOICE_S) if choose and share_s > 0 else 0.0
    if again is not None and again.rounds is not None:
        rounds = again.rounds
        priced = rounds.resume(stop)
    else:
        routes, best, priced = _start(problem, stop, earlier)
        width = FIRST_WIDTH if again is None else again.width
        rounds = Rounds(problem, routes, best, priced, width)
    stop -= min(choice_s, share_s)
    first = stop
    if prove:
        proof_s = rounds.proof_s
        first = part_of(FIRST_SHARE, stop) if proof_s is None else stop - proof_s
    rounds.go_on(first, enough_usd)
    if prove:
        rounds.prove(stop, enough_usd)
    routes = rounds.routes
    routes.box.let_go()
    routes.solve()
    in_use = routes.in_use()
    in_use += [(at, x) for at in range(len(problem.links)) for x in routes.cheap(at, NEARLY_USED)]
    found = routes.found()
    chosen = [] if again is None else again.chosen
    begun = time.monotonic()
    if choice_s > 0 and not problem.is_given_up:
        chosen = best_response.choose(problem, routes, rounds.best, choice_s, chosen)
    return Generated(
        problem,
        rounds.bound,
        rounds.best,
        found,
        chosen,
        in_use,
        priced.is_cut,
        rounds=rounds,
        choice_s=time.monotonic() - begun if choice_s > 0 else math.inf,
    )


def _start(
    problem: NetworkProblem, stop: float, earlier: Generated | None
) -> tuple[RouteProblem, Multipliers, Priced]:
    """Return routes to begin with, multipliers, and what is known there."""
    if earlier is not None and earlier.problem is problem:
        best = earlier.multipliers
        routes = begun_at(problem, best)
        for number, route in earlier.known:
            routes.add(number, [route])
        return routes, best, price_all(problem, best, routes, stop)
    best = problem.first()
    routes = begun_at(problem, best)
    priced = price_all(problem, best, routes, stop)
    if earlier is not None and not priced.is_cut:
        warm = _taken(problem, earlier, routes, best)
        other = price_all(problem, warm, routes, stop)
        if other.usd > priced.usd:
            return routes, warm, other
    return routes, best, priced


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
    for number, link in enumerate(problem.links):
        old = problem.alike(number, before)
        if old is None:
            continue
        other = before.links[old]
        weights[number, total > 0] = there[old, total > 0] / total[total > 0]
        dearer = problem.shared.median_usd_of(number) / before.shared.median_usd_of(old)
        tolls[number] = dearer * earlier.multipliers.tolls_usd[old]
        for known, route in earlier.known:
            if known == old:
                routes.add(number, link.on_lines(route, other))
    shares = problem.shared.split(weights)
    scarcity = earlier.multipliers.scarcity_usd
    return Multipliers(shares, tolls, scarcity).within(problem.shared, problem.weights)
