"""Searches for ways where noise or length is limited: what the last ones taught."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from siting.solve.all_routes.completions import Completer
from siting.solve.all_routes.label_setting import Found
from siting.solve.all_routes.spans import TOLERANCE, QuietSpans, Spans

SLACK_USD = 1e-5
"""What a way may cost more than one known, for sums of many small amounts."""
DEARER = (1.01, 1.05, 1.3, math.inf)
"""Ways are looked for up to so many times what they cost at least, one after another."""
MOST_USD = 1e300
"""More than any way costs."""


@dataclass(slots=True)
class Limits:
    """Limits of ways as far as they mattered: where they did once they are kept from the start."""

    spans: Spans
    """What spans have to be."""
    longest_km: float = math.inf
    times: float = 1.0
    """Cost of the last way found as a multiple of the cheapest one without huts."""
    is_quiet: bool = False
    """Whether noise is limited."""
    _completers: dict[tuple[bool, bool], Completer] = field(default_factory=dict)
    """By whether noise is limited, and length."""

    @property
    def matter(self) -> bool:
        """Return whether anything is limited."""
        return self.is_quiet or self.longest_km < math.inf

    def limit_noise(self, spans: QuietSpans) -> None:
        """Let spans be quiet."""
        self.spans, self.is_quiet = spans, True

    def completer(self) -> Completer:
        """Return what finds completions where that is limited which is now."""
        return self._completers.setdefault((self.is_quiet, self.longest_km < math.inf), Completer())

    def cheapest_ways(
        self, up_to: Callable[[float], Found], near_usd: float, most_usd: float
    ) -> Found:
        """Return the cheapest ways; next to them first.

        Args:
            up_to: returns the cheapest ways that cost no more than some amount.
            near_usd: about what the cheapest costs.
            most_usd: no dearer way is looked for.
        """
        found = Found([], math.inf)
        for dearer in DEARER:
            known = above(min(most_usd, dearer * near_usd))
            found = up_to(min(known, MOST_USD))
            if found.least_usd < math.inf or known >= most_usd:
                break
        return found


def above(usd: float) -> float:
    """Return what a way may cost that is as cheap as one known."""
    return usd + TOLERANCE * usd + SLACK_USD if math.isfinite(usd) else usd
