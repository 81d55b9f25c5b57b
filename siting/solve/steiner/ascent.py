"""Dual ascent: cuts raised one after another until the root reaches every terminal at no cost.

What the cuts pay together is a lower bound; what is left of an arc's cost says how much dearer any
tree with that arc must be (Wong 1984). The same holds for what any other duals leave.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from siting.solve.compiled import compiled
from siting.solve.steiner.arrays import Bools, Floats, Ints, Net

ZERO = 1e-9


@dataclass(frozen=True, slots=True)
class Ascent:
    """A bound, the cuts that give it, and what is left of the costs."""

    root: int
    bound: float
    """Infinite when a terminal cannot be reached."""
    left: Floats
    """By arc."""
    cuts: tuple[Ints, ...] = ()
    """Node sets without the root that hold a terminal: it stands first."""


def ascend(
    net: Net, root: int, *, left: Floats | None = None, wanted: Bools | None = None
) -> Ascent:
    """Raise cuts around the terminals, small ones first.

    Args:
        net: the graph.
        root: the terminal from which trees grow.
        left: costs by arc, when not those of the graph.
        wanted: the nodes to reach, when not the terminals.
    """
    rest = (net.weight if left is None else left).copy()
    ends = net.is_terminal if wanted is None else wanted
    bound, members, stops = _raise(net, rest, root, ends)
    cuts = tuple(np.split(members, stops[:-1])) if len(stops) else ()
    return Ascent(root, bound, rest, cuts)


class _Part(NamedTuple):
    """The nodes that reach a terminal at no cost."""

    mark: Ints
    """By node, the number of the last part that it was in."""
    inside: Ints
    numbers: Ints
    """The number of the part, how many nodes it has, and how many of them were looked at."""


class _Cuts(NamedTuple):
    """Cuts raised so far."""

    members: Ints
    ends: Ints
    numbers: Ints
    """How many cuts, and how many members."""


@compiled
def _raise(net: Net, left: Floats, root: int, wanted: Bools) -> tuple[float, Ints, Ints]:
    count = len(net.start) - 1
    bound = 0.0
    cuts = _Cuts(np.empty(4 * count, np.int64), np.empty(64, np.int64), np.zeros(2, np.int64))
    part = _Part(np.zeros(count, np.int64), np.empty(count, np.int64), np.zeros(3, np.int64))
    queue = [(net.start[root + 1] - net.start[root], root)]
    queue.pop()
    for node in range(count):
        if wanted[node] and node != root:
            heapq.heappush(queue, (net.start[node + 1] - net.start[node], node))
    while len(queue) > 0:
        score, terminal = heapq.heappop(queue)
        part.numbers[0] += 1
        part.numbers[1], part.numbers[2] = 1, 0
        part.mark[terminal] = part.numbers[0]
        part.inside[0] = terminal
        while not _reaches(net, left, root, part):
            entering, least = _entering(net, left, part)
            if entering == 0:
                bound = np.inf
                queue.clear()
                break
            if len(queue) > 0 and entering > max(score, queue[0][0]):
                heapq.heappush(queue, (entering, terminal))
                break
            score = entering
            bound += least
            cuts = _with_cut(cuts, part)
            _pay(net, left, part, least)
    size, held = cuts.numbers
    return bound, cuts.members[:held], cuts.ends[:size]


@compiled
def _reaches(net: Net, left: Floats, root: int, part: _Part) -> bool:
    """Take nodes in that reach the part at no cost; return whether the root does."""
    part.numbers[2] = 0
    while part.numbers[2] < part.numbers[1]:
        node = part.inside[part.numbers[2]]
        part.numbers[2] += 1
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            if part.mark[other] != part.numbers[0] and left[net.reverse[arc]] <= ZERO:
                if other == root:
                    return True
                part.mark[other] = part.numbers[0]
                part.inside[part.numbers[1]] = other
                part.numbers[1] += 1
    return False


@compiled
def _entering(net: Net, left: Floats, part: _Part) -> tuple[int, float]:
    """Return how many arcs enter the part, and what is left of the cheapest."""
    entering, least = 0, np.inf
    for i in range(part.numbers[1]):
        node = part.inside[i]
        for arc in range(net.start[node], net.start[node + 1]):
            cost = left[net.reverse[arc]]
            if part.mark[net.head[arc]] != part.numbers[0] and cost < np.inf:
                entering += 1
                least = min(least, cost)
    return entering, least


@compiled
def _pay(net: Net, left: Floats, part: _Part, amount: float) -> None:
    """Take an amount from the arcs that enter the part."""
    for i in range(part.numbers[1]):
        node = part.inside[i]
        for arc in range(net.start[node], net.start[node + 1]):
            if part.mark[net.head[arc]] != part.numbers[0]:
                back = net.reverse[arc]
                left[back] = max(left[back] - amount, 0.0)


@compiled
def _with_cut(cuts: _Cuts, part: _Part) -> _Cuts:
    """Return the cuts with the part's, in larger arrays where these are full."""
    members, ends = cuts.members, cuts.ends
    size, held = cuts.numbers
    new = part.numbers[1]
    if held + new > len(members):
        members = np.append(members, np.empty(held + new, np.int64))
    if size == len(ends):
        ends = np.append(ends, np.empty(size, np.int64))
    members[held : held + new] = part.inside[:new]
    ends[size] = held + new
    cuts.numbers[0], cuts.numbers[1] = size + 1, held + new
    return _Cuts(members, ends, cuts.numbers)


def needed_arcs(net: Net, ascent: Ascent, limit: float) -> Bools:
    """Return the arcs that a tree below ``limit`` may use, grown from the root of the bound.

    Args:
        net: the graph.
        ascent: a bound and what is left.
        limit: trees that cost as much are of no use.
    """
    left = ascent.left
    ends = np.zeros(len(net.start) - 1, dtype=bool)
    ends[ascent.root] = True
    to = distances(net, left, ends, backward=False)
    ends = net.is_terminal.copy()
    ends[ascent.root] = False
    onward = distances(net, left, ends, backward=True)
    least = ascent.bound + to[net.tail] + left + onward[net.head]
    needed: Bools = (least < limit) & (net.head != ascent.root)
    return needed


@compiled
def distances(net: Net, length: Floats, sources: Bools, *, backward: bool) -> Floats:
    """Return the least length of a way from sources to each node, or from each node to sources."""
    found = np.full(len(sources), np.inf)
    queue = [(0.0, 0)]
    queue.pop()
    for node in range(len(sources)):
        if sources[node]:
            found[node] = 0.0
            queue.append((0.0, node))
    while len(queue) > 0:
        far, node = heapq.heappop(queue)
        if far > found[node]:
            continue
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            total = far + (length[net.reverse[arc]] if backward else length[arc])
            if total < found[other]:
                found[other] = total
                heapq.heappush(queue, (total, other))
    return found
