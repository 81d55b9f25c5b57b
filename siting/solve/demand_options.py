"""What a link may light, with the least that its own routes cost by what it must carry.

For one period and any demand between two: the options of :mod:`siting.solve.link_options`, the own
cost of each a convex function of the demand, piecewise linear.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.solve.hut_loads import Carried, Equipment, equipments
from siting.solve.link_bounds import Link
from siting.solve.link_options import FEW, PAIR, LinkOptions, least_of_any
from siting.solve.route_tracks import LinkTracks, Track, link_tracks

Line = tuple[float, float]
"""USD a year without demand, and for each Gb/s."""
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class DemandOption:
    """Routes that are lit, and what those of the link cost on their own."""

    way: tuple[str, ...]
    routes: frozenset[str]
    """The way, and what is lit besides."""
    corners: tuple[tuple[float, float], ...]
    """Demands, Gb/s, and costs there, USD a year: between two it is a straight line."""
    equipments: Mapping[str, tuple[Equipment, ...]] = field(default_factory=dict)
    """By route whose options differ in amplifiers: the ways to carry the least demand."""
    exactly: bool = False
    """No other route is lit."""


@dataclass(frozen=True, slots=True)
class DemandOptions:
    """The options of a link, with its routes."""

    tracks: LinkOptions
    """The link with its routes alone."""
    gbps: tuple[float, float]
    """Least and largest demand."""
    options: tuple[DemandOption, ...]


def demand_options(
    instance: Instance,
    link: Link,
    asked: Requirement,
    gbps: tuple[float, float],
) -> DemandOptions | None:
    """Return the options of a link; None when its ways are too many to list.

    Args:
        instance: the instance with its routes.
        link: the link.
        asked: its RTT limit and survival fraction; its demand is not used.
        gbps: least and largest demand.
    """
    item = link_tracks(instance, link, (dataclasses.replace(asked, gbps=gbps[1]),))
    ways = item.ways()
    if ways is None:
        return None
    costs = _Costs(item, gbps)
    options: list[DemandOption] = []
    for way in (tuple(costs.names[i] for i in numbers) for numbers in ways):
        exactly = costs.exactly(way)
        options.append(
            DemandOption(way, frozenset(way), exactly, costs.equipments(way), exactly=True)
        )
        rest = []
        for r in costs.tracks:
            if r in way:
                continue
            lines = costs.at_least((*way, r))
            if len(costs.tracks) > FEW and _saves_nothing(lines, exactly):
                rest.append(lines)
            else:
                corners = _corners(lines, gbps)
                options.append(DemandOption(way, frozenset((*way, r)), corners))
        if rest:
            # One more route saves nothing but huts that the way may then share.
            fixed = min(line[0] for lines in rest for line in lines if line[1] <= 0)
            corners = _corners([(fixed, 0.0), costs.any_line], gbps)
            options.append(DemandOption(way, frozenset(way), corners))
    return DemandOptions(LinkOptions(link, 0, costs.tracks, ()), gbps, tuple(options))


class _Costs:
    """What the routes of a link cost on their own, by demand."""

    def __init__(self, item: LinkTracks, gbps: tuple[float, float]) -> None:
        self.tracks: dict[str, Track] = {track.id: track for track in item.tracks}
        self.names = list(self.tracks)
        self._gbps = gbps
        # What each route of a way of two carries of the demand, or the one of a way of one.
        self._part = item.left_gbps / item.gbps if item.protected else 1.0
        self.any_line = (0.0, least_of_any(item) / gbps[1] if item.tracks else 0.0)

    def exactly(self, way: Sequence[str]) -> tuple[tuple[float, float], ...]:
        """Return the corners of the cost when these routes alone are lit."""
        some = [self.tracks[r] for r in way]
        lines = [(0.0, min(track.unit_usd for track in some))]
        if len(way) <= PAIR:
            each = [((x.light_usd, 0.0), (0.0, x.unit_usd * self._part)) for x in some]
            lines += [
                (sum(x[0] for x in parts), sum(x[1] for x in parts))
                for parts in itertools.product(*each)
            ]
        else:
            lines.append((sum(track.light_usd for track in some), 0.0))
        return _corners(lines, self._gbps)

    def at_least(self, routes: Sequence[str]) -> list[Line]:
        """Return lines below the cost when these routes are lit, and perhaps others."""
        return [(sum(self.tracks[r].light_usd for r in routes), 0.0), self.any_line]

    def equipments(self, way: Sequence[str]) -> dict[str, tuple[Equipment, ...]]:
        """Return how routes whose options differ in amplifiers can be equipped, alone.

        What that costs more at the least demand it costs more at any other, too.
        """
        some = [self.tracks[r] for r in way]
        unit = min(track.unit_usd for track in some)
        # Else something else than what they carry says what the way costs.
        is_own = sum(x.unit_usd for x in some) * self._part >= unit * (1 - TOLERANCE)
        if len(way) > PAIR or not is_own:
            return {}
        found = {}
        for track in some:
            gbps = self._part * self._gbps[0]
            usd = max(track.light_usd, track.unit_usd * gbps)
            ways = equipments([Carried(gbps, track.loads, usd)], (math.inf,)) if track.loads else ()
            if ways:
                found[track.id] = ways
        return found


def _saves_nothing(lines: Sequence[Line], corners: Sequence[tuple[float, float]]) -> bool:
    return all(_value(lines, gbps) >= usd for gbps, usd in corners)


def _value(lines: Sequence[Line], gbps: float) -> float:
    return max(fixed + slope * gbps for fixed, slope in lines)


def _corners(lines: Sequence[Line], gbps: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Return the corners of the largest of some lines between two demands, and its ends."""
    places = set(gbps)
    for (a, by_a), (b, by_b) in itertools.combinations(lines, 2):
        if by_a != by_b:
            place = (b - a) / (by_a - by_b)
            if gbps[0] < place < gbps[1]:
                places.add(place)
    found = [(place, _value(lines, place)) for place in sorted(places)]
    kept = found[:1]
    for at, after in itertools.pairwise(found[1:]):
        (x, y), (u, v) = kept[-1], after
        straight = y + (v - y) * (at[0] - x) / (u - x)
        if at[1] < straight - TOLERANCE * abs(straight):
            kept.append(at)
    return (*kept, *found[-1:]) if len(found) > 1 else tuple(kept)
