"""The cheapest mix of units of several sizes that carries a demand."""

from __future__ import annotations

import math
from collections.abc import Iterable

TOLERANCE = 1e-9
MOST_STEPS = 200_000
"""Beyond it the continuous knapsack stands in: a lower bound too, and as good there."""


def least_mix(units: list[tuple[float, float]], gbps: float) -> float:
    """Return the least total price of units (size, price) whose sizes add up to ``gbps``.

    A covering knapsack by dynamic programming over multiples of the common divisor of the sizes.
    """
    if not units:
        return math.inf
    if gbps <= TOLERANCE:
        return 0.0
    divisor = common_divisor(size for size, _ in units)
    if not divisor:
        return gbps * min(price / size for size, price in units)
    need = math.ceil(gbps / divisor - TOLERANCE)
    best_price: dict[int, float] = {}
    for size, price in units:
        steps = round(size / divisor)
        best_price[steps] = min(price, best_price.get(steps, math.inf))
    if need > MOST_STEPS:
        return need * min(price / steps for steps, price in best_price.items())
    least = [0.0] + [math.inf] * need
    for amount in range(1, need + 1):
        least[amount] = min(
            price + least[max(amount - steps, 0)] for steps, price in best_price.items()
        )
    return least[need]


def common_divisor(sizes: Iterable[float]) -> float:
    """Return the largest number that divides all sizes; 0 when they are no integers."""
    sizes = list(sizes)
    if any(abs(size - round(size)) > TOLERANCE for size in sizes):
        return 0.0
    return float(math.gcd(*(round(size) for size in sizes)))
