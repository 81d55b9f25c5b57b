"""What the values of the catalog may be, by their unit."""

from __future__ import annotations

SIGNED_UNITS = ("dB", "ps/nm")
"""Levels, ratios in dB and dispersion, as their units begin: these may be negative."""
POSITIVE_UNITS = frozenset({"channels", "GBd", "Gb/s", "GHz", "us/km"})
"""What is counted, or divided by: more than zero."""
LIFE = "life."
"""Rows of economic lives begin so: annuities divide by them."""


def value_problem(row_id: str, unit: str, value: float) -> str | None:
    """Return what is wrong with a finite value of a row, in words; None when nothing is.

    Args:
        row_id: id of the row.
        unit: unit of the row.
        value: in that unit.
    """
    if unit.startswith(SIGNED_UNITS):
        return None
    of_unit = f"{unit} " if unit else ""
    if (unit in POSITIVE_UNITS or row_id.startswith(LIFE)) and value <= 0:
        return f"must be more than 0 {of_unit}(got {value:g})"
    if value < 0:
        return f"must be at least 0 {of_unit}(got {value:g})"
    return None
