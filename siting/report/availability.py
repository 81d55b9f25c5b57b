"""Availability of links and workloads, and expected interruptions.

The verifier's arithmetic of rule ``link_availability`` (``models/formulation.md`` section 4): a
failure interrupts a link when what is left carries less than its full demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.report.table import Cell, Column, Table
from siting.report.view import View

if TYPE_CHECKING:
    from siting.verify.availability import Interruption, LinkAvailability


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadAvailability:
    """How much of the time all links between the peers of a workload carry their full demand."""

    workload: str
    period: int
    availability_single: float
    """Each failure once, however many links it interrupts."""
    availability: float
    """With pairs of failures as well."""
    interruptions_per_year: float


def workload_availability(found: Sequence[LinkAvailability]) -> tuple[WorkloadAvailability, ...]:
    """Return the availability of workloads by period from that of their training links.

    A failure that interrupts several links counts once; what pairs of failures add is summed over
    the links, which is never too little.
    """
    keys = dict.fromkeys((i.workload, i.period) for i in found if i.role == "training")
    items = []
    for workload, period in keys:
        links = [
            i for i in found if (i.workload, i.period, i.role) == (workload, period, "training")
        ]
        union: dict[str, Interruption] = {}
        for link in links:
            union |= {item.failure: item for item in link.interruptions}
        single = sum(item.unavailability for item in union.values())
        double = sum(link.unavailability_double for link in links)
        items.append(
            WorkloadAvailability(
                workload=workload,
                period=period,
                availability_single=1 - single,
                availability=1 - single - double,
                interruptions_per_year=sum(item.events_per_year for item in union.values()),
            )
        )
    return tuple(items)


def availability_table(view: View) -> Table:
    """Return availability and interruptions of each link, and of each workload as a whole."""
    rows: list[tuple[Cell, ...]] = []
    last: dict[tuple[str, str, tuple[str, str]], LinkAvailability] = {}
    for item in view.availability:
        last[item.workload, item.role, item.campuses] = item
    for (workload, role, campuses), item in last.items():
        worst = item.interruptions[0] if item.interruptions else None
        rows.append(
            (
                " \N{EN DASH} ".join(map(view.campus_name, campuses)),
                workload,
                role,
                view.periods[item.period],
                1 - item.unavailability_single,
                item.availability,
                item.required_availability,
                sum(i.events_per_year for i in item.interruptions),
                len(item.interruptions),
                worst.name if worst else "none",
            )
        )
    links = len(rows)
    whole = {item.workload: item for item in workload_availability(view.availability)}
    rows += [
        (
            f"All links of {name}",
            name,
            "training",
            view.periods[item.period],
            item.availability_single,
            item.availability,
            None,
            item.interruptions_per_year,
            None,
            "",
        )
        for name, item in whole.items()
    ]
    return Table(
        id="availability",
        title="Availability",
        columns=(
            Column(name="Link"),
            Column(name="Workload"),
            Column(name="Traffic"),
            Column(name="Period"),
            Column(name="Single failures", kind="nines", group="Available"),
            Column(name="And double", kind="nines", group="Available"),
            Column(name="Required", kind="nines", group="Available"),
            Column(name="Interruptions", unit="per year", kind="hours"),
            Column(name="Failures that interrupt", kind="count"),
            Column(name="Most harmful one"),
        ),
        rows=tuple(rows),
        strong=frozenset(range(links, len(rows))),
        note=(
            "Share of the time that a link carries its full demand within the RTT limit, last "
            "period that needs it. Corridors fail by length and cut rate, huts by loss of power, "
            "shared risks by their own rate; rates and repair times are those of the study and "
            "catalog. Double failures to the second order. With full protection no single failure "
            "interrupts. Equipment of the terminals and power of the campuses do not count."
        ),
    )
