"""Rows of single links where each demand keeps to one path: all that holds for whole demands.

On a link, whole demands x_k of sizes d_k and what is bought, one choice o of all, keep
``sum_k d_k x_k <= C_o``. A row ``sum_k a_k x_k <= b + sum_i g_i n_i`` with a, g >= 0 holds for all
of these if and only if, for every choice o, the demands that fit into C_o are worth
``b + sum_i g_i n_oi`` at most. The most that they are worth comes of dynamic programming over the
capacity (:mod:`packing`).

The row that a solution violates most, with every a_k at most one, is that of a linear problem in
a, b and g, to which demands that fit a choice and are worth too much are added in turn. At the end
b is what the dearest choice asks for: so the row holds, however the problem was solved. Demands
that the solution has not on the link get as large a coefficient as the row then allows (lifting).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from siting.formulation.capacity_design import commodities
from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.flow_columns import VIOLATION, FlowColumns, FlowRow, flow_row
from siting.solve.capacity_design.packing import best_demands, best_worths, lift
from siting.solve.highs_model import add_rows, silent_highs

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.highs import CompiledModel

MOST_COLUMNS = 10_000
"""Of models that have such rows: flows and modules."""
MOST_CHOICES = 2000
"""Links with more choices have no rows."""
MOST_UNITS = 2000
"""Units into which the capacity of a link is divided, at most."""
ROUNDS, AT_ONCE, NEAR = 60, 8, 0.3
"""Rounds of demands that are worth too much, how many are added in each, and how much too much,
as share of the most."""
ENOUGH = 0.9
"""Part of the largest violation that is enough."""
MOST_ROWS = 600
"""Rows of a problem that stay until the next solution."""
USED = 1e-6
"""A flow of less is none."""
STEP = 1e-6
"""Coefficients are rounded to multiples of it."""
EXACT = 1e-9

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be bought on a link."""

    counts: Array
    """Choice by block."""
    rooms: Ints
    """Capacity of each choice, in units."""
    sizes: Ints
    """Of all demands, in units."""
    blocks: Ints
    """Column of each block."""


def has_hulls(design: CapacityDesign, model: pyo.ConcreteModel, compiled: CompiledModel) -> bool:
    """Return whether a model has such rows: whole demands on single paths, not too many.

    The model of the design eased has none: its demands split, and are one with others.
    """
    if design.code.routing != "S" or compiled.size[1] > MOST_COLUMNS:
        return False
    return tuple(model.commodities) == commodities(design)


class LinkHulls:
    """Finds violated rows of one design with whole demands on single paths."""

    def __init__(
        self,
        design: CapacityDesign,
        model: pyo.ConcreteModel,
        compiled: CompiledModel,
        columns: FlowColumns,
    ) -> None:
        """Enumerate the choices of each link."""
        self._of = columns
        self._problems: list[tuple[Ints, Separation]] = []
        for e, (menu, link) in enumerate(zip(model.menus, design.links, strict=True)):
            own = (model, compiled, e, menu, link.existing_capacity)
            choices = _choices(*own, columns.unit)
            arcs = np.flatnonzero(columns.link == e)
            ways = (
                [arcs] if design.code.link == "U" else [arcs[i : i + 1] for i in range(len(arcs))]
            )
            if choices is not None:
                self._problems += [(way, Separation(choices)) for way in ways]

    def violated(self, values: Array, most: int) -> list[FlowRow]:
        """Return a violated row of each link and way that has one, the deepest first."""
        flows = np.where(self._of.flow >= 0, values[self._of.flow], 0.0)
        rows = []
        for arcs, problem in self._problems:
            way = flows[:, arcs].argmax(axis=1)
            columns = self._of.flow[np.arange(len(flows)), arcs[way]]
            blocks = problem.choices.blocks
            found = problem.solved(flows[:, arcs].max(axis=1), values[blocks])
            if found is None:
                continue
            worths, prices, ceiling = found
            terms = {int(c): -float(a) for c, a in zip(columns, worths, strict=True) if a > 0}
            terms |= {int(c): float(g) for c, g in zip(blocks, prices, strict=True) if g > 0}
            terms.pop(-1, None)
            row = flow_row(terms, -ceiling - EXACT, values)
            if row.depth > VIOLATION:
                rows.append(row)
        return sorted(rows, key=lambda row: -row.depth)[:most]


class Separation:
    """The linear problem of the rows of one link; it stays, with what was added."""

    def __init__(self, choices: Choices) -> None:
        """Begin with no demands that fit.

        Args:
            choices: of the link.
        """
        self.choices = choices
        self._most = int(choices.rooms.max(initial=0))
        self._size = len(choices.sizes)
        blocks = choices.counts.shape[1]
        self._all = np.arange(self._size + 1 + blocks, dtype=np.int32)
        self._highs = silent_highs(presolve="off", solver="simplex")
        nothing = np.zeros(len(self._all))
        upper = np.where(self._all < self._size, 1.0, math.inf)
        no_rows = np.zeros(0, dtype=np.int32)
        self._highs.addCols(len(nothing), nothing, nothing, upper, 0, no_rows, no_rows, np.zeros(0))

    def solved(self, flows: Array, bought: Array) -> tuple[Array, Array, float] | None:
        """Return coefficients of demands and blocks, and the right side; None if nothing violates.

        Args:
            flows: share of each demand on the link.
            bought: of each block.
        """
        highs, size = self._highs, self._size
        some = np.flatnonzero(flows > USED)
        if not len(some):
            return None
        best = np.zeros(self._most + 1)
        taken = np.zeros((len(some), self._most + 1), dtype=np.bool_)
        upper = np.where(self._all < size, 0.0, math.inf)
        upper[some] = 1.0
        highs.changeColsBounds(len(upper), self._all, np.zeros(len(upper)), upper)
        highs.changeColsCost(len(upper), self._all, np.concatenate([-flows, [1.0], bought]))
        if highs.getNumRow() > MOST_ROWS:
            highs.deleteRows(highs.getNumRow(), np.arange(highs.getNumRow(), dtype=np.int32))
        found, violation = None, VIOLATION
        for _ in range(ROUNDS):
            highs.run()
            if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            least = -float(highs.getInfo().objective_function_value)
            if least <= violation / ENOUGH:
                break
            values = np.array(highs.getSolution().col_value)
            worths = np.round(values[some] / STEP) * STEP
            prices = np.ceil(values[size + 1 :] / STEP) * STEP
            best_worths(worths, self.choices.sizes[some], best, taken)
            asked = best[self.choices.rooms] - self.choices.counts @ prices
            ceiling = max(float(asked.max()), 0.0)
            own = float(worths @ flows[some] - prices @ bought) - ceiling
            if own > violation:
                found, violation = (worths, prices, ceiling), own
            over = asked - values[size]
            if over.max() <= STEP or violation >= ENOUGH * least:
                break
            self._add_dearest(some, taken, over)
        return None if found is None else self._lifted(some, *found)

    def _add_dearest(self, some: Ints, taken: Bools, over: Array) -> None:
        """Add the choices that ask for most, with the demands that are worth most in them."""
        dearest = np.argsort(-over)[:AT_ONCE]
        dearest = dearest[over[dearest] > max(STEP, NEAR * float(over.max()))]
        are_in = np.zeros((len(dearest), len(some)), dtype=np.bool_)
        for i, choice in enumerate(dearest):
            best_demands(
                self.choices.sizes[some], taken, int(self.choices.rooms[choice]), are_in[i]
            )
        self._add(some, are_in, dearest)

    def _add(self, some: Ints, are_in: Bools, choices: Ints) -> None:
        """Add demands that fit, each with a choice into which it fits."""
        rows = np.zeros((len(choices), len(self._all)))
        rows[:, some] = are_in
        rows[:, self._size] = -1.0
        rows[:, self._size + 1 :] = -self.choices.counts[choices]
        most = np.zeros(len(rows))
        add_rows(self._highs, csr_array(rows), np.full_like(most, -math.inf), most)

    def _lifted(
        self, some: Ints, part: Array, prices: Array, ceiling: float
    ) -> tuple[Array, Array, float]:
        """Return a row with coefficients of all demands: as large as it allows."""
        sizes, rooms = self.choices.sizes, self.choices.rooms
        worths = np.zeros(self._size)
        worths[some] = part
        best = np.zeros(self._most + 1)
        taken = np.zeros((len(some), self._most + 1), dtype=np.bool_)
        best_worths(part, sizes[some], best, taken)
        others = np.setdiff1d(np.arange(self._size), some[part > 0])
        order = others[np.argsort(-sizes[others], kind="stable")]
        allowed = ceiling + self.choices.counts @ prices
        lift(worths, sizes, best, allowed, rooms, order, STEP)
        return worths, prices, ceiling


def _choices(
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    e: int,
    menu: Menu,
    existing: float,
    loads: Array,
) -> Choices | None:
    """Return what can be bought on a link; None if there is too much, or it is not whole."""
    variables = [model.modules[e, i] for i in range(len(menu.blocks))]
    ranges = [range(int(var.ub) + 1) for var in variables]
    columns = compiled.positions(variables)
    is_whole = all(block.is_whole for block in menu.blocks) and not (columns < 0).any()
    if not is_whole or not variables or math.prod(len(some) for some in ranges) > MOST_CHOICES:
        return None
    found = [
        counts
        for counts in itertools.product(*ranges)
        if all(sum(w * counts[i] for i, w in terms) <= most + EXACT for terms, most in menu.rows)
    ]
    counts = np.array(found, dtype=float)
    rooms = existing + counts @ np.array([block.capacity for block in menu.blocks])
    unit = _unit(loads, float(rooms.max()))
    return Choices(
        counts,
        np.floor(np.minimum(rooms, loads.sum()) / unit + EXACT).astype(np.int64),
        np.floor(loads / unit + EXACT).astype(np.int64),
        columns,
    )


def _unit(loads: Array, most: float) -> float:
    """Return a unit of capacity: the largest of which all loads are multiples, if not too small.

    Loads and capacities are rounded down to it. That leaves every row valid: what fits, fits in
    units too.
    """
    least = min(most, float(loads.sum())) / MOST_UNITS
    whole = np.round(loads)
    if (whole == loads).all():
        return max(float(np.gcd.reduce(whole.astype(np.int64))), least)
    return least
