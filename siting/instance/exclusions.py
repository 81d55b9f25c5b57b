"""Candidate routes that cannot comply: counted by the rule that excludes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.instance.spans import TOLERANCE_KM, amplifier_counts, cut_places, spans_between
from siting.study import AmplifierRules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REASONS = ("forbidden", "too_long", "no_fiber", "spacing", "noise", "rtt")
"""Why a candidate is excluded, in the order in which the rules are asked. A route whose noise no
spacing whatever could bring within the budget is excluded for its noise, wherever its huts are."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts candidates excluded.

    The first two count paths, the third paths too; the rest a path with its supply, fiber type and
    regenerator sites.
    """

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, reason: str, number: int = 1) -> None:
        """Count candidates excluded for one of :data:`REASONS`."""
        self.counts[reason] += number

    def by_reason(self) -> dict[str, int]:
        """Return the counts that are not 0, in the order of :data:`REASONS`."""
        return {reason: self.counts[reason] for reason in REASONS if self.counts[reason]}


def reason_without_design(
    length_km: float,
    huts_km: NDArray[np.float64],
    regenerators_km: Sequence[float],
    rules: AmplifierRules,
) -> str:
    """Return why a route has no design at all: its spacing, or else noise and reach.

    Spacing: on some section no huts are where the rules of spacing want them, and it is too long
    to go without.
    """
    for section_km, inside_km in cut_places(length_km, regenerators_km, huts_km):
        if section_km <= rules.single_span_max_km + TOLERANCE_KM:
            continue
        graph = spans_between(section_km, inside_km, rules.min_spacing_km, rules.max_spacing_km)
        if not amplifier_counts(graph):
            return "spacing"
    return "noise"
