"""Rows of two sizes of modules: the whole numbers of both that cover a need, all their facets.

Small modules X and large ones Y cover a need when ``small X + large Y >= need``. The whole numbers
that do lie above a few lines ``a X + b Y >= c``, and rounding by one size or by the other gives but
some of them. With a and b as prices, let phi(d) be the least that a cover of d costs in whole
numbers of the two; phi adds up to no less, so for a cut with the demand D across, whatever the
sizes t of its links::

    sum_e phi(t_e) >= phi(D)

is valid, and where a size alone covers D it counts as phi(D).
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

EXACT = 1e-7
"""A need that much beyond whole modules, in modules, is covered by them."""
SURELY = 1e-12
"""The same for what modules count: they count rather for more."""
MOST_POINTS = 4000
"""No facets of needs of more large modules than that."""

Array = NDArray[np.float64]
Facet = tuple[float, float, float]


@lru_cache(maxsize=100_000)
def facets(need: float, small: float, large: float) -> tuple[Facet, ...]:
    """Return the lines ``a X + b Y >= c`` with a, b > 0 below all whole covers of a need."""
    last = _least_number(need, large)
    if last > MOST_POINTS:
        return ()
    hull: list[tuple[int, int]] = []
    for y in range(last + 1):
        x = _least_number(need - large * y, small)
        while len(hull) > 1 and _is_above(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
    found = []
    for (x, y), (fewer, more) in itertools.pairwise(hull):
        a, b = float(more - y), float(x - fewer)
        if b > 0:
            found.append((1.0, b / a, (a * x + b * y) / a))
    return tuple(found)


def least_price(size: float, prices: tuple[float, float], sizes: tuple[float, float]) -> float:
    """Return what the cheapest whole numbers of two sizes cost that cover ``size``."""
    small, large = sizes
    return min(
        prices[0] * _least_number(size - large * y, small, SURELY) + prices[1] * y
        for y in range(_least_number(size, large, SURELY) + 1)
    )


def _least_number(need: float, size: float, exact: float = EXACT) -> int:
    return max(0, math.ceil(need / size - exact))


def _is_above(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    """Return whether the middle point is no corner: on or above the line of the other two."""
    rise = (middle[0] - first[0]) * (last[1] - first[1])
    return rise >= (last[0] - first[0]) * (middle[1] - first[1])


def sizes_in_turn(sizes: list[float], most: int) -> list[tuple[float, float]]:
    """Return pairs of sizes, each with the next larger one, those of most sizes apart last."""
    found = [
        (sizes[i], sizes[i + apart])
        for apart in (1, 2)
        for i in range(len(sizes) - apart)
        if sizes[i + apart] > sizes[i] * (1 + EXACT)
    ]
    return found[:most]


def coefficients(
    facet: Facet, sizes: tuple[float, float], bases: Array, tops: Array
) -> tuple[Array, float]:
    """Return the coefficients of blocks on top of their bases, and the right side."""
    prices, least = facet[:2], facet[2]

    def worth(size: float) -> float:
        return min(least_price(size, prices, sizes), least) if size > 0 else 0.0

    values = [worth(float(t)) - worth(float(b)) for b, t in zip(bases, tops, strict=True)]
    return np.array(values), least
