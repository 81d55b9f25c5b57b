"""Search for routes that share: those of some links are taken out and put back where cheap.

What a choice of routes costs is estimated: pairs and channels of each route at their price, own
cable and huts once for all that share them, from the first period that needs them on. Huts are the
cheapest legal sequence along each route, those in use already free as far as their power goes.
Noise, sizes of cables, limits of IRU and dates do not count: the routes found are a start for the
exact model, and no more.
"""

from __future__ import annotations

import dataclasses
import math
import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.link_bounds import Link
from siting.solve.route_tracks import AmplifiedSection, Asset, Track, hut_steps, link_tracks

REMOVED = 4
"""Most links whose routes are taken out at once."""
NOISE = 0.3
"""Costs vary by up to this share when routes are put back."""
PATIENCE = 3
"""After so many steps for each pair of links without a better choice it starts from the best."""
TOLERANCE_KW = 1e-6
NEAR = 2.0
"""Links with a common end are so much more likely to be taken out together."""


@dataclass(slots=True)
class Found:
    """A choice of routes with its estimated cost, present value."""

    ways: dict[Link, tuple[str, ...]] = field(default_factory=dict)
    huts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By route: where it is amplified."""
    usd: float = math.inf


class RouteSearch:
    """Searches for cheap routes of all links together."""

    def __init__(self, instance: Instance, requirements: Requirements, *, seed: int) -> None:
        """Prepare the routes of each link and what they cost.

        Args:
            instance: the instance with the routes of the required links.
            requirements: what each link must carry in each period.
            seed: random seed.
        """
        self._instance = instance
        self._random = random.Random(seed)  # noqa: S311
        self._hut_steps = {h: hut_steps(hut) for h, hut in instance.huts.items()}
        self._years: dict[Link, float] = {}
        """Sum of the weights of the periods in which a link is in service: once in, to the end."""
        self._tracks: dict[str, Track] = {}
        self._ways: dict[Link, list[tuple[str, ...]]] = {}
        self._sequences: dict[str, list[HutSequence]] = {}
        periods: dict[Link, list[int]] = {}
        for link, t in requirements:
            periods.setdefault(link, []).append(t)
        for link, asked in sorted(periods.items()):
            self._years[link] = sum(x.weight for x in instance.periods[min(asked) :])
            most = max(asked, key=lambda t: sum(float(x.gbps) for x in requirements[link, t]))
            item = link_tracks(instance, link, requirements[link, most])
            ids = [track.id for track in item.tracks]
            self._tracks |= dict(zip(ids, item.tracks, strict=True))
            self._ways[link] = [tuple(ids[i] for i in way) for way in item.ways() or ()]

    @property
    def is_possible(self) -> bool:
        """Whether routes are known for every link."""
        return all(self._ways.values())

    def run(self, stop: float, steps: int) -> Found:
        """Return the best choice found.

        Args:
            stop: end of the search, by the monotonic clock.
            steps: times that routes are taken out at most.
        """
        links = sorted(self._ways)
        best = now = self._put_back(Found(), links, 0.0)
        idle = 0
        for _ in range(steps):
            if time.monotonic() > stop:
                break
            found = self._put_back(now, self._taken_out(links), NOISE)
            idle = 0 if found.usd < now.usd else idle + 1
            now = found if found.usd < now.usd else now
            if now.usd < best.usd:
                best = now
            elif idle > PATIENCE * len(links) ** 2:
                now, idle = best, 0
        return best

    def narrowed(self, found: Found) -> Instance:
        """Return the instance with the routes of a choice, amplified in its huts and no others."""
        fiber = {}
        for r, huts in found.huts.items():
            route = self._instance.fiber_routes.get(r)
            if route is not None:
                fiber[r] = dataclasses.replace(
                    route,
                    huts=tuple(x for x in route.huts if x.hut in huts),
                    designs=tuple(
                        d for d in route.designs if d.by_section == self._tracks[r].amplifiers
                    ),
                )
        waves = {v: x for v, x in self._instance.wave_routes.items() if v in found.huts}
        return dataclasses.replace(self._instance, fiber_routes=fiber, wave_routes=waves)

    def _taken_out(self, links: Sequence[Link]) -> list[Link]:
        """Return a few links at random, more often such as have a common end."""
        first = self._random.choice(links)
        weight = {
            link: self._random.random() * (NEAR if set(link) & set(first) else 1.0)
            for link in links
        }
        weight[first] = math.inf
        count = self._random.randint(1, min(REMOVED, len(links)))
        return sorted(links, key=lambda link: -weight[link])[:count]

    def _put_back(self, now: Found, out: Sequence[Link], noise: float) -> Found:
        """Return a choice with other ways for some links, the longest in service first."""
        found = Found(usd=0.0)
        years: dict[Asset, float] = {}
        drawn: dict[str, float] = {}
        kept = set(now.ways) - set(out)
        for link in sorted(kept, key=lambda x: (-self._years[x], x)):
            found.ways[link] = now.ways[link]
            self._light(found, years, drawn, link, now.huts)
        for link in sorted(out, key=lambda x: (-self._years[x] * self._varied(noise), x)):
            ways = self._ways[link]
            added = {
                r: self._added(r, self._years[link], years, drawn)
                for r in dict.fromkeys(r for way in ways for r in way)
            }
            usd = {r: more * self._varied(noise) for r, (more, _) in added.items()}
            found.ways[link] = way = min(ways, key=lambda x: (sum(usd[r] for r in x), x))
            huts: dict[str, tuple[str, ...]] = {}
            for r in way:
                # A hut may fail: routes of a link have none in common.
                others = {h for names in huts.values() for h in names}
                known = added[r][1]
                if others & set(known):
                    known = self._added(r, self._years[link], years, drawn, others)[1]
                huts[r] = known
            self._light(found, years, drawn, link, huts)
        return found

    def _light(
        self,
        found: Found,
        years: dict[Asset, float],
        drawn: dict[str, float],
        link: Link,
        huts: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Add the way of a link, amplified in given huts, to what is paid."""
        span = self._years[link]
        for r in found.ways[link]:
            track, found.huts[r] = self._tracks[r], huts[r]
            found.usd += track.priced_usd * span
            for asset, yearly in track.shared.items():
                paid = years.get(asset, 0.0)
                if span > paid:
                    found.usd += yearly * (span - paid)
                    years[asset] = span
            for h in huts[r]:
                found.usd += self._hut_added(h, track.hut_kw, span, years, drawn)
                drawn[h] = drawn.get(h, 0.0) + track.hut_kw
                years["hut", h] = max(span, years.get(("hut", h), 0.0))

    def _hut_added(
        self,
        h: str,
        kw: float,
        span: float,
        years: Mapping[Asset, float],
        drawn: Mapping[str, float],
    ) -> float:
        """Return what a hut adds to the cost when a route draws power there, too."""
        before, paid = drawn.get(h, 0.0), years.get(("hut", h), 0.0)
        usd = self._hut_usd(h, before + kw) * max(span, paid)
        return usd - self._hut_usd(h, before) * paid if h in drawn else usd

    def _hut_usd(self, h: str, kw: float) -> float:
        """Return what a hut of that power costs a year; beyond the largest, as many of it."""
        steps = self._hut_steps[h]
        for most_kw, usd in steps:
            if kw <= most_kw + TOLERANCE_KW:
                return usd
        return steps[-1][1] * math.ceil(kw / steps[-1][0]) if steps else math.inf

    def _varied(self, noise: float) -> float:
        return 1.0 + noise * self._random.random()

    def _added(
        self,
        r: str,
        span: float,
        years: Mapping[Asset, float],
        drawn: Mapping[str, float],
        without: Collection[str] = (),
    ) -> tuple[float, tuple[str, ...]]:
        """Return what a route adds to the cost when it is lit so long, and its huts."""
        track = self._tracks[r]
        usd = track.priced_usd * span
        for asset, yearly in track.shared.items():
            usd += yearly * max(span - years.get(asset, 0.0), 0.0)
        huts: list[str] = []
        if r not in self._sequences:
            self._sequences[r] = [HutSequence(section) for section in track.sections]
        for sequence, number in zip(self._sequences[r], track.numbers, strict=True):
            costs = [
                math.inf if h in without else self._hut_added(h, track.hut_kw, span, years, drawn)
                for h in sequence.huts
            ]
            more, places = sequence.cheapest(costs, track.amplifiers[number])
            usd += more
            huts += [sequence.huts[i] for i in places]
        return usd, tuple(huts)


class HutSequence:
    """The cheapest huts along a section."""

    def __init__(self, section: AmplifiedSection) -> None:
        """Arrange the places before each place."""
        self.huts = section.huts
        places = len(section.before)
        widest = max(map(len, section.before))
        self._before = np.full((places, max(widest, 1)), places, dtype=np.int64)
        for place, starts in enumerate(section.before):
            self._before[place, : len(starts)] = starts

    def cheapest(self, costs: Sequence[float], count: int) -> tuple[float, list[int]]:
        """Return the cost and the numbers of so many huts in a legal sequence, end to end."""
        places = len(self._before)
        own = np.array([math.inf, *costs, 0.0])
        least = np.full(places + 1, np.inf)
        least[0] = 0.0
        came = np.zeros((count + 1, places), dtype=np.int64)
        rows = np.arange(places)
        for hop in range(count + 1):
            reached = least[self._before]
            best = reached.argmin(axis=1)
            came[hop] = self._before[rows, best]
            least = np.append(reached[rows, best] + own, np.inf)
        usd = float(least[places - 1])
        if math.isinf(usd):
            return usd, []
        found: list[int] = []
        place = places - 1
        for hop in range(count, 0, -1):
            place = int(came[hop, place])
            found.append(place - 1)
        return usd, found[::-1]
