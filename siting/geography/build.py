"""Building the candidate network of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from siting.catalog import Catalog, load_catalog
from siting.errors import GeographyError, problems_message
from siting.geography.bundled import bundled_layout
from siting.geography.checks import (
    connection_problems,
    duplicate_problems,
    hut_problems,
    name_problems,
    ruled_hut_problems,
    ruled_route_problems,
)
from siting.geography.hazards import with_hazards
from siting.geography.hazards.layout import entrances_apart
from siting.geography.huts import given_huts, place_huts, with_given
from siting.geography.layout import Layout, campus_nodes, diverse_campuses
from siting.geography.tabled import tabled_layout
from siting.geography.tie_lines import place_tie_lines
from siting.network import OWN, CandidateNetwork, Corridor, Hazard, Hut

if TYPE_CHECKING:
    from siting.study import Study, TieLineRule


def build_network(study: Study, catalog: Catalog | None = None) -> CandidateNetwork:
    """Return the candidate network of ``study``: a function of the study, catalog and bundled data.

    Forbidden corridors, huts and tie lines are left out. A forbidden campus keeps its node, so that
    names and corridors are the same in every scenario.

    Args:
        study: the study.
        catalog: prices and lead times of new build; None: the catalog that the study chooses.

    Raises:
        GeographyError: a place does not fit the map, or a name is unknown; all problems at once.
        CatalogError: a build method has no catalog row.
    """
    layout, hazards = _corridors(study, catalog)
    forbidden = set(study.file.rules.forbid_corridors)
    corridors = {k: c for k, c in layout.corridors.items() if k not in forbidden}
    given = given_huts(study.huts.values(), layout.nodes, corridors)
    huts = with_given(_by_rule(study, layout, corridors), given)
    huts = {k: hut for k, hut in huts.items() if k not in study.file.rules.forbid_huts}
    diverse = diverse_campuses(layout, corridors)
    if hazards:
        standing = campus_nodes(layout.nodes)
        diverse = frozenset(c for c in diverse if entrances_apart(corridors, standing[c], hazards))
    network = CandidateNetwork(
        name=study.name,
        nodes=layout.nodes,
        corridors=corridors,
        huts=huts,
        tie_lines=place_tie_lines(study, layout.ways),
        hazards=hazards,
        diverse_campuses=diverse,
        synthetic=(*layout.synthetic, *_synthetic(study, huts, given)),
    )
    forbidden_count = len(layout.corridors) - len(corridors)
    definition = layout.definition | _rules(study) | _counts(network, forbidden_count)
    if study.file.rules.forbid_huts:
        definition["huts_forbidden"] = str(len(study.file.rules.forbid_huts))
    if given:
        definition["huts_given"] = str(len(given))
    return replace(network, definition=definition)


def _corridors(study: Study, catalog: Catalog | None) -> tuple[Layout, dict[str, Hazard]]:
    """Return nodes, corridors and hazards, checked, forbidden corridors included."""
    if catalog is None:
        choice = study.file.catalog
        catalog = load_catalog(
            choice.source, column=choice.column, overrides=choice.overrides, folder=study.folder
        )
    tables = study.file.geography.source == "tables"
    layout = tabled_layout(study, catalog) if tables else bundled_layout(study, catalog)
    layout, hazards = with_hazards(study, layout)
    _check(study, layout)
    return layout, hazards


def _check(study: Study, layout: Layout) -> None:
    """Raise one error for all that does not fit."""
    problems = [*layout.problems, *duplicate_problems(study.campuses)]
    if layout.corridors or not problems:
        edges = [(c.node_a, c.node_b) for c in layout.corridors.values()]
        problems += connection_problems(campus_nodes(layout.nodes), edges)
        problems += name_problems(study, layout.corridors)
        problems += hut_problems(study, layout.corridors)
        problems += ruled_route_problems(study, layout.nodes, layout.corridors)
        if study.file.rules.forbid_huts or study.file.rules.pin_huts:
            known = {*_by_rule(study, layout, layout.corridors), *study.huts}
            problems += ruled_hut_problems(study, known)
    if problems:
        where = f"study {study.name!r}, geography {study.file.geography.source!r}"
        raise GeographyError(problems_message(where, problems))


def _by_rule(study: Study, layout: Layout, corridors: Mapping[str, Corridor]) -> dict[str, Hut]:
    """Return the huts that stand in corridors by rule."""
    geography = study.file.geography
    return place_huts(
        layout.nodes,
        corridors.values(),
        geography.hut_spacing_km,
        geography.provider_hut_spacing_km,
    )


def _rules(study: Study) -> dict[str, str]:
    """Return the rules of the study that define huts and tie lines."""
    geography, rule = study.file.geography, study.file.sites.tie_line_rule
    return {
        "slack_fraction": f"{geography.slack_fraction:g}",
        "hut_spacing_km": f"{geography.hut_spacing_km:g}",
        "provider_hut_spacing_km": f"{geography.provider_hut_spacing_km:g}",
        "tie_lines_from": (
            f"table {study.file.sites.tie_lines}"
            if study.tie_lines is not None
            else f"the {rule.max_per_campus} nearest substations within {rule.max_length_km:g} km, "
            f"length {rule.route_factor:g} x geodesic" + (_along(rule) if rule.along_ground else "")
        ),
    }


def _along(rule: TieLineRule) -> str:
    return (
        f"; along rights of way where that is at most {rule.detour_max:g} x geodesic, straight "
        f"ends of at most {rule.end_max_km:g} km counted {rule.route_factor:g} times"
    )


def _counts(network: CandidateNetwork, corridors_forbidden: int) -> dict[str, str]:
    own = sum(hut.operator == OWN for hut in network.huts.values())
    counts = {
        "nodes": len(network.nodes),
        "corridors": len(network.corridors),
        "corridors_forbidden": corridors_forbidden,
        "campuses": sum(node.campus is not None for node in network.nodes.values()),
        "diverse_campuses": len(network.diverse_campuses),
        "own_hut_candidates": own,
        "provider_huts": len(network.huts) - own,
        "tie_lines": len(network.tie_lines),
    }
    along = sum(line.along_km > 0 for line in network.tie_lines.values())
    if along:
        counts["tie_lines_along_ground"] = along
    return {key: str(count) for key, count in counts.items()}


def _synthetic(study: Study, huts: Mapping[str, Hut], given: Mapping[str, Hut]) -> list[str]:
    """Return what is synthetic in any network of the study, whatever its source."""
    found = []
    if any(hut.operator != OWN and key not in given for key, hut in huts.items()):
        spacing = study.file.geography.provider_hut_spacing_km
        found.append(f"huts of providers stand every {spacing:g} km at most, by rule")
    if study.tie_lines is None and study.substations:
        course = "straight"
        if study.file.sites.tie_line_rule.along_ground:
            course = "along rights of way, or else straight,"
        found.append(f"tie lines run {course} to the nearest substations, by rule")
    substations = sum(row.synthetic for row in study.substations.values())
    if substations:
        found.append(f"{substations:,} of {len(study.substations):,} substations are synthetic")
    for kind in ("greenfield", "synthetic"):
        count = sum(row.kind == kind for row in study.campuses.values())
        if count:
            found.append(f"{count:,} of {len(study.campuses):,} campuses are {kind}")
    return found
