"""Import a file: read, map, clean, validate, write; or refuse it with every problem at once."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from siting.errors import GeographyError, problems_message
from siting.geography.intake.cleaning import clean, shape_key
from siting.geography.intake.kinds import KINDS, CorridorLayerRow, Kind
from siting.geography.intake.mapping import Columns, cells_of, choose_columns, rows_of
from siting.geography.intake.reading import AT, check_area, read_source
from siting.geography.intake.report import IntakeReport
from siting.geography.intake.tables import (
    csv_text,
    kept,
    near_campuses,
    place_huts,
    without_repeats,
)
from siting.geography.plane import plane_of
from siting.geography.region.folder import file_sha256
from siting.geography.region.noding import Drawn, noded
from siting.geography.region.quality import GAP_M, quality_of
from siting.tables import Row

if TYPE_CHECKING:
    import geopandas as gpd

    from siting.network import CandidateNetwork

_RULE = re.compile(r"\s*(\w+)\s*(>=|<=|>|<|==?)\s*([-+.\deE]+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOptions:
    """How a file is read."""

    layers: Sequence[str] = ()
    """Layers of the file, ``all`` for all; none: the only one."""
    crs: str | None = None
    """Coordinate system of layers that name none."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column of the file by ours."""
    values: Mapping[str, str] = field(default_factory=dict)
    """A value for every row, by our column."""
    keep: Sequence[str] = ()
    """Only rows that fit, e.g. ``kv>=230``."""
    skip_bad_rows: bool = False
    """Leave out rows that are not valid instead of refusing the file."""
    replace: bool = False
    """Replace what is there."""
    network: CandidateNetwork | None = None
    """Of a study with tables: huts without a place are put on its corridors."""


def import_data(
    path: Path, kind_name: str, folder: Path, options: IntakeOptions | None = None
) -> IntakeReport:
    """Import a file as a layer of a region folder, or as a table of a study.

    Args:
        path: GeoPackage, Shapefile, GeoJSON, KML, KMZ, GeoParquet or CSV.
        kind_name: one of :data:`siting.geography.intake.kinds.KINDS`.
        folder: a region folder (corridors, conduits, exclusions), or that of a study.
        options: how the file is read.

    Raises:
        GeographyError: the file is refused; nothing is written. The message lists every problem.
    """
    options = options or IntakeOptions()
    if kind_name not in KINDS:
        raise GeographyError(f"kind: must be one of {', '.join(KINDS)} (got {kind_name!r})")
    kind = KINDS[kind_name]
    target = folder / kind.file
    report = IntakeReport(source=str(path), kind=kind.name, target=str(target))
    rules = [_rule(text, kind, report) for text in options.keep]
    if target.exists() and not options.replace:
        report.problems.append(f"{target} is there already; --replace replaces it")
    table = read_source(path, report, options.layers, options.crs, options.columns)
    if table is not None:
        check_area(table, _bounds(folder), report)
        columns = choose_columns(
            kind,
            table,
            options.columns,
            options.values,
            report,
        )
        made = _made(kind, table, columns, [rule for rule in rules if rule], options, report)
        if not report.problems and made:
            _write(kind, made, target, report)
            _note_import(folder, path, report)
            return report
        if not report.problems:
            report.problems.append("nothing is left to write")
    raise GeographyError(problems_message(f"{path} as {kind.name}", report.problems))


def _rule(text: str, kind: Kind, report: IntakeReport) -> tuple[str, str, float] | None:
    match = _RULE.fullmatch(text)
    if match is None or match[1] not in kind.row.model_fields:
        names = ", ".join(kind.row.model_fields)
        report.problems.append(
            f"--keep {text!r}: must be a column, a sign and a number, e.g. 'kv>=230' "
            f"(columns: {names})"
        )
        return None
    return match[1], match[2], float(match[3])


def _bounds(folder: Path) -> list[float] | None:
    """Return the box of the area that was fetched into a folder."""
    path = folder / "manifest.json"
    if not path.is_file():
        return None
    bounds = json.loads(path.read_text(encoding="utf-8")).get("bounds")
    return [float(x) for x in bounds] if bounds else None


Made = list[tuple[Row, shapely.Geometry]]


def _made(
    kind: Kind,
    table: gpd.GeoDataFrame,
    columns: Columns,
    rules: Sequence[tuple[str, str, float]],
    options: IntakeOptions,
    report: IntakeReport,
) -> Made:
    """Return valid rows with their geometry."""
    cells = cells_of(kind, table, columns, report)
    fits = [kept(row, rules) for row in cells]
    if rules:
        left_out = [at for at, fit in zip(table[AT], fits, strict=True) if not fit]
        report.found(f"do not fit {' and '.join(options.keep)}, left out", left_out)
    if not any(fits):
        report.problems.append("no row fits --keep")
        return []
    table = table[fits].reset_index(drop=True)
    cells = [row for row, fit in zip(cells, fits, strict=True) if fit]
    places = list(table[AT])
    shapes = clean(list(table.geometry), places, kind.shape, report)
    usable = [k for k, parts in enumerate(shapes) if parts]
    cells, places = [cells[k] for k in usable], [places[k] for k in usable]
    parts = [shapes[k] for k in usable]
    if kind.shape == "point":
        _place(kind, cells, parts, places, options, report)
    before = len(report.problems)
    rows = rows_of(kind, cells, places, columns.absent, report)
    if options.skip_bad_rows and len(report.problems) > before:
        bad = [at for at, row in zip(places, rows, strict=True) if row is None]
        first = report.problems[before]
        del report.problems[before:]
        report.found(f"not valid, left out (the first: {first})", bad)
    good = [k for k, row in enumerate(rows) if row is not None]
    valid = [row for row in rows if row is not None]
    names = [places[k] for k in good]
    if kind.is_table:
        single = without_repeats(valid, names, report)
        near_campuses(single, report)
        return [(row, shapely.Point()) for row in single]
    return _drawn(kind, valid, [parts[k] for k in good], names, report)


def _place(
    kind: Kind,
    cells: Sequence[dict[str, Any]],
    parts: Sequence[Sequence[shapely.Geometry]],
    places: Sequence[str],
    options: IntakeOptions,
    report: IntakeReport,
) -> None:
    points = [shapely.Point(items[0].coords[0]) for items in parts]
    if "lon" in kind.row.model_fields:
        for row, point in zip(cells, points, strict=True):
            row["lon"], row["lat"] = round(point.x, 7), round(point.y, 7)
        return
    loose = [
        at
        for row, at in zip(cells, places, strict=True)
        if "corridor_id" not in row and "node_id" not in row
    ]
    if loose and options.network is None:
        report.refuse(
            "names no corridor and no node; name the column with --column corridor_id=NAME, or "
            "the study with --study, on whose corridors the huts then stand",
            loose,
        )
    elif options.network is not None:
        place_huts(cells, points, places, options.network, report)


def _drawn(
    kind: Kind,
    rows: Sequence[Row],
    parts: Sequence[Sequence[shapely.Geometry]],
    places: Sequence[str],
    report: IntakeReport,
) -> Made:
    """Return lines or polygons, each once; the same line with other attributes stays."""
    found: Made = []
    seen: set[tuple[bytes, object]] = set()
    again, offers = [], []
    for given, items, at in zip(rows, parts, places, strict=True):
        row = given
        if isinstance(row, CorridorLayerRow):
            if row.iru_pairs and row.iru_provider is None:
                offers.append(at)
            if kind.name == "conduits":
                risks = dict.fromkeys((*row.srlgs, f"conduit:{row.id}"))
                row = row.model_copy(update={"srlgs": tuple(risks)})
        content = tuple(value for key, value in row if key not in {"id", "name"})
        for item in items:
            key = (shape_key(item), content)
            if key in seen:
                again.append(at)
                continue
            seen.add(key)
            found.append((row, item))
    report.found("drawn again, left out", again)
    report.refuse("has iru_pairs but no iru_provider", offers)
    if kind.shape == "line" and found:
        _line_quality([item for _, item in found], report)
    return found


def _line_quality(lines: Sequence[shapely.LineString], report: IntakeReport) -> None:
    """Note dangling ends and crossings without a junction."""
    drawn = [Drawn(tuple((float(x), float(y)) for x, y in line.coords), 0) for line in lines]
    plane = plane_of([point for item in drawn for point in item.line])
    quality = quality_of(noded(drawn, plane, 0.0).edges, plane)
    report.notes.append(f"{quality.length_km:,.1f} km in {len(quality.components)} piece(s)")
    for count, what, where in (
        (
            quality.gaps,
            (
                f"dangling ends within {GAP_M:g} m of a line that they do not touch "
                "(build ties those within --tie-m)"
            ),
            quality.gap_places,
        ),
        (quality.crossings, "crossings without a junction", quality.crossing_places),
    ):
        if count:
            marks = "; ".join(f"{lon:.4f} {lat:.4f}" for lon, lat in where[:3])
            report.notes.append(f"{count:,} {what}: {marks}")


def _write(kind: Kind, made: Made, target: Path, report: IntakeReport) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    if kind.is_table:
        part.write_text(csv_text([row for row, _ in made]), encoding="utf-8")
    else:
        _frame(kind, made).to_parquet(part, compression="zstd", index=False)
    part.replace(target)
    report.rows_written = len(made)


def _frame(kind: Kind, made: Made) -> gpd.GeoDataFrame:
    """Return the columns of a layer, always the same; empty text where nothing is said."""
    import geopandas as gpd

    columns = {
        name: [_stored(getattr(row, name), name) for row, _ in made]
        for name in kind.row.model_fields
    }
    frame = gpd.GeoDataFrame(columns, geometry=[item for _, item in made], crs=4326)
    if "build_cost_usd_per_km" in frame:
        frame["build_cost_usd_per_km"] = frame["build_cost_usd_per_km"].astype("float64")
    return frame


def _stored(value: Any, name: str) -> Any:  # noqa: ANN401 (any cell)
    if isinstance(value, tuple):
        return ";".join(value)
    return "" if value is None and name == "iru_provider" else value


def _note_import(folder: Path, path: Path, report: IntakeReport) -> None:
    """Keep where each file came from, beside it."""
    log = folder / "imports.json"
    known = json.loads(log.read_text(encoding="utf-8")) if log.is_file() else {}
    known[report.kind] = {
        "sha256": file_sha256(path),
        "imported_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **{key: value for key, value in report.as_dict().items() if key != "problems"},
    }
    log.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
