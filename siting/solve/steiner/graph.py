"""The graph of a Steiner problem, made smaller by tests that keep an optimal tree."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable

from siting.instance.steiner import SteinerProblem

Edge = tuple[float, tuple[int, ...]]
"""Weight, and the edges of the file that it stands for."""
Adjacency = dict[int, dict[int, Edge]]
PATH_EDGES = 400
"""Edges looked at by one test of an edge against other ways."""


def graph_of(problem: SteinerProblem) -> Adjacency:
    """Return the graph with the cheapest of parallel edges, without loops."""
    graph: Adjacency = {node: {} for node in range(1, problem.nodes + 1)}
    for i, (a, b, weight) in enumerate(problem.edges):
        if a != b and weight < graph[a].get(b, (math.inf, ()))[0]:
            graph[a][b] = graph[b][a] = (weight, (i,))
    return graph


def reduce(graph: Adjacency, terminals: set[int]) -> None:
    """Remove what no optimal tree needs: far parts, dead ends, nodes passed through, long edges."""
    _keep_component(graph, terminals)
    changed = True
    while changed:
        changed = _low_degrees(graph, terminals)
        changed |= _long_edges(graph)


def _keep_component(graph: Adjacency, terminals: set[int]) -> None:
    seen = reachable(graph, min(terminals))
    for node in [n for n in graph if n not in seen and n not in terminals]:
        remove_node(graph, node)


def reachable(graph: Adjacency, source: int) -> set[int]:
    """Return the nodes connected with ``source``."""
    seen, stack = {source}, [source]
    while stack:
        for other in graph[stack.pop()]:
            if other not in seen:
                seen.add(other)
                stack.append(other)
    return seen


def remove_node(graph: Adjacency, node: int) -> None:
    """Remove a node with its edges."""
    for other in graph.pop(node):
        del graph[other][node]


def _low_degrees(graph: Adjacency, terminals: set[int]) -> bool:
    changed = False
    queue = list(graph)
    while queue:
        node = queue.pop()
        if node in terminals or node not in graph or len(graph[node]) > 2:
            continue
        around = list(graph[node].items())
        remove_node(graph, node)
        changed = True
        queue += [other for other, _ in around]
        if len(around) == 2:
            (a, (first, x)), (b, (second, y)) = around
            if first + second < graph[a].get(b, (math.inf, ()))[0]:
                graph[a][b] = graph[b][a] = (first + second, x + y)
    return changed


def _long_edges(graph: Adjacency) -> bool:
    """Remove edges with another way that is no longer."""
    changed = False
    edges = sorted(((w, a, b) for a, x in graph.items() for b, (w, _) in x.items() if a < b))
    for weight, a, b in reversed(edges):
        edge = graph[a].pop(b)
        del graph[b][a]
        if _distance(graph, a, b, weight) <= weight:
            changed = True
        else:
            graph[a][b] = graph[b][a] = edge
    return changed


def _distance(graph: Adjacency, source: int, target: int, limit: float) -> float:
    """Return the length of the shortest way found within a limit; infinite when none was found."""
    best = {source: 0.0}
    queue = [(0.0, source)]
    looked = 0
    while queue and looked < PATH_EDGES:
        length, node = heapq.heappop(queue)
        if node == target:
            return length
        if length > best[node]:
            continue
        looked += len(graph[node])
        for other, (weight, _) in graph[node].items():
            total = length + weight
            if total <= limit and total < best.get(other, math.inf):
                best[other] = total
                heapq.heappush(queue, (total, other))
    return math.inf


def edges_of(graph: Adjacency, pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Return the edges of the file behind edges of the graph."""
    return {i for a, b in pairs for i in graph[a][b][1]}
