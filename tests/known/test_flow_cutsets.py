"""Rounded rows of several commodities through a cut: every design keeps them."""

from __future__ import annotations

import numpy as np
import pytest

from siting.solve.capacity_design.cutsets import divisors_of
from siting.solve.capacity_design.dicuts import Dicuts
from siting.solve.capacity_design.flow_columns import FlowColumns, FlowRow
from siting.solve.capacity_design.flow_cutsets import FlowCutsets
from siting.solve.capacity_design.flow_rows import FlowRows
from siting.solve.capacity_design.node_sets import Borders, starting_sets
from siting.solve.highs import CompiledModel
from tests.known.test_dicuts import CODES, prepared, somewhere

pytestmark = pytest.mark.solver
ROWS = 25


def finder(design, menus, model, compiled):
    """Return what finds rows of all sets of nodes."""
    sets = starting_sets(Borders(design))
    if design.code.link == "B":
        sets = np.concatenate([sets, ~sets])
    cutsets = FlowCutsets(
        FlowColumns(design, model, compiled),
        divisors_of(menus),
        1,
        is_undirected=design.code.link == "U",
    )
    return lambda values, most: cutsets.violated(values, most, sets)


def slacks(made, seed, finder):
    """Return by how much the least that some rows are worth, over all designs, is too much.

    None when there is no design.

    Args:
        made: what :func:`prepared` returns.
        seed: of the relaxations at whose solutions, and of the other points at which, rows are
            looked for.
        finder: takes what is prepared; returns what finds rows.
    """
    compiled = made[-1]
    least = CompiledModel(made[2])
    if least.run(time_limit_s=60).values is None:
        return None
    find = finder(*made)
    rng = np.random.default_rng(seed)
    size = len(compiled.costs())
    columns = np.arange(size, dtype=np.int32)
    rows: dict[tuple[int, ...], FlowRow] = {}
    for i in range(24):
        values = somewhere(compiled, rng) if i % 3 else rng.uniform(0.0, 1.0, size)
        if values is not None:
            rows |= {row.columns: row for row in find(values, 10)}
    found = []
    for i in rng.permutation(len(rows))[:ROWS]:
        row = list(rows.values())[i]
        costs = np.zeros(size)
        costs[list(row.columns)] = row.coefficients
        least.solver.changeColsCost(size, columns, costs)
        worth = least.run(time_limit_s=60, relative_gap=1e-9)
        found.append(worth.objective - least.offset - row.least)
    return found


@pytest.mark.parametrize("code", [*CODES, "D-D-E-Y", "U-U-M-Y-C-A-N-P", "U-U-E-Y-I"])
@pytest.mark.parametrize("seed", range(3))
def test_no_design_violates_a_row(code, seed):
    """The least that a row is worth is its right side or more; once no more."""
    made = prepared(code, seed)
    found = slacks(made, seed, finder)
    if found is not None:
        assert found or not divisors_of(made[1])
        assert not found or -1e-5 <= min(found) <= 1e-5


@pytest.mark.parametrize("code", ["U-U-M-Y", "D-B-M-Y"])
def test_rows_are_worth_something(code):
    """The relaxation rises beyond that of rows of one commodity; the optimum stays."""
    risen = 0
    for seed in range(4):
        design, menus, model, compiled = prepared(code, seed)
        rows = FlowRows(Dicuts(FlowColumns(design, model, compiled)).violated, compiled)
        bounds: list[float] = []
        for find in (rows.find, finder(design, menus, model, compiled)):
            rows.find = find
            lp = compiled.run(time_limit_s=30, relaxed=True)
            while lp.values is not None and rows.add(lp.values):
                lp = compiled.run(time_limit_s=30, relaxed=True)
            bounds.append(lp.objective)
        whole = CompiledModel(model).run(time_limit_s=60, relative_gap=1e-9)
        assert bounds[1] <= whole.objective + 1e-6
        risen += bounds[1] > bounds[0] + 0.01 * (whole.objective - bounds[0])
    assert risen
