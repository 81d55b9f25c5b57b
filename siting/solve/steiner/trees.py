"""Good trees fast: paths to the nearest terminal, then the best tree over the same nodes."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterable, Mapping

from siting.solve.steiner.graph import Adjacency

Pair = tuple[int, int]


def tree_cost(graph: Adjacency, tree: Iterable[Pair]) -> float:
    """Return the cost of a tree."""
    return sum(graph[a][b][0] for a, b in tree)


def grown_tree(
    graph: Adjacency, terminals: set[int], start: int, weights: Mapping[Pair, float] | None = None
) -> set[Pair] | None:
    """Return a tree grown from ``start``: the nearest terminal next; None when one is cut off.

    Args:
        graph: the graph.
        terminals: what to connect.
        start: where to begin.
        weights: other lengths of arcs than the graph's, as those of a relaxation.
    """
    nodes = {start}
    distance: dict[int, float] = {start: 0.0}
    via: dict[int, int] = {}
    queue = [(0.0, start)]
    missing = terminals - nodes
    while missing:
        found = None
        while queue:
            length, node = heapq.heappop(queue)
            if length > distance.get(node, math.inf):
                continue
            if node in missing:
                found = node
                break
            for other, (weight, _) in graph[node].items():
                step = weight if weights is None else weights.get((node, other), weight)
                total = length + step
                if total < distance.get(other, math.inf):
                    distance[other], via[other] = total, node
                    heapq.heappush(queue, (total, other))
        if found is None:
            return None
        node = found
        while node not in nodes:
            nodes.add(node)
            distance[node] = 0.0
            heapq.heappush(queue, (0.0, node))
            node = via[node]
        missing -= nodes
    return spanning(graph, nodes, terminals)


def spanning(graph: Adjacency, nodes: set[int], terminals: set[int]) -> set[Pair] | None:
    """Return the cheapest tree over nodes, without dead ends; None when they are apart."""
    start = next(iter(terminals))
    seen = {start}
    tree: set[Pair] = set()
    queue = [(w, start, b) for b, (w, _) in graph[start].items() if b in nodes]
    heapq.heapify(queue)
    while queue:
        _, a, b = heapq.heappop(queue)
        if b in seen:
            continue
        seen.add(b)
        tree.add((a, b))
        for c, (w, _) in graph[b].items():
            if c in nodes and c not in seen:
                heapq.heappush(queue, (w, b, c))
    if not terminals <= seen:
        return None
    return _without_dead_ends(tree, terminals)


def _without_dead_ends(tree: set[Pair], terminals: set[int]) -> set[Pair]:
    around: dict[int, set[Pair]] = {}
    for pair in tree:
        for node in pair:
            around.setdefault(node, set()).add(pair)
    ends = [n for n, pairs in around.items() if len(pairs) == 1 and n not in terminals]
    while ends:
        node = ends.pop()
        if len(around[node]) != 1:
            continue
        pair = around[node].pop()
        tree.discard(pair)
        other = pair[0] if pair[1] == node else pair[1]
        around[other].discard(pair)
        if len(around[other]) == 1 and other not in terminals:
            ends.append(other)
    return tree


def improved_tree(
    graph: Adjacency, tree: set[Pair], terminals: set[int], moves: int, rng: random.Random
) -> set[Pair]:
    """Return the tree after taking nodes in and out while that saves cost."""
    best, cost = tree, tree_cost(graph, tree)
    nodes = {n for pair in tree for n in pair} | terminals
    near = sorted({b for a in nodes for b in graph[a]} - terminals)
    rng.shuffle(near)
    for node in near[:moves]:
        other = spanning(graph, nodes ^ {node}, terminals)
        if other is None:
            continue
        value = tree_cost(graph, other)
        if value < cost - 1e-9:
            best, cost = other, value
            nodes = {n for pair in best for n in pair} | terminals
    return best
