"""Every public problem beside the checkout, by the engine and by plain HiGHS on the stated model.

Plain HiGHS solves the model as it is stated, one variable for each module and no cuts of ours, on
one thread, for the same time limit, one after the other. Prints a table::

    python -m tests.benchmarks.known_answers [--time-limit 120] [--without-plain]
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import highspy

from siting.benchmarks.run import Asked, run_benchmark
from tests.known.files import SHARED

NETWORKS = [
    *((name, model) for name in ("polska", "abilene", "atlanta") for model in ("D-B-M", "U-U-M")),
    ("nobel-us", "U-U-E"),
    ("nobel-germany", "U-U-E"),
]


def plain_gap(mps: Path, time_limit_s: float) -> tuple[float, float, float]:
    """Return objective, bound and gap of plain HiGHS on one thread."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", time_limit_s)
    highs.setOptionValue("mip_rel_gap", 1e-6)
    highs.readModel(str(mps))
    highs.run()
    info = highs.getInfo()
    best, bound = info.objective_function_value, info.mip_dual_bound
    return best, bound, max(best - bound, 0.0) / max(abs(best), 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--without-plain", action="store_true")
    given = parser.parse_args()
    mps = Path("build/known.mps")
    mps.parent.mkdir(exist_ok=True)
    files = [
        (p, None) for folder in ("cfl", "steiner") for p in sorted((SHARED / folder).glob("*"))
    ]
    files = [(p, m) for p, m in files if p.suffix in {".cap", ".gr"}]
    files += [(SHARED / "sndlib" / f"{name}.xml", model) for name, model in NETWORKS]
    print("| file | model | objective | bound | gap | seconds | known | plain HiGHS: gap |")
    print("|---|---|---|---|---|---|---|---|")
    for path, model in files:
        asked = Asked(model=model, time_limit_s=given.time_limit, export_mps=mps if model else None)
        found = run_benchmark(path, asked)
        plain = math.nan
        if model and not given.without_plain:
            plain = plain_gap(mps, given.time_limit)[2]
        known = found.known.value if found.known else math.nan
        print(
            f"| {path.stem} | {model or ''} | {found.objective:,.3f} | {found.bound:,.3f} "
            f"| {100 * found.gap:.4f} % | {found.seconds:.1f} | {known:,.3f} "
            f"| {f'{100 * plain:.2f} %' if model else ''} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
