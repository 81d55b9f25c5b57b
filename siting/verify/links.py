"""Checks of section 4 on links: RTT, capacity, survivability, diverse entrances."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from siting.verify import tolerances
from siting.verify.case import Case, RouteCase
from siting.verify.findings import Rule
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
    def falls_short(self) -> bool:
        """Whether capacity is missing, nothing failed or under the worst failure."""
        missing = self.required_gbps - self.capacity_gbps
        surviving = min(self.surviving_gbps.values(), default=math.inf)
        missing_then = self.required_surviving_gbps - surviving
        return missing > tolerances.gbps_slack(
            self.required_gbps
        ) or missing_then > tolerances.gbps_slack(self.required_surviving_gbps)

    @property
    def where(self) -> str:
        """Name of the link."""
        return f"link {self.campuses[0]}-{self.campuses[1]}"


def services(case: Case) -> tuple[Service, ...]:
    """Return the duty of every link by period and RTT limit."""
    needs: dict[tuple[Pair, int], list[Need]] = defaultdict(list)
    for need in all_needs(case):
        needs[need.campuses, need.period].append(need)
    routes: dict[Pair, list[RouteCase]] = defaultdict(list)
    for route in case.routes:
        routes[route.link.campuses].append(route)
    found: list[Service] = []
    for (pair, period), together in needs.items():
        limits = sorted({need.rtt_limit_ms for need in together})
        found += [_service(pair, period, limit, together, routes[pair]) for limit in limits]
    return tuple(found)


def _service(
    pair: Pair, period: int, limit_ms: float, needs: Sequence[Need], routes: Sequence[RouteCase]
) -> Service:
    counted = [need for need in needs if need.rtt_limit_ms <= limit_ms]
    capacity = {id(route): capacity_gbps(route, period, limit_ms) for route in routes}
    return Service(
        campuses=pair,
        period=period,
        rtt_limit_ms=limit_ms,
        workloads=tuple(need.workload for need in needs if need.rtt_limit_ms == limit_ms),
        required_gbps=sum(need.gbps for need in counted),
        required_surviving_gbps=sum(need.survival_fraction * need.gbps for need in counted),
        capacity_gbps=sum(capacity.values()),
        surviving_gbps={
            failure: sum(capacity[id(route)] for route in routes if failure not in route.failures)
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


def failures(pair: Pair, routes: Sequence[RouteCase]) -> tuple[str, ...]:
    """Return every failure that touches a route, without those that contain an end of the link."""
    waived = {f"campus:{campus}" for campus in pair}
    return tuple(sorted({group for route in routes for group in route.failures} - waived))


def rtt_limit(case: Case, rule: Rule) -> None:
    """The RTT stated is that of the path; where a link falls short, what is too slow is named."""
    for route in case.routes:
        lit = [option.rtt_ms for option in route.options if option.is_lit]
        if lit:
            slack = tolerances.STATED_RELATIVE * max(lit)
            rule.equal(route.where, "RTT", route.route.rtt_ms, max(lit), "ms", slack)
    for service in services(case):
        for route in case.routes if service.falls_short else ():
            for option in route.options if route.link.campuses == service.campuses else ():
                if option.gbps[service.period] > 0:
                    where = case.at(option.where, service.period)
                    limit = service.rtt_limit_ms
                    rule.at_most(where, "RTT", option.rtt_ms, limit, "ms", tolerances.RTT_MS)


def link_capacity(case: Case, rule: Rule) -> None:
    """Capacity within each RTT limit >= demand of the workloads with at most that limit."""
    for service in services(case):
        need = service.required_gbps
        rule.at_least(
            case.at(service.where, service.period),
            f"capacity with RTT up to {service.rtt_limit_ms:,.6g} ms",
            service.capacity_gbps,
            need,
            "Gb/s",
            tolerances.gbps_slack(need),
        )


def survivability(case: Case, rule: Rule) -> None:
    """The same after any single failure, for the surviving share of the demand."""
    for service in services(case):
        need = service.required_surviving_gbps
        slack = tolerances.gbps_slack(need)
        short = sum(left < need - slack for left in service.surviving_gbps.values())
        others = f" (one of {short} such failures)" if short > 1 else ""
        failure = service.worst_failure
        if failure is None:
            continue
        rule.at_least(
            case.at(service.where, service.period),
            f"capacity left with RTT up to {service.rtt_limit_ms:,.6g} ms after {failure}{others}",
            service.surviving_gbps[failure],
            need,
            "Gb/s",
            slack,
        )
        rule.count(len(service.surviving_gbps) - 1)


def diverse_entrances(case: Case, rule: Rule) -> None:
    """A link that must survive a failure joins campuses with two diverse entrances."""
    pairs: dict[Pair, set[str]] = defaultdict(set)
    for need in all_needs(case):
        if need.survival_fraction > 0:
            pairs[need.campuses].add(need.workload)
    for pair, workloads in pairs.items():
        for campus in pair:
            rule.require(
                f"link {pair[0]}-{pair[1]}",
                f"campus {campus} has no diverse entrances; workload "
                f"{', '.join(sorted(workloads))} asks the link to survive any single failure",
                ok=campus in case.network.diverse_campuses,
            )
