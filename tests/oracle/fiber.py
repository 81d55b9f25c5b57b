"""The exact least network cost of given link requirements, by enumeration with bounds.

A requirement of a link is, in each period, a list of (theta, normal, failed): the capacity with RTT
<= theta must be at least ``normal``, and after any single failure at least ``failed``, Gb/s.

Designs of one link are all choices of at most one variant (used huts) for each way and of
non-decreasing channels for each option. What links share are pairs on assets only, so:

* a *profile* of a variant (channels by option and period) is dropped when another profile of the
  same variant has no more private cost, no more pairs and no less capacity: replacing it changes
  nothing else for the worse;
* a *design* of a link is dropped when another design of the link has no more private cost and no
  more pairs on every asset in every period; a design that meets the requirement is not extended;
* the cost of shared assets does not fall when pairs are added, so the cost of a part of a design is
  a lower bound of the whole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.assets import Assets, Counts
from tests.oracle.raw import Raw
from tests.oracle.ways import TINY, Asset, Link, Unit, Variant, Way, ways

Need = tuple[tuple[tuple[float, float, float], ...], ...]
Requirement = tuple[tuple[Link, Need], ...]
Load = dict[Asset, Counts]


@dataclass(frozen=True)
class Profile:
    """Channels on one variant."""

    variant: Variant
    label: str
    private_usd: float
    pairs: Counts
    capacity: tuple[tuple[float, ...], ...]
    """By period and entry of the need."""


@dataclass(frozen=True)
class Design:
    """Channels on the ways of one link."""

    label: tuple[str, ...]
    private_usd: float
    load: Load


def added(load: Load, profile: Profile) -> Load:
    """Return ``load`` with the pairs of ``profile``."""
    total = dict(load)
    for asset in profile.variant.assets:
        before = total.get(asset, (0,) * len(profile.pairs))
        total[asset] = tuple(a + b for a, b in zip(before, profile.pairs, strict=True))
    return total


def merged(load: Load, other: Load) -> Load:
    """Return the sum of two loads."""
    total = dict(load)
    for asset, pairs in other.items():
        before = total.get(asset, (0,) * len(pairs))
        total[asset] = tuple(a + b for a, b in zip(before, pairs, strict=True))
    return total


class Fiber:
    """The network of a study."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.assets = Assets(raw)
        self._ways: dict[Link, list[Way]] = {}
        self._solo: dict[tuple[Link, Need], Design | None] = {}
        self._designs: dict[tuple[Link, Need], tuple[float, list[Design]]] = {}
        self._least: dict[Requirement, tuple[float, tuple[Design, ...]]] = {}

    def ways(self, link: Link) -> list[Way]:
        """Return the ways of ``link``."""
        if link not in self._ways:
            self._ways[link] = ways(self.raw, link)
        return self._ways[link]

    def rates(self, link: Link, theta: float) -> set[float]:
        """Return the rates of all channels of ``link`` within ``theta``."""
        units = (u for w in self.ways(link) for v in w.variants for u in v.units)
        return {u.rate_gbps for u in units if u.rtt_ms <= theta + TINY}

    def reach(self, link: Link, theta: float) -> float:
        """Return the largest RTT of a channel of ``link`` within ``theta``: as a limit the same."""
        units = (u for w in self.ways(link) for v in w.variants for u in v.units)
        return max((u.rtt_ms for u in units if u.rtt_ms <= theta + TINY), default=0.0)

    def shared(self, load: Load) -> float:
        """Return the cost of the assets that carry ``load``."""
        return sum(self.assets.cost(asset, pairs) for asset, pairs in load.items())

    def least(self, requirement: Requirement) -> tuple[float, tuple[Design, ...]]:
        """Return the least network cost and the designs that reach it; infinite if impossible."""
        needed = tuple((link, need) for link, need in requirement if any(need))
        if needed not in self._least:
            self._least[needed] = self._combine(needed)
        return self._least[needed]

    def bound(self, requirement: Requirement) -> float:
        """Return a quick lower bound of the least network cost."""
        return max((self.alone(link, need) for link, need in requirement if any(need)), default=0.0)

    def private_bound(self, requirement: Requirement) -> float:
        """Return a quicker, weaker lower bound."""
        return sum(_least_private(self, link, need) for link, need in requirement if any(need))

    def alone(self, link: Link, need: Need) -> float:
        """Return the least network cost of one link alone."""
        design = self.solo(link, need)
        return math.inf if design is None else design.private_usd + self.shared(design.load)

    def solo(self, link: Link, need: Need) -> Design | None:
        """Return the cheapest design of one link alone."""
        key = (link, need)
        if key not in self._solo:
            best: Design | None = None
            for design in _Search(self, link, need, math.inf, keep_best=True).run():
                best = design
            self._solo[key] = best
        return self._solo[key]

    def _combine(self, needed: Requirement) -> tuple[float, tuple[Design, ...]]:
        solos = [self.solo(link, need) for link, need in needed]
        if any(design is None for design in solos):
            return math.inf, ()
        found = tuple(d for d in solos if d is not None)
        best = self._total(found)
        if len(found) <= 1:
            return best, found
        private = [_least_private(self, link, need) for link, need in needed]
        lists = [
            self._list(link, need, best - sum(private) + private[index])
            for index, (link, need) in enumerate(needed)
        ]
        # Depth first over links; the private cost of the links to come is at least ``rest``.
        rest = [sum(private[index + 1 :]) for index in range(len(needed))]

        def descend(index: int, load: Load, usd: float, chosen: tuple[Design, ...]) -> None:
            nonlocal best, found
            for design in lists[index]:
                total, sum_usd = merged(load, design.load), usd + design.private_usd
                cost = sum_usd + self.shared(total)
                if cost + rest[index] >= best - 1e-7:
                    continue
                if index + 1 == len(lists):
                    best, found = cost, (*chosen, design)
                else:
                    descend(index + 1, total, sum_usd, (*chosen, design))

        descend(0, {}, 0.0, ())
        return best, found

    def _total(self, designs: tuple[Design, ...]) -> float:
        load: Load = {}
        for design in designs:
            load = merged(load, design.load)
        return sum(d.private_usd for d in designs) + self.shared(load)

    def _list(self, link: Link, need: Need, budget: float) -> list[Design]:
        """Return the designs of a link whose cost alone is at most ``budget``, cheapest first."""
        known, designs = self._designs.get((link, need), (-math.inf, []))
        if known < budget:
            found = list(_Search(self, link, need, budget, keep_best=False).run())
            designs = _undominated(found)
            designs.sort(key=lambda d: d.private_usd + self.shared(d.load))
            self._designs[link, need] = (budget, designs)
        return designs


def _least_private(fiber: Fiber, link: Link, need: Need) -> float:
    """Return a lower bound of the private cost of a link: rate bought at the best price."""
    # Every channel costs at least the cheapest USD a year per Gb/s; needs hold in their period and,
    # channels being non-decreasing, after it.
    units = [u for w in fiber.ways(link) for v in w.variants for u in v.units]
    if not units:
        return 0.0
    price = min(
        (u.usd_per_channel + u.usd_per_pair / u.channels_per_pair) / u.rate_gbps for u in units
    )
    level, total = 0.0, 0.0
    for weight, entries in zip(fiber.raw.weights, need, strict=True):
        level = max([level, *(normal for _, normal, _ in entries)])
        total += weight * level * price
    return total


class _Search:
    """Depth-first search for the designs of one link."""

    def __init__(
        self, fiber: Fiber, link: Link, need: Need, budget: float, *, keep_best: bool
    ) -> None:
        self.fiber, self.need = fiber, need
        self.budget, self.keep_best = budget, keep_best
        self.waived = {f"srlg:campus:{campus}" for campus in link}
        self.choices = [choice for way in fiber.ways(link) if (choice := self._profiles_of(way))]
        # Cheap ways first: a good design early prunes more.
        self.choices.sort(key=lambda c: min(self._alone(p) for p in c))

    def run(self) -> Iterator[Design]:
        """Yield designs that meet the need; with ``keep_best`` each better than the last."""
        if self._lacks(self.choices, []):
            return
        yield from self._descend(0, [], {}, 0.0)

    def _alone(self, profile: Profile) -> float:
        return profile.private_usd + self.fiber.shared(added({}, profile))

    def _descend(
        self, index: int, chosen: list[Profile], load: Load, usd: float
    ) -> Iterator[Design]:
        if self._met(chosen):
            label = tuple(p.label for p in chosen)
            if self.keep_best:
                self.budget = usd + self.fiber.shared(load) - 1e-7
            yield Design(label, usd, load)
            return
        if index == len(self.choices) or self._lacks(self.choices[index:], chosen):
            return
        for profile in self.choices[index]:
            total, sum_usd = added(load, profile), usd + profile.private_usd
            cost = sum_usd + self.fiber.shared(total)
            if cost <= self.budget and cost < math.inf:
                yield from self._descend(index + 1, [*chosen, profile], total, sum_usd)
        yield from self._descend(index + 1, chosen, load, usd)

    def _met(self, chosen: list[Profile]) -> bool:
        failures = {g for p in chosen for g in p.variant.touched_by} - self.waived
        for t, entries in enumerate(self.need):
            for k, (_, normal, failed) in enumerate(entries):
                if sum(p.capacity[t][k] for p in chosen) < normal - TINY:
                    return False
                if failed > TINY and (self._worst(chosen, failures, t, k) < failed - TINY):
                    return False
        return True

    def _worst(self, chosen: list[Profile], failures: set[str], t: int, k: int) -> float:
        return min(
            (
                sum(p.capacity[t][k] for p in chosen if g not in p.variant.touched_by)
                for g in failures
            ),
            default=math.inf,
        )

    def _lacks(self, left: list[list[Profile]], chosen: list[Profile]) -> bool:
        """Whether even every channel of the ways that are left cannot give the normal capacity."""
        for t, entries in enumerate(self.need):
            for k, (_, normal, _) in enumerate(entries):
                most = sum(max(p.capacity[t][k] for p in choice) for choice in left)
                if most + sum(p.capacity[t][k] for p in chosen) < normal - TINY:
                    return True
        return False

    def _profiles_of(self, way: Way) -> list[Profile]:
        found = [p for variant in way.variants for p in self._profiles(variant)]
        return sorted(found, key=self._alone)

    def _profiles(self, variant: Variant) -> list[Profile]:
        per_unit = [list(self._sequences(unit)) for unit in variant.units]
        found: list[Profile] = []
        for channels in itertools.product(*per_unit):
            profile = self._profile(variant, channels)
            if any(map(any, profile.capacity)) and self._alone(profile) <= self.budget:
                found.append(profile)
        found.sort(key=lambda p: p.private_usd)
        kept: list[Profile] = []
        for profile in found:
            if not any(_dominates(other, profile) for other in kept):
                kept.append(profile)
        return kept

    def _sequences(self, unit: Unit) -> Iterator[Counts]:
        """Yield non-decreasing channel counts.

        More channels than the largest need so far asks for are of no use: clipped to it, counts
        still do not decrease and still carry min(need, capacity), and the cost does not rise.
        """
        tops, most = [], 0.0
        for entries in self.need:
            most = max([most, *(n for theta, n, _ in entries if unit.rtt_ms <= theta + TINY)])
            top = math.ceil(most / unit.rate_gbps - TINY)
            tops.append(top if unit.limit is None else min(top, unit.limit))
        for counts in itertools.product(*(range(top + 1) for top in tops)):
            rising = all(a <= b for a, b in itertools.pairwise(counts))
            if rising and not any(counts[: unit.first]):
                yield counts

    def _profile(self, variant: Variant, channels: tuple[Counts, ...]) -> Profile:
        raw = self.fiber.raw
        usd, pairs = 0.0, [0] * raw.periods
        for unit, counts in zip(variant.units, channels, strict=True):
            unit_pairs = tuple(math.ceil(n / unit.channels_per_pair) for n in counts)
            usd += raw.worth(counts) * unit.usd_per_channel
            usd += raw.worth(unit_pairs) * unit.usd_per_pair
            pairs = [a + b for a, b in zip(pairs, unit_pairs, strict=True)]
        # Capacity above the need is of no use, not even after a failure (failed <= normal).
        capacity = tuple(
            tuple(
                min(
                    normal,
                    sum(
                        counts[t] * unit.rate_gbps
                        for unit, counts in zip(variant.units, channels, strict=True)
                        if unit.rtt_ms <= theta + TINY
                    ),
                )
                for theta, normal, _ in entries
            )
            for t, entries in enumerate(self.need)
        )
        lit = ",".join(
            f"{u.name}{c}" for u, c in zip(variant.units, channels, strict=True) if any(c)
        )
        roads = " ".join(name for kind, name in variant.assets if kind != "hut")
        label = f"[{roads}] huts {variant.name or '-'}: {lit}"
        return Profile(variant, label, usd, tuple(pairs), capacity)


def _dominates(a: Profile, b: Profile) -> bool:
    if a.private_usd > b.private_usd or any(x > y for x, y in zip(a.pairs, b.pairs, strict=True)):
        return False
    return all(
        x >= y
        for xs, ys in zip(a.capacity, b.capacity, strict=True)
        for x, y in zip(xs, ys, strict=True)
    )


def _undominated(designs: list[Design]) -> list[Design]:
    kept: list[Design] = []
    for design in sorted(designs, key=lambda d: (d.private_usd, len(d.load))):
        if not any(_no_worse(other, design) for other in kept):
            kept.append(design)
    return kept


def _no_worse(a: Design, b: Design) -> bool:
    if a.private_usd > b.private_usd:
        return False
    for asset, pairs in a.load.items():
        other = b.load.get(asset)
        if other is None or any(x > y for x, y in zip(pairs, other, strict=True)):
            return False
    return True
