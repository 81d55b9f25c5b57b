"""The engine beside the naive model and a path model, on studies that grow.

    python -m tests.benchmarks.baselines --sizes 6x2 8x2 8x3 8x2thick 5x2@200 --gaps 0.0001 0.01

Sizes are campuses x periods on random sparse maps, with ``thick`` behind for demands of several
channels, or on so many corridors of real roads with ``@``. Every method gets a process of its own
and the same gap; the naive model (:mod:`tests.benchmarks.naive`) and the path model without
strengthening rows go whole to HiGHS on one thread, as the engine's own models do. The path model
has all simple paths, so it is left out on roads. The engine has four candidate paths of a link, and
its bound holds over every route (``every_route=True``), as that of the naive model does. Seconds
include building the model, not the instance, which all need; of the engine they include all that
``solve`` does, and its plans are verified. Where two methods both close, their costs must be equal
within the gap.
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
from tests.benchmarks.plain_highs import plain_highs
from tests.benchmarks.road_maps import road_study
from tests.benchmarks.sparse_maps import MOST_PATHS, Size, sparse_study

if TYPE_CHECKING:
    from siting.network import CandidateNetwork
    from siting.plan import Plan
    from siting.solve import Result
    from siting.study import Study

METHODS = ("engine", "paths", "naive")
ENGINE_PATHS = 4
"""Candidate paths of a link that the engine starts with."""
WALL = 20
"""Wall time allowed for each second of processor time: the machine may be busy."""
GAP = 1e-4
SEED = 3
RTT_MS = 10.0
Row = dict[str, Any]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["4x2", "5x2", "6x2", "7x2", "8x2"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--gaps", nargs="+", type=float, default=[GAP])
    parser.add_argument("--time-limit", type=float, default=1200.0, help="processor time, s")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--one", nargs=2, metavar=("SIZE", "METHOD"), help="print one as JSON")
    options = parser.parse_args()
    if options.one:
        size, method = options.one
        row = measured(size, options.seed, method, options.gaps[0], options.time_limit)
        print(json.dumps(row))
        return
    print(
        "| campuses x periods | corridors / routes | gap asked | method | rows x columns "
        "| cost, M USD | gap | CPU s | wall s | MB | CPU time of the engine |"
    )
    print("|" + "---|" * 11)
    for size, gap in itertools.product(options.sizes, options.gaps):
        rows = []
        for method in options.methods:
            if method == "paths" and "@" in size:
                continue
            rows.append(in_process(size, method, options.seed, gap, options.time_limit))
            print(line(size, gap, rows[-1], rows[0]), flush=True)
        for problem in disagreements(rows, gap):
            print(f"DIFFERENT: {size}: {problem}", flush=True)


def size_of(text: str, paths: int = MOST_PATHS) -> Size:
    """Return campuses x periods, with so many candidate paths of a link at most."""
    campuses, periods = (int(part) for part in text.removesuffix("thick").split("x"))
    return Size(campuses, periods, RTT_MS, is_thick=text.endswith("thick"), paths=paths)


def study_of(text: str, seed: int, paths: int, folder: Path) -> Study:
    """Return the study of a size, on a random map or on roads."""
    size, _, corridors = text.partition("@")
    if corridors:
        return road_study(size_of(size, ENGINE_PATHS), int(corridors), seed, folder)
    return sparse_study(size_of(size, paths), seed, folder)


def line(size: str, gap_asked: float, row: Row, first: Row) -> str:
    """Return a row of the table."""
    gap = "none" if math.isinf(row["objective"]) else f"{row['gap']:.4%}"
    return (
        f"| {size} | {row['corridors']} / {row['routes']} | {gap_asked:.2%} | {row['method']} "
        f"| {row['shape']} "
        f"| {row['objective']:,.4f} | {gap} | {row['cpu_s']:.1f} | {row['wall_s']:.1f} "
        f"| {row['peak_mb']:.0f} | x {row['cpu_s'] / first['cpu_s']:.1f} |"
    )


def disagreements(rows: list[Row], gap: float) -> list[str]:
    """Return where two methods contradict each other."""
    found = []
    for one, other in itertools.permutations(rows, 2):
        slack = 1e-9 * abs(other["objective"])
        if one["bound"] > other["objective"] + slack:
            found.append(f"bound of {one['method']} is above the cost of {other['method']}")
    for one, other in itertools.combinations(rows, 2):
        closed = max(one["gap"], other["gap"]) <= gap * 1.001
        if closed and abs(one["objective"] - other["objective"]) > gap * abs(one["objective"]):
            found.append(f"costs of {one['method']} and {other['method']}")
    return found


def in_process(size: str, method: str, seed: int, gap: float, limit_s: float) -> Row:
    """Return what a process of its own measures."""
    command = [sys.executable, "-m", "tests.benchmarks.baselines", "--one", size, method]
    command += ["--seed", str(seed), "--gaps", str(gap), "--time-limit", str(limit_s)]
    done = subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


def measured(size: str, seed: int, method: str, gap: float, limit_s: float) -> Row:
    """Return what one method finds, and what it takes."""
    paths = ENGINE_PATHS if method == "engine" else MOST_PATHS
    with tempfile.TemporaryDirectory() as folder:
        study = study_of(size, seed, paths, Path(folder) / "study")
        network = build_network(study)
        instance = build_instance(study, network)
        result = None
        wall, cpu = time.perf_counter(), time.process_time()
        if method == "engine":
            result = solve(
                instance,
                method="auto",
                relative_gap=gap,
                time_limit_s=limit_s,
                threads=1,
                every_route=True,
            )
            objective, bound, shape = result.objective_usd / 1e6, _everywhere(result) / 1e6, ""
        else:
            model = naive_model(instance, network) if method == "naive" else path_model(instance)
            compiled = plain_highs(model)
            stop_by_processor_time(compiled, cpu + limit_s)
            found = compiled.run(time_limit_s=WALL * limit_s, relative_gap=gap)
            objective, bound = found.objective, found.bound
            shape = "{} x {}".format(*compiled.size)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if result is not None:
            _require_verified(result.plan, study, network)
    return {
        "method": method,
        "corridors": len(network.corridors),
        "routes": len(instance.fiber_routes),
        "shape": shape,
        "objective": objective,
        "bound": bound,
        "gap": (objective - bound) / objective if math.isfinite(objective) else math.inf,
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def stop_by_processor_time(compiled: CompiledModel, stop: float) -> None:
    """Interrupt the search of a model at a processor time of this process, s."""

    def ask(event: Any) -> None:  # highspy's own
        if time.process_time() > stop:
            event.interrupt()

    compiled._highs.cbMipInterrupt.subscribe(ask)


def _everywhere(result: Result) -> float:
    """Return the bound over every route, USD."""
    solution = result.solution
    if solution is None or (result.instance is not None and result.instance.graph is None):
        return result.bound_usd
    return min(solution.all_routes_bound_usd, result.objective_usd)


def _require_verified(plan: Plan | None, study: Study, network: CandidateNetwork) -> None:
    if plan is None or not verify(plan, study, network).accepted:
        msg = "the engine has no plan that the verifier accepts"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
