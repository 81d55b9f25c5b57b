"""Variables that can have one value only, made constants before a model goes to a solver."""

from __future__ import annotations

import pyomo.environ as pyo


def fix_constants(model: pyo.ConcreteModel) -> None:
    """Fix variables with equal bounds, so that they are no columns.

    Presolve of HiGHS (1.11 to 1.15 at least) loses solutions of some models that have such columns
    or unbounded ones: it calls them infeasible, or a dearer solution optimal.
    """
    for component in model.component_objects(pyo.Var):
        for var in component.values():
            lower, upper = var.bounds
            if lower is not None and lower == upper and not var.fixed:
                var.fix(lower)
