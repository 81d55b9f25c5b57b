"""Make a region of the layers in a folder: fetched from OpenStreetMap, or the planner's own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from siting.errors import GeographyError
from siting.geography.plane import Plane, plane_of
from siting.geography.region.contraction import (
    Edge,
    large_components,
    numbered,
    settle,
    snap_to_grid,
)
from siting.geography.region.folder import Attributes, file_sha256, write_region
from siting.geography.region.noding import Drawn, noded
from siting.geography.region.quality import SHOWN, QualityReport, quality_of
from siting.geography.region.terrain_notes import terrain_notes

if TYPE_CHECKING:
    import geopandas as gpd

    from siting.network import Hazard

OSM_KINDS = {"roads": "road", "rail": "rail", "power_lines": "power"}
"""Fetched layers that carry rights of way, and the kind of their ways."""
OWN_LAYERS = ("corridors", "conduits")
"""Layers of the planner that carry rights of way, with a column for each attribute."""
OSM_ATTRIBUTION = "(c) OpenStreetMap contributors (ODbL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRules:
    """How drawn lines become ways; part of the definition of every network made of them."""

    tie_m: float = 20.0
    """A loose end this close to another line is tied to it."""
    grid_m: float = 0.0
    """Nodes of a grid cell this wide are merged; 0: none. Regions of states want 5,000."""
    least_component_share: float = 0.05
    """Connected pieces with fewer of the nodes are left out."""
    simplify_deg: float = 0.0005
    """Lines are simplified by so much, about 50 m."""


def make_region(folder: Path, rules: RegionRules | None = None) -> QualityReport:
    """Make ``ways.parquet`` and ``region.json`` of the layers in ``folder``.

    Returns:
        What a planner should know before trusting the map; also stored in ``region.json``.

    Raises:
        GeographyError: the folder holds no layer with lines.
    """
    rules = rules or RegionRules()
    lines, attributes, sources = _read_layers(folder)
    if not lines:
        names = ", ".join(f"{name}.parquet" for name in (*OSM_KINDS, *OWN_LAYERS))
        raise GeographyError(f"{folder}: holds no lines; expected one of {names}")
    plane = plane_of([point for item in lines for point in (item.line[0], item.line[-1])])
    made = noded(lines, plane, rules.tie_m)
    drawn = quality_of(made.edges, plane, duplicates=made.duplicates, tied_ends=made.tied_ends)
    edges, sizes = large_components(made.edges, rules.least_component_share)
    edges = _reduced(edges, plane, rules)
    drawn = replace(drawn, notes=(*drawn.notes, *terrain_notes(edges, attributes)))
    drawn = _with_hazards(drawn, edges, attributes)
    about: dict[str, object] = {
        "name": folder.name,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "sources": sources,
        "plane": plane.crs,
        "rules": asdict(rules),
        "counts": {
            "lines_read": len(lines),
            "edges_noded": len(made.edges),
            "components": len(sizes),
            "ways": len(edges),
        },
        "quality": drawn.as_dict(),
    }
    write_region(folder, edges, attributes, about, rules.simplify_deg)
    return drawn


def _reduced(edges: list[Edge], plane: Plane, rules: RegionRules) -> list[Edge]:
    full = settle(edges, plane, keep_one=False)
    if rules.grid_m > 0:
        full = settle(snap_to_grid(full, plane, rules.grid_m), plane, keep_one=True)
    return numbered(full)


def _with_hazards(
    report: QualityReport, edges: list[Edge], attributes: list[Attributes]
) -> QualityReport:
    """Return the report with the hazards of the ways."""
    from siting.geography.hazards import Strand, find_hazards
    from siting.study_sites import HazardRules

    ways = [
        Strand(
            id=str(k),
            a=str(edge.u),
            b=str(edge.v),
            kind=attributes[edge.tag].kind,
            line=edge.line,
            name=attributes[edge.tag].name,
        )
        for k, edge in enumerate(edges)
    ]
    found = sorted(find_hazards(ways, HazardRules(), {}, 0.0).values(), key=_longest_first)
    names = tuple(hazard.name for hazard in found[:SHOWN])
    return replace(report, hazards=len(found), hazard_names=names)


def _longest_first(hazard: Hazard) -> tuple[float, str]:
    return (-hazard.shared_km, hazard.name)


def _read_layers(
    folder: Path,
) -> tuple[list[Drawn], list[Attributes], list[Mapping[str, object]]]:
    import geopandas as gpd

    tags: dict[Attributes, int] = {}
    lines: list[Drawn] = []
    sources: list[Mapping[str, object]] = []
    fetched = _fetched_at(folder)
    for layer in (*OSM_KINDS, *OWN_LAYERS):
        path = folder / f"{layer}.parquet"
        if not path.is_file():
            continue
        frame = gpd.read_parquet(path)
        for shape, about in zip(frame.geometry, _attributes(layer, frame), strict=True):
            tag = tags.setdefault(about, len(tags))
            lines += [Drawn(line, tag) for line in _polylines(shape)]
        sources.append(
            {
                "file": path.name,
                "sha256": file_sha256(path),
                "rows": len(frame),
                "attribution": OSM_ATTRIBUTION if layer in OSM_KINDS else "the planner's own data",
                "fetched_at": fetched.get(layer, ""),
            }
        )
    return lines, list(tags), sources


def _attributes(layer: str, frame: gpd.GeoDataFrame) -> list[Attributes]:
    if layer in OSM_KINDS:
        return [Attributes(kind=OSM_KINDS[layer])] * len(frame)
    columns = [name for name in asdict(Attributes("route")) if name in frame.columns]
    rows = frame[columns].to_dict("records")
    return [Attributes(**{"kind": "route", **_present(row)}) for row in rows]


def _present(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a row that hold something."""
    return {key: value for key, value in row.items() if value is not None and value == value}  # noqa: PLR0124 (NaN)


def _polylines(shape: shapely.Geometry) -> list[tuple[tuple[float, float], ...]]:
    parts = shapely.get_parts(shapely.force_2d(shape))
    return [
        tuple((float(x), float(y)) for x, y in part.coords)
        for part in parts
        if isinstance(part, shapely.LineString) and part.length > 0
    ]


def _fetched_at(folder: Path) -> dict[str, str]:
    path = folder / "manifest.json"
    if not path.is_file():
        return {}
    layers = json.loads(path.read_text(encoding="utf-8")).get("layers", {})
    return {name: str(entry.get("fetched_at", "")) for name, entry in layers.items()}
