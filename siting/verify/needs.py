"""Who must be linked to whom, how fast and how wide: derived from the MW served alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from siting.plan import OperatingMode, PlannedWorkload
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.demand import link_demand_gbps
from siting.verify.paradigms import PREFIX, link_rtt_limit_ms, paradigm_of

Role = Literal["training", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Need:
    """A link that one workload requires in one period."""

    workload: str
    period: int
    campuses: tuple[str, str]
    """In sorted order."""
    rtt_limit_ms: float
    gbps: float
    survival_fraction: float
    role: Role = "training"
    """Between peers, or from a peer to a replica."""


def peers(planned: PlannedWorkload, period: int) -> tuple[str, ...]:
    """Return the campuses that serve more than 0 MW of a workload in a period, sorted."""
    return tuple(
        sorted(
            campus
            for campus, served in planned.served_it_mw.items()
            if served[period] > tolerances.MW
        )
    )


def known_mode(planned: PlannedWorkload, period: int) -> OperatingMode | None:
    """Return the operating mode of a period with two or more peers, when its names are known."""
    mode = planned.modes[period]
    if mode is None or len(peers(planned, period)) < 2:
        return None
    known = mode.paradigm in PREFIX and mode.fabric in {"hub", "mesh"} and mode.peers_min > 0
    return mode if known else None


def required_links(planned: PlannedWorkload, period: int) -> tuple[tuple[str, str], ...]:
    """Return the pairs of campuses that must be linked in a period."""
    mode = known_mode(planned, period)
    if mode is None:
        return ()
    together = peers(planned, period)
    if mode.fabric == "mesh":
        return tuple(combinations(together, 2))
    if planned.hub is None:
        return ()
    hub = planned.hub
    pairs = [(min(hub, peer), max(hub, peer)) for peer in together if peer != hub]
    return tuple(sorted(pairs))


def all_needs(case: Case) -> tuple[Need, ...]:
    """Return every required link of every workload and period, with demand and RTT limit."""
    return tuple(
        need
        for planned in case.plan.workloads
        for period in range(case.periods)
        for need in _needs(case, planned, period)
    )


def _needs(case: Case, planned: PlannedWorkload, period: int) -> list[Need]:
    mode = known_mode(planned, period)
    if mode is None:
        return []
    workload = case.workloads[planned.id]
    paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
    limit = link_rtt_limit_ms(workload, mode.fabric, mode.rtt_class_ms, case.catalog)
    needs = []
    for pair in required_links(planned, period):
        served = [planned.served_it_mw.get(campus) for campus in pair]
        smaller = min(values[period] if values else 0.0 for values in served)
        gbps = link_demand_gbps(
            workload, paradigm, mode.fabric, mode.peers_min, smaller, case.catalog
        )
        needs.append(Need(planned.id, period, pair, limit, gbps, workload.survival_fraction))
    return needs
