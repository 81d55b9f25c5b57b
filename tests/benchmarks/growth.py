"""How time grows with the detail of one map: phases apart, with fitted exponents.

    python -m tests.benchmarks.growth --out build/growth --plot tests/benchmarks/growth.svg

Campuses, periods, demand and gaps are the same at every size; only the map gets finer
(:mod:`tests.benchmarks.densified`), from the long-distance roads and railways of the conterminous
US to all bundled ways. Every size gets a process of its own. All stop by the gap, none by time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from siting import build_instance, build_network, solve, verify
from tests.benchmarks.densified import bundled_ways, detailed_study, ranked

PLACES = (30, 60, 150, 600, None)
"""Places whose shortest paths make the map; None: all ways."""
PHASES = ("network", "instance", "solve", "verify")
GAP, NETWORK_GAP, TIME_LIMIT_S = 0.02, 0.5, 3000.0
Row = dict[str, Any]


def main() -> None:
    """Measure, fit and print; draw when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for maps and rows")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--one", help="measure one study folder and print JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(Path(options.one))))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    rows = [row_of(options.out, places) for places in PLACES]
    rows.sort(key=lambda row: row["corridors"])
    print("\n".join(table(rows)))
    if options.plot:
        draw(rows, options.plot)


def row_of(folder: Path, places: int | None) -> Row:
    """Return the row of one size, from a file when it was measured before."""
    name = "all" if places is None else str(places)
    file = folder / f"{name}.json"
    if not file.is_file():
        ways = None
        if places is not None:
            every = bundled_ways()
            ways = [
                w for w, rank in zip(every, ranked(every, places), strict=True) if rank <= places
            ]
        study = detailed_study(folder / name, ways)
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(study))
        command = [sys.executable, "-m", "tests.benchmarks.growth", "--out", str(folder)]
        command += ["--one", str(folder / f"{name}.pickle")]
        done = subprocess.run(
            command, env=os.environ, stdout=subprocess.PIPE, text=True, check=True
        )
        file.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
        print(done.stdout.splitlines()[-1], file=sys.stderr)
    row: Row = json.loads(file.read_text(encoding="utf-8"))
    return row


def measured(file: Path) -> Row:
    """Return sizes, CPU and wall seconds of each phase, and what was found."""
    import geopandas as gpd  # noqa: F401

    from siting.solve import decomposition  # noqa: F401

    study = pickle.loads(file.read_bytes())  # written by this command
    row: Row = {}

    def timed(phase: str, work: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        row[phase] = time.process_time() - cpu
        row[f"{phase}_wall"] = time.perf_counter() - wall
        return found

    network = timed("network", lambda: build_network(study))
    instance = timed("instance", lambda: build_instance(study, network))
    result = timed(
        "solve",
        lambda: solve(
            instance,
            relative_gap=GAP,
            network_relative_gap=NETWORK_GAP,
            time_limit_s=TIME_LIMIT_S,
        ),
    )
    if result.plan is None:
        msg = f"no plan: {result.termination}"
        raise SystemExit(msg)
    checked = timed("verify", lambda: verify(result.plan, study, network))
    return row | {
        "nodes": len(network.nodes),
        "corridors": len(network.corridors),
        "huts": len(network.huts),
        "routes": len(instance.fiber_routes),
        "termination": str(result.termination),
        "objective_usd": result.objective_usd,
        "relative_gap": (result.objective_usd - result.bound_usd) / result.objective_usd,
        "accepted": checked.accepted,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def exponent(corridors: list[int], seconds: list[float]) -> float:
    """Return the slope of the straight line through the logarithms."""
    return float(np.polyfit(np.log(corridors), np.log(seconds), 1)[0])


def total(row: Row, suffix: str = "") -> float:
    """Return the time of all phases."""
    return math.fsum(row[phase + suffix] for phase in PHASES)


def table(rows: list[Row]) -> list[str]:
    """Return the lines of the table."""
    head = "| corridors | nodes | huts | routes | network | instance | solve | verify "
    head += "| total, CPU s | wall s | MB | plan, M USD | gap | ended by | verified |"
    lines = [head, "|" + "---|" * 15]
    lines += [
        f"| {r['corridors']:,} | {r['nodes']:,} | {r['huts']:,} | {r['routes']:,} | "
        + " | ".join(f"{r[phase]:.1f}" for phase in PHASES)
        + f" | {total(r):.1f} | {total(r, '_wall'):.0f} | {r['peak_mb']:.0f} "
        f"| {r['objective_usd'] / 1e6:,.1f} | {r['relative_gap']:.2%} | {r['termination']} "
        f"| {'yes' if r['accepted'] else 'NO'} |"
        for r in rows
    ]
    sizes = [r["corridors"] for r in rows]
    fits = [exponent(sizes, [r[phase] for r in rows]) for phase in PHASES]
    both = [exponent(sizes, [total(r, s) for r in rows]) for s in ("", "_wall")]
    lines.append(
        "| exponent | | | | " + " | ".join(f"{x:.2f}" for x in (*fits, *both)) + " | | | | | |"
    )
    return lines


def draw(rows: list[Row], path: Path) -> None:
    """Draw time over corridors, a line a phase, and a line of exponent 1.3 to compare."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    sizes = [row["corridors"] for row in rows]
    for phase in PHASES:
        slope = exponent(sizes, [row[phase] for row in rows])
        axes.plot(sizes, [row[phase] for row in rows], "o-", label=f"{phase} ({slope:.2f})")
    all_s = [total(row) for row in rows]
    axes.plot(sizes, all_s, "ks-", label=f"all ({exponent(sizes, all_s):.2f})")
    limit = [all_s[0] * (size / sizes[0]) ** 1.3 for size in sizes]
    axes.plot(sizes, limit, "k:", label="exponent 1.3")
    axes.set(xscale="log", yscale="log", xlabel="corridors", ylabel="CPU time, s")
    ticks = [1000, 3000, 10_000, 30_000]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(title="phase (exponent)", fontsize="small")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
