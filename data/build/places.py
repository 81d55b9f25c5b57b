"""Towns that tell a person where something lies, from GeoNames."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import regions

MIN_ELSEWHERE = 50_000
"""Outside the boxes of the bundled regions a place has at least so many people."""
DECIMALS = 3


def build(source: Path) -> gpd.GeoDataFrame:
    """Select the places: every row of the source in the bundled regions, large ones elsewhere.

    Args:
        source: cities5000.json, cities of 5,000 people and more.
    """
    rows = [
        (
            city["name"],
            city["admin1code"] if city["countrycode"] == "US" else "",
            city["countrycode"],
            city["population"],
            round(city["longitude"], DECIMALS),
            round(city["latitude"], DECIMALS),
        )
        for city in json.loads(source.read_text(encoding="utf-8")).values()
    ]
    table = pd.DataFrame(rows, columns=["name", "state", "country", "population", "lon", "lat"])
    kept = table.population >= MIN_ELSEWHERE
    for west, south, east, north in regions.BOXES.values():
        kept |= table.lon.between(west, east) & table.lat.between(south, north)
    table = table[kept].sort_values(
        ["country", "state", "name", "population", "lon"], ignore_index=True
    )
    table["population"] = table.population.astype(np.int32)
    points = gpd.points_from_xy(table.lon, table.lat)
    return gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points, crs=4326)
