"""Greenfield campus candidates, placed by a rule on the tables bundled here.

1. Take the synthetic substations of the rule's states and grid at 345 kV or more, those with the
   most line MVA first (MVA of the lines that end there: a proxy of deliverable headroom).
2. At each, look at the points 2 to 6 km away (steps of 0.5 km, 36 bearings) and take the one whose
   distance to a road is closest to 1.5 km, the nearer and then the lower bearing first.
3. Accept the point when it lies in those states, at least 10 km from every announced campus, far
   enough from every accepted one, 30 km from every city of 500,000 people and 15 km from every
   other city of the table, and when its grid region has fewer than allowed so far: a plan may have
   to spread over grid regions. Stop at the number of the rule.

The limit in facility MW is 12 % of the line MVA, in steps of 50, between 300 and 2,000.
Nobody announced these sites, and the substations are synthetic: the positions are a planning
exercise, not a claim about land, power or owners.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod, Transformer

MIN_KV = 345
FROM_ANNOUNCED_KM = 10.0
LARGE_CITY, FROM_LARGE_CITY_KM = 500_000, 30.0
FROM_CITY_KM = 15.0
OFFSETS_KM = np.arange(2.0, 6.01, 0.5)
BEARINGS = np.arange(0.0, 360.0, 10.0)
ROAD_KM = 1.5
SHARE_OF_LINES, STEP_MW, LEAST_MW, MOST_MW = 0.12, 50, 300, 2000
POSITION_ACCURACY_DEG = 0.1
AS_OF = "2026-11"


@dataclass(frozen=True)
class Rule:
    """Where candidates are placed, and how many."""

    states: tuple[str, ...]
    grids: tuple[str, ...]
    """Grid regions start with one of these."""
    count: int
    per_region: int
    """Most candidates in one grid region."""
    from_each_other_km: float
    substations: str
    cities: str
    announced: tuple[str, ...]
    roads: str


TEXAS = Rule(
    states=("TX",),
    grids=("ERCOT",),
    count=12,
    per_region=2,
    from_each_other_km=35.0,
    substations="us_tx_substations_tamu.csv",
    cities="us_tx_metros.csv",
    announced=("us_tx_campuses.csv",),
    roads="us_tx_roads.parquet",
)
MIDWEST = Rule(
    states=("OH", "IN", "IL", "VA"),
    grids=("Eastern",),
    count=12,
    per_region=3,
    from_each_other_km=50.0,
    substations="us_substations_tamu.csv",
    cities="us_metros.csv",
    announced=("us_campuses.csv",),
    roads="us_roads_planning.parquet",
)
CONUS = Rule(
    states=(
        "AZ",
        "GA",
        "IA",
        "IL",
        "IN",
        "LA",
        "MI",
        "MS",
        "NE",
        "NM",
        "NV",
        "OH",
        "OK",
        "PA",
        "TN",
        "TX",
        "VA",
        "WI",
    ),
    grids=("Eastern", "ERCOT", "WECC"),
    count=14,
    per_region=1,
    from_each_other_km=150.0,
    substations="us_substations_tamu.csv",
    cities="us_metros.csv",
    announced=("us_tx_campuses.csv", "us_campuses.csv"),
    roads="us_roads_planning.parquet",
)
"""Its states are those with a price of power in the catalog."""

GEOD = Geod(ellps="WGS84")
TO_ALBERS = Transformer.from_crs(4326, 5070, always_xy=True)


def distances_km(lon: float, lat: float, table: pd.DataFrame) -> np.ndarray:
    """Return the geodesic distances from a point to the places of a table."""
    n = len(table)
    meters = GEOD.inv(np.full(n, lon), np.full(n, lat), table.lon, table.lat)[2]
    return np.asarray(meters) / 1000.0


def place_near(
    lon: float,
    lat: float,
    roads: shapely.STRtree,
    land: shapely.Geometry,
    to_plane: Transformer = TO_ALBERS,
) -> tuple[float, ...]:
    """Return the point around a substation whose distance to a road is closest to the target.

    Returns:
        Longitude and latitude, or nothing when no point lies on the land.
    """
    best: tuple[float, ...] = ()
    for offset in OFFSETS_KM:
        for bearing in BEARINGS:
            x, y, _ = GEOD.fwd(lon, lat, bearing, offset * 1000.0)
            if not shapely.contains_xy(land, x, y):
                continue
            point = shapely.Point(to_plane.transform(x, y))
            road = roads.geometries[roads.nearest(point)]
            miss = round(abs(shapely.distance(point, road) / 1000.0 - ROAD_KM), 3)
            if not best or miss < best[0]:
                best = (miss, round(x, 4), round(y, 4))
    return best[1:]


def build(data: Path, rule: Rule) -> pd.DataFrame:
    """Apply the rule.

    Args:
        data: the folder of bundled tables.
        rule: where and how many.

    Returns:
        The candidates, best substation first.
    """
    grid = pd.read_csv(data / "grid" / rule.substations)
    cities = pd.read_csv(data / "geography" / rule.cities)
    announced = pd.concat([pd.read_csv(data / "sites" / name) for name in rule.announced])
    states = gpd.read_parquet(data / "geography" / "us_states.parquet")
    land = shapely.union_all(states.geometry[states.state.isin(rule.states)])
    lines = gpd.read_parquet(data / "geography" / "osm" / rule.roads).to_crs(5070)
    roads = shapely.STRtree(np.asarray(lines.geometry))
    shapely.prepare(land)

    grid = grid[(grid.kv >= MIN_KV) & grid.state.isin(rule.states)]
    grid = grid[grid.grid_region.str.startswith(rule.grids)]
    grid = grid.sort_values(["line_mva", "id"], ascending=[False, True])
    least_km = np.where(cities.population >= LARGE_CITY, FROM_LARGE_CITY_KM, FROM_CITY_KM)
    rows: list[dict[str, object]] = []
    for sub in grid.itertuples():
        if len(rows) == rule.count:
            break
        if sum(row["grid_region"] == sub.grid_region for row in rows) == rule.per_region:
            continue
        place = place_near(sub.lon, sub.lat, roads, land)
        if not place:
            continue
        lon, lat = place
        accepted = pd.DataFrame(rows, columns=["lon", "lat"])
        if (
            distances_km(lon, lat, announced).min() < FROM_ANNOUNCED_KM
            or (rows and distances_km(lon, lat, accepted).min() < rule.from_each_other_km)
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
