"""What can be said of a study before any solver runs: why it is hopeless, and what looks wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.economics import period_label, period_start
from siting.presolve_power import Feed, Outlook, Power
from siting.training import it_demand_mw

if TYPE_CHECKING:
    import datetime as dt

    from siting.catalog import Catalog
    from siting.study import Study

_MW = 1e-6
"""Less than this is not missing."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks before solving found, in words."""

    hopeless: tuple[str, ...]
    """Reasons why no plan, or no plan that serves anything, can exist."""
    warnings: tuple[str, ...]
    """What a plan can bear, and a planner should know."""


def presolve(study: Study, catalog: Catalog) -> Findings:
    """Return what is known about ``study`` before solving.

    Every bound is optimistic: power is shared freely among the campuses that reach it.
    """
    outlook = Outlook(study, catalog)
    starts = _starts(study)
    reach = {campus: outlook.feeds(campus) for campus in study.campuses}
    by_period = [outlook.power(reach, label, start) for label, start in starts]
    hopeless = list(_pinned(outlook, starts))
    if not any(power.campuses for power in by_period):
        hopeless.append(_no_power(outlook, reach, starts[-1][1]))
        return Findings(tuple(hopeless), ())
    return Findings(
        tuple(hopeless),
        (*_unconnected(study, reach), *_shortage(outlook, by_period), *_too_small(study, catalog)),
    )


def _starts(study: Study) -> list[tuple[str, dt.date]]:
    horizon = study.file.horizon
    return [
        (
            period_label(horizon.start, horizon.period, index),
            period_start(horizon.start, horizon.period, index),
        )
        for index in range(horizon.periods)
    ]


def _pinned(outlook: Outlook, starts: list[tuple[str, dt.date]]) -> Iterator[str]:
    label, last = starts[-1]
    for campus in outlook.study.file.rules.pin_campuses:
        earliest = outlook.study.campuses[campus].earliest_date
        if earliest > last and not outlook.is_open(campus, last):
            yield (
                f"rules.pin_campuses: campus {campus!r} can open on {earliest} at the earliest, "
                f"after the start of the last period, {label}"
            )


def _no_power(outlook: Outlook, reach: dict[str, dict[str, Feed]], last: dt.date) -> str:
    start, study = "no campus can be powered in any period: ", outlook.study
    if not any(reach.values()) and not study.bridging:
        rule = study.file.sites.tie_line_rule
        why = (
            "no allowed campus has a tie line to an allowed substation"
            if study.tie_lines is not None
            else f"no allowed substation lies within {rule.max_length_km:g} km of tie line"
        )
        return f"{start}{why}"
    for day in outlook.changes():
        for campus, feeds in sorted(reach.items()):
            if outlook.power({campus: feeds}, "", day).campuses:
                near = sorted(s for s in feeds if outlook.offer_mw(s, day) > 0)
                where = f"at substation {near[0]!r}" if near else "with bridging"
                return (
                    f"{start}the first is campus {campus!r} {where} on {day}, "
                    f"and the last period starts on {last}"
                )
    return f"{start}no substation that a campus can reach ever has headroom"


def _unconnected(study: Study, reach: dict[str, dict[str, Feed]]) -> Iterator[str]:
    forbidden = study.file.rules.forbid_campuses
    bridged = {row.campus_id for row in study.bridging.values()}
    lonely = [c for c, near in reach.items() if not near and c not in {*forbidden, *bridged}]
    if lonely:
        names = ", ".join(repr(campus) for campus in lonely)
        yield f"no tie line can reach: {names}; these campuses will stay closed"
    upgraded = {s for row in study.network_upgrades.values() for s in row.substation_ids}
    dark = [
        s
        for s, row in study.substations.items()
        if s not in study.timelines and s not in upgraded and not row.existing_mw
    ]
    if dark:
        names = ", ".join(repr(s) for s in dark[:5]) + (" ..." if len(dark) > 5 else "")
        yield (
            f"{study.file.sites.power_timelines}: no row for {len(dark):,} of "
            f"{len(study.substations):,} substations, which never have headroom: {names}"
        )


def _shortage(outlook: Outlook, by_period: list[Power]) -> Iterator[str]:
    for index, power in enumerate(by_period):
        jobs = outlook.study.file.workloads
        demand = sum(it_demand_mw(outlook.catalog, job)[index] for job in jobs)
        pue = min((outlook.pue(campus) for campus in power.campuses), default=1.0)
        given = power.headroom_mw + power.bridging_mw
        served = min(demand, given / pue, power.limit_it_mw)
        if demand - served > _MW:
            on_site = (
                f", bridging could add {power.bridging_mw:,.0f} MW" if power.bridging_mw else ""
            )
            yield (
                f"{power.label}: workloads ask for {demand:,.0f} MW of IT load; substations in "
                f"reach have {power.headroom_mw:,.0f} MW (facility){on_site} and campuses with "
                f"power host {power.limit_it_mw:,.0f} MW of IT: at least "
                f"{demand - served:,.0f} MW stay unserved, at a price"
            )


def _too_small(study: Study, catalog: Catalog) -> Iterator[str]:
    labels = [label for label, _ in _starts(study)]
    for index, workload in enumerate(study.file.workloads):
        rule = workload.replica
        least = workload.min_peer_mw
        if rule is not None and rule.max_share >= 1 and rule.min_replica_mw is not None:
            least = min(least, rule.min_replica_mw)
        small = [
            f"{label} ({demand:g} MW)"
            for label, demand in zip(labels, it_demand_mw(catalog, workload), strict=True)
            if 0 < demand < least
        ]
        if small:
            yield (
                f"workloads[{index}]: min_peer_mw {workload.min_peer_mw:g} MW is above the demand "
                f"in {', '.join(small)}: none of it can be served then"
            )
