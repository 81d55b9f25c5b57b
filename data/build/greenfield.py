"""Greenfield campus candidates of Texas, placed by a rule on the tables bundled here.

1. Take the synthetic substations of ERCOT at 345 kV or more, those with the most line MVA first
   (MVA of the lines that end there: a proxy of deliverable headroom).
2. At each, look at the points 2 to 6 km away (steps of 0.5 km, 36 bearings) and take the one whose
   distance to a road is closest to 1.5 km, the nearer and then the lower bearing first.
3. Accept the point when it lies in Texas, at least 10 km from every announced campus, 35 km from
   every accepted one, 30 km from every city of 500,000 people and 15 km from every other city of
   the table, and when its weather zone has fewer than two so far: a plan may have to spread over
   grid regions. Stop at 12.

The limit in facility MW is 12 % of the line MVA, in steps of 50, between 300 and 2,000.
Nobody announced these sites, and the substations are synthetic: the positions are a planning
exercise, not a claim about land, power or owners.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod, Transformer

COUNT = 12
MIN_KV = 345
REGION = "ERCOT"
FROM_ANNOUNCED_KM = 10.0
FROM_EACH_OTHER_KM = 35.0
LARGE_CITY, FROM_LARGE_CITY_KM = 500_000, 30.0
FROM_CITY_KM = 15.0
PER_REGION = 2
OFFSETS_KM = np.arange(2.0, 6.01, 0.5)
BEARINGS = np.arange(0.0, 360.0, 10.0)
ROAD_KM = 1.5
SHARE_OF_LINES, STEP_MW, LEAST_MW, MOST_MW = 0.12, 50, 300, 2000
POSITION_ACCURACY_DEG = 0.1
AS_OF = "2026-11"

GEOD = Geod(ellps="WGS84")
TO_ALBERS = Transformer.from_crs(4326, 5070, always_xy=True)


def distances_km(lon: float, lat: float, table: pd.DataFrame) -> np.ndarray:
    """Return the geodesic distances from a point to the places of a table."""
    n = len(table)
    meters = GEOD.inv(np.full(n, lon), np.full(n, lat), table.lon, table.lat)[2]
    return np.asarray(meters) / 1000.0


def place_near(
    lon: float, lat: float, roads: shapely.STRtree, texas: shapely.Geometry
) -> tuple[float, ...]:
    """Return the point around a substation whose distance to a road is closest to the target.

    Returns:
        Longitude and latitude, or nothing when no point lies in Texas.
    """
    best: tuple[float, ...] = ()
    for offset in OFFSETS_KM:
        for bearing in BEARINGS:
            x, y, _ = GEOD.fwd(lon, lat, bearing, offset * 1000.0)
            if not shapely.contains_xy(texas, x, y):
                continue
            point = shapely.Point(TO_ALBERS.transform(x, y))
            road = roads.geometries[roads.nearest(point)]
            miss = round(abs(shapely.distance(point, road) / 1000.0 - ROAD_KM), 3)
            if not best or miss < best[0]:
                best = (miss, round(x, 4), round(y, 4))
    return best[1:]


def build(data: Path) -> pd.DataFrame:
    """Apply the rule.

    Args:
        data: the folder of bundled tables.

    Returns:
        The candidates, best substation first.
    """
    grid = pd.read_csv(data / "grid" / "us_tx_substations_tamu.csv")
    cities = pd.read_csv(data / "geography" / "us_tx_metros.csv")
    announced = pd.read_csv(data / "sites" / "us_tx_campuses.csv")
    states = gpd.read_parquet(data / "geography" / "us_states.parquet")
    texas = states.loc[states.state == "TX", "geometry"].iloc[0]
    lines = gpd.read_parquet(data / "geography" / "osm" / "us_tx_roads.parquet").to_crs(5070)
    roads = shapely.STRtree(np.asarray(lines.geometry))

    grid = grid[(grid.kv >= MIN_KV) & grid.grid_region.str.startswith(REGION)]
    grid = grid.sort_values(["line_mva", "id"], ascending=[False, True])
    least_km = np.where(cities.population >= LARGE_CITY, FROM_LARGE_CITY_KM, FROM_CITY_KM)
    rows: list[dict[str, object]] = []
    for sub in grid.itertuples():
        if len(rows) == COUNT:
            break
        if sum(row["grid_region"] == sub.grid_region for row in rows) == PER_REGION:
            continue
        place = place_near(sub.lon, sub.lat, roads, texas)
        if not place:
            continue
        lon, lat = place
        accepted = pd.DataFrame(rows, columns=["lon", "lat"])
        if (
            distances_km(lon, lat, announced).min() < FROM_ANNOUNCED_KM
            or (rows and distances_km(lon, lat, accepted).min() < FROM_EACH_OTHER_KM)
            or (distances_km(lon, lat, cities) < least_km).any()
        ):
            continue
        megawatts = STEP_MW * round(SHARE_OF_LINES * sub.line_mva / STEP_MW)
        rows.append(
            {
                "id": f"green{len(rows) + 1:02d}",
                "name": f"Greenfield near {sub.name.rstrip(' 0123456789').title()}",
                "lon": lon,
                "lat": lat,
                "position_accuracy_deg": POSITION_ACCURACY_DEG,
                "kind": "greenfield",
                "facility_mw_now": "",
                "facility_mw_planned": min(max(megawatts, LEAST_MW), MOST_MW),
                "first_power": "",
                "grid_region": sub.grid_region,
                "publisher": "own",
                "licence": "own",
                "mark": "judgement",
                "confidence": "synthetic",
                "as_of": AS_OF,
                "note": f"synthetic placement by rule (data/build/greenfield.py) at substation "
                f"{sub.id}; limit from its {sub.line_mva:.0f} MVA of lines",
            }
        )
    return pd.DataFrame(rows)
