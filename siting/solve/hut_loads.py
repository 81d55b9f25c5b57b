"""Routes that draw so much power that few of them fit into a hut of the cheapest class.

A route is **light** in a hut when it draws at most ``SMALL_PART`` of what the cheapest class of
huts has, **heavy** when it draws more than all but that, and **too heavy** when it draws more than
all. In between two of them may fit, but no third one, and none beside a heavy one. More than that
need a larger class, which the hut has for good.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from siting.instance.records_network import Hut
from siting.instance.route_graph import least_hut_usd
from siting.solve.route_tracks import Load, hut_steps

TOLERANCE_KW = 1e-6
DEAR = 1e3
LIGHT, HALF, HEAVY, TOO_HEAVY = range(4)
LEVELS = 4
"""Levels of what a route draws in a hut."""
SMALL_PART = 0.4
"""More than a third, of which three do not fit, and at most a half."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """How a route may be equipped for what it must carry."""

    level: int
    """What it draws in a hut at most."""
    counts: tuple[int, ...] | None
    """Amplifiers in each section; None where all options of the route have the same."""
    more_usd: tuple[float, ...]
    """What that costs more than the cheapest way to carry it, by period, USD a year."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a route must carry alone in a period; no Gb/s where that is not known."""

    gbps: float = 0.0
    loads: tuple[Load, ...] = ()
    """Its options, of which those with the same amplifiers may be mixed."""
    least_usd: float = math.inf
    """What that costs at least, USD a year; infinite where something else says what it costs."""

    def more_usd(self, counts: tuple[int, ...], most_kw: float) -> float:
        """Return what it costs more with so many amplifiers and no more power than this."""
        if self.gbps <= 0:
            return 0.0
        some = [load for load in self.loads if load.counts == counts]
        usd = least_within_usd(some, self.gbps, most_kw)
        return usd if math.isinf(usd) else max(usd - self.least_usd, 0.0)


@dataclass(frozen=True, slots=True)
class HutCosts:
    """What huts cost a year, with a rack."""

    most_kw: tuple[float, ...]
    """What a route draws at most, by level."""
    least_usd: Mapping[str, float]
    larger_usd: Mapping[str, float]
    """The least of a class for more than that, or far more where there is none."""

    @classmethod
    def of(cls, huts: Mapping[str, Hut]) -> HutCosts:
        """Return the costs of huts; what is heavy is said by the usual one of them."""
        least = {h: least_hut_usd(hut) for h, hut in huts.items()}
        steps = {h: hut_steps(hut) for h, hut in huts.items()}
        kw = [steps[h][0][0] for h, usd in least.items() if 0 < usd < math.inf]
        most_kw = statistics.median_low(kw) if kw else math.inf
        larger = {}
        for h, usd in least.items():
            larger[h] = usd
            if usd > 0 and steps[h] and steps[h][0][0] <= most_kw:
                larger[h] = steps[h][1][1] if len(steps[h]) > 1 else DEAR * usd
        parts = SMALL_PART, 1.0 - SMALL_PART, 1.0
        levels = *(part * most_kw + TOLERANCE_KW for part in parts), math.inf
        return cls(levels, least, larger)


def equipments(carried: Sequence[Carried], most_kw: Sequence[float]) -> tuple[Equipment, ...]:
    """Return the ways to equip a route, by level and amplifiers; none where it is light anyway.

    Args:
        carried: what it must carry alone, by period.
        most_kw: what a route draws at most, by level.
    """
    patterns = sorted({load.counts for x in carried for load in x.loads})
    found: list[Equipment] = []
    for counts in patterns:
        known = counts if len(patterns) > 1 else None
        before: tuple[float, ...] = ()
        for level, most in enumerate(most_kw):
            more = tuple(x.more_usd(counts, most) for x in carried)
            if more != before and math.isfinite(max(more)):
                found.append(Equipment(level, known, more))
            before = more
    if any(x.level == LIGHT and not any(x.more_usd) for x in found):
        return ()
    return tuple(found)


def least_within_usd(loads: Sequence[Load], gbps: float, most_kw: float) -> float:
    """Return the least cost of so many Gb/s that draw no more than this, USD a year.

    Pairs and channels in fractions: infinite only where every option draws too much.

    Args:
        loads: options, of which several may be mixed.
        gbps: what is carried.
        most_kw: power in a hut.
    """
    most = most_kw / gbps
    if math.isinf(most):
        return min((load.usd for load in loads), default=math.inf) * gbps
    light = [load for load in loads if load.kw <= most]
    heavy = [load for load in loads if load.kw > most]
    best = min((load.usd for load in light), default=math.inf)
    for low in light:
        for high in heavy:
            part = (most - low.kw) / (high.kw - low.kw)
            best = min(best, low.usd + part * (high.usd - low.usd))
    return best * gbps
