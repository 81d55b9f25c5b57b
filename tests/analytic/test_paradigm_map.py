"""The map of paradigms in ``docs/`` is what its program draws, and says what it should."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from siting.catalog import load_catalog

DOCS = Path(__file__).resolve().parents[2] / "docs"
CATALOG = load_catalog()


@pytest.fixture(scope="module")
def drawn() -> ModuleType:
    spec = importlib.util.spec_from_file_location("paradigm_map", DOCS / "paradigm_map.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_picture_is_the_committed_one(drawn: ModuleType) -> None:
    assert drawn.PICTURE.read_text("utf-8") == drawn.picture(CATALOG), "run docs/paradigm_map.py"


@pytest.mark.parametrize(
    ("km", "value", "name"),
    [
        (2, 10.4, "synchronous"),
        (40, 10.4, "hierarchical"),
        (2, 1.0, "hierarchical"),
        (2, 0.1, "compressed"),
        (500, 10.4, "compressed"),
        (3000, 0.1, "compressed"),
    ],
)
def test_winner(drawn: ModuleType, km: float, value: float, name: str) -> None:
    assert drawn.winner(CATALOG, km, value) == name


def test_lower_envelope_is_that_of_every_point(drawn: ModuleType) -> None:
    for km in (1.0, 15.0, 90.0, 700.0):
        found = drawn.lines(CATALOG, km)
        for name, low, high in drawn.winners(found, 0.1, 30.0):
            for share in (0.1, 0.5, 0.9):
                value = low + share * (high - low)
                costs = {line.paradigm: line.cost(value) for line in found}
                assert costs[name] == pytest.approx(min(costs.values()))


def test_budgets_bound_the_distance(drawn: ModuleType) -> None:
    km = drawn.budget_km(CATALOG, "synchronous")
    assert km == pytest.approx(2.0 / 0.0098, rel=0.02)
    assert "synchronous" in {line.paradigm for line in drawn.lines(CATALOG, km - 1)}
    assert "synchronous" not in {line.paradigm for line in drawn.lines(CATALOG, km + 1)}
