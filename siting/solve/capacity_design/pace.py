"""How fast a bound rises, and where it will be.

Bounds of branch and bound rise ever more slowly. Each doubling of the time is expected to bring
half of what the one before has brought.
"""

from __future__ import annotations

import bisect
import math


class Pace:
    """A bound over the time spent on it."""

    def __init__(self) -> None:
        """Begin without a bound."""
        self._times: list[float] = []
        self._bounds: list[float] = []

    def hear(self, spent_s: float, bound: float) -> None:
        """Note a bound after so much time; times come in order."""
        if math.isfinite(bound) and bound > self.at(math.inf):
            self._bounds.append(bound)
            self._times.append(spent_s)

    def at(self, spent_s: float) -> float:
        """Return the bound at a time."""
        place = bisect.bisect_right(self._times, spent_s)
        return self._bounds[place - 1] if place else -math.inf

    def expected(self, spent_s: float, more_s: float) -> float:
        """Return the bound to be expected after more time.

        Args:
            spent_s: time spent so far.
            more_s: time still to be spent.
        """
        now, half = self.at(spent_s), self.at(spent_s / 2)
        if spent_s <= 0 or more_s <= 0 or math.isinf(half):
            return now
        return now + (now - half) * more_s / (spent_s + more_s)
