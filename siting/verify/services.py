"""What each link must carry, and does, with nothing failed and after every single failure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from siting.verify import tolerances
from siting.verify.case import Case, RouteCase
from siting.verify.needs import Need, all_needs

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """What a link must carry, and does, within one RTT limit in one period."""

    campuses: Pair
    period: int
    rtt_limit_ms: float
    workloads: tuple[str, ...]
    """Workloads with exactly this limit."""
    required_gbps: float
    required_surviving_gbps: float
    capacity_gbps: float
    surviving_gbps: dict[str, float]
    """Capacity left, by failure, Gb/s."""

    @property
    def worst_failure(self) -> str | None:
        """The failure that leaves least capacity; the first by name of equal ones."""
        return min(self.surviving_gbps, key=lambda g: (self.surviving_gbps[g], g), default=None)

    @property
    def lacks_capacity(self) -> bool:
        """Whether capacity is missing with nothing failed."""
        return is_short(self.capacity_gbps, self.required_gbps)

    @property
    def fatal_failures(self) -> tuple[str, ...]:
        """The failures after which the link alone does not carry what must survive."""
        need = self.required_surviving_gbps
        return tuple(g for g, left in self.surviving_gbps.items() if is_short(left, need))

    def left_gbps(self, failure: str) -> float:
        """Return the capacity left after a failure, all of it when no route is touched."""
        return self.surviving_gbps.get(failure, self.capacity_gbps)

    @property
    def where(self) -> str:
        """Name of the link."""
        return f"link {self.campuses[0]}-{self.campuses[1]}"


def is_short(capacity_gbps: float, need_gbps: float) -> bool:
    """Whether a capacity is less than what is needed, beyond tolerance."""
    return capacity_gbps < need_gbps - tolerances.gbps_slack(need_gbps)


def services(case: Case) -> tuple[Service, ...]:
    """Return the duty of every link by period and RTT limit."""
    routes = routes_by_link(case)
    found: list[Service] = []
    for (pair, period), together in needs_by_link(case).items():
        limits = sorted({need.rtt_limit_ms for need in together})
        found += [service(pair, period, limit, together, routes[pair]) for limit in limits]
    return tuple(found)


def needs_by_link(case: Case) -> dict[tuple[Pair, int], list[Need]]:
    """Return what is required of each link and period."""
    needs: dict[tuple[Pair, int], list[Need]] = defaultdict(list)
    for need in all_needs(case):
        needs[need.campuses, need.period].append(need)
    return needs


def routes_by_link(case: Case) -> dict[Pair, list[RouteCase]]:
    """Return the routes of each link; none where the plan has no such link."""
    routes: dict[Pair, list[RouteCase]] = defaultdict(list)
    for route in case.routes:
        routes[route.link.campuses].append(route)
    return routes


def service(
    pair: Pair, period: int, limit_ms: float, needs: Sequence[Need], routes: Sequence[RouteCase]
) -> Service:
    """Return the duty of one link in one period within one RTT limit."""
    counted = [need for need in needs if need.rtt_limit_ms <= limit_ms]
    capacity = [capacity_gbps(route, period, limit_ms) for route in routes]
    return Service(
        campuses=pair,
        period=period,
        rtt_limit_ms=limit_ms,
        workloads=tuple(need.workload for need in needs if need.rtt_limit_ms == limit_ms),
        required_gbps=sum(need.gbps for need in counted),
        required_surviving_gbps=sum(need.survival_fraction * need.gbps for need in counted),
        capacity_gbps=sum(capacity),
        surviving_gbps={
            failure: sum(
                gbps
                for route, gbps in zip(routes, capacity, strict=True)
                if failure not in route.failures
            )
            for failure in failures(pair, routes)
        },
    )


def capacity_gbps(route: RouteCase, period: int, limit_ms: float) -> float:
    """Return the capacity of a route over options with an RTT within the limit, Gb/s."""
    return sum(
        option.gbps[period]
        for option in route.options
        if option.rtt_ms <= limit_ms + tolerances.RTT_MS
    )


def is_waived(pair: Pair, failure: str) -> bool:
    """Whether a failure contains an end of the link."""
    return failure in {f"campus:{campus}" for campus in pair}


def failures(pair: Pair, routes: Sequence[RouteCase]) -> tuple[str, ...]:
    """Return every failure that touches a route, without those that contain an end of the link."""
    touching = {group for route in routes for group in route.failures}
    return tuple(sorted(group for group in touching if not is_waived(pair, group)))
