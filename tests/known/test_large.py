"""Designs of too many flows: bounds by the eased problem, designs by routes alone."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pytest

from siting.benchmarks.check_design import check_design
from siting.formulation.capacity_design import capacity_design_model, commodities
from siting.formulation.capacity_design_eased import eased_model
from siting.formulation.menus import compact_menu
from siting.solve.capacity_design import large, method
from siting.solve.capacity_design.designs import Rounder, frontiers_of, solution_of
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.method import solve_capacity_design
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.routing import Router
from siting.solve.capacity_design.unit_prices import unit_row
from siting.solve.highs import CompiledModel
from tests.benchmarks.networks import Family
from tests.benchmarks.networks import random_design as random_network
from tests.known.test_rows import random_design

pytestmark = pytest.mark.solver
CODES = [
    "U-U-M-N-S",
    "D-B-E-Y-S",
    "D-D-M-Y-S",
    "U-U-L-Y-S",
    "U-U-M-Y-I",
    "U-U-M-N-C-A-N-P",
    "D-B-M-Y-S-A-N-P",
    "U-U-E-N-I-A-N-P",
]


def survivable(code: str, seed: int, phi: float):
    design = random_design(code, seed)
    allowed = design.code.survivability == "N" and design.code.link != "D"
    return dataclasses.replace(design, survival_fraction=phi if allowed else 0.0)


@pytest.mark.parametrize("phi", [0.0, 0.5])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(2))
def test_no_bound_of_a_large_design_is_above_the_optimum(monkeypatch, code, seed, phi):
    design = survivable(code, seed, phi)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    eased = CompiledModel(eased_model(design, menus)).run(time_limit_s=60)
    assert eased.objective <= plain.objective + 1e-6
    monkeypatch.setattr(large, "is_large", lambda design, _: len(commodities(design)) > 99)
    monkeypatch.setattr(method, "is_large", lambda *_: True)
    found = solve_capacity_design(design, Limits(0.7))
    if math.isinf(plain.objective):
        assert found.solution is None
        return
    assert found.bound <= plain.objective + 1e-6
    assert math.isfinite(found.bound)
    if found.solution is not None:
        assert check_design(design, found.solution) == []
        assert found.objective >= plain.objective - 1e-6


@pytest.mark.parametrize("code", ["U-U-M-N-S", "D-B-M-Y-S"])
def test_no_relaxation_of_the_eased_problem_is_above_the_optimum(code):
    """Its demands split, and are one with others: no row holds that needs single paths."""
    design = random_network(Family("paths", 7, 11, 10, code, "two", 60), 0)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    root, model = Root(design, menus, 1), eased_model(design, menus)
    until = time.monotonic() + 5
    compiled = CompiledModel(model)
    assert root.cut_routed(model, compiled, until, lambda _: None, lambda _: None)
    root.cut_flows(model, root.final(model), until, lambda _: None, lambda _: None)
    assert root.bound <= plain.objective + 1e-6


def test_without_any_routing_cuts_bound_and_routes_are_the_design(monkeypatch):
    design = random_design("U-U-M-N-S", 0)
    monkeypatch.setattr(large, "MOST_FLOWS", 0)
    found = solve_capacity_design(design, Limits(3.0))
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60)
    assert found.solution is not None
    assert check_design(design, found.solution) == []
    assert 0 < found.bound <= plain.objective + 1e-6 <= found.objective + 2e-6


def test_demands_make_room_where_the_largest_size_is_too_small():
    """Largest first, each on its cheapest path, leaves the last demand without one."""
    design = random_design("U-U-E-N-S", 0)
    two = dataclasses.replace(
        design,
        nodes=("a", "b"),
        links=tuple(
            dataclasses.replace(
                design.links[0],
                id=name,
                source="a",
                target="b",
                existing_capacity=0.0,
                modules=(
                    dataclasses.replace(design.links[0].modules[0], capacity=10.0, cost=cost),
                ),
            )
            for name, cost in (("near", 1.0), ("far", 5.0))
        ),
        demands=tuple(
            dataclasses.replace(design.demands[0], id=f"d{v}", source="a", target="b", value=v)
            for v in (5.0, 5.0001, 4.9, 4.8)
        ),
    )
    menus = tuple(compact_menu(link, "E") for link in two.links)
    router = Router(two, frontiers_of(two, menus), commodities(two), 1)
    assert router.improve(time.monotonic() + 5) == 6.0


@pytest.mark.parametrize("code", ["U-U-M", "U-U-E-Y", "U-U-M-N-I", "U-U-M-N-S"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 1.0])
def test_routes_of_which_a_share_survives_are_a_design(code, share):
    """Two routes without a common link, each with half a demand or with what must survive."""
    design = dataclasses.replace(random_design(code, 1), survival_fraction=share)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    frontiers = frontiers_of(design, menus)
    rounder = Rounder(design, model, compiled, frontiers)
    router = Router(design, frontiers, model.commodities, 1)
    cost = router.improve(time.monotonic() + 5, 1)
    if math.isinf(cost):  # sizes are too small for two routes
        assert (code, share) in {("U-U-E-Y", 0.8), ("U-U-E-Y", 1.0)}
        return
    values = rounder.of_routes(router)
    solution = solution_of(model, compiled, design, values)
    assert check_design(design, solution) == []
    assert solution.cost == pytest.approx(cost)
    known = compiled.run(time_limit_s=30, start=values)
    assert known.objective <= cost + 1e-6


def test_routes_begin_where_a_unit_costs_least():
    """Where much is carried, what modules cost is what units cost: nothing else is near."""
    design = random_network(Family("much", 40, 80, 700, "U-U-M", "one", 200), 1)
    menus = tuple(compact_menu(link, "M") for link in design.links)
    router = Router(design, frontiers_of(design, menus), commodities(design), 1)
    row = unit_row(design, menus, np.zeros(len(menus)))
    assert row is not None
    least = row.least * max(menu.blocks[0].cost for menu in menus)
    found = router.improve(time.monotonic(), 0)
    assert least <= found <= least * 1.01


def test_the_time_that_routes_take_to_make_is_within_the_limit(monkeypatch):
    """Those of many thousand demands take seconds."""
    design = random_network(Family("nine", 20, 36, 150, "U-U-E-Y", "nine"), 1)

    class Slow(large.Routes):
        def __init__(self, *given) -> None:
            super().__init__(*given)
            time.sleep(3.0)

    monkeypatch.setattr(large, "Routes", Slow)
    monkeypatch.setattr(method, "is_large", lambda *_: True)
    found = solve_capacity_design(design, Limits(4.0))
    assert found.objective > found.bound > 0
    assert found.seconds < 5.8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "share"),
    [
        (Family("both-ways", 7, 12, 8, "D-B-E-N-C-A-N-P", "nine", 60), 0.0),
        (Family("charged", 6, 10, 6, "U-U-M-Y-C-A-N-P", "two", 200), 0.0),
        (Family("survives", 7, 12, 8, "D-B-E", "nine", 20), 0.5),
        (Family("survives-whole", 6, 11, 6, "U-U-M", "two", 300), 1.0),
    ],
)
def test_where_traffic_survives_routes_close_what_is_too_large_for_flows(
    monkeypatch, family, share
):
    """The eased bound alone is below, and so is no design of whole demands on pairs of routes."""
    design = dataclasses.replace(random_network(family, 1), survival_fraction=share)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60)
    monkeypatch.setattr(method, "is_large", lambda *_: True)
    monkeypatch.setattr(large, "is_large", lambda *_: False)
    found = solve_capacity_design(design, Limits(60.0))
    assert found.solution is not None
    assert check_design(design, found.solution) == []
    assert found.objective == pytest.approx(plain.objective, rel=1e-6)
    assert found.bound == pytest.approx(plain.objective, rel=1e-6)


def test_a_demand_without_two_routes_has_no_relaxation_with_routes(monkeypatch):
    """A bridge is left to what finds out that nothing survives its loss."""
    design = random_network(Family("bridge", 6, 9, 5, "U-U-M-N-C-A-N-P", "two", 60), 1)
    bridge = dataclasses.replace(
        design,
        links=tuple(link for link in design.links if "n0" not in {link.source, link.target})
        + tuple(link for link in design.links if "n0" in {link.source, link.target})[:1],
        demands=(dataclasses.replace(design.demands[0], source="n0", target="n1"),),
    )
    monkeypatch.setattr(method, "is_large", lambda *_: True)
    monkeypatch.setattr(large, "is_large", lambda *_: True)
    found = solve_capacity_design(bridge, Limits(2.0))
    assert found.solution is None
