"""The bound over all routes never exceeds the cost of a network, on random tiny studies.

    python -m tests.benchmarks.all_routes --first 0 --count 400 --out all_routes.csv

The studies are those of the oracle; their candidate routes are all routes, so the optimum is that
over all routes. One line a study, appended as it is done.
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
from tests.solve.all_routes_case import compare

COLUMNS = ("seed", "network_usd", "bound_usd", "share")
SLACK_USD = 0.5


def main() -> None:
    """Compare and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    done = seeds_done(options.out)
    for seed in range(options.first, options.first + options.count):
        if seed not in done:
            append_row(options.out, COLUMNS, compared(seed))
    with options.out.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["network_usd"]]
    above = [r for r in rows if float(r["bound_usd"]) > float(r["network_usd"]) + SLACK_USD]
    mean = sum(float(row["share"]) for row in rows) / max(len(rows), 1)
    print(f"{len(rows)} networks, {len(above)} bounds above their cost; mean share {mean:.2f}")
    for row in above:
        print(f"  {row}")


def compared(seed: int) -> dict[str, object]:
    """Return the row of a seed; empty where the study is refused or its optimum has no network."""
    found = None
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(SitingError):
        found = compare(write(random_draft(seed), Path(folder)))
    if found is None:
        return {"seed": seed, "network_usd": "", "bound_usd": "", "share": ""}
    return {
        "seed": seed,
        "network_usd": f"{found.network_usd:.2f}",
        "bound_usd": f"{found.bound_usd:.2f}",
        "share": f"{found.bound_usd / found.network_usd:.4f}" if found.network_usd else "1",
    }


if __name__ == "__main__":
    main()
