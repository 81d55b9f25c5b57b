"""Checks between the parts of a study: tables, names, catalog."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siting.messages import repeated, unknown
from siting.network_checks import TABLES, network_check
from siting.power_checks import power_catalog_check, power_check
from siting.workload_checks import workload_check

if TYPE_CHECKING:
    from siting.catalog import Catalog
    from siting.study import Study


def cross_check(study: Study) -> list[str]:
    """Return every inconsistency between the parts of ``study``, in words."""
    return [
        *power_check(study),
        *network_check(study),
        *_transport(study),
        *_rules(study),
        *workload_check(study),
    ]


def catalog_check(study: Study, catalog: Catalog) -> list[str]:
    """Return every catalog row that ``study`` names and ``catalog`` lacks, in words."""
    transport = study.file.transport
    problems = []
    for row_id, value in study.file.catalog.overrides.items():
        problems += unknown(f"catalog.overrides.{row_id}", row_id, "the catalog", catalog.rows)
        if not math.isfinite(value):
            problems.append(f"catalog.overrides.{row_id}: must be a finite number (got {value!r})")
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
        for corridor in rules.forbid_corridors:
            problems += unknown(
                "rules.forbid_corridors", corridor, study.file.geography.corridors, study.corridors
            )
    for substation in rules.forbid_substations:
        problems += unknown(
            "rules.forbid_substations", substation, study.file.sites.substations, study.substations
        )
    problems += [
        f"rules: campus {campus!r} is both pinned and forbidden"
        for campus in rules.pin_campuses
        if campus in rules.forbid_campuses
    ]
    return problems
