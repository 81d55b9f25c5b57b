"""Small studies and maps, made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from siting.geography.geodesy import length_km
from siting.study import Study, StudyFile
from siting.tables import CampusRow, CorridorRow, HutRow, NodeRow, SubstationRow, TieLineRow

Edges = list[tuple[int, int, list[tuple[float, float]]]]


def campus(name: str, lon: float, lat: float, **more: Any) -> CampusRow:
    cells: dict[str, Any] = {
        "id": name,
        "name": name.title(),
        "lon": lon,
        "lat": lat,
        "kind": "announced",
        "limit_mw": 1000.0,
        "earliest_date": dt.date(2027, 1, 1),
        "grid_region": "north",
    }
    return CampusRow(**{**cells, **more})


def substation(name: str, lon: float, lat: float, **more: Any) -> SubstationRow:
    cells: dict[str, Any] = {"name": name, "lon": lon, "lat": lat, "kv": 345.0}
    return SubstationRow(id=name, grid_region="north", **{**cells, **more})


def make_study(
    campuses: Sequence[CampusRow],
    nodes: Sequence[NodeRow] = (),
    corridors: Sequence[CorridorRow] = (),
    substations: Sequence[SubstationRow] = (),
    tie_lines: Sequence[TieLineRow] | None = None,
    huts: Sequence[HutRow] = (),
    **sections: Any,
) -> Study:
    file = StudyFile.model_validate(
        {
            "schema_version": 1,
            "name": "small",
            "title": "Small",
            "horizon": {"decision_date": "2026-01-01", "start": "2027-01-01", "periods": 1},
            "workloads": [{"id": "job", "it_demand_mw": [100.0]}],
            **sections,
        }
    )
    return Study(
        folder=Path(),
        scenario=None,
        file=file,
        campuses={row.id: row for row in campuses},
        substations={row.id: row for row in substations},
        timelines={},
        tie_lines=None if tie_lines is None else {row.id: row for row in tie_lines},
        nodes={row.id: row for row in nodes},
        corridors={row.id: row for row in corridors},
        leased_waves={},
        huts={row.id: row for row in huts},
    )


def write_layer(path: Path, edges: Edges) -> None:
    u, v, lines = zip(*edges, strict=True)
    gpd.GeoDataFrame(
        {"u": u, "v": v, "length_km": [length_km(line) for line in lines]},
        geometry=[shapely.LineString(line) for line in lines],
        crs=4326,
    ).to_parquet(path)
