"""The dearest columns of a linear problem of routes, taken out where there are many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEAR_SHARE = 0.5
"""Part of the columns that stays, and all that are in the basis."""


def without_dearest(highs: highspy.Highs, first: int, count: int) -> NDArray[np.int64]:
    """Take out the dearest columns by the last solution; return those that stay.

    Args:
        highs: the problem, solved.
        first: number of the first column of a route.
        count: how many there are; all of them stay where the solution does not know them all.
    """
    reduced = np.array(highs.getSolution().col_dual)[first:]
    if len(reduced) != count:
        return np.arange(count)
    statuses = highs.getBasis().col_status[first:]
    is_basic = np.array([status == highspy.HighsBasisStatus.kBasic for status in statuses])
    reduced[is_basic] = -math.inf
    gone = np.sort(np.argsort(reduced, kind="stable")[int(DEAR_SHARE * count) :])
    gone = gone[~is_basic[gone]]
    highs.deleteCols(len(gone), (gone + first).astype(np.int32))
    return np.setdiff1d(np.arange(count), gone)
