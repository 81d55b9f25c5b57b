"""Dives from a node of a tree to a whole solution: one column after the other is rounded.

What is nearly whole is rounded first, and rather up than down; the order varies, so that no two
dives are the same. Where a rounded column leaves nothing, it is rounded the other way. A dive that
becomes dearer than the best design is left.
"""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.relaxation import Relaxation

WHOLE = 1e-5
"""A value that near to a whole number is one."""
NOISE, DOWN, UP = 0.3, 0.8, 0.3
"""Which column is next varies by that share; what a column that is nearly the number below counts
for; the part above which a column is rounded up."""
DIVE_S = 2.0

Array = NDArray[np.float64]


def dive(
    problem: Relaxation,
    bounds: tuple[Array, Array],
    most: float,
    rng: np.random.Generator,
    until: float,
) -> Array | None:
    """Return a whole solution between bounds; None where a dive ends without.

    Args:
        problem: of the tree.
        bounds: of the whole columns.
        most: what a solution costs less than.
        rng: of the order.
        until: when to stop, on the monotonic clock.
    """
    lower, upper = (ends.copy() for ends in bounds)
    until = min(until, time.monotonic() + DIVE_S)
    last: tuple[int, float, bool] | None = None
    before = (0.0, 0.0)
    while time.monotonic() < until:
        point = problem.solve(lower, upper, until=until)
        if point.is_optimal and point.values is None and last is not None:
            column, value, was_up = last
            lower[column], upper[column] = before
            _round(lower, upper, (column, value, not was_up))
            last = None
            continue
        if point.values is None or not point.is_optimal or point.objective >= most:
            return None
        own = point.values[problem.whole]
        off = np.flatnonzero(np.abs(own - np.round(own)) > WHOLE)
        if not len(off):
            return point.values
        part = own[off] - np.floor(own[off])
        worth = np.maximum(part, DOWN * (1.0 - part)) * rng.uniform(1.0 - NOISE, 1.0, len(off))
        place = int(np.argmax(worth))
        last = (int(off[place]), float(own[off[place]]), bool(part[place] > UP))
        before = (lower[last[0]], upper[last[0]])
        _round(lower, upper, last)
    return None


def _round(lower: Array, upper: Array, column: tuple[int, float, bool]) -> None:
    """Round a column, by place, value, and whether up."""
    place, value, is_up = column
    if is_up:
        lower[place] = math.ceil(value)
    else:
        upper[place] = math.floor(value)
