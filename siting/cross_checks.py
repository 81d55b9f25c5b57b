"""Checks between the tables of a study, and checks that prove a study hopeless before any solver runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siting.study import Study


def cross_check(study: Study) -> list[str]:
    """Return every inconsistency between the parts of ``study``, in words."""
    return [
        *_timelines(study),
        *_tie_lines(study),
        *_network(study),
        *_leased_waves(study),
        *_names(study),
    ]


def _unknown(where: str, value: str, table: str, known: object) -> list[str]:
    if value in known:  # type: ignore[operator]
        return []
    return [f"{where}: {value!r} is not in {table}"]


def _timelines(study: Study) -> list[str]:
    name = study.file.sites.power_timelines
    problems = []
    for substation, rows in study.timelines.items():
        problems += _unknown(f"{name}, substation_id", substation, study.file.sites.substations, study.substations)
        for before, after in zip(rows, rows[1:], strict=False):
            if before.date == after.date:
                problems.append(f"{name}, substation {substation!r}: two rows for {after.date}")
            elif after.headroom_mw < before.headroom_mw:
                problems.append(
                    f"{name}, substation {substation!r}, {after.date}: headroom_mw falls from "
                    f"{before.headroom_mw:g} to {after.headroom_mw:g} MW; it is cumulative and never falls"
                )
    return problems


def _tie_lines(study: Study) -> list[str]:
    problems = []
    name = study.file.sites.tie_lines
    for line in (study.tie_lines or {}).values():
        at = f"{name}, tie line {line.id!r}"
        problems += _unknown(f"{at}, campus_id", line.campus_id, study.file.sites.campuses, study.campuses)
        problems += _unknown(
            f"{at}, substation_id", line.substation_id, study.file.sites.substations, study.substations
        )
    return problems


def _network(study: Study) -> list[str]:
    geography = study.file.geography
    if geography.source != "tables":
        return []
    problems = []
    stands: dict[str, str] = {}
    for node in study.nodes.values():
        if node.campus_id is None:
            continue
        at = f"{geography.nodes}, node {node.id!r}"
        problems += _unknown(f"{at}, campus_id", node.campus_id, study.file.sites.campuses, study.campuses)
        if node.campus_id in stands:
            problems.append(f"{at}: campus {node.campus_id!r} already stands at node {stands[node.campus_id]!r}")
        stands[node.campus_id] = node.id
    problems += [
        f"{geography.nodes}: campus {campus!r} stands at no node"
        for campus in study.campuses
        if campus not in stands
    ]
    for edge in study.corridors.values():
        at = f"{geography.corridors}, corridor {edge.id!r}"
        for column in ("node_a", "node_b"):
            problems += _unknown(f"{at}, {column}", getattr(edge, column), geography.nodes, study.nodes)
        if edge.node_a == edge.node_b:
            problems.append(f"{at}: joins node {edge.node_a!r} to itself")
        if edge.iru_pairs and edge.iru_provider is None:
            problems.append(f"{at}: has iru_pairs {edge.iru_pairs} but no iru_provider")
        if edge.iru_provider == "own":
            problems.append(f"{at}: iru_provider 'own' is a reserved name")
    return problems


def _leased_waves(study: Study) -> list[str]:
    problems = []
    name = study.file.geography.leased_waves
    for wave in study.leased_waves.values():
        at = f"{name}, wave {wave.id!r}"
        for column in ("campus_a", "campus_b"):
            problems += _unknown(
                f"{at}, {column}", getattr(wave, column), study.file.sites.campuses, study.campuses
            )
        if wave.campus_a == wave.campus_b:
            problems.append(f"{at}: joins campus {wave.campus_a!r} to itself")
        if study.file.geography.source == "tables":
            for corridor in wave.corridors:
                problems += _unknown(f"{at}, corridors", corridor, study.file.geography.corridors, study.corridors)
    return problems


def _names(study: Study) -> list[str]:
    problems = []
    rules = study.file.rules
    for key in ("forbid_campuses", "pin_campuses"):
        for campus in getattr(rules, key):
            problems += _unknown(f"rules.{key}", campus, study.file.sites.campuses, study.campuses)
    for substation in rules.forbid_substations:
        problems += _unknown(
            "rules.forbid_substations", substation, study.file.sites.substations, study.substations
        )
    problems += [
        f"rules: campus {campus!r} is both pinned and forbidden"
        for campus in rules.pin_campuses
        if campus in rules.forbid_campuses
    ]
    for index, workload in enumerate(study.file.workloads):
        for campus in workload.campuses or ():
            problems += _unknown(
                f"workloads[{index}].campuses", campus, study.file.sites.campuses, study.campuses
            )
    return problems
