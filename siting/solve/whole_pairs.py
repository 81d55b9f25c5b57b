"""The least that a route costs on its own, with pairs and channels in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TOLERANCE = 1e-9
MOST_UNITS = 20_000
"""A demand is counted in at most so many units."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An option of a route: its cost on its own, USD a year, and what it carries."""

    pair_usd: float
    channel_usd: float
    rate_gbps: float
    channels: int
    """Of a pair, at most."""


def least_usd(offers: Sequence[Offer], gbps: float) -> float:
    """Return the least cost of pairs and channels of some options that carry this, USD a year.

    A covering knapsack in units that all rates are multiples of, or in larger ones of which a
    channel is then said to carry as many as it touches. Of each option all pairs but one are full.

    Args:
        offers: options, of which several may be mixed.
        gbps: what is carried.
    """
    unit = _unit(offers, gbps)
    units = math.ceil(gbps / unit - TOLERANCE)
    if units <= 0:
        return 0.0
    each = [math.ceil(x.rate_gbps / unit - TOLERANCE) for x in offers]
    least = _full(offers, each, units)
    for offer, rate in zip(offers, each, strict=True):
        best = least.copy()
        for k in range(1, min(offer.channels, math.ceil(units / rate) + 1)):
            usd = offer.pair_usd + k * offer.channel_usd
            covered = min(k * rate, units)
            np.minimum(best[:covered], usd, out=best[:covered])
            rest = least[: len(least) - covered] + usd
            np.minimum(best[covered:], rest, out=best[covered:])
        least = best
    return float(least[units])


def _unit(offers: Sequence[Offer], gbps: float) -> float:
    """Return what demand and rates are counted in, Gb/s."""
    least = gbps / MOST_UNITS
    rates = [x.rate_gbps for x in offers]
    if all(rate == int(rate) for rate in rates):
        least = max(least, float(math.gcd(*map(int, rates))))
    return least


def _full(offers: Sequence[Offer], each: Sequence[int], units: int) -> Floats:
    """Return the least cost of full pairs by units carried."""
    usd = [x.pair_usd + x.channels * x.channel_usd for x in offers]
    sizes = [x.channels * rate for x, rate in zip(offers, each, strict=True)]
    least = np.zeros(units + 1)
    block = min(sizes)
    for start in range(1, units + 1, block):
        places = np.arange(start, min(start + block, units + 1))
        least[places] = np.min(
            [x + least[np.maximum(places - size, 0)] for x, size in zip(usd, sizes, strict=True)],
            axis=0,
        )
    return least
