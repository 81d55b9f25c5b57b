"""Runs of compiled models, one after another."""

from __future__ import annotations

import random

import pyomo.environ as pyo
import pytest

from siting.solve.highs import CompiledModel, Status
from siting.solve.support import run_in_support

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


def test_a_relaxation_that_may_stop_has_a_bound_that_holds():
    model, compiled = covering(seed=7), CompiledModel(covering(seed=7))
    whole = CompiledModel(model).relax(time_limit_s=10.0)
    compiled.relax(time_limit_s=10.0)
    for enough, status in ((-5.0, Status.STOPPED), (5.0, Status.OPTIMAL)):
        outcome = compiled.relax(time_limit_s=10.0, enough=whole.bound + enough)
        assert outcome.status is status
        assert outcome.bound <= whole.bound + 1e-6
        assert outcome.bound >= whole.bound + min(enough, 0.0) - 1e-6
    assert compiled.relax(time_limit_s=10.0).bound == pytest.approx(whole.bound)


def test_a_bound_up_to_an_amount_is_never_more_than_it_or_the_optimum():
    for seed in range(6):
        best = CompiledModel(covering(seed)).run(time_limit_s=10.0).objective
        for more in (-30.0, -1.0, 0.5, 30.0):
            compiled = CompiledModel(covering(seed))
            found = compiled.run(time_limit_s=10.0, to_bound=True, enough=best + more)
            assert found.bound <= best + min(more, 0.0) + 1e-6
            assert found.bound >= best + min(more, 0.0) - 1e-4
            # The next run looks for every solution again.
            assert compiled.run(time_limit_s=10.0).objective == pytest.approx(best)


def test_support_of_a_relaxation_gives_a_solution_of_the_whole():
    compiled = CompiledModel(covering(seed=3))
    relaxed = compiled.relax(time_limit_s=10.0)
    best = compiled.run(time_limit_s=10.0)
    assert relaxed.values is not None
    found = run_in_support(compiled, relaxed.values, time_limit_s=10.0, relative_gap=0.0)
    assert found.values is not None
    assert found.objective >= best.objective - 1e-6
    assert not found.values[relaxed.values < 1e-6].any()
    # Nothing stays left out.
    assert compiled.run(time_limit_s=10.0).objective == pytest.approx(best.objective)


def covering(seed: int) -> pyo.ConcreteModel:
    draw = random.Random(seed)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(40), domain=pyo.Binary)
    model.rows = pyo.ConstraintList()
    for _ in range(50):
        some = draw.sample(range(40), 8)
        model.rows.add(sum(draw.randint(1, 9) * model.x[i] for i in some) >= 10)
    cost = sum(draw.randint(1, 20) * model.x[i] for i in range(40))
    model.objective = pyo.Objective(expr=100 + cost)
    return model


def test_a_model_without_a_solution_may_be_asked_anything():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=pyo.Binary)
    model.never = pyo.Constraint(expr=0 * model.x >= 1)
    model.objective = pyo.Objective(expr=model.x)
    compiled = CompiledModel(model)
    compiled.presolve(on=False)
    with compiled.fixed([(model.x, 1.0)]):
        assert compiled.run(time_limit_s=LONG_S).status is Status.INFEASIBLE
    assert compiled.size == (0, 0)
