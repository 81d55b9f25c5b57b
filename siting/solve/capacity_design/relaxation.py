"""The modules alone as a linear problem, with the few rows of a large pool that hold it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from siting.solve.capacity_design.cutsets import Row
from siting.solve.highs import CompiledModel
from siting.solve.highs_model import relaxed_copy

VIOLATION = 1e-4
ROWS_AT_ONCE = 30
SLACK = 1e-6
TINY = 1e-9
LEAST_S = 0.05
"""Time that a solution has at least."""
MOST_PER_COLUMN, SLACK_SHARE = 1.5, 0.3
"""Rows are taken out when there are more for each column, and so many of them are slack."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a relaxation ends."""

    objective: float
    """Infinite when there is no solution."""
    is_optimal: bool
    """Whether the objective is that of the optimum, so that it bounds."""
    values: Array | None = None
    reduced: Array | None = None
    estimate: float = -math.inf
    """What it costs with the columns that are there; the objective where these are all."""

    @property
    def about(self) -> float:
        """Return what it costs, about."""
        return max(self.estimate, self.objective)


@dataclass(frozen=True, slots=True)
class Start:
    """A basis to start from."""

    basis: highspy.HighsBasis
    version: int
    """Of the problem; rows and columns are only added in one version."""


class Relaxation:
    """A linear problem that is solved again and again, with other bounds and more rows.

    Attributes:
        whole: the columns that must be whole; their bounds are those that change.
        lower, upper: bounds of these.
        costs: of all columns.
    """

    def __init__(
        self,
        compiled: CompiledModel,
        columns: NDArray[np.int64],
        per_column: float = MOST_PER_COLUMN,
    ) -> None:
        """Take a model over.

        Args:
            compiled: the model without rows of the pool.
            columns: where the columns that rows are about stand in it.
            per_column: rows of the pool for each column from which on slack ones are taken out.
        """
        self._per_column = per_column
        self._highs = relaxed_copy(compiled.solver)
        lp = self._highs.getLp()
        self.whole = np.flatnonzero(compiled.integer).astype(np.int32)
        self.lower = np.array(lp.col_lower_)[self.whole]
        self.upper = np.array(lp.col_upper_)[self.whole]
        self.costs = np.array(lp.col_cost_)
        self._columns = columns
        self._own_rows, self._version = self._highs.getNumRow(), 0
        self._pool = csr_array((0, len(self.costs)))
        self._terms: list[tuple[NDArray[np.int32], Array]] = []
        self._least, self._length = np.zeros(0), np.zeros(0)
        self._is_in = np.zeros(0, dtype=bool)
        self._rows = np.zeros(0, dtype=int)

    def keep(self, rows: list[Row]) -> None:
        """Put rows into the pool."""
        if not rows:
            return
        terms = [
            (self._columns[list(row.columns)].astype(np.int32), np.array(row.coefficients))
            for row in rows
        ]
        ends = np.cumsum([0, *(len(columns) for columns, _ in terms)])
        indices = np.concatenate([columns for columns, _ in terms])
        values = np.concatenate([coefficients for _, coefficients in terms])
        more = csr_array((values, indices, ends), shape=(len(rows), len(self.costs)))
        self._terms += terms
        self._pool = csr_array(vstack([self._pool, more]))
        self._least = np.concatenate([self._least, [row.least for row in rows]])
        # A row without coefficients that is violated says that there is no solution: it is deepest.
        lengths = [float(np.linalg.norm(coefficients)) or TINY for _, coefficients in terms]
        self._length = np.concatenate([self._length, lengths])
        self._is_in = np.concatenate([self._is_in, np.zeros(len(rows), dtype=bool)])

    def add_violated(self, values: Array) -> int:
        """Put the deepest violated rows of the pool into the problem; return how many."""
        short = self._least - self._pool @ values
        bad = np.flatnonzero((short > VIOLATION) & ~self._is_in)
        deepest = bad[np.argsort(-short[bad] / self._length[bad])][:ROWS_AT_ONCE]
        if not len(deepest):
            return 0
        terms = [self._terms[i] for i in deepest]
        ends = np.cumsum([len(columns) for columns, _ in terms])
        self._highs.addRows(
            len(deepest),
            self._least[deepest],
            np.full(len(deepest), math.inf),
            int(ends[-1]),
            np.concatenate([[0], ends[:-1]]).astype(np.int32),
            np.concatenate([columns for columns, _ in terms]),
            np.concatenate([coefficients for _, coefficients in terms]),
        )
        self._rows = np.concatenate([self._rows, deepest])
        self._is_in[deepest] = True
        return len(deepest)

    def drop_slack(self, values: Array) -> None:
        """Take rows out that do not hold this solution, when there are many."""
        if len(self._rows) <= self._per_column * len(self.costs):
            return
        is_slack = (self._pool @ values > self._least + SLACK)[self._rows]
        gone = np.flatnonzero(is_slack)
        if len(gone) < SLACK_SHARE * len(self._rows):
            return
        self._highs.deleteRows(len(gone), (gone + self._own_rows).astype(np.int32))
        self._version += 1
        self._is_in[self._rows[gone]] = False
        self._rows = self._rows[~is_slack]

    def start(self) -> Start:
        """Return the last basis."""
        return Start(self._highs.getBasis(), self._version)

    def _begin(self, start: Start) -> None:
        """Start from a basis, with the columns and rows that came later; not if some are gone."""
        highs, basis = self._highs, start.basis
        if start.version != self._version:
            return
        statuses = highspy.HighsBasisStatus
        columns = highs.getNumCol() - len(basis.col_status)
        rows = highs.getNumRow() - len(basis.row_status)
        if columns or rows:
            filled = highspy.HighsBasis()
            filled.col_status = [*basis.col_status, *[statuses.kLower] * columns]
            filled.row_status = [*basis.row_status, *[statuses.kBasic] * rows]
            filled.valid = True
            basis = filled
        highs.setBasis(basis)

    def solve(
        self,
        lower: Array,
        upper: Array,
        start: Start | None = None,
        most_steps: int = highspy.kHighsIInf,
        until: float = math.inf,
    ) -> Point:
        """Solve between bounds, from the last basis or from another one.

        Args:
            lower: of the whole columns.
            upper: of the whole columns.
            start: basis to start from.
            most_steps: of the simplex method.
            until: when to stop, on the monotonic clock; what is then known bounds nothing.
        """
        highs = self._highs
        if start is not None:
            self._begin(start)
        highs.changeColsBounds(len(self.whole), self.whole, lower, upper)
        highs.setOptionValue("simplex_iteration_limit", most_steps)
        # HiGHS counts the time of earlier runs of the same model too.
        left_s = max(until - time.monotonic(), LEAST_S)
        highs.setOptionValue("time_limit", highs.getRunTime() + left_s)
        highs.run()
        status, statuses = highs.getModelStatus(), highspy.HighsModelStatus
        if status == statuses.kInfeasible:
            return Point(math.inf, is_optimal=True)
        if status not in {statuses.kOptimal, statuses.kIterationLimit}:
            return Point(-math.inf, is_optimal=False)
        solution = highs.getSolution()
        return Point(
            float(highs.getInfo().objective_function_value),
            status == statuses.kOptimal,
            np.array(solution.col_value),
            np.array(solution.col_dual),
        )
