"""From a study to its run folder: network, instance, solve, verify, report."""

from __future__ import annotations

import json
import logging
import math
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.data_findings import DataFindings, SiteFinding
from siting.errors import InfeasibleError, PlanError
from siting.outcome import TIMES, outcome_of_plan, outcome_without_plan
from siting.presolve import presolve
from siting.runs import RunOptions, refuse_foreign, written_whole
from siting.study_copy import save_study, study_catalog

if TYPE_CHECKING:
    from siting.instance import Instance
    from siting.network import CandidateNetwork
    from siting.plan import Plan
    from siting.solve import Progress, Result
    from siting.study import Study
    from siting.verify import Verification

Say = Callable[[str], None]
"""Takes one line of progress."""

_LOG = logging.getLogger(__name__)
WHY_LEAST, WHY_MOST = 0.04, 0.1
"""Shares of the time limit to explain the plan: when solving took all of it, and when it did not"""
REACH_SHARE = 0.15
"""Share of that time for the RTT of links that no candidate route joins."""


def solve_run(
    study: Study,
    folder: Path,
    options: RunOptions | None = None,
    *,
    say: Say | None = None,
    mps: Path | None = None,
    start: Plan | None = None,
) -> dict[str, Any]:
    """Solve ``study``, verify and report its plan, and write the run folder.

    Args:
        study: a validated study.
        folder: the run folder; an earlier run there is replaced.
        options: how to solve and what to write.
        say: takes lines of progress.
        mps: file for the whole model; its ending says the format (``.mps``, ``.lp``).
        start: an earlier plan to start from.

    Returns:
        The outcome, as in ``result.json``.
    """
    options, say = options or RunOptions(), say or _silent
    folder = folder.resolve()
    refuse_foreign(folder)
    if mps is not None and mps.suffix not in {".mps", ".lp"}:
        msg = f"{mps}: the name of a model must end in .mps or .lp"
        raise PlanError(msg)
    begin = time.perf_counter()
    times: dict[str, float] = {}
    with written_whole(folder) as draft:
        save_study(study, draft / "study")
        found = presolve(study, study_catalog(study))
        for warning in found.warnings:
            say(f"warning: {warning}")
        if found.hopeless:
            outcome = outcome_without_plan(study, "infeasible", found.hopeless)
        else:
            outcome = _solve_into(draft, study, options, say, times, mps, start)
        times["total"] = time.perf_counter() - begin
        outcome["times_s"] = {stage: round(times.get(stage, 0.0), 3) for stage in TIMES}
        outcome["peak_memory_mb"] = _peak_memory_mb()
        if (draft / "plan.json").is_file():
            outcome["plan_path"] = str(folder / "plan.json")
        text = json.dumps(outcome, indent=1, ensure_ascii=False, allow_nan=False)
        (draft / "result.json").write_text(text + "\n", encoding="utf-8")
    return outcome


def _solve_into(
    draft: Path,
    study: Study,
    options: RunOptions,
    say: Say,
    times: dict[str, float],
    mps: Path | None,
    start: Plan | None,
) -> dict[str, Any]:
    from siting.geography import build_network
    from siting.geography.storage import save_network
    from siting.instance import build_instance
    from siting.solve import solve
    from siting.verify import verify

    say("building the candidate network")
    with _timed(times, "network"):
        network = build_network(study)
        save_network(network, draft / "network")
    say(
        f"network: {len(network.nodes):,} nodes, {len(network.corridors):,} corridors, "
        f"{len(network.huts):,} hut sites"
    )
    with _timed(times, "instance"):
        instance = build_instance(study, network)
    findings = _data_findings(study, instance, with_sites=options.report)
    findings.save(draft)
    say(findings.words())
    if mps is not None:
        _write_model(instance, mps, say)
    try:
        result: Result = solve(instance, progress=_told(say), start=start, **options.solver(study))
    except InfeasibleError as error:
        return outcome_without_plan(study, "infeasible", tuple(str(error).splitlines()))
    times |= {stage: result.times_s.get(stage, 0.0) for stage in ("build", "solve")}
    termination = str(result.termination)
    if result.plan is None:
        bound = result.bound_usd if math.isfinite(result.bound_usd) else None
        return outcome_without_plan(study, termination, result.explanation, bound)
    say("verifying the plan")
    with _timed(times, "verify"):
        verification = verify(result.plan, study, network)
    if verification.accepted:
        with _timed(times, "why"):
            _explain(result, result.instance or instance, study, network, draft, options, say)
    result.plan.save(draft / "plan.json")
    verification.save(draft / "verification.json")
    if options.report and verification.accepted:
        say("writing the report")
        with _timed(times, "report"):
            _report(result.plan, verification, network, draft, study)
    return outcome_of_plan(study, result.plan, verification, network, termination)


def _report(
    plan: Plan, verification: Verification, network: CandidateNetwork, folder: Path, study: Study
) -> None:
    from siting.report import write_report

    write_report(plan, verification, network, folder, study=study)


def _explain(
    result: Result,
    instance: Instance,
    study: Study,
    network: CandidateNetwork,
    draft: Path,
    options: RunOptions,
    say: Say,
) -> None:
    """Explain the plan in the time that there is for it, and write it down."""
    from siting.instance.reach import link_reach
    from siting.solve.why import explain

    limit_s = float(options.solver(study)["time_limit_s"])
    time_s = options.why_time_s
    if time_s is None:
        left_s = limit_s - result.times_s.get("total", limit_s)
        most_s = max(WHY_LEAST * limit_s, min(WHY_MOST * limit_s, left_s))
        time_s = most_s if options.report else 0.0
    if time_s <= 0 or result.solution is None:
        return
    say(f"explaining the plan, {time_s:.0f} s at most")
    explain(
        instance,
        result.solution,
        time_limit_s=time_s,
        seed=int(options.solver(study)["seed"]),
        reach=lambda: link_reach(study, network, instance, time_limit_s=REACH_SHARE * time_s),
    ).save(draft)


def _data_findings(study: Study, instance: Instance, *, with_sites: bool) -> DataFindings:
    """Return what was found about the data; sites are screened for the report only."""
    from siting.geography.screening import screen_sites

    screening = screen_sites(study) if with_sites else None
    sites = None
    if screening is not None:
        sites = tuple(SiteFinding.model_validate(site) for site in screening.sites)
    return DataFindings(
        candidate_routes=len(instance.fiber_routes),
        excluded_routes=instance.excluded_routes,
        sites=sites,
        site_notes=() if screening is None else screening.notes,
    )


def _write_model(instance: Instance, path: Path, say: Say) -> None:
    from siting.formulation import build_model

    say(f"writing the whole model to {path}")
    build_model(instance).write(str(path), io_options={"symbolic_solver_labels": True})


@contextmanager
def _timed(times: dict[str, float], stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    times[stage] = time.perf_counter() - begin


def _told(say: Say) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        parts = [f"{progress.elapsed_s:6.1f} s  {progress.phase}"]
        if math.isfinite(progress.objective_usd):
            parts.append(f"plan {progress.objective_usd / 1e6:,.3f} M USD")
        if math.isfinite(progress.bound_usd):
            parts.append(f"bound {progress.bound_usd / 1e6:,.3f} M USD")
        if math.isfinite(progress.network_gap_usd):
            parts.append(f"network gap {progress.network_gap_usd / 1e6:,.3f} M USD")
        say("  ".join([*parts, progress.message]).rstrip())

    return tell


def _peak_memory_mb() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _silent(line: str) -> None:
    _LOG.info("%s", line)
