"""The cheapest routes of a demand that survive the loss of any link, compiled.

Of a demand of one unit, F are carried, so that F - phi at most run over any link: a flow of F is
F - phi times a flow of ``v = F / (F - phi)`` units with at most one over each link. With C(v) the
least cost of that, the demand costs ``phi C(v) / (v - 1)``, for v up to ``1 / (1 - phi)``, as F is
at least one. Between whole numbers C is linear, so the least is at a whole number or at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.capacity_design.disjoint import Desk, Graph, dot, search
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXACT = 1e-9


@compiled
def cheapest_system(
    graph: Graph,
    costs: Floats,
    ends: tuple[int, int],
    share: float,
    desk: Desk,
    parts: Floats,
) -> bool:
    """Write how much of a demand each arc carries; return whether its share can survive.

    Args:
        graph: with links that lead both ways.
        costs: of each arc, not negative.
        ends: source and target.
        share: that survives, more than none and at most one.
        desk: to work on.
        parts: takes the part of each arc.
    """
    taken = np.zeros(len(costs))
    potential = np.zeros(len(graph.starts) - 1)
    last = 1.0 / (1.0 - share) if share < 1.0 - EXACT else np.inf
    best, before, units = np.inf, 0.0, 0
    while units < last - EXACT and _one_more(graph, costs, ends, taken, potential, desk):
        old, units = before, units + 1
        before = dot(taken, costs)
        if units > last + EXACT:
            rest = last - (units - 1.0)
            cost = (1.0 - share) * (old + rest * (before - old))
            if cost < best:
                best = cost
                for arc in range(len(parts)):
                    added = rest * (taken[arc] - desk.beyond[arc])
                    parts[arc] = (1.0 - share) * (desk.beyond[arc] + added)
        elif units > 1 and share * before / (units - 1.0) < best:
            best = share * before / (units - 1.0)
            for arc in range(len(parts)):
                parts[arc] = share / (units - 1.0) * taken[arc]
    return bool(best < np.inf)


@compiled
def _one_more(
    graph: Graph,
    costs: Floats,
    ends: tuple[int, int],
    taken: Floats,
    potential: Floats,
    desk: Desk,
) -> bool:
    """Send one unit more as cheaply as can be; leave the flow before in ``beyond``."""
    for arc in range(len(costs)):
        more = potential[graph.tails[arc]] - potential[graph.heads[arc]]
        if taken[arc] > 0.0:
            desk.beyond[arc] = np.inf
        elif taken[arc ^ 1] > 0.0:
            desk.beyond[arc] = max(more - costs[arc ^ 1], 0.0)
        else:
            desk.beyond[arc] = max(more + costs[arc], 0.0)
    source, target = ends
    if not search(graph, desk.beyond, source, target, desk):
        return False
    far = desk.away[target]
    for node in range(len(potential)):
        potential[node] += min(desk.away[node], far) if desk.is_done[node] else far
    for arc in range(len(taken)):
        desk.beyond[arc] = taken[arc]
    node = target
    while node != source:
        arc = desk.via[node]
        if taken[arc ^ 1] > 0.0:
            taken[arc ^ 1] = 0.0
        else:
            taken[arc] = 1.0
        node = graph.tails[arc]
    return True
