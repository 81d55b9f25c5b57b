"""The cheapest pair of routes without a common link, beside a flow of two units of least cost."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest

from siting.instance.capacity_design import DesignLink
from siting.solve.capacity_design.disjoint import cheapest_pair, desk_of, graph_of

Prices = list[tuple[int, int]]


def pair_of(ends: list[tuple[int, int]], prices: Prices, target: int) -> list[tuple[int, int]]:
    """Return the links and ways of the cheapest pair from node 0, of six."""
    nodes = tuple(str(node) for node in range(6))
    links = tuple(
        DesignLink(id=f"l{e}", source=str(a), target=str(b)) for e, (a, b) in enumerate(ends)
    )
    graph = graph_of(nodes, links, both_ways=True)
    route = np.zeros(12, dtype=np.int64)
    costs = np.array(prices, dtype=float).ravel()
    length = cheapest_pair(graph, costs, 0, target, desk_of(graph), route)
    return [(int(arc) // 2, int(arc) % 2) for arc in route[:length]]


def cost_of_two_units(ends: list[tuple[int, int]], prices: Prices, target: int) -> int | None:
    """Return the least cost of two units from node 0, at most one each way over each link."""
    graph = nx.DiGraph()
    for e, (a, b) in enumerate(ends):
        for way, (tail, head) in enumerate(((a, b), (b, a))):
            graph.add_edge(tail, (e, way), capacity=1, weight=prices[e][way])
            graph.add_edge((e, way), head, capacity=1, weight=0)
    graph.add_node(0, demand=-2)
    graph.add_node(target, demand=2)
    try:
        return int(nx.min_cost_flow_cost(graph))
    except nx.NetworkXUnfeasible:
        return None


@pytest.mark.parametrize("seed", range(30))
def test_a_pair_costs_as_much_as_two_units_of_flow(seed):
    rng = random.Random(seed)
    drawn = [rng.sample(range(6), 2) for _ in range(9)]
    ends = [(a, b) for a, b in drawn]
    prices = [(rng.randrange(9), rng.randrange(9)) for _ in ends]
    for target in range(1, 6):
        pair = pair_of(ends, prices, target)
        expected = cost_of_two_units(ends, prices, target)
        if expected is None:
            assert not pair
            continue
        assert sum(prices[e][way] for e, way in pair) == expected
        assert len({e for e, _ in pair}) == len(pair)
        net = dict.fromkeys(range(6), 0)
        for e, way in pair:
            net[ends[e][way]] -= 1
            net[ends[e][1 - way]] += 1
        assert net == dict.fromkeys(range(6), 0) | {0: -2, target: 2}


def test_parallel_links_are_two_routes():
    assert pair_of([(0, 1), (1, 0)], [(1, 1), (2, 2)], 1) == [(0, 0), (1, 1)]
    assert not pair_of([(0, 1)], [(1, 1)], 1)
