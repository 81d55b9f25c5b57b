"""Which tables a report has, in order: sections of the page, sheets of the workbook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from siting.report.accelerators import accelerator_table
from siting.report.availability import availability_table
from siting.report.caps import caps_table
from siting.report.costs import cost_table
from siting.report.data import exclusion_table, screening_table
from siting.report.entities import entity_table
from siting.report.key_figures import key_figures_table, served_table
from siting.report.links import link_table, lit_table, route_table, span_table
from siting.report.materials import bill_of_materials
from siting.report.multisite import multisite_table
from siting.report.plant import corridor_table, hut_table
from siting.report.power import bridging_table, feed_table, upgrade_table
from siting.report.provenance import notes_table, provenance_table, violation_table
from siting.report.race import race_table
from siting.report.radius import distance_table
from siting.report.rules import rule_table
from siting.report.sites import campus_table, energization_table, substation_table, tie_line_table
from siting.report.standing import brownfield_table
from siting.report.table import Table
from siting.report.terrain import build_cost_table
from siting.report.training import (
    goodput_table,
    resilience_table,
    role_table,
    training_changes_table,
    training_table,
)
from siting.report.view import View
from siting.report.why import shortfall_table, why_table

Maker = Callable[[View], Table]

SHEETS: Final[tuple[tuple[str, tuple[Maker, ...]], ...]] = (
    ("Costs", (cost_table, multisite_table, caps_table)),
    ("Bill of materials", (bill_of_materials,)),
    ("Campuses", (campus_table, energization_table, accelerator_table, role_table)),
    ("Power", (substation_table, tie_line_table, feed_table, upgrade_table, bridging_table)),
    ("Race", (race_table,)),
    ("Why", (why_table, shortfall_table)),
    ("Training", (training_table, goodput_table, resilience_table)),
    ("Links", (link_table, distance_table, availability_table)),
    ("Routes", (route_table, lit_table)),
    ("Spans", (span_table,)),
    ("Huts", (hut_table,)),
    ("Corridors", (corridor_table, build_cost_table)),
    ("Stands already", (brownfield_table,)),
    ("Entities", (entity_table,)),
    ("Rules", (rule_table,)),
    ("Data", (exclusion_table, screening_table)),
    ("Provenance", (provenance_table,)),
    ("Notes", (notes_table,)),
)
"""Sheets of the workbook with their tables."""

PAGE: Final[tuple[Maker, ...]] = (
    served_table,
    key_figures_table,
    energization_table,
    race_table,
    cost_table,
    multisite_table,
    accelerator_table,
    shortfall_table,
    why_table,
    training_changes_table,
    goodput_table,
    resilience_table,
    role_table,
    link_table,
    distance_table,
    availability_table,
    route_table,
    lit_table,
    bill_of_materials,
    campus_table,
    substation_table,
    tie_line_table,
    feed_table,
    upgrade_table,
    bridging_table,
    brownfield_table,
    caps_table,
    rule_table,
    corridor_table,
    build_cost_table,
    hut_table,
    span_table,
    entity_table,
    exclusion_table,
    screening_table,
    provenance_table,
    violation_table,
)
"""Tables of the page in order; the template places the first ones beside charts and map."""

FOLDED: Final = (
    "why",
    "rules",
    "corridors",
    "build-costs",
    "huts",
    "spans",
    "entities",
    "provenance",
)
"""Tables of the page that open on demand, unless a row stands out."""
LEFT_OUT: Final = (
    "shortfalls",
    "accelerators",
    "upgrades",
    "bridging",
    "brownfield",
    "build-costs",
    "violations",
)
"""Tables that are left out of the page when they have no row."""
