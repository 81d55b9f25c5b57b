"""The tree over the modules alone, where it must branch: its bound is below the proven optimum."""

from __future__ import annotations

import time

import numpy as np
import pytest

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of
from siting.solve.capacity_design.race import FAR, Race
from siting.solve.capacity_design.root import Root
from siting.solve.highs import CompiledModel
from tests.benchmarks.networks import Family, random_design

pytestmark = [pytest.mark.solver, pytest.mark.slow]
FAMILIES = [
    Family("two", 8, 13, 20, "D-B-M", "two", 200),
    Family("charged", 7, 12, 15, "U-U-M-Y", "two", 60),
    Family("forty", 7, 11, 16, "U-U-E", "forty", 20),
    Family("nine", 7, 11, 16, "D-B-E", "nine", 20),
]


def prepared(family: Family, seed: int):
    """Return the root after its rounds, the model, the best design and the proven optimum."""
    design = random_design(family, seed)
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
    tree = root.tree(model, best.round_up)
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
