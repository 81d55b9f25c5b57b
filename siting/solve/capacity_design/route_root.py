"""The root where traffic survives: rows of the modules, found at the relaxation with routes.

It is solved in moments, where that with flows takes most of the time of a round.
"""

from __future__ import annotations

import time

import numpy as np

from siting.formulation.menus import Menu
from siting.solve.capacity_design.root import IDLE_ROUNDS, LITTLE, Root, Say
from siting.solve.capacity_design.route_mix import TakesRoutes
from siting.solve.capacity_design.route_relaxation import RouteModules, with_routes


def cut_routes(
    root: Root,
    menus: tuple[Menu, ...],
    until: float,
    say: Say,
    offer: TakesRoutes = lambda _: None,
) -> RouteModules | None:
    """Cut the relaxation with routes, round by round; return it, if there is one.

    Args:
        root: of the design, whose modules are cut; takes rows and the bound.
        menus: what its links take.
        until: end of it, by the monotonic clock.
        say: hears of progress.
        offer: takes the routes of relaxations.
    """
    made = with_routes(root, menus)
    if made is None:
        return None
    problem = made.relaxation
    problem.keep(list(root.rows.values()))
    last, idle = -np.inf, 0
    while time.monotonic() < until:
        point = problem.solve(problem.lower, problem.upper, until=until)
        if point.values is None or not point.is_optimal:
            return made
        root.raise_to(point.objective + made.compiled.offset)
        if problem.add_violated(point.values):
            continue
        say(f"root bound {root.bound:,.2f}, {len(root.rows):,} rows")
        offer(problem.mix)
        idle = idle + 1 if point.objective - last <= LITTLE * abs(point.objective) else 0
        last = point.objective
        values = point.values[made.places]
        fresh = root.fresh_rows(values)
        root.look_at(values)
        if idle >= IDLE_ROUNDS or not fresh:
            return made
        problem.keep(fresh)
        problem.drop_slack(point.values)
    return made
