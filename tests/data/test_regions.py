"""The planning networks of the conterminous US and of Western Europe."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from siting.geography.geodesy import length_km

OSM = Path(__file__).parents[2] / "data" / "geography" / "osm"
LAYERS = ("us_roads", "us_rail", "europe_roads", "europe_rail")
ISLANDS = {
    "Dublin": (-6.26, 53.35),
    "London": (-0.13, 51.51),
    "Gothenburg": (11.97, 57.71),
    "Copenhagen": (12.57, 55.68),
    "Palermo": (13.36, 38.12),
    "Algiers": (3.06, 36.75),
}
"""Longitude and latitude of city centers that the sea parts from the continent's roads."""


@cache
def edges(layer: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(OSM / f"{layer}_planning.parquet")


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_a_table_of_lines_between_numbered_nodes(layer):
    table = edges(layer)
    assert list(table.columns) == ["u", "v", "ground_km", "geometry"]
    assert table.crs.to_epsg() == 4326
    assert set(table.geom_type) == {"LineString"}
    assert (table.u < table.v).all()
    assert (table.ground_km > 0).all()
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


@pytest.mark.parametrize("layer", LAYERS)
def test_a_way_is_about_as_long_as_its_line_or_a_little_longer(layer):
    table = edges(layer)
    drawn = np.asarray([length_km(line.coords) for line in table.geometry])
    stretch = table.ground_km.to_numpy() / drawn
    assert 1.01 < table.ground_km.sum() / drawn.sum() < 1.08
    assert np.percentile(stretch, 1) > 0.98
    assert np.percentile(stretch, 99) < 1.4


def test_islands_are_part_of_europe_and_africa_is_not():
    table = edges("europe_roads")
    lines = np.asarray(table.geometry)
    near = {
        city: float(shapely.distance(lines, shapely.Point(place)).min())
        for city, place in ISLANDS.items()
    }
    assert near.pop("Algiers") > 1.0
    assert max(near.values()) < 0.1
