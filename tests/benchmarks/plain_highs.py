"""HiGHS with the options that it comes with, to compare with: restarts at the root, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.solve.highs import CompiledModel

if TYPE_CHECKING:
    import pyomo.environ as pyo


def plain_highs(model: pyo.ConcreteModel, seed: int = 1) -> CompiledModel:
    """Return a model as plain HiGHS solves it, on one thread.

    Comparisons allow restarts, the engine none (:func:`siting.solve.highs_model.silent_highs`).
    """
    compiled = CompiledModel(model, seed=seed)
    compiled.solver.setOptionValue("mip_allow_restart", True)
    return compiled
