"""The planner's columns to ours, and cells to rows, every problem in words."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from siting.geography.intake.kinds import Kind
from siting.geography.intake.reading import AT, LAT_NAMES, LON_NAMES
from siting.geography.intake.report import IntakeReport
from siting.messages import validation_messages
from siting.tables import Row

if TYPE_CHECKING:
    import geopandas as gpd

FROM_GEOMETRY = ("lon", "lat")
"""Columns of a table that the geometry gives."""
VOLTS = 2000.0
"""A voltage from here on is in volts, below in kV."""
_ALLOWED = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each of our columns comes from."""

    sources: Mapping[str, str]
    """Column of the file, by ours."""
    values: Mapping[str, str]
    """One value for every row, by our column."""
    absent: frozenset[str] = frozenset()
    """Ours that are needed and come from nowhere; the problems name each once."""


def choose_columns(
    kind: Kind,
    table: gpd.GeoDataFrame,
    asked: Mapping[str, str],
    values: Mapping[str, str],
    report: IntakeReport,
) -> Columns:
    """Return which column of ``table`` becomes which of ours; problems go to the report.

    Args:
        kind: what is imported.
        table: the file.
        asked: column of the file by ours, as the planner says.
        values: a value for every row by our column.
        report: takes notes and problems.
    """
    known = list(kind.row.model_fields)
    given = [str(name) for name in table.columns if name not in {AT, "geometry"}]
    sources = _asked(asked, known, given, report)
    for target in values:
        if target not in known:
            report.problems.append(_unknown("--value", target, known))
    lower = {name.lower(): name for name in reversed(given)}
    for target in known:
        if target in sources or target in values or target in FROM_GEOMETRY:
            continue
        names = (target, *kind.aliases.get(target, ()))
        match = next((lower[name] for name in names if name in lower), None)
        if match is not None and match not in sources.values():
            sources[target] = match
    absent = set()
    for target, field in kind.row.model_fields.items():
        nowhere = target not in sources and target not in values
        if field.is_required() and nowhere and target not in {*FROM_GEOMETRY, "id", "name"}:
            absent.add(target)
            report.problems.append(
                f"column {target!r} is missing; name it with --column {target}=NAME or give every "
                f"row the same with --value {target}=VALUE (columns: {', '.join(given) or 'none'})"
            )
    _note_use(sources, asked, given, report)
    return Columns(sources, values, frozenset(absent))


def _asked(
    asked: Mapping[str, str], known: Sequence[str], given: Sequence[str], report: IntakeReport
) -> dict[str, str]:
    """Return the columns that the planner names; problems go to the report."""
    sources: dict[str, str] = {}
    for target, source in asked.items():
        if target == "wkt":
            continue
        if target not in {*known, *FROM_GEOMETRY}:
            report.problems.append(_unknown("--column", target, known))
        elif source not in given:
            report.problems.append(_unknown(f"--column {target}", source, given))
        elif target not in FROM_GEOMETRY:
            sources[target] = source
    return sources


def _note_use(
    sources: Mapping[str, str], asked: Mapping[str, str], given: Sequence[str], report: IntakeReport
) -> None:
    used = [f"{target} from {source!r}" for target, source in sources.items() if target != source]
    if used:
        report.notes.append(f"columns taken: {', '.join(used)}")
    spare = {*sources.values(), *asked.values(), *LON_NAMES, *LAT_NAMES}
    left = [name for name in given if name not in spare and name.lower() not in spare]
    if left:
        report.notes.append(f"columns not used: {', '.join(left)}")


def _unknown(where: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known) or 'none'}"
    return f"{where}: no column {name!r}; {hint}"


def cells_of(
    kind: Kind, table: gpd.GeoDataFrame, columns: Columns, report: IntakeReport
) -> list[dict[str, Any]]:
    """Return the cells of every row by our columns, absent ones left out."""
    rows = []
    changed, numbered, volts = [], [], []
    for number, (at, record) in enumerate(
        zip(table[AT], table.drop(columns=[AT]).to_dict("records"), strict=True), start=1
    ):
        cells: dict[str, Any] = dict(columns.values)
        for target, source in columns.sources.items():
            value = _plain(record[source])
            if value is not None:
                cells[target] = value
        if "id" not in cells:
            cells["id"] = f"{kind.name[:-1] if kind.name != 'campuses' else 'campus'}-{number}"
            numbered.append(at)
        clean = _ALLOWED.sub("_", str(cells["id"])).strip("_.-") or f"row-{number}"
        if clean != cells["id"]:
            changed.append(f"{at} ({cells['id']!r} to {clean!r})")
        cells["id"] = clean
        if "name" in kind.row.model_fields:
            cells.setdefault("name", clean)
        if "kv" in cells:
            kilovolts = _kilovolts(str(cells["kv"]))
            if kilovolts is not None and str(cells["kv"]) != f"{kilovolts:g}":
                volts.append(f"{at} ({cells['kv']!r} to {kilovolts:g})")
                cells["kv"] = kilovolts
        if isinstance(cells.get("srlgs"), str):
            parts = (part.strip() for part in cells["srlgs"].split(";"))
            cells["srlgs"] = tuple(part for part in parts if part)
        rows.append(cells)
    report.found("without an id, numbered", numbered)
    report.found("ids changed to letters, digits, '_', '.' and '-'", changed)
    report.found("voltages brought to kV, the highest of several", volts)
    return rows


def _plain(value: Any) -> Any:  # noqa: ANN401 (cells of any file)
    """Return a cell as text, number or truth; None when it is empty."""
    import pandas as pd

    if isinstance(value, np.ndarray):
        value = value.tolist()
    if value is None or (not isinstance(value, (list, tuple)) and pd.isna(value)):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    text = str(value).strip()
    return text or None


def _kilovolts(text: str) -> float | None:
    """Return the highest of the voltages in a cell, kV."""
    try:
        highest = max(float(part) for part in text.split(";") if part.strip())
    except ValueError:
        return None
    return highest / 1000.0 if highest >= VOLTS else highest


def rows_of(
    kind: Kind,
    cells: Sequence[Mapping[str, Any]],
    places: Sequence[str],
    absent: frozenset[str],
    report: IntakeReport,
) -> list[Row | None]:
    """Validate rows; what is wrong with them goes to the problems, and the row is None.

    Cells of columns that are ``absent`` are not missed again in every row.
    """
    told = {f"column {name!r}: missing value" for name in absent}
    rows: list[Row | None] = []
    for at, values in zip(places, cells, strict=True):
        try:
            rows.append(kind.row.model_validate(values))
        except ValidationError as error:
            texts = validation_messages(error, kind.row, noun="column")
            report.problems += [
                f"{at} ({values['id']!r}), {text}" for text in texts if text not in told
            ]
            rows.append(None)
    return rows
