"""Cities of at least 50,000 people in the boxes of the studies, from GeoNames."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

Box = tuple[float, float, float, float]
TEXAS: Box = (-106.7, 25.8, -93.5, 36.5)
CONUS: Box = (-125.0, 24.4, -66.8, 49.5)
MIN_POPULATION = 50_000


def build(source: Path, box: Box) -> pd.DataFrame:
    """Select the cities of the United States in a box, largest first.

    Args:
        source: cities15000.json.
        box: west, south, east and north, degrees.
    """
    west, south, east, north = box
    rows = [
        (c["name"], round(c["longitude"], 5), round(c["latitude"], 5), c["population"])
        for c in json.loads(source.read_text(encoding="utf-8")).values()
        if c["countrycode"] == "US"
        and c["population"] >= MIN_POPULATION
        and west <= c["longitude"] <= east
        and south <= c["latitude"] <= north
    ]
    table = pd.DataFrame(rows, columns=["name", "lon", "lat", "population"])
    return table.sort_values(["population", "name"], ascending=[False, True], ignore_index=True)
