"""Candidate power lines from campuses to substations: the table of the study, or made by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from siting.geography.geodesy import distances_km
from siting.geography.ground import ground_lines
from siting.geography.ways import Way
from siting.network import TieLine
from siting.tables import CampusRow, SubstationRow, TieLineRow

if TYPE_CHECKING:
    from siting.study import Study, TieLineRule


def place_tie_lines(study: Study, ways: Sequence[Way] = ()) -> dict[str, TieLine]:
    """Return the tie lines of ``study`` by id, without those of forbidden campuses, substations.

    Args:
        study: the study.
        ways: rights of way along which lines may run.
    """
    rules = study.file.rules
    campuses = {k: c for k, c in study.campuses.items() if k not in rules.forbid_campuses}
    substations = {k: s for k, s in study.substations.items() if k not in rules.forbid_substations}
    if study.tie_lines is None:
        rule = study.file.sites.tie_line_rule
        ground = {}
        if rule.along_ground:
            ground = ground_lines(campuses.values(), substations.values(), rule, ways)
        return {
            line.id: line
            for campus in campuses.values()
            for line in lines_by_rule(campus, substations, rule, ground)
        }
    return {
        row.id: _tabled(row, campuses[row.campus_id], substations[row.substation_id])
        for row in study.tie_lines.values()
        if row.campus_id in campuses and row.substation_id in substations
    }


def lines_by_rule(
    campus: CampusRow,
    substations: dict[str, SubstationRow],
    rule: TieLineRule,
    ground: Mapping[tuple[str, str], TieLine] | None = None,
) -> list[TieLine]:
    """Return the shortest tie lines of a campus that the rule allows, shortest first.

    The length of a straight line is the geodesic between the sites times the route factor.

    Args:
        campus: from where.
        substations: to where.
        rule: how many and how long.
        ground: lines along the ground, by campus and substation; they replace straight ones.
    """
    ids = sorted(substations)
    site = (campus.lon, campus.lat)
    straight = distances_km(site, [(substations[k].lon, substations[k].lat) for k in ids])
    lines = [
        (ground or {}).get((campus.id, k))
        or TieLine(
            id=f"{campus.id}--{k}",
            campus=campus.id,
            substation=k,
            length_km=rule.route_factor * km,
            capacity_mw=rule.capacity_mw,
            geometry=(site, (substations[k].lon, substations[k].lat)),
        )
        for km, k in zip(straight, ids, strict=True)
    ]
    lines.sort(key=lambda line: (line.length_km, line.substation))
    return [line for line in lines[: rule.max_per_campus] if line.length_km <= rule.max_length_km]


def _tabled(row: TieLineRow, campus: CampusRow, substation: SubstationRow) -> TieLine:
    return TieLine(
        id=row.id,
        campus=row.campus_id,
        substation=row.substation_id,
        length_km=row.length_km,
        capacity_mw=row.capacity_mw,
        geometry=((campus.lon, campus.lat), (substation.lon, substation.lat)),
    )
