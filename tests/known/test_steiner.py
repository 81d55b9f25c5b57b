"""Steiner trees: every test, bound and cut by itself, against enumeration."""

from __future__ import annotations

import itertools
import math
import random
import time

import networkx as nx
import numpy as np
import pytest

from siting.benchmarks.check_tree import check_tree
from siting.benchmarks.run import Asked, run_benchmark
from siting.formulation.steiner import steiner_model
from siting.instance.steiner import SteinerProblem
from siting.solve.highs import CompiledModel
from siting.solve.steiner import method
from siting.solve.steiner.arrays import net_of
from siting.solve.steiner.ascent import ascend, needed_arcs
from siting.solve.steiner.branching import BranchAndCut
from siting.solve.steiner.distances import drop_branchings, drop_long_edges
from siting.solve.steiner.graph import Shrunk, graph_of, reachable, simplify
from siting.solve.steiner.improve import TreeSearch
from siting.solve.steiner.method import solve_steiner, step_of
from siting.solve.steiner.relaxation import CutRelaxation
from siting.solve.steiner.separation import violated_cuts
from siting.solve.steiner.trees import cost_of
from tests.known.brute import least_tree

pytestmark = pytest.mark.solver
SEEDS = range(40)


def random_problem(seed: int, *, most: int = 9) -> SteinerProblem:
    """Return a small connected graph, of equal weights, whole ones, reals, or some zeros."""
    rng = random.Random(seed)
    nodes = rng.randint(5, most)
    pairs = {(rng.randint(1, i - 1), i) for i in range(2, nodes + 1)}
    everything = list(itertools.combinations(range(1, nodes + 1), 2))
    pairs |= set(rng.sample(everything, min(len(everything), rng.randint(2, 3 * nodes))))
    weigh = rng.choice(
        [lambda: 1.0, lambda: float(rng.randint(1, 4)), lambda: rng.uniform(1, 9),
         lambda: 3.0 * rng.randint(0, 5)]
    )  # fmt: skip
    edges = tuple((a, b, weigh()) for a, b in sorted(pairs))
    terminals = tuple(rng.sample(range(1, nodes + 1), rng.randint(2, min(5, nodes))))
    return SteinerProblem(f"random {seed}", nodes, edges, terminals)


def optimum(problem: SteinerProblem) -> float:
    return least_tree(problem.nodes, problem.edges, set(problem.terminals))


def left_of(shrunk: Shrunk) -> float:
    """Return the optimum of what is left, with what is taken in."""
    if not shrunk.terminals <= reachable(shrunk.graph, min(shrunk.terminals)):
        return math.inf
    number = {node: i + 1 for i, node in enumerate(sorted(shrunk.graph))}
    edges = [
        (number[a], number[b], weight)
        for a, around in shrunk.graph.items()
        for b, (weight, _) in around.items()
        if a < b
    ]
    ends = {number[t] for t in shrunk.terminals}
    return shrunk.cost + least_tree(len(number), edges, ends)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_proven(seed):
    problem = random_problem(seed)
    found = solve_steiner(problem, time_limit_s=60)
    assert found.objective == pytest.approx(optimum(problem))
    assert found.bound == pytest.approx(found.objective)
    assert check_tree(problem, found.edges, found.objective) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_branch_and_cut_alone_proves_it(seed, monkeypatch):
    # No reductions, no good trees, no bound of dual ascent: the relaxation has all to do.
    monkeypatch.setattr(method._Solve, "_reduce", lambda _: None)
    monkeypatch.setattr(method, "FEWER", 0.0)
    monkeypatch.setattr(TreeSearch, "_descend", lambda *_: None)
    monkeypatch.setattr(method._Solve, "_is_closed", lambda _: False)
    problem = random_problem(seed)
    found = solve_steiner(problem, time_limit_s=60)
    assert found.objective == pytest.approx(optimum(problem))
    assert found.bound == pytest.approx(found.objective)


@pytest.mark.parametrize("test", [simplify, drop_long_edges, drop_branchings])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_reduction_keeps_an_optimal_tree(seed, test):
    problem = random_problem(seed)
    shrunk = Shrunk(graph_of(problem), set(problem.terminals))
    for _ in range(3):
        if test is simplify:
            simplify(shrunk)
        else:
            net, nodes = net_of(shrunk.graph, shrunk.terminals)
            test(shrunk, net, nodes)
        assert left_of(shrunk) == pytest.approx(optimum(problem))
        if len(shrunk.terminals) <= 1:
            return


@pytest.mark.parametrize("test", [simplify, drop_long_edges, drop_branchings])
def test_each_reduction_finds_something(test):
    fewer = 0
    for seed in SEEDS:
        shrunk = Shrunk(graph_of(random_problem(seed)), set(random_problem(seed).terminals))
        before = shrunk.edges
        net, nodes = net_of(shrunk.graph, shrunk.terminals)
        simplify(shrunk) if test is simplify else test(shrunk, net, nodes)
        fewer += shrunk.edges < before
    assert fewer >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_dual_ascent_bounds_and_keeps_what_is_needed(seed):
    problem = random_problem(seed)
    shrunk = Shrunk(graph_of(problem), set(problem.terminals))
    net, nodes = net_of(shrunk.graph, shrunk.terminals)
    best = optimum(problem)
    for root in np.flatnonzero(net.is_terminal):
        ascent = ascend(net, int(root))
        assert ascent.bound <= best + 1e-9
        paid = net.weight.copy()
        for cut in ascent.cuts:
            assert net.is_terminal[cut[0]]
            assert root not in cut
        assert (ascent.left <= paid + 1e-9).all()
        needed = needed_arcs(net, ascent, best + 1e-6)
        kept = Shrunk(graph_of(problem), set(problem.terminals))
        kept.keep((nodes[net.tail[a]], nodes[net.head[a]]) for a in np.flatnonzero(needed))
        assert left_of(kept) == pytest.approx(best)


def least_with(problem: SteinerProblem, have: set[int], lack: set[int]) -> float:
    """Return the cost of the cheapest tree with some nodes, and without others."""
    edges = [e for e in problem.edges if not lack & {e[0], e[1]}]
    ends = {*problem.terminals, *have}
    graph = nx.Graph([e[:2] for e in edges])
    graph.add_nodes_from(ends)
    is_joined = ends <= nx.node_connected_component(graph, min(ends))
    return least_tree(problem.nodes, edges, ends) if is_joined else math.inf


@pytest.mark.parametrize("seed", SEEDS)
def test_relaxation_bounds_trees_that_have_and_lack_given_nodes(seed):
    problem = random_problem(seed)
    rng = random.Random(seed)
    net, nodes = net_of(graph_of(problem), set(problem.terminals))
    root = int(np.flatnonzero(net.is_terminal)[0])
    free = np.flatnonzero(~net.is_terminal).tolist()
    included = rng.sample(free, min(len(free), 1))
    excluded = [n for n in free if n not in included][:1]
    relaxation = CutRelaxation(net, root, np.ones(len(net.weight), dtype=bool))
    for have, lack in (([], []), (included, excluded), ([], excluded), ([], [])):
        gone = np.zeros(len(nodes), dtype=bool)
        gone[lack] = True
        relaxation.settle(gone, have)
        wanted = net.is_terminal.copy()
        wanted[have] = True
        targets = np.flatnonzero(wanted)
        targets = targets[targets != root]
        best = least_with(problem, {nodes[n] for n in have}, {nodes[n] for n in lack})
        if have and least_with(problem, set(), {nodes[n] for n in have + lack}) <= best:
            continue  # the node would be a dead end: trees without it are as good
        for _ in range(30):
            if not relaxation.solve(time.monotonic() + 10):
                assert math.isinf(best)
                break
            assert relaxation.bound <= best + 1e-7
            assert relaxation.ascent(wanted).bound <= best + 1e-7
            cuts = violated_cuts(
                net, relaxation.values, relaxation.is_kept, root, targets, np.ones(len(targets))
            )
            for node, side in cuts:
                assert node in side
                assert root not in side
                inside = np.isin(np.arange(len(nodes)), side)
                entering = relaxation.values[inside[net.head] & ~inside[net.tail]]
                assert entering.sum() < 1.0
            if not relaxation.add_cuts(cuts) + relaxation.add_pairs():
                break
        else:
            pytest.fail("cuts without end")


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("interior", [False, True])
def test_branching_ends_at_the_optimum(seed, interior):
    problem = random_problem(seed, most=10)
    net, _ = net_of(graph_of(problem), set(problem.terminals))
    search = TreeSearch(net, 1, math.inf)
    search.grow(net.weight, descend=False)
    ascent = ascend(net, int(np.flatnonzero(net.is_terminal)[0]))
    tree = BranchAndCut(net, ascent, search, lambda: search.cost - 1e-9, time.monotonic() + 30)
    tree.relaxation.use_interior(on=interior)
    tree.cut_root(lambda _: None)
    assert tree.bound <= optimum(problem) + 1e-9
    tree.branch(lambda _: None)
    assert search.cost == pytest.approx(optimum(problem))
    assert tree.bound == pytest.approx(search.cost)


@pytest.mark.parametrize("seed", range(20))
def test_trees_are_trees(seed):
    problem = random_problem(seed, most=14)
    net, _ = net_of(graph_of(problem), set(problem.terminals))
    search = TreeSearch(net, seed, math.inf)
    for _ in range(5):
        search.grow(search.noisy(net.weight, 1.0))
        arcs = search.best[search.best >= 0]
        tree = nx.Graph(list(zip(net.tail[arcs].tolist(), net.head[arcs].tolist(), strict=True)))
        assert nx.is_tree(tree)
        assert set(np.flatnonzero(net.is_terminal)) <= set(tree)
        assert search.cost == pytest.approx(cost_of(net, search.best))
        assert search.cost >= optimum(problem) - 1e-9 if problem.nodes < 11 else True


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit_s", [0.0, 0.02, 0.2])
def test_a_bound_holds_when_the_time_ends(seed, limit_s):
    rng = random.Random(seed)
    edges = tuple(
        (a, b, float(rng.randint(95, 105) + 100 * ((a < 12) + (b < 12))))
        for a, b in itertools.combinations(range(1, 41), 2)
        if rng.random() < 0.2 or b == a + 1
    )
    problem = SteinerProblem("hard", 40, edges, tuple(range(1, 12)))
    stopped = solve_steiner(problem, time_limit_s=limit_s)
    whole = solve_steiner(problem, time_limit_s=60)
    assert whole.bound == pytest.approx(whole.objective)
    assert stopped.bound <= whole.objective + 1e-6 <= stopped.objective + 2e-6
    assert check_tree(problem, stopped.edges, stopped.objective) == []


@pytest.mark.parametrize("seed", range(12))
def test_the_exported_model_has_the_same_optimum(seed, tmp_path):
    problem = random_problem(seed)
    outcome = CompiledModel(steiner_model(problem)).run(time_limit_s=30)
    assert outcome.objective == pytest.approx(optimum(problem), abs=1e-6)
    path = tmp_path / "tree.gr"
    lines = [f"E {a} {b} {w}" for a, b, w in problem.edges]
    ends = [f"T {t}" for t in problem.terminals]
    head = ["SECTION Graph", f"Nodes {problem.nodes}", f"Edges {len(lines)}"]
    tail = ["END", "SECTION Terminals", f"Terminals {len(ends)}", *ends, "END", "EOF"]
    path.write_text("\n".join([*head, *lines, *tail]))
    run_benchmark(path, Asked(export_mps=tmp_path / "tree.mps"))
    assert (tmp_path / "tree.mps").stat().st_size > 0


def test_steps_of_whole_weights():
    assert step_of([4.0, 6.0, 0.0]) == 2.0
    assert step_of([4.0, 6.5]) == 0.0
    assert step_of([0.0]) == 0.0
