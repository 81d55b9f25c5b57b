"""Corridors from the node and corridor tables of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.catalog import Catalog
from siting.geography.checks import stand_problems
from siting.geography.geodesy import Point, length_km
from siting.geography.layout import Layout, build_terms
from siting.network import Corridor, Node
from siting.tables import CorridorRow

if TYPE_CHECKING:
    from siting.study import Study


def tabled_layout(study: Study, catalog: Catalog) -> Layout:
    """Return the nodes and corridors of the tables of ``study``.

    A corridor runs straight between its nodes. Its length is the one of the table, else geodesic
    times (1 + slack).
    """
    geography = study.file.geography
    nodes = {
        row.id: Node(id=row.id, lon=row.lon, lat=row.lat, campus=row.campus_id)
        for row in study.nodes.values()
    }
    corridors = {}
    short = []
    for row in study.corridors.values():
        ends = tuple((nodes[n].lon, nodes[n].lat) for n in (row.node_a, row.node_b))
        corridor = _corridor(row, ends, row_length_km(study, row), catalog)
        corridors[row.id] = corridor
        if corridor.length_km < length_km(ends) - 1e-6:
            short.append(row.id)
    definition = {
        "source": f"tables {geography.nodes}, {geography.corridors}",
        "corridors_with_given_length": str(
            sum(row.length_km is not None for row in study.corridors.values())
        ),
    }
    if short:
        definition["corridors_shorter_than_straight_line"] = ", ".join(short)
    return Layout(
        nodes=nodes,
        corridors=corridors,
        definition=definition,
        problems=stand_problems(study.campuses, nodes, geography.snap_max_km),
    )


def row_length_km(study: Study, row: CorridorRow) -> float:
    """Return the length of a corridor of the table, km: given, or along the ground with slack."""
    if row.length_km is not None:
        return row.length_km
    ends = [(study.nodes[n].lon, study.nodes[n].lat) for n in (row.node_a, row.node_b)]
    return length_km(ends) * (1.0 + study.file.geography.slack_fraction)


def _corridor(row: CorridorRow, ends: tuple[Point, ...], km: float, catalog: Catalog) -> Corridor:
    cost, lead_time = row.build_cost_usd_per_km, row.build_lead_time_years
    if row.buildable and (cost is None or lead_time is None):
        usual_cost, usual_lead_time = build_terms(catalog, row.method)
        cost = usual_cost if cost is None else cost
        lead_time = usual_lead_time if lead_time is None else lead_time
    return Corridor(
        id=row.id,
        node_a=row.node_a,
        node_b=row.node_b,
        length_km=km,
        kind=row.kind,
        buildable=row.buildable,
        build_cost_usd_per_km=cost or 0.0,
        build_lead_time_years=lead_time or 0.0,
        iru_provider=row.iru_provider if row.iru_pairs else None,
        iru_pairs=row.iru_pairs if row.iru_provider else 0,
        iru_fiber_type=row.iru_fiber_type,
        existing_fibers=row.existing_fibers,
        existing_fiber_type=row.existing_fiber_type,
        existing_until=None if row.existing_until is None else row.existing_until.isoformat(),
        cuts_per_1000km_year=row.cuts_per_1000km_year,
        srlgs=row.srlgs,
        name=row.name,
        geometry=ends,
    )
