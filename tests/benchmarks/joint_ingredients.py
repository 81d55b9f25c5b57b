"""What each ingredient of the joint search buys: switched off in turn.

    python -m tests.benchmarks.joint_ingredients texas --seconds 60
    python -m tests.benchmarks.joint_ingredients texas --only "nothing" "C2 cuts"

Every case solves the whole problem anew on one thread, from the same instance (without latency
pruning from one with farther links), and is stopped after so many seconds of processor time. Told
are the processor time at which the gap that the study asks for was reached, and what bound and plan
stood at the end. An ingredient is switched off by a patch (:mod:`tests.benchmarks.switches`), never
in the engine. Optima do not change with any of them: each bound must stay below each cost.
"""

from __future__ import annotations

import argparse
import math
import time
from contextlib import suppress
from dataclasses import dataclass

from siting import build_instance, build_network, load_study, solve
from siting.instance import Instance
from siting.solve.result import Progress
from tests.benchmarks.switches import (
    Patch,
    bounds,
    of_failures,
    of_latency,
    of_reductions,
    of_search,
    switched_off,
)


def ingredients() -> dict[str, list[Patch]]:
    """Return what is patched for each case."""
    return {
        "nothing": [],
        **bounds(),
        **of_reductions(),
        **of_latency(),
        **of_search(),
        **of_failures(),
    }


class _Enough(Exception):  # noqa: N818
    """Ends a run."""


@dataclass(slots=True)
class Run:
    """What a run reached, USD and s of processor time."""

    name: str
    limit_s: float
    gap: float
    begun: float
    objective_usd: float = math.inf
    bound_usd: float = -math.inf
    reached_s: float = math.inf
    first_plan_s: float = math.inf
    steps: int = 0

    def take(self, told: Progress) -> None:
        """Take what the solve tells; end it once the gap is reached or time is up."""
        elapsed_s = time.process_time() - self.begun
        if told.phase == "siting and network":
            self.steps += 1
            self.objective_usd = min(self.objective_usd, told.objective_usd)
            self.bound_usd = max(self.bound_usd, told.bound_usd)
            if math.isfinite(self.objective_usd):
                self.first_plan_s = min(self.first_plan_s, elapsed_s)
                if self.objective_usd - self.bound_usd <= self.gap * self.objective_usd + 1.0:
                    self.reached_s = elapsed_s
                    raise _Enough
        if elapsed_s > self.limit_s:
            raise _Enough

    def line(self) -> str:
        """Return a row of the table."""
        gap = (self.objective_usd - self.bound_usd) / 1e6
        reached = "-" if math.isinf(self.reached_s) else f"{self.reached_s:.0f}"
        return (
            f"| {self.name} | {self.first_plan_s:.0f} | {self.objective_usd / 1e6:,.1f} "
            f"| {self.bound_usd / 1e6:,.1f} | {gap:,.1f} | {reached} | {self.steps} |"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study")
    parser.add_argument("--seconds", type=float, default=60.0, help="processor time of a case")
    parser.add_argument("--only", nargs="+", help="cases; all by default")
    options = parser.parse_args()
    study = load_study(options.study)
    network = build_network(study)
    instance = build_instance(study, network)
    print("| without | first plan, s | plan, M USD | bound | gap | gap asked for, s | steps |")
    print("|" + "---|" * 7)
    runs = []
    for name, patches in ingredients().items():
        if not options.only or name in options.only:
            case = instance
            if name in of_latency():
                with switched_off(patches):
                    case = build_instance(study, network)
            runs.append(measured(case, name, patches, options.seconds))
            print(runs[-1].line(), flush=True)
    best = min(run.objective_usd for run in runs)
    if broken := [run.name for run in runs if run.bound_usd > best * (1 + 1e-9)]:
        msg = f"bounds above the best plan without {', '.join(broken)}"
        raise SystemExit(msg)


def measured(instance: Instance, name: str, patches: list[Patch], seconds: float) -> Run:
    """Return what a solve without an ingredient reaches."""
    gap = float(str(instance.defaults["relative_gap"]))
    run = Run(name, seconds, gap, time.process_time())
    with switched_off(patches), suppress(_Enough):
        solve(instance, method="decomposition", threads=1, progress=run.take)
    return run


if __name__ == "__main__":
    main()
