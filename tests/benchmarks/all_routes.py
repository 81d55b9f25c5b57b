"""The bounds over all routes never exceed what they bound, on random tiny studies.

    python -m tests.benchmarks.all_routes --first 0 --count 400 --out all_routes.csv
    python -m tests.benchmarks.all_routes --joint --first 0 --count 400 --out joint.csv

The studies are those of the oracle; their candidate routes are all routes, so the optimum is that
over all routes. The bound of the network is compared with its cost at the optimum; with ``--joint``
four in ten routes, drawn at random, are taken away from the candidates, and the joint bound over
all routes is compared with the optimum over all. One line a study, appended as it is done.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import tempfile
from pathlib import Path

from siting.errors import SitingError
from tests.benchmarks.agreement import append_row, seeds_done
from tests.oracle.draft import write
from tests.oracle.instances import random_draft
from tests.solve.all_routes_case import compare, compare_joint

COLUMNS = ("seed", "network_usd", "bound_usd", "share")
SLACK_USD = 0.5
JOINT_TIME_S = 10.0


def main() -> None:
    """Compare and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--joint", action="store_true", help="the bound of the whole problem")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    done = seeds_done(options.out)
    for seed in range(options.first, options.first + options.count):
        if seed not in done:
            row = compared_joint(seed) if options.joint else compared(seed)
            append_row(options.out, COLUMNS, row)
    with options.out.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["network_usd"]]
    above = [r for r in rows if float(r["bound_usd"]) > float(r["network_usd"]) + SLACK_USD]
    mean = sum(float(row["share"]) for row in rows) / max(len(rows), 1)
    kind = "studies" if options.joint else "networks"
    print(f"{len(rows)} {kind}, {len(above)} bounds above their cost; mean share {mean:.2f}")
    for row in above:
        print(f"  {row}")


def compared(seed: int) -> dict[str, object]:
    """Return the row of a seed; empty where the study is refused or its optimum has no network."""
    found = None
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(SitingError):
        found = compare(write(random_draft(seed), Path(folder)))
    return _row(seed, None if found is None else (found.network_usd, found.bound_usd))


def compared_joint(seed: int) -> dict[str, object]:
    """Return the row of a seed for the joint bound; empty where nothing was to compare."""
    found = None
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(SitingError):
        study = write(random_draft(seed), Path(folder))
        found = compare_joint(study, seed, time_limit_s=JOINT_TIME_S)
    return _row(seed, None if found is None else (found.optimum_usd, found.bound_usd))


def _row(seed: int, found: tuple[float, float] | None) -> dict[str, object]:
    if found is None:
        return {"seed": seed, "network_usd": "", "bound_usd": "", "share": ""}
    usd, bound_usd = found
    return {
        "seed": seed,
        "network_usd": f"{usd:.2f}",
        "bound_usd": f"{bound_usd:.2f}",
        "share": f"{bound_usd / usd:.4f}" if usd else "1",
    }


if __name__ == "__main__":
    main()
