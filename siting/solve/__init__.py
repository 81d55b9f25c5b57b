"""Solving an instance: two methods, one mathematics, incumbents read into plans, honest bounds."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping

from siting.instance import Instance
from siting.plan import Alternative, Plan
from siting.solve.all_routes.compile_searches import compile_searches
from siting.solve.all_routes.missing import with_missing_routes
from siting.solve.all_routes.wide import wide_graph
from siting.solve.allowances import CLOSING_SHARE, Goals
from siting.solve.closer import Closer, closer_of
from siting.solve.closing import close_network
from siting.solve.costing import ledger
from siting.solve.decomposition import solve_decomposition
from siting.solve.explain import explain_infeasible
from siting.solve.fingerprint import instance_sha256
from siting.solve.garbage import set_aside
from siting.solve.highs import Status
from siting.solve.monolithic import Solution, solve_monolithic
from siting.solve.plans import Proven, build_plan, make_provenance
from siting.solve.presolve import presolve
from siting.solve.result import Progress, ProgressCallback, Result, Termination
from siting.solve.single_site import single_site
from siting.solve.size import size
from siting.solve.starting import Start, begin, with_routes_of
from siting.solve.turns import threads_here

__all__ = ["Progress", "Result", "Termination", "solve"]

WHOLE_FIRST = 400
"""Largest size, in choices on routes over time, that ``auto`` hands to HiGHS whole."""
WHOLE_AFTER = 6000
"""Largest size that ``auto`` hands to HiGHS whole when the decomposition leaves a gap."""
LEAST_LEFT_S = 2.0
"""Time without which the whole model is not tried."""
BUILD_S = 0.006
"""Time to build the whole model, s per choice on routes over time (measured, busy machine)."""
BUILD_FAILURES_S = 0.012
"""The same when interruptions are counted: availability bounded, or their cost charged."""
EXACT_GAP = 1e-9


def solve(  # noqa: PLR0913
    instance: Instance,
    *,
    method: str | None = None,
    relative_gap: float | None = None,
    network_relative_gap: float | None = None,
    time_limit_s: float | None = None,
    max_rounds: int | None = None,
    seed: int | None = None,
    progress: ProgressCallback | None = None,
    start: Plan | None = None,
    threads: int | None = None,
    every_route: bool | None = None,
) -> Result:
    """Solve an instance.

    Args:
        instance: the numeric problem.
        method: ``monolithic``, ``decomposition`` or ``auto``; all default to the study's.
        relative_gap: stop at this gap on the total.
        network_relative_gap: stop the network phase at this gap on the network's own cost.
        time_limit_s: wall time, s.
        max_rounds: largest number of rounds between siting and network, with those of a search in
            parts that stop for time.
        seed: random seed of the solver.
        progress: called as the solve runs.
        start: an earlier plan of this study, or of another scenario of it: what still stands is
            the first incumbent.
        threads: 2: the network of the best siting is designed on a second processor while others
            are bounded; what is found is the same, unless time ran out. By default as many as
            there are processors, 1 in a process of several.
        every_route: look for sitings that candidate routes cannot serve and others might, and bound
            the whole over every route of the map: a better plan and a bound that says more, in a
            multiple of the time. By default as the study says.

    Returns:
        The result; infeasible problems have no plan and an explanation.
    """
    given = {
        "method": method,
        "relative_gap": relative_gap,
        "network_relative_gap": network_relative_gap,
        "time_limit_s": time_limit_s,
        "max_rounds": max_rounds,
        "seed": seed,
        "every_route": every_route,
    }
    options = {k: instance.defaults[k] if v is None else v for k, v in given.items()}
    compile_searches()  # like imports, before the time counts
    goals = Goals.of(options, time.perf_counter(), threads)
    every = bool(options["every_route"])
    wide = dataclasses.replace(with_routes_of(instance, start), every_route=every)
    narrow = presolve(with_missing_routes(wide))
    with set_aside(), closer_of(narrow, goals, threads or threads_here()) as closer:
        return _run(_Task(instance, narrow, options, goals, closer, progress), start)


@dataclasses.dataclass(frozen=True, slots=True)
class _Task:
    """What to solve, and how."""

    whole: Instance
    instance: Instance
    """Presolved."""
    options: Mapping[str, object]
    goals: Goals
    closer: Closer | None
    progress: ProgressCallback | None


def _run(task: _Task, start: Plan | None) -> Result:
    instance, options, goals = task.instance, task.options, task.goals
    begun = begin(instance, start, options, task.progress)
    chosen = _method(instance, str(options["method"]))
    solution = _solved(task, chosen, begun)
    instance = solution.instance or instance
    if options["method"] == "auto" and chosen == "decomposition":
        solution, chosen = _or_whole(instance, solution, goals)
    words = "" if begun is None else begun.words
    if solution.siting is None or solution.network is None:
        return dataclasses.replace(_no_plan(instance, solution), start=words)
    before = time.perf_counter()
    closed = close_network(instance, solution, goals, closer=task.closer, progress=task.progress)
    instance, solution = closed.instance, closed.solution
    designed = time.perf_counter()
    # Seconds on a continent: not before there is a plan.
    fingerprint = instance_sha256(task.whole)
    alternatives = _alternatives(instance, solution, options)
    times = {
        **solution.times_s,
        "network": designed - before,
        "single_site": time.perf_counter() - designed,
    }
    solution = dataclasses.replace(solution, times_s=times)
    recorded = {**options, "method": chosen}
    if start is not None:
        recorded["start_instance_sha256"] = start.provenance.instance_sha256
    widest = closed.all_routes_bound_usd
    result = _result(instance, solution, alternatives, recorded, fingerprint, goals.started, widest)
    return dataclasses.replace(result, instance=instance, start=words)


def _method(instance: Instance, method: str) -> str:
    if method != "auto":
        return method
    is_small = size(instance) <= WHOLE_FIRST and wide_graph(instance) is None
    return "monolithic" if is_small else "decomposition"


def _build_s(instance: Instance) -> float:
    """Return roughly how long it takes to build the whole model, s."""
    bounded = any(job.min_link_availability for job in instance.workloads.values())
    counts = bounded or instance.charge_interruptions
    return size(instance) * (BUILD_FAILURES_S if counts else BUILD_S)


def _solved(task: _Task, method: str, start: Start | None) -> Solution:
    instance, goals = task.instance, task.goals
    if method == "monolithic":
        return solve_monolithic(
            instance,
            time_limit_s=goals.time_limit_s,
            relative_gap=goals.relative_gap,
            seed=goals.seed,
            start=start,
        )
    siting_s = goals.time_limit_s * (1 - CLOSING_SHARE)
    goals = dataclasses.replace(goals, time_limit_s=siting_s, started=time.perf_counter())
    return solve_decomposition(
        instance, goals, progress=task.progress, start=start, closer=task.closer
    )


def _or_whole(instance: Instance, found: Solution, goals: Goals) -> tuple[Solution, str]:
    """Try the whole model when the decomposition leaves a gap, in the time that is left.

    Both solve the same problem: the better plan and the larger bound stand.
    """
    gap = goals.relative_gap
    objective = min(_objective(instance, found), found.with_routes_found_usd)
    closed = objective - found.bound_usd <= gap * abs(objective) + 1.0
    left_s = goals.left_s()
    proven = found.status is Status.INFEASIBLE or (math.isfinite(objective) and closed)
    needed_s = LEAST_LEFT_S + _build_s(instance)
    if proven or left_s < needed_s or size(instance) > WHOLE_AFTER:
        return found, "decomposition"
    whole = solve_monolithic(instance, time_limit_s=left_s, relative_gap=gap, seed=goals.seed)
    if whole.status is Status.INFEASIBLE:
        return whole, "monolithic"
    bound = max(found.bound_usd, whole.bound_usd)
    better = _objective(instance, whole) < objective
    best, method = (whole, "monolithic") if better else (found, "decomposition")
    return dataclasses.replace(best, bound_usd=bound, status=whole.status), method


def _objective(instance: Instance, solution: Solution) -> float:
    """Return the cost of the plan found, infinite when there is none."""
    if solution.siting is None or solution.network is None:
        return math.inf
    return sum(ledger(instance, solution.siting, solution.network).costs_usd.values())


def _no_plan(instance: Instance, solution: Solution) -> Result:
    infeasible = solution.status is Status.INFEASIBLE
    if infeasible:
        termination = Termination.INFEASIBLE
    elif solution.status is Status.TIME_LIMIT:
        termination = Termination.TIME_LIMIT
    else:
        termination = Termination.ERROR
    return Result(
        termination=termination,
        plan=None,
        objective_usd=math.inf,
        bound_usd=solution.bound_usd,
        explanation=explain_infeasible(instance) if infeasible else (),
        times_s=solution.times_s,
    )


def _alternatives(
    instance: Instance, solution: Solution, options: Mapping[str, object]
) -> tuple[Alternative, ...]:
    """Return what other ways of planning would cost."""
    if solution.siting is None:
        return ()
    found = single_site(instance, solution.siting, seed=int(str(options["seed"])))
    return () if found is None else (found,)


def _result(
    instance: Instance,
    solution: Solution,
    alternatives: tuple[Alternative, ...],
    options: Mapping[str, object],
    fingerprint: str,
    started: float,
    all_routes_usd: float | None,
) -> Result:
    if solution.siting is None or solution.network is None:
        return _no_plan(instance, solution)
    costs = ledger(instance, solution.siting, solution.network).costs_usd
    objective = sum(costs.values())
    gap = objective - solution.bound_usd
    target = float(str(options["relative_gap"]))
    if gap <= EXACT_GAP * abs(objective) + 1e-3:
        termination = Termination.OPTIMAL
    elif gap <= target * abs(objective) + 1.0:
        termination = Termination.GAP_REACHED
    elif solution.status is Status.OPTIMAL:
        termination = Termination.ROUND_LIMIT
    else:
        termination = Termination.TIME_LIMIT
    recorded = {k: v for k, v in options.items() if isinstance(v, str | int | float | bool)}
    plan = build_plan(
        instance,
        solution.siting,
        solution.network,
        proven=Proven(
            bound_usd=solution.bound_usd,
            all_routes_bound_usd=solution.all_routes_bound_usd,
            network_bound_usd=solution.network_bound_usd,
            network_all_routes_bound_usd=all_routes_usd,
        ),
        provenance=make_provenance(
            instance, fingerprint, recorded, str(termination), str(options["method"])
        ),
        alternatives=alternatives,
    )
    return Result(
        termination=termination,
        plan=plan,
        objective_usd=plan.objective_usd,
        bound_usd=plan.bounds.bound_usd,
        times_s={**solution.times_s, "total": time.perf_counter() - started},
        solution=solution,
    )
