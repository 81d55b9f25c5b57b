"""How many amplifiers an option needs on a section, by the places where it may be amplified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.noise_floor import NoiseFloor
from siting.instance.spans import TOLERANCE_KM, amplifier_counts, spans_between, sums
from siting.optics import SpanNoise, TransportOption
from siting.study import AmplifierRules

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOISE_TOLERANCE = 1e-12
"""Slack on the noise sum, far below any margin, against rounding."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Legal numbers of amplifiers of an option on one section: whether any spacing is legal."""

    budget: float
    always: dict[int, bool]


Coherent = tuple[TransportOption, SpanNoise, NoiseFloor]


@dataclass(frozen=True, slots=True)
class FiberSection:
    """A section of fiber: its length, and in order where it may be amplified, from its start."""

    length_km: float
    huts_km: NDArray[np.float64]
    rules: AmplifierRules

    def ways(self, options: Sequence[Coherent], extra_amplifiers: int | None) -> list[Ways]:
        """Return the legal numbers of amplifiers of each option.

        Args:
            options: coherent options.
            extra_amplifiers: amplifiers beyond the least legal number of an option; None: any.
        """
        found = [self._unamplified(option, noise) for option, noise, _ in options]
        far = [
            (noise, floor, way)
            for (option, noise, floor), way in zip(options, found, strict=True)
            if option.module_class == "multi_span"
            and floor.reaches(self.length_km, way.budget + NOISE_TOLERANCE)
        ]
        if far and len(self.huts_km):
            self._amplified(far, extra_amplifiers)
        return found

    def _unamplified(self, option: TransportOption, noise: SpanNoise) -> Ways:
        """Return whether a single span is legal."""
        way = Ways(option.noise_budget(self.length_km), {})
        if self.length_km <= self.rules.single_span_max_km + TOLERANCE_KM:
            single = float(noise(np.array([self.length_km]))[0])
            if way.budget > 0 and single <= way.budget + NOISE_TOLERANCE:
                way.always[0] = True
        return way

    def _amplified(
        self, far: Sequence[tuple[SpanNoise, NoiseFloor, Ways]], extra_amplifiers: int | None
    ) -> None:
        """Add the legal numbers of amplifiers to options that may reach the end at all."""
        rules = self.rules
        graph = spans_between(
            self.length_km, self.huts_km, rules.min_spacing_km, rules.max_spacing_km
        )
        allowed = np.array(amplifier_counts(graph), dtype=np.int64)
        limits = [way.budget + NOISE_TOLERANCE for _, _, way in far]
        counts = [
            (floor.counts(self.length_km, limit, allowed + 1) - 1).tolist()
            for (_, floor, _), limit in zip(far, limits, strict=True)
        ]
        most = max((number[-1] for number in counts if number), default=0)
        if not most:
            return
        lengths_km = graph.lengths_km
        values = np.array([noise(lengths_km) for noise, _, _ in far])
        for (_, _, way), limit, number, least, largest in zip(
            far, limits, counts, *sums(graph, values, most), strict=True
        ):
            last = most
            for count in number:
                if count > last:
                    break
                if least[count] <= limit:
                    if extra_amplifiers is not None:
                        last = min(last, count + extra_amplifiers)
                    way.always[count] = bool(largest[count] <= limit)
