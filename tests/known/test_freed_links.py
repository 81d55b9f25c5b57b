"""Better designs by modules alone: rows exclude only what cannot be routed, optima are found."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
import time

import numpy as np
import pytest

from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of
from siting.solve.capacity_design.freed_links import FreedLinks
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.root import Root
from siting.solve.highs import CompiledModel, Status
from tests.benchmarks.networks import Family
from tests.benchmarks.networks import random_design as random_network
from tests.known.test_rows import random_design

pytestmark = pytest.mark.solver
CODES = ["U-U-M", "D-B-M", "D-B-E", "D-D-M-Y", "U-U-S-Y", "U-U-M-Y"]
SURVIVABLE = [
    *((f"{code}-C-A-N-P", 0.0) for code in ("U-U-M-Y", "U-U-S-N", "D-B-M-N", "D-B-E-Y")),
    *(("U-U-M", share) for share in (0.3, 0.5, 1.0)),
    ("D-B-E-Y", 0.7),
]
FAMILIES = [
    Family("two", 8, 13, 20, "D-B-M", "two", 200),
    Family("charged", 7, 12, 15, "U-U-M-Y", "two", 60),
    Family("single", 7, 12, 15, "U-U-S", "three", 60),
    Family("nine", 7, 11, 16, "D-B-E", "nine", 20),
]


def prepared(design, seed: int):
    """Return what looks for designs, the best design, and its model, compiled."""
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    rounder = Rounder(design, model, compiled, frontiers_of(design, menus))
    best = Best(design, compiled, rounder, lambda _: None)
    rng = random.Random(seed)
    lighter = Lighter(design, model, compiled, rounder, best, rng)
    root = Root(design, menus, seed)
    root.cut_modules(time.monotonic() + 5, lambda _: None)
    freed = FreedLinks(design, root.modules_alone(), lighter, best, rng)
    return lighter, freed, best, (model, compiled)


def fits(model: CompiledModel, columns: np.ndarray, modules: np.ndarray) -> bool:
    """Return whether some modules can be routed, by a linear problem of its own."""
    columns = columns.astype(np.int32)
    model.solver.changeColsBounds(len(columns), columns, modules, modules)
    found = model.run(time_limit_s=30, relaxed=True)
    return found.status is Status.OPTIMAL


@pytest.mark.parametrize(("code", "share"), [*((code, 0.0) for code in CODES), *SURVIVABLE])
@pytest.mark.parametrize("seed", range(3))
def test_only_what_cannot_be_routed_is_excluded(code, share, seed):
    """Every size of every link, at random and next to each other, against the linear problem."""
    design = random_design(code, seed)
    if share or code.endswith("P"):
        free = tuple(dataclasses.replace(link, routing_cost=0.0) for link in design.links)
        design = dataclasses.replace(design, links=free, survival_fraction=share)
    lighter, _, _, (model, compiled) = prepared(design, seed)
    sizes, pool, rng = lighter.sizes, lighter.unroutable, np.random.default_rng(seed)
    other = CompiledModel(capacity_design_model(design, model.menus))
    columns = compiled.positions(model.modules[key] for key in sizes.keys)
    most = [max(len(front.blocks) - 1, 0) for front in sizes.frontiers]
    tried = [[int(rng.integers(0, top + 1)) for top in most] for _ in range(60)]
    excluded = 0
    for places in tried:
        modules = sizes.modules(places)
        can = fits(other, columns, modules)
        if pool.excludes(modules):
            assert not can
            excluded += 1
            continue
        assert (lighter.routed(places, time.monotonic() + 30, lambda: False) is not None) == can
        if not can:
            assert pool.excludes(modules)
    assert excluded or not len(pool.least)


@pytest.mark.parametrize("code", ["U-U-M-Y", "D-B-E-Y", "U-U-S-Y"])
def test_sizes_and_modules_are_the_same(code):
    design = random_design(code, 1)
    sizes = prepared(design, 1)[0].sizes
    tops = [range(min(len(front.blocks), 3)) for front in sizes.frontiers]
    for places in itertools.islice(itertools.product(*tops), 200):
        modules = sizes.modules(list(places))
        assert sizes.places(modules) == list(places)
        for e, place in enumerate(places):
            if (step := sizes.step(e, place)) is None:
                continue
            larger = [*places[:e], place + 1, *places[e + 1 :]]
            assert sizes.cost(larger) == pytest.approx(sizes.cost(list(places)) + step[0])
            assert np.allclose(sizes.changed(modules, e, place + 1), sizes.modules(larger))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_optimum_is_found_and_nothing_below_it(family, seed):
    design = random_network(family, seed)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60, relative_gap=1e-7)
    lighter, freed, best, (_, compiled) = prepared(design, seed)
    largest = [len(front.blocks) - 1 for front in lighter.sizes.frontiers]
    assert lighter.routed(largest, math.inf, lambda: True) is not None
    freed.improve(time.monotonic() + 30, lambda: best.cost <= plain.objective * (1 + 1e-6))
    assert best.cost == pytest.approx(plain.objective, rel=1e-6)
    again = compiled.run(time_limit_s=60, relative_gap=1e-7)
    assert again.objective == pytest.approx(plain.objective, rel=1e-6)
