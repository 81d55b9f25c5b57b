"""``plan_shape`` of the saved network: it is one that tables and geometry give."""

from __future__ import annotations

from functools import cache
from typing import Any

from siting.catalog import Catalog
from siting.network import CandidateNetwork, Corridor, TieLine
from siting.study import Study
from siting.tables import CorridorRow, TieLineRow
from siting.verify import tolerances
from siting.verify.findings import Rule

Point = tuple[float, float]


def network_shape(study: Study, network: CandidateNetwork, catalog: Catalog, rule: Rule) -> None:
    """Check that the saved network is one that the study describes."""
    tabled = study.file.geography.source == "tables"
    for campus in study.campuses:
        count = sum(node.campus == campus for node in network.nodes.values())
        where = f"campus {campus}"
        rule.equal(where, "number of nodes at which it stands", count, 1, "nodes")
    for corridor in network.corridors.values():
        where = f"corridor {corridor.id}"
        row = study.corridors.get(corridor.id)
        if tabled and rule.require(where, "is not in the corridor table", ok=row is not None):
            _same_as_row(corridor, row, catalog, rule)
        _corridor_length(corridor, row, study, network, rule)
    for node in network.nodes.values():
        site = study.nodes.get(node.id)
        if tabled:
            here = (
                site is not None
                and site.campus_id == node.campus
                and abs(site.lon - node.lon) <= tolerances.DEGREES
                and abs(site.lat - node.lat) <= tolerances.DEGREES
            )
            rule.require(f"node {node.id}", "differs from its row in the node table", ok=here)
    for campus in network.diverse_campuses:
        _entrances(campus, network, rule)
    _huts(network, rule)
    for line in network.tie_lines.values():
        _tie_line(line, study, rule)


def _same_as_row(corridor: Corridor, row: CorridorRow | None, catalog: Catalog, rule: Rule) -> None:
    if row is None:
        return
    where = f"corridor {corridor.id}"
    cost, lead = row.build_cost_usd_per_km, row.build_lead_time_years
    method = f"build.{row.method}"
    pairs = {
        "ends": ((corridor.node_a, corridor.node_b), (row.node_a, row.node_b)),
        "buildable": (corridor.buildable, row.buildable),
        "IRU offer": (_offer(corridor), _offer(row)),
        "shared-risk groups": (sorted(corridor.srlgs), sorted(row.srlgs)),
    }
    for what, (found, asked) in pairs.items():
        rule.require(
            where, f"{what}: {found} in the network, {asked} in the table", ok=found == asked
        )
    if not row.buildable:
        return
    asked_cost = catalog.value(method) if cost is None else cost
    rule.equal(where, "build cost", corridor.build_cost_usd_per_km, asked_cost, "USD/km", 1e-6)
    asked_lead = catalog.lead_time_years(method) if lead is None else lead
    rule.equal(where, "lead time", corridor.build_lead_time_years, asked_lead, "years", 1e-9)


def _offer(item: Corridor | CorridorRow) -> tuple[str, int] | None:
    """Return provider and pairs of the IRU on offer; None without either."""
    if item.iru_provider is None or not item.iru_pairs:
        return None
    return (item.iru_provider, item.iru_pairs)


def _corridor_length(
    corridor: Corridor,
    row: CorridorRow | None,
    study: Study,
    network: CandidateNetwork,
    rule: Rule,
) -> None:
    where = f"corridor {corridor.id}"
    if row is not None and row.length_km is not None:
        rule.equal(where, "length", corridor.length_km, row.length_km, "km", tolerances.KM)
        return
    ends = [network.nodes.get(corridor.node_a), network.nodes.get(corridor.node_b)]
    if not rule.require(where, "ends at an unknown node", ok=None not in ends):
        return
    line = corridor.geometry or tuple((node.lon, node.lat) for node in ends if node is not None)
    along = geodesic_km(line) * (1.0 + study.file.geography.slack_fraction)
    slack = tolerances.LENGTH_FRACTION * along + tolerances.LENGTH_KM
    rule.equal(where, "length", corridor.length_km, along, "km", slack)


def _entrances(campus: str, network: CandidateNetwork, rule: Rule) -> None:
    """Check that a campus with diverse entrances touches two corridors at least."""
    nodes = {node.id for node in network.nodes.values() if node.campus == campus}
    touching = sum(bool({edge.node_a, edge.node_b} & nodes) for edge in network.corridors.values())
    what = "corridors at a campus with diverse entrances"
    rule.at_least(f"campus {campus}", what, touching, 2, "corridors")


def _huts(network: CandidateNetwork, rule: Rule) -> None:
    for hut in network.huts.values():
        where = f"hut {hut.id}"
        if hut.corridor is None:
            rule.require(
                where, f"node {hut.node} is not in the network", ok=hut.node in network.nodes
            )
            continue
        corridor = network.corridors.get(hut.corridor)
        known = corridor is not None
        rule.require(where, f"corridor {hut.corridor} is not in the network", ok=known)
        if corridor is not None:
            what = f"position along corridor {corridor.id}"
            rule.at_least(where, what, hut.position_km, 0.0, "km", tolerances.KM)
            length = corridor.length_km
            rule.at_most(where, what, hut.position_km, length, "km", tolerances.KM)


def _tie_line(line: TieLine, study: Study, rule: Rule) -> None:
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
    straight = geodesic_km(((campus.lon, campus.lat), (substation.lon, substation.lat)))
    length = straight * asked.route_factor
    slack = tolerances.GREAT_CIRCLE_FRACTION * length + tolerances.LENGTH_KM
    rule.equal(where, "length", line.length_km, length, "km", slack)
    rule.at_most(where, "length", line.length_km, asked.max_length_km, "km", slack)
    rule.equal(where, "capacity", line.capacity_mw, asked.capacity_mw, "MW", tolerances.MW)


def _tie_line_row(line: TieLine, row: TieLineRow | None, rule: Rule) -> None:
    if row is None:
        return
    where = f"tie line {line.id}"
    ends = (line.campus, line.substation) == (row.campus_id, row.substation_id)
    rule.require(where, f"joins {row.campus_id} and {row.substation_id} in its table", ok=ends)
    rule.equal(where, "length", line.length_km, row.length_km, "km", tolerances.KM)
    rule.equal(where, "capacity", line.capacity_mw, row.capacity_mw, "MW", tolerances.MW)


@cache
def _ellipsoid() -> Any:  # noqa: ANN401
    from pyproj import Geod

    return Geod(ellps="WGS84")


def geodesic_km(line: tuple[Point, ...]) -> float:
    """Return the length of a polyline of (lon, lat) degrees on the WGS84 ellipsoid, km.

    >>> round(geodesic_km(((0.0, 0.0), (1.0, 0.0))), 3)
    111.319
    """
    lons, lats = [point[0] for point in line], [point[1] for point in line]
    return float(_ellipsoid().line_length(lons, lats)) / 1000.0
