"""All designs of one link that meet its requirement, by depth-first search with bounds.

Designs are all choices of at most one variant (used huts) for each way, and of non-decreasing
channels and pairs (:mod:`tests.oracle.profiles`).

A design that meets the requirement is not extended, unless interruptions are charged (then more may
cost less), something is pinned, or ``every`` design is asked for (other links may need the
capacity).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.oracle.caps import Bill
from tests.oracle.needs import Entry, Need, failure_rates
from tests.oracle.pins import Pins
from tests.oracle.profiles import Capacity, Load, Profile, Profiles, added
from tests.oracle.ways import TINY, Link, Variant, Way

if TYPE_CHECKING:
    from tests.oracle.fiber import Fiber


MOST_DESIGNS = 2_000_000
"""More combinations of profiles than that (over all links and needs of a study) are not begun."""


class TooManyDesignsError(Exception):
    """A study has more designs of links than brute force visits in a minute or so."""


@dataclass(frozen=True)
class Design:
    """Channels on the ways of one link."""

    label: tuple[str, ...]
    private_usd: float
    load: Load
    bill: Bill
    capacity: Capacity = ()
    after: dict[str, Capacity] = field(default_factory=dict)
    """Capacity by failure."""
    pins: Pins = frozenset()
    """What is pinned and served."""


class Search:
    """Depth-first search for the designs of one link."""

    def __init__(
        self,
        fiber: Fiber,
        link: Link,
        need: Need,
        budget: float,
        *,
        keep_best: bool,
        every: bool = False,
    ) -> None:
        self.fiber, self.need = fiber, need
        self.purse = fiber.assets.purse
        self.profiles = Profiles(fiber.raw, link, need, capped=fiber.capped)
        self.budget, self.keep_best, self.every = budget, keep_best, every
        self.charged = any(e.usd_per_event > 0 for entries in need for e in entries)
        self.goes_on = self.charged or every or bool(self.profiles.pins)
        self.waived = {f"srlg:campus:{campus}" for campus in link}
        self.choices = [choice for way in fiber.ways(link) if (choice := self._profiles_of(way))]
        # Cheap ways first: a good design early prunes more.
        self.choices.sort(key=lambda c: min(self._alone(p) for p in c))

    def run(self) -> Iterator[Design]:
        """Yield designs that meet the need; with ``keep_best`` each better than the last."""
        if self._lacks(self.choices, []):
            return
        self.fiber.begin(math.prod(1 + len(choice) for choice in self.choices))
        yield from self._descend(0, [], {}, 0.0, fresh=True)

    def _alone(self, profile: Profile) -> float:
        return profile.private_usd + self.fiber.shared(profile.load)

    def _descend(
        self, index: int, chosen: list[Profile], load: Load, usd: float, *, fresh: bool
    ) -> Iterator[Design]:
        if fresh and self._met(chosen):
            design = self._design(chosen, load, usd)
            cost = design.private_usd + self.fiber.shared(load)
            if cost <= self.budget:
                if self.keep_best:
                    self.budget = cost - 1e-7
                yield design
            if not self.goes_on:
                return
        if index == len(self.choices) or self._lacks(self.choices[index:], chosen):
            return
        for profile in self.choices[index]:
            total, sum_usd = dict(load), usd + profile.private_usd
            for use, amounts in profile.load.items():
                added(total, use, amounts)
            cost = sum_usd + self.fiber.shared(total)
            if cost <= self.budget and cost < math.inf:
                yield from self._descend(index + 1, [*chosen, profile], total, sum_usd, fresh=True)
        yield from self._descend(index + 1, chosen, load, usd, fresh=False)

    def _design(self, chosen: list[Profile], load: Load, usd: float) -> Design:
        raw = self.fiber.raw
        label = tuple(p.label for p in chosen)
        pins = Pins().union(*(p.pins for p in chosen))
        if self.charged:
            usd += self._interruptions(chosen)
        upfront = tuple(sum(p.upfront[t] for p in chosen) for t in raw.all_periods)
        bill = self.purse.bill(usd, upfront=upfront)
        if not self.every:
            return Design(label, usd, load, bill, pins=pins)
        after = {g: self._capacity(chosen, g) for g in self._failures(chosen)}
        return Design(label, usd, load, bill, self._capacity(chosen, None), after, pins)

    def _capacity(self, chosen: list[Profile], failure: str | None) -> Capacity:
        left = [p for p in chosen if failure not in p.variant.touched_by]
        return tuple(
            tuple(sum(p.capacity[t][k] for p in left) for k in range(len(entries)))
            for t, entries in enumerate(self.need)
        )

    def _failures(self, chosen: list[Profile]) -> set[str]:
        return {g for p in chosen for g in p.variant.touched_by} - self.waived

    def _cells(self) -> Iterator[tuple[int, int, Entry]]:
        for t, entries in enumerate(self.need):
            for k, entry in enumerate(entries):
                yield t, k, entry

    def _met(self, chosen: list[Profile]) -> bool:
        failures = self._failures(chosen)
        for t, k, entry in self._cells():
            if sum(p.capacity[t][k] for p in chosen) < entry.normal_gbps - TINY:
                return False
            left = {g: _left(chosen, g, t, k) for g in failures}
            if any(x < entry.failed_gbps - TINY for x in left.values()):
                return False
            if entry.downtime < math.inf:
                down = sum(
                    failure_rates(self.fiber.raw, g).downtime
                    for g, x in left.items()
                    if x < entry.normal_gbps - TINY
                )
                if down > entry.downtime + 1e-12:
                    return False
        return True

    def _interruptions(self, chosen: list[Profile]) -> float:
        """Return the present value of what interrupts the demand."""
        raw, usd = self.fiber.raw, 0.0
        for t, k, entry in self._cells():
            for g in self._failures(chosen):
                if _left(chosen, g, t, k) < entry.normal_gbps - TINY:
                    events = failure_rates(raw, g).events
                    usd += raw.weights[t] * entry.usd_per_event * events
        return usd

    def _lacks(self, left: list[list[Profile]], chosen: list[Profile]) -> bool:
        """Whether even every channel of the ways that are left cannot give the normal capacity."""
        for t, k, entry in self._cells():
            most = sum(max(p.capacity[t][k] for p in choice) for choice in left)
            if most + sum(p.capacity[t][k] for p in chosen) < entry.normal_gbps - TINY:
                return True
        return False

    def _profiles_of(self, way: Way) -> list[Profile]:
        found = [p for variant in way.variants for p in self._profiles(variant)]
        return sorted(found, key=self._alone)

    def _profiles(self, variant: Variant) -> list[Profile]:
        found = self.profiles.of(variant)
        return [p for p in found if self._alone(p) <= self.budget and self._alone(p) < math.inf]


def _left(chosen: list[Profile], failure: str, t: int, k: int) -> float:
    return sum(p.capacity[t][k] for p in chosen if failure not in p.variant.touched_by)
