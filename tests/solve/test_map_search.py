"""The search over the whole map for routes that share, against all choices of small networks."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
import time

import networkx as nx
import numpy as np
import pytest

from siting import build_network, load_study
from siting.instance.records_graph import TransportKind
from siting.solve.all_routes import RouteGeneration
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.disjoint_ways import DisjointWays
from siting.solve.all_routes.link_spans import Span
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.map_search import MapSearch
from siting.solve.all_routes.multipliers import Items, SharedCosts
from siting.solve.all_routes.needs import LegalKind, Line, Need
from siting.solve.all_routes.neighborhoods import Place
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.ways import walks
from siting.solve.all_routes.whole_lines import whole_lines
from tests.solve.all_routes_case import asked_always
from tests.solve.graphs import instance_with_graph
from tests.solve.test_beyond_two import GRID, _link

NODES = 6
ENDS = ((0, 1), (2, 5), (0, 5))
"""Of each link."""
STARTS = (0, 1, 0)
REACH_KM = 260.0


@pytest.mark.parametrize("seed", range(30))
def test_disjoint_ways_cost_least(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes, edges = 12, 30
    ends = rng.integers(0, nodes, (edges, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    usd = np.where(rng.uniform(0, 1, len(ends)) < 0.1, np.inf, rng.integers(0, 9, len(ends)) + 0.5)
    ways = DisjointWays(ends)
    pair = SplitGraph(np.vstack([ends, [[nodes - 1, nodes - 1]]]), 0, 1).pair(np.append(usd, 1.0))
    flow = ways.cheapest(usd, 2)
    assert (flow is None) == (pair is None)
    if flow is not None and pair is not None:
        assert usd[flow != 0].sum() == pytest.approx(pair.weight, abs=1e-4)
        one, two = walks(ends, flow, 2)
        assert not {edge for edge, _ in one} & {edge for edge, _ in two}
    graph = nx.Graph()
    graph.add_nodes_from(range(nodes))
    for (a, b), cost in zip(ends.tolist(), usd.tolist(), strict=True):
        if math.isfinite(cost):
            known = graph.get_edge_data(a, b, {"usd": math.inf})["usd"]
            graph.add_edge(a, b, usd=min(cost, known))
    single = ways.cheapest(usd, 1)
    assert (single is not None) == nx.has_path(graph, 0, 1)
    if single is not None:
        least = nx.shortest_path_length(graph, 0, 1, weight="usd")
        assert usd[single != 0].sum() == pytest.approx(least)


def network(rng: random.Random) -> NetworkProblem:
    """Return three links with different ends on one small map, one of them lit later."""
    lengths_km = np.array([rng.uniform(30, 90) for _ in GRID])
    links = [_between(rng, ends, lengths_km) for ends in ENDS]
    items = Items(len(GRID), NODES)
    usd = np.zeros((2, items.count))
    usd[0, : 2 * len(GRID)] = [rng.uniform(5, 60) for _ in range(2 * len(GRID))]
    usd[1] = 0.4 * usd[0]
    return NetworkProblem(
        names=[("a", str(k)) for k in range(len(ENDS))],
        links=links,
        items=items,
        shared=SharedCosts(usd, np.array(STARTS), np.ones(len(ENDS), dtype=np.bool_)),
        weights=np.full((len(ENDS), items.count), 1 / len(ENDS)),
        offered=np.zeros(len(GRID)),
    )


def _between(rng: random.Random, ends: tuple[int, int], lengths_km: np.ndarray) -> LinkProblem:
    """Return a protected link between two nodes, which are its nodes 0 and 1."""
    nodes = [*ends, *(n for n in range(NODES) if n not in ends)]
    at = np.array([[nodes.index(a), nodes.index(b)] for a, b in GRID])
    line = Line(rng.uniform(1, 20), 1.0, 0.0, is_amplified=False, reach_km=REACH_KM)
    link = _link(rng, lengths_km)
    return dataclasses.replace(
        link, graph=SplitGraph(at, 0, 1), ends=at, nodes=np.array(nodes), lines=[line]
    )


def _pairs(link: LinkProblem) -> list[tuple[int, ...]]:
    """Return the edges of each two disjoint ways that are short enough."""
    graph = nx.MultiGraph()
    for edge, (a, b) in enumerate(link.ends.tolist()):
        graph.add_edge(a, b, key=edge)
    ways = [[key for _, _, key in way] for way in nx.all_simple_edge_paths(graph, 0, 1)]
    short = [way for way in ways if link.lengths_km[way].sum() <= REACH_KM]
    return [(*x, *y) for x, y in itertools.combinations(short, 2) if not set(x) & set(y)]


def least_usd(problem: NetworkProblem) -> float:
    """Return the least cost of all choices of routes, each with the cheapest supplies."""
    usd, edges = problem.shared.usd, len(GRID)
    best = math.inf
    for choice in itertools.product(*(_pairs(link) for link in problem.links)):
        total = sum(2 * link.lines[0].fixed_usd for link in problem.links)
        for edge in range(edges):
            users = [k for k, used in enumerate(choice) if edge in used]
            costs = []
            for supplies in itertools.product((0, 1), repeat=len(users)):
                own = sum(
                    problem.links[k].pair_usd[supply, edge]
                    for k, supply in zip(users, supplies, strict=True)
                )
                starts: dict[int, int] = {}
                for k, supply in zip(users, supplies, strict=True):
                    starts[supply] = min(STARTS[k], starts.get(supply, STARTS[k]))
                costs.append(own + sum(usd[t, s * edges + edge] for s, t in starts.items()))
            total += min(costs)
        best = min(best, total)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_cheapest_routes_of_a_small_map(seed: int) -> None:
    problem = network(random.Random(seed))
    least = least_usd(problem)
    search = MapSearch(problem, seed=1)
    search.run(time.monotonic() + 60.0, steps=0)
    begun = search.best_usd
    search.run(time.monotonic() + 60.0)
    assert least - 1e-6 <= search.best_usd <= begun
    # Ways too long are kept off by a toll on their length, which may miss the cheapest ones.
    assert search.best_usd <= 1.01 * least
    for number, link in enumerate(problem.links):
        one, two = search.courses["a", str(number)][:2]
        assert not set(one[0]) & set(two[0])
        for edges, own in (one, two):
            assert len(own) == len(edges)
            assert link.lengths_km[list(edges)].sum() <= REACH_KM


def test_it_pays_to_search() -> None:
    begun, found = 0.0, 0.0
    for seed in range(6):
        search = MapSearch(network(random.Random(seed)), seed=1)
        search.run(time.monotonic() + 60.0, steps=0)
        begun += search.best_usd
        search.run(time.monotonic() + 60.0)
        found += search.best_usd
    assert found < 0.999 * begun


def test_a_network_without_ways_short_enough_has_no_routes() -> None:
    problem = network(random.Random(0))
    for link in problem.links:
        link.lines[:] = [dataclasses.replace(line, reach_km=20.0) for line in link.lines]
    search = MapSearch(problem, seed=1)
    search.run(time.monotonic() + 60.0)
    assert search.courses == {}
    assert search.best_usd == math.inf


@pytest.mark.parametrize(
    ("kept", "pairs", "channels"), [(0.0, 4, 25), (10_000.0, 4, 25), (4000.0, 2, 13)]
)
def test_a_route_on_one_kind_carries_what_it_must(kept: float, pairs: int, channels: int) -> None:
    kind = TransportKind(
        option="o",
        amplifier="edfa",
        rate_gbps=400.0,
        channels_per_pair=8,
        terminal_usd_per_pair_year=10.0,
        amplifier_usd_per_pair_year=2.0,
        channel_usd_per_year=1.0,
        reach_km=900.0,
        first_period=0,
    )
    need = Need(("a", "b"), 700.0, 10_000.0, kept)
    legal = LegalKind(kind, reach_km=900.0, amplifiers=1, amplifier_usd=2.0)
    ends, km, none = np.zeros((0, 2), np.int64), np.zeros(0), np.zeros(0, np.int64)
    place = Place(none, km, 500.0, ends, none, np.zeros((2, 0)))
    (line,) = whole_lines(Span(0, 1, {0: need}, place, [legal]), years=3.0)
    assert line.fixed_usd == pytest.approx(3.0 * (10.0 * pairs + channels))
    assert (line.pairs, line.hut_usd) == (pairs, pytest.approx(3.0 * 2.0 * pairs))
    assert line.is_amplified
    assert line.reach_km == 700.0


@pytest.mark.solver
def test_its_routes_are_the_first_that_are_proposed() -> None:
    instance = instance_with_graph(study := load_study("triangle"), build_network(study))
    search = RouteGeneration(instance, asked_always(instance))
    search.search(10.0)
    found = search.found().proposals
    assert found
    links = {link for link, _ in asked_always(instance)}
    for link, some in found.items():
        assert link in links
        assert some
    # The same seed finds the same.
    again = RouteGeneration(instance, asked_always(instance))
    again.search(10.0)
    assert again.found().proposals == found
