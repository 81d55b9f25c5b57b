"""Cheapest routes of a small network in numbers: one, or two without a common link (Suurballe).

The second route is found in the costs that the first one leaves: each arc by what it costs beyond
the potentials of the first search, and the arcs of the first route only backwards, for nothing.
Where the second route goes back over the first, both leave the link out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.instance.capacity_design import DesignLink
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Graph(NamedTuple):
    """A network in numbers: arc ``2 e`` leads over link *e*, arc ``2 e + 1`` back."""

    starts: Ints
    """Where the arcs out of each node begin among all that leave some node, and their number."""
    arcs: Ints
    tails: Ints
    """The node where each arc begins."""
    heads: Ints


class Desk(NamedTuple):
    """Where a search writes."""

    away: Floats
    """How far each node is."""
    via: Ints
    """The arc that leads to each node."""
    is_done: NDArray[np.bool_]
    beyond: Floats
    """What each arc costs the second route."""
    taken: Ints
    """Which routes take each arc, one bit each."""


def graph_of(nodes: tuple[str, ...], links: tuple[DesignLink, ...], *, both_ways: bool) -> Graph:
    """Return links as a graph; each leads from its source to its target, or both ways."""
    index = {node: i for i, node in enumerate(nodes)}
    ends = [(index[link.source], index[link.target]) for link in links]
    out: list[list[int]] = [[] for _ in nodes]
    for e, (source, target) in enumerate(ends):
        out[source].append(2 * e)
        if both_ways:
            out[target].append(2 * e + 1)
    return Graph(
        np.cumsum([0, *(len(arcs) for arcs in out)]),
        np.array([arc for arcs in out for arc in arcs], dtype=np.int64),
        np.array([end for pair in ends for end in pair], dtype=np.int64),
        np.array([end for pair in ends for end in pair[::-1]], dtype=np.int64),
    )


def desk_of(graph: Graph) -> Desk:
    """Return room for searches in a graph."""
    nodes, arcs = len(graph.starts) - 1, len(graph.tails)
    return Desk(
        np.zeros(nodes),
        np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=bool),
        np.zeros(arcs),
        np.zeros(arcs, dtype=np.int64),
    )


@compiled
def dot(first: Floats, second: Floats) -> float:
    """Return the sum of products; array expressions take seconds to compile."""
    total = 0.0
    for i in range(len(first)):
        total += first[i] * second[i]
    return total


@compiled
def search(graph: Graph, costs: Floats, source: int, target: int, desk: Desk) -> bool:
    """Look for the cheapest way to a node (Dijkstra); return whether there is one."""
    desk.away[:] = np.inf
    desk.is_done[:] = False
    desk.away[source] = 0.0
    while True:
        node, near = -1, np.inf
        for other in range(len(desk.away)):
            if not desk.is_done[other] and desk.away[other] < near:
                node, near = other, desk.away[other]
        if node < 0:
            return False
        desk.is_done[node] = True
        if node == target:
            return True
        for place in range(graph.starts[node], graph.starts[node + 1]):
            arc = graph.arcs[place]
            other = graph.heads[arc]
            if near + costs[arc] < desk.away[other]:
                desk.away[other] = near + costs[arc]
                desk.via[other] = arc


@compiled
def cheapest_route(
    graph: Graph, costs: Floats, source: int, target: int, desk: Desk, route: Ints
) -> int:
    """Write the arcs of the cheapest route; return how many, none when there is no route."""
    if not search(graph, costs, source, target, desk):
        return 0
    length, node = 0, target
    while node != source:
        route[length] = desk.via[node]
        node = graph.tails[desk.via[node]]
        length += 1
    return length


@compiled
def cheapest_pair(
    graph: Graph, costs: Floats, source: int, target: int, desk: Desk, route: Ints
) -> int:
    """Write the arcs of the cheapest two routes; return how many, none when there are no two.

    Args:
        graph: with links that lead both ways.
        costs: of each arc, not negative.
        source: where both routes begin.
        target: where they end.
        desk: to work on.
        route: takes the arcs of both.
    """
    if not search(graph, costs, source, target, desk):
        return 0
    far = desk.away[target]
    for arc in range(len(costs)):
        tail, head = graph.tails[arc], graph.heads[arc]
        here = min(desk.away[tail], far) if desk.is_done[tail] else far
        there = min(desk.away[head], far) if desk.is_done[head] else far
        desk.beyond[arc] = max(costs[arc] + here - there, 0.0)
    desk.taken[:] = 0
    node = target
    while node != source:
        arc = desk.via[node]
        desk.taken[arc] = 1
        desk.beyond[arc] = np.inf
        desk.beyond[arc ^ 1] = 0.0
        node = graph.tails[arc]
    if not search(graph, desk.beyond, source, target, desk):
        return 0
    node = target
    while node != source:
        arc = desk.via[node]
        desk.taken[arc] |= 2
        node = graph.tails[arc]
    length = 0
    for arc in range(len(costs)):
        if desk.taken[arc] and not desk.taken[arc ^ 1]:
            route[length] = arc
            length += 1
    return length
