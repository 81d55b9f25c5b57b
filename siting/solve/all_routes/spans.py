"""Where huts cut a way into spans: how long these may be, and how much noise they may add.

Noise is counted in whole units, ``UNITS`` of them for all that the spans of a route may add; a span
takes no fewer than a convex minorant of its noise, rounded down. So what is too noisy here is too
noisy in every network, whatever its spacing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.noise_floor import NoiseFloor
from siting.optics import TransportOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNITS = 60
"""What the noise of all spans may add up to."""
STEPS_PER_KM = 4
"""Lengths are rounded down to such steps where noise is looked up."""
PIECE_KM = 20.0
"""A hut inside an edge stands in one of its pieces, no longer than this; where, is free."""
LONGER_KM = 100
"""Tables are made so much longer than asked for."""
TOLERANCE = 1e-9


Placing = tuple[int, float, int]
"""Huts inside an edge: how many, the length since the last one, noise of the spans they end."""
NEVER = 10**9


class Spans:
    """Spans that only have to be short enough."""

    def __init__(self, spacing_km: float) -> None:
        """Take the longest way between huts, and from an end to the nearest hut, km."""
        self.spacing_km = spacing_km

    def noise(self, length_km: float) -> int:  # noqa: ARG002 - spans of any length add nothing here
        """Return the units of noise that a span adds at least."""
        return 0

    def more_huts(self, left_km: float, noise: int) -> int:  # noqa: ARG002 - as above
        """Return how many huts a way still needs at least; ``NEVER`` where it is not legal.

        Args:
            left_km: least length from its last hut to its end.
            noise: units of the spans before.
        """
        if left_km <= self.spacing_km:
            return 0
        return math.ceil(left_km / self.spacing_km - TOLERANCE) - 1

    def without(self, since_km: float, length_km: float) -> Iterable[Placing]:
        """Return the way to place no hut inside the next edge, if its length allows that."""
        km = since_km + length_km
        return ((0, km, 0),) if km <= self.spacing_km else ()

    def inside(self, since_km: float, length_km: float) -> Iterable[Placing]:
        """Return ways to place huts inside the next edge.

        As few as are needed, or one more: more than that leaves nothing to gain. Huts may stand
        anywhere.

        Args:
            since_km: length since the last hut where the edge begins.
            length_km: of the edge.
        """
        km = since_km + length_km
        needed = self.more_huts(km, 0)
        if not needed:
            return (0, km, 0), (1, 0.0, 0)
        since = max(0.0, km - needed * self.spacing_km)
        if since <= 0:
            return ((needed, 0.0, 0),)
        return (needed, since, 0), (needed + 1, 0.0, 0)


class QuietSpans(Spans):
    """Spans that may not add more than so much noise, either."""

    def __init__(self, spacing_km: float, levels: NDArray[np.float64]) -> None:
        """Prepare.

        Args:
            spacing_km: longest way between huts.
            levels: noise of a span by its length in steps of ``1 / STEPS_PER_KM``, as a part of
                what all may add; convex, not falling.
        """
        super().__init__(spacing_km)
        self._levels = levels * (1 - TOLERANCE)
        self._units = np.floor(UNITS * self._levels).astype(int).tolist()
        self._all: list[list[int]] = []
        """By number of huts: least units of all spans by their whole length, km, rounded down."""
        self._longest_km = 0

    def replaces(self, other: QuietSpans) -> bool:
        """Return whether every spacing that is quiet enough for another kind is so here."""
        return self.spacing_km >= other.spacing_km and bool((self._levels <= other._levels).all())

    def noise(self, length_km: float) -> int:
        """Return the units of noise that a span adds at least."""
        units: int = self._units[min(int(length_km * STEPS_PER_KM), len(self._units) - 1)]
        return units

    def more_huts(self, left_km: float, noise: int) -> int:
        """Return how many huts a way still needs at least; ``NEVER`` where it is not legal."""
        km = int(left_km)
        table = self._table(km)
        left = UNITS - noise
        for huts in range(super().more_huts(left_km, noise), len(table)):
            if table[huts][km] <= left:
                return huts
        return NEVER

    def inside(self, since_km: float, length_km: float) -> list[Placing]:
        """Return ways to place huts inside the next edge.

        The last hut may stand anywhere in one piece of the edge, the others anywhere before it.
        """
        km = since_km + length_km
        found: list[Placing] = []
        if km <= self.spacing_km:
            found.append((0, km, 0))
        pieces = max(1, math.ceil(length_km / PIECE_KM - TOLERANCE))
        for piece in range(pieces):
            # The last hut is at least so far from the end of the edge, and at most so far.
            near_km = length_km * piece / pieces
            far_km = min(length_km * (piece + 1) / pieces, self.spacing_km)
            if near_km > self.spacing_km:
                break
            huts = max(1, math.ceil((km - far_km) / self.spacing_km - TOLERANCE))
            before = NEVER
            for more in range(huts, len(self._table(km)) + 1):
                noise = self._all[more - 1][int(km - far_km)]
                if noise > before:
                    break  # more huts are of no use
                if noise < before and noise <= UNITS:
                    found.append((more, max(near_km, km - more * self.spacing_km), noise))
                before = noise
        return found

    def _table(self, km: float) -> list[list[int]]:
        """Return the table of all spans, long enough."""
        if km >= self._longest_km:
            self._extend(int(km))
        return self._all

    def _extend(self, km: int) -> None:
        """Make the table of all spans long enough."""
        self._longest_km = km + LONGER_KM
        lengths = np.arange(self._longest_km)
        places = np.arange(len(self._levels)) / STEPS_PER_KM
        self._all = []
        before = math.inf
        for spans in itertools.count(1):
            mean = lengths / spans
            level = spans * np.interp(mean, places, self._levels)
            is_short = mean <= self.spacing_km
            if level[0] > 1 or (is_short[-1] and level[-1] >= before):
                break  # more huts are of no use at any length
            before = float(level[-1]) if is_short[-1] else math.inf
            self._all.append(
                np.where(is_short, np.floor(UNITS * level), NEVER).astype(int).tolist()
            )


@lru_cache(maxsize=256)
def quiet_spans(option: TransportOption, spacing_km: float, budget: float) -> QuietSpans | None:
    """Return the spans of an option whose noise may add up to a budget; None when it adds none."""
    if option.span_noise is None:
        return None
    lengths = np.arange(0.0, spacing_km + 1.0, 1 / STEPS_PER_KM)
    floor = NoiseFloor.of(option.span_noise, spacing_km + 1.0).at(lengths)
    return QuietSpans(spacing_km, floor / budget if budget > 0 else np.full(len(lengths), 2.0))
