"""The tree of modules and routes, and dives from its relaxation, against proven optima."""

from __future__ import annotations

import random
import time
from functools import cache

import numpy as np
import pytest

from siting.benchmarks.check_design import check_design
from siting.solve.capacity_design import designs, route_relaxation
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.module_columns import add_use, columns_of
from siting.solve.capacity_design.route_columns import RouteColumns
from siting.solve.capacity_design.route_dives import RouteDives, choices_of
from siting.solve.capacity_design.route_relaxation import RouteRelaxation, with_routes
from siting.solve.capacity_design.trees import in_flows, routes_survive, routes_tree
from siting.solve.highs import CompiledModel
from tests.benchmarks.networks import Family
from tests.known.test_tree import prepared

pytestmark = [pytest.mark.solver, pytest.mark.slow]
PAIRS = "-C-A-N-P"
CASES = [
    (Family("protected", 7, 12, 8, f"U-U-M-N{PAIRS}", "three", 300), 0.0),
    (Family("both-ways", 7, 12, 8, f"D-B-E-N{PAIRS}", "nine", 60), 0.0),
    (Family("charged", 6, 10, 6, f"U-U-M-Y{PAIRS}", "two", 200), 0.0),
    (Family("one-type", 7, 12, 8, f"U-U-S-N{PAIRS}", "two", 200), 0.0),
    (Family("survives", 7, 12, 8, "D-B-E", "nine", 20), 0.5),
    (Family("survives-whole", 6, 11, 6, "U-U-M", "two", 300), 1.0),
]
NAMES = [family.name for family, _ in CASES]


@cache
def made(family, share, seed=1):
    """Return the root after its rounds, the model and the proven optimum."""
    root, model, _, plain = prepared(family, seed, share)
    return root, model, plain.objective


def rounder_of(root, model, compiled):
    """Return what buys for flows."""
    frontiers = designs.frontiers_of(root.design, tuple(model.menus))
    return designs.Rounder(root.design, model, compiled, frontiers)


def relaxation_of(root, model):
    """Return the relaxation with routes, and what of the model its whole columns are."""
    alone, whole = root.alone()
    problem = RouteRelaxation(
        root.design, tuple(model.menus), whole, whole.positions(columns_of(alone))
    )
    problem.keep(list(root.rows.values()))
    own, others = ([var for _, var in choices_of(each)] for each in (alone, model))
    of = dict(zip(whole.positions(own).tolist(), others, strict=True))
    return problem, [of[int(column)] for column in problem.whole]


def closed(problem, lower, upper):
    """Return what the relaxation costs between bounds, with the rows that it violates."""
    while True:
        point = problem.solve(lower, upper)
        if point.values is None or not problem.add_violated(point.values):
            return point


@pytest.mark.parametrize(("family", "share"), CASES, ids=NAMES)
def test_it_bounds_whatever_columns_are_missing(family, share, monkeypatch):
    """Between any bounds of the modules it costs at most what the best design there does."""
    root, model, _ = made(family, share)
    compiled = CompiledModel(model)
    add_use(root.design, model, compiled)
    charged = set(getattr(model, "CHARGED", ()))
    for e, i in model.BLOCKS:
        if e in charged:
            var = model.modules[e, i]
            compiled.add_row([(var, 1.0), (model.is_used[e], -float(var.ub))], -np.inf, 0.0)
    problem, variables = relaxation_of(root, model)
    at = compiled.positions(variables).astype(np.int32)
    rng, ratios = np.random.default_rng(0), []
    for turn in range(16):
        monkeypatch.setattr(route_relaxation, "ROUNDS", (1, 12)[turn % 2])
        free = rng.random(len(at)) < 0.7
        least = np.clip(rng.integers(0, 3, len(at)), problem.lower, problem.upper)
        lower = np.where(free, problem.lower, least)
        upper = np.where(free, problem.upper, np.clip(least + 1, least, problem.upper))
        compiled.solver.changeColsBounds(len(at), at, lower, upper)
        whole = compiled.run(time_limit_s=60, relative_gap=1e-9)
        cost = closed(problem, lower, upper).objective + root.alone()[1].offset
        assert cost <= whole.objective + 1e-5
        if turn % 2 and np.isfinite(whole.objective):
            ratios.append(cost / whole.objective)
    assert max(ratios) > 0.75


@pytest.mark.parametrize(("family", "share"), CASES, ids=NAMES)
def test_the_tree_of_routes_ends_at_the_optimum(family, share):
    """Its bound is below the optimum all the time, and its dives find the design."""
    root, model, optimum = made(family, share)
    compiled = CompiledModel(model)
    best = Best(root.design, compiled, rounder_of(root, model, compiled), lambda _: None)
    assert routes_survive(root)
    made_with = with_routes(root, tuple(model.menus))
    assert made_with is not None
    tree = routes_tree(root, made_with, in_flows(root, model, compiled, best.hint))
    bounds: list[float] = []
    for _ in range(200):
        tree.run(time.monotonic() + 0.2, lambda: best.cost, lambda: False, bounds.append)
        assert bounds[-1] <= optimum + 1e-6 or best.cost <= optimum + 1e-6
        if tree.bound >= best.cost * (1 - 1e-6):
            break
    assert bounds == sorted(bounds)
    assert best.cost == pytest.approx(optimum, rel=1e-6)
    assert tree.bound >= best.cost * (1 - 1e-6)


@pytest.mark.parametrize(("family", "share"), CASES, ids=NAMES)
def test_dives_find_designs_that_are_right(family, share):
    root, model, optimum = made(family, share)
    compiled = CompiledModel(model)
    rounder = rounder_of(root, model, compiled)
    best = Best(root.design, compiled, rounder, lambda _: None)
    lighter = Lighter(root.design, model, compiled, rounder, best, random.Random(1))
    dives = RouteDives(root.design, model, compiled, root, rounder, lighter, best, 1)
    dives.improve(time.monotonic() + 60, lambda: best.cost <= 1.01 * optimum)
    assert optimum - 1e-6 <= best.cost <= 1.01 * optimum
    assert best.values is not None
    precise = designs.polished(CompiledModel(model), rounder, best.values, 5.0)
    solution = designs.solution_of(model, compiled, root.design, precise)
    assert not check_design(root.design, solution)


@pytest.mark.parametrize("code", ["U-U-M", "D-B-M", "D-D-M"])
def test_routes_are_flows_of_the_model(code):
    """Of demands of one source together too, some of them turned round."""
    links = 24 if code == "D-D-M" else 12
    root, model, optimum = made(Family("two", 7, links, 12, code, "two", 200), 0.0)
    problem, _ = relaxation_of(root, model)
    point = closed(problem, problem.lower, problem.upper)
    compiled = CompiledModel(model)
    values = RouteColumns(root.design, model, compiled).values(problem.mix.by_arc())
    found = rounder_of(root, model, compiled).rounded(values)
    assert found is not None
    solution = designs.solution_of(model, compiled, root.design, found)
    assert not check_design(root.design, solution)
    assert point.objective <= optimum + 1e-6 <= compiled.objective_of(found) + 2e-6
