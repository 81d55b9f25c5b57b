"""The cheapest pair of routes without a common link (Suurballe).

The second route is found in the costs that the first one leaves: each arc by what it costs beyond
the potentials of the first search, and the arcs of the first route only backwards, for nothing.
Where the second route goes back over the first, both leave the link out.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping

Arc = tuple[int, int]
"""A link by its position, and 0 from source to target or 1 back."""
Step = tuple[str, int, int]
"""The node at the end of an arc, and the arc."""


def cheapest_pair(
    steps: Mapping[str, list[Step]], cost: Callable[[int, int], float], source: str, target: str
) -> tuple[Arc, ...] | None:
    """Return the arcs of both routes; None where there are no two.

    Args:
        steps: the arcs out of each node.
        cost: of an arc, not negative.
        source: where both routes begin.
        target: where they end.
    """
    costs = {(e, way): cost(e, way) for out in steps.values() for _, e, way in out}
    away, first = _search(steps, source, target, costs.__getitem__)
    if first is None:
        return None
    taken = dict(first)
    far = away[target]

    def beyond(arc: Arc) -> float:
        e, way = arc
        if e in taken:
            return math.inf if taken[e] == way else 0.0
        tail, head = ends[arc]
        here, there = min(away.get(tail, far), far), min(away.get(head, far), far)
        return max(costs[arc] + here - there, 0.0)

    ends = {(e, way): (node, other) for node, out in steps.items() for other, e, way in out}
    _, second = _search(steps, source, target, beyond)
    if second is None:
        return None
    both = {*first, *second}
    return tuple(arc for arc in sorted(both) if (arc[0], 1 - arc[1]) not in both)


def _search(
    steps: Mapping[str, list[Step]], source: str, target: str, cost: Callable[[Arc], float]
) -> tuple[dict[str, float], list[Arc] | None]:
    """Return how far nodes are that are nearer than the target, and the way there (Dijkstra)."""
    away = {source: 0.0}
    via: dict[str, tuple[str, Arc]] = {}
    done: dict[str, float] = {}
    queue = [(0.0, source)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if node in done:
            continue
        done[node] = so_far
        if node == target:
            break
        for other, e, way in steps[node]:
            total = so_far + cost((e, way))
            if total < away.get(other, math.inf):
                away[other] = total
                via[other] = (node, (e, way))
                heapq.heappush(queue, (total, other))
    if target not in done:
        return done, None
    route: list[Arc] = []
    node = target
    while node != source:
        node, arc = via[node]
        route.append(arc)
    return done, route[::-1]
