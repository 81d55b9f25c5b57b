"""Compact menus: the least cost of every load is that of the list."""

from __future__ import annotations

import math
import random

import pytest

from siting.formulation.menus import compact_menu, most_of_use
from siting.instance.capacity_design import DesignLink, Module
from siting.solve.capacity_design.frontier import frontier


def least_cost(modules: tuple[Module, ...], capacity: str, load: float) -> float:
    """Return the least cost of a load, by all numbers of modules."""
    if capacity == "E":
        return min((m.cost for m in modules if m.capacity >= load), default=math.inf)
    if capacity == "S":
        return min(math.ceil(load / m.capacity) * m.cost for m in modules)
    costs = [0.0]
    for units in range(1, math.ceil(load) + 1):
        costs.append(min(costs[max(0, units - int(m.capacity))] + m.cost for m in modules))
    return costs[-1]


@pytest.mark.parametrize("capacity", ["M", "S", "E"])
def test_no_load_is_dearer_or_cheaper(capacity):
    rng = random.Random(1)
    bounded = 0
    for _ in range(150):
        modules = tuple(
            Module(capacity=float(rng.randint(1, 12)), cost=float(rng.randint(0, 12)))
            for _ in range(rng.randint(1, 4))
        )
        link = DesignLink(id="l", source="a", target="b", modules=modules)
        compact = frontier(compact_menu(link, capacity), 30.0)
        bounded += any(b.most < math.inf for b in compact_menu(link, capacity).blocks)
        for load in range(1, 60):
            assert compact.cost(load / 2) == pytest.approx(least_cost(modules, capacity, load / 2))
    assert bounded


def test_small_modules_that_large_ones_undercut():
    """Three cost as much as a large one; alone, six do as two, but five cost less."""
    small, large = Module(capacity=155, cost=100), Module(capacity=622, cost=300)
    assert most_of_use(small, (small, large), is_mixed=True) == 2
    assert most_of_use(small, (small, large), is_mixed=False) == 5
    assert most_of_use(large, (small, large), is_mixed=True) == math.inf
    assert most_of_use(small, (small,), is_mixed=True) == math.inf
