"""What links pay of the huts that they share, by period, and the cheapest huts along sections.

A route is amplified in the same huts from the first period that it is lit in to the end. So a link
pays for a hut the sum of its shares from the first period that it is required in on, and the
cheapest legal sequence of huts at these sums is found once for all periods.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.hut_loads import LEVELS, LIGHT, HutCosts
from siting.solve.link_bounds import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.route_tracks import AmplifiedSection

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FULL = 1.0 - 1e-9
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of a route."""

    huts: list[tuple[int, float]]
    """Who pays for each, and what part of the share; -1 where it is free."""
    before: Sequence[Sequence[int]]
    level: int
    count: int | None


class HutShares:
    """Shares of the cost of huts, by link and period, and sections priced by them."""

    def __init__(self, usd: HutCosts, weights: Sequence[float]) -> None:
        """Begin without any section.

        Args:
            usd: what huts cost a year.
            weights: what a dollar a year is worth in each period.
        """
        self._usd, self._weights = usd, np.array(weights)
        self._number: dict[tuple[Link, str], int] = {}
        self._first: list[int] = []
        self._links: list[Link] = []
        self._huts: dict[str, int] = {}
        self._owner: list[int] = []
        self._heavy: set[int] = set()
        """Users with routes that are not light."""
        self._sections: list[_Section] = []

    def add(
        self,
        link: Link,
        first: int,
        section: AmplifiedSection,
        halved: frozenset[str],
        *,
        level: int = LIGHT,
        count: int | None = None,
    ) -> int:
        """Add a section of a link and return its number.

        Args:
            link: the link.
            first: first period in which it is required.
            section: the huts and the places before each.
            halved: huts of which it pays half of the share.
            level: what its route draws in the end.
            count: of its huts; any where not given.
        """
        huts = [
            (self._user(link, first, h), 0.5 if h in halved else 1.0)
            if self._usd.least_usd[h] > 0
            else (-1, 1.0)
            for h in section.huts
        ]
        self._heavy |= {user for user, _ in huts if level > LIGHT and user >= 0}
        self._sections.append(_Section(huts, section.before, level, count))
        return len(self._sections) - 1

    def _user(self, link: Link, first: int, hut: str) -> int:
        if (link, hut) not in self._number:
            self._number[link, hut] = len(self._owner)
            self._owner.append(self._huts.setdefault(hut, len(self._huts)))
            self._first.append(first)
            self._links.append(link)
        return self._number[link, hut]

    def close(self) -> None:
        """Arrange huts and sections; none is added any more."""
        self.owner = np.array(self._owner, dtype=np.int64)
        first = np.array(self._first, dtype=np.int64)
        self.pays = np.arange(len(self._weights))[None, :] >= first[:, None]
        """By link with hut, and period: the link is required by then."""
        usd = np.array([self._usd.least_usd[h] for h in self._huts])
        self.costs = usd[:, None] * self._weights[None, :]
        """By hut and period, present value."""
        larger = np.array([self._usd.larger_usd[h] for h in self._huts])
        self.larger_costs = larger[:, None] * self._weights[None, :]
        """The same of one with more power."""
        self._payers = np.zeros_like(self.costs)
        np.add.at(self._payers, self.owner, self.pays.astype(float))
        self._is_heavy = np.isin(np.arange(len(self.owner)), sorted(self._heavy))
        self._heavies = np.zeros_like(self.costs)
        np.add.at(self._heavies, self.owner, (self.pays & self._is_heavy[:, None]).astype(float))
        count = np.bincount(self.owner, minlength=len(usd))
        widest = int(count.max(initial=1))
        order = np.argsort(self.owner, kind="stable")
        rank = np.arange(len(order)) - (np.cumsum(count) - count)[self.owner[order]]
        self._table = np.full((len(usd), widest), len(order), dtype=np.int64)
        self._table[self.owner[order], rank] = order
        self._arrange()

    def _arrange(self) -> None:
        count = len(self._sections)
        places = max((len(x.before) for x in self._sections), default=1)
        widest = max((len(y) for x in self._sections for y in x.before), default=1)
        self._before = np.full((count, places, max(widest, 1)), places, dtype=np.int64)
        self._hut = np.full((count, places), LEVELS * len(self.owner), dtype=np.int64)
        self._weight = np.ones((count, places))
        self._last = np.zeros(count, dtype=np.int64)
        for row, section in enumerate(self._sections):
            self._last[row] = len(section.before) - 1
            for place, starts in enumerate(section.before):
                self._before[row, place, : len(starts)] = starts
            for place, (user, weight) in enumerate(section.huts, start=1):
                if user >= 0:
                    self._hut[row, place] = user + section.level * len(self.owner)
                    self._weight[row, place] = weight
        self._free = np.array([x.count is None for x in self._sections], dtype=bool)
        self._counted: dict[int, int] = {}
        """By section that counts its huts: entry among those that differ by more than that."""
        entries: dict[tuple[object, ...], int] = {}
        self._counting: list[int] = []
        for row, section in enumerate(self._sections):
            if section.count is not None:
                key = section.level, section.before, *(u for u, _ in section.huts)
                if key not in entries:
                    entries[key] = len(self._counting)
                    self._counting.append(row)
                self._counted[row] = entries[key]
        self._most = max((x.count or 0 for x in self._sections), default=0)
        self._uncounted = np.flatnonzero(self._free)
        before = self._before[self._counting]
        entry, at, _ = np.nonzero(before < places)
        self._starts = entry * (places + 1) + before[before < places]
        """Of all spans of sections that count their huts, ordered by where they end."""
        ends = entry * (places + 1) + at
        self._firsts = np.flatnonzero(np.diff(ends, prepend=-1))
        self._ends = ends[self._firsts]

    def starts(self) -> list[Floats]:
        """Return shares to start from: equal ones of all links required in a period.

        And, where there are heavy routes, none where those of several links may meet: they pay
        alone.
        """
        even = self.costs / np.maximum(self._payers, 1.0)
        alone = np.where(self._heavies > 1, 0.0, even)
        return [self._masked(x[self.owner]) for x in ((even, alone) if self._heavy else (even,))]

    def _added(self, shares: Floats) -> list[tuple[Floats, Floats]]:
        """Return what routes that are not light pay more, by level, and hut and period.

        And how much less that is for a dollar that is paid in shares.
        """
        if not self._heavy:
            return [(np.zeros_like(self.costs),) * 2] * (LEVELS - 1)
        paid = self._total(shares)
        count = np.maximum(self._heavies, 1.0)
        known = self._heavies > 0
        small, larger = self.costs - paid, (self.larger_costs - paid) / count
        found = []
        for part in (0.5, 1.0, math.inf):
            first = part * small <= larger if math.isfinite(part) else np.zeros_like(known)
            more = np.where(first, small * min(part, 1.0), larger)
            found.append(
                (
                    np.where(known, np.maximum(more, 0.0), 0.0),
                    np.where(first, min(part, 1.0), 1.0 / count),
                )
            )
        return found

    def _total(self, values: Floats) -> Floats:
        """Return the sums over the links, by hut and period."""
        total: Floats = np.zeros_like(self.costs)
        np.add.at(total, self.owner, values)
        return total

    def tangent(self, shares: Floats, paid: Floats) -> Floats:
        """Return a direction in which shares that pay a hut in full keep their sum.

        Args:
            shares: by link with hut, and period.
            paid: how much of each is paid, by level.
        """
        by_level = paid.reshape(LEVELS, len(self.owner), 1) * np.ones_like(shares)
        moved: Floats = self._masked(by_level.sum(axis=0))
        is_full = np.ones(self.costs.shape, dtype=bool)
        if self._heavy:
            for taken, (_, fall) in zip(by_level[LIGHT + 1 :], self._added(shares), strict=True):
                moved -= (self._total(self._masked(taken)) * fall)[self.owner]
            moved = self._masked(moved)
            is_full = (self._heavies == 0) | (self._total(shares) >= self.costs * FULL)
        total = self._total(moved)
        total = np.where(is_full & ((self._heavies == 0) | (total > 0)), total, 0.0)
        return self._masked(moved - (total / np.maximum(self._payers, 1.0))[self.owner])

    def projected(self, wanted: Floats) -> Floats:
        """Return the nearest shares that are not negative and pay each hut, no more."""
        shares = np.zeros_like(wanted)
        for t in range(wanted.shape[1] if len(wanted) else 0):
            padded = np.append(np.where(self.pays[:, t], wanted[:, t], -np.inf), -np.inf)
            values = padded[self._table]
            falling = -np.sort(-values, axis=1)
            known = np.isfinite(falling)
            excess = np.cumsum(np.where(known, falling, 0.0), axis=1) - self.costs[:, t][:, None]
            ranks = np.arange(1, falling.shape[1] + 1)
            kept = np.maximum(((falling - excess / ranks > 0) & known).sum(axis=1), 1)
            level = excess[np.arange(len(kept)), kept - 1] / kept
            level = np.where(self._heavies[:, t] > 0, np.maximum(level, 0.0), level)
            column = np.zeros(len(padded))
            column[self._table] = np.where(
                np.isfinite(values), np.maximum(values - level[:, None], 0.0), 0.0
            )
            shares[:, t] = column[:-1]
        shares = self._masked(shares)
        # Rounding must not let shares sum up to more than the cost.
        paid = self._total(shares)
        over = np.minimum(1.0, self.costs / np.maximum(paid, TINY))
        result: Floats = shares * over[self.owner]
        return result

    def _masked(self, values: Floats) -> Floats:
        result: Floats = np.where(self.pays, values, 0.0)
        return result

    def least(self, shares: Floats) -> tuple[Floats, Ints]:
        """Return the least cost of each section, and the place before each place on the way."""
        added = [self._masked(shares + more[self.owner]) for more, _ in self._added(shares)]
        return self._cheapest([shares, *added])

    def by_requirement(self, required: Mapping[Link, float]) -> Floats:
        """Return the least cost of each section where links share by how much they are required.

        Args:
            required: by link, more than nothing.
        """
        parts = np.array([required[link] for link in self._links], dtype=float)
        part = self._masked(parts[:, None])
        shares = self.costs[self.owner] * part / np.maximum(self._total(part), TINY)[self.owner]
        return self._cheapest([shares] * LEVELS)[0]

    def _cheapest(self, levels: Sequence[Floats]) -> tuple[Floats, Ints]:
        """Return the same where a link pays so much for a hut in a period, by level."""
        count, places = self._hut.shape
        paid = np.concatenate([*(x.sum(axis=1) for x in levels), [0.0]])
        own = paid[self._hut] * self._weight
        some = self._uncounted
        rows = np.arange(len(some))
        before, usd = self._before[some], own[some]
        least = np.full((len(some), places + 1), np.inf)
        least[:, 0] = 0.0
        came = np.zeros((count, places), dtype=np.int64)
        for place in range(1, places):
            starts = before[:, place]
            costs = least[rows[:, None], starts]
            best = costs.argmin(axis=1)
            came[some, place] = starts[rows, best]
            least[:, place] = costs[rows, best] + usd[:, place]
        ends: Floats = np.zeros(count)
        ends[some] = least[rows, self._last[some]]
        self._count(own, ends)
        return ends, came

    def _count(self, own: Floats, ends: Floats) -> None:
        """Put in the least costs of sections that count their huts."""
        if not self._counting:
            return
        rows = np.array(self._counting)
        count, places = len(rows), own.shape[1]
        paid = np.zeros((count, places + 1))
        paid[:, :-1] = own[rows]
        added = paid.ravel()[self._ends]
        self._hops = np.full((self._most + 2, count, places + 1), np.inf)
        self._hops[0, :, 0] = 0.0
        layers = self._hops.reshape(self._most + 2, -1)
        for hop in range(self._most + 1):
            if len(self._starts):
                least = np.minimum.reduceat(layers[hop][self._starts], self._firsts)
                layers[hop + 1][self._ends] = least + added
        for row, entry in self._counted.items():
            ends[row] = self._hops[(self._sections[row].count or 0) + 1, entry, self._last[row]]

    def along(self, row: int, came: Ints) -> list[tuple[int, float]]:
        """Return which shares the cheapest way of a section pays, and what part of each.

        By level, as many as there are shares for each.
        """
        found: list[tuple[int, float]] = []
        place, hop = int(self._last[row]), self._sections[row].count or 0
        while True:
            if row in self._counted:
                starts = self._before[row, place]
                costs = self._hops[hop, self._counted[row], starts]
                place = int(starts[costs.argmin()])
                hop -= 1
            else:
                place = int(came[row, place])
            if not 0 < place < came.shape[1]:
                return found
            if self._hut[row, place] < LEVELS * len(self.owner):
                found.append((int(self._hut[row, place]), float(self._weight[row, place])))
