"""The most that one link can carry: learnt from a siting whose network is infeasible.

No network carries more on a link than the largest demand that is feasible when nothing else is
required, found as a maximum of the relaxed network model.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation import build_network_model
from siting.formulation.requirements import Requirement, Requirements, largest_demand_gbps
from siting.instance import Instance
from siting.solve.highs import CompiledModel, Status
from siting.solve.network_parts import restrict, without_pins
from siting.solve.set_cuts import Link, least_demands

TOLERANCE_GBPS = 1e-6
TIME_S = 5.0


@dataclass(frozen=True, slots=True)
class DemandLimit:
    """Demands of a link in a period within an RTT limit never add up to more."""

    link: Link
    period: int
    rtt_limit_ms: float
    most_gbps: float


def find_demand_limits(
    instance: Instance, requirements: Requirements, *, time_limit_s: float, seed: int
) -> list[DemandLimit]:
    """Return the limits that the requirements of a siting exceed, one link and period at a time."""
    deadline = time.monotonic() + time_limit_s
    floors = least_demands(instance, links={link for link, _ in requirements})
    found = []
    for (link, t), items in sorted(requirements.items()):
        if time.monotonic() > deadline:
            break
        asked = sum(float(item.gbps) for item in items)
        limit_ms = max(item.rtt_limit_ms for item in items)
        most = most_gbps(instance, link, t, limit_ms, floors[link], seed=seed)
        if asked > most + TOLERANCE_GBPS:
            found.append(DemandLimit(link, t, limit_ms, most))
    return found


def most_gbps(
    instance: Instance, link: Link, period: int, limit_ms: float, floor: Requirement, *, seed: int
) -> float:
    """Return the most that a link can carry in a period within an RTT limit, Gb/s, or more.

    Args:
        instance: the instance.
        link: the campuses.
        period: index of the period.
        limit_ms: largest RTT of what counts.
        floor: the least survival and availability that anyone asks of the link.
        seed: random seed of the solver.
    """
    outside = pyo.ConcreteModel(name="demand")
    outside.gbps = pyo.Var(bounds=(0.0, largest_demand_gbps(instance, link)))
    asked: Requirements = {
        (link, period): (
            Requirement(
                limit_ms,
                floor.survival_fraction,
                outside.gbps,
                1.0,
                min_availability=floor.min_availability,
            ),
        )
    }
    part = restrict(without_pins(instance), asked)
    model = build_network_model(part, asked, exact=False)
    model.objective.set_value(-outside.gbps)
    outcome = CompiledModel(model, seed=seed).run(time_limit_s=TIME_S)
    if outcome.status is Status.INFEASIBLE:
        return 0.0
    return min(-outcome.bound, float(outside.gbps.ub))
