"""Rivers of the world, from Natural Earth (1:10 million)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import regions
import shapely

LAYER = "./usr/share/magics/10m/ne_10m_rivers_lake_centerlines"
PARTS = ("shx", "dbf", "prj", "shp")
FINE_DEG = 0.003
"""Simplification in the boxes of the bundled regions, as for roads: about 300 m."""
COARSE_DEG = 0.01
"""Simplification elsewhere: about 1 km."""
DECIMALS = 4
KINDS = {"River": "river", "Lake Centerline": "lake"}
SPELLINGS = {
    "Susqehanna": "Susquehanna",
    "W. Branch Susqehanna": "West Branch Susquehanna",
    "S. Branch Potomac": "South Branch Potomac",
    "S. Fork Republican": "South Fork Republican",
    "Niagra": "Niagara",
    "Pend Orielle": "Pend Oreille",
    "Purificacin": "Purificación",
    "Pnuco": "Pánuco",
    "Ro Grande de Santiago": "Río Grande de Santiago",
    "Mlzes": "Mélèzes",
    "Grande Rivire de la Baleine": "Grande Rivière de la Baleine",
    "Rhne": "Rhône",
    "Sane": "Saône",
    "Mio": "Miño",
    "Zncara": "Záncara",
    "Vitava": "Vltava",
    "Sio": "Sió",
    "Schelde (Steldt)": "Schelde",
    "Glomma (Glma)": "Glomma",
    "Gta lv": "Göta älv",
    "Motala strm": "Motala ström",
    "Klarlven": "Klarälven",
    "Lule lv": "Lule älv",
    "Stora Lule lv": "Stora Lule älv",
    "Skelleftelven": "Skellefteälven",
    "Tornelven": "Torneälven",
    "ngermanlven": "Ångermanälven",
    "Dal?lven": "Dalälven",
    "Indals?lven": "Indalsälven",
    "Svernaya Dvina": "Severnaya Dvina",
    "Byk Menderes": "Büyük Menderes",
}
"""Names of North America and Europe that the source misspells, shortens or has lost letters of."""


def read(member: Callable[[str], Path]) -> gpd.GeoDataFrame:
    """Read the source layer.

    Args:
        member: returns a file of the package.
    """
    files = [member(f"{LAYER}.{part}") for part in PARTS]
    return gpd.read_file(files[-1])


def build(member: Callable[[str], Path]) -> gpd.GeoDataFrame:
    """Return one row for each piece of a river or of a river's way through a lake.

    Args:
        member: returns a file of the package.
    """
    source = read(member)
    source = source[source.featurecla.isin(KINDS)].explode(index_parts=False)
    shapes = np.asarray(source.geometry)
    boxes = shapely.union_all([shapely.box(*box) for box in regions.BOXES.values()])
    near = shapely.intersects(shapes, boxes)
    simple = np.where(
        near, shapely.simplify(shapes, FINE_DEG), shapely.simplify(shapes, COARSE_DEG)
    )
    table = gpd.GeoDataFrame(
        {
            "name": source.name.fillna("").replace(SPELLINGS),
            "kind": source.featurecla.map(KINDS),
            "rank": source.scalerank.astype(np.int8),
        },
        geometry=shapely.transform(simple, lambda points: np.round(points, DECIMALS)),
        crs=4326,
    )
    table = table[shapely.length(table.geometry.to_numpy()) > 0]
    table["wkb"] = table.geometry.to_wkb()
    table = table.sort_values(["name", "kind", "wkb"], ignore_index=True)
    return table.drop(columns="wkb")
