"""One number of a study, varied: a table with a row for each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.loading import find_study
from siting.plan import COST_LINES
from siting.runs import RunOptions
from siting.scenarios import ScenarioResult, Variant, run_variants

if TYPE_CHECKING:
    import pandas as pd

SCALARS = (
    *("termination", "verified", "objective_usd", "bound_usd", "gap_usd", "relative_gap"),
    *("network_cost_usd", "network_gap_usd", "unserved_mw_years"),
)
"""Columns taken from the outcome as they are."""


def sweep(  # noqa: PLR0913
    study_source: str | Path,
    parameter: str,
    values: Sequence[Any],
    *,
    scenario: str | None = None,
    out: str | Path = "siting-runs",
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[ScenarioResult], None] | None = None,
    options: RunOptions | None = None,
) -> pd.DataFrame:
    """Solve a study once for each value of one parameter.

    Args:
        study_source: what :func:`siting.load_study` reads.
        parameter: dotted key of ``study.yaml``, as in a scenario, e.g.
            ``catalog.overrides.grid.line345``.
        values: its values; a value may also be a list or a file name.
        scenario: scenario to start from.
        out: folder that takes the run folders and the table; what is there already is not solved
            again.
        workers: processes; as many as processors when None.
        executor: see :func:`siting.run_scenarios`.
        progress: told of each result as it comes.
        options: how to solve and what to write; no reports when None.

    Returns:
        One row for each value: the outcome, campuses, paradigms, and every cost line in
        present-value USD. The same table is written to ``out`` as Parquet;
        ``frame.attrs["path"]`` is its path.
    """
    import pandas as pd

    variants = [
        Variant(name=f"{parameter}={value}", scenario=scenario, overrides={parameter: value})
        for value in values
    ]
    results = run_variants(
        study_source,
        variants,
        out=out,
        workers=workers,
        executor=executor,
        progress=progress,
        options=options or RunOptions(report=False),
    )
    rows = [_row(value, result) for value, result in zip(values, results, strict=True)]
    frame = pd.DataFrame(rows).rename(columns={"value": parameter})
    study = find_study(study_source).parent.name
    start = "-".join(part for part in (study, scenario, parameter) if part)
    path = Path(out) / f"sweep-{start}.parquet"
    stored = frame.copy()
    if stored[parameter].dtype == object:
        stored[parameter] = stored[parameter].astype(str)
    stored.to_parquet(path)
    frame.attrs["path"] = str(path)
    return frame


def _row(value: Any, result: ScenarioResult) -> dict[str, Any]:  # noqa: ANN401
    outcome = result.outcome or {"termination": "error", "verified": False}
    modes = [mode for job in outcome.get("modes", {}).values() for mode in job]
    costs = outcome.get("costs_usd", {})
    return {
        "value": value,
        **{key: outcome.get(key) for key in SCALARS},
        "campuses": len(outcome.get("campuses", ())),
        "campus_ids": ", ".join(campus["id"] for campus in outcome.get("campuses", ())),
        "paradigms": ", ".join(sorted({m["paradigm"] for m in modes if m["paradigm"]})),
        "fabrics": ", ".join(sorted({m["fabric"] for m in modes if m["fabric"]})),
        "links": len({tuple(link["campuses"]) for link in outcome.get("links", ())}),
        **{f"{line}_usd": costs.get(line) for line in COST_LINES},
        "exit_code": result.exit_code,
        "error": result.error,
        "folder": str(result.folder),
    }
