"""What the network must carry: the interface between training and the network blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation.pair_limits import route_pair_limit
from siting.formulation.training import Link
from siting.instance import Instance

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


Requirements = dict[tuple[Link, int], tuple[Requirement, ...]]
"""By link and period."""


def variable_requirements(instance: Instance, training: pyo.Block) -> Requirements:
    """Return the requirements as the training block's demand variables."""
    found: dict[tuple[Link, int], list[Requirement]] = {}
    for w, t, i, j, m in training.REQUIRED:
        job = instance.workloads[w]
        found.setdefault(((i, j), t), []).append(
            Requirement(
                job.modes[m].link_rtt_limit_ms,
                job.survival_fraction,
                training.demand_gbps[w, t, i, j, m],
                training.is_required[w, t, i, j, m],
            )
        )
    return {key: tuple(items) for key, items in found.items()}


def most_demand_gbps(instance: Instance, requirements: Requirements) -> dict[Link, float]:
    """Return the most that a link can be asked for in any period, Gb/s: its tightest big-M."""
    most: dict[Link, float] = {}
    for (link, _), items in requirements.items():
        if all(isinstance(item.gbps, float) for item in items):
            total = sum(float(item.gbps) for item in items)
        else:
            total = _variable_limit(instance, link)
        most[link] = max(total, most.get(link, 0.0))
    return most


def _variable_limit(instance: Instance, link: Link) -> float:
    total = 0.0
    for job in instance.workloads.values():
        if not set(link) <= set(job.campuses):
            continue
        peak = max(job.demand_mw, default=0.0)
        smaller = min(peak / 2, *(instance.campuses[c].limit_it_mw for c in link))
        total += max((mode.demand_gbps(smaller) for mode in job.modes), default=0.0)
    return total


def rtt_limit_counts(requirements: Requirements) -> dict[Link, int]:
    """Return the number of distinct RTT limits of each link over all periods."""
    limits: dict[Link, set[float]] = {}
    for (link, _), items in requirements.items():
        limits.setdefault(link, set()).update(item.rtt_limit_ms for item in items)
    return {link: len(values) for link, values in limits.items()}


def route_limits(instance: Instance, requirements: Requirements) -> dict[str, int]:
    """Return the most pairs that can be of use on each route."""
    most = most_demand_gbps(instance, requirements)
    counts = rtt_limit_counts(requirements)
    return {
        r: route_pair_limit(instance, route, most[route.link], counts[route.link])
        for r, route in instance.fiber_routes.items()
        if route.link in most
    }
