"""Linear Pyomo models as matrices.

Pyomo's compiler serves every kind of expression. The models here are sums of variables times
numbers; read in one pass, they take a third of its time. Rows and columns are those of its mixed
standard form, in the same order: columns by component, as the objective and then the rows name
them. What is neither a sum nor a variable times a number is left to Pyomo to take apart.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from pyomo.common.numeric_types import native_numeric_types
from pyomo.core.base.var import VarData
from pyomo.core.expr.numeric_expr import (
    LinearExpression,
    MonomialTermExpression,
    NegationExpression,
    ProductExpression,
    SumExpression,
)
from pyomo.core.expr.relational_expr import EqualityExpression, RangedExpression
from pyomo.repn import generate_standard_repn
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 1e-9
"""What a row of constants alone may be off."""

FIXED = -1
"""Instead of the column of a fixed variable."""
SUMS = frozenset({LinearExpression, SumExpression})

Terms = dict[int, float]
"""Coefficients by column."""


@dataclass(frozen=True, slots=True)
class StandardForm:
    """Minimize ``costs x + offset`` where ``lower <= matrix x <= upper``."""

    columns: list[pyo.Var]
    """The variable of each column: not fixed, and in some row or cost."""
    rows: list[pyo.Constraint]
    """The constraint of each row; one with two bounds that differ has two rows."""
    costs: NDArray[np.float64]
    offset: float
    matrix: csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def standard_form(model: pyo.ConcreteModel) -> StandardForm | None:
    """Return a linear model as a matrix; None when a row of constants alone is broken."""
    reader, rows = _Reader(), _Rows()
    (objective,) = model.component_data_objects(pyo.Objective, active=True)
    costs: Terms = {}
    offset = reader.read(objective.expr, 1.0, costs)
    for component in model.component_objects(pyo.Constraint, active=True):
        for constraint in filter(_is_active, component.values()):
            terms: Terms = {}
            lower, upper = reader.row(constraint, terms)
            if terms:
                rows.add(constraint, terms, lower, upper)
            elif lower > TOLERANCE or upper < -TOLERANCE:
                return None
    return rows.form(reader.variables, costs, offset)


_is_active = operator.attrgetter("active")


class _Rows:
    """Rows as they are read."""

    def __init__(self) -> None:
        self._constraints: list[pyo.Constraint] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._start, self._index, self._value = [0], list[int](), list[float]()

    def add(self, constraint: pyo.Constraint, terms: Terms, lower: float, upper: float) -> None:
        """Take a row; as two when it has two bounds."""
        if -math.inf < lower < upper < math.inf:
            self.add(constraint, terms, -math.inf, upper)
            upper = math.inf
        self._constraints.append(constraint)
        self._lower.append(lower)
        self._upper.append(upper)
        self._index.extend(terms)
        self._value.extend(terms.values())
        self._start.append(len(self._index))

    def form(self, variables: list[pyo.Var], costs: Terms, offset: float) -> StandardForm:
        """Return the problem with the columns of use."""
        many = np.zeros(len(variables))
        many[list(costs)] = list(costs.values())
        matrix = csr_array(
            (
                np.array(self._value, dtype=float),
                np.array(self._index, dtype=np.int32),
                np.array(self._start, dtype=np.int32),
            ),
            shape=(len(self._constraints), len(variables)),
        )
        matrix.eliminate_zeros()
        matrix.sort_indices()
        used = many != 0.0
        used[matrix.indices] = True
        number = np.cumsum(used, dtype=np.int32) - 1
        shape = (len(self._constraints), int(used.sum()))
        return StandardForm(
            columns=[variables[i] for i in np.flatnonzero(used)],
            rows=self._constraints,
            costs=many[used],
            offset=offset,
            matrix=csr_array((matrix.data, number[matrix.indices], matrix.indptr), shape=shape),
            lower=np.array(self._lower, dtype=float),
            upper=np.array(self._upper, dtype=float),
        )


class _Reader:
    """Reads linear expressions, and numbers the variables that are not fixed."""

    def __init__(self) -> None:
        self.variables: list[pyo.Var] = []
        self._index: dict[int, int] = {}
        """By identity of the variable: its column, or :data:`FIXED`."""

    def row(self, constraint: pyo.Constraint, terms: Terms) -> tuple[float, float]:
        """Add the terms of a constraint; return the bounds of their sum."""
        relation = constraint.expr
        if relation.__class__ is RangedExpression:
            low, body, high = relation.args
            constant = self.read(body, 1.0, terms)
            return pyo.value(low) - constant, pyo.value(high) - constant
        left, right = relation.args
        is_equal = relation.__class__ is EqualityExpression
        if left.__class__ in native_numeric_types:
            least = float(left) - self.read(right, 1.0, terms)
            return least, least if is_equal else math.inf
        most = -self.read(left, 1.0, terms) - self.read(right, -1.0, terms)
        return most if is_equal else -math.inf, most

    def read(self, expression: pyo.Expression, factor: float, terms: Terms) -> float:
        """Add the terms of an expression times a factor; return the constant."""
        index, constant = self._index, 0.0
        for part in expression.args if expression.__class__ in SUMS else (expression,):
            kind = part.__class__
            if kind is VarData:
                variable, amount = part, factor
            elif kind is MonomialTermExpression:
                amount, variable = part.args
                amount = factor * (amount if amount.__class__ is float else pyo.value(amount))
            elif kind in native_numeric_types:
                constant += factor * part
                continue
            elif part.is_variable_type():
                variable, amount = part, factor
            else:
                constant += self._read_other(part, factor, terms)
                continue
            column = index.get(id(variable))
            if column is None:
                column = self._number(variable)
            if column == FIXED:
                constant += amount * variable.value
            elif amount:
                terms[column] = terms.get(column, 0.0) + amount
        return constant

    def _number(self, variable: pyo.Var) -> int:
        """Number a variable, and with it all of its component."""
        for other in variable.parent_component().values():
            self._index[id(other)] = FIXED if other.fixed else len(self.variables)
            if not other.fixed:
                self.variables.append(other)
        return self._index[id(variable)]

    def _read_other(self, part: pyo.Expression, factor: float, terms: Terms) -> float:
        if part.__class__ in SUMS:
            return self.read(part, factor, terms)
        if part.is_named_expression_type():
            return self.read(part.expr, factor, terms)
        if part.__class__ is ProductExpression:
            number, inner = part.args
            if number.__class__ in native_numeric_types:
                return self.read(inner, factor * number, terms)
        if part.__class__ is NegationExpression:
            return self.read(part.args[0], -factor, terms)
        if not part.is_potentially_variable():
            return factor * float(pyo.value(part))
        parts = generate_standard_repn(part)
        if not parts.is_linear():
            msg = f"not linear: {part}"
            raise ValueError(msg)
        return self.read(parts.to_expression(), factor, terms)
