"""Which links can be required at all: routes within the RTT limit, in service in time, surviving.

A necessary condition on dates and failures, found before any solver runs; demand and shared limits
are left to the model.
"""

from __future__ import annotations

import math

from siting.instance import Instance
from siting.instance.records import FiberRoute, WaveRoute

TOLERANCE_MS = 1e-9
OWN = "own"

Link = tuple[str, str]
Periods = frozenset[int]
NEVER: Periods = frozenset()


class Admissibility:
    """Answers whether a link can be required, by period, RTT limit and protection."""

    def __init__(self, instance: Instance) -> None:
        """Index the routes of every link."""
        self._instance = instance
        self._fiber: dict[Link, list[FiberRoute]] = {}
        for route in instance.fiber_routes.values():
            self._fiber.setdefault(route.link, []).append(route)
        self._waves: dict[Link, list[WaveRoute]] = {}
        for wave in instance.wave_routes.values():
            self._waves.setdefault(wave.link, []).append(wave)
        self._fiber_ready: dict[tuple[str, str, str], Periods] = {}
        self._hut_ready: dict[str, Periods] = {}
        self._lit: dict[str, list[tuple[float, Periods]]] = {}
        self._answers: dict[tuple[Link, int, float, bool, bool], bool] = {}

    def __call__(
        self, link: Link, period: int, limit_ms: float, *, protected: bool, transit: bool = False
    ) -> bool:
        """Return whether some routes of ``link`` can carry traffic, and survive any failure.

        Args:
            link: the campuses.
            period: index of the period.
            limit_ms: largest RTT.
            protected: whether traffic must survive any single failure.
            transit: whether it may then go the other way round a ring, off these routes.
        """
        key = (link, period, limit_ms, protected, transit)
        if key not in self._answers:
            risks = self._risks(link, period, limit_ms)
            safe = not protected or self._survives(link, risks, transit=transit)
            self._answers[key] = bool(risks) and safe
        return self._answers[key]

    def _survives(self, link: Link, risks: list[frozenset[str]], *, transit: bool) -> bool:
        if not risks or not all(self._instance.campuses[c].diverse for c in link):
            return False
        waived = {f"campus:{c}" for c in link}
        return transit or not (frozenset.intersection(*risks) - waived)

    def _risks(self, link: Link, period: int, limit_ms: float) -> list[frozenset[str]]:
        """Return the shared risks of each route within the limit that can be lit in the period."""
        limit_ms += TOLERANCE_MS
        fiber = [
            route.srlgs
            for route in self._fiber.get(link, [])
            if any(rtt_ms <= limit_ms and period in when for rtt_ms, when in self._ways(route))
        ]
        waves = [
            wave.srlgs
            for wave in self._waves.get(link, [])
            if wave.rtt_ms <= limit_ms and wave.first_period <= period
        ]
        return fiber + waves

    def _ways(self, route: FiberRoute) -> list[tuple[float, Periods]]:
        """Return the RTTs at which a route can be lit, each with the periods that are new by it."""
        if route.id not in self._lit:
            plain, amplified = self._ready(route)
            ways: dict[float, Periods] = {}
            for design in route.designs:
                ready = amplified if design.amplifiers > 0 else plain
                when = frozenset(t for t in ready if design.first_period <= t)
                ways[design.rtt_ms] = ways.get(design.rtt_ms, NEVER) | when
            known, found = NEVER, []
            for rtt_ms, when in sorted(ways.items()):
                if when - known:
                    found.append((rtt_ms, when - known))
                    known |= when
            self._lit[route.id] = found
        return self._lit[route.id]

    def _ready(self, route: FiberRoute) -> tuple[Periods, Periods]:
        """Return the periods in which a route can be lit: without amplifiers, and with them."""
        plain = frozenset(range(len(self._instance.periods)))
        for e, supply in zip(route.corridors, route.supply, strict=True):
            key = (e, supply, route.fiber_type)
            if key not in self._fiber_ready:
                self._fiber_ready[key] = _fiber_ready(self._instance, *key)
            plain &= self._fiber_ready[key]
        for x in route.regenerators:
            plain &= self._hut(x.hut)
        amplified = NEVER
        for x in route.huts:
            if plain <= amplified:
                break
            amplified |= self._hut(x.hut)
        return plain, plain & amplified

    def _hut(self, h: str) -> Periods:
        if h not in self._hut_ready:
            hut = self._instance.huts[h]
            first = min((x.first_period for x in hut.classes.values()), default=math.inf)
            periods = range(len(self._instance.periods))
            self._hut_ready[h] = frozenset(t for t in periods if hut.stands[t] or first <= t)
        return self._hut_ready[h]


def _fiber_ready(instance: Instance, e: str, supply: str, fiber_type: str) -> Periods:
    """Return the periods in which a corridor can hold a pair."""
    corridor, periods = instance.corridors[e], range(len(instance.periods))
    if supply != OWN:
        return frozenset(t for t in periods if corridor.iru_first_period <= t)
    first = corridor.build_first_period if corridor.buildable else math.inf
    return frozenset(t for t in periods if first <= t or corridor.pairs_standing(fiber_type, t) > 0)
