"""What ingredients buy on small studies whose optimum is known by brute force.

    python -m tests.benchmarks.small_ingredients --count 90

The studies are those of the oracle (:mod:`tests.oracle.aimed`), each solved by the decomposition
with everything, then without each ingredient in turn; reductions are switched off in the whole
model too. No bound may be above the optimum, no plan below it, and where a run says that it closed
the gap its plan must be the optimum: so it is shown that no reduction changes one. What a run with
everything does not come to is not switched off: nothing would change. With ``--pinned`` the studies
are three whose dearer way is pinned.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from siting import build_instance, build_network, solve
from siting.instance import Instance
from siting.network import CandidateNetwork
from siting.study import Study
from tests.analytic.test_forbidden import ROADS, TERMINALS
from tests.analytic.tiny import PER_KM, free_sites
from tests.benchmarks.switches import (
    bounds,
    of_failures,
    of_latency,
    of_reductions,
    of_search,
    switched_off,
    watched,
)
from tests.oracle.aimed import visited
from tests.oracle.brute import optimum
from tests.oracle.draft import Draft, write

USD = 1.0
EVERYTHING = "nothing"
WHOLE = " (whole model)"


@dataclass(frozen=True, slots=True)
class Known:
    """A study with its optimum."""

    name: str
    study: Study
    network: CandidateNetwork
    usd: float


@dataclass(frozen=True, slots=True)
class Run:
    """What a solve gave."""

    known: Known
    objective_usd: float
    bound_usd: float
    choices: int
    """Routes times transport options."""
    cpu_s: float

    @property
    def result(self) -> tuple[float, float, int]:
        """What shows that a run went another way."""
        return round(self.objective_usd, 2), round(self.bound_usd, 2), self.choices


@dataclass(slots=True)
class Row:
    """What runs without an ingredient reached in all."""

    met: int = 0
    """Studies whose run comes to the ingredient."""
    changed: int = 0
    """Runs that went another way: other gap, bound or plan, or another number of choices."""
    closed: int = 0
    optimal: int = 0
    left_usd: float = 0.0
    choices: int = 0
    """Routes times designs of the instances."""
    cpu_s: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, run: Run, everything: Run, *, met: bool = True) -> None:
        """Add a run, beside the one with everything."""
        gap_usd = run.objective_usd - run.bound_usd
        is_closed, is_optimal = gap_usd <= USD, abs(run.objective_usd - run.known.usd) <= USD
        self.met += met
        self.changed += run.result != everything.result
        self.closed += is_closed
        self.optimal += is_optimal
        self.left_usd += max(gap_usd, 0.0)
        self.choices += run.choices
        self.cpu_s += run.cpu_s
        best = f"{run.known.name}: the optimum is {run.known.usd:,.2f}"
        if run.bound_usd > run.known.usd + USD:
            self.wrong.append(f"{best}, the bound above it")
        if run.objective_usd < run.known.usd - USD:
            self.wrong.append(f"{best}, the plan below it")
        if is_closed and not is_optimal:
            self.wrong.append(f"{best}, the gap closed elsewhere")

    def line(self, name: str) -> str:
        """Return a row of the table."""
        return (
            f"| {name} | {self.met} | {self.changed} | {self.closed} | {self.optimal} "
            f"| {self.left_usd:,.0f} | {self.choices:,} | {self.cpu_s:.1f} | {len(self.wrong)} |"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=90)
    parser.add_argument("--pinned", action="store_true", help="studies with pins instead")
    parser.add_argument("--only", nargs="+", help="ingredients; all by default")
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    with tempfile.TemporaryDirectory() as folder:
        for known in pinned(Path(folder)) if options.pinned else ():
            add(rows, known, options.only)
    for seed in range(options.first, options.first + options.count * (not options.pinned)):
        with tempfile.TemporaryDirectory() as folder:
            add(rows, aimed(seed, Path(folder)), options.only)
    print(
        "| without | comes to it in | went another way | closed | optimum found | gaps left, USD "
        "| routes x options | CPU s | wrong |\n" + "|---" * 9 + "|"
    )
    for name, row in rows.items():
        print(row.line(name))
    if wrong := [f"{name}: {text}" for name, row in rows.items() for text in row.wrong]:
        raise SystemExit("\n".join(wrong))


def aimed(seed: int, folder: Path) -> Known:
    """Return the study of a seed with its optimum."""
    held: list[Study] = []

    def visit(study: Study, _: Draft) -> float:
        held[:] = [study]
        return optimum(study, build_network(study)).objective_usd

    _, usd = visited(seed, folder, visit)
    return Known(str(seed), held[0], build_network(held[0]), usd)


def pinned(folder: Path) -> Iterator[Known]:
    """Yield the studies whose dearer way is pinned; what it costs is length times price."""
    way = 45.0 * PER_KM + TERMINALS
    both = 85.0 * PER_KM + 2 * TERMINALS
    cases: list[tuple[Draft, float]] = [
        ({"pin_corridors": ["b-j"]}, way),
        ({"pin_routes": [["b-j", "a-j"]]}, way),
        ({"pin_routes": [["a-b"], ["a-j", "b-j"]]}, both),
    ]
    for number, (rules, usd) in enumerate(cases):
        draft = free_sites(ROADS, 700.0)
        draft["file"]["rules"] = rules
        study = write(draft, folder / str(number))
        yield Known(str(rules), study, build_network(study), usd)


def add(rows: dict[str, Row], known: Known, only: list[str] | None) -> None:
    """Solve a study with everything and without each ingredient; add up what comes of it."""
    plain = build_instance(known.study, known.network)
    with switched_off([patch for patches in of_latency().values() for patch in patches]):
        farther = build_instance(known.study, known.network)
    reductions = of_reductions()
    parts = {**reductions, **of_search(), **of_failures(), **bounds()}
    for method, ingredients in (("decomposition", parts), ("monolithic", reductions)):
        words = WHOLE if method == "monolithic" else ""
        with watched(ingredients) as met:
            everything = _solved(known, plain, method)
        rows.setdefault(EVERYTHING + words, Row()).add(everything, everything)
        row = rows.setdefault("latency pruning" + words, Row())
        row.add(_solved(known, farther, method), everything)
        for name, patches in ingredients.items():
            if only and name not in only:
                continue
            run = everything
            if name in met:
                with switched_off(patches):
                    run = _solved(known, plain, method)
            rows.setdefault(name + words, Row()).add(run, everything, met=name in met)


def _solved(known: Known, instance: Instance, method: str) -> Run:
    began = time.process_time()
    result = solve(instance, method=method, relative_gap=0, threads=1)
    cpu_s = time.process_time() - began
    choices = sum(len(route.designs) for route in instance.fiber_routes.values())
    return Run(known, float(result.objective_usd), float(result.bound_usd), choices, cpu_s)


if __name__ == "__main__":
    main()
