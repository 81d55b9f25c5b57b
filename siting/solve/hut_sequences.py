"""The cheapest huts along a section: so many of them, spans of legal length, not too noisy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from siting.optics import SpanNoise
from siting.solve.route_tracks import AmplifiedSection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Path = list[int]

HALVINGS = 6
"""How often the price of noise is halved between one that is too low and one that will do."""
DEAREST = 1e6
"""Most price of noise, times what makes the cheapest huts as dear as their noise."""


class HutSequence:
    """The cheapest huts along a section."""

    def __init__(self, section: AmplifiedSection) -> None:
        """Arrange the places before each place."""
        self.huts = section.huts
        places = len(section.before)
        widest = max(map(len, section.before))
        self._before = np.full((places, max(widest, 1)), places, dtype=np.int64)
        for place, starts in enumerate(section.before):
            self._before[place, : len(starts)] = starts
        at_km = np.array([*section.positions_km, -math.inf])
        self._spans_km = at_km[: len(self._before), None] - at_km[self._before]
        self._noise: dict[SpanNoise, Floats] = {}

    def cheapest(
        self,
        costs: Sequence[float],
        count: int,
        noise: SpanNoise | None = None,
        budget: float = math.inf,
    ) -> tuple[float, Path]:
        """Return the cost and the numbers of so many huts in a legal sequence, end to end.

        With a budget of noise they are not always the cheapest: those found at the least price of
        noise that will do.

        Args:
            costs: of each hut.
            count: of huts.
            noise: what each span adds.
            budget: what all may add; infinite cost where no sequence is within it.
        """
        own = np.array([math.inf, *costs, 0.0])
        usd, path = self._least(own, count, None)
        if noise is None or math.isinf(budget) or not path:
            return usd, path
        spans = self._spans(noise)
        if self._sum(spans, path) <= budget:
            return usd, path
        best = math.inf, list[int]()
        low, high = 0.0, DEAREST
        scale = max(usd, 1.0) / budget
        for _ in range(HALVINGS):
            price = high if low == 0.0 and not best[1] else math.sqrt(max(low, 1e-3) * high)
            _, path = self._least(own, count, price * scale * spans)
            if path and self._sum(spans, path) <= budget:
                high = price
                best = min(best, (sum(costs[i] for i in path), path))
            elif price == DEAREST:
                break
            else:
                low = price
        return best

    def _spans(self, noise: SpanNoise) -> Floats:
        if noise not in self._noise:
            spans = np.full(self._spans_km.shape, math.inf)
            legal = np.isfinite(self._spans_km)
            spans[legal] = noise(self._spans_km[legal])
            self._noise[noise] = spans
        return self._noise[noise]

    def _sum(self, spans: Floats, path: Path) -> float:
        places = [0, *(i + 1 for i in path), len(self._before) - 1]
        total = 0.0
        for start, end in itertools.pairwise(places):
            total += float(spans[end, self._before[end].tolist().index(start)])
        return total

    def _least(self, own: Floats, count: int, added: Floats | None) -> tuple[float, Path]:
        """Return the least cost of so many huts, and of what is added for each span."""
        places = len(self._before)
        least = np.full(places + 1, np.inf)
        least[0] = 0.0
        came = np.zeros((count + 1, places), dtype=np.int64)
        rows = np.arange(places)
        for hop in range(count + 1):
            reached = least[self._before]
            if added is not None:
                reached = reached + added
            best = reached.argmin(axis=1)
            came[hop] = self._before[rows, best]
            least = np.append(reached[rows, best] + own, np.inf)
        usd = float(least[places - 1])
        if math.isinf(usd):
            return usd, []
        found: Path = []
        place = places - 1
        for hop in range(count, 0, -1):
            place = int(came[hop, place])
            found.append(place - 1)
        return usd, found[::-1]
