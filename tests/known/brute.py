"""Answers by enumeration: no model of the engine, no mixed-integer solver."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
from scipy.optimize import linprog

Design = tuple[list[str], list[dict[str, Any]], list[Any]]


def least_design(network: Design, link_letter: str, capacity_letter: str) -> float:
    """Return the least cost of a small network: all choices of modules, routing as an LP."""
    nodes, links, demands = network
    constant = sum(link.get("existing", (0, 0))[1] for link in links)
    menus = [_levels(link, capacity_letter, sum(d[2] for d in demands)) for link in links]
    routed = _Routing(nodes, links, demands, link_letter)
    best = math.inf
    choices = sorted(itertools.product(*menus), key=lambda choice: sum(c for _, c in choice))
    for choice in choices:
        bought = sum(cost for _, cost in choice)
        if bought >= best:
            break
        best = min(best, bought + routed.cost([size for size, _ in choice]))
    return float(best + constant)


def _levels(link: dict[str, Any], letter: str, most: float) -> list[tuple[float, float]]:
    """Return capacities with least cost, none undercut by a larger one."""
    existing = link.get("existing", (0, 0))[0]
    found = {0.0: 0.0}
    if letter == "E":
        found |= {float(c): float(w) for c, w in link["modules"]}
    else:
        counts = [range(math.ceil(most / c) + 1) for c, _ in link["modules"]]
        for chosen in itertools.product(*counts):
            if letter == "S" and sum(n > 0 for n in chosen) > 1:
                continue
            size = float(sum(n * c for n, (c, _) in zip(chosen, link["modules"], strict=True)))
            cost = float(sum(n * w for n, (_, w) in zip(chosen, link["modules"], strict=True)))
            found[size] = min(cost, found.get(size, math.inf))
    kept: list[tuple[float, float]] = []
    enough = False
    for size, cost in sorted(found.items()):
        if enough and cost >= kept[-1][1]:
            continue
        while kept and kept[-1][1] >= cost:
            kept.pop()
        kept.append((size, cost))
        enough = size + existing >= most
        if enough:
            break
    return [(size + existing, cost) for size, cost in kept]


class _Routing:
    """Least routing cost under capacities, one flow for each demand."""

    def __init__(
        self, nodes: list[str], links: list[dict[str, Any]], demands: list[Any], letter: str
    ) -> None:
        arcs = [(i, *link["ends"]) for i, link in enumerate(links)]
        if letter != "D":
            arcs += [(i, b, a) for i, a, b in arcs]
        size, count = len(arcs), len(demands)
        self._cost = np.tile([links[i].get("routingCost", 0) for i, _, _ in arcs], count)
        self._balance = np.zeros((count * len(nodes), size * count))
        self._wanted = np.zeros(count * len(nodes))
        for k, (source, target, value) in enumerate(demands):
            for j, node in enumerate(nodes):
                row = k * len(nodes) + j
                for column, (_, a, b) in enumerate(arcs):
                    self._balance[row, k * size + column] = (b == node) - (a == node)
                self._wanted[row] = value * ((node == target) - (node == source))
        ways = 2 if letter == "B" else 1
        self._load = np.zeros((ways * len(links), size * count))
        for column, (i, _, _) in enumerate(arcs):
            way = len(links) if letter == "B" and column >= len(links) else 0
            self._load[i + way, column::size] = 1.0
        self._ways = ways

    def cost(self, capacities: Sequence[float]) -> float:
        found = linprog(
            self._cost,
            A_ub=self._load,
            b_ub=np.tile(capacities, self._ways),
            A_eq=self._balance,
            b_eq=self._wanted,
        )
        return float(found.fun) if found.status == 0 else math.inf


def least_tree(nodes: int, edges: Sequence[tuple[int, int, float]], terminals: set[int]) -> float:
    """Return the cost of the cheapest tree: over every set of further nodes, a spanning tree."""
    graph = nx.Graph()
    graph.add_nodes_from(range(1, nodes + 1))
    for a, b, weight in edges:
        if a != b and weight < graph.get_edge_data(a, b, {"weight": math.inf})["weight"]:
            graph.add_edge(a, b, weight=weight)
    others = sorted(set(graph) - terminals)
    best = math.inf
    for more in itertools.product((False, True), repeat=len(others)):
        kept = terminals | {n for n, is_in in zip(others, more, strict=True) if is_in}
        part = graph.subgraph(kept)
        if nx.is_connected(part):
            best = min(best, nx.minimum_spanning_tree(part).size("weight"))
    return best


def least_facilities(
    facilities: Sequence[tuple[float, float]], customers: Sequence[tuple[float, Sequence[float]]]
) -> float:
    """Return the least cost: over every set of sites, the transport of what customers need."""
    best = math.inf
    sites, count = len(facilities), len(customers)
    costs = np.array([c for _, customer in customers for c in customer], dtype=float)
    whole = np.kron(np.eye(count), np.ones((1, sites)))
    load = np.hstack([demand * np.eye(sites) for demand, _ in customers])
    for is_open in itertools.product((0, 1), repeat=sites):
        room = [c * on for (c, _), on in zip(facilities, is_open, strict=True)]
        found = linprog(costs, A_ub=load, b_ub=room, A_eq=whole, b_eq=np.ones(count))
        if found.status == 0:
            fixed = sum(f * on for (_, f), on in zip(facilities, is_open, strict=True))
            best = min(best, found.fun + fixed)
    return best
