"""Rows of single links for whole demands on single paths: every design keeps them."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest

from siting.benchmarks.check_design import check_design
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of
from siting.solve.capacity_design.flow_columns import FlowColumns
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.link_hulls import LinkHulls
from siting.solve.capacity_design.method import solve_capacity_design
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.trees import tree_of_all
from siting.solve.highs import CompiledModel
from tests.known.test_dicuts import prepared
from tests.known.test_flow_cutsets import slacks

pytestmark = pytest.mark.solver
CODES = ["U-U-M-N-S", "D-B-M-N-S", "D-B-E-N-S", "D-D-M-Y-S", "U-U-S-Y-S", "D-B-E-N-S-A-N-P"]


def finder(design, _, model, compiled):
    """Return what finds rows of all links."""
    return LinkHulls(design, model, compiled, FlowColumns(design, model, compiled)).violated


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(3))
def test_no_design_violates_a_row(code, seed):
    """The least that a row is worth is its right side or more; once no more."""
    found = slacks(prepared(code, seed), seed, finder)
    assert found is None or -1e-5 <= min(found) <= 1e-4


def fits(design, model, e):
    """Yield every choice of blocks of a link with every set of flows that fits, as columns."""
    menu = model.menus[e]
    tops = [int(model.modules[e, i].ub) for i in range(len(menu.blocks))]
    flows = [key for key in model.FLOWS if key[1] == e]
    loads = [model.commodities[k].unit for k, _, _ in flows]
    variables = [model.modules[e, i] for i in range(len(tops))] + [model.flow[k] for k in flows]
    for counts in itertools.product(*(range(top + 1) for top in tops)):
        if any(sum(w * counts[i] for i, w in terms) > most for terms, most in menu.rows):
            continue
        room = sum(n * block.capacity for n, block in zip(counts, menu.blocks, strict=True))
        room += design.links[e].existing_capacity
        for chosen in itertools.product((0, 1), repeat=len(loads)):
            if np.dot(chosen, loads) <= room + 1e-9:
                yield variables, [*counts, *chosen]


@pytest.mark.parametrize("seed", range(4))
def test_rows_of_a_link_hold_for_all_that_fits(seed):
    """Every set of demands and every choice into which it fits keeps each row, by enumeration."""
    design, _, model, compiled = prepared("D-D-E-N-S", 2 * seed)
    hulls = LinkHulls(design, model, compiled, FlowColumns(design, model, compiled))
    rng = np.random.default_rng(seed)
    rows = [
        row
        for _ in range(10)
        for row in hulls.violated(rng.uniform(0.0, 1.0, len(compiled.costs())), 10)
    ]
    assert rows
    for e in model.LINKS:
        for variables, values in fits(design, model, e):
            places = compiled.positions(variables)
            for row in rows:
                if set(row.columns) <= set(places.tolist()):
                    terms = dict(zip(row.columns, row.coefficients, strict=True))
                    pairs = zip(places, values, strict=True)
                    assert sum(terms.get(int(c), 0.0) * x for c, x in pairs) >= row.least - 1e-9


@pytest.mark.parametrize("code", ["U-U-M-N-S", "D-B-E-N-S", "D-D-M-Y-S"])
@pytest.mark.parametrize("seed", range(3))
def test_the_tree_ends_at_the_optimum(code, seed):
    """Alone it finds and proves what HiGHS does, and its bound is below that all the time."""
    design, menus, model, compiled = prepared(code, seed)
    whole = CompiledModel(model).run(time_limit_s=60, relative_gap=1e-9)
    root = Root(design, menus, 1)
    until = time.monotonic() + 30
    rounder = Rounder(design, model, compiled, frontiers_of(design, menus))
    best = Best(design, compiled, rounder, lambda _: None)
    root.cut_modules(until, lambda _: None)
    if not root.cut_routed(model, compiled, until, lambda _: None, best.round_up):
        assert math.isinf(whole.objective)
        return
    root.cut_flows(model, root.final(model), until, lambda _: None, lambda _: None)
    assert root.bound <= whole.objective + 1e-6
    tree = tree_of_all(root, model, best.buy)
    assert tree is not None
    bounds: list[float] = []
    tree.run(until, lambda: best.cost, lambda: False, bounds.append)
    assert min(*bounds, best.cost) <= whole.objective + 1e-6
    assert best.cost == pytest.approx(whole.objective, abs=1e-6)
    assert tree.bound >= best.cost - 1e-6


@pytest.mark.parametrize("code", ["U-U-M-N-S", "D-B-E-N-S-A-N-P"])
def test_single_paths_are_proven(code):
    for seed in range(3):
        design, _, model, _ = prepared(code, seed)
        whole = CompiledModel(model).run(time_limit_s=60, relative_gap=1e-9)
        found = solve_capacity_design(design, Limits(20.0))
        assert found.objective == pytest.approx(whole.objective, abs=1e-6)
        if found.solution is not None:
            assert found.bound >= found.objective * (1 - 1e-6)
            assert not check_design(design, found.solution)
