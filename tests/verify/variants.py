"""Worlds beside that of :mod:`tests.verify.world`: each shows rules that the first does not use.

:mod:`tests.verify.world_sites` has those of power, sites and training,
:mod:`tests.verify.world_network` those of fiber, optics, huts and faults.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from siting.plan import Plan
from tests.verify.repricing import repriced
from tests.verify.world import TABLES, World, make_world
from tests.verify.world_network import NETWORK_VARIANTS
from tests.verify.world_sites import SITE_VARIANTS, Cells, Variant, rows_with

VARIANTS: dict[str, Variant] = SITE_VARIANTS | NETWORK_VARIANTS


def make_variant(
    name: str, folder: Path, changes: Mapping[str, Any] | None = None, cells: Cells | None = None
) -> World:
    """Return the world ``name``, priced; then its study changes, and cells of its tables."""
    variant = VARIANTS[name]
    world = make_world(folder, variant.study, variant.tables)
    data = copy.deepcopy(world.plan)
    variant.plan(data, world)
    plan = repriced(world, Plan.model_validate(data)).model_dump(mode="json")
    if changes or cells:
        tables = TABLES | variant.tables
        for table, rows in (cells or {}).items():
            tables[table] = rows_with(tables[table], rows)
        world = make_world(folder, {**variant.study, **(changes or {})}, tables)
    return replace(world, plan=plan)
