"""Whatever single entry of a good plan is changed, the plan is rejected, and no check raises."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from siting.plan import Plan
from siting.verify import verify
from tests.verify.variants import VARIANTS, make_variant
from tests.verify.world import World, put

FREE = re.compile(
    r"provenance\.|periods\.|bounds\.bound_scope|bounds\.network_bound_scope"
    r"|links\.\d+\.routes\.\d+\.id$|alternatives(\.0\.(bound_usd|unserved_mw_years))?$"
)
"""Entries that name or describe: the verifier takes them as they are."""


def entries(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted key and value of every entry, lists and mappings included."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        here = f"{path}{key}"
        yield here, value
        if isinstance(value, dict | list):
            yield from entries(value, f"{here}.")


def changes(value: Any) -> list[Any]:
    """Return other values for an entry: near, wrong, of another length."""
    if isinstance(value, int | float):
        return [value + 1, 0 if value else 2, 1e12, float("nan"), 10**6]
    if isinstance(value, str):
        return ["nowhere", ""]
    if isinstance(value, list):
        return [value[:-1], [*value, *value[-1:]], []]
    if isinstance(value, dict):
        return [{}, {"nowhere": next(iter(value.values()), None)}]
    return ["nowhere", 1]


def plans(world: World) -> Iterator[tuple[str, Any, Plan]]:
    for key, value in entries(world.plan):
        for other in changes(value):
            if other == value:
                continue
            data = copy.deepcopy(world.plan)
            put(data, key, other)
            try:
                yield key, other, Plan.model_validate(data)
            except ValidationError:
                continue


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS)
def test_any_change_is_caught(name, tmp_path):
    world = make_variant(name, tmp_path)
    tried, missed = 0, []
    for key, other, plan in plans(world):
        tried += 1
        found = verify(plan, world.study, world.network, world.catalog)
        found.model_dump_json()
        if found.accepted and not FREE.match(key):
            missed.append((key, other))
    assert missed == []
    assert tried > 1000
