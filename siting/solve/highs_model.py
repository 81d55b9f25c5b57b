"""HiGHS problems from arrays: options set, rows passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from siting.errors import SolverError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32] | NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A problem by rows; matrix as in ``scipy.sparse.csr_array``."""

    costs: Floats
    columns: tuple[Floats, Floats]
    """Lower and upper bounds."""
    bounds: tuple[Floats, Floats]
    """Lower and upper bounds of the rows."""
    start: Ints
    index: Ints
    value: Floats
    integer: NDArray[np.bool_] | None = None
    offset: float = 0.0


def silent_highs(**options: float | str | bool) -> highspy.Highs:
    """Return a solver of one thread that prints nothing and never begins again at the root.

    HiGHS 1.15.1 may lose the optimum when it reduces a problem again after a restart, and then
    calls a dearer solution optimal (``tests/data/restart.mps``: 22 of 50 seeds; none without).
    """
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    fixed = {"output_flag": False, "threads": 1, "mip_allow_restart": False}
    for name, value in {**fixed, **options}.items():
        highs.setOptionValue(name, value)
    return highs


def pass_rows(highs: highspy.Highs, rows: Rows) -> None:
    """Give a problem to a solver.

    Raises:
        SolverError: a coefficient or bound is not a number.
    """
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(rows.costs), len(rows.bounds[0])
    lp.col_cost_, lp.offset_ = rows.costs, rows.offset
    lp.col_lower_, lp.col_upper_ = rows.columns
    lp.row_lower_, lp.row_upper_ = rows.bounds
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.start, rows.index
    lp.a_matrix_.value_ = rows.value
    if rows.integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[x] for x in rows.integer.tolist()]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        msg = "HiGHS refused the model: a coefficient or bound is not a number"
        raise SolverError(msg)


def add_rows(highs: highspy.Highs, rows: csr_array, lower: Floats, upper: Floats) -> None:
    """Add rows behind those of a problem, over its columns."""
    highs.addRows(len(lower), lower, upper, rows.nnz, *_entries(rows))


def add_columns(highs: highspy.Highs, columns: csr_array) -> None:
    """Add columns that cost nothing, from zero up, each a row of the matrix, over all rows."""
    count = columns.shape[0]
    zeros = np.zeros(count)
    highs.addCols(count, zeros, zeros, np.full(count, np.inf), columns.nnz, *_entries(columns))


def _entries(matrix: csr_array) -> tuple[Ints, Ints, Floats]:
    return matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data


def relaxed_copy(highs: highspy.Highs) -> highspy.Highs:
    """Return the continuous relaxation of a solver's problem, without offset, for small changes."""
    lp = highs.getLp()
    lp.integrality_, lp.offset_ = [], 0.0
    copy = silent_highs(presolve="off", solver="simplex")
    copy.passModel(lp)
    return copy
