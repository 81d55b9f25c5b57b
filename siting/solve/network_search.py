"""Search for routes that share: those of some links are taken out and put back where cheap.

What a choice of routes costs is estimated: pairs and channels of each route at their price, own
cable and huts once for all that share them, from the first period that needs them on. Each route
takes the option that is cheapest with its huts: these are the cheapest legal sequence that is not
too noisy for it, those in use already free as far as their power goes. Sizes of cables, limits of
IRU and dates do not count: the routes found are a start for the exact model, and no more.
"""

from __future__ import annotations

import dataclasses
import math
import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.hut_sequences import HutSequence
from siting.solve.link_bounds import Link
from siting.solve.route_kinds import Kind
from siting.solve.route_tracks import Asset, Track, hut_steps, link_tracks

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
    kinds: dict[str, Kind] = field(default_factory=dict)
    """By route: its option, with what it must carry."""
    usd: float = math.inf


@dataclass(frozen=True, slots=True)
class _Added:
    """What a route adds to the cost in a choice, equipped in its cheapest way."""

    usd: float
    kind: Kind
    huts: tuple[str, ...]


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
                        d for d in route.designs if d.by_section == found.kinds[r].amplifiers
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
            self._light(found, years, drawn, link, now.huts, now.kinds)
        for link in sorted(out, key=lambda x: (-self._years[x] * self._varied(noise), x)):
            ways = self._ways[link]
            added = {
                r: self._added(r, self._years[link], years, drawn)
                for r in dict.fromkeys(r for way in ways for r in way)
            }
            usd = {r: more.usd * self._varied(noise) for r, more in added.items()}
            found.ways[link] = way = min(ways, key=lambda x: (sum(usd[r] for r in x), x))
            chosen: dict[str, _Added] = {}
            for r in way:
                # A hut may fail: routes of a link have none in common.
                others = {h for more in chosen.values() for h in more.huts}
                chosen[r] = added[r]
                if others & set(added[r].huts):
                    chosen[r] = self._added(r, self._years[link], years, drawn, others)
            huts = {r: more.huts for r, more in chosen.items()}
            kinds = {r: more.kind for r, more in chosen.items()}
            self._light(found, years, drawn, link, huts, kinds)
        return found

    def _light(
        self,
        found: Found,
        years: dict[Asset, float],
        drawn: dict[str, float],
        link: Link,
        huts: Mapping[str, tuple[str, ...]],
        kinds: Mapping[str, Kind],
    ) -> None:
        """Add the way of a link, equipped and amplified as given, to what is paid."""
        span = self._years[link]
        for r in found.ways[link]:
            track, found.huts[r] = self._tracks[r], huts[r]
            kind = found.kinds[r] = kinds[r]
            found.usd += kind.usd * span
            for asset, yearly in track.shared.items():
                paid = years.get(asset, 0.0)
                if span > paid:
                    found.usd += yearly * (span - paid)
                    years[asset] = span
            for h in huts[r]:
                found.usd += self._hut_added(h, kind.hut_kw, span, years, drawn)
                drawn[h] = drawn.get(h, 0.0) + kind.hut_kw
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
        most_kw = max(steps[-1][0], TOLERANCE_KW) if steps else 0.0  # huts may have no power at all
        return steps[-1][1] * math.ceil(kw / most_kw) if steps else math.inf

    def _varied(self, noise: float) -> float:
        return 1.0 + noise * self._random.random()

    def _added(
        self,
        r: str,
        span: float,
        years: Mapping[Asset, float],
        drawn: Mapping[str, float],
        without: Collection[str] = (),
    ) -> _Added:
        """Return what a route adds to the cost when it is lit so long, in its cheapest way."""
        track = self._tracks[r]
        shared_usd = sum(
            yearly * max(span - years.get(asset, 0.0), 0.0)
            for asset, yearly in track.shared.items()
        )
        if r not in self._sequences:
            self._sequences[r] = [HutSequence(section) for section in track.sections]
        best = _Added(math.inf, track.kinds[0], ())
        by_kw: dict[float, list[list[float]]] = {}
        for kind in track.kinds:
            usd = shared_usd + kind.usd * span
            if usd >= best.usd:
                break
            if kind.hut_kw not in by_kw:
                by_kw[kind.hut_kw] = [
                    [
                        math.inf
                        if h in without
                        else self._hut_added(h, kind.hut_kw, span, years, drawn)
                        for h in sequence.huts
                    ]
                    for sequence in self._sequences[r]
                ]
            more, huts = self._amplified(r, kind, by_kw[kind.hut_kw])
            if usd + more < best.usd:
                best = _Added(usd + more, kind, huts)
        return best

    def _amplified(
        self, r: str, kind: Kind, costs: Sequence[Sequence[float]]
    ) -> tuple[float, tuple[str, ...]]:
        """Return the cost of the cheapest huts of a route for an option, and these huts."""
        usd, huts = 0.0, list[str]()
        option = self._instance.options.get(kind.option)
        noise = None if option is None else option.span_noise
        track = self._tracks[r]
        for sequence, number, own in zip(self._sequences[r], track.numbers, costs, strict=True):
            more, places = sequence.cheapest(
                own, kind.amplifiers[number], noise, kind.budgets[number]
            )
            usd += more
            huts += [sequence.huts[i] for i in places]
        return usd, tuple(huts)
