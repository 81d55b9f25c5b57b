"""How a route may be equipped for what it must carry: the options that nothing beats.

A dearer option may spare power in huts, ask for fewer of them, or be legal wherever these stand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from siting.formulation.sites import W_PER_KW
from siting.instance.records_network import Design

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Kind:
    """An option on a route, with as many pairs and channels of it as the demand needs."""

    option: str
    usd: float
    """Yearly cost of these on their own."""
    amplifiers: tuple[int, ...] = ()
    """In every section of the route."""
    hut_kw: float = 0.0
    """Power drawn in each of its huts."""
    budgets: tuple[float, ...] = ()
    """What the spans of each section may add; infinite where any legal spacing will do."""

    def beats(self, other: Kind) -> bool:
        """Return whether another is no better in any respect."""
        return (
            self.usd <= other.usd
            and self.hut_kw <= other.hut_kw
            and sum(self.amplifiers) <= sum(other.amplifiers)
            and all(map(math.isinf, self.budgets))
        )


def kinds_of(designs: Sequence[Design], pair_usd: float, gbps: float) -> tuple[Kind, ...]:
    """Return the kinds of a route that no other beats, the cheapest first.

    Args:
        designs: its options, all of them fast enough.
        pair_usd: what a pair costs a year besides the option: IRU.
        gbps: what it must carry.
    """
    found = []
    for d in designs:
        channels = max(math.ceil(gbps / d.rate_gbps - TOLERANCE), 1)
        pairs = math.ceil(channels / d.channels_per_pair)
        usd = pairs * (d.pair_usd_per_year + pair_usd) + channels * d.channel_usd_per_year
        kw = pairs * d.amplifier_w_per_pair / W_PER_KW
        budgets = tuple(math.inf for _ in d.by_section) if d.always_legal else d.noise_budgets
        found.append(Kind(d.option, usd, d.by_section, kw, budgets))
    found.sort(key=lambda kind: (kind.usd, kind.hut_kw))
    kept: list[Kind] = []
    for kind in found:
        if not any(other.beats(kind) for other in kept):
            kept.append(kind)
    return tuple(kept)
