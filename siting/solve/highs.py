"""Pyomo models on HiGHS by the short way: read as a matrix, and handed over as one.

Several times faster on large models than Pyomo's solver interfaces, which walk the expressions; the
column map stays for starts, cuts and fixed re-solves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
import pyomo.environ as pyo

from siting.solve.fixed_constants import fix_constants
from siting.solve.highs_model import Rows, pass_rows, silent_highs
from siting.solve.highs_outcome import Outcome, Status
from siting.solve.highs_talk import Talk, talking
from siting.solve.standard_form import standard_form
from siting.solve.turns import elsewhere

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CompiledModel", "Outcome", "Status"]

FEASIBILITY = 1e-9
HEURISTICS = (
    "mip_heuristic_run_feasibility_jump",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_rins",
    "mip_heuristic_run_root_reduced_cost",
)
"""Switches of HiGHS for what only finds solutions."""
WITHIN = 1e-6
"""A value this far outside its bounds still counts as within."""
BOUNDLESS = 1e9
"""Upper bound of variables without one: more than any MW, Gb/s or M USD."""


class CompiledModel:
    """A Pyomo model as a HiGHS model, with its columns by Pyomo variable."""

    def __init__(self, model: pyo.ConcreteModel, *, seed: int = 1, threads: int = 1) -> None:
        """Compile ``model``; fixed variables, and those with equal bounds, become constants."""
        self.integer = np.zeros(0, dtype=bool)
        self._columns: list[pyo.Var] = []
        self._rows: dict[int, int] = {}
        self._index: dict[int, int] = {}
        self._impossible = False
        self._lower = self._upper = np.zeros(0)
        self._cutoff_row: int | None = None
        fix_constants(model)
        form = standard_form(model)
        if form is None:
            self._impossible = True
            return
        self._columns = form.columns
        self._rows = {id(constraint): i for i, constraint in enumerate(form.rows)}
        self._index = {id(var): i for i, var in enumerate(self._columns)}
        self.offset = form.offset
        bounds = [v.bounds for v in self._columns]
        lower = np.array([-math.inf if low is None else low for low, _ in bounds], dtype=float)
        upper = np.array([BOUNDLESS if high is None else high for _, high in bounds], dtype=float)
        self.integer = np.array([v.is_integer() for v in self._columns], dtype=bool)
        self._highs = silent_highs(random_seed=seed, threads=threads)
        pass_rows(
            self._highs,
            Rows(
                costs=form.costs,
                columns=(lower, upper),
                bounds=(form.lower, form.upper),
                start=form.matrix.indptr,
                index=form.matrix.indices,
                value=form.matrix.data,
                integer=self.integer,
                offset=self.offset,
            ),
        )
        self._lower, self._upper = lower, upper

    def _option(self, name: str, *, value: float | str | bool) -> None:
        if not self._impossible:
            self._highs.setOptionValue(name, value)

    @property
    def solver(self) -> highspy.Highs:
        """The solver itself."""
        return self._highs

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return (0, 0) if self._impossible else (self._highs.getNumRow(), self._highs.getNumCol())

    def has(self, var: pyo.Var) -> bool:
        """Return whether ``var`` is a column: not fixed, and in some row or cost."""
        return id(var) in self._index

    def add_row(self, terms: Iterable[tuple[pyo.Var, float]], lower: float, upper: float) -> None:
        """Add a linear row; fixed variables count with their value."""
        if self._impossible:
            return
        coefficients: dict[int, float] = {}
        for var, coefficient in terms:
            index = self._index.get(id(var))
            if index is None:
                constant = coefficient * float(pyo.value(var) or 0.0)
                lower, upper = lower - constant, upper - constant
            else:
                coefficients[index] = coefficients.get(index, 0.0) + coefficient
        index_array = np.array(list(coefficients), dtype=np.int32)
        value_array = np.array(list(coefficients.values()), dtype=float)
        self._highs.addRow(lower, upper, len(index_array), index_array, value_array)

    def set_cutoff(self, value: float) -> None:
        """Ask for solutions with an objective of at most ``value``; infinite lifts the cutoff."""
        if self._impossible:
            return
        if self._cutoff_row is None:
            if math.isinf(value):
                return
            cost = np.array(self._highs.getLp().col_cost_)
            columns = np.flatnonzero(cost).astype(np.int32)
            self._cutoff_row = self._highs.getNumRow()
            self._highs.addRow(-math.inf, value - self.offset, len(columns), columns, cost[columns])
        else:
            self._highs.changeRowBounds(self._cutoff_row, -math.inf, value - self.offset)

    def columns_of(self, values: Iterable[tuple[pyo.Var, float]]) -> NDArray[np.float64]:
        """Return the values of all columns, to start from; those not given are zero."""
        columns = np.zeros(len(self._columns))
        for var, value in values:
            index = self._index.get(id(var))
            if index is not None:
                columns[index] = value
        return columns

    def positions(self, variables: Iterable[pyo.Var]) -> NDArray[np.int64]:
        """Return the column of each variable; -1 where one is no column."""
        return np.array([self._index.get(id(var), -1) for var in variables], dtype=np.int64)

    def may_be(self, var: pyo.Var, value: float) -> bool:
        """Return whether a value lies within the bounds of a variable, or is that of a constant."""
        index = self._index.get(id(var))
        if index is None:
            return not var.fixed or abs(float(pyo.value(var)) - value) <= WITHIN
        return bool(self._lower[index] - WITHIN <= value <= self._upper[index] + WITHIN)

    def fixed(self, values: Iterable[tuple[pyo.Var, float]]) -> AbstractContextManager[None]:
        """Fix variables to values; their bounds are as before at the end."""
        known = self._index
        given = {known[id(var)]: value for var, value in values if id(var) in known}
        return self._held(np.array(list(given), dtype=np.int64), np.array(list(given.values())))

    def without(self, columns: NDArray[np.int64]) -> AbstractContextManager[None]:
        """Keep columns at zero; their bounds are as before at the end."""
        return self._held(columns, np.zeros(len(columns)))

    @contextmanager
    def _held(self, columns: NDArray[np.int64], at: NDArray[np.float64]) -> Iterator[None]:
        if self._impossible:
            yield
            return
        some = columns.astype(np.int32)
        lower, upper = self._lower[columns], self._upper[columns]
        self._highs.changeColsBounds(len(some), some, at, at)
        self._lower[columns] = self._upper[columns] = at
        try:
            yield
        finally:
            self._highs.changeColsBounds(len(some), some, lower, upper)
            self._lower[columns], self._upper[columns] = lower, upper

    def may_be_zero(self) -> NDArray[np.bool_]:
        """Return which columns have zero within their bounds."""
        return np.asarray(self._lower <= 0.0)

    def set_bounds(self, var: pyo.Var, lower: float, upper: float) -> None:
        """Set the bounds of a column; a variable that is no column is left alone."""
        index = self._index.get(id(var))
        if index is not None:
            self._highs.changeColBounds(index, lower, upper)
            self._lower[index], self._upper[index] = lower, upper

    def loosen(self, variables: Iterable[pyo.Var]) -> None:
        """Let integer variables take any value between their bounds."""
        for var in variables:
            index = self._index.get(id(var))
            if index is not None:
                self._highs.changeColIntegrality(index, highspy.HighsVarType.kContinuous)
                self.integer[index] = False

    def set_cost(self, var: pyo.Var, value: float) -> None:
        """Set the cost of a column, in the unit of the objective."""
        self._highs.changeColCost(self._index[id(var)], value)

    def presolve(self, *, on: bool) -> None:
        """Use presolve, or leave it out: for relaxations solved again from the last basis."""
        self._option("presolve", value="choose" if on else "off")

    def run(
        self,
        *,
        time_limit_s: float,
        relative_gap: float = 0.0,
        absolute_gap: float = 1e-9,
        start: NDArray[np.float64] | None = None,
        relaxed: bool = False,
        to_bound: bool = False,
        enough: float = math.inf,
        talk: Talk | None = None,
    ) -> Outcome:
        """Solve and return what was found.

        Args:
            time_limit_s: wall time, s.
            relative_gap: stop at this gap.
            absolute_gap: stop at this gap, in the unit of the objective.
            start: values of all columns to start from.
            relaxed: solve the continuous relaxation.
            to_bound: the bound counts, not the solution: leave out what only finds solutions.
            enough: no solution as dear is looked for, and the bound is no more than it.
            talk: what is said to HiGHS, and by it, meanwhile.
        """
        if self._impossible:
            return Outcome(Status.INFEASIBLE, math.inf, math.inf, None)
        highs = self._highs
        self._limit_time(time_limit_s, relaxed=relaxed)
        self._option("mip_rel_gap", value=relative_gap)
        self._option("mip_abs_gap", value=absolute_gap)
        self._option("mip_feasibility_tolerance", value=1e-7)
        self._option("solve_relaxation", value=relaxed)
        for heuristic in HEURISTICS:
            self._option(heuristic, value=not to_bound)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start)
            highs.setSolution(solution)
        self._option("objective_bound", value=enough)
        with elsewhere(), talking(highs, talk):
            highs.run()
        self._option("objective_bound", value=math.inf)
        found = self._outcome(relaxed=relaxed)
        # Where all that is left is as dear HiGHS takes some solution for the best.
        return found if math.isinf(enough) else replace(found, bound=min(found.bound, enough))

    def relax(self, *, time_limit_s: float, enough: float = math.inf) -> Outcome:
        """Solve the continuous relaxation, one of many.

        Each is too short to give the turn to the other thread, which may keep it for long.

        Args:
            time_limit_s: wall time, s.
            enough: may stop with a bound of this.
        """
        if self._impossible:
            return Outcome(Status.INFEASIBLE, math.inf, math.inf, None)
        highs = self._highs
        self._limit_time(time_limit_s, relaxed=True)
        self._option("solve_relaxation", value=True)
        self._option("objective_bound", value=enough)
        highs.run()
        self._option("objective_bound", value=math.inf)
        if highs.getModelStatus() == highspy.HighsModelStatus.kObjectiveBound:
            return Outcome(Status.STOPPED, math.inf, enough, None)
        return self._outcome(relaxed=True)

    def _limit_time(self, time_limit_s: float, *, relaxed: bool) -> None:
        """Limit the wall time of the next run."""
        # Of continuous problems HiGHS counts the time of earlier runs of the same model too.
        spent_s = 0.0 if self.integer.any() and not relaxed else self._highs.getRunTime()
        self._option("time_limit", value=spent_s + max(time_limit_s, 0.05))

    def _outcome(self, *, relaxed: bool) -> Outcome:
        highs = self._highs
        status = highs.getModelStatus()
        info = highs.getInfo()
        statuses = highspy.HighsModelStatus
        if status in {statuses.kInfeasible, statuses.kUnboundedOrInfeasible}:
            return Outcome(Status.INFEASIBLE, math.inf, math.inf, None)
        has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(highs.getSolution().col_value) if has_values else None
        objective = float(info.objective_function_value) if has_values else math.inf
        is_mip = self.integer.any() and not relaxed
        if status == statuses.kOptimal:
            bound = float(info.mip_dual_bound) if is_mip else objective
            return Outcome(Status.OPTIMAL, objective, min(bound, objective), values)
        if status in {statuses.kTimeLimit, statuses.kInterrupt, statuses.kSolutionLimit}:
            bound = float(info.mip_dual_bound) if is_mip else -math.inf
            return Outcome(Status.TIME_LIMIT, objective, bound, values)
        return Outcome(Status.ERROR, objective, -math.inf, values)

    def polish(
        self, values: NDArray[np.float64], time_limit_s: float = 60.0
    ) -> NDArray[np.float64]:
        """Return ``values`` with integers rounded and the continuous rest solved precisely."""
        rounded = np.where(self.integer, np.round(values), values)
        columns = np.flatnonzero(self.integer).astype(np.int32)
        fixed = rounded[columns]
        highs = self._highs
        highs.changeColsBounds(len(columns), columns, fixed, fixed)
        self._option("primal_feasibility_tolerance", value=FEASIBILITY)
        outcome = self.run(time_limit_s=time_limit_s, relaxed=True)
        self._option("primal_feasibility_tolerance", value=1e-7)
        highs.changeColsBounds(len(columns), columns, self._lower[columns], self._upper[columns])
        if outcome.status is not Status.OPTIMAL or outcome.values is None:
            return rounded
        polished: NDArray[np.float64] = outcome.values.copy()
        polished[columns] = fixed
        return polished

    def value(self, var: pyo.Var, values: NDArray[np.float64]) -> float:
        """Return the value of a variable in a solution; fixed variables have their own."""
        index = self._index.get(id(var))
        if index is not None:
            return float(values[index])
        if var.fixed:
            return float(pyo.value(var))
        return max(0.0, float(var.lb or 0.0))

    def duals(self, constraints: Iterable[pyo.Constraint]) -> NDArray[np.float64]:
        """Return the duals of constraints in the last relaxation; zero where one is no row."""
        dual = np.array(self._highs.getSolution().row_dual)
        places = [self._rows.get(id(item), -1) for item in constraints]
        return np.array([dual[i] if i >= 0 else 0.0 for i in places])

    def farkas(self) -> NDArray[np.float64] | None:
        """Return weights of the rows that prove that the last relaxation has no solution, if any.

        Their sign is not told.
        """
        _, has_ray, ray = self._highs.getDualRay()  # type: ignore[attr-defined]  # not in its stubs
        return np.array(ray) if has_ray else None

    def costs(self) -> NDArray[np.float64]:
        """Return the cost of each column."""
        return np.array(self._highs.getLp().col_cost_)

    def objective_of(self, values: Mapping[int, float] | NDArray[np.float64]) -> float:
        """Return the objective of a solution, in the unit of the model."""
        return float(self.costs() @ np.asarray(values)) + self.offset
