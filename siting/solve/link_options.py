"""What a link may light over time, with the least that its own routes cost.

A link is lit from the first period that requires it to the end, and routes stay lit. A **way** is a
least set of its routes that serves it in that first period. An option is a way, lit alone
(*exactly*), or a way with one more route, and perhaps others (*at least*). Whatever routes a
network lights, in each period one option of the same way describes it, and the routes that options
name are never fewer than before.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from scipy.optimize import linprog

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.hut_loads import Carried, Equipment, equipments
from siting.solve.link_bounds import Link
from siting.solve.route_tracks import AmplifiedSection, Asset, LinkTracks, Track, link_tracks
from siting.solve.whole_pairs import Offer, least_usd

PAIR = 2
FEW = 5
"""Routes of a link of which each that may be lit besides is named."""
SAFE = 1.0 - 1e-6
"""What a linear problem says counts a little less."""
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Option:
    """Routes that are lit, and what those of the link cost on their own."""

    way: tuple[str, ...]
    routes: frozenset[str]
    """The way, and what is lit besides."""
    own_usd: tuple[float, ...]
    """By period from the first on, USD a year; infinite when it does not serve."""
    exactly: bool
    """No other route is lit."""
    pairs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """By route and period, where each must carry the demand alone: pairs that it has at least."""
    equipments: Mapping[str, tuple[tuple[Equipment, ...], ...]] = field(default_factory=dict)
    """By route that is heavy in huts when it carries that at the least cost, and the last period in
    which these alone are lit, from the first one on; none until then where it is light."""


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """The options of a link, with its routes."""

    link: Link
    first: int
    """First period that requires it."""
    tracks: Mapping[str, Track]
    """By route, as in the first period in which it is of use."""
    options: tuple[Option, ...]
    needed_pairs: Mapping[Asset, tuple[int, ...]] = field(default_factory=dict)
    """By own cable that what must be carried goes through whatever is lit, in some state: pairs
    there at least, by period from the first on."""

    def assets(self, routes: Sequence[str] | frozenset[str]) -> dict[Asset, float]:
        """Return what some routes use and may share, but huts, with its cost."""
        found: dict[Asset, float] = {}
        for r in sorted(routes):
            found |= {a: usd for a, usd in self.tracks[r].shared.items() if a[0] != "hut"}
        return found

    def sections(self, r: str) -> list[AmplifiedSection]:
        """Return the amplified sections of a route, and its regenerator sites, each as one."""
        track = self.tracks[r]
        sites = [a[1] for a in track.shared if a[0] == "hut"]
        alone = [AmplifiedSection((h,), ((), (0,), (1,))) for h in sites]
        return [*track.sections, *alone]

    def common_huts(self, way: Sequence[str]) -> frozenset[str]:
        """Return the huts that more than one route of a way may use."""
        seen: set[str] = set()
        common: set[str] = set()
        for r in way:
            huts = {h for section in self.sections(r) for h in section.huts}
            common |= seen & huts
            seen |= huts
        return frozenset(common)


def link_options(
    instance: Instance, requirements: Requirements, link: Link, most_kw: Sequence[float]
) -> LinkOptions | None:
    """Return the options of a link; None when its ways are too many to list.

    Args:
        instance: the instance with its routes.
        requirements: what each link must carry in each period.
        link: the link.
        most_kw: what a route draws at most in a hut, by level.
    """
    asked = sorted(t for key, t in requirements if key == link)
    by_period = {t: link_tracks(instance, link, requirements[link, t]) for t in asked}
    listed = {t: item.ways() for t, item in by_period.items()}
    ways = listed[asked[0]]
    if ways is None or any(some is None for some in listed.values()):
        return None
    periods = range(asked[0], len(instance.periods))
    costs = _OwnCosts(by_period, periods)
    names = [track.id for track in by_period[asked[0]].tracks]
    many = len(costs.tracks) > FEW
    options: list[Option] = []
    for numbers in ways:
        way = tuple(names[i] for i in numbers)
        exactly = costs.exactly(way)
        pairs = costs.pairs(way)
        equipped = costs.equipments(way, exactly, most_kw)
        alone = frozenset(way)
        options.append(Option(way, alone, exactly, exactly=True, pairs=pairs, equipments=equipped))
        rest = []
        for r in costs.tracks:
            if r in way:
                continue
            more = costs.at_least((*way, r))
            if many and all(a >= b for a, b in zip(more, exactly, strict=True)):
                rest.append(more)
            else:
                options.append(Option(way, frozenset((*way, r)), more, exactly=False))
        if rest:
            # One more route saves nothing but huts that the way may then share.
            least = tuple(min(usd) for usd in zip(*rest, strict=True))
            options.append(Option(way, frozenset(way), least, exactly=False))
    return LinkOptions(link, asked[0], costs.tracks, tuple(options), costs.needed_pairs())


class _OwnCosts:
    """What the routes of a link cost on their own, by period."""

    def __init__(self, by_period: Mapping[int, LinkTracks], periods: range) -> None:
        self._by_period, self._periods = by_period, periods
        self.tracks: dict[str, Track] = {}
        self._light: dict[str, float] = {}
        for item in by_period.values():
            for track in item.tracks:
                self.tracks.setdefault(track.id, track)
                light = self._light.get(track.id, math.inf)
                self._light[track.id] = min(light, track.light_usd)
        self._named = {t: {x.id: x for x in item.tracks} for t, item in by_period.items()}
        self._ways = {
            t: {frozenset(item.tracks[i].id for i in way) for way in item.ways() or ()}
            for t, item in by_period.items()
        }
        self._any = {t: least_of_any(item) for t, item in by_period.items()}
        self._whole: dict[tuple[tuple[Offer, ...], float], float] = {}

    def exactly(self, way: Sequence[str]) -> tuple[float, ...]:
        """Return the least when these routes alone are lit; it never falls."""
        return self._over_time(way, {t: self._carried(way, t) for t in self._by_period})

    def pairs(self, way: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return the pairs of each route when these alone are lit: of two, each carries alone."""
        if len(way) > PAIR:
            return {}
        found: dict[str, tuple[int, ...]] = {}
        for r in way:
            most, least = [], 0
            for t in self._periods:
                if t in self._by_period and r in self._named[t]:
                    item = self._by_period[t]
                    gbps = item.left_gbps if item.protected else item.gbps
                    needed = gbps / self._named[t][r].pair_gbps
                    least = max(least, math.ceil(needed - TOLERANCE))
                most.append(least)
            found[r] = tuple(most)
        return found

    def needed_pairs(self) -> dict[Asset, tuple[int, ...]]:
        """Return the pairs of cables that all routes use which some failure leaves."""
        by_period = {t: _needed_pairs(item) for t, item in self._by_period.items()}
        found: dict[Asset, tuple[int, ...]] = {}
        for asset in {asset for pairs in by_period.values() for asset in pairs}:
            known = (by_period.get(t, {}).get(asset, 0) for t in self._periods)
            found[asset] = tuple(accumulate(known, max))
        return found

    def equipments(
        self, way: Sequence[str], exactly: Sequence[float], most_kw: Sequence[float]
    ) -> dict[str, tuple[tuple[Equipment, ...], ...]]:
        """Return how routes that may be heavy can be equipped, where these alone are lit."""
        found: dict[str, tuple[tuple[Equipment, ...], ...]] = {}
        for r in way if len(way) <= PAIR else ():
            if any(r in x and x[r].numbers != self.tracks[r].numbers for x in self._named.values()):
                continue
            carried = [
                self._carried_alone(r, frozenset(way), t, usd)
                for t, usd in zip(self._periods, exactly, strict=True)
            ]
            ways = [equipments(carried[: n + 1], most_kw) for n in range(len(carried))]
            if ways[-1]:
                found[r] = tuple(ways)
        return found

    def _carried_alone(self, r: str, way: frozenset[str], t: int, own_usd: float) -> Carried:
        if t not in self._by_period or way not in self._ways[t]:
            return Carried()
        item, named = self._by_period[t], self._named[t]
        if not named[r].loads:
            return Carried()
        gbps = item.left_gbps if item.protected else item.gbps
        # Else something else than what they carry says what the way costs.
        is_own = own_usd <= sum(self._carrying_usd(x, t) for x in way) * (1 + TOLERANCE)
        return Carried(gbps, named[r].loads, self._carrying_usd(r, t) if is_own else math.inf)

    def _carrying_usd(self, r: str, t: int) -> float:
        """Return what a route costs at least that carries alone what must be left."""
        item, track = self._by_period[t], self._named[t][r]
        gbps = item.left_gbps if item.protected else item.gbps
        key = track.offers, gbps
        if key not in self._whole:
            self._whole[key] = least_usd(*key) * SAFE if track.offers else 0.0
        return max(track.carrying_usd, self._whole[key])

    def at_least(self, routes: Sequence[str]) -> tuple[float, ...]:
        """Return the least when these routes are lit, and perhaps others."""
        return self._over_time(routes, self._any)

    def _over_time(self, routes: Sequence[str], carried: Mapping[int, float]) -> tuple[float, ...]:
        # What is in service stays: a period costs no less than one before.
        least = sum(self._light[r] for r in routes)
        found = []
        for t in self._periods:
            least = max(least, carried.get(t, 0.0))
            found.append(least)
        return tuple(found)

    def _carried(self, routes: Sequence[str], t: int) -> float:
        item, named = self._by_period[t], self._named[t]
        used = frozenset(r for r in routes if r in named)
        if not any(way <= used for way in self._ways[t]):
            return math.inf
        unit = min(named[r].unit_usd for r in used)
        if used in self._ways[t] and len(used) <= PAIR:
            # Some failure leaves the one, some the other.
            return max(sum(self._carrying_usd(r, t) for r in used), unit * item.gbps)
        tracks = tuple(track for track in item.tracks if track.id in used)
        return least_of_any(dataclasses.replace(item, tracks=tracks))


def _needed_pairs(item: LinkTracks) -> dict[Asset, int]:
    """Return the pairs of cables that all routes of a link use, or all that a failure leaves."""
    every = frozenset(range(len(item.tracks)))
    left = {every: item.gbps}
    if item.protected:
        for risk in {risk for track in item.tracks for risk in track.risks}:
            rest = frozenset(i for i in every if risk not in item.tracks[i].risks)
            left[rest] = item.gbps if rest == every else item.left_gbps
    found: dict[Asset, int] = {}
    for numbers, gbps in left.items():
        tracks = [item.tracks[i] for i in numbers]
        if not tracks:
            continue
        pairs = math.ceil(gbps / max(track.pair_gbps for track in tracks) - TOLERANCE)
        for asset in set.intersection(*({*track.shared} for track in tracks)):
            if asset[0] == "cable":
                found[asset] = max(found.get(asset, 0), pairs)
    return found


def least_of_any(item: LinkTracks) -> float:
    """Return the least that any routes of a link cost that carry its demand.

    Capacity counts at the price of the cheapest Gb/s of each route; after a failure what is left
    must do.
    """
    unit = np.array([track.unit_usd for track in item.tracks])
    if not len(unit):
        return math.inf
    normal = float(unit.min()) * item.gbps
    if not item.protected or all(x.unit_usd * item.gbps <= x.light_usd for x in item.tracks):
        return normal
    touched: dict[str, set[int]] = {}
    for i, track in enumerate(item.tracks):
        for risk in track.risks:
            touched.setdefault(risk, set()).add(i)
    groups = {frozenset(numbers) for numbers in touched.values()}
    largest = [g for g in groups if not any(g < other for other in groups)]
    rows = [[0.0 if i in g else -1.0 for i in range(len(unit))] for g in largest]
    rows.append([-1.0] * len(unit))
    needed = [-item.left_gbps / item.gbps] * len(largest) + [-1.0]
    scale = float(unit.max())
    solved = linprog(unit / scale, A_ub=np.array(rows), b_ub=np.array(needed), method="highs")
    return max(normal, float(solved.fun) * scale * item.gbps * SAFE) if solved.success else normal
