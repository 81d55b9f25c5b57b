"""Explaining a plan after the solve: each choice, what the next best costs, what stays unserved.

Exact where the problem is small; else in the time given, and every amount says what it is. A reader
gets :class:`siting.why.Why`, plain records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siting.instance import Instance
from siting.instance.reach import Reach
from siting.plan import NETWORK_COST_LINES
from siting.solve.costing import ledger
from siting.solve.monolithic import Solution
from siting.solve.presolve import presolve
from siting.solve.why.case import Case
from siting.solve.why.clock import Clock
from siting.solve.why.modes import mode_reasons
from siting.solve.why.network import NetworkQuestions
from siting.solve.why.served import Link
from siting.solve.why.shortfalls import shortfalls, unserved
from siting.solve.why.sites import site_reasons
from siting.why import Why

__all__ = ["explain"]

SHORTFALL_WEIGHT = 20
"""A shortfall asks as much as so many other questions."""


def explain(
    instance: Instance,
    solution: Solution,
    *,
    time_limit_s: float,
    seed: int = 1,
    reach: Callable[[], Mapping[Link, Reach]] | None = None,
) -> Why:
    """Return why the plan of a solution is as it is.

    Args:
        instance: the instance that was solved.
        solution: that of the plan.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
        reach: gives the least RTT of links, however long; asked when demand stays unserved.
    """
    clock = Clock(time_limit_s)
    if solution.siting is None or solution.network is None:
        return Why(complete=True, time_s=0.0, reasons=(), shortfalls=())
    instance = presolve(instance)
    costs = ledger(instance, solution.siting, solution.network).costs_usd
    case = Case(
        instance=instance,
        solution=solution,
        siting=solution.siting,
        network=solution.network,
        objective_usd=sum(costs.values()),
        network_cost_usd=sum(costs[line] for line in NETWORK_COST_LINES),
        clock=clock,
        seed=seed,
    )
    questions = NetworkQuestions(case)
    missing = unserved(case)
    known = reach() if missing and reach is not None else {}
    sites = len(instance.campuses) + len(solution.siting.power.reserved_mw)
    # A shortfall asks many questions: its part of the time counts as so many.
    found = tuple(shortfalls(case, known, (sites + questions.number) // SHORTFALL_WEIGHT))
    reasons = (
        *mode_reasons(case, sites + questions.number),
        *site_reasons(case, questions.number),
        *questions.reasons(),
    )
    return Why(
        complete=not clock.ran_out,
        time_s=round(clock.spent_s, 3),
        reasons=reasons,
        shortfalls=found,
    )
