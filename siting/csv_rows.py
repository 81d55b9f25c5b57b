"""Reading CSV tables into rows, with every problem in words: file, row, column, value."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from siting.messages import validation_messages
from siting.tables import Row

R = TypeVar("R", bound=Row)


def read_rows(path: Path, row_type: type[R], problems: list[str], name: str = "") -> list[R]:
    """Read a CSV file into rows; append every problem to ``problems``.

    Args:
        path: the file.
        row_type: the class of its rows.
        problems: problems of all tables.
        name: what messages call the file; its name when empty.
    """
    return [row for _, row in _numbered_rows(path, row_type, problems, name or path.name)]


def read_by_id(path: Path, row_type: type[R], problems: list[str], name: str = "") -> dict[str, R]:
    """Read a CSV file into rows by ``id``; append every problem to ``problems``."""
    name = name or path.name
    rows: dict[str, R] = {}
    first: dict[str, int] = {}
    for number, row in _numbered_rows(path, row_type, problems, name):
        row_id = str(row.id)  # type: ignore[attr-defined]
        if row_id in rows:
            problems.append(
                f"{name}, row {number}: id {row_id!r} is already in row {first[row_id]}"
            )
            continue
        rows[row_id] = row
        first[row_id] = number
    return rows


def _numbered_rows(
    path: Path, row_type: type[R], problems: list[str], name: str
) -> Iterator[tuple[int, R]]:
    """Yield rows with their number in a spreadsheet: the header is row 1, blank rows count."""
    lines = _read_cells(path, problems, name)
    if not lines:
        return
    header = [cell.strip() for cell in lines[0]]
    if not _header_is_right(header, row_type, problems, name):
        return
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _row(header, cells, row_type, problems, f"{name}, row {number}")
        if row is not None:
            yield number, row


def _read_cells(path: Path, problems: list[str], name: str) -> list[list[str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            lines = list(csv.reader(handle, strict=True))
    except FileNotFoundError:
        problems.append(f"{name}: no such file in {path.parent}")
        return []
    except UnicodeDecodeError:
        problems.append(f"{name}: is not UTF-8 text")
        return []
    except OSError as error:
        problems.append(f"{name}: cannot be read ({error.strerror})")
        return []
    except csv.Error as error:
        problems.append(f"{name}: is not CSV ({error})")
        return []
    if not lines:
        problems.append(f"{name}: is empty, it must start with a row of column names")
    return lines


def _header_is_right(
    header: list[str], row_type: type[Row], problems: list[str], name: str
) -> bool:
    fields = row_type.model_fields
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            problems.append(f"{name}: columns are separated by {word}, they must be by commas")
            return False
    before = len(problems)
    for column in dict.fromkeys(header):
        if not column:
            problems.append(f"{name}: column {header.index(column) + 1} has no name")
            continue
        if header.count(column) > 1:
            problems.append(f"{name}: column {column!r} is given twice")
        if column not in fields:
            near = difflib.get_close_matches(column, fields, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(fields)}"
            problems.append(f"{name}: unknown column {column!r}. {hint}")
    problems += [
        f"{name}: missing column {column!r}"
        for column, field in fields.items()
        if field.is_required() and column not in header
    ]
    return len(problems) == before


def _row(
    header: list[str], cells: list[str], row_type: type[R], problems: list[str], at: str
) -> R | None:
    if len(cells) > len(header):
        problems.append(f"{at}: has {len(cells)} cells, the header has {len(header)}")
        return None
    fields = row_type.model_fields
    values: dict[str, Any] = {}
    for column, text in zip(header, cells, strict=False):
        cell = text.strip()
        if cell:
            is_names = fields[column].annotation == tuple[str, ...]
            values[column] = _names(cell) if is_names else cell
    label = f"{at} ({values['id']!r})" if "id" in values else at
    try:
        return row_type.model_validate(values)
    except ValidationError as error:
        texts = validation_messages(error, row_type, noun="column")
        if _swapped(values):
            problems.append(
                f"{label}: lon {values['lon']} and lat {values['lat']} look swapped; "
                "lon is east-west (-180 to 180), lat is north-south (-90 to 90)"
            )
            texts = [text for text in texts if not text.startswith("column 'lat'")]
        problems += [f"{label}, {text}" for text in texts]
        return None


def _names(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _swapped(values: dict[str, Any]) -> bool:
    """Whether the latitude is none and the longitude would be one."""
    try:
        lon, lat = float(values["lon"]), float(values["lat"])
    except (KeyError, ValueError):
        return False
    return 90 < abs(lat) <= 180 and abs(lon) <= 90
