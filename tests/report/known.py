"""Values that a report may lack, where a test needs them."""

from __future__ import annotations

from typing import TypeVar

from siting.report.table import Cell

T = TypeVar("T")


def known(value: T | None) -> T:
    """Return a value that must be there."""
    assert value is not None
    return value


def number(cell: Cell) -> float:
    """Return a cell that must be a number."""
    assert isinstance(cell, int | float)
    return float(cell)
