"""Solving in the support of a continuous relaxation: with what it has above zero.

With these few choices a problem is small, and what they give is often as good as the whole has.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.highs import CompiledModel, Outcome, Status

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from numpy.typing import NDArray

SUPPORT = 1e-6
"""Value above which a variable belongs to the support of a relaxation."""
START_SHARE = 0.25
"""Most time for a solution to start from, as a share of all."""


def run_from_relaxation(
    compiled: CompiledModel,
    choices: Iterable[pyo.Var],
    *,
    time_limit_s: float,
    relative_gap: float = 0.0,
    known: Outcome | None = None,
) -> Outcome:
    """Solve from the best solution in the support of the continuous relaxation.

    A good solution lets many columns of the whole go by their reduced costs.

    Args:
        compiled: the model.
        choices: non-negative variables that may be left at zero for the start.
        time_limit_s: wall time of all, s.
        relative_gap: stop at this gap.
        known: a solution to start from where it is better.
    """
    stop = time.monotonic() + time_limit_s
    relaxed = compiled.run(time_limit_s=time_limit_s, relaxed=True)
    if relaxed.status is Status.INFEASIBLE or not compiled.integer.any():
        return relaxed
    best = known
    if relaxed.status is Status.OPTIMAL and relaxed.values is not None:
        columns = np.unique(compiled.positions(choices))
        columns = columns[columns >= 0]
        zero = columns[relaxed.values[columns] < SUPPORT]
        with compiled.without(zero):
            found = compiled.run(
                time_limit_s=START_SHARE * time_limit_s, relative_gap=relative_gap / 2
            )
        if best is None or found.objective < best.objective:
            best = found
    start = None if best is None else best.values
    left_s = stop - time.monotonic()
    outcome = compiled.run(time_limit_s=left_s, relative_gap=relative_gap, start=start)
    if relaxed.status is not Status.OPTIMAL:
        return outcome
    return replace(outcome, bound=max(outcome.bound, relaxed.bound))


def run_in_support(
    compiled: CompiledModel,
    relaxed: NDArray[np.float64],
    *,
    time_limit_s: float,
    relative_gap: float,
) -> Outcome:
    """Solve with every integer variable at zero that is zero in a relaxation.

    Args:
        compiled: the model.
        relaxed: values of all columns.
        time_limit_s: wall time, s.
        relative_gap: stop at this gap.

    Returns:
        A solution of the whole; its bound is none.
    """
    is_zero = compiled.integer & (relaxed < SUPPORT) & compiled.may_be_zero()
    with compiled.without(np.flatnonzero(is_zero)):
        return compiled.run(time_limit_s=time_limit_s, relative_gap=relative_gap)
