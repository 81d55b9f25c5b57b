"""The equipment and cost catalog: one value per id, each with unit, source, life and lead time."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from siting._paths import DATA
from siting.catalog_values import value_problem
from siting.errors import CatalogError, problems_message

COLUMNS = (
    "id",
    "item",
    "unit",
    "low",
    "base",
    "high",
    "life_years",
    "lead_time_years",
    "mark",
    "source",
    "as_of",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRow:
    """One fact: low, base and high value with unit, life, lead time and source."""

    id: str
    item: str
    unit: str
    low: float
    base: float
    high: float
    life_years: float | None
    lead_time_years: float | None
    mark: str
    source: str
    as_of: str
    note: str
    file: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Rows by id, read in one column, with overrides."""

    rows: dict[str, CatalogRow]
    column: str
    overrides: dict[str, float]

    def row(self, row_id: str) -> CatalogRow:
        """Return the row of ``row_id``.

        Raises:
            CatalogError: there is no such row.
        """
        try:
            return self.rows[row_id]
        except KeyError:
            near = difflib.get_close_matches(row_id, self.rows, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = f"catalog: no row {row_id!r}.{hint}"
            raise CatalogError(msg) from None

    def value(self, row_id: str) -> float:
        """Return the value of ``row_id`` in its own unit."""
        row = self.row(row_id)
        if row_id in self.overrides:
            return self.overrides[row_id]
        return float(getattr(row, self.column))

    def life_years(self, row_id: str) -> float:
        """Return the economic life of the asset of ``row_id``, years."""
        life = self.row(row_id).life_years
        if life is None:
            msg = f"catalog: row {row_id!r} has no life_years, the study charges it as an annuity"
            raise CatalogError(msg)
        return life

    def lead_time_years(self, row_id: str) -> float:
        """Return the lead time of the asset of ``row_id``, years; 0 when blank."""
        return self.row(row_id).lead_time_years or 0.0


def load_catalog(
    source: str = "bundled",
    *,
    column: str = "base",
    overrides: Mapping[str, float] | None = None,
    folder: Path | None = None,
) -> Catalog:
    """Read the catalog.

    Args:
        source: ``bundled``, or a folder with CSV files of the columns :data:`COLUMNS`.
        column: ``low``, ``base`` or ``high``.
        overrides: value by id, in the unit of the row.
        folder: folder against which ``source`` is resolved.

    Raises:
        CatalogError: a file is missing or wrong (all problems at once); an override names no row.
    """
    where = DATA / "catalog" if source == "bundled" else (folder or Path()) / source
    files = sorted(where.glob("*.csv"))
    if not files:
        msg = f"catalog {where}: no CSV file. A catalog is a folder of CSV files, or 'bundled'"
        raise CatalogError(msg)
    rows: dict[str, CatalogRow] = {}
    problems: list[str] = []
    for file in files:
        _read_file(file, rows, problems)
    for row_id in overrides or {}:
        if row_id not in rows:
            near = difflib.get_close_matches(row_id, rows, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            problems.append(f"catalog.overrides: no row {row_id!r}.{hint}")
    if problems:
        raise CatalogError(problems_message(f"catalog {where.name}", problems))
    return Catalog(rows, column, dict(overrides or {}))


def _read_file(file: Path, rows: dict[str, CatalogRow], problems: list[str]) -> None:
    with file.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            problems.append(f"{file.name}: missing column {', '.join(map(repr, missing))}")
            return
        for line, cells in enumerate(reader, start=2):
            at = f"{file.name}, row {line} ({cells['id']!r})"
            numbers = _numbers(at, cells, problems)
            low, base, high = numbers["low"], numbers["base"], numbers["high"]
            if low is None or base is None or high is None:
                continue
            for column, number in (("low", low), ("base", base), ("high", high)):
                wrong = value_problem(cells["id"], (cells["unit"] or "").strip(), number)
                if wrong:
                    problems.append(f"{at}, column {column!r}: {wrong}")
            if numbers["life_years"] is not None and numbers["life_years"] <= 0:
                problems.append(
                    f"{at}, column 'life_years': must be more than 0, or blank "
                    f"(got {numbers['life_years']:g})"
                )
            if numbers["lead_time_years"] is not None and numbers["lead_time_years"] < 0:
                problems.append(
                    f"{at}, column 'lead_time_years': must be at least 0 "
                    f"(got {numbers['lead_time_years']:g})"
                )
            if not low <= base <= high:
                problems.append(f"{at}: low <= base <= high fails ({low:g}, {base:g}, {high:g})")
            if cells["id"] in rows:
                problems.append(f"{at}: id is already in {rows[cells['id']].file}")
            rows[cells["id"]] = CatalogRow(
                **{c: (cells[c] or "").strip() for c in ("id", "item", "unit")},
                low=low,
                base=base,
                high=high,
                life_years=numbers["life_years"],
                lead_time_years=numbers["lead_time_years"],
                **{c: (cells[c] or "").strip() for c in ("mark", "source", "as_of", "note")},
                file=file.name,
            )


def _numbers(at: str, cells: dict[str, str], problems: list[str]) -> dict[str, float | None]:
    """Return the numbers of a row by column, None where blank or wrong."""
    numbers: dict[str, float | None] = {}
    for column in ("low", "base", "high", "life_years", "lead_time_years"):
        text = (cells[column] or "").strip()
        numbers[column] = None
        if not text:
            if column in {"low", "base", "high"}:
                problems.append(f"{at}, column {column!r}: missing value")
            continue
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            problems.append(f"{at}, column {column!r}: not a number (got {text!r})")
            continue
        numbers[column] = number
    return numbers
