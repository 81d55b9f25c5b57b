"""Decomposition: siting masters by configuration, network phases, cuts between them.

1. Each configuration (paradigm, fabric, hub) gets the bound of a small relaxation: that of its
   paradigm and fabric, and one of its own when that is the least. The least over all is a bound of
   the whole problem.
2. The configuration with the least bound is taken: its master, with its network cost underestimated
   by C1 and C2 cuts, gives a bound and a siting. The first siting gets a network at once, a later
   one unless its links cost too much (C1); if it comes again, its link sets give C2 cuts, then
   its modes a C4 cut. A master that runs out of time is searched in parts from then on.
3. A configuration whose bound reaches the incumbent is closed. Stop at the gap, the round or the
   time limit.
4. On the map of a continent masters hold the candidate routes; where the whole is to be bounded
   over every route, a second search with masters over the map begins at the plan found.
"""

from __future__ import annotations

import dataclasses

from siting.instance import Instance
from siting.solve.all_routes.wide import is_wide, wide_graph
from siting.solve.allowances import CLOSING_SHARE, Goals
from siting.solve.closer import Beside, Closer
from siting.solve.configuration_search import ConfigurationSearch
from siting.solve.monolithic import Solution
from siting.solve.result import ProgressCallback
from siting.solve.starting import Start
from siting.solve.state import State

LONGER = 0.95 / (1 - CLOSING_SHARE) - 1.0
"""By this share of its time the search over every route may end later than the one before it:
5 % before the time limit of the whole."""


def solve_decomposition(
    instance: Instance,
    goals: Goals,
    *,
    progress: ProgressCallback | None = None,
    start: Start | None = None,
    closer: Closer | None = None,
) -> Solution:
    """Solve the instance by decomposition.

    Args:
        instance: the presolved instance.
        goals: when to stop.
        progress: called after each round.
        start: the first incumbent, if any.
        closer: the second thread, if there is one: it improves the network of the incumbent.
    """
    graph = wide_graph(instance)
    in_stages = graph is not None and is_wide(graph)
    first = dataclasses.replace(instance, every_route=False) if in_stages else instance
    run = ConfigurationSearch(first, goals, progress, Beside(closer), State.of(start))
    found = run.search()
    if not in_stages or found.siting is None:
        return found
    widened = dataclasses.replace(run.instance, every_route=True)
    # The network of the plan is closed beside, over every route, too: as long as that is the best
    # no time is kept for it.
    run.beside.go_on(found.siting)
    run.state.take_better(run.beside, waits=True)  # what follows is looked for below it
    more_s = 0.0 if closer is None else LONGER * goals.time_limit_s
    goals = dataclasses.replace(goals, max_rounds=goals.max_rounds - run.rounds)
    state = run.state.begun_again()
    wider = ConfigurationSearch(widened, goals, progress, run.beside, state, more_s=more_s).search()
    bounds = found.configuration_bounds_usd
    return dataclasses.replace(
        wider,
        status=found.status,
        bound_usd=min(max(found.bound_usd, wider.bound_usd), wider.with_routes_found_usd),
        times_s={stage: found.times_s[stage] + seconds for stage, seconds in wider.times_s.items()},
        configuration_bounds_usd={
            configuration: max(usd, bounds.get(configuration, usd))
            for configuration, usd in wider.configuration_bounds_usd.items()
        },
    )
