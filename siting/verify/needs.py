"""Who must be linked to whom, how fast and how wide: derived from the MW served.

Only the order of a ring and the homes of replicas are choices that the plan states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from siting.plan import OperatingMode, PlannedWorkload
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.demand import checkpoint_gbps, link_demand_gbps
from siting.verify.paradigms import PREFIX, link_rtt_limit_ms, paradigm_of

Pair = tuple[str, str]
Role = Literal["training", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Need:
    """A link that one workload requires in one period."""

    workload: str
    period: int
    campuses: Pair
    """In sorted order."""
    rtt_limit_ms: float
    gbps: float
    survival_fraction: float
    role: Role = "training"
    """Between peers, or from a replica to its home."""


def pair_of(one: str, other: str) -> Pair:
    """Return two campuses in sorted order."""
    return (min(one, other), max(one, other))


def peers(planned: PlannedWorkload, period: int) -> tuple[str, ...]:
    """Return the campuses that serve a workload as training peers in a period, sorted."""
    return _serving(planned.served_it_mw, period)


def replicas(planned: PlannedWorkload, period: int) -> tuple[str, ...]:
    """Return the campuses that serve a workload as replicas in a period, sorted."""
    return _serving(planned.replica_it_mw, period)


def _serving(served: Mapping[str, Sequence[float]], period: int) -> tuple[str, ...]:
    return tuple(sorted(name for name, mw in served.items() if mw[period] > tolerances.MW))


def known_mode(planned: PlannedWorkload, period: int) -> OperatingMode | None:
    """Return the operating mode of a period with two or more peers, when it has a meaning."""
    mode = planned.modes[period]
    if mode is None or len(peers(planned, period)) < 2:
        return None
    least = 2 if mode.fabric == "ring" else 1
    known = mode.paradigm in PREFIX and mode.fabric in {"hub", "mesh", "ring"}
    known &= mode.peers_min >= least and mode.bandwidth_level > 0
    return mode if known else None


def required_links(case: Case, planned: PlannedWorkload, period: int) -> tuple[Pair, ...]:
    """Return the pairs of peers that must be linked in a period."""
    mode = known_mode(planned, period)
    if mode is None:
        return ()
    together = peers(planned, period)
    if mode.fabric == "mesh" or (mode.fabric == "ring" and len(together) == 2):
        return tuple(combinations(together, 2))
    if mode.fabric == "ring":
        stated = stated_gbps(case, "training", planned.id, period)
        return tuple(sorted(pair for pair in stated if set(pair) <= set(together)))
    if mode.hub is None:
        return ()
    return tuple(sorted(pair_of(mode.hub, peer) for peer in together if peer != mode.hub))


def homes(planned: PlannedWorkload, period: int) -> dict[str, str]:
    """Return the home of every replica that names one other campus."""
    named = {name: planned.replica_homes[name][period] for name in replicas(planned, period)
             if name in planned.replica_homes}  # fmt: skip
    return {name: home for name, home in named.items() if home is not None and home != name}


def stated_gbps(case: Case, role: Role, workload: str, period: int) -> dict[Pair, float]:
    """Return the demands of a workload that the plan states in a period, Gb/s by link."""
    return {
        link.campuses: demand.gbps[period]
        for link in case.plan.links
        for demand in link.demands
        if (demand.role, demand.workload) == (role, workload) and demand.gbps[period] > 0
    }


def all_needs(case: Case) -> tuple[Need, ...]:
    """Return every required link of every workload and period, with demand and RTT limit."""
    return tuple(
        need
        for planned in case.plan.workloads
        for period in range(case.periods)
        for needs in (_training(case, planned, period), _checkpoints(case, planned, period))
        for need in needs
    )


def _training(case: Case, planned: PlannedWorkload, period: int) -> list[Need]:
    mode = known_mode(planned, period)
    if mode is None:
        return []
    workload = case.workloads[planned.id]
    paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
    limit = link_rtt_limit_ms(
        workload, mode.fabric, mode.peers_min, mode.rtt_class_ms, case.catalog
    )
    needs = []
    for pair in required_links(case, planned, period):
        served = [planned.served_it_mw.get(campus) for campus in pair]
        smaller = min(values[period] if values else 0.0 for values in served)
        gbps = link_demand_gbps(workload, paradigm, mode, smaller, case.catalog)
        needs.append(Need(planned.id, period, pair, limit, gbps, workload.survival_fraction))
    return needs


def _checkpoints(case: Case, planned: PlannedWorkload, period: int) -> list[Need]:
    workload = case.workloads[planned.id]
    rule = workload.replica
    if rule is None:
        return []
    limit = case.catalog.value("ckpt.rtt_max") if rule.rtt_limit_ms is None else rule.rtt_limit_ms
    gbps = checkpoint_gbps(workload, case.catalog)
    return [
        Need(
            planned.id, period, pair_of(name, home), limit, gbps, rule.survival_fraction,
            "checkpoint",
        )
        for name, home in homes(planned, period).items()
    ]  # fmt: skip
