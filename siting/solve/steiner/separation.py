"""Cuts that a relaxation violates, by max-flow from the root. Compiled.

A cut found near the terminal is raised to a whole arc and the next is looked for (nested cuts), one
near the root comes with it (back cuts). A trifle on every arc makes the cuts those with the fewest
arcs (creep flow; Koch and Martin 1998).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from siting.solve.compiled import compiled
from siting.solve.steiner.arrays import Bools, Floats, Ints, Net

SCALE = 1_000_000
"""Units of a whole arc."""
VIOLATION = 1e-3
NESTED = 8
"""Cuts of one terminal at most in one round, near it."""


def violated_cuts(
    net: Net, values: Floats, is_kept: Bools, root: int, targets: Ints, needs: Floats
) -> list[tuple[int, Ints]]:
    """Return violated cuts: the node that they cut off, and the nodes on its side.

    Args:
        net: the graph.
        values: by arc.
        is_kept: arcs that are there.
        root: where flows begin.
        targets: nodes to be reached.
        needs: by target, the flow that must reach it.
    """
    capacity = np.where(is_kept, np.round(SCALE * np.maximum(values, 0.0)) + 1, 0).astype(np.int64)
    wanted = np.floor(SCALE * (needs - VIOLATION)).astype(np.int64)
    of, members, ends = _cuts(net, capacity, root, targets, wanted)
    sides = np.split(members, ends[:-1]) if len(ends) else []
    return list(zip(of.tolist(), sides, strict=True))


class _Found(NamedTuple):
    """Cuts found so far."""

    of: Ints
    members: Ints
    ends: Ints
    numbers: Ints
    """How many cuts, and how many members."""


class _Room(NamedTuple):
    """Arrays of the search, by node."""

    level: Ints
    queue: Ints
    place: Ints
    path: Ints
    inside: Bools


@compiled
def _cuts(
    net: Net, capacity: Ints, root: int, targets: Ints, wanted: Ints
) -> tuple[Ints, Ints, Ints]:
    count = len(net.start) - 1
    found = _Found(
        np.empty(64, np.int64),
        np.empty(4 * count, np.int64),
        np.empty(64, np.int64),
        np.zeros(2, np.int64),
    )
    room = _Room(
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.zeros(count, np.bool_),
    )
    for i in range(len(targets)):
        for turn in range(NESTED):
            rest = capacity.copy()
            if _flow(net, rest, root, targets[i], wanted[i], room) >= wanted[i]:
                break
            for kind in range(2 if turn == 0 else 1):
                _side(net, rest, root if kind == 1 else targets[i], kind == 1, room)
                found = _with_side(found, room.inside, targets[i])
                _fill(net, capacity, room.inside)
    size, held = found.numbers
    return found.of[:size], found.members[:held], found.ends[:size]


@compiled
def _with_side(found: _Found, inside: Bools, target: int) -> _Found:
    """Return the cuts with one more, in larger arrays where these are full."""
    of, members, ends = found.of, found.members, found.ends
    size, held = found.numbers
    nodes = np.flatnonzero(inside)
    if held + len(nodes) > len(members):
        members = np.append(members, np.empty(held + len(nodes), np.int64))
    if size == len(ends):
        ends = np.append(ends, np.empty(size, np.int64))
        of = np.append(of, np.empty(size, np.int64))
    members[held : held + len(nodes)] = nodes
    of[size], ends[size] = target, held + len(nodes)
    found.numbers[0], found.numbers[1] = size + 1, held + len(nodes)
    return _Found(of, members, ends, found.numbers)


@compiled
def _fill(net: Net, capacity: Ints, inside: Bools) -> None:
    """Give the arcs of a cut the room of whole ones, so that other cuts are found."""
    for node in np.flatnonzero(inside):
        for arc in range(net.start[node], net.start[node + 1]):
            back = net.reverse[arc]
            if not inside[net.head[arc]] and capacity[back] > 0:
                capacity[back] = SCALE


@compiled
def _flow(net: Net, rest: Ints, root: int, target: int, wanted: int, room: _Room) -> int:
    """Send flow until as much as is wanted has come, or no more can; ``rest`` is what is left."""
    total = 0
    while total < wanted and _set_levels(net, rest, root, target, room):
        room.place[:] = net.start[:-1]
        node, steps = root, 0
        while True:
            if node == target:
                sent, steps = _send(net, rest, room.path, steps)
                total += sent
                if total >= wanted:
                    break
                node = net.tail[room.path[steps]]
            elif _has_step(net, rest, node, room):
                room.path[steps] = room.place[node]
                node = net.head[room.place[node]]
                steps += 1
            elif steps == 0:
                break
            else:
                steps -= 1
                node = net.tail[room.path[steps]]
                room.place[node] += 1
    return total


@compiled
def _set_levels(net: Net, rest: Ints, root: int, target: int, room: _Room) -> bool:
    """Count steps to the target, backward from it; return whether the root reaches it."""
    room.level[:] = -1
    room.level[target] = 0
    room.queue[0] = target
    size, looked = 1, 0
    while looked < size and room.level[root] < 0:
        node = room.queue[looked]
        looked += 1
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            if room.level[other] < 0 and rest[net.reverse[arc]] > 0:
                room.level[other] = room.level[node] + 1
                room.queue[size] = other
                size += 1
    return bool(room.level[root] >= 0)


@compiled
def _has_step(net: Net, rest: Ints, node: int, room: _Room) -> bool:
    """Go on to the next arc of a node that leads nearer to the target."""
    while room.place[node] < net.start[node + 1]:
        arc = room.place[node]
        if rest[arc] > 0 and room.level[net.head[arc]] == room.level[node] - 1:
            return True
        room.place[node] += 1
    return False


@compiled
def _send(net: Net, rest: Ints, path: Ints, steps: int) -> tuple[int, int]:
    """Send what a way holds; return that, and the first step of it that is then full."""
    least = rest[path[:steps]].min()
    first = steps
    for step in range(steps - 1, -1, -1):
        arc = path[step]
        rest[arc] -= least
        rest[net.reverse[arc]] += least
        if rest[arc] == 0:
            first = step
    return least, first


@compiled
def _side(net: Net, rest: Ints, first: int, is_root: bool, room: _Room) -> None:  # noqa: FBT001
    """Mark the side of the target: nodes that reach it, or all that the root does not reach."""
    inside = room.inside
    inside[:] = False
    inside[first] = True
    room.queue[0] = first
    size, looked = 1, 0
    while looked < size:
        node = room.queue[looked]
        looked += 1
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            if not inside[other] and rest[arc if is_root else net.reverse[arc]] > 0:
                inside[other] = True
                room.queue[size] = other
                size += 1
    if is_root:
        inside[:] = ~inside
