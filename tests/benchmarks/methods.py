"""Decomposition against the whole model, on parts of Texas that grow.

    python -m tests.benchmarks.methods --sizes 3 4 5 6 8 --time-limit 120 --out methods.csv

The K largest campuses of ``texas`` with demand in proportion: the same candidate routes, latency
pruning and gap for both methods, one after the other in one run. ``whole`` is the K-route path
model (four paths a link) handed to HiGHS in one piece. Ratios of the two mean something; seconds
are of the machine.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from pathlib import Path

from siting import build_instance, build_network, load_study, solve
from siting.study import Study
from tests.benchmarks.agreement import append_row

COLUMNS = (
    *("campuses", "routes", "designs", "method", "termination"),
    *("objective_usd", "bound_usd", "relative_gap", "seconds"),
)
GAP = 0.002


def main() -> None:
    """Solve each size by both methods and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[3, 4, 5, 6, 8])
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    study = load_study("texas")
    network = build_network(study)
    for size in options.sizes:
        part = largest(study, size)
        instance = build_instance(part, network)
        routes = instance.fiber_routes.values()
        for method in ("decomposition", "monolithic"):
            started = time.perf_counter()
            found = solve(
                instance,
                method=method,
                relative_gap=GAP,
                network_relative_gap=0.01,
                time_limit_s=options.time_limit,
            )
            row = {
                "campuses": size,
                "routes": len(routes),
                "designs": sum(len(route.designs) for route in routes),
                "method": "whole" if method == "monolithic" else method,
                "termination": str(found.termination),
                "objective_usd": f"{found.objective_usd:.0f}",
                "bound_usd": f"{found.bound_usd:.0f}",
                "relative_gap": _gap(found.objective_usd, found.bound_usd),
                "seconds": f"{time.perf_counter() - started:.1f}",
            }
            append_row(options.out, COLUMNS, row)
            print(*row.values())
    with options.out.open(encoding="utf-8", newline="") as handle:
        print(len(list(csv.DictReader(handle))), "rows in", options.out)


def _gap(objective_usd: float, bound_usd: float) -> str:
    if not math.isfinite(objective_usd):
        return "no plan"
    return f"{(objective_usd - bound_usd) / objective_usd:.6f}"


def largest(study: Study, count: int) -> Study:
    """Return the study with its largest campuses and as much of its demand."""
    by_limit = sorted(study.campuses.values(), key=lambda c: (-c.limit_mw, c.id))
    kept = {c.id: c for c in by_limit[:count]}
    share = sum(c.limit_mw for c in kept.values()) / sum(c.limit_mw for c in by_limit)
    (job,) = study.file.workloads
    asked = tuple(mw * share for mw in job.it_demand_mw)
    smaller = job.model_copy(update={"it_demand_mw": asked, "campuses": tuple(sorted(kept))})
    file = study.file.model_copy(update={"workloads": (smaller,)})
    return study.model_copy(update={"file": file})


if __name__ == "__main__":
    main()
