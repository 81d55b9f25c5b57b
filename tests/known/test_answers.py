"""Answers by hand, and by enumeration of random small problems of each kind."""

from __future__ import annotations

import dataclasses
import random
import time
from pathlib import Path

import pytest

from siting.benchmarks.check_design import check_design
from siting.benchmarks.run import Asked, BenchmarkResult, run_benchmark
from siting.benchmarks.sndlib import parse_code, read_sndlib
from siting.errors import InfeasibleError
from siting.formulation.capacity_design import capacity_design_model
from siting.instance.design_solution import Bought
from siting.solve.capacity_design import method, neighborhoods
from siting.solve.capacity_design.beside import beside
from siting.solve.capacity_design.best import Best
from siting.solve.capacity_design.designs import Rounder, frontiers_of
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.method import solve_capacity_design
from siting.solve.highs import CompiledModel
from tests.known.brute import least_design, least_facilities, least_tree
from tests.known.files import network_xml, random_network

pytestmark = pytest.mark.solver
TRIANGLE = [
    {"ends": ("a", "b"), "modules": [(10, 6), (40, 11)], "setupCost": 5},
    {"ends": ("b", "c"), "modules": [(10, 6), (40, 11)], "setupCost": 5},
    {"ends": ("a", "c"), "modules": [(10, 9), (40, 30)], "setupCost": 1},
]
DEMANDS = [("a", "b", 12.0), ("b", "c", 12.0), ("a", "c", 8.0)]


def solved(folder: Path, network: object, model: str, survive: float = 0.0) -> BenchmarkResult:
    path = folder / "net.xml"
    path.write_text(network_xml(*network), "utf-8")  # type: ignore[misc]
    asked = Asked(model=model, survival_fraction=survive, time_limit_s=60, relative_gap=1e-9)
    return run_benchmark(path, asked)


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        # All over b: loads 20 and 20, a module of 40 on each. Beside: a-c at 9, still 2 x 11.
        ("U-U-M", 22),
        ("D-B-M", 22),
        # 11 / 40 a unit on a-b and b-c, 30 / 40 on a-c: 12 + 12 + 2 x 8 units over b.
        ("U-U-L", 40 * 11 / 40),
        ("U-U-S", 22),
        ("U-U-E", 22),
        # 5 for each of the two links.
        ("U-U-M-Y", 32),
        ("D-B-M-N-S", 22),
        # Each demand over both of its routes: 32 on every link.
        ("U-U-M-N-C-A-N-P", 11 + 11 + 30),
    ],
)
def test_triangle_by_hand(tmp_path, model, cost):
    result = solved(tmp_path, (["a", "b", "c"], TRIANGLE, DEMANDS), model)
    assert result.problems == ()
    assert result.objective == pytest.approx(cost)
    assert result.bound == pytest.approx(cost)


def test_survival_by_hand(tmp_path):
    """A ring with one demand: half of it must avoid every link, so both sides carry half."""
    links = [{"ends": e, "modules": [(1, 1)]} for e in (("a", "b"), ("b", "c"), ("a", "c"))]
    network = (["a", "b", "c"], links, [("a", "b", 10.0)])
    half = solved(tmp_path, network, "U-U-M", 0.5)
    assert (half.objective, half.problems) == (pytest.approx(5 + 2 * 5), ())
    full = solved(tmp_path, network, "U-U-M", 1.0)
    assert (full.objective, full.problems) == (pytest.approx(30), ())


def test_demands_that_cannot_be_routed(tmp_path):
    links = [{"ends": ("a", "b"), "modules": [(5, 1)]}]
    with pytest.raises(InfeasibleError, match="demand 'D0': a and c are not joined"):
        solved(tmp_path, (["a", "b", "c"], links, [("a", "c", 1)]), "U-U-M")
    with pytest.raises(InfeasibleError, match="two routes without a common link"):
        solved(tmp_path, (["a", "b"], links, [("a", "b", 1)]), "U-U-M", 1.0)
    result = solved(tmp_path, (["a", "b"], links, [("a", "b", 6)]), "U-U-E")
    assert result.is_infeasible


@pytest.mark.parametrize("model", ["U-U-M", "D-B-M", "U-U-E", "D-B-E", "U-U-S", "D-U-M"])
@pytest.mark.parametrize("seed", range(2))
def test_random_networks_against_enumeration(tmp_path, model, seed):
    network = random_network(seed)
    _, link, capacity = model.split("-")
    result = solved(tmp_path, network, model)
    least = least_design(network, link, capacity)
    if result.is_infeasible:
        assert least == float("inf")
        return
    assert result.problems == ()
    assert result.objective == pytest.approx(least)
    assert result.bound <= least + 1e-6 * abs(least)
    assert result.gap < 1e-6


@pytest.mark.parametrize("model", ["U-U-M", "D-B-E", "U-U-S", "U-U-M-Y"])
def test_designs_made_better_by_parts(tmp_path, monkeypatch, model):
    """Parts of two links: never dearer than what they start from, and still whole designs."""
    path = tmp_path / "net.xml"
    path.write_text(network_xml(*random_network(1)), "utf-8")
    design = read_sndlib(path, parse_code(model))
    monkeypatch.setattr(neighborhoods, "FREE_LINKS", 2)
    monkeypatch.setattr(neighborhoods, "LEAST_FREE", 2)
    built = capacity_design_model(design)
    compiled = CompiledModel(built)
    whole = compiled.run(time_limit_s=30)
    first = _far_too_much(built, compiled)
    assert compiled.objective_of(first) > 1.5 * whole.objective
    until = time.monotonic() + 30
    rounder = Rounder(design, built, compiled, frontiers_of(design, built.menus))
    best = Best(design, compiled, rounder, lambda _: None)
    best.take(first)
    neighborhoods.improve_parts(built, compiled, design, best, until, 1, lambda: False)
    assert whole.objective - 1e-6 <= best.cost < compiled.objective_of(first)
    assert compiled.run(time_limit_s=30).objective == pytest.approx(whole.objective)


def _far_too_much(built, compiled):
    """Return a design with a lot on every link."""
    with compiled.fixed((built.modules[e, i], 1.0) for e, i in built.BLOCKS if i == 1):
        found = compiled.run(time_limit_s=30)
    assert found.values is not None
    return found.values


def test_nearest_links_first(tmp_path):
    path = tmp_path / "net.xml"
    ends = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]
    links = [{"ends": pair, "modules": [(5, 1)]} for pair in ends]
    path.write_text(network_xml(["a", "b", "c", "d", "e"], links, [("a", "e", 1.0)]), "utf-8")
    design = read_sndlib(path, parse_code("U-U-M"))
    assert neighborhoods.nearest_links(design, "a", 2) == {0, 1}
    assert neighborhoods.nearest_links(design, "d", 2) == {2, 3}
    assert neighborhoods.nearest_links(design, "c", 9) == {0, 1, 2, 3}


def test_open_networks_take_the_same_way_to_the_optimum(tmp_path, monkeypatch):
    monkeypatch.setattr(method, "LARGE_NODES", 2)
    network = random_network(0)
    result = solved(tmp_path, network, "U-U-M")
    assert result.problems == ()
    assert result.objective == pytest.approx(least_design(network, "U", "M"))
    assert result.gap < 1e-6


def test_the_second_thread_waits_stops_and_tells_its_errors():
    done = []
    with beside(lambda _: done.append("too early"), 60.0):
        pass
    assert done == []

    def work(is_over):
        done.append("begun")
        while not is_over():
            time.sleep(0.01)
        done.append("over")

    with beside(work, 0.0):
        while not done:
            time.sleep(0.01)
    assert done == ["begun", "over"]

    def broken(_):
        done.append("broken")
        raise ValueError("in the second thread")

    def caller():
        with beside(broken, 0.0):
            while "broken" not in done:
                time.sleep(0.01)

    with pytest.raises(ValueError, match="second thread"):
        caller()


def test_check_finds_what_is_broken(tmp_path):
    path = tmp_path / "net.xml"
    path.write_text(network_xml(["a", "b", "c"], TRIANGLE, DEMANDS), "utf-8")
    design = read_sndlib(path, parse_code("U-U-M"))
    found = solve_capacity_design(design, Limits(30)).solution
    assert found is not None
    assert check_design(design, found) == []
    fewer = dataclasses.replace(found, bought=found.bought[1:])
    more = dataclasses.replace(found, bought=(*found.bought, Bought("L2", 0, 1.0)))
    part = dataclasses.replace(found, bought=(Bought("L0", 0, 1.5), *found.bought))
    flows = dataclasses.replace(found, flows=found.flows[1:])
    other = dataclasses.replace(found, commodities=found.commodities[1:], flows=())
    for broken, words in (
        (fewer, "above capacity"),
        (more, "cost: counted"),
        (part, "1.5 modules"),
        (flows, "commodity"),
        (other, "asked for"),
    ):
        assert any(words in problem for problem in check_design(design, broken))


@pytest.mark.parametrize("seed", range(8))
def test_random_trees_against_enumeration(tmp_path, seed):
    rng = random.Random(seed)
    nodes, count = 11, 4
    edges = [(rng.randint(1, i - 1), i, rng.randint(1, 9)) for i in range(2, nodes + 1)]
    edges += [(rng.randint(1, nodes), rng.randint(1, nodes), rng.randint(1, 9)) for _ in range(14)]
    terminals = rng.sample(range(1, nodes + 1), count)
    text = [f"SECTION Graph\nNodes {nodes}\nEdges {len(edges)}"]
    text += [f"E {a} {b} {w}" for a, b, w in edges]
    text += [f"END\nSECTION Terminals\nTerminals {count}", *(f"T {t}" for t in terminals)]
    path = tmp_path / "tree.gr"
    path.write_text("\n".join([*text, "END", "EOF"]), "utf-8")
    result = run_benchmark(path, Asked(time_limit_s=30))
    assert result.problems == ()
    assert result.objective == least_tree(nodes, edges, set(terminals)) == result.bound


@pytest.mark.parametrize("seed", range(4))
def test_random_facilities_against_enumeration(tmp_path, seed):
    rng = random.Random(seed)
    facilities = [(rng.randint(8, 20), rng.randint(5, 40)) for _ in range(4)]
    customers = [(rng.randint(1, 6), [rng.randint(1, 30) for _ in facilities]) for _ in range(7)]
    words = [4, 7, *(x for f in facilities for x in f)]
    words += [x for demand, costs in customers for x in (demand, *costs)]
    path = tmp_path / "case.cap"
    path.write_text(" ".join(map(str, words)), "utf-8")
    result = run_benchmark(path, Asked(time_limit_s=30, relative_gap=0))
    assert result.problems == ()
    assert result.objective == pytest.approx(least_facilities(facilities, customers))
    assert result.bound == pytest.approx(result.objective)
