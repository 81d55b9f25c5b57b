"""A linear program by named variables: least cost, rows, bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

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

    def matrix(self, rows: list[Row]) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return dense coefficients and right-hand sides."""
        if not rows:
            return None, None
        table = np.zeros((len(rows), len(self.cost)))
        for i, (terms, _) in enumerate(rows):
            for name, value in terms:
                table[i, self.index[name]] += value
        return table, np.array([rhs for _, rhs in rows])

    def freeze(self) -> None:
        """Make the matrices of the rows so far."""
        self._below, self._equal = self.matrix(self.below), self.matrix(self.equal)

    def solve(
        self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, more: list[Row]
    ) -> tuple[float, dict[Name, float]]:
        """Return the least cost and the values; infinite if impossible."""
        if (lower > upper + 1e-9).any():
            return math.inf, {}
        a_ub, b_ub = self._below
        table, right = self.matrix(more)
        if table is not None:
            a_ub = table if a_ub is None else np.vstack([a_ub, table])
            b_ub = right if b_ub is None else np.concatenate([b_ub, right])
        a_eq, b_eq = self._equal
        bounds = np.column_stack([lower, np.maximum(lower, upper)])
        result = linprog(cost, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=bounds)
        if result.status != 0:
            if result.status != 2:
                raise AssertionError(result.message)
            return math.inf, {}
        return float(result.fun), {name: float(result.x[i]) for name, i in self.index.items()}
