"""Runs of compiled models, one after another."""

from __future__ import annotations

import random

import pyomo.environ as pyo
import pytest

from siting.solve.highs import CompiledModel, Status

ITEMS, LIMITS = 60, 25
LONG_S, SHORT_S = 0.6, 0.3


@pytest.mark.solver
def test_earlier_runs_do_not_use_up_the_time_of_a_relaxation():
    """HiGHS counts the time of all runs of a model against the limit of a continuous one."""
    rng = random.Random(1)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(ITEMS), domain=pyo.Binary)
    model.rows = pyo.ConstraintList()
    for _ in range(LIMITS):
        model.rows.add(sum(rng.randint(1, 60) * model.x[i] for i in range(ITEMS)) <= 300)
    model.objective = pyo.Objective(
        expr=-sum(rng.randint(10, 99) * model.x[i] for i in range(ITEMS))
    )
    compiled = CompiledModel(model)
    assert compiled.run(time_limit_s=LONG_S).status is Status.TIME_LIMIT
    assert compiled.run(time_limit_s=SHORT_S, relaxed=True).status is Status.OPTIMAL
