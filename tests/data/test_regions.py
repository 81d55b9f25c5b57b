"""The planning networks of the conterminous US and of Western Europe."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rustworkx as rx

OSM = Path(__file__).parents[2] / "data" / "geography" / "osm"
LAYERS = ("us_roads", "us_rail", "europe_roads", "europe_rail")
CITIES = {
    "Dallas": (-96.80, 32.78),
    "Houston": (-95.37, 29.76),
    "Ashburn": (-77.49, 39.04),
    "Columbus": (-83.00, 39.96),
    "Chicago": (-87.63, 41.88),
    "Indianapolis": (-86.16, 39.77),
    "Denver": (-104.99, 39.74),
    "Kansas City": (-94.58, 39.10),
    "Seattle": (-122.33, 47.61),
    "Portland": (-122.68, 45.52),
    "Miami": (-80.19, 25.76),
    "Orlando": (-81.38, 28.54),
    "Paris": (2.35, 48.86),
    "Lyon": (4.84, 45.76),
    "Brussels": (4.35, 50.85),
    "Amsterdam": (4.90, 52.37),
    "Frankfurt": (8.68, 50.11),
    "Madrid": (-3.70, 40.42),
    "Barcelona": (2.17, 41.39),
}
"""Longitude and latitude of city centers (general knowledge)."""
DRIVES_KM = (
    ("us", "Dallas", "Houston", 385),
    ("us", "Ashburn", "Columbus", 560),
    ("us", "Chicago", "Indianapolis", 295),
    ("us", "Denver", "Kansas City", 975),
    ("us", "Seattle", "Portland", 280),
    ("us", "Miami", "Orlando", 380),
    ("europe", "Paris", "Lyon", 465),
    ("europe", "Paris", "Brussels", 312),
    ("europe", "Brussels", "Amsterdam", 210),
    ("europe", "Frankfurt", "Paris", 572),
    ("europe", "Frankfurt", "Amsterdam", 440),
    ("europe", "Madrid", "Barcelona", 620),
)
"""Driving distances of general knowledge, rounded."""


@cache
def edges(layer: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(OSM / f"{layer}_planning.parquet")


@cache
def roads(region: str) -> tuple[rx.PyGraph, np.ndarray]:
    table = edges(f"{region}_roads")
    graph = rx.PyGraph()
    graph.add_nodes_from(range(int(table.v.max()) + 1))
    places = np.zeros((len(graph), 2))
    for u, v, length_km, line in table.itertuples(index=False):
        graph.add_edge(u, v, length_km)
        places[u], places[v] = line.coords[0], line.coords[-1]
    return graph, places


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_a_table_of_lines_between_numbered_nodes(layer):
    table = edges(layer)
    assert list(table.columns) == ["u", "v", "length_km", "geometry"]
    assert table.crs.to_epsg() == 4326
    assert set(table.geom_type) == {"LineString"}
    assert (table.u < table.v).all()
    assert (table.length_km > 0).all()
    assert set(table.u) | set(table.v) == set(range(int(table.v.max()) + 1))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_node_has_one_place_and_a_size_worth_keeping(layer):
    table = edges(layer)
    places: dict[int, set[tuple[float, ...]]] = {}
    for u, v, _, line in table.itertuples(index=False):
        places.setdefault(u, set()).add(line.coords[0])
        places.setdefault(v, set()).add(line.coords[-1])
    assert all(len(found) == 1 for found in places.values())
    assert (OSM / f"{layer}_planning.parquet").stat().st_size < 1_000_000


@pytest.mark.parametrize(("region", "start", "end", "km"), DRIVES_KM)
def test_a_way_by_road_is_about_as_long_as_the_drive(region, start, end, km):
    graph, places = roads(region)
    at = [
        int(np.hypot((places[:, 0] - lon) * np.cos(np.radians(lat)), places[:, 1] - lat).argmin())
        for lon, lat in (CITIES[start], CITIES[end])
    ]
    found = rx.dijkstra_shortest_path_lengths(graph, at[0], float, goal=at[1])
    assert 0.88 <= found[at[1]] / km <= 1.10
