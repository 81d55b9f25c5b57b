"""What stands already and until when; what is in service (models/formulation.md, section 1)."""

from __future__ import annotations

import datetime as dt

from siting.verify.case import Case


def standing(case: Case, until: dt.date | str | None, *, exists: bool) -> tuple[bool, ...]:
    """Return E_t: whether a thing that ``exists`` still stands in each period.

    It serves in every period that starts before its retirement date, in all without one.
    """
    last = dt.date.fromisoformat(until) if isinstance(until, str) else until
    return tuple(exists and (last is None or start < last) for start in case.starts)


def campus_stands(case: Case, campus: str) -> tuple[bool, ...]:
    """Return by period whether a campus has IT MW that stand already."""
    row = case.study.campuses[campus]
    return standing(case, row.existing_until, exists=row.existing_it_mw > 0)


def substation_stands(case: Case, substation: str) -> tuple[bool, ...]:
    """Return by period whether a substation is connected already."""
    row = case.study.substations[substation]
    return standing(case, row.existing_until, exists=row.existing_mw > 0)


def tie_line_stands(case: Case, line: str) -> tuple[bool, ...]:
    """Return by period whether a tie line stands already."""
    row = (case.study.tie_lines or {}).get(line)
    if row is None:
        return (False,) * case.periods
    return standing(case, row.existing_until, exists=row.existing)


def cable_stands(case: Case, corridor: str) -> tuple[bool, ...]:
    """Return by period whether own cable lies in a corridor already."""
    edge = case.network.corridors[corridor]
    return standing(case, edge.existing_until, exists=edge.existing_fibers > 0)


def hut_stands(case: Case, hut: str) -> tuple[bool, ...]:
    """Return by period whether a hut has racks that stand already."""
    site = case.network.huts[hut]
    return standing(case, site.existing_until, exists=site.existing_racks > 0)


def campus_in_service(case: Case, campus: str) -> tuple[bool, ...]:
    """Return by period whether a campus is open: opened anew, or standing."""
    planned = case.campuses.get(campus)
    return _either(planned.in_service_from if planned else None, campus_stands(case, campus))


def substation_in_service(case: Case, substation: str) -> tuple[bool, ...]:
    """Return by period whether a substation is connected: anew, or as it stands."""
    planned = case.substations.get(substation)
    first = planned.in_service_from if planned else None
    return _either(first, substation_stands(case, substation))


def existing_it_mw(case: Case, campus: str, period: int) -> float:
    """Return the IT MW of a campus that stand in a period."""
    stands = campus_stands(case, campus)[period]
    return case.study.campuses[campus].existing_it_mw if stands else 0.0


def existing_mw(case: Case, substation: str, period: int) -> float:
    """Return the facility MW of a substation that stand in a period."""
    stands = substation_stands(case, substation)[period]
    return case.study.substations[substation].existing_mw if stands else 0.0


def _either(first: int | None, stands: tuple[bool, ...]) -> tuple[bool, ...]:
    return tuple(is_new(first, t) or there for t, there in enumerate(stands))


def is_new(first: int | None, period: int) -> bool:
    """Whether what comes into service from period ``first`` on is there in ``period``."""
    return first is not None and period >= first
