"""A bound of the network of one period: each link alone, shared assets paid in shares.

What links share (civil works, cable, IRU upkeep, huts) is split between the links that can use it:
link l pays the share mu_le of e, all shares together at most its cost. The sum over links of the
least that each pays is a bound, whatever the shares; a subgradient method looks for good ones. The
least of a link is found by comparing its ways (:func:`_Link.least`), with the cheapest legal
sequence of huts along each route by dynamic programming: huts and routes are whole here, where a
continuous relaxation has fractions of both.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.instance.route_graph import least_hut_usd
from siting.solve.link_bounds import Link
from siting.solve.route_tracks import Asset, LinkTracks, Track, link_tracks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ABOVE = 0.1
"""Steps aim this much above the best bound at first."""
LESS = 0.6
"""The aim comes nearer by this factor after ``PATIENCE`` steps without a better bound."""
PATIENCE = 12
KEPT = 0.5
"""Share of the last direction in the next one."""
LEAST_ABOVE = 1e-4
"""An aim this near ends the search."""
PAIR = 2


class LinksBound:
    """The bound of one period by its links."""

    def __init__(self, instance: Instance, asked: Mapping[Link, Sequence[Requirement]]) -> None:
        """Prepare the routes, assets and even shares.

        Args:
            instance: the instance with the routes of the required links.
            asked: what each link must carry in the period.
        """
        links = [link_tracks(instance, link, asked[link]) for link in sorted(asked)]
        self._prices = _Prices()
        huts = {h: least_hut_usd(hut) for h, hut in instance.huts.items()}
        self._huts = _HutSequences()
        self._links = [_Link.of(item, self._prices, self._huts, huts) for item in links]
        self._prices.close()
        self._huts.close(len(self._prices.owner))
        self.shares: Floats = self._prices.even()
        self.best_usd = self._value(self.shares)[0]

    def improve(self, stop: float, steps: int, enough_usd: float = math.inf) -> float:
        """Look for better shares; return the best bound, USD a year.

        Args:
            stop: end of the search, by the monotonic clock.
            steps: steps at most.
            enough_usd: a bound that is good enough.
        """
        shares, above, idle = self.shares, ABOVE, 0
        value, used = self._value(shares)
        direction = np.zeros(len(shares))
        for _ in range(steps):
            if self.best_usd >= enough_usd or above < LEAST_ABOVE or math.isinf(self.best_usd):
                break
            if time.monotonic() > stop:
                break
            direction = self._prices.tangent(used) + KEPT * direction
            length = float(direction @ direction)
            if length <= 0:
                break
            step = (self.best_usd * (1 + above) - value) / length
            shares = self._prices.projected(shares + step * direction)
            value, used = self._value(shares)
            if value > self.best_usd:
                idle = 0 if value > self.best_usd * (1 + above / 100) else idle + 1
                self.best_usd, self.shares = value, shares
            else:
                idle += 1
            if idle >= PATIENCE:
                above, idle, shares = LESS * above, 0, self.shares
                value, used = self._value(shares)
                direction[:] = 0.0
        return self.best_usd

    def _value(self, shares: Floats) -> tuple[float, Floats]:
        """Return the bound at these shares, and which of them the cheapest ways use."""
        costs, came = self._huts.least(shares)
        usd = 0.0
        used = np.zeros(len(shares))
        for link in self._links:
            least, tracks = link.least(shares, costs)
            usd += least
            for track in tracks:
                used[track.shared] = 1.0
                for row in track.rows:
                    used[self._huts.along(row, came)] = 1.0
        return usd, used


@dataclass(frozen=True, slots=True)
class _Priced:
    """A route with the numbers of its shares and of its rows of hut sequences."""

    track: Track
    shared: Ints
    weights: Floats
    rows: tuple[int, ...]

    def shared_usd(self, shares: Floats, costs: Floats) -> float:
        """Return what it pays of shared assets and huts."""
        huts = sum(costs[row] for row in self.rows)
        return float(shares[self.shared] @ self.weights + huts)


@dataclass(frozen=True, slots=True)
class _Link:
    """A link with the least sets of routes that serve it."""

    tracks: tuple[_Priced, ...]
    ways: tuple[tuple[int, ...], ...]
    gbps: float
    more_usd: float
    """The cheapest route, lit besides a way, on its own."""
    unit_usd: float

    @classmethod
    def of(
        cls, item: LinkTracks, prices: _Prices, huts: _HutSequences, hut_usd: Mapping[str, float]
    ) -> _Link:
        """Number the shares of a link."""
        ways = item.ways()
        # An asset on both routes of a pair is paid half by each.
        halves: set[Asset] = set()
        assets = [_assets(track) for track in item.tracks]
        for way in ways or ():
            if len(way) == PAIR:
                halves |= assets[way[0]] & assets[way[1]]
        tracks = []
        for track in item.tracks:
            keys = [asset for asset, usd in track.shared.items() if usd > 0]
            shared = [prices.number(item.link, key, track.shared[key]) for key in keys]
            weights = [0.5 if key in halves else 1.0 for key in keys]
            rows = []
            for section in track.sections:
                named = [
                    (
                        prices.number(item.link, ("hut", h), hut_usd[h]) if hut_usd[h] > 0 else -1,
                        0.5 if ("hut", h) in halves else 1.0,
                    )
                    for h in section.huts
                ]
                rows.append(huts.add(named, section.before))
            numbers = np.array(shared, dtype=np.int64)
            tracks.append(_Priced(track, numbers, np.array(weights), tuple(rows)))
        return cls(
            tracks=tuple(tracks),
            ways=((),) if ways is None else tuple(ways),
            gbps=item.gbps,
            more_usd=min((t.light_usd for t in item.tracks), default=math.inf),
            unit_usd=min((t.unit_usd for t in item.tracks), default=math.inf),
        )

    def least(self, shares: Floats, costs: Floats) -> tuple[float, list[_Priced]]:
        """Return the least that the link pays, and the routes of that.

        The routes lit hold a way. Exactly a way of one or two: each of its routes carries what must
        be left. A way and more: each is lit, and one more; all together carry the demand. Routes
        of a larger way may share assets with each other: those of the dearest count.
        """
        shared = [t.shared_usd(shares, costs) for t in self.tracks]
        carried = self.unit_usd * self.gbps
        best = math.inf
        chosen: tuple[int, ...] = ()
        for way in self.ways:
            light = sum(self.tracks[i].track.light_usd for i in way)
            paid = way
            if 0 < len(way) <= PAIR:
                exact = sum(self.tracks[i].track.carrying_usd for i in way)
                own = max(min(exact, light + self.more_usd), carried)
            else:
                paid = (max(way, key=lambda i: shared[i]),) if way else ()
                own = max(light, carried)
            usd = own + sum(shared[i] for i in paid)
            if usd < best:
                best, chosen = usd, paid
        return best, [self.tracks[i] for i in chosen]


def _assets(track: Track) -> set[Asset]:
    huts: set[Asset] = {("hut", h) for section in track.sections for h in section.huts}
    return huts | set(track.shared)


class _Prices:
    """Shares of assets by link, and their full costs."""

    def __init__(self) -> None:
        self._number: dict[tuple[Link, Asset], int] = {}
        self._asset: dict[Asset, int] = {}
        self._costs: list[float] = []
        self.owner: list[int] = []
        """By share: the asset."""

    def number(self, link: Link, asset: Asset, usd: float) -> int:
        """Return the number of the share of a link in an asset."""
        key = link, asset
        if key not in self._number:
            if asset not in self._asset:
                self._asset[asset] = len(self._costs)
                self._costs.append(usd)
            self._number[key] = len(self.owner)
            self.owner.append(self._asset[asset])
        return self._number[key]

    def close(self) -> None:
        """Arrange the shares by asset; none is added any more."""
        self._of = np.array(self.owner, dtype=np.int64)
        self._usd = np.array(self._costs)
        count = np.bincount(self._of, minlength=len(self._usd))
        self._count = count.astype(float)
        widest = int(count.max(initial=1))
        order = np.argsort(self._of, kind="stable")
        first = np.cumsum(count) - count
        rank = np.arange(len(order)) - first[self._of[order]]
        self._table = np.full((len(self._usd), widest), -1, dtype=np.int64)
        self._table[self._of[order], rank] = order
        self._filled = self._table >= 0

    def even(self) -> Floats:
        """Return equal shares."""
        shares: Floats = (self._usd / np.maximum(self._count, 1.0))[self._of]
        return shares

    def tangent(self, used: Floats) -> Floats:
        """Return a direction in which the shares of an asset keep their sum."""
        mean = np.bincount(self._of, weights=used, minlength=len(self._usd))
        moved: Floats = used - (mean / np.maximum(self._count, 1.0))[self._of]
        return moved

    def projected(self, wanted: Floats) -> Floats:
        """Return the nearest shares that are not negative and pay each asset, no more."""
        if not len(wanted):
            return wanted
        values = np.where(self._filled, wanted[self._table], -np.inf)
        falling = -np.sort(-values, axis=1)
        sums = np.cumsum(np.where(np.isfinite(falling), falling, 0.0), axis=1)
        excess = sums - self._usd[:, None]
        ranks = np.arange(1, falling.shape[1] + 1)
        kept = np.maximum((falling - excess / ranks > 0).sum(axis=1), 1)
        level = excess[np.arange(len(kept)), kept - 1] / kept
        shares = np.zeros(len(wanted))
        shares[self._table[self._filled]] = np.maximum(values - level[:, None], 0.0)[self._filled]
        # Rounding must not let shares sum up to more than the cost.
        paid = np.bincount(self._of, weights=shares, minlength=len(self._usd))
        over = np.minimum(1.0, self._usd / np.maximum(paid, 1e-300))
        result: Floats = shares * over[self._of]
        return result


class _HutSequences:
    """The cheapest legal huts along many sections at once."""

    def __init__(self) -> None:
        self._rows: list[tuple[list[tuple[int, float]], Sequence[Sequence[int]]]] = []

    def add(self, huts: list[tuple[int, float]], before: Sequence[Sequence[int]]) -> int:
        """Add a section: share and weight of each hut, share -1 for free ones; return its row."""
        self._rows.append((huts, before))
        return len(self._rows) - 1

    def close(self, shares: int) -> None:
        """Arrange the sections; none is added any more."""
        count = len(self._rows)
        places = max((len(before) for _, before in self._rows), default=1)
        widest = max((len(x) for _, before in self._rows for x in before), default=1)
        self._before = np.full((count, places, widest), places, dtype=np.int64)
        self._hut = np.full((count, places), shares, dtype=np.int64)
        self._weight = np.ones((count, places))
        self._last = np.zeros(count, dtype=np.int64)
        for row, (huts, before) in enumerate(self._rows):
            self._last[row] = len(before) - 1
            for place, starts in enumerate(before):
                self._before[row, place, : len(starts)] = starts
            for place, (number, weight) in enumerate(huts, start=1):
                if number >= 0:
                    self._hut[row, place], self._weight[row, place] = number, weight
        self._shares = shares

    def least(self, shares: Floats) -> tuple[Floats, Ints]:
        """Return the least cost of each section, and the place before each place on the way."""
        count, places = self._hut.shape
        own = np.append(shares, 0.0)[self._hut] * self._weight
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

    def along(self, row: int, came: Ints) -> list[int]:
        """Return the shares of the huts on the cheapest way of a section."""
        found = []
        place = int(came[row, self._last[row]])
        while 0 < place < came.shape[1]:
            if self._hut[row, place] < self._shares:
                found.append(int(self._hut[row, place]))
            place = int(came[row, place])
        return found
