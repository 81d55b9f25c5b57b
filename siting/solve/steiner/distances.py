"""Tests by special distances: edges and nodes that some optimal tree does without.

A special way between two nodes is a walk that is as long as its longest part between terminals (and
its ends). An edge with another special way that is no longer is not needed (Duin and Volgenant
1989); a node of three or four edges does not branch when the cheapest tree of special ways over any
three or more of its neighbors is no dearer than the edges that it replaces. Compiled.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from siting.solve.compiled import compiled
from siting.solve.steiner.arrays import Bools, Floats, Ints, Net
from siting.solve.steiner.graph import Shrunk, offer_edge, remove_node

LOOKED, LEAST_LOOKED, LOOKED_IN_ALL = 3000, 200, 60_000_000
"""Arcs looked at in one search for a special way, at most, at least, and in the searches of a pass
over all edges."""
MOST_DEGREE = 4


def drop_long_edges(shrunk: Shrunk, net: Net, nodes: list[int]) -> int:
    """Remove edges with another special way that is no longer; return how many."""
    alive = np.ones(len(net.weight), dtype=bool)
    order = np.argsort(-net.weight, kind="stable")
    _long_edges(net, order[net.tail[order] < net.head[order]], alive)
    gone = np.flatnonzero(~alive & (net.tail < net.head))
    for arc in gone.tolist():
        a, b = nodes[net.tail[arc]], nodes[net.head[arc]]
        del shrunk.graph[a][b], shrunk.graph[b][a]
    return len(gone)


def drop_branchings(shrunk: Shrunk, net: Net, nodes: list[int]) -> int:
    """Replace nodes that no optimal tree needs to branch at by edges; return how many."""
    alive = np.ones(len(net.weight), dtype=bool)
    found, joins = _branchings(net, alive)
    for i, node in enumerate(found.tolist()):
        around = list(shrunk.graph[nodes[node]].items())
        remove_node(shrunk.graph, nodes[node])
        ends = {
            net.head[arc]: k for k, arc in enumerate(range(net.start[node], net.start[node + 1]))
        }
        position = {nodes[end]: k for end, k in ends.items()}
        for j, (a, (first, x)) in enumerate(around):
            for b, (second, y) in around[:j]:
                if joins[i, position[a], position[b]]:
                    offer_edge(shrunk.graph, a, b, (first + second, x + y))
    return len(found)


class _Room(NamedTuple):
    """Arrays of a search, by node, and how many arcs it may look at."""

    best: Floats
    longest: Floats
    touched: Ints
    most: int


@compiled
def _long_edges(net: Net, order: Ints, alive: Bools) -> None:
    count = len(net.start) - 1
    most = min(LOOKED, max(LEAST_LOOKED, LOOKED_IN_ALL // len(order)))
    room = _Room(np.full(count, np.inf), np.zeros(count), np.empty(count, np.int64), most)
    for arc in order:
        alive[arc] = alive[net.reverse[arc]] = False
        limit = net.weight[arc]
        if _special(net, alive, net.tail[arc], net.head[arc], limit, room) > limit:
            alive[arc] = alive[net.reverse[arc]] = True


@compiled
def _special(
    net: Net,
    alive: Bools,
    source: int,
    target: int,
    limit: float,
    room: _Room,
) -> float:
    """Return the length of a special way found within a limit; infinite when none was found."""
    best, longest, touched = room.best, room.longest, room.touched
    best[source], longest[source] = 0.0, 0.0
    touched[0] = source
    size, looked = 1, 0
    answer = np.inf
    queue = [(0.0, source)]
    while len(queue) > 0 and looked < room.most:
        far, node = heapq.heappop(queue)
        if far > best[node]:
            continue
        if node == target:
            answer = max(far, longest[node])
            break
        if net.is_terminal[node] and far > 0.0:
            longest[node] = max(longest[node], far)
            best[node] = far = 0.0
        looked += net.start[node + 1] - net.start[node]
        for arc in range(net.start[node], net.start[node + 1]):
            total = far + net.weight[arc]
            other = net.head[arc]
            if alive[arc] and total <= limit and total < best[other]:
                if best[other] == np.inf:
                    touched[size] = other
                    size += 1
                best[other] = total
                longest[other] = longest[node]
                heapq.heappush(queue, (total, other))
    for i in range(size):
        best[touched[i]] = np.inf
    return answer


@compiled
def _branchings(net: Net, alive: Bools) -> tuple[Ints, Bools]:
    """Return nodes that need not branch, no two of them neighbors, and which ends to join."""
    count = len(net.start) - 1
    room = _Room(np.full(count, np.inf), np.zeros(count), np.empty(count, np.int64), LOOKED)
    is_near = np.zeros(count, np.bool_)
    found = np.empty(count, np.int64)
    joins = np.zeros((count, MOST_DEGREE, MOST_DEGREE), np.bool_)
    size = 0
    way = np.empty((MOST_DEGREE, MOST_DEGREE))
    for node in range(count):
        first = net.start[node]
        degree = net.start[node + 1] - first
        if net.is_terminal[node] or is_near[node] or degree < 3 or degree > MOST_DEGREE:
            continue
        _set_alive(net, alive, node, value=False)
        weights = net.weight[first : first + degree]
        for i in range(degree):
            for j in range(i):
                limit = weights.sum() - weights.min()
                a, b = net.head[first + i], net.head[first + j]
                way[i, j] = way[j, i] = _special(net, alive, a, b, limit, room)
        if _is_idle(degree, way, weights, joins[size]):
            is_near[net.head[first : first + degree]] = True
            found[size] = node
            size += 1
        else:
            joins[size] = False
            _set_alive(net, alive, node, value=True)
    return found[:size], joins[:size]


@compiled
def _set_alive(net: Net, alive: Bools, node: int, value: bool) -> None:  # noqa: FBT001
    """Take the arcs of a node out, or in."""
    for arc in range(net.start[node], net.start[node + 1]):
        alive[arc] = alive[net.reverse[arc]] = value


@compiled
def _is_idle(degree: int, way: Floats, weights: Floats, joins: Bools) -> bool:
    """Return whether a node need not branch and few edges replace it; mark which."""
    for chosen in range(1 << degree):
        if not _is_cheap(chosen, degree, way, weights):
            return False
    edges = 0
    for i in range(degree):
        for j in range(i):
            joins[i, j] = joins[j, i] = way[i, j] > weights[i] + weights[j]
            edges += joins[i, j]
    return edges <= degree


@compiled
def _is_cheap(chosen: int, degree: int, way: Floats, weights: Floats) -> bool:
    """Return whether special ways join three or more ends no dearer than the node does."""
    ends = np.array([i for i in range(degree) if chosen >> i & 1])
    if len(ends) < 3:
        return True
    least = way[ends, ends[0]].copy()
    least[0] = -1.0
    cost = 0.0
    for _ in range(len(ends) - 1):
        new = -1
        for i in range(len(ends)):
            if least[i] >= 0.0 and (new < 0 or least[i] < least[new]):
                new = i
        cost += least[new]
        least = np.where(least < 0.0, least, np.minimum(least, way[ends, ends[new]]))
        least[new] = -1.0
    is_cheap: bool = cost <= weights[ends].sum()
    return is_cheap
