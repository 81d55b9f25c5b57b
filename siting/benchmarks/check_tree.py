"""Checks a Steiner tree by counting: edges of the file, terminals in one piece, cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import networkx as nx

from siting.instance.steiner import SteinerProblem


def check_tree(problem: SteinerProblem, edges: Sequence[int], cost: float) -> list[str]:
    """Return what is wrong with a tree; nothing when it is right."""
    graph = nx.Graph()
    graph.add_nodes_from(problem.terminals)
    graph.add_edges_from(problem.edges[i][:2] for i in edges)
    problems = []
    first = problem.terminals[0]
    reached = nx.node_connected_component(graph, first)
    problems += [
        f"terminal {t} is not connected with terminal {first}"
        for t in problem.terminals
        if t not in reached
    ]
    if len(set(edges)) != len(edges):
        problems.append("an edge is used twice")
    if len(edges) >= max(graph.number_of_nodes(), 1):
        problems.append("the edges hold a circle")
    counted = sum(problem.edges[i][2] for i in edges)
    if not math.isclose(counted, cost, rel_tol=1e-9, abs_tol=1e-6):
        problems.append(f"cost: counted {counted:,.2f}, stated {cost:,.2f}")
    return problems
