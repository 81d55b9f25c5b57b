"""``plan_shape`` of the saved network: it is one that tables and geometry give."""

from __future__ import annotations

from dataclasses import replace

from siting.catalog import Catalog
from siting.network import CandidateNetwork, Corridor
from siting.study import Study
from siting.tables import CorridorRow
from siting.verify import tolerances
from siting.verify.build_cost_shape import build_cost_shape
from siting.verify.entrances import entrances_shape
from siting.verify.findings import Rule
from siting.verify.geodesic import geodesic_km
from siting.verify.hazards import GIVEN, hazards_shape
from siting.verify.hut_shape import hut_shape
from siting.verify.region_ways import WayFacts, is_of_region, region_ways
from siting.verify.tie_line_shape import tie_line_shape
from siting.verify.way_lengths import Range, ground_of
from siting.verify.zone_shape import zone_shape


def network_shape(study: Study, network: CandidateNetwork, catalog: Catalog, rule: Rule) -> None:
    """Check that the saved network is one that the study describes."""
    tabled = study.file.geography.source == "tables"
    ways = region_ways(study)
    ground = ground_of(study)
    on_ground = {} if ground is None else ground.lengths_km(list(network.corridors.values()))
    for campus in study.campuses:
        count = sum(node.campus == campus for node in network.nodes.values())
        where = f"campus {campus}"
        rule.equal(where, "number of nodes at which it stands", count, 1, "nodes")
    for corridor in network.corridors.values():
        where = f"corridor {corridor.id}"
        row = study.corridors.get(corridor.id)
        if not tabled:
            _by_rule(_as_given(corridor, network), study, ways, rule)
        elif rule.require(where, "is not in the corridor table", ok=row is not None):
            _same_as_row(corridor, row, catalog, network, rule)
        if corridor.id in on_ground:
            _ground_length(corridor, on_ground[corridor.id], study, rule)
        else:
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
    if not tabled:
        given = {key: _as_given(edge, network) for key, edge in network.corridors.items()}
        build_cost_shape(study, replace(network, corridors=given), ways, catalog, rule)
        zone_shape(study, network, rule)
    entrances_shape(study, network, rule)
    hazards_shape(study, network, rule)
    hut_shape(study, network, rule)
    tie_line_shape(study, network, rule)


def _as_given(corridor: Corridor, network: CandidateNetwork) -> Corridor:
    """Return a corridor with the shared risks that tables name, without those found."""
    found = {hazard.id for hazard in network.hazards.values() if hazard.kind != GIVEN}
    return replace(corridor, srlgs=tuple(risk for risk in corridor.srlgs if risk not in found))


def _same_as_row(
    corridor: Corridor,
    row: CorridorRow | None,
    catalog: Catalog,
    network: CandidateNetwork,
    rule: Rule,
) -> None:
    if row is None:
        return
    where = f"corridor {corridor.id}"
    cost, lead = row.build_cost_usd_per_km, row.build_lead_time_years
    method = f"build.{row.method}"
    pairs = {
        "ends": ((corridor.node_a, corridor.node_b), (row.node_a, row.node_b)),
        "buildable": (corridor.buildable, row.buildable),
        "IRU offer": (_offer(corridor), _offer(row)),
        "existing cable": (_existing(corridor), _existing(row)),
        "cuts per 1,000 km and year": (corridor.cuts_per_1000km_year, row.cuts_per_1000km_year),
        "shared-risk groups": (sorted(_as_given(corridor, network).srlgs), sorted(row.srlgs)),
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


def _by_rule(
    corridor: Corridor, study: Study, ways: frozenset[WayFacts] | None, rule: Rule
) -> None:
    """Check a corridor of a region: nothing lies there, IRU is that of the study or of a way."""
    geography = study.file.geography
    provider, pairs = geography.iru_provider, geography.iru_pairs
    asked = None
    if corridor.kind in geography.iru_kinds and provider and pairs:
        asked = (provider, pairs, "G652D")
    where = f"corridor {corridor.id}"
    if ways is not None:
        same = is_of_region(corridor, _offer(corridor), asked, ways)
        rule.require(where, "is not what the region says of any of its ways", ok=same)
        asked = _offer(corridor)
    for what, found, right in (
        ("IRU offer", _offer(corridor), asked),
        ("existing cable", _existing(corridor), None),
        ("cuts per 1,000 km and year", corridor.cuts_per_1000km_year, None),
    ):
        rule.require(
            where, f"{what}: {found} in the network, {right} in the study", ok=found == right
        )


def _offer(item: Corridor | CorridorRow) -> tuple[str, int, str] | None:
    """Return provider, pairs and fiber type of the IRU on offer; None without any."""
    if item.iru_provider is None or not item.iru_pairs:
        return None
    return (item.iru_provider, item.iru_pairs, item.iru_fiber_type)


def _existing(item: Corridor | CorridorRow) -> tuple[int, str, str | None] | None:
    """Return fibers, fiber type and retirement of the cable that lies there; None without any."""
    if not item.existing_fibers:
        return None
    until = None if item.existing_until is None else str(item.existing_until)
    return (item.existing_fibers, item.existing_fiber_type, until)


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


def _ground_length(corridor: Corridor, known: Range | None, study: Study, rule: Rule) -> None:
    """Check a corridor on the ways of a region that states how long they are."""
    where = f"corridor {corridor.id}"
    on_ways = f"lies on no {corridor.kind} of the region"
    rule.require(where, on_ways, ok=known is not None)
    if known is None:
        return
    slack_fraction = study.file.geography.slack_fraction
    least, most = (km * (1.0 + slack_fraction) for km in (known.least_km, known.most_km))
    slack = tolerances.LENGTH_FRACTION * most + tolerances.LENGTH_KM
    rule.at_least(where, "length", corridor.length_km, least, "km", slack)
    rule.at_most(where, "length", corridor.length_km, most, "km", slack)
