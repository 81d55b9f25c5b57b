"""Cities of at least 50,000 people in the Texas box, from GeoNames."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

BOX = (-106.7, 25.8, -93.5, 36.5)
MIN_POPULATION = 50_000


def build(source: Path) -> pd.DataFrame:
    """Select the cities of the United States in the box, largest first."""
    west, south, east, north = BOX
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
