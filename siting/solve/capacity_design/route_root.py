"""The root where traffic survives: rows of the modules, found at the relaxation with routes.

It is solved in moments, where that with flows takes most of the time of a round.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.capacity_design.root import IDLE_ROUNDS, LITTLE, Offer, Root, Say
from siting.solve.capacity_design.route_columns import RouteColumns
from siting.solve.capacity_design.route_relaxation import with_routes

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.highs import CompiledModel


def cut_routes(  # what one root is about
    root: Root,
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    until: float,
    say: Say,
    offer: Offer,
) -> None:
    """Cut the relaxation with routes, round by round.

    Args:
        root: of the design, whose modules are cut; takes rows and the bound.
        model: the design with its routing.
        compiled: one of its compiled models, whose columns are offered.
        until: end of it, by the monotonic clock.
        say: hears of progress.
        offer: takes flows of relaxations.
    """
    made = with_routes(root, tuple(model.menus))
    if made is None:
        return
    problem = made.relaxation
    problem.keep(list(root.rows.values()))
    columns = RouteColumns(root.design, model, compiled)
    last, idle = -np.inf, 0
    while time.monotonic() < until:
        point = problem.solve(problem.lower, problem.upper, until=until)
        if point.values is None or not point.is_optimal:
            return
        root.raise_to(point.objective + made.compiled.offset)
        if problem.add_violated(point.values):
            continue
        say(f"root bound {root.bound:,.2f}, {len(root.rows)} rows")
        offer(columns.values(problem.mix.by_arc()))
        idle = idle + 1 if point.objective - last <= LITTLE * abs(point.objective) else 0
        last = point.objective
        values = point.values[made.places]
        fresh = root.fresh_rows(values)
        root.look_at(values)
        if idle >= IDLE_ROUNDS or not fresh:
            return
        problem.keep(fresh)
        problem.drop_slack(point.values)
