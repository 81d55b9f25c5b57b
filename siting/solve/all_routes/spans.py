"""Where huts cut a way into spans: how long these may be, and how much noise they may add.

Noise is counted in whole units, ``UNITS`` of them for all that the spans of a route may add; a span
takes no fewer than a convex minorant of its noise, rounded down. So what is too noisy here is too
noisy in every network, whatever its spacing.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.instance.noise_floor import NoiseFloor
from siting.optics import TransportOption
from siting.solve.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNITS = 400
"""What the noise of all spans may add up to."""
STEPS_PER_KM = 20
"""Lengths are rounded down to such steps where noise is looked up."""
LONGER_KM = 100
"""Tables are made so much longer than asked for."""
TOLERANCE = 1e-9
NEVER = 10**9


class SpanRules(NamedTuple):
    """What spans may be, in numbers."""

    spacing_km: float
    """Longest way between huts, and from an end to the nearest hut."""
    is_quiet: bool
    """Whether noise counts."""
    units: Ints
    """Noise of a span by its length in steps of ``1 / STEPS_PER_KM``."""
    table: Ints
    """Least noise of all spans by the number of huts and their whole length, km, rounded down;
    shape (huts, km)."""


class Spans:
    """Spans that only have to be short enough."""

    def __init__(self, spacing_km: float) -> None:
        """Take the longest way between huts, and from an end to the nearest hut, km."""
        self.spacing_km = spacing_km
        nothing = np.zeros((1, 1), dtype=np.int64)
        self._rules = SpanRules(float(spacing_km), False, nothing[0], nothing)  # noqa: FBT003

    def rules(self, longest_km: float) -> SpanRules:  # noqa: ARG002 - noise alone needs it
        """Return the rules in numbers, for ways no longer than so much."""
        return self._rules

    def more_huts(self, left_km: float, noise: int) -> int:
        """Return how many huts a way still needs at least; ``NEVER`` where it is not legal.

        Args:
            left_km: least length from its last hut to its end.
            noise: units of the spans before.
        """
        return more_huts(self.rules(left_km), left_km, noise)


class QuietSpans(Spans):
    """Spans that may not add more than so much noise, either."""

    def __init__(self, spacing_km: float, levels: Floats) -> None:
        """Prepare.

        Args:
            spacing_km: longest way between huts.
            levels: noise of a span by its length in steps of ``1 / STEPS_PER_KM``, as a part of
                what all may add; convex, not falling.
        """
        super().__init__(spacing_km)
        self._levels = levels * (1 - TOLERANCE)
        self._units = np.floor(UNITS * self._levels).astype(np.int64)
        nothing = np.zeros((1, 0), dtype=np.int64)
        self._rules = SpanRules(float(spacing_km), True, self._units, nothing)  # noqa: FBT003

    def replaces(self, other: QuietSpans) -> bool:
        """Return whether every spacing that is quiet enough for another kind is so here."""
        return self.spacing_km >= other.spacing_km and bool((self._levels <= other._levels).all())

    def rules(self, longest_km: float) -> SpanRules:
        """Return the rules in numbers, for ways no longer than so much."""
        rules = self._rules
        if longest_km >= rules.table.shape[1]:
            # Made before it is kept: threads may share it.
            table = self._table(int(longest_km) + LONGER_KM)
            rules = SpanRules(float(self.spacing_km), True, self._units, table)  # noqa: FBT003
            self._rules = rules
        return rules

    def _table(self, longest_km: int) -> Ints:
        """Return the least noise of all spans, by the number of huts and their whole length."""
        lengths = np.arange(longest_km)
        places = np.arange(len(self._levels)) / STEPS_PER_KM
        rows: list[Ints] = []
        before = math.inf
        for spans in itertools.count(1):
            mean = lengths / spans
            level = spans * np.interp(mean, places, self._levels)
            is_short = mean <= self.spacing_km
            if level[0] > 1 or (is_short[-1] and level[-1] >= before):
                break  # more huts are of no use at any length
            before = float(level[-1]) if is_short[-1] else math.inf
            rows.append(np.where(is_short, np.floor(UNITS * level), NEVER).astype(np.int64))
        return np.array(rows) if rows else np.full((1, longest_km), NEVER)


@inlined
def noise_of(rules: SpanRules, length_km: float) -> int:
    """Return the units of noise that a span adds at least."""
    if not rules.is_quiet:
        return 0
    units: int = rules.units[min(int(length_km * STEPS_PER_KM), len(rules.units) - 1)]
    return units


@compiled
def more_huts(rules: SpanRules, left_km: float, noise: int) -> int:
    """Return how many huts a way still needs at least; ``NEVER`` where it is not legal.

    Args:
        rules: of its spans.
        left_km: least length from its last hut to its end.
        noise: units of the spans before.
    """
    least = 0
    if left_km > rules.spacing_km:
        least = math.ceil(left_km / rules.spacing_km - TOLERANCE) - 1
    if not rules.is_quiet:
        return least
    km = int(left_km)
    for huts in range(least, len(rules.table)):
        if rules.table[huts, km] <= UNITS - noise:
            return huts
    return NEVER


@lru_cache(maxsize=256)
def quiet_spans(option: TransportOption, spacing_km: float, budget: float) -> QuietSpans | None:
    """Return the spans of an option whose noise may add up to a budget; None when it adds none."""
    if option.span_noise is None:
        return None
    lengths = np.arange(0.0, spacing_km + 1.0, 1 / STEPS_PER_KM)
    floor = NoiseFloor.of(option.span_noise, spacing_km + 1.0).at(lengths)
    return QuietSpans(spacing_km, floor / budget if budget > 0 else np.full(len(lengths), 2.0))
