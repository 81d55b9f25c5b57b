"""Good trees fast: paths to the nearest terminal, nodes taken in, parts taken out and rebuilt.

A tree is an array: for each node the arc from the node above it, ``ROOT`` at the first terminal,
``OUT`` for nodes that are not in it. Compiled.
"""

from __future__ import annotations

import heapq

import numpy as np

from siting.solve.compiled import compiled
from siting.solve.steiner.arrays import Bools, Floats, Ints, Net

OUT, ROOT = -1, -2
SAVES = 1e-9


@compiled
def cost_of(net: Net, above: Ints) -> float:
    """Return the cost of a tree."""
    total = 0.0
    for node in range(len(above)):
        if above[node] >= 0:
            total += net.weight[above[node]]
    return total


@compiled
def grown(net: Net, length: Floats, start: int, allowed: Bools) -> Ints:
    """Return the tree grown from ``start`` to the nearest terminal next; empty when one is cut off.

    Args:
        net: the graph.
        length: of each arc, when looking for the nearest.
        start: where to begin.
        allowed: nodes that it may use.
    """
    count = len(net.start) - 1
    found = np.full(count, np.inf)
    via = np.full(count, -1, np.int64)
    inside = np.zeros(count, np.bool_)
    missing = net.is_terminal.sum() - net.is_terminal[start]
    found[start] = 0.0
    inside[start] = True
    queue = [(0.0, start)]
    while missing > 0:
        if len(queue) == 0:
            return np.empty(0, np.int64)
        far, node = heapq.heappop(queue)
        if far > found[node]:
            continue
        if net.is_terminal[node] and not inside[node]:
            for taken in _way(net, via, inside, node):
                inside[taken] = True
                missing -= net.is_terminal[taken]
                found[taken] = 0.0
                heapq.heappush(queue, (0.0, taken))
            continue
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            total = far + length[arc]
            if total < found[other] and allowed[other]:
                found[other], via[other] = total, arc
                heapq.heappush(queue, (total, other))
    return spanning(net, inside)


@compiled
def _way(net: Net, via: Ints, inside: Bools, node: int) -> Ints:
    """Return the nodes from one up to the tree."""
    way = np.empty(len(inside), np.int64)
    size = 0
    while not inside[node]:
        way[size] = node
        size += 1
        node = net.tail[via[node]]
    return way[:size]


@compiled
def spanning(net: Net, inside: Bools) -> Ints:
    """Return the cheapest tree over nodes, without dead ends; empty when terminals are apart."""
    count = len(net.start) - 1
    above = np.full(count, OUT, np.int64)
    root = 0
    while not net.is_terminal[root]:
        root += 1
    least = np.full(count, np.inf)
    done = np.zeros(count, np.bool_)
    queue = [(0.0, root)]
    least[root] = 0.0
    above[root] = ROOT
    while len(queue) > 0:
        _, node = heapq.heappop(queue)
        if done[node]:
            continue
        done[node] = True
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            if inside[other] and not done[other] and net.weight[arc] < least[other]:
                least[other], above[other] = net.weight[arc], arc
                heapq.heappush(queue, (net.weight[arc], other))
    for node in range(count):
        if net.is_terminal[node] and not done[node]:
            return np.empty(0, np.int64)
    prune(net, above)
    return above


@compiled
def prune(net: Net, above: Ints) -> None:
    """Take dead ends out of a tree."""
    count = len(above)
    below = np.zeros(count, np.int64)
    for node in range(count):
        if above[node] >= 0:
            below[net.tail[above[node]]] += 1
    for first in range(count):
        node = first
        while above[node] >= 0 and below[node] == 0 and not net.is_terminal[node]:
            up = net.tail[above[node]]
            above[node] = OUT
            below[up] -= 1
            node = up


@compiled
def _hang(net: Net, above: Ints, node: int, stop: int, arc: int) -> None:
    """Turn the way from ``node`` up to ``stop`` round, and hang ``node`` under ``arc``."""
    while True:
        old = above[node]
        above[node] = arc
        if node == stop:
            return
        arc = net.reverse[old]
        node = net.tail[old]


@compiled
def insert_nodes(net: Net, above: Ints, order: Ints) -> bool:
    """Take nodes in while that saves: each edge of the node replaces the dearest of its circle."""
    better = False
    cost = cost_of(net, above)
    for node in order:
        if above[node] != OUT or _ways_to(net, above, node) < 2:
            continue
        trial = above.copy()
        _insert(net, trial, node)
        prune(net, trial)
        _lower(net, trial, node)
        value = cost_of(net, trial)
        if value < cost - SAVES:
            cost = value
            above[:] = trial
            better = True
    return better


@compiled
def _ways_to(net: Net, above: Ints, node: int) -> int:
    """Return how many edges join a node with the tree."""
    ways = 0
    for arc in range(net.start[node], net.start[node + 1]):
        ways += above[net.head[arc]] != OUT
    return ways


@compiled
def _insert(net: Net, above: Ints, node: int) -> None:
    """Make a node the root of the tree: the ways down from it are then the circles of its edges."""
    for arc in range(net.start[node], net.start[node + 1]):
        other = net.head[arc]
        if above[other] == OUT:
            continue
        stop = other
        if above[node] == OUT:
            while above[stop] >= 0:
                stop = net.tail[above[stop]]
            above[node] = ROOT
            _hang(net, above, other, stop, arc)
            continue
        dearest, stop, up = net.weight[arc], -1, other
        while up != node:
            if net.weight[above[up]] > dearest:
                dearest, stop = net.weight[above[up]], up
            up = net.tail[above[up]]
        if stop >= 0:
            _hang(net, above, other, stop, arc)


@compiled
def _lower(net: Net, above: Ints, node: int) -> None:
    """Take a root that is a dead end out; the node below becomes the root."""
    while not net.is_terminal[node]:
        below, child = 0, -1
        for arc in range(net.start[node], net.start[node + 1]):
            if above[net.head[arc]] == arc:
                below += 1
                child = net.head[arc]
        if below != 1:
            return
        above[node] = OUT
        above[child] = ROOT
        node = child


@compiled
def rebuild(net: Net, above: Ints, order: Ints, budget: int) -> bool:
    """Take branching nodes, and ways between branchings, out; join what is left by new ways.

    Args:
        net: the graph.
        above: the tree, changed when a better one is found.
        order: nodes to try.
        budget: most trials.
    """
    better = False
    cost = cost_of(net, above)
    allowed = np.ones(len(above), np.bool_)
    degree = _degrees(net, above)
    first = np.flatnonzero(net.is_terminal)[0]
    for node in order:
        is_end = net.is_terminal[node]
        if above[node] == OUT or not (is_end or degree[node] > 2):
            continue
        for is_node in (False, True):
            if (is_end if is_node else above[node] < 0) or budget <= 0:
                continue
            budget -= 1
            allowed[node] = not is_node
            length = _without(net, above, degree, node, is_node)
            trial = grown(net, length, first, allowed)
            allowed[node] = True
            if len(trial) > 0 and cost_of(net, trial) < cost - SAVES:
                cost = cost_of(net, trial)
                above[:] = trial
                degree = _degrees(net, above)
                better = True
                break
    return better


@compiled
def _degrees(net: Net, above: Ints) -> Ints:
    degree = np.zeros(len(above), np.int64)
    for node in range(len(above)):
        if above[node] >= 0:
            degree[node] += 1
            degree[net.tail[above[node]]] += 1
    return degree


@compiled
def _without(net: Net, above: Ints, degree: Ints, node: int, is_node: bool) -> Floats:  # noqa: FBT001
    """Return lengths by which the tree is free, but for a node, or for the way above it."""
    length = net.weight.copy()
    for other in range(len(above)):
        if above[other] >= 0:
            length[above[other]] = length[net.reverse[above[other]]] = 0.0
    if is_node:
        for arc in range(net.start[node], net.start[node + 1]):
            length[arc] = length[net.reverse[arc]] = net.weight[arc]
        return length
    while above[node] >= 0:
        arc = above[node]
        length[arc] = length[net.reverse[arc]] = net.weight[arc]
        node = net.tail[arc]
        if net.is_terminal[node] or degree[node] > 2:
            break
    return length
