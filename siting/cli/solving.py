"""The verbs that solve: solve, batch, sweep."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.cli.output import Answer, Terminal
from siting.errors import PlanError, StudyError
from siting.loading import load_study
from siting.outcome import exit_code
from siting.pipeline import solve_run
from siting.runs import RunOptions, load_run, run_name
from siting.scenarios import ScenarioResult, run_scenarios, write_comparison
from siting.study_yaml import parse_value

if TYPE_CHECKING:
    from siting.plan import Plan

METHODS = ("auto", "monolithic", "decomposition")


def run_options(
    method: str | None,
    relative_gap: float | None,
    network_relative_gap: float | None,
    time_limit: float | None,
    max_rounds: int | None,
    report: bool,
    why_time: float | None = None,
    *,
    every_route: bool | None = None,
) -> RunOptions:
    """Return the options of a run, checked.

    Raises:
        StudyError: one is out of its range; all of them at once.
    """
    problems = []
    if method is not None and method not in METHODS:
        problems.append(f"--method: must be one of {', '.join(METHODS)} (got {method!r})")
    for name, gap in (
        ("--relative-gap", relative_gap),
        ("--network-relative-gap", network_relative_gap),
    ):
        if gap is not None and not 0 <= gap < 1:
            problems.append(f"{name}: must be at least 0 and less than 1 (got {gap:g})")
    if time_limit is not None and not time_limit > 0:
        problems.append(f"--time-limit: must be greater than 0 s (got {time_limit:g})")
    for name, seconds in (("--time-limit", time_limit), ("--why-time", why_time)):
        if seconds == math.inf:
            problems.append(f"{name}: must be a finite number of s (got inf)")
    if max_rounds is not None and max_rounds < 1:
        problems.append(f"--max-rounds: must be at least 1 (got {max_rounds})")
    if why_time is not None and not why_time >= 0:
        problems.append(f"--why-time: must be at least 0 s (got {why_time:g})")
    if problems:
        raise StudyError("\n".join(problems))
    return RunOptions(
        method=method,
        relative_gap=relative_gap,
        network_relative_gap=network_relative_gap,
        time_limit_s=time_limit,
        max_rounds=max_rounds,
        every_route=every_route,
        report=report,
        why_time_s=why_time,
    )


def overrides_of(settings: Sequence[str]) -> dict[str, Any]:
    """Return the overrides of ``--set key=value``."""
    overrides = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            msg = f"--set {setting!r}: must be KEY=VALUE, e.g. workloads.0.max_peers=3"
            raise StudyError(msg)
        overrides[key.strip()] = parse_value(value)
    return overrides


def solve_study(
    terminal: Terminal,
    source: str,
    scenario: str | None,
    settings: Sequence[str],
    out: Path | None,
    options: RunOptions,
    mps: Path | None,
    start_from: Path | None = None,
) -> Answer:
    """Solve a study into its run folder."""
    study = load_study(source, scenario, overrides_of(settings))
    start = None if start_from is None else earlier_plan(start_from)
    folder = out or Path("siting-runs") / run_name(study, options)
    outcome = solve_run(study, folder, options, say=terminal.say, mps=mps, start=start)
    code = exit_code(outcome)
    if outcome["plan_path"] is None:
        name = {"infeasible": "no plan exists", "error": "the solver failed"}
        head = name.get(
            outcome["termination"], f"no plan within the limit ({outcome['termination']})"
        )
        why = "; ".join(outcome["explanation"][:1])
        errors = (f"{head}: {why}" if why else head, *outcome["explanation"][1:])
        return Answer(outcome, "", code, errors)
    errors = ()
    if not outcome["verified"]:
        errors = (f"the verifier rejects the plan, see {folder / 'verification.json'}",)
    text = "" if terminal.is_json else _summary(folder)
    return Answer(outcome, f"{text}\n{folder}", code, errors)


def earlier_plan(path: Path) -> Plan:
    """Return the plan of a run folder, or of a ``plan.json``.

    Raises:
        PlanError: there is none, or it cannot be read.
    """
    from siting.plan import Plan

    file = path / "plan.json" if path.is_dir() else path
    if not file.is_file():
        msg = f"--start-from {path}: no such run folder or plan"
        raise PlanError(msg)
    return Plan.load(file)


def _summary(folder: Path) -> str:
    from siting.report.text import summary_text
    from siting.verify import Verification

    run = load_run(folder)
    verification = Verification.load(folder / "verification.json")
    return summary_text(run.plan, verification, run.network, run.study)


def run_batch(
    terminal: Terminal,
    source: str,
    names: str,
    out: Path,
    workers: int | None,
    dask: str | None,
    options: RunOptions,
) -> Answer:
    """Solve scenarios side by side and compare them."""
    from siting.cli.comparison import compare_outcomes

    wanted = None if names == "all" else [name.strip() for name in names.split(",") if name.strip()]
    if wanted == []:
        msg = f"--scenarios: must name scenarios, or be 'all' (got {names!r})"
        raise StudyError(msg)
    _check_workers(workers)
    with _executor(dask) as executor:
        results = run_scenarios(
            source,
            wanted,
            out=out,
            workers=workers,
            executor=executor,
            progress=lambda result: terminal.say(_line(result)),
            options=options,
        )
    table = compare_outcomes(
        [(result.name, result.outcome) for result in results if result.outcome]
    )
    folder = write_comparison(results, out)
    files = sorted(str(path) for path in folder.iterdir()) if folder else []
    content = {
        "scenarios": [_content(result) for result in results],
        "comparison": files,
    }
    errors = tuple(f"{r.name}: {r.error}" for r in results if r.error)
    code = max((result.exit_code for result in results), default=0)
    return Answer(content, "\n".join([table.text(), *files]), code, errors)


def run_sweep(  # noqa: PLR0913, PLR0917
    terminal: Terminal,
    source: str,
    scenario: str | None,
    parameter: str,
    values: str,
    out: Path,
    workers: int | None,
    dask: str | None,
    options: RunOptions,
) -> Answer:
    """Solve a study for each value of a parameter."""
    from siting.sweep import sweep

    _check_workers(workers)
    with _executor(dask) as executor:
        frame = sweep(
            source,
            parameter,
            _values(values),
            scenario=scenario,
            out=out,
            workers=workers,
            executor=executor,
            progress=lambda result: terminal.say(_line(result)),
            options=options,
        )
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    shown = [parameter, "termination", "objective_usd", "network_cost_usd", "unserved_mw_years"]
    shown += ["campuses", "paradigms"]
    text = frame[shown].to_string(index=False)
    errors = tuple(f"{parameter}={r[parameter]}: {r['error']}" for r in records if r["error"])
    content = {"parameter": parameter, "rows": records, "parquet": frame.attrs["path"]}
    return Answer(content, f"{text}\n{frame.attrs['path']}", int(frame["exit_code"].max()), errors)


def _check_workers(workers: int | None) -> None:
    if workers is not None and workers < 1:
        msg = f"--workers: must be at least 1 (got {workers})"
        raise StudyError(msg)


def _values(text: str) -> list[Any]:
    value = parse_value(text if text.strip().startswith("[") else f"[{text}]")
    if not isinstance(value, list) or not value:
        msg = f"--values {text!r}: must be values separated by commas, e.g. 1,2,5"
        raise StudyError(msg)
    return value


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        msg = "--dask needs the library distributed: pip install 'siting[cluster]'"
        raise StudyError(msg) from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        msg = f"--dask {address}: no scheduler answers there ({error})"
        raise StudyError(msg) from error
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _line(result: ScenarioResult) -> str:
    if result.outcome is None:
        return f"{result.name}: failed, {result.error}"
    cost = result.outcome["objective_usd"]
    words = f"{cost / 1e6:,.3f} M USD" if cost is not None else "no plan"
    again = ", found from an earlier run" if result.reused else ""
    return f"{result.name}: {result.outcome['termination']}, {words}{again}"


def _content(result: ScenarioResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "exit_code": result.exit_code,
        "folder": str(result.folder),
        "reused": result.reused,
        "error": result.error,
        "outcome": result.outcome,
    }
