"""What links pay of the huts that they share, by period, and the cheapest huts along sections.

A route is amplified in the same huts from the first period that it is lit in to the end. So a link
pays for a hut the sum of its shares from the first period that it is required in on, and the
cheapest legal sequence of huts at these sums is found once for all periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.link_bounds import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.route_tracks import AmplifiedSection

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class HutShares:
    """Shares of the cost of huts, by link and period, and sections priced by them."""

    def __init__(self, usd: Mapping[str, float], weights: Sequence[float]) -> None:
        """Begin without any section.

        Args:
            usd: what each hut costs a year.
            weights: what a dollar a year is worth in each period.
        """
        self._usd, self._weights = usd, np.array(weights)
        self._number: dict[tuple[Link, str], int] = {}
        self._first: list[int] = []
        self._huts: dict[str, int] = {}
        self._owner: list[int] = []
        self._sections: list[tuple[list[tuple[int, float]], Sequence[Sequence[int]]]] = []

    def add(self, link: Link, first: int, section: AmplifiedSection, halved: frozenset[str]) -> int:
        """Add a section of a link and return its number.

        Args:
            link: the link.
            first: first period in which it is required.
            section: the huts and the places before each.
            halved: huts of which it pays half of the share.
        """
        huts = [
            (self._user(link, first, h), 0.5 if h in halved else 1.0)
            if self._usd[h] > 0
            else (-1, 1.0)
            for h in section.huts
        ]
        self._sections.append((huts, section.before))
        return len(self._sections) - 1

    def _user(self, link: Link, first: int, hut: str) -> int:
        if (link, hut) not in self._number:
            self._number[link, hut] = len(self._owner)
            self._owner.append(self._huts.setdefault(hut, len(self._huts)))
            self._first.append(first)
        return self._number[link, hut]

    def close(self) -> None:
        """Arrange huts and sections; none is added any more."""
        self.owner = np.array(self._owner, dtype=np.int64)
        first = np.array(self._first, dtype=np.int64)
        self.pays = np.arange(len(self._weights))[None, :] >= first[:, None]
        """By link with hut, and period: the link is required by then."""
        usd = np.array([self._usd[h] for h in self._huts])
        self.costs = usd[:, None] * self._weights[None, :]
        """By hut and period, present value."""
        self._payers = np.zeros_like(self.costs)
        np.add.at(self._payers, self.owner, self.pays.astype(float))
        count = np.bincount(self.owner, minlength=len(usd))
        widest = int(count.max(initial=1))
        order = np.argsort(self.owner, kind="stable")
        rank = np.arange(len(order)) - (np.cumsum(count) - count)[self.owner[order]]
        self._table = np.full((len(usd), widest), len(order), dtype=np.int64)
        self._table[self.owner[order], rank] = order
        self._arrange()

    def _arrange(self) -> None:
        count = len(self._sections)
        places = max((len(before) for _, before in self._sections), default=1)
        widest = max((len(x) for _, before in self._sections for x in before), default=1)
        self._before = np.full((count, places, max(widest, 1)), places, dtype=np.int64)
        self._hut = np.full((count, places), len(self.owner), dtype=np.int64)
        self._weight = np.ones((count, places))
        self._last = np.zeros(count, dtype=np.int64)
        for row, (huts, before) in enumerate(self._sections):
            self._last[row] = len(before) - 1
            for place, starts in enumerate(before):
                self._before[row, place, : len(starts)] = starts
            for place, (user, weight) in enumerate(huts, start=1):
                if user >= 0:
                    self._hut[row, place], self._weight[row, place] = user, weight

    def even(self) -> Floats:
        """Return equal shares of all links required in a period."""
        return self._masked((self.costs / np.maximum(self._payers, 1.0))[self.owner])

    def tangent(self, wanted: Floats) -> Floats:
        """Return a direction in which the shares of a hut in a period keep their sum."""
        moved = self._masked(wanted)
        total = np.zeros_like(self.costs)
        np.add.at(total, self.owner, moved)
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
            column = np.zeros(len(padded))
            column[self._table] = np.where(
                np.isfinite(values), np.maximum(values - level[:, None], 0.0), 0.0
            )
            shares[:, t] = column[:-1]
        shares = self._masked(shares)
        # Rounding must not let shares sum up to more than the cost.
        paid = np.zeros_like(self.costs)
        np.add.at(paid, self.owner, shares)
        over = np.minimum(1.0, self.costs / np.maximum(paid, 1e-300))
        result: Floats = shares * over[self.owner]
        return result

    def _masked(self, values: Floats) -> Floats:
        result: Floats = np.where(self.pays, values, 0.0)
        return result

    def least(self, shares: Floats) -> tuple[Floats, Ints]:
        """Return the least cost of each section, and the place before each place on the way."""
        count, places = self._hut.shape
        own = np.append(shares.sum(axis=1), 0.0)[self._hut] * self._weight
        rows = np.arange(count)
        least = np.full((count, places + 1), np.inf)
        least[:, 0] = 0.0
        came = np.zeros((count, places), dtype=np.int64)
        for place in range(1, places):
            starts = self._before[:, place]
            costs = least[rows[:, None], starts]
            best = costs.argmin(axis=1)
            came[:, place] = starts[rows, best]
            least[:, place] = costs[rows, best] + own[:, place]
        ends: Floats = least[rows, self._last]
        return ends, came

    def along(self, row: int, came: Ints) -> list[tuple[int, float]]:
        """Return which shares the cheapest way of a section pays, and what part of each."""
        found = []
        place = int(came[row, self._last[row]])
        while 0 < place < came.shape[1]:
            if self._hut[row, place] < len(self.owner):
                found.append((int(self._hut[row, place]), float(self._weight[row, place])))
            place = int(came[row, place])
        return found
