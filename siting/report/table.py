"""A table as every output shows it: on the page, in the workbook, as CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Cell = str | float | None
Kind = Literal[
    "text",
    "count",
    "mw",
    "kw",
    "km",
    "ms",
    "usd",
    "price",
    "share",
    "nines",
    "gbps",
    "pj",
    "hours",
    "degree",
    "db",
]

_DECIMALS = {
    "count": 0,
    "kw": 1,
    "km": 1,
    "ms": 3,
    "price": 0,
    "gbps": 0,
    "pj": 1,
    "hours": 2,
    "degree": 5,
    "db": 2,
}
MILLION = 1e6
_TINY = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, unit and kind of number."""

    name: str
    unit: str = ""
    kind: Kind = "text"
    group: str = ""
    """Heading above several columns, such as ``IT MW by period``."""
    is_period: bool = False
    """One of the columns that :func:`by_period` makes."""
    is_summed: bool = False
    """Totals of this column make sense."""
    total: float | None = None
    """Shown as the total instead of the sum, where rows share things."""
    formula: str = ""
    """Live formula of the workbook; ``{row}`` is the row, ``{total}`` that of the last total."""

    @property
    def label(self) -> str:
        """Name with unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns, with totals over ranges of rows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[str, int, int], ...] = ()
    """(label, first row, end row): sums of rows, shown below them."""
    strong: frozenset[int] = field(default_factory=frozenset)
    """Rows that stand out."""
    note: str = ""
    count: str = ""
    """Beside the title of a folded table, instead of the number of rows."""

    def total(self, column: int, first: int, end: int) -> float:
        """Return the sum of a column over a range of rows, or the total that it names itself."""
        named = self.columns[column].total
        if named is not None:
            return named
        return sum(v for row in self.rows[first:end] if isinstance(v := row[column], int | float))

    def write_csv(self, path: Path) -> None:
        """Write the rows, without totals, with units in the header."""
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow([csv_label(column) for column in self.columns])
            writer.writerows([["" if v is None else v for v in row] for row in self.rows])


def csv_label(column: Column) -> str:
    """Return the header of a CSV file: group, name and unit.

    >>> csv_label(Column(name="2027", unit="IT MW", group="Built"))
    'Built 2027 (IT MW)'
    """
    return f"{column.group} {column.label}".strip()


def by_period(
    periods: Iterable[str], group: str, unit: str, kind: Kind, *, is_summed: bool = True
) -> tuple[Column, ...]:
    """Return one column for each period."""
    return tuple(
        Column(name=label, unit=unit, kind=kind, group=group, is_period=True, is_summed=is_summed)
        for label in periods
    )


def shown(value: Cell, kind: Kind) -> str:
    """Return a value as a reader sees it; money in M USD.

    >>> shown(1234567.0, "usd"), shown(0.0531, "share"), shown(None, "km"), shown(12.0, "km")
    ('1.23', '5.31 %', '\N{EN DASH}', '12.0')
    """
    if value is None or isinstance(value, str):
        return "\N{EN DASH}" if value is None else value
    words = {
        "usd": millions,
        "share": percent,
        "nines": nines,
        "mw": megawatts,
        "text": "{:g}".format,
    }
    if kind in words:
        return words[kind](value)
    return f"{value:,.{_DECIMALS[kind]}f}"


def millions(usd: float) -> str:
    """Return M USD with decimals fit for its size.

    >>> millions(12_345_678_900), millions(4_200_000), millions(12_345), millions(0)
    ('12,345.7', '4.20', '0.0123', '0')
    """
    size = abs(usd) / MILLION
    if not size:
        return "0"
    digits = next((d for limit, d in ((10.0, 1), (1.0, 2), (0.1, 3)) if size >= limit), 4)
    return f"{usd / MILLION:,.{digits}f}"


def percent(fraction: float) -> str:
    """Return a percentage that never hides a small one.

    >>> percent(0.25), percent(0.00004), percent(1e-9), percent(0.0)
    ('25.0 %', '0.0040 %', 'under 0.0001 %', '0 %')
    """
    value = 100 * fraction
    if not value:
        return "0 %"
    if abs(value) < _TINY:
        return "under 0.0001 %"
    digits = next((d for limit, d in ((10.0, 1), (0.1, 2)) if abs(value) >= limit), 4)
    return f"{value:,.{digits}f} %"


def nines(fraction: float) -> str:
    """Return an availability in percent, with as many digits as its nines deserve.

    >>> nines(0.99), nines(0.9996), nines(0.999998), nines(1.0)
    ('99.00 %', '99.960 %', '99.99980 %', '100 %')
    """
    missing = 1 - fraction
    if missing <= 0:
        return "100 %"
    digits = min(max(2, math.ceil(-math.log10(missing) - 1e-9) - 1), 9)
    return f"{100 * fraction:.{digits}f} %"


def dollars(usd: float) -> str:
    """Return an amount in words: USD, thousands, millions or billions.

    >>> dollars(2_345_000_000), dollars(12_340_000), dollars(12_345), dollars(0.4)
    ('2.35 B USD', '12.3 M USD', '12.3 k USD', '0 USD')
    """
    for size, unit in ((1e9, "B"), (MILLION, "M"), (1e3, "k")):
        if abs(usd) >= size:
            value = usd / size
            digits = next((d for limit, d in ((100.0, 0), (10.0, 1)) if abs(value) >= limit), 2)
            return f"{value:,.{digits}f} {unit} USD"
    return f"{usd:.0f} USD"


def megawatts(value: float) -> str:
    """Return MW without needless decimals.

    >>> megawatts(1200.0), megawatts(12.345), megawatts(0.0)
    ('1,200', '12.3', '0')
    """
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def over_time(values: Sequence[float], periods: Sequence[str], unit: str = "") -> str:
    """Return a series in words: only its changes.

    >>> over_time((0, 120, 120, 240), ("2027", "2028", "2029", "2030"), "MW")
    '120 MW from 2028, 240 MW from 2030'
    >>> over_time((0, 0), ("2027", "2028"))
    'none'
    """
    parts: list[str] = []
    last = 0.0
    for value, period in zip(values, periods, strict=True):
        if value != last:
            parts.append(f"{megawatts(value)}{' ' if unit else ''}{unit} from {period}")
            last = value
    return ", ".join(parts) or "none"


def listed(names: Sequence[str]) -> str:
    """Return names as a phrase.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
