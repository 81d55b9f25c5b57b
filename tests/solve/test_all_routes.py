"""The bound over all routes: its parts by hand and by other means, and against optima."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import math
import random
import time
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from siting import build_instance, build_network, load_study
from siting.formulation.requirements import Requirements
from siting.instance.noise_floor import _lower_hull
from siting.instance.records_graph import GraphEdge, RouteGraph, TransportKind
from siting.solve.all_routes import RouteGeneration, best_response, route_problem
from siting.solve.all_routes.admissible import Reach, ReadyMap
from siting.solve.all_routes.ascent import LEAST_STEPS, Ascent
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.frames import carried_by
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.needs import (
    Carried,
    LegalKind,
    Line,
    Need,
    channels_usd,
    line_under_all,
    menus_of,
)
from siting.solve.all_routes.neighborhoods import Fields
from siting.solve.set_cuts import least_demands
from siting.study import Study
from tests.oracle.draft import write
from tests.oracle.instances import random_draft
from tests.solve.all_routes_case import asked_always, compare, compare_joint
from tests.solve.graphs import instance_with_graph

# Two disjoint paths


bound = importlib.import_module("siting.solve.all_routes.bound")
generation = importlib.import_module("siting.solve.all_routes.generation")
rounds = importlib.import_module("siting.solve.all_routes.rounds")
network_problem = importlib.import_module("siting.solve.all_routes.network_problem")


def random_edges(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = random.Random(seed)
    nodes = rng.randint(4, 9)
    drawn = [tuple(rng.sample(range(nodes), 2)) for _ in range(rng.randint(nodes, 3 * nodes))]
    names = sorted({0, 1, *itertools.chain(*drawn)})
    ends = np.array([(names.index(a), names.index(b)) for a, b in drawn])
    return ends, np.array([float(rng.randint(0, 20)) for _ in drawn])


def least_two_paths(ends: np.ndarray, weights: np.ndarray) -> float | None:
    graph = nx.DiGraph()
    graph.add_node(0, demand=-2)
    graph.add_node(1, demand=2)
    for k, (pair, weight) in enumerate(zip(ends.tolist(), weights, strict=True)):
        graph.add_edge(("in", k), ("out", k), weight=int(weight), capacity=1)
        for node in pair:
            graph.add_edge(node, ("in", k), weight=0, capacity=1)
            graph.add_edge(("out", k), node, weight=0, capacity=1)
    try:
        return float(nx.min_cost_flow_cost(graph))
    except nx.NetworkXUnfeasible:
        return None


@pytest.mark.parametrize("seed", range(40))
def test_two_disjoint_paths_and_their_duals(seed: int) -> None:
    ends, weights = random_edges(seed)
    graph = SplitGraph(ends, 0, 1)
    expected = least_two_paths(ends, weights)
    found = graph.pair(weights)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found.weight == pytest.approx(expected, abs=1e-4)
        assert weights[found.direction != 0].sum() == pytest.approx(expected, abs=1e-4)
        proof = 2 * graph.shortest(weights + found.toll) - found.toll.sum()
        assert proof == pytest.approx(expected, abs=1e-3)


# What pairs and channels cost


def kind(
    rate: float, channels: int, terminal: float, channel: float, amplifier: float = 0.0
) -> TransportKind:
    return TransportKind(
        option=f"{rate}/{channels}",
        amplifier="conventional" if amplifier else "none",
        rate_gbps=rate,
        channels_per_pair=channels,
        terminal_usd_per_pair_year=terminal,
        amplifier_usd_per_pair_year=amplifier,
        channel_usd_per_year=channel,
        reach_km=math.inf,
        first_period=0,
    )


@pytest.mark.parametrize("gbps", [1.0, 800.0, 801.0, 2999.0, 7400.0])
def test_channels_cost_the_cheapest_mix(gbps: float) -> None:
    kinds = [kind(800, 32, 1, 10.0), kind(600, 32, 1, 6.9), kind(400, 64, 1, 5.5)]
    counts = itertools.product(range(12), repeat=3)
    best = min(
        10.0 * a + 6.9 * b + 5.5 * c for a, b, c in counts if 800 * a + 600 * b + 400 * c >= gbps
    )
    assert channels_usd(kinds, gbps) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(30))
def test_no_mix_of_pairs_and_channels_is_cheaper_than_a_menu(seed: int) -> None:
    """One route of any mix, v USD for each pair: at least the menu's least line and channels."""
    rng = random.Random(seed)
    kinds = [
        kind(rate, rng.randint(1, 4), rng.uniform(1, 9), rng.uniform(0.1, 3))
        for rate in rng.sample([400.0, 600.0, 800.0, 1200.0], rng.randint(1, 3))
    ]
    gbps, v = rng.uniform(300, 5000), rng.uniform(0, 4)
    cheapest = math.inf
    for counts in itertools.product(range(14), repeat=len(kinds)):
        carried = sum(c * k.rate_gbps for c, k in zip(counts, kinds, strict=True))
        if carried >= gbps:
            usd = sum(
                math.ceil(c / k.channels_per_pair) * (k.terminal_usd_per_pair_year + v)
                + c * k.channel_usd_per_year
                for c, k in zip(counts, kinds, strict=True)
            )
            cheapest = min(cheapest, usd)
    menus = menus_of([LegalKind(x) for x in kinds], gbps, Carried(gbps, 1.0))
    assert menus
    for menu in menus:
        least = min(line.fixed_usd + line.pairs * v for line in menu.lines) + menu.channels_usd
        assert least <= cheapest + 1e-9


def test_one_kind_is_counted_whole() -> None:
    amplified = kind(800, 32, 100.0, 7.0, 5.0)
    legal = LegalKind(amplified, amplifiers=2, amplifier_usd=5.0)
    (menu, *_) = menus_of([legal], 34_536.0, Carried(34_536.0, 2.0))
    assert menu.lines == [Line(2 * 100.0, 2.0, hut_usd=2 * 5.0, is_amplified=True)]
    assert menu.plain == [Line(2 * (100.0 + 2 * 5.0), 2.0)]
    assert menu.channels_usd == 2 * 44 * 7.0
    assert menu.least_excess == 0.5
    (menu, *_) = menus_of([LegalKind(amplified)], 34_536.0, Carried(34_536.0, 2.0))
    assert menu.lines == [Line(2 * 100.0, 2.0, is_amplified=True)]


def test_a_line_replaces_what_is_dearer_and_reaches_no_farther() -> None:
    short = Line(30.0, 2.0, reach_km=120.0)
    far = Line(30.0, 2.0, hut_usd=4.0, is_amplified=True, reach_km=700.0)
    assert not short.replaces(far)
    assert not far.replaces(short)
    assert far.replaces(Line(31.0, 2.0, hut_usd=4.0, is_amplified=True, reach_km=500.0))


def test_line_under_all_is_below() -> None:
    lines = [Line(30.0, 2.0), Line(50.0, 1.0)]
    fixed, pairs = line_under_all(lines, 5.0, 60.0)
    for size in np.linspace(5, 60, 30):
        assert fixed + pairs * size <= min(x.fixed_usd + x.pairs * size for x in lines) + 1e-9


@pytest.mark.parametrize(
    ("kept", "corridors", "expected"),
    [
        (0.0, 2, Carried(800.0, 1.0, 800.0)),  # unprotected: once
        (800.0, 2, Carried(800.0, 2.0, 800.0)),  # on each side
        (
            200.0,
            2,
            Carried(800.0, 1.0, 800.0),
        ),  # one channel may carry all of it in the normal state
        (800.0, 3, Carried(1200.0, 1.0, 800.0)),
    ],
)
def test_what_channels_carry(kept: float, corridors: int, expected: Carried) -> None:
    assert carried_by(Need(("a", "b"), 1000.0, 800.0, kept), corridors) == expected


# Reach


def test_hull_is_convex_and_below() -> None:
    x = np.arange(10.0)
    y = np.array([5, 3, 4, 2, 2.5, 2, 3, 6, 5, 9.0])
    hull = _lower_hull(x, y)
    assert (hull <= y).all()
    assert (np.diff(hull, 2) >= -1e-12).all()


# Whole

SEEDS = (0, 3, 7, 8, 15, 26, 33, 41, 108, 169)


@pytest.mark.solver
@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_never_above_the_optimum(seed: int, tmp_path: Path) -> None:
    found = compare(write(random_draft(seed), tmp_path))
    if found is not None:
        assert found.bound_usd <= found.network_usd + 0.5


@pytest.mark.solver
def test_close_to_the_optimum_of_the_triangle() -> None:
    found = compare(load_study("triangle"))
    assert found is not None
    assert found.bound_usd <= found.network_usd
    assert found.bound_usd >= 0.6 * found.network_usd


@pytest.mark.solver
def test_links_whose_bound_takes_too_long_count_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    asked = asked_always(instance)
    whole = RouteGeneration(instance, asked)
    whole.go_on(10.0)
    assert whole.found().bound_usd > 0
    monkeypatch.setattr(rounds, "LEAST_S", -1.0)
    monkeypatch.setattr(rounds, "LEAST_PROOF_S", -1.0)
    cut = RouteGeneration(instance, asked)
    cut.go_on(-1.0)
    cut.go_on(-1.0)
    assert cut.found().bound_usd < whole.found().bound_usd
    assert cut.found().proposals


@pytest.mark.parametrize(
    ("values", "enough", "looked"),
    [
        ((0.0, 0.0), 100.0, 2),
        ((50.0, 60.0, 60.01, 90.0), 100.0, 3),
        ((50.0, 60.0, 70.0, 80.0), 65.0, 3),
    ],
)
def test_steps_are_taken_while_the_bound_grows(
    values: tuple[float, ...], enough: float, looked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    seen: list[float] = []

    def go_on(steps: Ascent, _: float, count: int = 2 * LEAST_STEPS) -> None:
        if count:
            steps.best_usd = values[len(seen)]
            steps.taken += count
            seen.append(steps.best_usd)

    monkeypatch.setattr(Ascent, "go_on", go_on)
    ascent = Ascent(problem)
    assert not ascent.go_on_while_it_grows(60.0, enough)
    assert len(seen) == looked
    assert ascent.best_usd == seen[-1]


def test_a_slice_of_few_steps_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine, or a busy one, its time is over after a step or two."""
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    counts: list[int] = []

    def go_on(steps: Ascent, _: float, count: int = 2) -> None:
        counts.append(count)
        steps.taken += count
        steps.best_usd = 50.0 if len(counts) % 2 else 60.0 + sum(counts)

    monkeypatch.setattr(Ascent, "go_on", go_on)
    assert not Ascent(problem).go_on_while_it_grows(60.0, 75.0)
    assert counts == [2, LEAST_STEPS - 2, 2, LEAST_STEPS - 2]


@pytest.mark.solver
def test_a_bound_of_other_menus_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be one of two units alone, of links whose flows came in steps."""
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    monkeypatch.setattr(type(problem), "choose", lambda *_: True)
    monkeypatch.setattr(rounds, "SURE_AFTER", (0,))
    first = problem.first()
    routes = rounds.begun_at(problem, first)
    some = rounds.Rounds(problem, routes, first, rounds.Priced(1e15, {}))
    some.go_on(time.monotonic() + 5.0)
    assert 0 < some.bound < 1e15


@pytest.mark.solver
def test_routes_in_whole_numbers_are_improved_link_by_link() -> None:
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    found = generation.generate(problem, time.monotonic() + 4.0)
    served = set(range(len(problem.links)))
    assert {number for number, _ in found.chosen} == served
    routes = rounds.begun_at(problem, found.multipliers)
    for number, route in found.known:
        routes.add(number, [route])
    routes.solve()
    usd, chosen = routes.choose(5.0)
    improved = best_response.choose(problem, routes, found.multipliers, 5.0, chosen)
    assert {number for number, _ in improved} == served
    again_usd, _ = routes.choose(5.0, improved)
    assert again_usd <= usd * (1 + 2 * route_problem.MIP_GAP)


@pytest.mark.solver
def test_menus_are_compared_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link whose bound is not known in time keeps its menu, and is not tried again."""
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    assert instance.graph is not None
    last = len(instance.periods) - 1
    asked: Requirements = {(link, last): (item,) for link, item in least_demands(instance).items()}
    whole = horizon_problem(instance, asked)
    assert whole is not None
    assert not whole.slow
    monkeypatch.setattr(network_problem, "LEAST_S", -1.0)
    cut = horizon_problem(instance, asked, stop=-1.0)
    assert cut is not None
    assert cut.names == whole.names
    several = [number for number, choices in enumerate(cut.choices) if len(choices) > 1]
    assert cut.slow == set(several[:1])
    assert several
    found = generation.generate(cut, time.monotonic() + 10.0)
    assert found.is_cut
    assert 0 <= found.bound_usd < generation.generate(whole, time.monotonic() + 10.0).bound_usd


def test_graph_holds_every_corridor_of_the_candidates() -> None:
    study = load_study("ring")
    instance = instance_with_graph(study, build_network(study))
    assert instance.graph is not None
    known = {edge.corridor.id for edge in instance.graph.edges}
    assert {e for route in instance.fiber_routes.values() for e in route.corridors} <= known


JOINT_SEEDS = (2, 5, 12, 21)


@pytest.mark.solver
@pytest.mark.slow
@pytest.mark.parametrize("seed", JOINT_SEEDS)
def test_joint_bound_never_above_the_optimum_over_all_routes(seed: int, tmp_path: Path) -> None:
    found = compare_joint(write(random_draft(seed), tmp_path), seed, time_limit_s=10)
    if found is not None:
        assert 0 < found.bound_usd <= found.optimum_usd + 0.5
        assert found.objective_usd >= found.optimum_usd - 0.5


# Which links can be required


@pytest.mark.parametrize("seed", range(30))
def test_spare_way_is_the_longest_without_a_corridor_of_the_shortest(seed: int) -> None:
    ends, lengths = random_edges(seed)
    lengths += 1
    graph = graph_of(ends, lengths)
    plain = nx.MultiGraph()
    plain.add_nodes_from((0, 1))
    for k, (a, b) in enumerate(ends.tolist()):
        plain.add_edge(a, b, key=k, weight=lengths[k])
    found = ReadyMap(graph, Fields.of(graph), np.ones(len(lengths), dtype=bool)).reach(("A", "B"))
    if not nx.has_path(plain, 0, 1):
        assert found == Reach(math.inf, math.inf)
        return
    shortest = nx.shortest_path_length(plain, 0, 1, weight="weight")
    assert found.shortest_km == pytest.approx(shortest)
    without = []
    for k, (a, b) in enumerate(ends.tolist()):
        less = plain.copy()
        less.remove_edge(a, b, key=k)
        joined = nx.has_path(less, 0, 1)
        without.append(nx.shortest_path_length(less, 0, 1, weight="weight") if joined else math.inf)
    assert found.spare_km == pytest.approx(max(without))


def graph_of(ends: np.ndarray, lengths: np.ndarray) -> RouteGraph:
    """Return a graph with campus A at node 0 and campus B at node 1."""
    corridor = next(iter(build_instance(triangle(), build_network(triangle())).corridors.values()))
    edges = tuple(
        GraphEdge(
            corridor=dataclasses.replace(corridor, id=f"e{k}", length_km=float(km)),
            ends=(f"n{a:02}", f"n{b:02}"),
            hut_usd_per_year=math.inf,
        )
        for k, ((a, b), km) in enumerate(zip(ends.tolist(), lengths, strict=True))
    )
    return RouteGraph(
        edges=edges,
        node_hut_usd_per_year={},
        campus_nodes={"A": "n00", "B": "n01"},
        kinds=(),
        delay_us_per_km=5.0,
        single_span_max_km=100.0,
        regenerates=False,
    )


def triangle() -> Study:
    return load_study("triangle")


@pytest.mark.solver
def test_no_more_threads_than_asked_for_bound_links(monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    asked: set[int | None] = set()

    def in_threads(work: Any, items: Any, threads: int | None) -> list[Any]:
        asked.add(threads)
        return [work(item) for item in items]

    monkeypatch.setattr(rounds, "in_threads", in_threads)
    search = RouteGeneration(instance, asked_always(instance), 1)
    search.go_on(1.0)
    assert search.found().bound_usd > 0
    assert asked == {1}
