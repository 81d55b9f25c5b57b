"""Rows of cuts and metrics: no design of least cost is cut off, in every variant."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest

from siting.benchmarks.check_design import check_design
from siting.benchmarks.sndlib import parse_code
from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.menus import compact_menu
from siting.instance.capacity_design import CapacityDesign, Demand, DesignLink, Module
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of, solution_of
from siting.solve.capacity_design.lighter import Lighter
from siting.solve.capacity_design.metric import Metrics
from siting.solve.capacity_design.node_sets import Borders
from siting.solve.capacity_design.partitions import Partitions
from siting.solve.capacity_design.root import Root
from siting.solve.capacity_design.trees import modules_tree
from siting.solve.highs import CompiledModel
from tests.known.files import random_network

pytestmark = pytest.mark.solver
CODES = [
    "U-U-M",
    "D-B-M",
    "D-B-E",
    "D-D-M",
    "U-U-M-Y",
    "D-B-M-Y",
    "D-B-E-Y",
    "U-U-S-Y",
    "U-U-L-Y",
    "D-D-M-Y",
    "U-U-M-Y-I",
    "U-U-M-Y-C-A-N-P",
]


def random_design(code: str, seed: int) -> CapacityDesign:
    """Return four nodes in a ring with a chord; directed links both ways."""
    nodes, links, demands = random_network(seed)
    ways = [link["ends"] for link in links]
    if parse_code(code).link == "D":
        links = [{**link, "ends": e} for link in links for e in (link["ends"], link["ends"][::-1])]
        ways = [link["ends"] for link in links]
    rng = random.Random(seed)
    return CapacityDesign(
        name=f"{code} {seed}",
        code=parse_code(code),
        nodes=tuple(nodes),
        links=tuple(
            DesignLink(
                id=f"l{i}",
                source=ways[i][0],
                target=ways[i][1],
                existing_capacity=float(link.get("existing", (0, 0))[0]),
                existing_cost=float(link.get("existing", (0, 0))[1]),
                routing_cost=float(link["routingCost"]) if seed % 2 else 0.0,
                setup_cost=float(link["setupCost"] * rng.choice([0, 1, 4])),
                modules=tuple(Module(capacity=float(c), cost=float(w)) for c, w in link["modules"]),
            )
            for i, link in enumerate(links)
        ),
        demands=tuple(
            Demand(id=f"d{i}", source=a, target=b, value=float(v))
            for i, (a, b, v) in enumerate(demands)
        ),
    )


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(3))
def test_bounds_of_the_root_are_below_the_optimum(code, seed):
    design = random_design(code, seed)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60)
    menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
    model = capacity_design_model(design, menus)
    compiled = CompiledModel(model)
    root = Root(design, menus, 1)
    until = time.monotonic() + 30
    offered: list[np.ndarray] = []
    rounder = Rounder(design, model, compiled, frontiers_of(design, menus))
    best = Best(design, compiled, rounder, lambda _: None)
    root.cut_modules(until, lambda _: None)
    assert root.bound <= plain.objective + 1e-6
    is_feasible = root.cut_routed(model, compiled, until, lambda _: None, offered.append)
    if np.isinf(plain.objective):
        return
    assert is_feasible
    assert root.bound <= plain.objective + 1e-6
    if root.is_whole and best.is_rounded:
        tree = modules_tree(root, model, best.round_up)
        assert tree is not None
        tree.run(until, lambda: best.cost, lambda: False, lambda _: None)
        assert tree.nodes
        assert best.cost >= plain.objective - 1e-6
        assert min(tree.bound, best.cost) <= plain.objective + 1e-6
        is_all_modules = not any(link.routing_cost for link in design.links)
        if is_all_modules and code in {"U-U-M", "D-B-M", "D-B-E", "D-D-M"}:
            assert best.cost == pytest.approx(plain.objective, abs=1e-6)
            assert tree.bound >= best.cost - 1e-6
    whole = root.final(model).run(time_limit_s=60)
    assert whole.objective == pytest.approx(plain.objective, abs=1e-6)
    assert offered


def routed(code: str, seed: int):
    """Return a random design with its menus and its model with routing, also compiled."""
    design = random_design(code, seed)
    menus = tuple(compact_menu(link, "M") for link in design.links)
    model = capacity_design_model(design, menus)
    return design, menus, model, CompiledModel(model)


@pytest.mark.parametrize("code", ["U-U-M", "D-B-M", "D-D-M"])
def test_any_prices_give_a_metric_row(code):
    """A design that can be routed keeps the row of any prices; one with nothing breaks it."""
    rng = np.random.default_rng(3)
    for seed in range(4):
        design, menus, model, compiled = routed(code, seed)
        found = compiled.run(time_limit_s=30)
        assert found.values is not None
        values = np.array([compiled.value(model.modules[k], found.values) for k in model.BLOCKS])
        columns = 2 if design.code.link == "B" else 1
        for _ in range(10):
            prices = rng.choice([0.0, 1.0, 2.5], (len(design.links), columns))
            row = Metrics(design, menus).row(prices, values)
            if row is not None:
                assert row.violation <= 1e-6
                assert row.least > 0


@pytest.mark.parametrize("code", ["U-U-M-Y", "D-B-M-Y", "D-D-M-Y"])
def test_any_prices_and_tolls_give_a_metric_row(code):
    rng = np.random.default_rng(3)
    for seed in range(3):
        design, menus, model, compiled = routed(code, seed)
        found = compiled.run(time_limit_s=30)
        assert found.values is not None
        columns = [model.modules[k] for k in model.BLOCKS]
        columns += [model.is_used[e] for e in model.CHARGED]
        values = np.array([compiled.value(var, found.values) for var in columns])
        ways = 1 if code[2] == "D" else 2
        charged = list(model.CHARGED)
        for _ in range(20):
            prices = rng.choice([0.0, 1.0, 2.5], (len(design.links), ways if code[2] == "B" else 1))
            tolls = np.zeros((len(model.commodities), len(design.links), 2))
            tolls[:, charged, :ways] = rng.choice(
                [0.0, 0.7, 2.0], (len(model.commodities), len(charged), ways)
            )
            row = Metrics(design, menus).row_with_tolls(prices, tolls, values)
            if row is not None:
                assert row.violation <= 1e-6
                assert row.least > 0


def complete_network(demands: list[tuple[str, str]]) -> CapacityDesign:
    """Return four nodes, every two of them linked by modules larger than all demands."""
    nodes = ("a", "b", "c", "d")
    pairs = [(a, b) for i, a in enumerate(nodes) for b in nodes[i + 1 :]]
    module = (Module(capacity=100.0, cost=1.0),)
    return CapacityDesign(
        name="complete",
        code=parse_code("U-U-M"),
        nodes=nodes,
        links=tuple(DesignLink(id=f"{a}{b}", source=a, target=b, modules=module) for a, b in pairs),
        demands=tuple(Demand(id=f"{a}-{b}", source=a, target=b, value=1.0) for a, b in demands),
    )


@pytest.mark.parametrize(
    ("demands", "least"),
    [
        ([("a", "b"), ("b", "c"), ("c", "d")], 3.0),
        ([("a", "b"), ("c", "d")], 2.0),
    ],
)
def test_used_links_join_what_demands_join(demands, least):
    design = complete_network(demands)
    menus = tuple(compact_menu(link, "M") for link in design.links)
    partitions = Partitions(design, menus, Borders(design))
    rows = partitions.violated(np.full(6, 0.3), random.Random(1))
    whole = [row for row in rows if len(row.columns) == 6 and set(row.coefficients) == {1.0}]
    assert max(row.least for row in whole) == least
    tree = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    assert not partitions.violated(tree, random.Random(1))


@pytest.mark.parametrize("code", ["U-U-M", "D-B-E", "D-D-M", "U-U-S-Y", "D-B-M-Y"])
def test_lighter_designs_are_right_and_not_below_the_optimum(code):
    for seed in range(3):
        design = random_design(code, seed)
        menus = tuple(compact_menu(link, design.code.capacity) for link in design.links)
        model = capacity_design_model(design, menus)
        compiled = CompiledModel(model)
        rounder = Rounder(design, model, compiled, frontiers_of(design, menus))
        best = Best(design, compiled, rounder, lambda _: None)
        relaxed = compiled.run(time_limit_s=10, relaxed=True)
        start = None if relaxed.values is None else rounder.rounded(relaxed.values)
        if start is None:
            continue
        lighter = Lighter(design, model, compiled, rounder, best, random.Random(seed))
        light = lighter.descend(start, time.monotonic() + 20, lambda: False)
        lighter.walk(time.monotonic() + 0.2, lambda: False)
        least = compiled.run(time_limit_s=30)
        assert least.objective - 1e-6 <= best.cost <= best.cost_of(light) <= best.cost_of(start)
        assert best.values is not None
        found = solution_of(model, compiled, design, compiled.polish(best.values))
        assert check_design(design, found) == []
