"""The trees over the modules alone and of the whole model: bounds below the proven optimum."""

from __future__ import annotations

import dataclasses
import sys
import time

import numpy as np
import pytest

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of
from siting.solve.capacity_design.module_columns import columns_of
from siting.solve.capacity_design.race import FAR, Race
from siting.solve.capacity_design.relaxation import Point, Relaxation
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.trees import modules_tree, news, tree_of_all
from siting.solve.highs import CompiledModel
from tests.benchmarks.networks import Family, random_design

pytestmark = [pytest.mark.solver, pytest.mark.slow]
FAMILIES = [
    Family("two", 8, 13, 20, "D-B-M", "two", 200),
    Family("charged", 7, 12, 15, "U-U-M-Y", "two", 60),
    Family("forty", 7, 11, 16, "U-U-E", "forty", 20),
    Family("nine", 7, 11, 16, "D-B-E", "nine", 20),
]


def prepared(family: Family, seed: int, share: float = 0.0):
    """Return the root after its rounds, the model, the best design and the proven optimum."""
    design = dataclasses.replace(random_design(family, seed), survival_fraction=share)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60, relative_gap=1e-7)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    root = Root(design, menus, 1)
    rounder = Rounder(design, model, compiled, frontiers_of(design, menus))
    best = Best(design, compiled, rounder, lambda _: None)
    until = time.monotonic() + 10
    root.cut_modules(until, lambda _: None)
    root.cut_routed(model, compiled, until, lambda _: None, best.round_up)
    return root, model, best, plain


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
@pytest.mark.parametrize("seed", [1])
def test_no_bound_of_the_tree_is_above_the_optimum(family, seed):
    root, model, best, plain = prepared(family, seed)
    tree = modules_tree(root, model, best.round_up)
    assert tree is not None
    bounds: list[float] = []
    for _ in range(40):
        tree.run(time.monotonic() + 0.1, lambda: best.cost, lambda: False, bounds.append)
        assert bounds[-1] <= plain.objective + 1e-6 or best.cost <= plain.objective + 1e-6
        if tree.bound >= best.cost:
            break
    assert bounds == sorted(bounds)
    assert tree.nodes > 1
    assert best.cost >= plain.objective - 1e-6
    assert min(tree.bound, best.cost) <= plain.objective + 1e-6
    assert min(tree.bound, best.cost) >= 0.97 * plain.objective


SPLIT = [
    (Family("two", 7, 11, 14, "D-B-M", "two", 200), 0.0),
    (Family("one-type", 7, 11, 14, "U-U-S", "two", 60), 0.0),
    (Family("charged", 7, 11, 12, "U-U-M-Y", "two", 60), 0.0),
    (Family("by-unit", 7, 11, 12, "U-U-L-Y", "one", 60), 0.0),
    (Family("protected", 7, 12, 8, "U-U-M-N-C-A-N-P", "three", 300), 0.0),
    (Family("survives", 7, 12, 8, "D-B-E", "nine", 20), 0.5),
]


@pytest.mark.parametrize(("family", "share"), SPLIT, ids=[family.name for family, _ in SPLIT])
def test_the_tree_of_all_columns_ends_at_the_optimum(family, share):
    """Its bound is below the optimum all the time, and it finds the design besides."""
    root, model, best, plain = prepared(family, 1, share)
    root.cut_flows(model, root.final(model), time.monotonic() + 10, lambda _: None, best.buy)
    tree = tree_of_all(root, model, best.buy)
    assert tree is not None
    bounds: list[float] = []
    tree.run(time.monotonic() + 60, lambda: best.cost, lambda: False, bounds.append)
    assert bounds[-1] <= plain.objective + 1e-6 or best.cost <= plain.objective + 1e-6
    assert best.cost == pytest.approx(plain.objective, rel=1e-6)
    assert tree.bound >= best.cost * (1 - 1e-6)


def test_a_node_that_is_not_solved_in_time_stays_open(monkeypatch):
    """What stops in the middle bounds nothing; the next run goes on with it."""
    root, model, best, plain = prepared(FAMILIES[0], 1)
    tree = tree_of_all(root, model, best.buy)
    assert tree is not None
    solve = Relaxation.solve

    def stopped(*_: object, until: float) -> Point:
        time.sleep(max(until - time.monotonic(), 0.0))
        return Point(np.inf, is_optimal=False)

    monkeypatch.setattr(Relaxation, "solve", stopped)
    tree.run(time.monotonic() + 0.01, lambda: np.inf, lambda: False, lambda _: None)
    assert tree.bound == -np.inf
    monkeypatch.setattr(Relaxation, "solve", solve)
    tree.run(time.monotonic() + 60, lambda: best.cost, lambda: False, lambda _: None)
    assert best.cost == pytest.approx(plain.objective, rel=1e-6)
    assert tree.bound >= best.cost * (1 - 1e-6)


def test_rows_that_one_tree_finds_are_given_to_the_other():
    root, model, best, _ = prepared(FAMILIES[0], 1)
    trees = [modules_tree(root, model, best.round_up), tree_of_all(root, model, best.buy)]
    for tree in trees:
        assert tree is not None
        tree.run(time.monotonic() + 1, lambda: best.cost, lambda: False, lambda _: None)
    new = root.fresh_rows(np.zeros(len(columns_of(model))), is_quick=True)
    for find in (news(root, len(root.rows) - len(new)), news(root, 0)):
        found = find(np.full(len(columns_of(model)), 1e6))
        assert set(new) <= set(found)
        assert not find(np.full(len(columns_of(model)), 1e6))


def test_highs_gives_up_only_after_its_patience_far_away_and_behind():
    root, model, best, plain = prepared(FAMILIES[0], 1)
    lines: list[str] = []
    race = Race(model, root, best, 0.0, 1e-6, lines.append)
    assert not race.gives_up(-np.inf)
    race.try_tree(time.monotonic() + 0.3, lambda: False)
    assert lines
    assert not race.gives_up(plain.objective + 1e9)
    behind = Race(model, root, best, 0.0, 1e-6, lines.append)
    behind.try_tree(time.monotonic() + 0.3, lambda: False)
    is_far = best.cost - root.bound > FAR * best.cost
    assert behind.gives_up(0.9 * root.bound) == is_far
    patient = Race(model, root, best, 1e6, 1e-6, lines.append)
    patient.try_tree(time.monotonic() + 0.3, lambda: False)
    assert not patient.gives_up(-np.inf)


@pytest.mark.parametrize(
    ("closed", "nodes", "gives_up"), [(0.1, 9, True), (0.5, 9, False), (0.1, 0, False)]
)
def test_highs_gives_up_for_the_tree_of_all_columns_unless_it_closes_much(
    monkeypatch, closed, nodes, gives_up
):
    """Also if HiGHS is ahead by little; not for a tree that gets nowhere."""
    root, model, best, plain = prepared(FAMILIES[0], 1)
    least = 0.9 * plain.objective

    class Slow:
        def __init__(self):
            self.nodes = nodes

        def run(self, _until, _cost, _is_over, say):
            time.sleep(0.01)
            say(least)

    module = sys.modules[Race.__module__]
    monkeypatch.setattr(module, "tree_of_all", lambda *_: Slow())
    monkeypatch.setattr(module, "KNOWN_SHARE", 0.0)
    monkeypatch.setattr(module, "EARLY_SHARE", 0.0)
    race = Race(model, root, best, 60.0, 1e-6, lambda _: None)
    race.try_tree(time.monotonic() + 1, lambda: False)
    assert race.gives_up(least + closed * (best.cost - least)) == gives_up
