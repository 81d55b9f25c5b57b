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
        self._fiber: dict[Link, list[tuple[FiberRoute, list[tuple[float, int]]]]] = {}
        for route in instance.fiber_routes.values():
            ready = route_ready(instance, route)
            entries = [
                (design.rtt_ms, max(design.first_period, ready[design.amplifiers > 0]))
                for design in route.designs
            ]
            self._fiber.setdefault(route.link, []).append((route, entries))
        self._answers: dict[tuple[Link, int, float, bool], bool] = {}

    def __call__(self, link: Link, period: int, limit_ms: float, *, protected: bool) -> bool:
        """Return whether some routes of ``link`` can carry traffic, and survive any failure."""
        key = (link, period, limit_ms, protected)
        if key not in self._answers:
            self._answers[key] = self._answer(*key)
        return self._answers[key]

    def _answer(self, link: Link, period: int, limit_ms: float, protected: bool) -> bool:  # noqa: FBT001
        risks = [
            route.srlgs
            for route, entries in self._fiber.get(link, [])
            if any(rtt <= limit_ms + TOLERANCE_MS and ready <= period for rtt, ready in entries)
        ]
        risks += [
            wave.srlgs
            for wave in self._instance.wave_routes.values()
            if wave.link == link
            and wave.rtt_ms <= limit_ms + TOLERANCE_MS
            and wave.first_period <= period
        ]
        if not risks:
            return False
        if not protected:
            return True
        if not all(self._instance.campuses[c].diverse for c in link):
            return False
        waived = {f"campus:{c}" for c in link}
        return not (frozenset.intersection(*risks) - waived)


def route_ready(instance: Instance, route: FiberRoute) -> dict[bool, int]:
    """Return the first period in which a route can be lit: without amplifiers, and with them."""
    first = 0
    for e, supply in zip(route.corridors, route.supply, strict=True):
        corridor = instance.corridors[e]
        first = max(
            first, corridor.build_first_period if supply == OWN else corridor.iru_first_period
        )
    huts = min(
        (instance.huts[x.hut].first_period for x in route.huts), default=len(instance.periods)
    )
    return {False: first, True: max(first, huts)}
