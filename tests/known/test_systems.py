"""The cheapest routes of which a share survives, beside a linear problem of flows."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.optimize import linprog

from siting.instance.capacity_design import DesignLink
from siting.solve.capacity_design.disjoint import desk_of, graph_of
from siting.solve.capacity_design.systems import cheapest_system

NODES = 6


def least_cost(ends: list[tuple[int, int]], prices: np.ndarray, target: int, share: float) -> float:
    """Return the least cost of a flow F from node 0 with F - phi at most over any link."""
    arcs = [(a, b) for pair in ends for a, b in (pair, pair[::-1])]
    columns = len(arcs) + 1
    rows, right = [], []
    for node in range(1, NODES):
        row = np.zeros(columns)
        for i, (a, b) in enumerate(arcs):
            row[i] = (b == node) - (a == node)
        row[-1] = -float(node == target)
        rows.append(row)
        right.append(0.0)
    over = np.zeros((len(ends), columns))
    for e in range(len(ends)):
        over[e, [2 * e, 2 * e + 1, -1]] = 1.0, 1.0, -1.0
    bounds = [(0, None)] * len(arcs) + [(1, None)]
    costs = np.append(prices, 0.0)
    found = linprog(costs, over, [-share] * len(ends), np.array(rows), right, bounds=bounds)
    return float(found.fun) if found.status == 0 else np.inf


@pytest.mark.parametrize("share", [0.2, 0.5, 0.6, 2 / 3, 0.9, 1.0])
@pytest.mark.parametrize("seed", range(8))
def test_a_system_costs_as_much_as_the_flow_of_a_linear_problem(seed, share):
    rng = random.Random(seed)
    ends = [(a, b) for a, b in (rng.sample(range(NODES), 2) for _ in range(11))]
    prices = np.array([float(rng.randrange(5)) for _ in range(2 * len(ends))])
    nodes = tuple(str(node) for node in range(NODES))
    links = tuple(
        DesignLink(id=f"l{e}", source=str(a), target=str(b)) for e, (a, b) in enumerate(ends)
    )
    graph = graph_of(nodes, links, both_ways=True)
    for target in range(1, NODES):
        parts = np.zeros(len(prices))
        is_there = cheapest_system(graph, prices, (0, target), share, desk_of(graph), parts)
        expected = least_cost(ends, prices, target, share)
        assert is_there == np.isfinite(expected)
        if is_there:
            assert parts @ prices == pytest.approx(expected, abs=1e-7)
            carried = parts[::2] + parts[1::2]
            total = parts[graph.heads == target].sum() - parts[graph.tails == target].sum()
            assert total >= 1 - 1e-9
            assert carried.max() <= total - share + 1e-9
