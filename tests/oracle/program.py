"""A linear program by named variables: least cost, rows, bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import highspy
import numpy as np
from scipy.sparse import csr_matrix

Name = tuple[str, ...]
Terms = tuple[tuple[Name, float], ...]
Row = tuple[Terms, float]
"""Coefficients by variable, and the right-hand side of <=."""


@dataclass
class Program:
    """A linear program; variables are named by tuples and not negative."""

    index: dict[Name, int] = field(default_factory=dict)
    cost: list[float] = field(default_factory=list)
    equal: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, name: Name, cost: float, upper: float = math.inf) -> None:
        """Add a non-negative variable."""
        self.index[name] = len(self.cost)
        self.cost.append(cost)
        self.upper.append(upper)

    def matrix(self, rows: list[Row]) -> tuple[np.ndarray, np.ndarray]:
        """Return dense coefficients and right-hand sides."""
        table = np.zeros((len(rows), len(self.cost)))
        for i, (terms, _) in enumerate(rows):
            for name, value in terms:
                table[i, self.index[name]] += value
        return table, np.array([rhs for _, rhs in rows])

    def freeze(self) -> None:
        """Make the matrix of the rows so far, the equal ones first."""
        self._table, self._right = self.matrix([*self.equal, *self.below])
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)

    def solve(
        self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, more: list[Row]
    ) -> tuple[float, dict[Name, float]]:
        """Return the least cost and the values; infinite if impossible.

        With HiGHS itself: ``scipy.optimize.linprog`` takes five times as long to call it.
        """
        if (lower > upper + 1e-9).any():
            return math.inf, {}
        table, right = self.matrix(more)
        rows = csr_matrix(np.vstack([self._table, table]))
        right = np.concatenate([self._right, right])
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = rows.shape
        lp.col_cost_ = cost
        lp.col_lower_, lp.col_upper_ = lower, np.maximum(lower, upper)
        lp.row_lower_ = np.where(np.arange(len(right)) < len(self.equal), right, -np.inf)
        lp.row_upper_ = right
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.indptr, rows.indices
        lp.a_matrix_.value_ = rows.data
        self._highs.passModel(lp)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return math.inf, {}
        if status != highspy.HighsModelStatus.kOptimal:
            raise AssertionError(self._highs.modelStatusToString(status))
        found = self._highs.getSolution().col_value
        usd = self._highs.getInfo().objective_function_value
        return usd, {name: found[i] for name, i in self.index.items()}
