"""Many variants of a study, solved side by side: scenarios, and the machinery of sweeps.

All variants are validated before the first is solved. Each ends in a run folder named by the hash
of its content, written whole or not at all: a batch that was killed resumes, a variant that fails
loses nothing of the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from siting.errors import SitingError, StudyError, problems_message
from siting.loading import find_study, list_scenarios, load_study
from siting.outcome import EXIT_INPUT, EXIT_REJECTED, exit_code
from siting.pipeline import solve_run
from siting.runs import RunOptions, is_reusable, load_outcome, run_name
from siting.study_yaml import shown

BASE = "base"
"""Name of the study itself among its scenarios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A study with a scenario and overrides, under a name."""

    name: str
    scenario: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What became of one variant."""

    name: str
    folder: Path
    """Its run folder; absent on disk when the run failed."""
    outcome: dict[str, Any] | None
    """As in ``result.json``; None when the run failed."""
    error: str | None = None
    """Why it failed."""
    reused: bool = False
    """An earlier run of the same content was found."""
    exit_code: int = 0
    """That of ``siting solve`` for this variant."""


def run_scenarios(
    study_source: str | Path,
    scenarios: Sequence[str] | None = None,
    *,
    out: str | Path,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[ScenarioResult], None] | None = None,
    options: RunOptions | None = None,
) -> list[ScenarioResult]:
    """Solve scenarios of a study.

    Args:
        study_source: what :func:`siting.load_study` reads.
        scenarios: names; ``base`` is the study itself. None: that and all its scenarios.
        out: folder that takes one run folder for each scenario.
        workers: processes; as many as processors when None. Ignored with an ``executor``.
        executor: anything with the interface of :mod:`concurrent.futures`, e.g. that of a Dask
            client; its workers must see ``out`` and the study.
        progress: told of each result as it comes.
        options: how to solve and what to write.

    Returns:
        One result for each scenario, in the order asked for.

    Raises:
        StudyError: a scenario is wrong; all problems of all scenarios, before anything is solved.
    """
    known = list_scenarios(find_study(study_source).parent)
    names = list(scenarios) if scenarios is not None else [*({BASE: None} | known)]
    variants = [
        Variant(name=name, scenario=None if name == BASE and name not in known else name)
        for name in dict.fromkeys(names)
    ]
    return run_variants(
        study_source,
        variants,
        out=out,
        workers=workers,
        executor=executor,
        progress=progress,
        options=options,
    )


def write_comparison(results: Sequence[ScenarioResult], out: str | Path) -> Path | None:
    """Compare the verified plans: CSV, HTML and workbook.

    Args:
        results: of :func:`run_scenarios`; the first with a verified plan is the base.
        out: the folder is made in here.

    Returns:
        The folder ``comparison-<study>``; None when there is no verified plan.
    """
    from siting.plan import Plan
    from siting.report.comparison import write_comparison as write

    plans = {
        result.name: Plan.load(result.folder / "plan.json")
        for result in results
        if result.outcome is not None and result.outcome["verified"]
    }
    if not plans:
        return None
    folder = Path(out) / f"comparison-{next(iter(plans.values())).study}"
    write(plans, folder)
    return folder


def run_variants(
    study_source: str | Path,
    variants: Sequence[Variant],
    *,
    out: str | Path,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[ScenarioResult], None] | None = None,
    options: RunOptions | None = None,
) -> list[ScenarioResult]:
    """Solve variants of a study; arguments as in :func:`run_scenarios`."""
    options = options or RunOptions()
    source = find_study(study_source)
    folders = _folders(source, variants, Path(out).resolve(), options)
    results: dict[str, ScenarioResult] = {}

    def done(result: ScenarioResult) -> None:
        results[result.name] = result
        if progress is not None:
            progress(result)

    first: dict[Path, Variant] = {}
    for variant in variants:
        folder = folders[variant.name]
        if is_reusable(folder, options):
            done(_finished(variant.name, folder, load_outcome(folder), reused=True))
        else:
            first.setdefault(folder, variant)
    jobs = [(source, variant, folder, options) for folder, variant in first.items()]
    if executor is not None:
        _give_up(_submit(executor, jobs, done), done)
    elif jobs:
        count = max(1, min(len(jobs), workers or os.cpu_count() or 1))
        for broken in _in_processes(jobs, count, done):
            # One process died and took the pool with it: each unfinished variant gets its own.
            _give_up(_in_processes([broken], 1, done), done)
    for variant in variants:
        if variant.name not in results:  # the same content under another name
            twin = results[first[folders[variant.name]].name]
            done(replace(twin, name=variant.name, reused=True))
    return [results[variant.name] for variant in variants]


Job = tuple[Path, Variant, Path, RunOptions]


def _folders(
    source: Path, variants: Sequence[Variant], out: Path, options: RunOptions
) -> dict[str, Path]:
    """Validate every variant and return its run folder."""
    folders: dict[str, Path] = {}
    problems: list[str] = []
    for variant in variants:
        try:
            study = load_study(source, variant.scenario, variant.overrides)
        except SitingError as error:
            head, *lines = str(error).splitlines()
            problems += [f"{variant.name}: {line.strip()}" for line in lines or [head]]
        else:
            folders[variant.name] = out / run_name(study, options)
    if problems:
        raise StudyError(problems_message(shown(source), problems))
    return folders


def _solve(source: Path, variant: Variant, folder: Path, options: RunOptions) -> dict[str, Any]:
    """Solve one variant; runs in a worker process."""
    study = load_study(source, variant.scenario, variant.overrides)
    return solve_run(study, folder, options)


def _in_processes(
    jobs: Sequence[Job], count: int, done: Callable[[ScenarioResult], None]
) -> list[Job]:
    """Run jobs in ``count`` processes; return those that a dying process left undone."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        return _submit(pool, jobs, done)


def _submit(
    executor: Executor, jobs: Sequence[Job], done: Callable[[ScenarioResult], None]
) -> list[Job]:
    futures: dict[Future[dict[str, Any]], Job] = {}
    broken: list[Job] = []
    for job in jobs:
        try:
            futures[executor.submit(_solve, *job)] = job
        except BrokenExecutor:
            broken.append(job)
    try:
        for future in as_completed(futures):
            _settle(future, futures[future], broken, done)
    except BaseException:
        for future in futures:
            future.cancel()  # stopped by hand: what waits does not start
        raise
    return broken


def _settle(
    future: Future[dict[str, Any]],
    job: Job,
    broken: list[Job],
    done: Callable[[ScenarioResult], None],
) -> None:
    _, variant, folder, _ = job
    try:
        outcome = future.result()
    except BrokenExecutor:
        broken.append(job)
    except SitingError as error:
        done(_failed(variant.name, folder, str(error), EXIT_INPUT))
    except Exception as error:  # noqa: BLE001  # a failing variant must not lose the others
        done(_failed(variant.name, folder, f"{type(error).__name__}: {error}"))
    else:
        done(_finished(variant.name, folder, outcome))


def _give_up(jobs: Sequence[Job], done: Callable[[ScenarioResult], None]) -> None:
    for _, variant, folder, _ in jobs:
        done(_failed(variant.name, folder, "the process that solved it died"))


def _finished(
    name: str, folder: Path, outcome: dict[str, Any], *, reused: bool = False
) -> ScenarioResult:
    return ScenarioResult(
        name=name, folder=folder, outcome=outcome, reused=reused, exit_code=exit_code(outcome)
    )


def _failed(name: str, folder: Path, why: str, code: int = EXIT_REJECTED) -> ScenarioResult:
    return ScenarioResult(name=name, folder=folder, outcome=None, error=why, exit_code=code)
