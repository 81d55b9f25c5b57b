"""Checks of the network tables: nodes, corridors, huts, shared risks, leased waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.messages import repeated, unknown
from siting.network import OWN
from siting.power_checks import retirement_without
from siting.study_region import region_problems, zone_layer_problems

if TYPE_CHECKING:
    from siting.study import Study
    from siting.tables import CorridorRow, HutRow

TABLES = "tables"
OWN_RISKS = ("corridor:", "hut:", "carrier:", "provider:")
"""Shared risks whose rates follow from other inputs."""


def network_check(study: Study) -> list[str]:
    """Return every inconsistency between the tables of the network, in words."""
    geography = study.file.geography
    problems = []
    if geography.iru_pairs and geography.iru_provider is None:
        problems.append(
            f"geography: iru_pairs {geography.iru_pairs} needs an iru_provider, the name of who "
            "offers them"
        )
    if geography.source == TABLES and geography.build_cost == "by_land":
        problems.append(
            "geography.build_cost: 'by_land' prices the ways of a region; with the source "
            f"{TABLES!r} the corridor table says method and cost"
        )
    if study.file.sites.tie_line_rule.along_ground:
        problems += _along_ground(study)
    if geography.source == TABLES:
        problems += [*_nodes(study), *_corridors(study), *_huts(study)]
    elif geography.huts is not None:
        problems.append(
            f"geography.huts: given huts need the source {TABLES!r} "
            f"(the source is {geography.source!r})"
        )
    problems += [*region_problems(study), *zone_layer_problems(study)]
    return [*problems, *_srlgs(study), *_leased_waves(study)]


def _along_ground(study: Study) -> list[str]:
    where = "sites.tie_line_rule.along_ground"
    if study.file.sites.tie_lines is not None:
        return [f"{where}: the table {study.file.sites.tie_lines} says how long tie lines are"]
    if study.file.geography.source == TABLES:
        return [f"{where}: follows the ways of a region; with the source {TABLES!r} there are none"]
    return []


def _nodes(study: Study) -> list[str]:
    geography = study.file.geography
    problems = []
    stands: dict[str, str] = {}
    for node in study.nodes.values():
        if node.campus_id is None:
            continue
        at = f"{geography.nodes}, node {node.id!r}"
        problems += unknown(
            f"{at}, campus_id", node.campus_id, study.file.sites.campuses, study.campuses
        )
        if node.campus_id in stands:
            problems.append(
                f"{at}: campus {node.campus_id!r} already stands at node {stands[node.campus_id]!r}"
            )
        stands[node.campus_id] = node.id
    problems += [
        f"{geography.nodes}: campus {campus!r} stands at no node"
        for campus in study.campuses
        if campus not in stands
    ]
    return problems


def _corridors(study: Study) -> list[str]:
    geography = study.file.geography
    problems = []
    for edge in study.corridors.values():
        at = f"{geography.corridors}, corridor {edge.id!r}"
        for column in ("node_a", "node_b"):
            problems += unknown(
                f"{at}, {column}", getattr(edge, column), geography.nodes, study.nodes
            )
        if edge.node_a == edge.node_b:
            problems.append(f"{at}: joins node {edge.node_a!r} to itself")
        if edge.iru_pairs and edge.iru_provider is None:
            problems.append(f"{at}: has iru_pairs {edge.iru_pairs} but no iru_provider")
        if edge.iru_provider == OWN:
            problems.append(f"{at}: iru_provider 'own' is a reserved name")
        problems += retirement_without(
            at, edge.existing_until, "existing_fibers", edge.existing_fibers
        )
    return problems


def _huts(study: Study) -> list[str]:
    name = study.file.geography.huts
    problems = []
    first: dict[tuple[object, ...], str] = {}
    for hut in study.huts.values():
        at = f"{name}, hut {hut.id!r}"
        problems += [*_hut_place(study, hut, at), *_hut_terms(hut, at)]
        place = (hut.corridor_id, hut.node_id, hut.position_km, hut.operator)
        if place in first:
            problems.append(f"{at}: stands where hut {first[place]!r} of {hut.operator!r} stands")
        first.setdefault(place, hut.id)
    return problems


def _hut_place(study: Study, hut: HutRow, at: str) -> list[str]:
    """Return what is wrong with the place of a hut."""
    geography = study.file.geography
    if (hut.corridor_id is None) == (hut.node_id is None):
        given = "neither" if hut.node_id is None else "both"
        return [f"{at}: must lie in a corridor or at a node, {given} is given"]
    if hut.corridor_id is not None:
        edge = study.corridors.get(hut.corridor_id)
        if edge is None:
            where = f"{at}, corridor_id"
            return unknown(where, hut.corridor_id, geography.corridors, study.corridors)
        return [*_position(edge, hut, at), *_operator(hut, at, [edge])]
    node = study.nodes.get(str(hut.node_id))
    if node is None:
        return unknown(f"{at}, node_id", str(hut.node_id), geography.nodes, study.nodes)
    problems = []
    if hut.position_km:
        problems.append(
            f"{at}: position_km {hut.position_km:g} km is for a hut in a corridor, "
            f"it stands at node {node.id!r}"
        )
    if node.campus_id is not None:
        problems.append(f"{at}: node {node.id!r} is that of campus {node.campus_id!r}")
    touching = [e for e in study.corridors.values() if node.id in (e.node_a, e.node_b)]
    return [*problems, *_operator(hut, at, touching)]


def _position(edge: CorridorRow, hut: HutRow, at: str) -> list[str]:
    if hut.position_km <= 0:
        return [
            (
                f"{at}: position_km must be greater than 0 km, inside corridor {edge.id!r}; "
                "at its end give node_id"
            )
        ]
    if edge.length_km is not None and hut.position_km >= edge.length_km:
        return [
            (
                f"{at}: position_km {hut.position_km:g} km is not inside corridor {edge.id!r}, "
                f"which is {edge.length_km:g} km long"
            )
        ]
    return []


def _operator(hut: HutRow, at: str, edges: list[CorridorRow]) -> list[str]:
    """Return the problem of a hut that no cable near it can use."""
    known = {e.iru_provider for e in edges if e.iru_provider is not None and e.iru_pairs}
    if any(e.buildable or e.existing_fibers for e in edges):
        known.add(OWN)
    if hut.operator in known:
        return []
    offered = ", ".join(map(repr, sorted(known))) or "none"
    return [f"{at}: operator {hut.operator!r} has no fiber there. Known: {offered}"]


def _hut_terms(hut: HutRow, at: str) -> list[str]:
    problems = []
    if hut.operator != OWN:
        problems += [
            f"{at}: {column} is for own huts, its operator is {hut.operator!r}"
            for column in ("leasable", "can_regenerate", "existing_racks")
            if getattr(hut, column)
        ]
    if hut.space_racks is not None and hut.existing_racks > hut.space_racks:
        problems.append(
            f"{at}: existing_racks {hut.existing_racks} is above space_racks {hut.space_racks}"
        )
    problems += retirement_without(at, hut.existing_until, "existing_racks", hut.existing_racks)
    return problems


def _srlgs(study: Study) -> list[str]:
    name = study.file.geography.srlgs
    problems = []
    named = {risk for edge in study.corridors.values() for risk in edge.srlgs}
    for row in study.srlgs.values():
        at = f"{name}, shared risk {row.id!r}"
        if row.id.startswith(OWN_RISKS):
            problems.append(
                f"{at}: risks {row.id.partition(':')[0] + ':'!r} need no row, their rates follow "
                "from other inputs"
            )
        elif study.file.geography.source == TABLES and study.file.geography.hazards is None:
            problems += unknown(at, row.id, f"the srlgs of {study.file.geography.corridors}", named)
        if (row.lon is None) != (row.lat is None):
            problems.append(f"{at}: give lon and lat, or neither")
    return problems


def _leased_waves(study: Study) -> list[str]:
    problems = []
    geography = study.file.geography
    for wave in study.leased_waves.values():
        at = f"{geography.leased_waves}, wave {wave.id!r}"
        for column in ("campus_a", "campus_b"):
            problems += unknown(
                f"{at}, {column}", getattr(wave, column), study.file.sites.campuses, study.campuses
            )
        if wave.campus_a == wave.campus_b:
            problems.append(f"{at}: joins campus {wave.campus_a!r} to itself")
        problems += repeated(f"{at}, corridors", wave.corridors)
        if geography.source == TABLES:
            for corridor in wave.corridors:
                problems += unknown(
                    f"{at}, corridors", corridor, geography.corridors, study.corridors
                )
    return problems
