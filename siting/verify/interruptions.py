"""Failures that take a link below its full demand: how often, how long, how likely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from siting.verify.case import Case, RouteCase
from siting.verify.geodesic import geodesic_km
from siting.verify.needs import Need
from siting.verify.services import (
    capacity_gbps,
    failures,
    is_short,
    needs_by_link,
    routes_by_link,
)

HOURS_PER_YEAR: Final = 8760.0


@dataclass(frozen=True, slots=True)
class FailureRate:
    """How often a failure strikes and how long its repair takes."""

    events_per_year: float
    repair_hours: float

    @property
    def unavailability(self) -> float:
        """Share of time that it lasts."""
        return self.events_per_year * self.repair_hours / HOURS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A required link, and what interrupts it for the workload that requires it."""

    need: Need
    singles: dict[str, FailureRate]
    """Single failures by name of the group that fails."""
    single: float
    """Sum of their unavailabilities."""
    double: float
    """Sum over pairs of failures that interrupt only together."""


def interrupted_links(case: Case) -> tuple[Interrupted, ...]:
    """Return what interrupts every required link, by workload and period."""
    routes = routes_by_link(case)
    return tuple(
        _interrupted(case, need, together, routes[pair])
        for (pair, _), together in needs_by_link(case).items()
        for need in together
    )


def _interrupted(
    case: Case, need: Need, needs: Sequence[Need], routes: Sequence[RouteCase]
) -> Interrupted:
    limit = need.rtt_limit_ms
    asked = sum(other.gbps for other in needs if other.rtt_limit_ms <= limit)
    capacity = [capacity_gbps(route, need.period, limit) for route in routes]

    def interrupts(down: frozenset[int]) -> bool:
        return is_short(sum(g for k, g in enumerate(capacity) if k not in down), asked)

    groups: dict[frozenset[int], list[str]] = defaultdict(list)
    for failure in failures(need.campuses, routes):
        down = frozenset(k for k, route in enumerate(routes) if failure in route.failures)
        groups[down].append(failure)
    singles: dict[str, FailureRate] = {}
    harmless: dict[frozenset[int], float] = {}
    for down, names in groups.items():
        rates = {name: failure_rate(case, name) for name in names}
        if interrupts(down):
            singles |= rates
        else:
            harmless[down] = sum(rate.unavailability for rate in rates.values())
    return Interrupted(
        need=need,
        singles=dict(sorted(singles.items())),
        single=sum(rate.unavailability for rate in singles.values()),
        # Failures of one group take the same routes: together they do no more than each alone.
        double=sum(
            harmless[one] * harmless[two]
            for one, two in combinations(harmless, 2)
            if interrupts(one | two)
        ),
    )


def asked_availability(case: Case, need: Need) -> float | None:
    """Return the availability that a link must have; None for links of checkpoints."""
    if need.role == "checkpoint":
        return None
    return case.workloads[need.workload].min_link_availability


def failure_rate(case: Case, failure: str) -> FailureRate:
    """Return the rate of a failure by the name of its group."""
    value = case.catalog.value
    kind, _, name = failure.partition(":")
    if kind == "corridor":
        return FailureRate(_cuts_per_year(case, name), value("cut.mttr"))
    if kind == "hut" and name in case.network.huts:
        return FailureRate(value("ila.power"), value("ila.mttr"))
    if kind == "carrier":
        hours = value("cut.mttr")
        undeclared = any(
            wave.carrier == name and not wave.corridors for wave in case.study.leased_waves.values()
        )
        share = 1.0 - value("otn.avail") if undeclared else 0.0
        return FailureRate(share * HOURS_PER_YEAR / hours, hours)
    row = case.study.srlgs.get(failure)
    if row is None:  # A provider, or a shared risk of unknown rate.
        return FailureRate(0.0, value("cut.mttr"))
    hours = value("cut.mttr") if row.repair_hours is None else row.repair_hours
    return FailureRate(row.events_per_year, hours)


def _cuts_per_year(case: Case, name: str) -> float:
    """Return the cuts of a corridor a year; of one that the study forbids, by its table."""
    corridor, row = case.network.corridors.get(name), case.study.corridors.get(name)
    known = corridor or row
    if known is None:
        return 0.0
    rate = known.cuts_per_1000km_year
    if rate is None:
        rate = case.catalog.value("cut.rate")
    length = known.length_km
    if length is None and row is not None:
        ends = [case.study.nodes[node] for node in (row.node_a, row.node_b)]
        line = tuple((node.lon, node.lat) for node in ends)
        length = geodesic_km(line) * (1.0 + case.study.file.geography.slack_fraction)
    return rate * (length or 0.0) / 1000.0
