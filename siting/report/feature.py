"""A thing on the map."""

from __future__ import annotations

from dataclasses import dataclass, field

from siting.report.shapes import Line
from siting.report.table import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A thing on the map."""

    id: str
    title: str
    lines: tuple[str, ...]
    """Text below the title."""
    points: Line
    """One point, or a polyline."""
    start: int = 0
    """Period from which it is in service; 0 for candidates."""
    lane: int = 0
    """Lane of a route beside others on the same corridor."""
    size: float = 0.0
    """What a symbol's size shows: MW of a campus."""
    values: dict[str, Cell] = field(default_factory=dict)
    """Columns of GIS files, units in their names."""
