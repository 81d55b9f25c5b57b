"""Sums of variables, each made at once: Python's ``sum`` makes an expression for every term."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression

if TYPE_CHECKING:
    import pyomo.environ as pyo


def sum_of(variables: Iterable[pyo.Var]) -> pyo.Expression | float:
    """Return the sum of variables; 0 when there are none."""
    terms = list(variables)
    if len(terms) > 1:
        return LinearExpression(terms)
    return terms[0] if terms else 0.0


def weighted_sum(terms: Iterable[tuple[float, pyo.Var]]) -> pyo.Expression | float:
    """Return the sum of variables, each times a plain number; 0 when there are none."""
    monomials = [MonomialTermExpression(term) for term in terms]
    return LinearExpression(monomials) if monomials else 0.0
