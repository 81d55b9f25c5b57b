"""Moves from routes to better ones, compiled.

What runs over one link, or as much as its next smaller size has no room for, is moved away, with a
few others. That stays where it is not dearer, or still near to the best routes: how near is
narrowed from move to move, and widened when the next moves begin (record-to-record travel).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.capacity_design.loads import (
    TINY,
    Prices,
    Routes,
    Task,
    change,
    insert,
    load_of,
    place_of,
    remove,
)
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SMALLER_SHARE = 0.6
"""How often a link is made one size smaller, not emptied."""
OTHERS = 15
"""Most other trips put anew in each move."""


@compiled
def copied(arcs: Ints, i: int, into: Ints) -> None:
    """Copy the arcs of a trip."""
    for place in range(arcs.shape[1]):
        into[i, place] = arcs[i, place]


@compiled
def put_all_anew(task: Task, routes: Routes, order: Ints, lean: float) -> bool:
    """Take each trip out and put it back; return whether each has a route."""
    are_all = True
    for i in order:
        remove(task, routes, i)
        are_all = insert(task, routes, i, -1, lean) and are_all
    return are_all


@compiled
def move_away(task: Task, routes: Routes, moved: Ints, count: int, e: int, lean: float) -> None:
    """Put trips that were taken out on routes without a link, where they have one."""
    for place in range(count):
        i = moved[place]
        if not insert(task, routes, i, e, lean):
            insert(task, routes, i, -1, lean)


@compiled
def next_smaller(prices: Prices, routes: Routes, e: int) -> float:
    """Return the largest size of a link that is too small for its load."""
    if np.isfinite(prices.slopes[e]):
        return 0.0
    load, first = load_of(prices, routes, e), prices.first[e]
    place = place_of(prices, e, load) if load > 0 else first
    size: float = prices.sizes[place - 1] if place > first else 0.0
    return size


@compiled
def taken_out(
    task: Task,
    routes: Routes,
    e: int,
    moved: Ints,
    before: Ints,
    lengths: Ints,
    rng: np.random.Generator,
) -> int:
    """Take trips off a link, all or as many as must be; note them and their routes."""
    prices, trips = task.prices, task.trips
    over = 0
    for i in range(len(trips.amounts)):
        for place in range(routes.lengths[i]):
            if routes.arcs[i, place] // 2 == e:
                moved[over] = i
                over += 1
                break
    least = -np.inf
    if rng.random() < SMALLER_SHARE:
        least = next_smaller(prices, routes, e) + TINY
    for place in range(over):
        if load_of(prices, routes, e) <= least:
            return place
        other = rng.integers(place, over)
        moved[place], moved[other] = moved[other], moved[place]
        i = moved[place]
        copied(routes.arcs, i, before)
        lengths[i] = routes.lengths[i]
        remove(task, routes, i)
    return over


@compiled
def keep(routes: Routes, best: Routes) -> None:
    """Copy all routes."""
    for i in range(len(routes.lengths)):
        copied(routes.arcs, i, best.arcs)
        best.lengths[i] = routes.lengths[i]
    for e in range(len(routes.uses)):
        best.carried[e, 0], best.carried[e, 1] = routes.carried[e]
        best.uses[e], best.costs[e] = routes.uses[e], routes.costs[e]


@compiled
def some_link(routes: Routes, used: Ints, rng: np.random.Generator) -> int:
    """Return any link that is used; ``used`` is room for all."""
    links = 0
    for e in range(len(used)):
        if routes.uses[e] > 0:
            used[links] = e
            links += 1
    return int(used[rng.integers(0, links)])


@compiled
def improved(
    task: Task,
    routes: Routes,
    best: Routes,
    cost: float,
    moves: int,
    dearer: tuple[float, float],
    leans: float,
    rng: np.random.Generator,
) -> float:
    """Make moves, and keep the best routes; return what these cost.

    Args:
        task: what is routed, and where.
        routes: to be moved; each trip has one.
        best: takes routes that are better than the best.
        cost: of the best routes so far.
        moves: how many.
        dearer: by what share routes may be dearer than the best, at the beginning and at the end.
        leans: largest weight of what trips carry, as in :func:`insert`.
        rng: of the choices.
    """
    count = len(task.trips.amounts)
    before, lengths = routes.arcs.copy(), routes.lengths.copy()
    moved, is_moved = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    used = np.zeros(len(routes.uses), dtype=np.int64)
    now = routes.costs.sum()
    for move in range(moves):
        lean = leans * max(rng.random() * 2.0 - 1.0, 0.0) ** 2
        e = some_link(routes, used, rng)
        taken = taken_out(task, routes, e, moved, before, lengths, rng)
        move_away(task, routes, moved, taken, e, lean)
        for place in range(taken):
            is_moved[moved[place]] = True
        for _ in range(min(OTHERS, count)):
            i = int(rng.integers(0, count))
            if not is_moved[i]:
                is_moved[i] = True
                copied(routes.arcs, i, before)
                lengths[i] = routes.lengths[i]
                moved[taken] = i
                taken += 1
        for place in range(taken):
            other = rng.integers(place, taken)
            moved[place], moved[other] = moved[other], moved[place]
            i = moved[place]
            is_moved[i] = False
            remove(task, routes, i)
            insert(task, routes, i, -1, lean)
        after = routes.costs.sum()
        share = dearer[0] + (dearer[1] - dearer[0]) * move / moves
        if after > now + TINY and after > cost * (1.0 + share):
            for place in range(taken):
                i = moved[place]
                remove(task, routes, i)
                copied(before, i, routes.arcs)
                routes.lengths[i] = lengths[i]
                change(task, routes, i, 1)
            continue
        now = after
        if now < cost - TINY:
            cost = now
            keep(routes, best)
    return cost
