"""Rounded rows of whole prices: no design is cut off, and they hold what nothing else did."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from siting.benchmarks.sndlib import parse_code
from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.instance.capacity_design import CapacityDesign, Demand, DesignLink, Module
from siting.solve.capacity_design.cutsets import Cutsets, divisors_of
from siting.solve.capacity_design.module_columns import columns_of
from siting.solve.capacity_design.node_sets import Borders, starting_sets
from siting.solve.capacity_design.rounded_metric import RoundedMetrics
from siting.solve.highs import CompiledModel, Status
from tests.known.test_rows import random_design

pytestmark = pytest.mark.solver
PAIRED = ["U-U-M-N-C-A-N-P", "U-U-M-Y-C-A-N-P", "U-U-E-N-C-A-N-P", "D-B-M-N-C-A-N-P"]
CODES = [*PAIRED, "U-U-M", "U-U-E-Y", "U-U-S", "D-B-M-Y", "D-D-E", "D-D-M-Y", "U-U-M-N-I"]


def cheapest_designs(design: CapacityDesign, count: int, rng: random.Random) -> list[np.ndarray]:
    """Return what designs buy and use that are cheapest at random costs: corners of all designs."""
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    columns, found = columns_of(model), []
    for _ in range(count):
        for var in columns:
            if compiled.has(var):
                compiled.set_cost(var, float(rng.choice([1, 1, 2, 5, 20, 100])))
        outcome = compiled.run(time_limit_s=30)
        if outcome.status is Status.OPTIMAL and outcome.values is not None:
            found.append(np.array([compiled.value(var, outcome.values) for var in columns]))
    return found


@pytest.mark.parametrize(
    ("code", "share"), [*((code, 0.0) for code in CODES), ("U-U-M", 0.4), ("U-U-E-Y", 1.0)]
)
@pytest.mark.parametrize("seed", range(4))
def test_every_design_keeps_the_rows_of_any_prices(code, share, seed):
    rng = random.Random(seed)
    design = dataclasses.replace(random_design(code, seed), survival_fraction=share)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    designs = cheapest_designs(design, 12, rng)
    metrics = RoundedMetrics(design, menus, seed)
    ways = 2 * len(design.links)
    for bought in designs:
        for _ in range(30):
            prices = np.array([float(rng.choice([0, 0, 1, 1, 2])) for _ in range(ways)])
            if code[2] == "U":
                prices[1::2] = prices[::2]
            for divisor in divisors_of(menus):
                # The row is the one that this solution has least of, by modules or by use.
                row = metrics.row(prices, divisor, bought)
                assert row is None or row.violation <= 1e-6
                row = metrics.row(prices, divisor, bought * rng.random())
                if row is not None:
                    kept = np.dot(row.coefficients, bought[list(row.columns)])
                    assert kept >= row.least - 1e-6


@pytest.mark.parametrize("code", PAIRED)
@pytest.mark.parametrize("seed", range(4))
def test_every_protected_design_keeps_the_rows_of_cuts(code, seed):
    """A link counts for no more than half of a cut that is covered twice."""
    rng = random.Random(seed)
    design = random_design(code, seed)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    designs = cheapest_designs(design, 12, rng)
    borders = Borders(design)
    cutsets = Cutsets(design, menus, borders)
    sets = starting_sets(borders)
    for bought in designs:
        for other in (*designs, np.zeros(len(bought))):
            share = rng.random()
            at = share * bought + (1 - share) * 0.7 * other
            for row in cutsets.violated(sets, at, 100):
                kept = np.dot(row.coefficients, bought[list(row.columns)])
                assert kept >= row.least - 1e-6


def test_a_triangle_that_is_covered_twice_costs_three_links():
    """Two routes between two corners are one link and two: more than any of its cuts says."""
    module = (Module(capacity=2.0, cost=1.0),)
    ends = (("a", "b"), ("b", "c"), ("c", "a"))
    triangle = CapacityDesign(
        name="triangle",
        code=parse_code("U-U-M-N-C-A-N-P"),
        nodes=("a", "b", "c"),
        links=tuple(DesignLink(id=a + b, source=a, target=b, modules=module) for a, b in ends),
        demands=tuple(Demand(id=a + b, source=a, target=b, value=1.0) for a, b in ends),
    )
    menus = tuple(compact_menu(link, "M") for link in triangle.links)
    row = RoundedMetrics(triangle, menus, 1).row(np.ones(6), 2.0, np.zeros(3))
    assert row is not None
    assert row.least == 5.0
    assert set(row.coefficients) == {1.0}
