"""``plan_shape`` of hazards: members and places in the saved network against its geometry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from siting.network import CandidateNetwork, Hazard
from siting.study import Study
from siting.study_sites import HazardRules
from siting.verify.findings import Rule
from siting.verify.hazard_pairs import Pairs, crossing_pairs, parallel_pairs, river_pairs
from siting.verify.hazard_plane import gap_km, gate_pairs

GIVEN = "given"
PLANE_FRACTION = 0.03
"""Distances in a plane of the region against distances on the ground, relative."""


def hazards_shape(study: Study, network: CandidateNetwork, rule: Rule) -> None:
    """Check that corridors carry the hazards that the geometry has, and no others.

    What is clearly within the limits of the study must share a hazard; what a hazard names must
    not be clearly outside of them. Between the two lies the tolerance of the map plane.
    """
    rules = study.file.geography.hazards
    if rules is None:
        asked = "hazards without geography.hazards in the study"
        rule.equal("network", asked, len(network.hazards), 0, "hazards")
        return
    _listed(network, rule)
    forbidden = set(study.file.rules.forbid_corridors)
    for hazard in network.hazards.values():
        where = f"hazard {hazard.id}"
        lost = ", ".join(sorted(set(hazard.corridors) - set(network.corridors) - forbidden))
        rule.require(where, f"names unknown corridors: {lost}", ok=not lost)
        if hazard.kind != GIVEN:
            rule.require(where, f"is of kind {hazard.kind}", ok=hazard.kind in rules.kinds)
            rule.at_least(where, "number of corridors", len(hazard.corridors), 2, "corridors")
            _is_together(hazard, study, network, rule)
    _clearly_near(study, rules, network, rule)


def _listed(network: CandidateNetwork, rule: Rule) -> None:
    """Check that corridors and hazards name each other."""
    listed: dict[str, set[str]] = defaultdict(set)
    for hazard in network.hazards.values():
        for name in hazard.corridors:
            listed[name].add(hazard.id)
    for corridor in network.corridors.values():
        odd = ", ".join(sorted(listed[corridor.id] ^ set(corridor.srlgs)))
        rule.require(f"corridor {corridor.id}", f"and its hazards disagree on {odd}", ok=not odd)


def _clearly_near(study: Study, rules: HazardRules, network: CandidateNetwork, rule: Rule) -> None:
    """Check that corridors clearly within the limits share a hazard."""
    of = {
        corridor.id: frozenset(risk for risk in corridor.srlgs if risk in network.hazards)
        for corridor in network.corridors.values()
    }
    kinds = {hazard.id: hazard.kind for hazard in network.hazards.values()}
    under, over = 1.0 - PLANE_FRACTION, 1.0 + PLANE_FRACTION
    apart_km = study.file.geography.entrance_separation_km
    found: dict[str, tuple[Callable[[], Pairs], set[str], str]] = {
        "parallel": (
            lambda: parallel_pairs(network, study, under),
            {"parallel"},
            "run beside each other",
        ),
        "river": (
            lambda: river_pairs(network, rules.river_reach_km * under),
            {"river"},
            "cross one river close together",
        ),
        "crossing": (
            lambda: crossing_pairs(network, study, over),
            {"crossing", "parallel"},
            "cross each other",
        ),
        "entrance": (
            lambda: gate_pairs(network, study, apart_km * under),
            {"entrance"},
            "enter a parcel side by side",
        ),
    }
    for kind in rules.kinds:
        pairs, wanted, what = found[kind]
        for one, other in sorted(pairs()):
            common = {kinds[risk] for risk in of[one] & of[other]}
            rule.require(
                f"corridors {one} and {other}",
                f"{what} and share no hazard",
                ok=bool(common & wanted),
            )


def _is_together(hazard: Hazard, study: Study, network: CandidateNetwork, rule: Rule) -> None:
    """Check that each corridor of a hazard comes as near another one as its kind says."""
    rules = study.file.geography.hazards
    known = [network.corridors[c] for c in hazard.corridors if c in network.corridors]
    if rules is None or len(known) < len(hazard.corridors):
        return
    limit_km = {
        "parallel": rules.distance_km,
        "river": rules.river_reach_km,
        "entrance": study.file.geography.entrance_separation_km,
        "crossing": 0.1,
    }[hazard.kind]
    for corridor in known:
        others = [other for other in known if other.id != corridor.id]
        nearest = min(gap_km(corridor.geometry, other.geometry) for other in others)
        what = f"distance of {corridor.id} from the other corridors"
        slack = 2.0 * PLANE_FRACTION * limit_km + 0.01
        rule.at_most(f"hazard {hazard.id}", what, nearest, limit_km, "km", slack)
    place = ((hazard.lon, hazard.lat),)
    away = min(gap_km(corridor.geometry, place) for corridor in known)
    rule.at_most(f"hazard {hazard.id}", "distance of its place from it", away, 0.1, "km")
