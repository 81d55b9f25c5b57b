"""The engine against the oracle on one study."""

from __future__ import annotations

import time
from dataclasses import dataclass

from siting import build_instance, build_network, solve, verify
from siting.study import Study
from tests.oracle.brute import Optimum, optimum

TOLERANCE_USD = 1.0


@dataclass(frozen=True)
class Comparison:
    """What both found, USD, and what is wrong, in words."""

    best: Optimum
    engine_usd: float
    bound_usd: float
    oracle_seconds: float
    engine_seconds: float
    problems: tuple[str, ...]

    @property
    def difference_usd(self) -> float:
        """Engine less oracle."""
        return self.engine_usd - self.best.objective_usd


def compare(study: Study, method: str = "monolithic") -> Comparison:
    """Solve a study both ways: same objective, no bound above the optimum, a verified plan."""
    network = build_network(study)
    began = time.perf_counter()
    best = optimum(study, network)
    middle = time.perf_counter()
    result = solve(build_instance(study, network), method=method, relative_gap=0)
    ended = time.perf_counter()
    problems = []
    engine = bound = float("nan")
    if result.plan is None:
        problems.append(f"no plan: {result.explanation}")
    else:
        engine, bound = float(result.objective_usd), float(result.bound_usd)
        if abs(engine - best.objective_usd) > TOLERANCE_USD:
            problems.append(f"objective differs by {engine - best.objective_usd:+,.2f} USD")
        if bound > best.objective_usd + TOLERANCE_USD:
            problems.append(f"bound is {bound - best.objective_usd:,.2f} USD above the optimum")
        verification = verify(result.plan, study, network)
        problems += [f"violation: {v}" for v in verification.violations]
    return Comparison(best, engine, bound, middle - began, ended - middle, tuple(problems))
