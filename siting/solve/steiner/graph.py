"""The graph of a Steiner problem, made smaller by tests that keep an optimal tree."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from siting.instance.steiner import SteinerProblem

Edge = tuple[float, tuple[int, ...]]
"""Weight, and the edges of the file that it stands for."""
Adjacency = dict[int, dict[int, Edge]]


@dataclass(slots=True)
class Shrunk:
    """What is left of a problem, and what its optimal tree holds besides."""

    graph: Adjacency
    terminals: set[int]
    fixed: list[int] = field(default_factory=list)
    """Edges of the file that are in the tree."""
    cost: float = 0.0
    """Of these."""

    @property
    def edges(self) -> int:
        """How many edges are left."""
        return sum(len(around) for around in self.graph.values()) // 2

    def contract(self, node: int, other: int) -> None:
        """Take the edge between two nodes into the tree: ``other`` becomes part of ``node``."""
        weight, origin = self.graph[node][other]
        self.fixed += origin
        self.cost += weight
        around = list(self.graph[other].items())
        remove_node(self.graph, other)
        for end, edge in around:
            if end != node:
                offer_edge(self.graph, node, end, edge)
        self.terminals.discard(other)
        self.terminals.add(node)

    def keep(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Remove all other edges, and what is then cut off."""
        wanted = {(min(a, b), max(a, b)) for a, b in pairs}
        for a, around in self.graph.items():
            for b in [b for b in around if (min(a, b), max(a, b)) not in wanted]:
                del around[b]
        seen = reachable(self.graph, min(self.terminals))
        for node in [n for n in self.graph if n not in seen and n not in self.terminals]:
            remove_node(self.graph, node)


def graph_of(problem: SteinerProblem) -> Adjacency:
    """Return the graph with the cheapest of parallel edges, without loops."""
    graph: Adjacency = {node: {} for node in range(1, problem.nodes + 1)}
    for i, (a, b, weight) in enumerate(problem.edges):
        if a != b:
            offer_edge(graph, a, b, (weight, (i,)))
    return graph


def offer_edge(graph: Adjacency, a: int, b: int, edge: Edge) -> None:
    """Add an edge unless there is one that is no dearer."""
    if edge[0] < graph[a].get(b, (math.inf, ()))[0]:
        graph[a][b] = graph[b][a] = edge


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


def simplify(shrunk: Shrunk) -> None:
    """Remove dead ends and nodes passed through; take in edges at terminals that must be."""
    graph = shrunk.graph
    queue = sorted(graph)
    while queue and len(shrunk.terminals) > 1:
        node = queue.pop()
        if node not in graph:
            continue
        around = list(graph[node].items())
        if node in shrunk.terminals:
            taken = _sure_end(shrunk, node)
            if taken is not None:
                shrunk.contract(node, taken)
                queue += [node, *graph[node]]
        elif len(around) <= 2:
            remove_node(graph, node)
            queue += [other for other, _ in around]
            if len(around) == 2:
                (a, (first, x)), (b, (second, y)) = around
                offer_edge(graph, a, b, (first + second, x + y))


def _sure_end(shrunk: Shrunk, terminal: int) -> int | None:
    """Return the end of an edge at a terminal that an optimal tree has, if one is easy to see."""
    around = shrunk.graph[terminal]
    if not around:
        return None
    least, end = min((weight, other) for other, (weight, _) in around.items())
    if len(around) == 1:
        return end
    ends = [b for b, (weight, _) in around.items() if weight <= least and b in shrunk.terminals]
    return min(ends) if ends else None
