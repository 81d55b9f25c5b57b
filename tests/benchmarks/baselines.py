"""The engine beside the naive model and a path model, on random studies that grow.

    python -m tests.benchmarks.baselines --sizes 4x2 6x2 7x2 8x2 --time-limit 600

Sizes are campuses x periods, with ``thick`` behind for demands of several channels. Every method
gets a process of its own and the same gap; the naive model (:mod:`tests.benchmarks.naive`) and the
path model without strengthening rows go whole to HiGHS on one thread, as the engine's own models
do. Seconds include building the model, not the instance, which all need; of the engine they include
all that ``solve`` does, and its plans are verified. Where two methods both close, their costs must
be equal within the gap.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting import build_instance, build_network, solve, verify
from siting.solve.highs import CompiledModel
from tests.benchmarks.naive import naive_model, path_model
from tests.benchmarks.sparse_maps import Size, sparse_study

if TYPE_CHECKING:
    from siting.network import CandidateNetwork
    from siting.plan import Plan
    from siting.study import Study

METHODS = ("engine", "paths", "naive")
GAP = 1e-4
SEED = 3
RTT_MS = 10.0
Row = dict[str, Any]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["4x2", "5x2", "6x2", "7x2", "8x2"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--time-limit", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--one", nargs=2, metavar=("SIZE", "METHOD"), help="print one as JSON")
    options = parser.parse_args()
    if options.one:
        size, method = options.one
        print(json.dumps(measured(size_of(size), options.seed, method, options.time_limit)))
        return
    print(
        "| campuses x periods | corridors / routes | method | rows x columns | cost, M USD | gap "
        "| CPU s | wall s | MB | CPU time of the engine |"
    )
    print("|" + "---|" * 10)
    for size in options.sizes:
        rows = []
        for method in options.methods:
            rows.append(in_process(size, method, options.seed, options.time_limit))
            print(line(size, rows[-1], rows[0]), flush=True)
        for problem in disagreements(rows):
            print(f"DIFFERENT: {size}: {problem}", flush=True)


def size_of(text: str) -> Size:
    """Return campuses x periods."""
    campuses, periods = (int(part) for part in text.removesuffix("thick").split("x"))
    return Size(campuses, periods, RTT_MS, is_thick=text.endswith("thick"))


def line(size: str, row: Row, first: Row) -> str:
    """Return a row of the table."""
    gap = "none" if math.isinf(row["objective"]) else f"{row['gap']:.4%}"
    return (
        f"| {size} | {row['corridors']} / {row['routes']} | {row['method']} | {row['shape']} "
        f"| {row['objective']:,.4f} | {gap} | {row['cpu_s']:.1f} | {row['wall_s']:.1f} "
        f"| {row['peak_mb']:.0f} | x {row['cpu_s'] / first['cpu_s']:.1f} |"
    )


def disagreements(rows: list[Row]) -> list[str]:
    """Return where two methods contradict each other."""
    found = []
    for one, other in itertools.permutations(rows, 2):
        slack = 1e-9 * abs(other["objective"])
        if one["bound"] > other["objective"] + slack:
            found.append(f"bound of {one['method']} is above the cost of {other['method']}")
    for one, other in itertools.combinations(rows, 2):
        closed = max(one["gap"], other["gap"]) <= GAP * 1.001
        if closed and abs(one["objective"] - other["objective"]) > GAP * abs(one["objective"]):
            found.append(f"costs of {one['method']} and {other['method']}")
    return found


def in_process(size: str, method: str, seed: int, time_limit_s: float) -> Row:
    """Return what a process of its own measures."""
    command = [sys.executable, "-m", "tests.benchmarks.baselines", "--one", size, method]
    command += ["--seed", str(seed), "--time-limit", str(time_limit_s)]
    done = subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


def measured(size: Size, seed: int, method: str, time_limit_s: float) -> Row:
    """Return what one method finds, and what it takes."""
    with tempfile.TemporaryDirectory() as folder:
        study = sparse_study(size, seed, Path(folder) / "study")
        network = build_network(study)
        instance = build_instance(study, network)
        result = None
        wall, cpu = time.perf_counter(), time.process_time()
        if method == "engine":
            result = solve(instance, method="auto", relative_gap=GAP, time_limit_s=time_limit_s)
            objective, bound, shape = result.objective_usd / 1e6, result.bound_usd / 1e6, ""
        else:
            model = naive_model(instance, network) if method == "naive" else path_model(instance)
            compiled = CompiledModel(model)
            found = compiled.run(time_limit_s=time_limit_s, relative_gap=GAP)
            objective, bound = found.objective, found.bound
            shape = "{} x {}".format(*compiled.size)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if result is not None:
            _require_verified(result.plan, study, network)
    return {
        "method": method,
        "corridors": len(network.corridors),
        "routes": len(instance.fiber_routes),
        "all_paths": instance.graph is None,
        "shape": shape,
        "objective": objective,
        "bound": bound,
        "gap": (objective - bound) / objective if math.isfinite(objective) else math.inf,
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _require_verified(plan: Plan | None, study: Study, network: CandidateNetwork) -> None:
    if plan is None or not verify(plan, study, network).accepted:
        msg = "the engine has no plan that the verifier accepts"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
