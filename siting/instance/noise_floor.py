"""Least noise of a section by its length alone: what no spacing of amplifiers can go below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.optics import SpanNoise

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_KM = 1.0
"""Step of the lengths at which the noise of a span is taken."""
MOST_KM = 1000.0
"""Longest span that is looked at, km: far beyond what any signal crosses."""
MOST_SPANS = 10_000
CHORD = 1e-3
"""Share by which a chord of the grid may lie above the noise between its ends."""


@dataclass(frozen=True, slots=True, eq=False)
class NoiseFloor:
    """A convex minorant of the noise of a span over its length.

    The noise of k + 1 spans of a given total length is at least k + 1 times a convex minorant of
    the noise of a span at their mean (Jensen). So a number of amplifiers whose floor is above the
    budget is legal in no spacing, and need not be looked at.
    """

    lengths_km: NDArray[np.float64]
    noise: NDArray[np.float64]

    @classmethod
    def of(cls, noise: SpanNoise, longest_km: float) -> NoiseFloor:
        """Return the floor of spans up to ``longest_km``; of very long ones it is zero."""
        if longest_km > MOST_KM:
            return cls(np.array([0.0, longest_km]), np.zeros(2))
        lengths = np.arange(0.0, longest_km + GRID_KM, GRID_KM)
        return cls(lengths, _lower_hull(lengths, noise(lengths)))

    def at(self, mean_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the least noise of a span at mean lengths of spans."""
        least: NDArray[np.float64] = np.interp(mean_km, self.lengths_km, self.noise)
        return least

    def reaches(self, length_km: float, budget: float) -> bool:
        """Return whether any number of spans might be legal on a section of a length."""
        if budget <= 0:
            return False
        least = float(self.noise[0])
        if budget >= MOST_SPANS * least:
            # So many spans would do that the search decides.
            return True
        most = math.floor(budget / least)
        return len(self.counts(length_km, budget, np.arange(2, most + 1))) > 0

    def counts(
        self, length_km: float, budget: float, spans: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return those of the numbers of spans that some spacing might make legal."""
        return spans[spans * self.at(length_km / spans) <= budget]


def _lower_hull(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the convex minorant of points on a grid, less what a chord of the grid may miss."""
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) > 1:
            a, b = kept[-2], kept[-1]
            if (y[b] - y[a]) * (x[i] - x[a]) < (y[i] - y[a]) * (x[b] - x[a]):
                break
            kept.pop()
        kept.append(i)
    hull: NDArray[np.float64] = np.interp(x, x[kept], y[kept])
    return hull * (1 - CHORD)
