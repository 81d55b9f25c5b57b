"""Writing, reading and hashing a candidate network; every number comes back as it was.

::

    network.json        name, definition, checksum
    nodes.parquet       GeoParquet, EPSG:4326
    corridors.parquet   GeoParquet
    huts.parquet        GeoParquet
    tie_lines.parquet   GeoParquet
    hazards.parquet     GeoParquet; lines where corridors run together, else points
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, fields
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from siting.errors import GeographyError
from siting.network import CandidateNetwork, Corridor, Hazard, Hut, Node, TieLine

if TYPE_CHECKING:
    import shapely

SCHEMA_VERSION: Final = 3
_TABLES: Final[dict[str, type]] = {
    "nodes": Node,
    "corridors": Corridor,
    "huts": Hut,
    "tie_lines": TieLine,
    "hazards": Hazard,
}
_LISTS: Final = ("srlgs", "corridors")
"""Fields that hold several names."""
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "float": (float,),
    "int": (int,),
    "float | None": (float, type(None)),
    "int | None": (int, type(None)),
}
"""Types that need no change, by the type of a field."""
_AS_JSON: Final = json.JSONEncoder().encode


def save_network(network: CandidateNetwork, folder: Path) -> None:
    """Write ``network`` to ``folder``, which is made if need be; ``network.json`` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, noun in _TABLES.items():
        _write(getattr(network, table), noun, folder / f"{table}.parquet")
    head = {
        "schema_version": SCHEMA_VERSION,
        "name": network.name,
        "definition": network.definition,
        "synthetic": network.synthetic,
        "diverse_campuses": sorted(network.diverse_campuses),
        "sha256": network_sha256(network),
    }
    text = json.dumps(head, indent=2, ensure_ascii=False)
    (folder / "network.json").write_text(text + "\n", encoding="utf-8")


def load_network(folder: Path) -> CandidateNetwork:
    """Read the network that :func:`save_network` wrote to ``folder``.

    Raises:
        GeographyError: a file is missing, of another version, or not what was written.
    """
    try:
        head = json.loads((folder / "network.json").read_text(encoding="utf-8"))
        version = head.get("schema_version")
        if version != SCHEMA_VERSION:
            msg = (
                f"{folder / 'network.json'}: schema_version {version!r} is not supported, this "
                f"version of siting reads {SCHEMA_VERSION}; build the network again"
            )
            raise GeographyError(msg)
        tables = {
            table: _read(noun, folder / f"{table}.parquet") for table, noun in _TABLES.items()
        }
        network = CandidateNetwork(
            name=head["name"],
            diverse_campuses=frozenset(head["diverse_campuses"]),
            definition=head["definition"],
            synthetic=tuple(head["synthetic"]),
            **tables,
        )
    except (OSError, KeyError, ValueError, TypeError) as error:
        if isinstance(error, GeographyError):
            raise
        msg = f"{folder}: not a saved network ({error})"
        raise GeographyError(msg) from error
    if network_sha256(network) != head["sha256"]:
        msg = f"{folder}: the tables are not those that were saved (checksum differs)"
        raise GeographyError(msg)
    return network


def network_sha256(network: CandidateNetwork) -> str:
    """Return the SHA-256 of the content, whatever the order of its tables."""
    digest = hashlib.sha256()
    for table, noun in _TABLES.items():
        rows: Mapping[str, Any] = getattr(network, table)
        ordered = [rows[key] for key in sorted(rows)]
        columns = [
            _typed(list(map(attrgetter(field.name), ordered)), field) for field in fields(noun)
        ]
        for cells in zip(*columns, strict=True):
            digest.update(f"{table} {_AS_JSON(cells)}\n".encode())
    head = {
        "name": network.name,
        "definition": network.definition,
        "synthetic": network.synthetic,
        "diverse_campuses": sorted(network.diverse_campuses),
    }
    digest.update(json.dumps(head, sort_keys=True).encode())
    return digest.hexdigest()


def _write(rows: Mapping[str, Any], noun: type, path: Path) -> None:
    import geopandas as gpd
    import shapely

    columns: dict[str, list[Any]] = {
        field.name: [getattr(row, field.name) for row in rows.values()]
        for field in fields(noun)
        if field.name != "geometry"
    }
    for field in fields(noun):
        if field.name in columns:
            columns[field.name] = list(map(_kind(field), columns[field.name]))
        if field.name in _LISTS:
            columns[field.name] = list(map(list, columns[field.name]))
    if "geometry" in {field.name for field in fields(noun)}:
        shapes = [_shape(row) for row in rows.values()]
    else:
        shapes = shapely.points([r.lon for r in rows.values()], [r.lat for r in rows.values()])
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
    frame.to_parquet(path, compression="zstd", index=False)


def _shape(row: Corridor | TieLine | Hazard) -> shapely.Geometry | None:
    """Return the line of a row; where it has none its point, if it has one."""
    import shapely

    if row.geometry:
        return shapely.LineString(row.geometry)
    return shapely.Point(row.lon, row.lat) if isinstance(row, Hazard) else None


def _read(noun: type, path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    names = [field.name for field in fields(noun)]
    if further := set(table.column_names) - {*names, "geometry"}:
        raise KeyError(*sorted(further))
    columns: list[list[Any]] = []
    for field in fields(noun):
        values = table.column(field.name).to_pylist()
        if field.name == "geometry":
            values = _lines(values)
        elif field.name in _LISTS:
            values = list(map(tuple, values))
        columns.append(_typed(values, field))
    rows = (noun(**dict(zip(names, cells, strict=True))) for cells in zip(*columns, strict=True))
    return {row.id: row for row in rows}


def _lines(shapes: Sequence[bytes | None]) -> list[tuple[tuple[float, float], ...]]:
    """Return the vertices of lines; none of a point or of nothing."""
    import shapely

    points, of = shapely.get_coordinates(shapely.from_wkb(list(shapes)), return_index=True)
    lines: list[list[tuple[float, float]]] = [[] for _ in shapes]
    for place, number in zip(map(tuple, points.tolist()), of.tolist(), strict=True):
        lines[number].append(place)
    return [tuple(line) if len(line) > 1 else () for line in lines]


def _typed(values: list[Any], field: Field[Any]) -> list[Any]:
    """Return values of a field, each of the type that the field says."""
    known = _TYPES.get(str(field.type), ())
    if known and set(map(type, values)) <= set(known):
        return values
    return list(map(_kind(field), values))


def _kind(field: Field[Any]) -> Callable[[Any], Any]:
    """Return what makes a value of the type of ``field``: numbers change type in a table."""
    name, _, optional = str(field.type).partition(" | ")
    make = {"float": float, "int": int}.get(name)
    if make is None:
        return lambda value: value
    return lambda value: None if value is None and optional else make(value)
