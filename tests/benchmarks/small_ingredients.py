"""What ingredients buy on small studies whose optimum is known by brute force.

    python -m tests.benchmarks.small_ingredients --count 90

The studies are those of the oracle (:mod:`tests.oracle.aimed`), each solved by the decomposition
with everything, then without each ingredient in turn; reductions are switched off in the whole
model too. No bound may be above the optimum, no plan below it, and where a run says that it closed
the gap its plan must be the optimum: so it is shown that no reduction changes one. What a run with
everything does not come to is not switched off: nothing would change. With ``--pinned`` each study
whose optimum has a network is solved with a corridor pinned that it does not take.
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
from tests.oracle.search import TooManyDesignsError

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
    parser.add_argument("--pinned", action="store_true", help="only studies with a pinned corridor")
    parser.add_argument("--only", nargs="+", help="ingredients; all by default")
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    for seed in range(options.first, options.first + options.count):
        with tempfile.TemporaryDirectory() as folder:
            for known in studies(seed, Path(folder), pinned=options.pinned):
                add(rows, known, options.only)
    print(
        "| without | comes to it in | went another way | closed | optimum found | gaps left, USD "
        "| routes x options | CPU s | wrong |\n" + "|---" * 9 + "|"
    )
    for name, row in rows.items():
        print(row.line(name))
    if wrong := [f"{name}: {text}" for name, row in rows.items() for text in row.wrong]:
        raise SystemExit("\n".join(wrong))


def studies(seed: int, folder: Path, *, pinned: bool) -> Iterator[Known]:
    """Yield the study of a seed, or those with one corridor pinned, with their optima."""
    held: list[tuple[Study, Draft]] = []

    def visit(study: Study, draft: Draft) -> float:
        held[:] = [(study, draft)]
        return optimum(study, build_network(study)).objective_usd

    _, usd = visited(seed, folder, visit)
    study, draft = held[0]
    if not pinned:
        yield Known(str(seed), study, build_network(study), usd)
        return
    for corridor in _not_taken(study):
        rules = {**draft["file"].get("rules", {}), "pin_corridors": [corridor]}
        content: Draft = {**draft, "file": {**draft["file"], "rules": rules}}
        changed = write(content, folder / f"pin-{corridor}")
        network = build_network(changed)
        try:
            usd = optimum(changed, network).objective_usd
        except (TooManyDesignsError, ValueError):
            continue  # too large, or there is no plan
        yield Known(f"{seed} with {corridor} pinned", changed, network, usd)


def _not_taken(study: Study) -> list[str]:
    """Return the corridors of candidate routes that the best plan leaves dark, if it has links."""
    instance = build_instance(study, build_network(study))
    plan = solve(instance, method="monolithic", relative_gap=0).plan
    if plan is None or not plan.links:
        return []
    taken = {e for link in plan.links for route in link.routes for e in route.corridors}
    return sorted({e for r in instance.fiber_routes.values() for e in r.corridors} - taken)


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
