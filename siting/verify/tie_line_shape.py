"""``plan_shape`` of tie lines: ends, length and capacity by table or rule, from their geometry."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from siting.network import CandidateNetwork, TieLine
from siting.study import Study
from siting.tables import CampusRow, SubstationRow, TieLineRow
from siting.verify import tolerances
from siting.verify.crossing_shape import ways_by_kind
from siting.verify.findings import Rule
from siting.verify.geodesic import Point, geodesic_km, point_at


def tie_line_shape(study: Study, network: CandidateNetwork, rule: Rule) -> None:
    """Check every tie line."""
    ways = _lines(study) if any(line.along_km for line in network.tie_lines.values()) else None
    for line in network.tie_lines.values():
        _tie_line(line, study, ways, rule)


def _tie_line(line: TieLine, study: Study, ways: Any, rule: Rule) -> None:  # noqa: ANN401
    where = f"tie line {line.id}"
    campus, substation = study.campuses.get(line.campus), study.substations.get(line.substation)
    if not rule.require(
        where, "joins an unknown campus or substation", ok=None not in (campus, substation)
    ):
        return
    if study.tie_lines is not None:
        row = study.tie_lines.get(line.id)
        if rule.require(where, "is not in the tie-line table", ok=row is not None):
            _tie_line_row(line, row, rule)
        return
    if campus is None or substation is None:
        return
    asked = study.file.sites.tie_line_rule
    rule.equal(where, "capacity", line.capacity_mw, asked.capacity_mw, "MW", tolerances.MW)
    straight = geodesic_km((_place(campus), _place(substation)))
    length = straight * asked.route_factor
    slack = tolerances.GREAT_CIRCLE_FRACTION * length + tolerances.LENGTH_KM
    rule.at_most(where, "length", line.length_km, asked.max_length_km, "km", slack)
    if not line.along_km:
        rule.equal(where, "length", line.length_km, length, "km", slack)
    elif rule.require(
        where, "runs along the ground, the study asks for straight lines", ok=asked.along_ground
    ):
        _along_ground(line, (_place(campus), _place(substation)), study, ways, rule)


def _place(row: CampusRow | SubstationRow) -> Point:
    return (row.lon, row.lat)


def _along_ground(
    line: TieLine,
    ends: tuple[Point, Point],
    study: Study,
    ways: Any,  # noqa: ANN401
    rule: Rule,
) -> None:
    """Check a line that runs along rights of way, with straight ends."""
    where, asked, path = f"tie line {line.id}", study.file.sites.tie_line_rule, line.geometry
    shape = "is no line from the campus over rights of way to the substation"
    if not rule.require(where, shape, ok=len(path) > 3 and _joins(path, ends)):
        return
    straight = [geodesic_km(path[:2]), geodesic_km(path[-2:])]
    for end in straight:
        rule.at_most(where, "straight end", end, asked.end_max_km, "km", tolerances.LENGTH_KM)
    along = geodesic_km(path[1:-1])
    slack = tolerances.LENGTH_FRACTION * along + tolerances.LENGTH_KM
    rule.equal(where, "length along rights of way", line.along_km, along, "km", slack)
    length = along + asked.route_factor * sum(straight)
    rule.equal(where, "length", line.length_km, length, "km", slack)
    longest = asked.detour_max * geodesic_km(ends)
    rule.at_most(where, "length along the ground", line.length_km, longest, "km", slack)
    stray = max(_stray_km(point, ways) for point in path[1:-1])
    rule.at_most(where, "distance of its course from rights of way", stray, 0.0, "km", NEAR_KM)
    middle = max(_stray_km(point_at(piece, 0.5), ways) for piece in pairwise(path[1:-1]))
    most = study.file.geography.transfer_max_km / 2.0 + NEAR_KM
    rule.at_most(where, "distance of its course from rights of way", middle, most, "km")


NEAR_KM = 0.02
"""A place so close to a right of way is on it: coordinates are rounded."""


def _joins(path: tuple[Point, ...], ends: tuple[Point, Point]) -> bool:
    return all(
        abs(found - asked) <= tolerances.DEGREES
        for place, end in ((path[0], ends[0]), (path[-1], ends[1]))
        for found, asked in zip(place, end, strict=True)
    )


def _lines(study: Study) -> Any:  # noqa: ANN401
    """Return a tree of the ways of the region."""
    import numpy as np
    import shapely

    return shapely.STRtree(np.concatenate([lines for _, _, lines in ways_by_kind(study)]))


def _stray_km(place: Point, ways: Any) -> float:  # noqa: ANN401
    """Return how far a place lies from the nearest way, about."""
    import shapely

    at = shapely.Point(place)
    way = ways.geometries[ways.nearest(at)]
    nearest = way.interpolate(way.project(at))
    return geodesic_km((place, (nearest.x, nearest.y)))


def _tie_line_row(line: TieLine, row: TieLineRow | None, rule: Rule) -> None:
    if row is None:
        return
    where = f"tie line {line.id}"
    ends = (line.campus, line.substation) == (row.campus_id, row.substation_id)
    rule.require(where, f"joins {row.campus_id} and {row.substation_id} in its table", ok=ends)
    rule.equal(where, "length", line.length_km, row.length_km, "km", tolerances.KM)
    rule.equal(where, "capacity", line.capacity_mw, row.capacity_mw, "MW", tolerances.MW)
