"""Checks between the parts of a study: tables, names, catalog."""

from __future__ import annotations

import difflib
import itertools
import math
import statistics
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import Study


def cross_check(study: Study) -> list[str]:
    """Return every inconsistency between the parts of ``study``, in words."""
    return [
        *_sites(study),
        *_timelines(study),
        *_tie_lines(study),
        *_network(study),
        *_leased_waves(study),
        *_names(study),
    ]


def catalog_check(study: Study, catalog: Catalog) -> list[str]:
    """Return every catalog row that ``study`` names and ``catalog`` lacks, in words."""
    transport = study.file.transport
    problems = []
    for row_id, value in study.file.catalog.overrides.items():
        problems += _unknown(f"catalog.overrides.{row_id}", row_id, "the catalog", catalog.rows)
        if not math.isfinite(value):
            problems.append(f"catalog.overrides.{row_id}: must be a finite number (got {value!r})")
    known = [_prefixes(catalog, end) for end in (".rate", ".latency", ".price")]
    modules = set.intersection(*known)
    for index, module in enumerate(transport.modules):
        where = f"transport.modules[{index}]"
        problems += _unknown(where, module, "the catalog", modules)
    for index, fibers in enumerate(transport.cable_fibers):
        if f"cable.{fibers}" not in catalog.rows:
            sizes = [i.partition(".")[2] for i in catalog.rows if i.startswith("cable.")]
            offered = ", ".join(sorted((size for size in sizes if size.isdigit()), key=int))
            problems.append(
                f"transport.cable_fibers[{index}]: no cable of {fibers} fibers in the catalog. "
                f"Known: {offered}"
            )
    return problems


def _prefixes(catalog: Catalog, end: str) -> set[str]:
    return {row_id.removesuffix(end) for row_id in catalog.rows if row_id.endswith(end)}


def _unknown(where: str, value: str, table: str, known: Iterable[str]) -> list[str]:
    if value in known:
        return []
    near = difflib.get_close_matches(value, known, n=1)
    hint = f". Did you mean {near[0]!r}?" if near else ""
    return [f"{where}: {value!r} is not in {table}{hint}"]


def _sites(study: Study) -> list[str]:
    sites, geography = study.file.sites, study.file.geography
    problems = [
        f"{name}: has no rows"
        for name, rows in ((sites.campuses, study.campuses), (sites.substations, study.substations))
        if not rows
    ]
    if geography.iru_pairs and geography.iru_provider is None:
        problems.append(
            f"geography: iru_pairs {geography.iru_pairs} needs an iru_provider, the name of who "
            "offers them"
        )
    places = [
        (f"{name}, {noun} {row.id!r}", row.lon, row.lat)
        for name, noun, rows in (
            (sites.campuses, "campus", study.campuses),
            (sites.substations, "substation", study.substations),
            (geography.nodes, "node", study.nodes),
        )
        for row in rows.values()
    ]
    if not places:
        return problems
    middle_lon = statistics.median(lon for _, lon, _ in places)
    middle_lat = statistics.median(lat for _, _, lat in places)
    for where, lon, lat in places:
        given = abs(lon - middle_lon) + abs(lat - middle_lat)
        swapped = abs(lat - middle_lon) + abs(lon - middle_lat)
        if given > 60 and swapped < 30:  # degrees: another continent, and home
            problems.append(
                f"{where}: lon {lon:g} and lat {lat:g} look swapped, the other places lie near "
                f"lon {middle_lon:.4g}, lat {middle_lat:.4g}"
            )
    return problems


def _timelines(study: Study) -> list[str]:
    name = study.file.sites.power_timelines
    problems = []
    for substation, rows in study.timelines.items():
        problems += _unknown(
            f"{name}, substation_id", substation, study.file.sites.substations, study.substations
        )
        for before, after in itertools.pairwise(rows):
            if before.date == after.date:
                problems.append(f"{name}, substation {substation!r}: two rows for {after.date}")
            elif after.headroom_mw < before.headroom_mw:
                problems.append(
                    f"{name}, substation {substation!r}, {after.date}: headroom_mw falls from "
                    f"{before.headroom_mw:g} to {after.headroom_mw:g} MW; "
                    "it is cumulative and never falls"
                )
    return problems


def _tie_lines(study: Study) -> list[str]:
    problems = []
    name = study.file.sites.tie_lines
    for line in (study.tie_lines or {}).values():
        at = f"{name}, tie line {line.id!r}"
        problems += _unknown(
            f"{at}, campus_id", line.campus_id, study.file.sites.campuses, study.campuses
        )
        problems += _unknown(
            f"{at}, substation_id",
            line.substation_id,
            study.file.sites.substations,
            study.substations,
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
        problems += _unknown(
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
    for edge in study.corridors.values():
        at = f"{geography.corridors}, corridor {edge.id!r}"
        for column in ("node_a", "node_b"):
            problems += _unknown(
                f"{at}, {column}", getattr(edge, column), geography.nodes, study.nodes
            )
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
                problems += _unknown(
                    f"{at}, corridors", corridor, study.file.geography.corridors, study.corridors
                )
    return problems


def _names(study: Study) -> list[str]:
    problems = []
    rules = study.file.rules
    for key in ("forbid_campuses", "pin_campuses"):
        for campus in getattr(rules, key):
            problems += _unknown(f"rules.{key}", campus, study.file.sites.campuses, study.campuses)
    if study.file.geography.source == "tables":
        for corridor in rules.forbid_corridors:
            problems += _unknown(
                "rules.forbid_corridors", corridor, study.file.geography.corridors, study.corridors
            )
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
