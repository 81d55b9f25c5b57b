"""Rows about modules alone that the rows of a model with its routing add up to.

With weights y of the rows, positive where a row bounds from below and negative where from above,
``sum_i y_i (A z)_i >= sum_i y_i b_i`` holds for all solutions z. A flow, or any other column that
is not about modules, is replaced by the bound that leaves the row valid. The duals of a relaxation
give the row that carries its bound over to the modules alone.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from siting.solve.capacity_design.cutsets import Row
from siting.solve.highs import CompiledModel

MARGIN = 1e-9
"""Relative: taken off the right side, for rounding."""
LEAST = 1e-9
"""Coefficients below this share of the largest are replaced by bounds too."""

Array = NDArray[np.float64]


class Projection:
    """Adds up the rows of one model, as they are at the beginning."""

    def __init__(self, compiled: CompiledModel, places: NDArray[np.int32]) -> None:
        """Copy the rows, and the bounds of the columns.

        Args:
            compiled: the model with its routing.
            places: the columns that are about modules, in the order of their rows.
        """
        lp = compiled.solver.getLp()
        matrix = lp.a_matrix_
        parts = (np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_))
        if matrix.format_ == highspy.MatrixFormat.kColwise:
            self._rows = csr_array(parts, shape=(lp.num_col_, lp.num_row_))
        else:
            self._rows = csr_array(parts, shape=(lp.num_row_, lp.num_col_)).T.tocsr()
        self._least, self._most = np.array(lp.row_lower_), np.array(lp.row_upper_)
        self._lower, self._upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
        self._places = places

    def row(self, weights: Array, values: Array) -> Row | None:
        """Return the row of some weights; None when it says nothing.

        Args:
            weights: of all rows.
            values: of the columns about modules, for the violation.
        """
        bounds = np.where(weights > 0, self._least, self._most)
        weights = np.where(np.isfinite(bounds), weights, 0.0)
        paid = weights * np.where(np.isfinite(bounds), bounds, 0.0)
        coefficients: Array = self._rows @ weights
        own = coefficients[self._places]
        top = float(np.abs(own).max(initial=0.0))
        kept = np.abs(own) > LEAST * top
        others = coefficients
        others[self._places[kept]] = 0.0
        some = np.flatnonzero(others)
        ends = np.where(others[some] > 0, self._upper[some], self._lower[some])
        replaced = others[some] * ends
        least = float(paid.sum() - replaced.sum())
        least -= MARGIN * float(np.abs(paid).sum() + np.abs(replaced).sum())
        if top <= 0 or not np.isfinite(least):
            return None
        used = np.flatnonzero(kept)
        own, least = own[used] / top, least / top
        return Row(
            tuple(used.tolist()), tuple(own.tolist()), least, least - float(own @ values[used])
        )
