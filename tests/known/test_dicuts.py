"""Rows of flows into node sets, and what they add up to: no design is cut off."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design.dicuts import Dicuts
from siting.solve.capacity_design.flow_columns import FlowColumns
from siting.solve.capacity_design.flow_rows import FlowRows
from siting.solve.capacity_design.projection import Projection
from siting.solve.capacity_design.root import Root
from siting.solve.highs import CompiledModel
from tests.known.test_rows import random_design

pytestmark = pytest.mark.solver
CODES = [
    "U-U-M",
    "D-B-E",
    "D-D-M-Y",
    "U-U-M-Y",
    "D-B-E-Y",
    "U-U-S-Y",
    "U-U-L-Y",
    "U-U-M-Y-I",
    "D-B-E-N-S",
    "U-U-M-Y-C-A-N-P",
    "D-B-E-N-S-A-N-P",
]


def prepared(code: str, seed: int):
    """Return a random design with its model; of odd seeds less than a unit is asked for."""
    design = random_design(code, seed)
    share = 0.03 if seed % 2 and design.code.routing == "C" else 1.0
    demands = tuple(dataclasses.replace(d, value=share * d.value) for d in design.demands)
    design = dataclasses.replace(design, demands=demands)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    return design, menus, model, CompiledModel(model)


def somewhere(compiled: CompiledModel, rng: np.random.Generator) -> np.ndarray | None:
    """Return the solution of the relaxation at random costs."""
    columns = np.arange(len(compiled.costs()), dtype=np.int32)
    compiled.solver.changeColsCost(len(columns), columns, rng.uniform(0.0, 1.0, len(columns)))
    return compiled.run(time_limit_s=30, relaxed=True).values


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(3))
def test_rows_of_flows_cut_off_no_optimum(code, seed):
    """With all rows that many relaxations violate, the optimum is what it was."""
    design, _, model, compiled = prepared(code, seed)
    whole = CompiledModel(model).run(time_limit_s=60, relative_gap=1e-9)
    if not np.isfinite(whole.objective):
        return
    costs = compiled.costs()
    rows = FlowRows(Dicuts(FlowColumns(design, model, compiled)).violated, compiled)
    rng = np.random.default_rng(seed)
    added, lp = 0, compiled.run(time_limit_s=30, relaxed=True)
    for _ in range(6):
        assert lp.values is not None
        added += rows.add(lp.values)
        lp = compiled.run(time_limit_s=30, relaxed=True)
        assert lp.objective <= whole.objective + 1e-6
    for _ in range(12):
        values = somewhere(compiled, rng)
        if values is not None:
            added += rows.add(values)
    columns = np.arange(len(costs), dtype=np.int32)
    compiled.solver.changeColsCost(len(columns), columns, costs)
    cut = compiled.run(time_limit_s=60, relative_gap=1e-9)
    assert cut.objective == pytest.approx(whole.objective, abs=1e-5)
    assert added or design.code.routing == "S" or "Y" not in code


@pytest.mark.parametrize("code", ["U-U-M-Y", "D-B-E", "D-D-M-Y"])
def test_rows_of_flows_are_worth_something(code):
    """The relaxation rises; slack rows go, and what stays holds it."""
    risen = 0
    for seed in range(4):
        design, _, model, compiled = prepared(code, seed)
        first = lp = compiled.run(time_limit_s=30, relaxed=True)
        rows = FlowRows(Dicuts(FlowColumns(design, model, compiled)).violated, compiled)
        while lp.values is not None and rows.add(lp.values):
            lp = compiled.run(time_limit_s=30, relaxed=True)
        assert lp.values is not None
        before = compiled.size[0]
        kept = rows.keep_tight(lp.values)
        assert compiled.size[0] == before - (before - CompiledModel(model).size[0] - len(kept))
        again = compiled.run(time_limit_s=30, relaxed=True)
        assert again.objective == pytest.approx(lp.objective, abs=1e-6)
        risen += lp.objective > first.objective * 1.01
    assert risen


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(2))
def test_rows_of_all_weights_hold_for_designs(code, seed):
    """Any weights give a row that every design keeps; those of the duals carry the bound over."""
    design, menus, model, compiled = prepared(code, seed)
    whole = CompiledModel(model).run(time_limit_s=60, relative_gap=1e-9)
    if whole.values is None:
        return
    keys = [model.modules[key] for key in model.BLOCKS]
    keys += [model.is_used[e] for e in getattr(model, "CHARGED", ())]
    places = compiled.positions(keys).astype(np.int32)
    root = Root(design, menus, 1)
    root.cut_flows(model, compiled, time.monotonic() + 5, lambda _: None, lambda _: None)
    projection = Projection(compiled, places)
    designs = [whole.values[places]]
    rng = np.random.default_rng(seed)
    for _ in range(10):
        other = CompiledModel(model)
        columns = np.arange(len(other.costs()), dtype=np.int32)
        other.solver.changeColsCost(len(columns), columns, rng.uniform(0.1, 1.0, len(columns)))
        values = other.run(time_limit_s=30).values
        if values is not None:
            designs.append(values[places])
    lp = compiled.run(time_limit_s=30, relaxed=True)
    assert lp.values is not None
    duals = np.array(compiled.solver.getSolution().row_dual)
    for weights in [
        duals,
        *(rng.normal(size=len(duals)) * (rng.random(len(duals)) < 0.3) for _ in range(20)),
    ]:
        row = projection.row(weights, lp.values[places])
        if row is None:
            continue
        for values in designs:
            paid = float(np.dot(row.coefficients, values[list(row.columns)]))
            assert paid >= row.least - 1e-6 * max(1.0, abs(row.least))
