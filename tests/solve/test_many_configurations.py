"""Runs with many configurations: a plan before proofs and shared time change no bound."""

from __future__ import annotations

import pytest

from siting.solve import allowances, solve
from tests.solve.cases import USD, optimum_usd, tiny


@pytest.mark.solver
@pytest.mark.parametrize("seed", [8, 17, 24, 57, 97])
def test_a_plan_before_proofs_keeps_the_bounds(seed: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(allowances, "MANY", 0)
    result = solve(tiny(seed), method="decomposition", relative_gap=1e-6, time_limit_s=60.0, seed=1)
    best_usd = optimum_usd(seed)
    assert result.plan is not None
    assert result.bound_usd <= best_usd + USD
    assert result.objective_usd >= best_usd - USD
    assert result.objective_usd <= best_usd * 1.001 + USD
