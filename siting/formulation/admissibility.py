"""Which links can be required at all: routes within the RTT limit, in service in time, surviving.

A necessary condition on dates and failures, found before any solver runs; demand and shared limits
are left to the model.
"""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records import FiberRoute

TOLERANCE_MS = 1e-9
OWN = "own"

Link = tuple[str, str]


class Admissibility:
    """Answers whether a link can be required, by period, RTT limit and protection."""

    def __init__(self, instance: Instance) -> None:
        """Index the routes of every link."""
        self._instance = instance
        self._fiber: dict[Link, list[FiberRoute]] = {}
        for route in instance.fiber_routes.values():
            self._fiber.setdefault(route.link, []).append(route)
        self._dated: dict[tuple[str, int], tuple[bool, bool]] = {}
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
            if any(
                design.rtt_ms <= limit_ms
                and design.first_period <= period
                and self._ready(route, period)[design.amplifiers > 0]
                for design in route.designs
            )
        ]
        waves = [
            wave.srlgs
            for wave in self._instance.wave_routes.values()
            if wave.link == link and wave.rtt_ms <= limit_ms and wave.first_period <= period
        ]
        return fiber + waves

    def _ready(self, route: FiberRoute, period: int) -> tuple[bool, bool]:
        """Return whether a route can be lit in a period: without amplifiers, and with them."""
        key = (route.id, period)
        if key not in self._dated:
            plain = _can_be_lit(self._instance, route, period)
            amplified = any(_hut_ready(self._instance, x.hut, period) for x in route.huts)
            self._dated[key] = (plain, plain and amplified)
        return self._dated[key]


def _can_be_lit(instance: Instance, route: FiberRoute, period: int) -> bool:
    """Return whether fiber and regenerator sites of a route can be in service in a period."""
    return all(
        _fiber_ready(instance, e, supply, route.fiber_type, period)
        for e, supply in zip(route.corridors, route.supply, strict=True)
    ) and all(_hut_ready(instance, x.hut, period) for x in route.regenerators)


def _fiber_ready(instance: Instance, e: str, supply: str, fiber_type: str, period: int) -> bool:
    corridor = instance.corridors[e]
    if supply != OWN:
        return corridor.iru_first_period <= period
    new = corridor.buildable and corridor.build_first_period <= period
    return new or corridor.pairs_standing(fiber_type, period) > 0


def _hut_ready(instance: Instance, h: str, period: int) -> bool:
    hut = instance.huts[h]
    return hut.stands[period] or any(x.first_period <= period for x in hut.classes.values())
