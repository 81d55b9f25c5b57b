"""The hazards of a study's corridors: those found in the geometry, and those that tables name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from siting.geography.entrances import parcel_radius_km
from siting.geography.geodesy import points_at
from siting.geography.hazards.finding import find_hazards
from siting.geography.hazards.strands import Strand
from siting.geography.layout import Layout, campus_nodes
from siting.geography.rivers import ATTRIBUTION as RIVERS
from siting.geography.towns import ATTRIBUTION as TOWNS
from siting.geography.towns import Towns
from siting.network import Corridor, Hazard

if TYPE_CHECKING:
    from siting.study import Study
    from siting.study_sites import HazardRules

GIVEN = "given"


def with_hazards(study: Study, layout: Layout) -> tuple[Layout, dict[str, Hazard]]:
    """Return the layout with found hazards among the shared risks of its corridors.

    Forbidden corridors count too: names of hazards are then the same in every scenario.

    Returns:
        The layout, and the hazards by id; as it was and none unless the study asks for them.
    """
    rules = study.file.geography.hazards
    if rules is None or layout.problems:
        return layout, {}
    parcels = {
        node: parcel_radius_km(study.campuses[campus])
        for campus, node in campus_nodes(layout.nodes).items()
    }
    taken = {risk for corridor in layout.corridors.values() for risk in corridor.srlgs}
    found = find_hazards(
        [_strand(corridor, study) for corridor in layout.corridors.values()],
        rules,
        parcels,
        study.file.geography.entrance_separation_km,
        taken,
    )
    found = {key: _known(study, layout, hazard) for key, hazard in found.items()}
    risks: dict[str, list[str]] = {key: list(c.srlgs) for key, c in layout.corridors.items()}
    for hazard in found.values():
        for corridor in hazard.corridors:
            risks[corridor].append(hazard.id)
    corridors = {
        key: replace(corridor, srlgs=tuple(risks[key]))
        for key, corridor in layout.corridors.items()
    }
    definition = {**layout.definition, **_definition(rules, found)}
    given = _given(study, layout.corridors)
    return replace(layout, corridors=corridors, definition=definition), {**found, **given}


def entrances_apart(
    corridors: Mapping[str, Corridor], node: str, hazards: Mapping[str, Hazard]
) -> bool:
    """Return whether two corridors at a node share no entrance."""
    gates = [set(h.corridors) for h in hazards.values() if h.kind == "entrance"]
    touching = [c.id for c in corridors.values() if node in {c.node_a, c.node_b}]
    return any(
        not any({one, other} <= gate for gate in gates) for one, other in combinations(touching, 2)
    )


def _strand(corridor: Corridor, study: Study) -> Strand:
    name = corridor.name
    if corridor.kind == "lateral" and not name:
        campus = next(
            (c for c in study.campuses if f"c.{c}" in {corridor.node_a, corridor.node_b}), ""
        )
        name = f"lateral of {study.campuses[campus].name}" if campus else ""
    return Strand(
        id=corridor.id,
        a=corridor.node_a,
        b=corridor.node_b,
        kind=corridor.kind,
        line=corridor.geometry,
        name=name,
    )


def _known(study: Study, layout: Layout, hazard: Hazard) -> Hazard:
    """Return a hazard with what a person knows better: name of a campus, or of the table."""
    row = study.srlgs.get(hazard.id)
    if row is not None and row.name:
        return replace(hazard, name=row.name)
    if hazard.kind != "entrance":
        return hazard
    for campus, node in campus_nodes(layout.nodes).items():
        hazard = replace(
            hazard, name=hazard.name.replace(f"of {node}", f"of {study.campuses[campus].name}")
        )
    return hazard


def _given(study: Study, corridors: Mapping[str, Corridor]) -> dict[str, Hazard]:
    """Return what tables name: its place is that of the table, else the middle of a corridor."""
    towns = Towns()
    members: dict[str, list[Corridor]] = {}
    for corridor in corridors.values():
        for risk in corridor.srlgs:
            members.setdefault(risk, []).append(corridor)
    found = {}
    for risk, touched in sorted(members.items()):
        row = study.srlgs.get(risk)
        lon, lat = _middle(touched)
        if row is not None and row.lon is not None and row.lat is not None:
            lon, lat = row.lon, row.lat
        name = row.name if row is not None else ""
        kind, _, own = risk.partition(":")
        words = f"{kind} {own}" if own else risk
        found[risk] = Hazard(
            id=risk,
            kind=GIVEN,
            name=name or f"{words} {towns.about(lon, lat)[1]}",
            lon=lon,
            lat=lat,
            corridors=tuple(sorted(corridor.id for corridor in touched)),
        )
    return found


def _middle(corridors: list[Corridor]) -> tuple[float, float]:
    """Return the middle of the longest corridor."""
    longest = max(corridors, key=lambda corridor: (corridor.length_km, corridor.id))
    return points_at(longest.geometry, [0.5])[0]


def _definition(rules: HazardRules, found: Mapping[str, Hazard]) -> dict[str, str]:
    """Return the rules that found the hazards, and how many."""
    words = {
        "parallel": (
            f"beside each other within {rules.distance_km:g} km for {rules.min_shared_km:g} km, "
            f"not within {rules.junction_km:g} km of common junctions"
        ),
        "river": f"over one river within {rules.river_reach_km:g} km",
        "crossing": f"across each other, not within {rules.junction_km:g} km of common junctions",
        "entrance": "into a campus by one side of its parcel",
    }
    kinds = [hazard.kind for hazard in found.values()]
    return {
        **{
            f"hazards_{kind}": f"{kinds.count(kind)} found: {words[kind]}"
            for kind in words
            if kind in rules.kinds
        },
        **({"hazards_rivers": RIVERS} if "river" in rules.kinds else {}),
        "hazards_places": TOWNS,
    }
