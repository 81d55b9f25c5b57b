"""OpenStreetMap roads and rail of a region as contracted right-of-way networks.

The source files are Python text: line 3 holds ``graph=[{neighbor: km, ...}, ...]`` and line 4
``nodes=[[lat, lon], ...]``. They are scanned as text, node by node, and only what lies in the box
is kept: no import, and a few hundred MB of memory.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from siting.geography.plane import Plane, plane_in
from siting.geography.region.contraction import (
    Edge,
    large_components,
    numbered,
    settle,
    snap_to_grid,
)

if TYPE_CHECKING:
    from regions import Region

SIMPLIFY_DEG = 0.003
DECIMALS = 6


def read_region(path: Path, region: Region) -> list[Edge]:
    """Read the straight pieces of the source network whose two ends lie in the region.

    Args:
        path: world_highways.py or world_railways.py.
        region: its box and land.

    Returns:
        One edge for each pair of neighbors, self-loops left out.
    """
    with path.open(encoding="utf-8") as file:
        lines = [next(file) for _ in range(4)]
    nodes = np.asarray(json.loads(lines[3].split("=", 1)[1]))
    lat, lon = nodes[:, 0], nodes[:, 1]
    inside = region.contains(lon, lat)
    edges = []
    for i, entry in enumerate(re.finditer(r"\{([^}]*)\}", lines[2])):
        if not inside[i]:
            continue
        for pair in filter(None, entry.group(1).split(",")):
            neighbor, km = pair.split(":", 1)
            j = int(neighbor)
            if i < j and inside[j]:
                ends = ((float(lon[i]), float(lat[i])), (float(lon[j]), float(lat[j])))
                stated = None if region.as_drawn else float(km)
                edges.append(Edge(i, j, ends, ground_km=stated))
    return edges


def frame(edges: list[Edge], *, as_drawn: bool) -> gpd.GeoDataFrame:
    """Number the nodes by position, measure, simplify, and lay the edges out as a table."""
    rows = []
    for edge in numbered(edges):
        simple = shapely.LineString(edge.line).simplify(SIMPLIFY_DEG)
        shape = shapely.LineString(np.round(shapely.get_coordinates(simple), DECIMALS))
        rows.append((edge.u, edge.v, round(edge.length_km(), DECIMALS), shape))
    rows.sort(key=lambda row: (*row[:3], row[3].wkb))
    us, vs, lengths, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "u": np.asarray(us, dtype=np.int32),
            "v": np.asarray(vs, dtype=np.int32),
            "length_km" if as_drawn else "ground_km": lengths,
        },
        geometry=list(shapes),
        crs=4326,
    )


def build(source: Path, region: Region) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Derive the full and the planning network of one mode.

    Args:
        source: world_highways.py or world_railways.py.
        region: what is kept, and by which rules.

    Returns:
        The full network and the planning network.
    """
    plane: Plane = plane_in(f"EPSG:{region.epsg}")
    as_drawn = region.as_drawn
    raw = read_region(source, region)
    kept, sizes = large_components(raw, region.least_share)
    print(f"  {source.name}: {len(raw)} pieces, components of {sizes[:12]} ... nodes")
    full = settle(kept, plane, keep_one=False)
    snapped = snap_to_grid(full, plane, region.grid_m, all_of_cell=as_drawn)
    planning = settle(snapped, plane, keep_one=True)
    return frame(full, as_drawn=as_drawn), frame(planning, as_drawn=as_drawn)
