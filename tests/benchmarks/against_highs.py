"""Gaps of the engine beside those of plain HiGHS after as many CPU seconds, over several seeds.

The engine has a limit of wall seconds, and at most two threads. Plain HiGHS then solves the model
as it is stated, the one that ``--export-mps`` writes, on one thread until it has had as many CPU
seconds; it hears of that between its own heuristics only, so its CPU seconds are given too. A
network is a random family of :mod:`tests.benchmarks.networks`, by its own model or one that is
given, with a seed for each network, or a public file and its model, with a seed for each run. A
ratio of gaps below a half is what is aimed at::

    python -m tests.benchmarks.against_highs --networks newyork ta nobel-us:U-U-E-N-S --seeds 3
        [--limit 120]
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import time
from collections.abc import Iterator

from siting.benchmarks.check_design import check_design
from siting.benchmarks.sndlib import parse_code, read_sndlib
from siting.formulation.capacity_design import capacity_design_model
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.compile_design import compile_design
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.method import solve_capacity_design
from siting.solve.highs_talk import Talk
from tests.benchmarks.networks import FAMILIES, gap_of, random_design
from tests.benchmarks.plain_highs import plain_highs
from tests.known.files import SHARED

WALL = 5.0
"""Plain HiGHS has so many times the limit of the engine, in wall seconds, at most."""
ABOVE = ["newyork-protected", "ta", "india", "germany-charged", "newyork", "nobel-us:U-U-E-N-S"]


def designs(network: str, seeds: int) -> Iterator[tuple[int, CapacityDesign]]:
    """Yield networks of a random family, of its model or another, or a public one, with seeds."""
    name, _, model = network.partition(":")
    family = next((family for family in FAMILIES if family.name == name), None)
    for seed in range(1, seeds + 1):
        if family is not None:
            code = model or family.code
            yield seed, random_design(dataclasses.replace(family, code=code), seed)
        else:
            yield seed, read_sndlib(SHARED / "sndlib" / f"{name}.xml", parse_code(model))


def plain(design: CapacityDesign, seed: int, cpu_s: float, wall_s: float) -> tuple[float, float]:
    """Return objective and bound of plain HiGHS after so many CPU seconds."""
    begin = time.process_time()

    def is_over() -> bool:
        return time.process_time() - begin > cpu_s

    found = plain_highs(capacity_design_model(design), seed).run(
        time_limit_s=wall_s,
        relative_gap=1e-6,
        talk=Talk(is_over, lambda _: is_over()),
    )
    return found.objective, found.bound


def line(network: str, seed: int, design: CapacityDesign, limit_s: float) -> str:
    """Solve both ways; return a line of the table."""
    begin = time.process_time()
    found = solve_capacity_design(design, Limits(limit_s, seed=seed))
    cpu_s = time.process_time() - begin
    wrong = check_design(design, found.solution) if found.solution else ["no design"]
    begin = time.process_time()
    objective, bound = plain(design, seed, cpu_s, WALL * limit_s)
    plain_s = time.process_time() - begin
    gap, other = gap_of(found.objective, found.bound), gap_of(objective, bound)
    ratio = gap / other if other > 0 and not math.isinf(other) else math.nan
    return (
        f"| {network} | {seed} | {found.objective:,.0f}, {found.bound:,.0f}, {100 * gap:.2f} % "
        f"({cpu_s:.0f}) | {objective:,.0f}, {bound:,.0f}, {100 * other:.2f} % ({plain_s:.0f}) "
        f"| {ratio:.2f} | {'; '.join(wrong[:1]) or 'right'} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=ABOVE, metavar="NAME[:MODEL]")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120.0)
    given = parser.parse_args()
    compile_design()
    print("| network | seed | engine: design, bound, gap (CPU s) | plain HiGHS | ratio | check |")
    print("|---|---|---|---|---|---|")
    for network in given.networks:
        for seed, design in designs(network, given.seeds):
            print(line(network, seed, design, given.limit), flush=True)


if __name__ == "__main__":
    main()
