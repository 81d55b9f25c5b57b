"""Reading vector data and CSV: any coordinate system, to longitude and latitude."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from siting.geography.intake.report import IntakeReport

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

AT = "row of the file"
"""Column that says where a row comes from, for messages."""
LON_NAMES: Final = ("lon", "lng", "long", "longitude")
LAT_NAMES: Final = ("lat", "latitude")
WKT_NAMES: Final = ("wkt", "geometry", "geom", "the_geom")
X_NAMES: Final = ("x", "easting")
Y_NAMES: Final = ("y", "northing")
DEGREES = "EPSG:4326"


def read_source(
    path: Path,
    report: IntakeReport,
    layers: Sequence[str] = (),
    crs: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame | None:
    """Read a file; what is wrong with it goes to ``report.problems``.

    Args:
        path: the file; its ending says what it is.
        report: takes findings and problems.
        layers: layers to read, ``all`` for all; none: the only one.
        crs: coordinate system of layers that name none.
        columns: columns of a CSV file that hold ``lon`` and ``lat``, or ``wkt``.

    Returns:
        All rows in lon/lat degrees with the column :data:`AT`; None when nothing can be read.
    """
    import geopandas as gpd
    import pandas as pd

    if not path.is_file():
        report.problems.append("no such file")
        return None
    found = []
    for name, table in _tables(path, report, layers, crs, columns or {}):
        prefix = f"layer {name!r}, row" if name else "row"
        first = 2 if path.suffix.lower() in {".csv", ".tsv", ".txt"} else 1
        table[AT] = [f"{prefix} {number}" for number in range(first, first + len(table))]
        flat = _to_degrees(table, name, crs, report)
        if flat is not None:
            found.append(flat)
    if not found:
        return None
    every = pd.concat(found, ignore_index=True)
    report.rows_read = len(every)
    if every.empty:
        report.problems.append("holds no rows")
        return None
    return gpd.GeoDataFrame(every, geometry="geometry", crs=DEGREES)


def _tables(
    path: Path,
    report: IntakeReport,
    layers: Sequence[str],
    crs: str | None,
    columns: Mapping[str, str],
) -> list[tuple[str, gpd.GeoDataFrame]]:
    """Return the layers of a file by name, unnamed when there is one."""
    import geopandas as gpd

    ending = path.suffix.lower()
    try:
        if ending in {".csv", ".tsv", ".txt"}:
            table = _read_csv(path, report, crs, columns)
            return [] if table is None else [("", table)]
        if ending in {".parquet", ".geoparquet"}:
            return [("", gpd.read_parquet(path))]
        if ending == ".kmz":
            with tempfile.TemporaryDirectory() as folder:
                return _read_layers(_unpacked(path, Path(folder)), report, layers, is_kml=True)
        return _read_layers(path, report, layers, is_kml=ending == ".kml")
    except Exception as error:  # noqa: BLE001 (readers raise what they like on broken files)
        words = " ".join(str(error).split())
        report.problems.append(f"cannot be read as vector data ({words})")
        return []


def _unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
        if not names:
            msg = "a KMZ without a KML file in it"
            raise ValueError(msg)
        target = folder / "doc.kml"
        target.write_bytes(archive.read(names[0]))
    return target


def _read_layers(
    path: Path, report: IntakeReport, asked: Sequence[str], *, is_kml: bool
) -> list[tuple[str, gpd.GeoDataFrame]]:
    import geopandas as gpd
    import pyogrio

    listed = pyogrio.list_layers(path)
    known = [str(name) for name, shape in listed if shape is not None]
    bare = [str(name) for name, shape in listed if shape is None]
    if bare:
        report.notes.append(f"layers without geometry not read: {', '.join(bare)}")
    unknown = [name for name in asked if name not in {*known, "all"}]
    if unknown:
        given = ", ".join(map(repr, unknown))
        report.problems.append(f"has no layer {given}; it has {', '.join(known) or 'none'}")
        return []
    wanted = known if "all" in asked or (is_kml and not asked) else list(asked) or known
    if len(wanted) > 1 and not asked and not is_kml:
        report.problems.append(
            f"has {len(known)} layers: {', '.join(known)}; choose with --layer NAME (repeatable), "
            "or --layer all"
        )
        return []
    if not wanted:
        report.problems.append("holds no layer with geometry")
    only = len(wanted) == 1
    return [("" if only else name, gpd.read_file(path, layer=name)) for name in wanted]


def _read_csv(
    path: Path, report: IntakeReport, crs: str | None, columns: Mapping[str, str]
) -> gpd.GeoDataFrame | None:
    import geopandas as gpd
    import pandas as pd

    with path.open(encoding="utf-8-sig") as file:
        head = file.readline()
    mark = max(",;\t", key=head.count)
    table = pd.read_csv(path, sep=mark, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    table.columns = table.columns.str.strip()

    def column(target: str, names: tuple[str, ...]) -> str | None:
        if target in columns:
            return columns[target] if columns[target] in table.columns else None
        lower = {str(name).lower(): str(name) for name in table.columns}
        return next((lower[name] for name in names if name in lower), None)

    lon, lat = column("lon", LON_NAMES), column("lat", LAT_NAMES)
    if lon and lat:
        shapes = _points(table, lon, lat, report)
        return gpd.GeoDataFrame(table, geometry=shapes, crs=crs or DEGREES)
    wkt = column("wkt", WKT_NAMES)
    if wkt:
        shapes = shapely.from_wkt(table[wkt].where(table[wkt] != "", None), on_invalid="ignore")
        bad = [k for k, text in enumerate(table[wkt]) if text and shapes[k] is None]
        report.refuse(f"column {wkt!r} is no WKT geometry", _csv_rows(bad))
        return gpd.GeoDataFrame(table.drop(columns=wkt), geometry=shapes, crs=crs)
    x, y = column("lon", X_NAMES), column("lat", Y_NAMES)
    if x and y:
        return gpd.GeoDataFrame(table, geometry=_points(table, x, y, report), crs=crs)
    report.problems.append(
        f"has no coordinates: needs columns lon and lat, or wkt; name them with --column lon=NAME "
        f"--column lat=NAME, or --column wkt=NAME (columns: {', '.join(table.columns)})"
    )
    return None


def _points(table: pd.DataFrame, x: str, y: str, report: IntakeReport) -> list[Any]:
    shapes: list[Any] = []
    bad = []
    for k, cells in enumerate(zip(table[x], table[y], strict=True)):
        texts = [cell.strip() for cell in cells]
        if not all(texts):
            shapes.append(None)
            continue
        try:
            shapes.append(shapely.Point(*map(float, texts)))
        except ValueError:
            shapes.append(None)
            bad.append(k)
    report.refuse(f"columns {x!r} and {y!r} must be numbers", _csv_rows(bad))
    return shapes


def _csv_rows(indices: Sequence[int]) -> list[str]:
    return [f"row {index + 2}" for index in indices]


def _to_degrees(
    table: gpd.GeoDataFrame, name: str, crs: str | None, report: IntakeReport
) -> gpd.GeoDataFrame | None:
    """Return a layer in lon/lat degrees; a problem when it names no coordinate system."""
    where = f"layer {name!r}: " if name else ""
    try:
        if table.crs is None and crs is None:
            report.problems.append(
                f"{where}names no coordinate system; give the right one, e.g. --crs EPSG:4326"
            )
            return None
        if table.crs is None:
            table = table.set_crs(crs)
        elif crs is not None and table.crs != crs:
            report.notes.append(f"{where}names {table.crs.to_string()}, --crs {crs} is not used")
        known = table.crs
        before = table.geometry
        after = before.to_crs(DEGREES)
    except Exception as error:  # noqa: BLE001 (pyproj and geopandas raise many kinds)
        words = " ".join(str(error).split())
        report.problems.append(f"{where}coordinate system cannot be used ({words})")
        return None
    table = table.set_geometry(after)
    if table.geometry.name != "geometry":
        table = table.rename_geometry("geometry")
    report.layers.append(f"{name or 'one layer'} in {known.to_string()}")
    fits = _in_range(table, before, is_degrees=known.is_geographic, report=report)
    return table.set_geometry(table.geometry.where(fits, None))


def _in_range(
    table: gpd.GeoDataFrame, before: gpd.GeoSeries, *, is_degrees: bool, report: IntakeReport
) -> list[bool]:
    """Refuse rows whose coordinates are no places on Earth, with a guess why.

    Returns:
        Which rows are places, or have none.
    """
    fits = []
    kinds: dict[str, list[str]] = {}
    for at, drawn, shape in zip(table[AT], before, table.geometry, strict=True):
        fits.append(True)
        if shape is None or shape.is_empty:
            continue
        xy = shapely.get_coordinates(shape)
        if np.isfinite(xy).all() and (np.abs(xy) <= (180.0, 90.0)).all():
            continue
        fits[-1] = False
        x, y = np.abs(shapely.get_coordinates(drawn)).max(axis=0)
        if not (np.isfinite(x) and np.isfinite(y)):
            why = "coordinates are not finite numbers"
        elif not is_degrees:
            why = "coordinates lie outside the area of their coordinate system"
        elif max(x, y) > 360:
            why = "coordinates look like meters, not degrees; give the right system with --crs"
        elif x <= 90 < y <= 180:
            why = "coordinates look swapped: longitude must come first (-180 to 180), then latitude"
        else:
            why = "coordinates are out of range (longitude -180 to 180, latitude -90 to 90)"
        kinds.setdefault(why, []).append(at)
    for why, rows in kinds.items():
        report.refuse(why, rows)
    return fits


def check_area(
    table: gpd.GeoDataFrame, bounds: Sequence[float] | None, report: IntakeReport
) -> None:
    """Compare with the area that was fetched: refuse rows that lie there only when swapped."""
    if bounds is None:
        return
    area = shapely.box(*bounds)
    swapped: list[str] = []
    outside: list[str] = []
    for at, shape in zip(table[AT], table.geometry, strict=True):
        if shape is None or shape.is_empty or area.intersects(shape):
            continue
        turned = shapely.transform(shapely.force_2d(shape), lambda xy: xy[:, ::-1])
        (swapped if area.intersects(turned) else outside).append(at)
    report.refuse("coordinates look swapped: latitude before longitude", swapped)
    report.found("outside the area of the region", outside)
