"""A table as a page shows it: what matters left of the years, empty years gone, numbers aligned.

The workbook and the CSV files hold every column in the order of the table itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from siting.report.table import MILLION, Cell, Column, Kind, Table, shown

_LARGE, _MIDDLE = 10.0, 1.0
_PERCENT = 100.0
_TENTH = 0.05
_FINE = 0.1
_ALIGNED = ("usd", "mw", "share")


def for_page(table: Table) -> Table:
    """Return a table for a page: periods last, but for coordinates, from the first in use on."""
    empty = set(_empty_periods(table))
    places = [
        i
        for rank in range(3)
        for i, column in enumerate(table.columns)
        if _rank(column) == rank and i not in empty
    ]
    note = "First periods with nothing in them are left out." if empty else ""
    return replace(
        table,
        columns=tuple(table.columns[i] for i in places),
        rows=tuple(tuple(row[i] for i in places) for row in table.rows),
        note=f"{table.note} {note}".strip(),
    )


def texts(table: Table) -> list[list[str]]:
    """Return the cells as a reader sees them, with one number of decimals for each column."""
    digits = column_digits(table)
    return [
        [
            aligned(value, column.kind, place)
            for value, column, place in zip(row, table.columns, digits, strict=True)
        ]
        for row in table.rows
    ]


def total_text(table: Table, column: int, first: int, end: int) -> str:
    """Return a total as a reader sees it, with the decimals of its column."""
    return aligned(
        table.total(column, first, end), table.columns[column].kind, column_digits(table)[column]
    )


def column_digits(table: Table) -> list[int | None]:
    """Return the decimals of each column, the same in neighbors of one group; None: of the kind."""
    groups: dict[tuple[str, str, int], list[float]] = {}
    keys = []
    for index, column in enumerate(table.columns):
        apart = -1 if column.is_period else index
        key = (column.kind, column.group, apart)
        values = groups.setdefault(key, [])
        values += [abs(v) for row in table.rows if isinstance(v := row[index], int | float)]
        if column.is_summed:
            values += [abs(table.total(index, first, end)) for _, first, end in table.totals]
        keys.append(key)
    return [
        _digits(column.kind, groups[key]) if _is_aligned(column) else None
        for column, key in zip(table.columns, keys, strict=True)
    ]


def aligned(value: Cell, kind: Kind, digits: int | None) -> str:
    """Return a value with so many decimals; money in M USD, shares in percent.

    >>> aligned(799.3e6, "usd", 2), aligned(1_000, "usd", 2), aligned(0.0531, "share", 1)
    ('799.30', '<0.01', '5.3 %')
    """
    if digits is None or value is None or isinstance(value, str):
        return shown(value, kind)
    scaled = _scaled(value, kind) + 0.0  # no negative zero
    unit = " %" if kind == "share" else ""
    if scaled and abs(scaled) < 0.5 * 10.0**-digits:
        least = f"{10.0**-digits:.{digits}f}"
        return f"{'<' if scaled > 0 else '>-'}{least}{unit}"
    return f"{scaled:,.{digits}f}{unit}"


def _is_aligned(column: Column) -> bool:
    """Whether a column has one number of decimals: not where its rows have units of their own."""
    return column.kind in _ALIGNED and not (column.kind == "mw" and not column.unit)


def _rank(column: Column) -> int:
    return 1 if column.is_period else 2 if column.kind == "degree" else 0


def _empty_periods(table: Table) -> Iterator[int]:
    """Yield the first columns of periods of each group that hold nothing, never its last one."""
    groups: dict[str, list[int]] = {}
    for index, column in enumerate(table.columns):
        if column.is_period:
            groups.setdefault(column.group, []).append(index)
    for places in groups.values():
        for index in places[:-1]:
            if not table.rows or any(row[index] for row in table.rows):
                break
            yield index


def _scaled(value: float, kind: Kind) -> float:
    return value / MILLION if kind == "usd" else value * _PERCENT if kind == "share" else value


def _digits(kind: Kind, sizes: list[float]) -> int:
    scaled = [_scaled(size, kind) for size in sizes]
    largest = max(scaled, default=0.0)
    if kind == "mw":
        return int(any(abs(size - round(size)) >= _TENTH for size in scaled))
    if kind == "share":
        least = min((size for size in scaled if size), default=0.0)
        fine = largest >= _MIDDLE or least >= _FINE or not largest
        return 1 if least >= _LARGE else 2 if fine else 4
    return 2 if largest >= _LARGE or not largest else 3 if largest >= _MIDDLE else 4
