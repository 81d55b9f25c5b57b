"""Prices of links that a relaxation violates most, found in numbers, compiled.

Each link is given another price, one after the other, while the violation of the rounded row of all
prices grows (:mod:`rounded_metric`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import EXACT, VIOLATION
from siting.solve.capacity_design.disjoint import dot
from siting.solve.capacity_design.fares import Fares, paid
from siting.solve.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRICES = 3
"""Prices are 0, 1 and 2."""


class Blocks(NamedTuple):
    """Columns of a design, by link."""

    links: Ints
    bases: Floats
    tops: Floats
    existing: Floats
    """Capacity of each link."""
    divisors: Floats


class Climb(NamedTuple):
    """All that is the same for all prices."""

    fares: Fares
    blocks: Blocks
    is_tied: bool
    """Whether both ways of a link have one price, for one capacity."""
    steps: int
    """Most changes to try."""


@compiled
def worth(size: float, fraction: float) -> float:
    """Return ``floor(a) + min(frac(a) / r, 1)``."""
    floor = np.floor(size + EXACT)
    return float(floor + min(max(size - floor, 0.0) / fraction, 1.0))


@compiled
def violation(
    blocks: Blocks, weights: Floats, all_paid: float, values: Floats, used: Floats
) -> tuple[float, int]:
    """Return how much the row of some prices is violated, and by which divisor.

    Args:
        blocks: the columns.
        weights: price of each link, all its ways together.
        all_paid: by all demands.
        values: of the blocks.
        used: whether each link is used, with a fixed charge; else infinite.
    """
    least = all_paid
    for e in range(len(weights)):
        least -= weights[e] * blocks.existing[e]
    best, which = -np.inf, 0
    activity = np.zeros(len(weights))
    for d in range(len(blocks.divisors)):
        divisor = blocks.divisors[d]
        need = least / divisor
        if need <= EXACT:
            continue
        ceiling = np.ceil(need - EXACT)
        fraction = max(need - (ceiling - 1.0), EXACT)
        if fraction > 1.0 - EXACT:
            fraction = 1.0
        activity[:] = 0.0
        for b in range(len(blocks.links)):
            weight = weights[blocks.links[b]]
            if weight > 0.0 and values[b] > 0.0:
                top = min(worth(weight * blocks.tops[b] / divisor, fraction), ceiling)
                base = min(worth(weight * blocks.bases[b] / divisor, fraction), ceiling)
                activity[blocks.links[b]] += (top - base) * values[b]
        short = ceiling
        for e in range(len(weights)):
            if weights[e] > 0.0:
                short -= min(activity[e], ceiling * used[e])
        if short > best:
            best, which = short, d
    return best, which


@compiled
def note(climb: Climb, takes: NDArray[np.bool_], k: int) -> None:
    """Note the arcs that a demand takes, as just found."""
    for arc in range(len(climb.fares.parts)):
        takes[k, arc] = climb.fares.parts[arc] > 0.0


@compiled
def pay(
    climb: Climb,
    prices: Floats,
    arcs: tuple[int, int],
    more: float,
    takes: NDArray[np.bool_],
    pays: Floats,
) -> Floats:
    """Return what demands pay at new prices.

    Args:
        climb: the problem.
        prices: the new ones.
        arcs: whose prices have changed.
        more: what each costs more than before.
        takes: the arcs of each demand before.
        pays: what each demand paid before.
    """
    fresh = pays.copy()
    for k in range(len(pays)):
        is_taken = takes[k, arcs[0]] or takes[k, arcs[1]]
        if is_taken and more < 0 and climb.fares.payers.share == 0.0:
            fresh[k] += more  # others become cheaper by no more
        elif is_taken or more < 0:
            fresh[k] = paid(climb.fares, k, prices)
    return fresh


@compiled
def climbed(
    climb: Climb, prices: Floats, values: Floats, used: Floats, order: Ints
) -> tuple[float, int]:
    """Change prices while the violation grows; return it and its divisor.

    Args:
        climb: the problem.
        prices: of each arc; changed.
        values: of the blocks.
        used: as in :func:`violation`.
        order: of the links, or of the arcs.
    """
    amounts, blocks = climb.fares.payers.amounts, climb.blocks
    takes = np.zeros((len(amounts), len(prices)), dtype=np.bool_)
    pays = np.zeros(len(amounts))
    for k in range(len(amounts)):
        pays[k] = paid(climb.fares, k, prices)
        note(climb, takes, k)
        if pays[k] == np.inf:
            return -np.inf, 0
    weights = np.zeros(len(prices) // 2)
    for e in range(len(weights)):
        weights[e] = prices[2 * e] if climb.is_tied else prices[2 * e] + prices[2 * e + 1]
    best, which = violation(blocks, weights, dot(pays, amounts), values, used)
    in_vain, place = 0, 0
    while in_vain < len(order) * (PRICES - 1) and place < climb.steps:
        slot = order[(place // (PRICES - 1)) % len(order)]
        first, last = (2 * slot, 2 * slot + 1) if climb.is_tied else (slot, slot)
        before = prices[first]
        price = (before + 1.0 + place % (PRICES - 1)) % PRICES
        prices[first], prices[last], more = price, price, price - before
        place += 1
        weights[first // 2] += more
        fresh = pay(climb, prices, (first, last), more, takes, pays)
        found, divisor = violation(blocks, weights, dot(fresh, amounts), values, used)
        if found <= best + VIOLATION:
            prices[first], prices[last] = before, before
            weights[first // 2] -= more
            in_vain += 1
            continue
        for k in range(len(amounts)):
            if fresh[k] != pays[k] or takes[k, first] or takes[k, last]:
                paid(climb.fares, k, prices)
                note(climb, takes, k)
        best, which, in_vain, pays = found, divisor, 0, fresh
    return best, which
