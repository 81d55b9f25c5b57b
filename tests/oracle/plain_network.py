"""The candidate network of a tabled study, by the rules in words: independent of the engine's."""

from __future__ import annotations

import math

from siting.network import OWN, CandidateNetwork, Corridor, Hut, Node, TieLine
from siting.study import Study
from siting.tables import HutRow
from tests.oracle.raw import Raw


def plain_network(study: Study) -> CandidateNetwork:
    """Return the network of a study with source ``tables``, every length and tie line tabled."""
    nodes = {
        n.id: Node(id=n.id, lon=n.lon, lat=n.lat, campus=n.campus_id) for n in study.nodes.values()
    }
    empty = CandidateNetwork(name=study.name, nodes=nodes, corridors={}, huts={}, tie_lines={})
    raw = Raw(study, empty)
    corridors = {}
    for e in study.corridors.values():
        assert e.length_km is not None
        row = f"build.{e.method}"
        lead = e.build_lead_time_years
        cost = e.build_cost_usd_per_km
        corridors[e.id] = Corridor(
            id=e.id,
            node_a=e.node_a,
            node_b=e.node_b,
            length_km=e.length_km,
            kind=e.kind,
            buildable=e.buildable,
            build_cost_usd_per_km=raw.v(row) if cost is None else cost,
            build_lead_time_years=raw.catalog.lead_time_years(row) if lead is None else lead,
            iru_provider=e.iru_provider,
            iru_pairs=e.iru_pairs,
            iru_fiber_type=e.iru_fiber_type,
            existing_fibers=e.existing_fibers,
            existing_fiber_type=e.existing_fiber_type,
            existing_until=None if e.existing_until is None else e.existing_until.isoformat(),
            cuts_per_1000km_year=e.cuts_per_1000km_year,
            srlgs=e.srlgs,
        )
    ties = {
        a.id: TieLine(
            id=a.id,
            campus=a.campus_id,
            substation=a.substation_id,
            length_km=a.length_km,
            capacity_mw=a.capacity_mw,
        )
        for a in (study.tie_lines or {}).values()
    }
    return CandidateNetwork(
        name=study.name,
        nodes=nodes,
        corridors=corridors,
        huts={h.id: h for h in _huts(study, corridors, nodes)},
        tie_lines=ties,
        diverse_campuses=frozenset(
            n.campus for n in nodes.values() if n.campus and _touching(study, corridors, n) >= 2
        ),
    )


def _huts(study: Study, corridors: dict[str, Corridor], nodes: dict[str, Node]) -> list[Hut]:
    geography = study.file.geography
    found = []
    stands: set[tuple[str, str]] = set()
    for e in corridors.values():
        own = e.buildable or e.existing_fibers > 0
        offers = [(OWN, geography.hut_spacing_km)] if own else []
        if e.iru_provider is not None and e.iru_pairs > 0:
            offers.append((e.iru_provider, geography.provider_hut_spacing_km))
        for operator, spacing in offers:
            count = math.ceil(e.length_km / spacing) - 1
            for i in range(1, count + 1):
                at = e.length_km * i / (count + 1)
                owner = "" if operator == OWN else f"{operator}@"
                found.append(_hut(f"{e.id}@{owner}{i}", operator, e.id, None, at))
            for node in (e.node_a, e.node_b):
                if nodes[node].campus is None and (node, operator) not in stands:
                    stands.add((node, operator))
                    owner = "" if operator == OWN else f"@{operator}"
                    found.append(_hut(f"node:{node}{owner}", operator, None, node, 0.0))
    given = [_given(row) for row in study.huts.values()]
    every = [*given, *(h for h in found if not any(_same_place(h, g) for g in given))]
    return [h for h in every if h.id not in study.file.rules.forbid_huts]


def _given(row: HutRow) -> Hut:
    return Hut(
        id=row.id,
        operator=row.operator,
        corridor=row.corridor_id,
        node=row.node_id,
        position_km=row.position_km,
        lon=0.0,
        lat=0.0,
        leasable=row.leasable,
        can_regenerate=row.can_regenerate,
        space_racks=row.space_racks,
        power_kw=row.power_kw,
        existing_racks=row.existing_racks,
        existing_amplifier_type=row.existing_amplifier_type,
        existing_until=None if row.existing_until is None else row.existing_until.isoformat(),
    )


def _same_place(hut: Hut, given: Hut) -> bool:
    """Whether a hut made by rule would stand where a given one does."""
    where = (hut.corridor, hut.node, hut.operator) == (given.corridor, given.node, given.operator)
    return where and abs(hut.position_km - given.position_km) <= 0.001


def _hut(name: str, operator: str, corridor: str | None, node: str | None, at: float) -> Hut:
    return Hut(
        id=name, operator=operator, corridor=corridor, node=node, position_km=at, lon=0.0, lat=0.0
    )


def _touching(study: Study, corridors: dict[str, Corridor], node: Node) -> int:
    """Count the corridors at a node: a campus in tables is diverse with two."""
    forbidden = study.file.rules.forbid_corridors
    return sum(node.id in (e.node_a, e.node_b) for e in corridors.values() if e.id not in forbidden)
