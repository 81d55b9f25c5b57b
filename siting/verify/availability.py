"""Availability of links: a facility for reports, by the same arithmetic as the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from siting.catalog import Catalog
from siting.network import CandidateNetwork
from siting.plan import Plan
from siting.study import Study
from siting.verify.case import Case
from siting.verify.findings import Findings
from siting.verify.interruptions import (
    Interrupted,
    asked_availability,
    interrupted_links,
)
from siting.verify.shaped import shaped_case


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """A single failure that takes a link below the full demand."""

    failure: str
    """Name of the group that fails, as in routes: ``corridor:<id>``, ``hut:<id>``, ..."""
    name: str
    """The same for people."""
    events_per_year: float
    repair_hours: float
    unavailability: float
    """Events a year x repair hours / 8760."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAvailability:
    """How much of the time a link carries the full demand of a workload in one period."""

    campuses: tuple[str, str]
    """In sorted order."""
    workload: str
    role: Literal["training", "checkpoint"]
    period: int
    interruptions: tuple[Interruption, ...]
    """Single failures that interrupt the link, the most harmful first."""
    unavailability_single: float
    """Sum over single failures; what ``min_link_availability`` bounds."""
    unavailability_double: float
    """Sum of products over pairs of failures that interrupt only together."""
    required_availability: float | None
    """``min_link_availability`` of the workload; None when it has none, and for checkpoints."""

    @property
    def availability(self) -> float:
        """Share of time, rare-event approximation to the second order."""
        return 1.0 - self.unavailability_single - self.unavailability_double


def link_availability(
    study: Study, network: CandidateNetwork, catalog: Catalog, plan: Plan
) -> tuple[LinkAvailability, ...]:
    """Return the availability of every required link by workload and period.

    Rule ``link_availability`` of models/formulation.md. A failure interrupts a link for a workload
    when what is left within the workload's RTT limit is less than the full demands of all workloads
    with no wider limit. Failures that contain an end of the link do not count, nor does traffic
    that a ring would carry the other way round.

    Args:
        study: what the plan answers.
        network: the candidate network of the plan.
        catalog: equipment, costs and failure rates.
        plan: the plan; what is out of shape in it is left out.
    """
    case = shaped_case(plan, study, network, catalog, Findings().rule("plan_shape"))
    return tuple(_availability(case, item) for item in interrupted_links(case))


def _availability(case: Case, item: Interrupted) -> LinkAvailability:
    need = item.need
    found = [
        Interruption(
            failure=failure,
            name=_name(case, failure),
            events_per_year=rate.events_per_year,
            repair_hours=rate.repair_hours,
            unavailability=rate.unavailability,
        )
        for failure, rate in item.singles.items()
    ]
    return LinkAvailability(
        campuses=need.campuses,
        workload=need.workload,
        role=need.role,
        period=need.period,
        interruptions=tuple(sorted(found, key=lambda i: (-i.unavailability, i.failure))),
        unavailability_single=item.single,
        unavailability_double=item.double,
        required_availability=asked_availability(case, need),
    )


def _name(case: Case, failure: str) -> str:
    """Return the name of a failure for people."""
    kind, _, name = failure.partition(":")
    row = case.study.srlgs.get(failure)
    if row is not None:
        return row.name or failure
    if failure in case.network.hazards:
        return case.network.hazards[failure].name
    if kind == "corridor" and name in case.network.corridors:
        return f"corridor {case.network.corridors[name].name or name}"
    return f"{kind} {name}" if name else failure
