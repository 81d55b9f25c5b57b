"""Does the verifier accept what the engine proposes? Random mid-size studies over all features.

    python -m tests.benchmarks.agreement --first 0 --count 500 --out agreement.csv

One line a study, appended as it is done; a second run goes on where the first stopped.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from siting import build_instance, build_network, solve, verify
from siting.errors import SitingError
from siting.study_copy import study_catalog
from tests.benchmarks.mid_size import mid_size_study

COLUMNS = (
    "seed",
    "features",
    "outcome",
    "objective_usd",
    "relative_gap",
    "network_relative_gap",
    "routes",
    "seconds",
    "rules",
)


def main() -> None:
    """Solve, verify and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=10.0)
    options = parser.parse_args()
    done = seeds_done(options.out)
    seeds = [s for s in range(options.first, options.first + options.count) if s not in done]
    with ProcessPoolExecutor(options.processes) as pool:
        running = {pool.submit(agreement, seed, options.time_limit) for seed in seeds}
        for future in as_completed(running):
            append_row(options.out, COLUMNS, future.result())
    _summary(options.out)


def agreement(seed: int, time_limit_s: float) -> dict[str, object]:
    """Return what became of the study of ``seed``."""
    began = time.perf_counter()
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row["seed"] = seed
    with tempfile.TemporaryDirectory() as folder:
        try:
            study, features = mid_size_study(seed, Path(folder))
            row["features"] = ";".join(features)
            network = build_network(study)
            result = solve(build_instance(study, network), time_limit_s=time_limit_s)
            if result.plan is None:
                row["outcome"] = f"no plan: {result.termination}"
            else:
                found = verify(result.plan, study, network, study_catalog(study))
                row["outcome"] = "accepted" if found.accepted else "rejected"
                row["rules"] = ";".join(sorted({v.rule for v in found.violations}))
                row["objective_usd"] = result.plan.objective_usd
                row["relative_gap"] = result.plan.bounds.relative_gap
                row["network_relative_gap"] = result.plan.bounds.network_relative_gap
                row["routes"] = sum(len(link.routes) for link in result.plan.links)
        except SitingError as error:
            row["outcome"] = f"refused: {str(error).splitlines()[-1][:120]}"
        except Exception as error:  # noqa: BLE001 (a crash is a finding, and the run goes on)
            row["outcome"] = f"crash: {type(error).__name__}: {str(error)[:120]}"
    row["seconds"] = round(time.perf_counter() - began, 2)
    return row


def seeds_done(path: Path) -> set[int]:
    """Return the seeds that a table of results holds."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as handle:
        return {int(row["seed"]) for row in csv.DictReader(handle)}


def append_row(path: Path, columns: Sequence[str], row: Mapping[str, object]) -> None:
    """Append a row, after the header when the file is new."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        if new:
            writer.writeheader()
        writer.writerow(row)


def _summary(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    plans = [row for row in rows if row["outcome"] in {"accepted", "rejected"}]
    accepted = sum(row["outcome"] == "accepted" for row in plans)
    print(f"{len(rows)} studies, {len(plans)} plans, {accepted} accepted by the verifier")
    for row in rows:
        if row["outcome"] != "accepted":
            print(f"  {row['seed']}: {row['outcome']} {row['rules']} [{row['features']}]")


if __name__ == "__main__":
    main()
