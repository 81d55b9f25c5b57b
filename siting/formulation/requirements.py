"""What the network must carry: the interface between training and the network blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation.pair_limits import route_pair_limit
from siting.formulation.replicas import checkpoint_required
from siting.formulation.rings import LEAST_RING
from siting.formulation.training import Link
from siting.instance import Instance
from siting.instance.records import HOURS_PER_YEAR, Mode, Replica, Workload

if TYPE_CHECKING:
    import pyomo.environ as pyo


@dataclass(frozen=True, slots=True)
class Requirement:
    """Demand of one workload on a link in one period, counted within one RTT limit."""

    rtt_limit_ms: float
    survival_fraction: float
    gbps: pyo.Expression | float
    is_required: pyo.Expression | float
    """1 when the link is required, else 0."""
    workload: str = ""
    role: str = "training"
    """``training`` between peers, ``checkpoint`` between a replica and its home."""
    min_availability: float = 0.0
    """Least share of time at full demand; 0 when not asked."""
    interruption_usd_per_event: float = 0.0
    """USD a year for an interruption a year; 0 when not charged."""
    on_ring: bool = False
    """The link is one of a ring of three or more peers: traffic may go the other way round."""


Requirements = dict[tuple[Link, int], tuple[Requirement, ...]]
"""By link and period."""


def variable_requirements(instance: Instance, training: pyo.Block) -> Requirements:
    """Return the requirements as the training block's demand variables."""
    found: dict[tuple[Link, int], list[Requirement]] = {}
    for w, t, i, j, m in training.REQUIRED:
        job = instance.workloads[w]
        gbps = training.demand_gbps[w, t, i, j, m]
        is_required = training.is_required[w, t, i, j, m]
        item = training_requirement(job, job.modes[m], t, gbps, is_required)
        found.setdefault(((i, j), t), []).append(item)
    for w, t, i, j in training.CHECKPOINT_LINKS:
        job = instance.workloads[w]
        is_required = checkpoint_required(training, w, t, (i, j))
        if job.replica is not None:
            item = checkpoint_requirement(job, job.replica, is_required)
            found.setdefault(((i, j), t), []).append(item)
    return {key: tuple(items) for key, items in found.items()}


def training_requirement(
    job: Workload,
    mode: Mode,
    period: int,
    gbps: pyo.Expression | float,
    is_required: pyo.Expression | float,
) -> Requirement:
    """Return what a workload asks of a link between two peers."""
    value_usd = job.goodput_usd_per_mw_year * job.demand_mw[period]
    return Requirement(
        mode.link_rtt_limit_ms,
        job.survival_fraction,
        gbps,
        is_required,
        workload=job.id,
        min_availability=job.min_link_availability,
        interruption_usd_per_event=mode.interruption_hours / HOURS_PER_YEAR * value_usd,
        on_ring=mode.fabric == "ring" and mode.peers_min >= LEAST_RING,
    )


def checkpoint_requirement(
    job: Workload, rule: Replica, is_required: pyo.Expression | float
) -> Requirement:
    """Return what a workload asks of the link between a replica and its home."""
    return Requirement(
        rule.rtt_limit_ms,
        rule.survival_fraction,
        rule.checkpoint_gbps * is_required,
        is_required,
        workload=job.id,
        role="checkpoint",
    )


def most_demand_gbps(instance: Instance, requirements: Requirements) -> dict[Link, float]:
    """Return the most that a link can be asked for in any period, Gb/s: its tightest big-M."""
    most: dict[Link, float] = {}
    for (link, _), items in requirements.items():
        if all(isinstance(item.gbps, float) for item in items):
            total = sum(float(item.gbps) for item in items)
        else:
            total = largest_demand_gbps(instance, link)
        most[link] = max(total, most.get(link, 0.0))
    return most


def most_capacity_gbps(instance: Instance, requirements: Requirements) -> dict[Link, float]:
    """Return the most capacity of use on a link, Gb/s: its demand, and what may detour over it.

    One shortfall at a time is enough: two links of a ring that both fall short, each carrying the
    other's shortfall, can both be lowered by the smaller one.
    """
    most = most_demand_gbps(instance, requirements)
    detour = most_detour_gbps(instance, requirements, most)
    return {link: gbps + detour for link, gbps in most.items()}


def most_detour_gbps(
    instance: Instance, requirements: Requirements, most: dict[Link, float]
) -> float:
    """Return the largest shortfall that may go round a ring, Gb/s; 0 without ring transit."""
    if not instance.ring_transit:
        return 0.0
    return max(
        (
            item.survival_fraction * most[link]
            for (link, _), items in requirements.items()
            for item in items
            if item.on_ring
        ),
        default=0.0,
    )


def largest_demand_gbps(instance: Instance, link: Link) -> float:
    """Return the most that all workloads together can ask of a link in any siting, Gb/s."""
    total = 0.0
    for job in instance.workloads.values():
        if not set(link) <= set(job.campuses):
            continue
        peak = max(job.demand_mw, default=0.0)
        smaller = min(peak / 2, *(instance.campuses[c].limit_it_mw for c in link))
        checkpoint = 0.0 if job.replica is None else job.replica.checkpoint_gbps
        total += max([checkpoint, *(mode.demand_gbps(smaller) for mode in job.modes)])
    return total


def rtt_limit_counts(requirements: Requirements) -> dict[Link, int]:
    """Return the number of distinct RTT limits of each link over all periods."""
    limits: dict[Link, set[float]] = {}
    for (link, _), items in requirements.items():
        limits.setdefault(link, set()).update(item.rtt_limit_ms for item in items)
    return {link: len(values) for link, values in limits.items()}


def route_limits(instance: Instance, requirements: Requirements) -> dict[str, int]:
    """Return the most pairs that can be of use on each route."""
    most = most_capacity_gbps(instance, requirements)
    counts = rtt_limit_counts(requirements)
    return {
        r: route_pair_limit(instance, route, most[route.link], counts[route.link])
        for r, route in instance.fiber_routes.items()
        if route.link in most
    }
