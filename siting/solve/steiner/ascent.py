"""Dual ascent: cuts raised one after another until the root reaches every terminal at no cost.

What the cuts pay together is a lower bound; what is left of an arc's cost says how much dearer any
tree with that arc must be.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass

from siting.solve.steiner.graph import Adjacency

Arc = tuple[int, int]
ZERO = 1e-9


@dataclass(frozen=True, slots=True)
class Ascent:
    """A bound, the cuts that give it, and what is left of the costs."""

    bound: float
    cuts: tuple[frozenset[int], ...]
    """Node sets without the root that hold a terminal."""
    left: Mapping[Arc, float]


def ascend(graph: Adjacency, root: int, terminals: set[int]) -> Ascent:
    """Raise cuts around the terminals, small ones first."""
    left = {(a, b): w for a, x in graph.items() for b, (w, _) in x.items()}
    bound = 0.0
    cuts: list[frozenset[int]] = []
    queue = [(len(graph[t]), t) for t in sorted(terminals) if t != root]
    heapq.heapify(queue)
    while queue:
        told, terminal = heapq.heappop(queue)
        inside = _reaching(graph, left, terminal, root)
        if inside is None:
            continue
        entering = [(a, b) for b in inside for a in graph[b] if a not in inside]
        if queue and len(entering) > max(told, queue[0][0]):
            heapq.heappush(queue, (len(entering), terminal))
            continue
        if not entering:
            return Ascent(math.inf, (*cuts, frozenset(inside)), left)
        least = min(left[a] for a in entering)
        for a in entering:
            left[a] = max(left[a] - least, 0.0)
        bound += least
        cuts.append(frozenset(inside))
        heapq.heappush(queue, (len(entering), terminal))
    return Ascent(bound, tuple(cuts), left)


def _reaching(
    graph: Adjacency, left: Mapping[Arc, float], terminal: int, root: int
) -> set[int] | None:
    """Return the nodes that reach a terminal at no cost; None when the root does."""
    seen, stack = {terminal}, [terminal]
    while stack:
        node = stack.pop()
        for other in graph[node]:
            if other not in seen and left[other, node] <= ZERO:
                if other == root:
                    return None
                seen.add(other)
                stack.append(other)
    return seen


def needed_arcs(
    graph: Adjacency, root: int, terminals: set[int], ascent: Ascent, value: float
) -> set[Arc]:
    """Return the arcs that a tree of at most ``value`` may use."""
    left = ascent.left
    to = _distances(graph, [root], left, forward=True)
    onward = _distances(graph, sorted(terminals - {root}), left, forward=False)
    spare = value - ascent.bound + 1e-6 * max(1.0, abs(value))
    return {
        (a, b)
        for a, x in graph.items()
        for b in x
        if b != root and to.get(a, math.inf) + left[a, b] + onward.get(b, math.inf) <= spare
    }


def _distances(
    graph: Adjacency, sources: list[int], left: Mapping[Arc, float], *, forward: bool
) -> dict[int, float]:
    found = dict.fromkeys(sources, 0.0)
    queue = [(0.0, node) for node in sources]
    while queue:
        length, node = heapq.heappop(queue)
        if length > found[node]:
            continue
        for other in graph[node]:
            total = length + (left[node, other] if forward else left[other, node])
            if total < found.get(other, math.inf):
                found[other] = total
                heapq.heappush(queue, (total, other))
    return found
