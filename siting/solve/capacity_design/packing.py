"""What fits into a link: the most that whole demands are worth, for each capacity, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siting.solve.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@compiled
def best_worths(worths: Floats, sizes: Ints, best: Floats, taken: Bools) -> None:
    """Write the most that demands of a total size are worth.

    Args:
        worths: of each demand, not negative.
        sizes: of each, at least one.
        best: takes the most, for each size from none on.
        taken: takes whether the best up to each demand holds that demand, by demand and size.
    """
    best[:] = 0.0
    for i in range(len(sizes)):
        taken[i, :] = False
        if worths[i] <= 0.0:
            continue
        for room in range(len(best) - 1, sizes[i] - 1, -1):
            worth = best[room - sizes[i]] + worths[i]
            if worth > best[room]:
                best[room] = worth
                taken[i, room] = True


@compiled
def best_demands(sizes: Ints, taken: Bools, room: int, is_in: Bools) -> None:
    """Write which demands are worth most in some room."""
    for i in range(len(sizes) - 1, -1, -1):
        is_in[i] = taken[i, room]
        if is_in[i]:
            room -= sizes[i]


@compiled
def lift(
    worths: Floats, sizes: Ints, best: Floats, asked: Floats, rooms: Ints, order: Ints, step: float
) -> None:
    """Raise the worth of further demands, one after the other, as far as a row allows.

    Args:
        worths: of all demands; those of the demands in ``order`` are raised.
        sizes: of each.
        best: the most that demands of a total size are worth.
        asked: what each choice allows at most.
        rooms: of each choice.
        order: further demands.
        step: worths are multiples of it.
    """
    for i in order:
        size, most = sizes[i], np.inf
        for choice in range(len(rooms)):
            if rooms[choice] >= size:
                most = min(most, asked[choice] - best[rooms[choice] - size])
        if np.isinf(most):
            continue
        worth = np.floor(most / step) * step
        if worth <= 0.0:
            continue
        worths[i] = worth
        for room in range(len(best) - 1, size - 1, -1):
            best[room] = max(best[room], best[room - size] + worth)
