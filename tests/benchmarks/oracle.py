"""Engine against brute force on random tiny studies over all features.

    python -m tests.benchmarks.oracle --first 0 --count 1000 --out oracle.csv

Same objective within 1 USD, no bound above the optimum, a plan that the verifier accepts. One line
a study, appended as it is done; a second run goes on where the first stopped.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

from tests.benchmarks.agreement import append_row, seeds_done
from tests.oracle.compare import compare
from tests.oracle.draft import write
from tests.oracle.instances import BUNDLES, random_draft

COLUMNS = (
    "seed",
    "bundle",
    "features",
    "oracle_usd",
    "difference_usd",
    "oracle_seconds",
    "engine_seconds",
    "problems",
)


def main() -> None:
    """Compare and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--method", default="monolithic")
    options = parser.parse_args()
    done = seeds_done(options.out)
    for seed in range(options.first, options.first + options.count):
        if seed not in done:
            append_row(options.out, COLUMNS, compared(seed, options.method))
    with options.out.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    wrong = [row for row in rows if row["problems"]]
    print(f"{len(rows)} studies, {len(rows) - len(wrong)} equal within 1 USD and verified")
    for row in wrong:
        print(f"  {row['seed']} ({row['bundle']}): {row['problems']}")


def compared(seed: int, method: str) -> dict[str, object]:
    """Return the row of a seed."""
    draft = random_draft(seed)
    with tempfile.TemporaryDirectory() as folder:
        found = compare(write(draft, Path(folder)), method)
    return {
        "seed": seed,
        "bundle": BUNDLES[seed % len(BUNDLES)].name,
        "features": " ".join(draft["features"]),
        "oracle_usd": f"{found.best.objective_usd:.2f}",
        "difference_usd": f"{found.difference_usd:.4f}",
        "oracle_seconds": f"{found.oracle_seconds:.2f}",
        "engine_seconds": f"{found.engine_seconds:.2f}",
        "problems": "; ".join(found.problems),
    }


if __name__ == "__main__":
    main()
