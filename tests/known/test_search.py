"""The search for better designs where traffic survives: from paths, made lighter."""

from __future__ import annotations

import importlib
import random
import time

import pytest

from siting.benchmarks.check_design import check_design
from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of, solution_of
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.routing import Router
from siting.solve.capacity_design.search import Search
from siting.solve.highs import CompiledModel
from tests.benchmarks.networks import Family, random_design

pytestmark = pytest.mark.solver
PATHS_S, LONG_S = 0.05, 60.0


def prepared(code: str, seed: int):
    """Return a search that begins with the lightest design of the first paths."""
    design = random_design(Family("lighter", 10, 26, 40, code, "two", 60), seed)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    frontiers = frontiers_of(design, menus)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    rounder = Rounder(design, model, compiled, frontiers)
    best = Best(design, compiled, rounder, lambda _: None)
    router = Router(design, frontiers, model.commodities, seed)
    router.improve(time.monotonic() + PATHS_S)
    lighter = Lighter(design, model, compiled, rounder, best, random.Random(seed))
    lighter.descend(rounder.of_routes(router), time.monotonic() + LONG_S, lambda: False)
    search = Search(design, model, compiled, rounder, best, router, Root(design, menus, seed), seed)
    return design, (model, compiled), best, (search, router)


def test_dearer_paths_are_made_lighter_than_the_best_design(monkeypatch):
    """What paths buy is dearer than a design of split traffic, until it is made lighter too."""
    module = importlib.import_module("siting.solve.capacity_design.search")
    monkeypatch.setattr(module, "PAIRS_S", PATHS_S)
    for seed in range(6):
        design, (model, compiled), best, (search, router) = prepared("U-U-M-N-C-A-N-P", seed)
        before = best.cost
        search.lighten_routes(time.monotonic() + LONG_S, lambda: False)
        assert best.values is not None
        assert not check_design(design, solution_of(model, compiled, design, best.values))
        if best.cost < min(before, router.cost()):
            return
    pytest.fail("no paths end below a design of split traffic")


def test_paths_of_traffic_that_need_not_survive_stay():
    """There links freed do better: no time goes to paths."""
    _, _, best, (search, _) = prepared("U-U-M", 1)
    before = best.cost
    search.lighten_routes(time.monotonic() + LONG_S, lambda: False)
    assert best.cost == before
