"""The files of a region: its ways, exclusion zones, and what it was made of.

``ways.parquet`` holds one line a row, from node ``u`` to node ``v`` (numbered by position);
``exclusions.parquet`` polygons where nothing may be built; ``region.json`` sources with licence and
checksum, the rules with their values, and the quality report.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.errors import GeographyError
from siting.geography.geodesy import Line
from siting.geography.region.contraction import Edge

if TYPE_CHECKING:
    import geopandas as gpd

SCHEMA_VERSION = 1
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known of a way besides its line; a column of ``ways.parquet`` each."""

    kind: str
    """``road``, ``rail``, ``power`` or ``route``."""
    name: str = ""
    srlgs: str = ""
    """Shared risks, separated by ``;``."""
    buildable: bool = True
    method: str = ""
    """Catalog row ``build.<method>``; empty: by kind."""
    build_cost_usd_per_km: float | None = None
    iru_provider: str = ""
    iru_pairs: int = 0


@dataclass(frozen=True, slots=True)
class RegionWay:
    """One way of a region."""

    u: int
    v: int
    length_km: float
    line: Line
    about: Attributes


@dataclass(frozen=True, slots=True)
class RegionFolder:
    """A region as it is stored."""

    name: str
    ways: tuple[RegionWay, ...]
    exclusions: tuple[shapely.Geometry, ...]
    attribution: tuple[str, ...]
    about: Mapping[str, object] = field(default_factory=dict)
    """The whole ``region.json``."""


def write_region(
    folder: Path,
    edges: Sequence[Edge],
    attributes: Sequence[Attributes],
    about: Mapping[str, object],
    simplify_deg: float,
) -> None:
    """Write ``ways.parquet`` and ``region.json``; lengths are those of the lines as drawn."""
    import geopandas as gpd

    lines = [_simple(edge.line, simplify_deg) for edge in edges]
    known = [asdict(attributes[edge.tag]) for edge in edges]
    table = {
        "u": np.asarray([edge.u for edge in edges], dtype=np.int32),
        "v": np.asarray([edge.v for edge in edges], dtype=np.int32),
        "length_km": [round(edge.length_km(), DECIMALS) for edge in edges],
        **{key: [row[key] for row in known] for key in asdict(Attributes("road"))},
    }
    frame = gpd.GeoDataFrame(table, geometry=lines, crs=4326)
    frame["build_cost_usd_per_km"] = frame["build_cost_usd_per_km"].astype("float64")
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / "ways.parquet", compression="zstd", index=False)
    text = json.dumps({"schema_version": SCHEMA_VERSION, **about}, indent=1)
    (folder / "region.json").write_text(text + "\n", encoding="utf-8")


def read_region_folder(folder: Path) -> RegionFolder:
    """Read a region.

    Raises:
        GeographyError: files are absent, of another schema version, or lack columns.
    """
    import geopandas as gpd

    head = folder / "region.json"
    if not head.is_file():
        raise GeographyError(
            f"{folder}: is not a region (no region.json); make one with 'siting geography build'"
        )
    about = json.loads(head.read_text(encoding="utf-8"))
    if about.get("schema_version") != SCHEMA_VERSION:
        raise GeographyError(
            f"{head}: schema_version is {about.get('schema_version')!r}, this version reads "
            f"{SCHEMA_VERSION}; build the region again"
        )
    frame = gpd.read_parquet(folder / "ways.parquet")
    needed = {"u", "v", "length_km", *asdict(Attributes("road"))}
    missing = sorted(needed - set(frame.columns))
    if missing:
        raise GeographyError(f"{folder / 'ways.parquet'}: lacks columns {', '.join(missing)}")
    zones = folder / "exclusions.parquet"
    excluded = tuple(gpd.read_parquet(zones).geometry) if zones.is_file() else ()
    sources = about.get("sources", [])
    return RegionFolder(
        name=str(about.get("name", folder.name)),
        ways=tuple(_ways(frame)),
        exclusions=excluded,
        attribution=tuple(dict.fromkeys(str(s["attribution"]) for s in sources)),
        about=about,
    )


def _ways(frame: gpd.GeoDataFrame) -> list[RegionWay]:
    found = []
    for row in frame.to_dict("records"):
        cost = row["build_cost_usd_per_km"]
        about = Attributes(
            kind=str(row["kind"]),
            name=str(row["name"]),
            srlgs=str(row["srlgs"]),
            buildable=bool(row["buildable"]),
            method=str(row["method"]),
            build_cost_usd_per_km=None if cost is None or np.isnan(cost) else float(cost),
            iru_provider=str(row["iru_provider"]),
            iru_pairs=int(row["iru_pairs"]),
        )
        line = tuple((float(x), float(y)) for x, y in row["geometry"].coords)
        found.append(RegionWay(int(row["u"]), int(row["v"]), float(row["length_km"]), line, about))
    return found


def _simple(line: Line, simplify_deg: float) -> shapely.LineString:
    shape = shapely.LineString(line)
    if simplify_deg > 0:
        shape = shape.simplify(simplify_deg)
    return shapely.LineString(np.round(shapely.get_coordinates(shape), DECIMALS))


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
