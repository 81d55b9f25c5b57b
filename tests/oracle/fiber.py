"""The exact least network cost of given link requirements, by enumeration with bounds.

Designs of one link (:mod:`tests.oracle.search`) meet its own requirement. What links share are
loads on assets only, so:

* a *design* of a link is dropped when another design of the link has no more private cost, no more
  load on every asset in every period and, where links stand in for each other, no less capacity
  after any failure;
* the cost of shared assets does not fall when load is added, so the cost of a part is a lower bound
  of the whole.

Where spending or building is capped, all designs are kept and the answer is every bill that no
other bill undercuts.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

from tests.oracle.assets import Assets
from tests.oracle.caps import Bill, plus
from tests.oracle.needs import Need, Requirement, Transit, closes_round
from tests.oracle.pins import asked
from tests.oracle.profiles import Load, added
from tests.oracle.raw import Raw
from tests.oracle.search import MOST_DESIGNS, Design, Search, TooManyDesignsError
from tests.oracle.ways import TINY, Asset, Link, Way, ways

Net = tuple[Bill, tuple[Design, ...]]


class Fiber:
    """The network of a study."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.assets = Assets(raw)
        self.pins = asked(raw)
        self.capped = self.assets.purse.network_early
        self._ways: dict[Link, list[Way]] = {}
        self._solo: dict[tuple[Link, Need], Design | None] = {}
        self._designs: dict[tuple[Link, Need, bool], tuple[float, list[Design]]] = {}
        self._nets: dict[Requirement, list[Net]] = {}
        self._begun = 0

    def begin(self, designs: int) -> None:
        """Note that so many designs are to be visited; refuse if they are too many in all."""
        self._begun += designs
        if self._begun > MOST_DESIGNS:
            raise TooManyDesignsError(f"{self._begun:,} designs, {MOST_DESIGNS:,} at most")

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
        """Return the least cost of the assets that carry ``load``."""
        return sum(self.assets.cost(asset, uses) for asset, uses in by_asset(load))

    def least(self, requirement: Requirement) -> tuple[float, tuple[Design, ...]]:
        """Return the least network cost and the designs that reach it; infinite if impossible."""
        nets = self.nets(requirement)
        return (nets[0][0][0], nets[0][1]) if nets else (math.inf, ())

    def nets(self, requirement: Requirement) -> list[Net]:
        """Return the networks whose bill no other undercuts, cheapest first.

        One without caps, none if it is impossible.
        """
        needed = tuple((link, need) for link, need in requirement.needs if any(need))
        key = replace(requirement, needs=needed)
        if key not in self._nets:
            if self.capped:
                self._nets[key] = self._frontier(key)
            else:
                usd, designs = self._combine(key)
                self._nets[key] = [((usd,), designs)] if usd < math.inf else []
        return self._nets[key]

    def bound(self, requirement: Requirement) -> float:
        """Return a quick lower bound of the least network cost."""
        alone = (self.alone(link, need) for link, need in requirement.needs if any(need))
        return max(alone, default=0.0)

    def private_bound(self, requirement: Requirement) -> float:
        """Return a quicker, weaker lower bound."""
        return sum(self.least_private(link, need) for link, need in requirement.needs if any(need))

    def alone(self, link: Link, need: Need) -> float:
        """Return the least network cost of one link alone."""
        design = self.solo(link, need)
        return math.inf if design is None else design.private_usd + self.shared(design.load)

    def solo(self, link: Link, need: Need) -> Design | None:
        """Return the cheapest design of one link alone."""
        key = (link, need)
        if key not in self._solo:
            best: Design | None = None
            for design in Search(self, link, need, math.inf, keep_best=True).run():
                best = design
            self._solo[key] = best
        return self._solo[key]

    def _combine(self, requirement: Requirement) -> tuple[float, tuple[Design, ...]]:
        needed, transits = requirement.needs, requirement.transits
        solos = [self.solo(link, need) for link, need in needed]
        if any(design is None for design in solos):
            return math.inf, ()
        found = tuple(d for d in solos if d is not None)
        if self.pins and not needed:
            return math.inf, ()
        best = self._total(found)
        if len(found) <= 1 and not self.pins:
            return best, found
        # A design of one link alone does not say what a failure leaves of it, nor what is pinned.
        if transits or self.pins:
            best, found = math.inf, ()
        private = [self.least_private(link, need) for link, need in needed]
        lists = [
            self._list(link, need, best - sum(private) + private[index], every=bool(transits))
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
                if index + 1 < len(lists):
                    descend(index + 1, total, sum_usd, (*chosen, design))
                elif self._all_hold(transits, needed, (*chosen, design)):
                    best, found = cost, (*chosen, design)

        descend(0, {}, 0.0, ())
        return best, found

    def _frontier(self, requirement: Requirement) -> list[Net]:
        """Return the bills of every combination of designs, with all dates of shared assets."""
        purse = self.assets.purse
        lists = [
            self._list(link, need, math.inf, every=bool(requirement.transits))
            for link, need in requirement.needs
        ]
        self.begin(math.prod(map(len, lists)))
        found: dict[Bill, tuple[Design, ...]] = {}
        for chosen in itertools.product(*lists):
            if not self._all_hold(requirement.transits, requirement.needs, chosen):
                continue
            load: Load = {}
            bills = [purse.bill(0.0)]
            for design in chosen:
                load = merged(load, design.load)
                bills = purse.front(plus(bill, design.bill) for bill in bills)
            for asset, uses in by_asset(load):
                bills = purse.sums(bills, self.assets.bills(asset, uses))
            for bill in bills:
                found.setdefault(bill, chosen)
        return [(bill, found[bill]) for bill in purse.front(found)]

    def _all_hold(
        self,
        transits: tuple[Transit, ...],
        needed: tuple[tuple[Link, Need], ...],
        designs: tuple[Design, ...],
    ) -> bool:
        """Whether every ring closes after failures, and everything pinned is served."""
        if not self.pins <= frozenset().union(*(design.pins for design in designs)):
            return False
        by_link = dict(zip((link for link, _ in needed), designs, strict=True))
        return all(_closes(transit, dict(needed), by_link) for transit in transits)

    def _total(self, designs: tuple[Design, ...]) -> float:
        load: Load = {}
        for design in designs:
            load = merged(load, design.load)
        return sum(d.private_usd for d in designs) + self.shared(load)

    def _list(self, link: Link, need: Need, budget: float, *, every: bool) -> list[Design]:
        """Return the designs of a link whose cost alone is at most ``budget``, cheapest first."""
        known, designs = self._designs.get((link, need, every), (-math.inf, []))
        if known < budget:
            found = list(Search(self, link, need, budget, keep_best=False, every=every).run())
            designs = found if every or self.capped else _undominated(found)
            designs.sort(key=lambda d: d.private_usd + self.shared(d.load))
            self._designs[link, need, every] = (budget, designs)
        return designs

    def least_private(self, link: Link, need: Need) -> float:
        """Return a lower bound of the private cost of a link: rate bought at the best price."""
        # Every channel costs at least the cheapest USD a year per Gb/s; needs hold in their period
        # and, channels being non-decreasing, after it.
        units = [u for w in self.ways(link) for v in w.variants for u in v.units]
        if not units:
            return 0.0
        price = min(
            (u.usd_per_channel + u.usd_per_pair / u.channels_per_pair) / u.rate_gbps for u in units
        )
        level, total = 0.0, 0.0
        for weight, entries in zip(self.raw.weights, need, strict=True):
            level = max([level, *(entry.normal_gbps for entry in entries)])
            total += weight * level * price
        return total


def by_asset(load: Load) -> list[tuple[Asset, tuple[tuple[str, tuple[float, ...]], ...]]]:
    """Return what is asked of each asset, by use."""
    found: dict[Asset, list[tuple[str, tuple[float, ...]]]] = {}
    for (asset, use), amounts in load.items():
        if any(amounts):
            found.setdefault(asset, []).append((use, amounts))
    return [(asset, tuple(sorted(uses))) for asset, uses in found.items()]


def merged(load: Load, other: Load) -> Load:
    """Return the sum of two loads."""
    total = dict(load)
    for use, amounts in other.items():
        added(total, use, amounts)
    return total


def _closes(transit: Transit, needs: dict[Link, Need], designs: dict[Link, Design]) -> bool:
    """Whether the ring carries its traffic after every failure of any of its links."""
    t = transit.period
    slot = {
        link: next(k for k, e in enumerate(needs[link][t]) if e.theta_ms == theta)
        for link, theta in transit.theta_ms
    }
    failures = {g for link in slot for g in designs[link].after}
    for failure in failures:
        short = []
        for link, survives in transit.survives_gbps:
            design = designs[link]
            capacity = design.after.get(failure, design.capacity)
            if failure not in {f"srlg:campus:{campus}" for campus in link}:
                short.append(survives - capacity[t][slot[link]])
        # A failure that takes a campus with it cuts the ring: nothing can go the other way round.
        whole = len(short) == len(slot)
        if not (closes_round(short) if whole else all(x <= TINY for x in short)):
            return False
    return True


def _undominated(designs: list[Design]) -> list[Design]:
    kept: list[Design] = []
    for design in sorted(designs, key=lambda d: (d.private_usd, len(d.load))):
        if not any(_no_worse(other, design) for other in kept):
            kept.append(design)
    return kept


def _no_worse(a: Design, b: Design) -> bool:
    if a.private_usd > b.private_usd or not a.pins >= b.pins:
        return False
    for use, amounts in a.load.items():
        other = b.load.get(use)
        if other is None or any(x > y for x, y in zip(amounts, other, strict=True)):
            return False
    return True
