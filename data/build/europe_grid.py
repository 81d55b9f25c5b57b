"""Synthetic substations and greenfield campuses between Paris, Amsterdam and Frankfurt, by rule.

No registry has the grid of these countries: ``simbench`` (ODbL) covers Germany alone, under
anonymous names, so one country would look like data and the others like guesses. All five are
treated alike instead, and nothing here is a real substation.

**Substations.** One at each town of ``data/geography/places.parquet`` with ``MIN_TOWN`` people in
the box, the largest first, at least ``APART_KM`` from each other: load is where people are, and
high-voltage substations serve it. All are written as 380 kV. The grid region is the nearest city of
``REGION_CITY`` people in the same country. Headroom is ``HUB_MW`` within ``HUB_KM`` of a hub, else
``MOST_MW``.

**Greenfield campuses.** In each grid region the substation farthest from its city, at least
``HUB_KM`` from every hub and ``FROM_OTHERS_KM`` from every announced or accepted campus; at it the
point of :func:`greenfield.place_near`. The limit is ``GREENFIELD_MW`` planned.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import greenfield
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

BOX = (1.4, 47.9, 10.2, 53.6)
COUNTRIES = {
    "BE": "Belgium",
    "DE": "Germany",
    "FR": "France",
    "LU": "Luxembourg",
    "NL": "Netherlands",
}
HUBS = ("Amsterdam", "Brussels", "Frankfurt am Main", "Paris")
HUB_KM, HUB_MW, MOST_MW = 60.0, 100, 300
MIN_TOWN, APART_KM, KV = 20_000, 15.0, 380
REGION_CITY = 400_000
FROM_OTHERS_KM = 40.0
GREENFIELD_MW = 1000
TO_LAEA = Transformer.from_crs(4326, 3035, always_xy=True)


def towns(data: Path) -> pd.DataFrame:
    """Return the towns of the countries in the box, largest first."""
    table = gpd.read_parquet(data / "geography" / "places.parquet")
    table = table.assign(lon=table.geometry.x, lat=table.geometry.y).drop(columns="geometry")
    west, south, east, north = BOX
    inside = table.lon.between(west, east) & table.lat.between(south, north)
    table = pd.DataFrame(table[inside & table.country.isin(COUNTRIES)])
    return table.sort_values(["population", "name"], ascending=[False, True], ignore_index=True)


def hubs(table: pd.DataFrame) -> pd.DataFrame:
    return table[table.name.isin(HUBS) & (table.population >= REGION_CITY)]


def substations(data: Path) -> pd.DataFrame:
    """Apply the rule of substations.

    Args:
        data: the folder of bundled tables.
    """
    every = towns(data)
    cities = every[every.population >= REGION_CITY]
    rows: list[dict[str, object]] = []
    for town in every[every.population >= MIN_TOWN].itertuples():
        placed = pd.DataFrame(rows, columns=["lon", "lat"])
        if rows and greenfield.distances_km(town.lon, town.lat, placed).min() < APART_KM:
            continue
        home = cities[cities.country == town.country]
        home = home if len(home) else cities
        away = greenfield.distances_km(town.lon, town.lat, home)
        hub = greenfield.distances_km(town.lon, town.lat, hubs(every)).min()
        city = home.iloc[int(away.argmin())]
        rows.append(
            {
                "id": f"rule{len(rows) + 1:03d}",
                "name": f"{town.name} by rule",
                "lon": town.lon,
                "lat": town.lat,
                "kv": KV,
                "headroom_mw": HUB_MW if hub <= HUB_KM else MOST_MW,
                "hub_km": round(hub, 1),
                "city_km": round(float(away.min()), 1),
                "country": town.country,
                "grid_region": f"{city.country} {city['name']}",
                "synthetic": "true",
            }
        )
    return pd.DataFrame(rows)


def campuses(data: Path) -> pd.DataFrame:
    """Apply the rule of greenfield campuses.

    Args:
        data: the folder of bundled tables, substations included.
    """
    grid = pd.read_csv(data / "grid" / "europe_substations_by_rule.csv")
    taken = pd.read_csv(data / "sites" / "europe_campuses.csv")[["lon", "lat"]]
    outlines = gpd.read_parquet(data / "geography" / "europe_countries.parquet")
    land = shapely.union_all(outlines.geometry[outlines.name.isin(COUNTRIES.values())])
    shapely.prepare(land)
    lines = gpd.read_parquet(data / "geography" / "osm" / "europe_roads_planning.parquet")
    roads = shapely.STRtree(np.asarray(lines.to_crs(3035).geometry))
    rows: list[dict[str, object]] = []
    grid = grid[grid.hub_km >= HUB_KM].sort_values(["city_km", "id"], ascending=[False, True])
    for region in sorted(set(grid.grid_region)):
        for sub in grid[grid.grid_region == region].itertuples():
            place = greenfield.place_near(sub.lon, sub.lat, roads, land, TO_LAEA)
            if not place:
                continue
            lon, lat = place
            if greenfield.distances_km(lon, lat, taken).min() < FROM_OTHERS_KM:
                continue
            taken = pd.concat([taken, pd.DataFrame([{"lon": lon, "lat": lat}])], ignore_index=True)
            rows.append(
                {
                    "id": f"green{len(rows) + 1:02d}",
                    "name": f"Greenfield near {sub.name.removesuffix(' by rule')}",
                    "lon": lon,
                    "lat": lat,
                    "position_accuracy_deg": greenfield.POSITION_ACCURACY_DEG,
                    "kind": "greenfield",
                    "facility_mw_now": "",
                    "facility_mw_planned": GREENFIELD_MW,
                    "first_power": "",
                    "grid_region": region,
                    "publisher": "own",
                    "licence": "own",
                    "mark": "judgement",
                    "confidence": "synthetic",
                    "as_of": greenfield.AS_OF,
                    "note": "synthetic placement by rule (data/build/europe_grid.py) at "
                    f"substation {sub.id}",
                }
            )
            break
    return pd.DataFrame(rows)
