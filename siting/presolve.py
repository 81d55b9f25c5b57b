"""What can be said of a study before any solver runs: why it is hopeless, and what looks wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.economics import lead_date, period_label, period_start

if TYPE_CHECKING:
    import datetime as dt

    from siting.catalog import Catalog
    from siting.study import Study
    from siting.tables import CampusRow, SubstationRow

_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks before solving found, in words."""

    hopeless: tuple[str, ...]
    """Reasons why no plan, or no plan that serves anything, can exist."""
    warnings: tuple[str, ...]
    """What a plan can bear, and a planner should know."""


@dataclass(frozen=True, slots=True)
class _Power:
    """What could be powered in one period."""

    label: str
    campuses: frozenset[str]
    headroom_mw: float
    """Headroom of the substations that an open campus can reach, facility MW."""
    limit_it_mw: float
    """IT MW that the campuses with power could host."""


def presolve(study: Study, catalog: Catalog) -> Findings:
    """Return what is known about ``study`` before solving.

    Every bound is optimistic: power is shared freely among the campuses that reach it.
    """
    starts = _starts(study)
    reach = {campus: tuple(_reach(study, campus)) for campus in study.campuses}
    tie_line_ready = lead_date(
        study.file.horizon.decision_date, catalog.lead_time_years("grid.line345")
    )
    by_period = [
        _power(study, catalog, reach, label, start if start >= tie_line_ready else None, start)
        for label, start in starts
    ]
    hopeless = list(_pinned(study, starts))
    if not any(power.campuses for power in by_period):
        hopeless.append(_no_power(study, reach, tie_line_ready, starts[-1][1]))
        return Findings(tuple(hopeless), ())
    return Findings(
        tuple(hopeless),
        (*_unconnected(study, reach), *_shortage(study, catalog, by_period), *_too_small(study)),
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


def _reach(study: Study, campus: str) -> Iterator[str]:
    """Yield the substations that ``campus`` can be tied to."""
    rules = study.file.rules
    if campus in rules.forbid_campuses:
        return
    if study.tie_lines is not None:
        near = [line.substation_id for line in study.tie_lines.values() if line.campus_id == campus]
    else:
        rule = study.file.sites.tie_line_rule
        near = [
            substation.id
            for substation in study.substations.values()
            if _distance_km(study.campuses[campus], substation) * rule.route_factor
            <= rule.max_length_km
        ]
    yield from (s for s in dict.fromkeys(near) if s not in rules.forbid_substations)


def _distance_km(a: CampusRow, b: SubstationRow) -> float:
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def _headroom_mw(study: Study, substation: str, day: dt.date) -> float:
    rows = [row for row in study.timelines.get(substation, ()) if row.date <= day]
    return rows[-1].headroom_mw if rows else 0.0


def _power(
    study: Study,
    catalog: Catalog,
    reach: dict[str, tuple[str, ...]],
    label: str,
    tied: dt.date | None,
    start: dt.date,
) -> _Power:
    opened = [c.id for c in study.campuses.values() if c.earliest_date <= start]
    with_power = {
        campus: {s for s in reach[campus] if tied and _headroom_mw(study, s, tied) > 0}
        for campus in opened
    }
    campuses = frozenset(campus for campus, near in with_power.items() if near)
    substations = {s for near in with_power.values() for s in near}
    return _Power(
        label=label,
        campuses=campuses,
        headroom_mw=sum(_headroom_mw(study, s, start) for s in sorted(substations)),
        limit_it_mw=sum(
            study.campuses[c].limit_mw / _pue(study, catalog, c) for c in sorted(campuses)
        ),
    )


def _pue(study: Study, catalog: Catalog, campus: str) -> float:
    pue = study.campuses[campus].pue_peak
    return catalog.value("pue.peak") if pue is None else pue


def _pinned(study: Study, starts: list[tuple[str, dt.date]]) -> Iterator[str]:
    label, last = starts[-1]
    for campus in study.file.rules.pin_campuses:
        earliest = study.campuses[campus].earliest_date
        if earliest > last:
            yield (
                f"rules.pin_campuses: campus {campus!r} can open on {earliest} at the earliest, "
                f"after the start of the last period, {label}"
            )


def _no_power(
    study: Study, reach: dict[str, tuple[str, ...]], tie_line_ready: dt.date, last: dt.date
) -> str:
    start = "no campus can be powered in any period: "
    if not any(reach.values()):
        rule = study.file.sites.tie_line_rule
        why = (
            "no allowed campus has a tie line to an allowed substation"
            if study.tie_lines is not None
            else f"no allowed substation lies within {rule.max_length_km:g} km of tie line"
        )
        return f"{start}{why}"
    ready = [
        (max(row.date, study.campuses[campus].earliest_date, tie_line_ready), campus, substation)
        for campus, near in reach.items()
        for substation in near
        for row in study.timelines.get(substation, ())
        if row.headroom_mw > 0
    ]
    if not ready:
        return f"{start}no substation that a campus can reach ever has headroom"
    day, campus, substation = min(ready)
    return (
        f"{start}the first is campus {campus!r} at substation {substation!r} on {day}, "
        f"and the last period starts on {last}"
    )


def _unconnected(study: Study, reach: dict[str, tuple[str, ...]]) -> Iterator[str]:
    forbidden = study.file.rules.forbid_campuses
    lonely = [c for c, near in reach.items() if not near and c not in forbidden]
    if lonely:
        names = ", ".join(repr(campus) for campus in lonely)
        yield f"no tie line can reach: {names}; these campuses will stay closed"
    dark = [s for s in study.substations if s not in study.timelines]
    if dark:
        names = ", ".join(repr(s) for s in dark[:5]) + (" ..." if len(dark) > 5 else "")
        yield (
            f"{study.file.sites.power_timelines}: no row for {len(dark)} of "
            f"{len(study.substations)} substations, which never have headroom: {names}"
        )


def _shortage(study: Study, catalog: Catalog, by_period: list[_Power]) -> Iterator[str]:
    for index, power in enumerate(by_period):
        demand = sum(workload.it_demand_mw[index] for workload in study.file.workloads)
        pue = min((_pue(study, catalog, c) for c in power.campuses), default=1.0)
        served = min(demand, power.headroom_mw / pue, power.limit_it_mw)
        if demand - served > 1e-6:  # noqa: PLR2004
            yield (
                f"{power.label}: workloads ask for {demand:,.0f} MW of IT load; substations in "
                f"reach have {power.headroom_mw:,.0f} MW (facility) and campuses with power host "
                f"{power.limit_it_mw:,.0f} MW of IT: at least {demand - served:,.0f} MW stay "
                "unserved, at a price"
            )


def _too_small(study: Study) -> Iterator[str]:
    labels = [label for label, _ in _starts(study)]
    for index, workload in enumerate(study.file.workloads):
        small = [
            f"{label} ({demand:g} MW)"
            for label, demand in zip(labels, workload.it_demand_mw, strict=True)
            if 0 < demand < workload.min_peer_mw
        ]
        if small:
            yield (
                f"workloads[{index}]: min_peer_mw {workload.min_peer_mw:g} MW is above the demand "
                f"in {', '.join(small)}: none of it can be served then"
            )
