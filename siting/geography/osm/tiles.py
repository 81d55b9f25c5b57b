"""Cutting an area into queries of bounded size."""

from __future__ import annotations

import itertools
import math

import shapely

from siting.errors import GeographyError

KM_PER_DEGREE = 111.32
MAX_TILES = 4000
"""More queries than this are refused: an extract of a planet file serves everybody better."""


def tiles_of(area: shapely.Geometry, tile_km: float) -> tuple[shapely.Polygon, ...]:
    """Return the tiles that meet ``area``, each cut to it, west to east and south to north.

    Args:
        area: polygon or multipolygon, lon/lat degrees.
        tile_km: largest width and height of a tile.

    Raises:
        GeographyError: more than ``MAX_TILES`` tiles.
    """
    west, south, east, north = area.bounds
    rows = max(1, math.ceil((north - south) * KM_PER_DEGREE / tile_km))
    nearest = 0.0 if south < 0 < north else min(abs(south), abs(north))
    widest = math.cos(math.radians(nearest))
    columns = max(1, math.ceil((east - west) * KM_PER_DEGREE * widest / tile_km))
    if rows * columns > 4 * MAX_TILES:
        raise GeographyError(_too_many(rows * columns, tile_km))
    xs = [west + (east - west) * i / columns for i in range(columns + 1)]
    ys = [south + (north - south) * i / rows for i in range(rows + 1)]
    shapely.prepare(area)
    found = []
    for y0, y1 in itertools.pairwise(ys):
        for x0, x1 in itertools.pairwise(xs):
            found += polygons(area.intersection(shapely.box(x0, y0, x1, y1)))
    if len(found) > MAX_TILES:
        raise GeographyError(_too_many(len(found), tile_km))
    return tuple(found)


def quarters(tile: shapely.Polygon) -> tuple[shapely.Polygon, ...]:
    """Return the parts of a tile in the four quarters of its box."""
    west, south, east, north = tile.bounds
    x, y = (west + east) / 2, (south + north) / 2
    boxes = ((west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north))
    return tuple(p for box in boxes for p in polygons(tile.intersection(shapely.box(*box))))


def polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Return the polygons that a shape is made of; lines and points are left out."""
    parts = shapely.get_parts(shape)
    return [p for p in parts if isinstance(p, shapely.Polygon) and p.area > 0]


def _too_many(count: int, tile_km: float) -> str:
    return (
        f"area: needs {count} queries a layer at {tile_km:g} km a tile, the limit is {MAX_TILES}; "
        "ask for a smaller area or larger tiles, or import an extract of the region "
        "(siting geography import)"
    )
