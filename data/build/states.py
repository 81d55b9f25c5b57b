"""Outlines of states and countries, from us-atlas (Census) and world-atlas (Natural Earth)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

TOLERANCE_DEG = 0.02
DECIMALS = 4
# fmt: off
CODES = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO",
    "09": "CT", "10": "DE", "11": "DC", "12": "FL", "13": "GA", "15": "HI",
    "16": "ID", "17": "IL", "18": "IN", "19": "IA", "20": "KS", "21": "KY",
    "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN",
    "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH",
    "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND", "39": "OH",
    "40": "OK", "41": "OR", "42": "PA", "44": "RI", "45": "SC", "46": "SD",
    "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA",
    "54": "WV", "55": "WI", "56": "WY",
}
# fmt: on
"""Federal numeric code of each state and of the District of Columbia to its postal code."""


def read(source: Path) -> gpd.GeoDataFrame:
    """Read the states at full detail, sorted by postal code."""
    table = gpd.read_file(source, layer="states").set_crs(4326, allow_override=True)
    table["geometry"] = table.geometry.buffer(0)
    table["state"] = table["id"].astype(str).str.zfill(2).map(CODES)
    table = table.dropna(subset=["state"]).sort_values("state", ignore_index=True)
    return table[["name", "state", "geometry"]]


def read_countries(source: Path, box: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Read the countries that meet a box, cut to a degree around it, sorted by name."""
    table = gpd.read_file(source, layer="countries").set_crs(4326, allow_override=True)
    table["geometry"] = table.geometry.buffer(0).intersection(shapely.box(*box).buffer(1))
    table = table[~table.geometry.is_empty].sort_values("name", ignore_index=True)
    return table[["name", "geometry"]]


def simplify(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify the outlines together, so that neighbors keep a common border."""
    shapes = shapely.coverage_simplify(np.asarray(table.geometry), TOLERANCE_DEG)
    rounded = shapely.transform(shapes, lambda points: np.round(points, DECIMALS))
    return table.assign(geometry=gpd.GeoSeries(shapely.make_valid(rounded), crs=4326))
