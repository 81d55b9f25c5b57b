"""Checks between the parts of a study: tables, names, catalog."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from siting.catalog_values import value_problem
from siting.messages import repeated, unknown
from siting.network_checks import TABLES, network_check
from siting.power_checks import power_catalog_check, power_check
from siting.workload_checks import workload_check

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import Rules, Study


def cross_check(study: Study, catalog: Catalog) -> list[str]:
    """Return every inconsistency between the parts of ``study``, in words.

    Args:
        study: the study.
        catalog: its catalog; overrides of the study are applied to what is read of it here.
    """
    overrides = study.file.catalog.overrides
    known = {row: value for row, value in overrides.items() if row in catalog.rows}
    return [
        *power_check(study),
        *network_check(study),
        *_transport(study),
        *_rules(study),
        *workload_check(study, replace(catalog, overrides=known)),
    ]


def catalog_check(study: Study, catalog: Catalog) -> list[str]:
    """Return every catalog row that ``study`` names and ``catalog`` lacks, in words."""
    transport = study.file.transport
    problems = []
    for row_id, value in study.file.catalog.overrides.items():
        problems += unknown(f"catalog.overrides.{row_id}", row_id, "the catalog", catalog.rows)
        if not math.isfinite(value):
            problems.append(f"catalog.overrides.{row_id}: must be a finite number (got {value!r})")
        elif row_id in catalog.rows:
            wrong = value_problem(row_id, catalog.rows[row_id].unit, value)
            if wrong:
                problems.append(f"catalog.overrides.{row_id}: {wrong}")
    known = [_prefixes(catalog, end) for end in (".rate", ".latency", ".price")]
    modules = set.intersection(*known)
    for index, module in enumerate(transport.modules):
        where = f"transport.modules[{index}]"
        problems += unknown(where, module, "the catalog", modules)
    for module in transport.module_dates:
        problems += unknown(f"transport.module_dates.{module}", module, "the catalog", modules)
    for index, fibers in enumerate(transport.cable_fibers):
        if f"cable.{fibers}" not in catalog.rows:
            sizes = [i.partition(".")[2] for i in catalog.rows if i.startswith("cable.")]
            offered = ", ".join(sorted((size for size in sizes if size.isdigit()), key=int))
            problems.append(
                f"transport.cable_fibers[{index}]: no cable of {fibers} fibers in the catalog. "
                f"Known: {offered}"
            )
    return [*problems, *power_catalog_check(study, catalog)]


def _prefixes(catalog: Catalog, end: str) -> set[str]:
    return {row_id.removesuffix(end) for row_id in catalog.rows if row_id.endswith(end)}


def _transport(study: Study) -> list[str]:
    transport = study.file.transport
    problems = []
    for key in ("fiber_types", "modules", "terminals", "amplifier_types", "hut_classes"):
        problems += repeated(f"transport.{key}", getattr(transport, key))
    if "multi_rail" in transport.amplifier_types and "roadm_cl" not in transport.terminals:
        problems.append(
            "transport.amplifier_types: 'multi_rail' amplifies C+L and needs the terminal "
            "'roadm_cl', which is not in transport.terminals"
        )
    return problems


def _rules(study: Study) -> list[str]:
    problems = []
    rules = study.file.rules
    for key in ("forbid_campuses", "pin_campuses"):
        for campus in getattr(rules, key):
            problems += unknown(f"rules.{key}", campus, study.file.sites.campuses, study.campuses)
    if study.file.geography.source == TABLES:
        for key in ("forbid_corridors", "pin_corridors"):
            for corridor in getattr(rules, key):
                problems += unknown(
                    f"rules.{key}", corridor, study.file.geography.corridors, study.corridors
                )
    for key in ("forbid_substations", "pin_substations"):
        for substation in getattr(rules, key):
            problems += unknown(
                f"rules.{key}", substation, study.file.sites.substations, study.substations
            )
    return [*problems, *_pinned_and_forbidden(rules)]


def _pinned_and_forbidden(rules: Rules) -> list[str]:
    """Return what the planner wants and forbids at once."""
    problems = [
        f"rules: {kind} {name!r} is both pinned and forbidden"
        for kind, pinned, forbidden in (
            ("campus", rules.pin_campuses, rules.forbid_campuses),
            ("substation", rules.pin_substations, rules.forbid_substations),
            ("corridor", rules.pin_corridors, rules.forbid_corridors),
            ("hut", rules.pin_huts, rules.forbid_huts),
        )
        for name in pinned
        if name in forbidden
    ]
    barred = {way for path in rules.forbid_routes for way in (path, path[::-1])}
    for index, path in enumerate(rules.pin_routes):
        where = f"rules.pin_routes[{index}]"
        if path in barred:
            problems.append(f"{where}: {' - '.join(path)} is both pinned and forbidden")
        problems += [
            f"{where}: takes corridor {corridor!r}, which rules.forbid_corridors forbids"
            for corridor in path
            if corridor in rules.forbid_corridors
        ]
    return problems
