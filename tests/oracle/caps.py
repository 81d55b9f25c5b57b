"""Limits on what comes into service in one period, and bills that count against them.

A *bill* is a cost (present value, USD) and then what it takes of every limit of the network:
upfront USD, kilometers built, huts built, by period. Without such limits a bill is a cost alone.
Of several ways to do the same thing only those count whose bill no other bill undercuts in every
entry: with any other choices elsewhere the cheaper one serves as well.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

from tests.oracle.raw import Raw

Bill = tuple[float, ...]
ByPeriod = tuple[float, ...]


class Purse:
    """The caps of a study by period, infinite for none."""

    def __init__(self, raw: Raw) -> None:
        self.periods = raw.periods
        caps = raw.study.file.rules.caps
        self.upfront = self._limits(caps.upfront_usd)
        self.openings = self._limits(caps.campus_openings)
        self.connections = self._limits(caps.substation_connections)
        self.km = self._limits(caps.corridor_build_km)
        self.huts = self._limits(caps.hut_builds)
        self.sites_early = any(map(_bounded, (self.upfront, self.openings, self.connections)))
        """Whether an opening or a connection before its first use may pay."""
        self.network_early = any(map(_bounded, (self.upfront, self.km, self.huts)))
        """Whether fiber before its first use may pay."""
        kinds = (self.upfront, self.km, self.huts)
        self._kept = [_bounded(limits) for limits in kinds]
        self.limits: Bill = (
            math.inf,
            *(x for limits, keep in zip(kinds, self._kept, strict=True) if keep for x in limits),
        )

    def _limits(self, cap: float | tuple[float, ...] | None) -> ByPeriod:
        if cap is None:
            return (math.inf,) * self.periods
        return cap if isinstance(cap, tuple) else (cap,) * self.periods

    def bill(
        self,
        usd: float,
        upfront: ByPeriod | None = None,
        km: ByPeriod | None = None,
        huts: ByPeriod | None = None,
    ) -> Bill:
        """Return the bill of a cost with upfront USD, kilometers and huts by period."""
        nothing = (0.0,) * self.periods
        rest = [
            value
            for amounts, keep in zip((upfront, km, huts), self._kept, strict=True)
            if keep
            for value in (amounts or nothing)
        ]
        return (usd, *rest)

    def upfront_of(self, bill: Bill) -> ByPeriod:
        """Return the upfront USD of a bill by period; zero when it is not limited."""
        return bill[1 : 1 + self.periods] if self._kept[0] else (0.0,) * self.periods

    def front(self, bills: Iterable[Bill]) -> list[Bill]:
        """Return the bills within the limits that no other undercuts, cheapest first."""
        kept: list[Bill] = []
        for bill in sorted(set(bills)):
            fits = all(x <= limit + 1e-6 for x, limit in zip(bill, self.limits, strict=True))
            if not fits or bill[0] == math.inf:
                continue
            if not any(all(a <= b for a, b in zip(k, bill, strict=True)) for k in kept):
                kept.append(bill)
        return kept

    def sums(self, first: list[Bill], second: list[Bill]) -> list[Bill]:
        """Return the bills of doing one of each."""
        return self.front(plus(a, b) for a, b in itertools.product(first, second))


def plus(a: Bill, b: Bill) -> Bill:
    """Return two bills together."""
    return tuple(x + y for x, y in zip(a, b, strict=True))


def bought(counts: tuple[float, ...], capital: float) -> ByPeriod:
    """Return the upfront USD by period of counts in service at ``capital`` each."""
    before = (0.0, *counts[:-1])
    return tuple((now - was) * capital for now, was in zip(counts, before, strict=True))


def once(periods: int, first: int, amount: float) -> ByPeriod:
    """Return ``amount`` in period ``first``; nothing when that is after the horizon."""
    return tuple(amount if t == first else 0.0 for t in range(periods))


def _bounded(limits: ByPeriod) -> bool:
    return any(x < math.inf for x in limits)
