"""A thing to order: one entry of the bill of materials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from siting.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing to order: cost line, name, unit, unit price, and how many in each period."""

    line: str
    name: str
    unit: str
    price_usd: float | None
    """None: not known here, or no capital."""
    added: Sequence[float]
    site: str = ""
    """Where it goes; named where the price depends on the place."""


def once(view: View, start: int | None, quantity: float = 1.0) -> list[float]:
    """Return a quantity added in its first period, none when it stands already."""
    return [quantity if index == start else 0.0 for index in range(len(view.periods))]


def total_of(*values: float | None) -> float | None:
    """Return a sum, None when a part is not known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def times(factor: float, value: float | None) -> float | None:
    """Return a product, None when the value is not known."""
    return None if value is None else factor * value
