"""What each ingredient of the network problem buys: switched off in turn.

    python -m tests.benchmarks.ingredients texas --gap 0.01 --time-limit 120

The problem is the fullest period of the first network that the decomposition asks for. Rows that
strengthen it are left out by name; the start from the support of the relaxation is left out by
solving cold. All cases in one run, one after the other; ratios mean something, seconds are of the
machine. The optimum does not change with any of them: each bound must stay below each cost.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

from siting import build_instance, build_network, load_study, solve
from siting.formulation import build_network_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve import decomposition
from siting.solve.highs import CompiledModel, Outcome
from siting.solve.network_parts import period_alone, restrict
from siting.solve.network_whole import run_model

INGREDIENTS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "whole pairs (`kept_pairs`)": ("routes.kept_pairs",),
    "whole channels (`kept_channels`)": ("routes.kept_channels",),
    "both": ("routes.kept_pairs", "routes.kept_channels"),
    "cables of lit routes (`lit_cable`, `built_cable`)": ("fiber.lit_cable", "fiber.built_cable"),
    "corridors of lit routes (`lit_corridor`, `lit_iru`)": ("fiber.lit_corridor", "fiber.lit_iru"),
    "racks of used huts (`rack_if_used`)": ("amplifiers.rack_if_used",),
    "flow through corridors (`connectivity`)": (
        "connectivity.flow_balance",
        "connectivity.flow_in_use",
    ),
}


class _Asked(Exception):  # noqa: N818
    """Carries the first network problem out of a run."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    without: str
    relaxation: float
    objective: float
    bound: float
    seconds: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--time-limit", type=float, default=120.0)
    options = parser.parse_args()
    part, asked = fullest_period(options.study)
    cases = list(measured(part, asked, options.gap, options.time_limit))
    best = min(case.objective for case in cases)
    broken = [case.without for case in cases if case.bound > best * (1 + 1e-9)]
    print(
        f"{len(asked)} links, {len(part.fiber_routes)} routes; best network {best:.4f} M USD a year"
    )
    print("\n| without | relaxation | found | bound | seconds |\n|---|---|---|---|---|")
    for case in cases:
        print(
            f"| {case.without} | {case.relaxation / best:.1%} | {case.objective / best:.2%} "
            f"| {case.bound / best:.2%} | {case.seconds:.1f} |"
        )
    if broken:
        msg = f"bounds above the best network without {', '.join(broken)}"
        raise SystemExit(msg)


def fullest_period(name: str) -> tuple[Instance, Requirements]:
    """Return the fullest period of the first network that a study's decomposition asks for."""
    study = load_study(name)
    instance = build_instance(study, build_network(study))

    def stop(part: Instance, asked: Requirements, **_: object) -> None:
        raise _Asked(part, asked)

    try:
        with mock.patch.object(decomposition, "solve_network", stop):
            solve(instance, method="decomposition")
    except _Asked as found:
        whole, asked = found.args
    periods = {t for _, t in asked}
    fullest = max(periods, key=lambda t: (sum(s == t for _, s in asked), t))
    alone = {(link, 0): items for (link, t), items in asked.items() if t == fullest}
    return period_alone(restrict(whole, asked), fullest), alone


def measured(
    part: Instance, asked: Requirements, gap: float, time_limit_s: float
) -> Iterator[Case]:
    """Yield the problem with everything, without each ingredient, and with a cold start."""
    for name, rows in INGREDIENTS.items():
        yield _case(part, asked, name, rows, gap, time_limit_s, warm=True)
    yield _case(part, asked, "start from the support", (), gap, time_limit_s, warm=False)


def _case(
    part: Instance,
    asked: Requirements,
    name: str,
    rows: tuple[str, ...],
    gap: float,
    time_limit_s: float,
    *,
    warm: bool,
) -> Case:
    model = build_network_model(part, asked, exact=False)
    for row in rows:
        model.find_component(row).deactivate()
    compiled = CompiledModel(model)
    relaxation = compiled.run(time_limit_s=time_limit_s, relaxed=True).objective
    if not warm:
        compiled = CompiledModel(model)
    started = time.perf_counter()
    found: Outcome = (
        run_model(model, compiled, time_limit_s, gap)
        if warm
        else compiled.run(time_limit_s=time_limit_s, relative_gap=gap)
    )
    seconds = time.perf_counter() - started
    return Case(name, relaxation, found.objective, found.bound, seconds)


if __name__ == "__main__":
    main()
