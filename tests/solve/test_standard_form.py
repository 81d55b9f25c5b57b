"""Linear models as matrices: those of Pyomo's own compiler."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from siting.formulation import build_model
from siting.solve.fixed_constants import fix_constants
from siting.solve.highs import CompiledModel, Status
from siting.solve.presolve import presolve
from siting.solve.standard_form import StandardForm, standard_form
from tests.solve.cases import tiny

SEEDS = (2, 5, 14)


def assert_as_by_pyomo(form: StandardForm, model: pyo.ConcreteModel) -> None:
    """Check columns, rows and coefficients; rows without variables are left out."""
    known = LinearStandardFormCompiler().write(model, mixed_form=True)
    matrix = known.A.toarray()
    filled = matrix.any(axis=1)
    side = np.array([row.bound_type for row in known.rows])[filled]
    rhs = np.asarray(known.rhs, dtype=float)[filled]
    assert [x.name for x in form.columns] == [x.name for x in known.columns]
    rows = [row.constraint.name for row in known.rows]
    assert [x.name for x in form.rows] == [x for x, some in zip(rows, filled, strict=True) if some]
    assert form.matrix.toarray() == pytest.approx(matrix[filled], rel=1e-12)
    assert form.matrix.has_sorted_indices
    assert form.lower == pytest.approx(np.where(side > 0, -np.inf, rhs), rel=1e-12)
    assert form.upper == pytest.approx(np.where(side < 0, np.inf, rhs), rel=1e-12)
    assert form.costs == pytest.approx(known.c.toarray()[0], rel=1e-12)
    assert form.offset == pytest.approx(known.c_offset[0], rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_models_of_random_studies(seed):
    instance = presolve(tiny(seed))
    whole = build_model(instance)
    fix_constants(whole)
    form = standard_form(whole)
    assert form is not None
    assert len(form.rows) > 100
    assert_as_by_pyomo(form, whole)


def every_kind() -> pyo.ConcreteModel:
    """Return a model with every kind of term that is read, each in some row."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(4), bounds=(0, 9))
    m.y, m.fixed, m.idle = pyo.Var(), pyo.Var(initialize=3.0), pyo.Var()
    m.fixed.fix()
    m.x[3].fix(2.0)
    m.price = pyo.Param(initialize=1.5, mutable=True)
    m.cost = pyo.Expression(expr=2 * m.x[0] + m.price * m.y + 7)
    m.inner = pyo.Block()
    m.inner.rows = pyo.ConstraintList()
    m.rows = pyo.ConstraintList()
    m.rows.add(m.x[0] + 2 * m.x[1] >= 3 + m.y)
    m.rows.add(m.x[2] <= 4)
    m.rows.add(m.x[2] + m.x[3] <= 5)
    m.rows.add(m.x[0] + m.x[1] - m.x[0] == m.fixed + m.y)
    m.rows.add(pyo.inequality(1, m.x[0] + m.x[1] + 1, 6))
    m.rows.add(pyo.inequality(2, m.x[0] - m.x[1], 2))
    m.rows.add(4 * (1 - m.x[1]) - (m.x[2] + 1) >= m.cost - (m.y + m.x[0]) / 2)
    m.rows.add(0 * m.idle + m.x[1] >= -m.y)
    m.inner.rows.add(m.price * (m.x[0] + m.fixed * m.x[1]) <= 8)
    m.rows.add(m.x[1] >= 100)
    m.rows[9].deactivate()
    m.objective = pyo.Objective(expr=m.cost + 3 * (m.x[1] + m.x[3]) + m.fixed)
    return m


def test_every_kind_of_term():
    model = every_kind()
    form = standard_form(model)
    assert form is not None
    assert_as_by_pyomo(form, model)
    assert "idle" not in {x.name for x in form.columns}


def test_rows_of_constants_hold_or_make_the_model_impossible():
    model = every_kind()
    model.rows.add(model.fixed + model.x[3] <= 5)
    whole = standard_form(model)
    assert whole is not None
    assert [x.name for x in whole.rows] == [x.name for x in standard_form(every_kind()).rows]  # type: ignore[union-attr]
    model.rows.add(model.fixed + model.x[3] >= 6)
    assert standard_form(model) is None
    assert CompiledModel(model).run(time_limit_s=1.0).status is Status.INFEASIBLE


def test_what_is_not_linear_is_refused():
    model = every_kind()
    model.rows.add(model.x[0] * model.y <= 1)
    with pytest.raises(ValueError, match="not linear"):
        standard_form(model)
