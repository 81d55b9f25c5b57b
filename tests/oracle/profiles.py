"""Channels and pairs on one variant of a way: every choice that may be part of a best design.

A *profile* (channels by option and period) is dropped when another profile of the same variant has
no more private cost, no more load and no less capacity: replacing it changes nothing else for the
worse. Where spending is capped, pairs and channels may come early and no profile is dropped.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.assets import WATTS, Counts
from tests.oracle.caps import bought
from tests.oracle.needs import Entry, Need
from tests.oracle.pins import Pins, asked, slowest_ms
from tests.oracle.raw import Raw
from tests.oracle.units import Unit
from tests.oracle.ways import TINY, Asset, Link, Variant

Use = tuple[Asset, str]
Load = dict[Use, Counts]
Capacity = tuple[tuple[float, ...], ...]
"""By period and entry of the need."""


@dataclass(frozen=True)
class Profile:
    """Channels on one variant."""

    variant: Variant
    label: str
    private_usd: float
    load: Load
    capacity: Capacity
    upfront: tuple[float, ...]
    pins: Pins = frozenset()
    """What is pinned and served in the last period."""


def added(total: Load, use: Use, amounts: Counts) -> None:
    """Add amounts to a load in place."""
    before = total.get(use)
    if before is None:
        total[use] = amounts
    else:
        total[use] = tuple(a + b for a, b in zip(before, amounts, strict=True))


class Profiles:
    """The profiles of a need."""

    def __init__(self, raw: Raw, link: Link, need: Need, *, capped: bool) -> None:
        self.raw, self.need, self.capped = raw, need, capped
        self.pins, self.slowest_ms = asked(raw), slowest_ms(raw, link)

    def of(self, variant: Variant) -> list[Profile]:
        """Return the profiles of a variant, cheapest first."""
        pinned = bool(variant.pins & self.pins)
        per_unit = [list(self._sequences(unit, pinned=pinned)) for unit in variant.units]
        found: list[Profile] = []
        for channels in itertools.product(*per_unit):
            for pairs in itertools.product(
                *(self._pairs(u, c) for u, c in zip(variant.units, channels, strict=True))
            ):
                profile = self._profile(variant, channels, pairs)
                if any(map(any, profile.capacity)) or profile.pins:
                    found.append(profile)
        found.sort(key=lambda p: p.private_usd)
        if self.capped:
            return found
        kept: list[Profile] = []
        for profile in found:
            if not any(_dominates(other, profile) for other in kept):
                kept.append(profile)
        return kept

    def _sequences(self, unit: Unit, *, pinned: bool) -> Iterator[tuple[int, ...]]:
        """Yield non-decreasing channel counts.

        More channels than the largest useful capacity so far asks for are of no use: clipped to it,
        counts still do not decrease and still carry min(use, capacity), and the cost does not rise.
        With capped spending they may come before that. One channel may serve a pin.
        """
        tops, most = [], 0.0
        for entries in self.need:
            useful = (_useful(e) for e in entries if unit.rtt_ms <= e.theta_ms + TINY)
            most = max([most, *useful])
            top = math.ceil(most / unit.rate_gbps - TINY)
            if pinned and unit.rtt_ms <= self.slowest_ms + TINY:
                top = max(top, 1)
            tops.append(top if unit.limit is None else min(top, unit.limit))
        if self.capped:
            tops = [tops[-1]] * len(tops)
        for counts in itertools.product(*(range(top + 1) for top in tops)):
            if _rises(counts) and not any(counts[: unit.first]):
                yield counts

    def _pairs(self, unit: Unit, channels: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Yield the pairs that channels need; with capped spending also pairs that come early."""
        need = tuple(math.ceil(n / unit.channels_per_pair) for n in channels)
        if not self.capped or not unit.usd_per_pair:
            yield need
            return
        ranges = (range(n, need[-1] + 1 if t >= unit.first else n + 1) for t, n in enumerate(need))
        yield from (pairs for pairs in itertools.product(*ranges) if _rises(pairs))

    def _profile(
        self,
        variant: Variant,
        channels: tuple[tuple[int, ...], ...],
        pairs: tuple[tuple[int, ...], ...],
    ) -> Profile:
        raw = self.raw
        usd, load = 0.0, Load()
        upfront = [0.0] * raw.periods
        lit = list(zip(variant.units, channels, pairs, strict=True))
        for unit, counts, lit_pairs in lit:
            usd += raw.worth(counts) * unit.usd_per_channel
            usd += raw.worth(lit_pairs) * unit.usd_per_pair
            for amounts, capital in (
                (counts, unit.capital_per_channel),
                (lit_pairs, unit.capital_per_pair),
            ):
                upfront = [a + b for a, b in zip(upfront, bought(amounts, capital), strict=True)]
            for asset in variant.assets:
                _lay(load, asset, variant, unit, counts, lit_pairs)
        # Useless capacity is not counted, not even after a failure.
        capacity = tuple(
            tuple(
                min(
                    _useful(entry),
                    sum(
                        counts[t] * unit.rate_gbps
                        for unit, counts, _ in lit
                        if unit.rtt_ms <= entry.theta_ms + TINY
                    ),
                )
                for entry in entries
            )
            for t, entries in enumerate(self.need)
        )
        text = ",".join(f"{u.name}{c}" for u, c, _ in lit if any(c))
        roads = " ".join(name for kind, name in variant.assets if kind != "hut")
        label = f"[{roads} {variant.fiber}] huts {variant.name or '-'}: {text}"
        serves = any(c[-1] and u.rtt_ms <= self.slowest_ms + TINY for u, c, _ in lit)
        pins = variant.pins & self.pins if serves else Pins()
        return Profile(variant, label, usd, load, capacity, tuple(upfront), pins)


def _lay(
    load: Load,
    asset: Asset,
    variant: Variant,
    unit: Unit,
    channels: tuple[int, ...],
    pairs: tuple[int, ...],
) -> None:
    """Add what a unit asks of an asset."""
    if not any(pairs):
        return
    kind, name = asset
    if kind != "hut":
        added(load, (asset, variant.fiber if kind == "own" else ""), pairs)
    elif name in variant.regens:
        added(load, (asset, "conventional"), pairs)
        watts = tuple(
            n * unit.regen_watts_per_pair + c * unit.regen_watts_per_channel
            for n, c in zip(pairs, channels, strict=True)
        )
        added(load, (asset, WATTS), watts)
    else:
        added(load, (asset, unit.amplifier), pairs)
        added(load, (asset, WATTS), tuple(n * unit.amplifier_watts for n in pairs))


def _useful(entry: Entry) -> float:
    return max(entry.normal_gbps, entry.useful_gbps)


def _rises(counts: tuple[int, ...]) -> bool:
    return all(a <= b for a, b in itertools.pairwise(counts))


def _dominates(a: Profile, b: Profile) -> bool:
    if a.private_usd > b.private_usd or not a.pins >= b.pins:
        return False
    nothing = (0.0,) * len(a.upfront)
    for use, amounts in a.load.items():
        if any(x > y for x, y in zip(amounts, b.load.get(use, nothing), strict=True)):
            return False
    return all(
        x >= y
        for xs, ys in zip(a.capacity, b.capacity, strict=True)
        for x, y in zip(xs, ys, strict=True)
    )
