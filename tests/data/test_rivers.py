"""The bundled rivers and towns."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from siting.geography.rivers import ACCURACY_KM, rivers_in

GEOGRAPHY = Path(__file__).parents[2] / "data" / "geography"
BRIDGES = (
    ("Brazos river", (-97.129, 31.561), "Waco"),
    ("Mississippi river", (-90.179, 38.629), "St. Louis"),
    ("Ohio river", (-84.510, 39.092), "Cincinnati"),
    ("Arkansas river", (-95.990, 36.130), "Tulsa"),
    ("Rhine river", (6.966, 50.941), "Cologne"),
    ("Rhône river", (4.840, 45.755), "Lyon"),
)
"""Bridges of cities (general knowledge)."""


def test_columns():
    rivers = gpd.read_parquet(GEOGRAPHY / "rivers.parquet")
    assert list(rivers.columns) == ["name", "kind", "rank", "geometry"]
    assert set(rivers.kind) == {"river", "lake"}
    assert set(rivers.geom_type) == {"LineString"}
    places = gpd.read_parquet(GEOGRAPHY / "places.parquet")
    assert list(places.columns) == ["name", "state", "country", "population", "geometry"]
    assert set(places.loc[places.country == "US", "state"].str.len()) == {2}


@pytest.mark.parametrize(("label", "bridge", "name"), BRIDGES, ids=[c[2] for c in BRIDGES])
def test_rivers_pass_under_their_bridges(label, bridge, name):
    lon, lat = bridge
    near = [r for r in rivers_in((lon - 1, lat - 1, lon + 1, lat + 1)) if r.label == label]
    assert near, f"no {label} near {name}"
    line = shapely.union_all([shapely.LineString(r.line) for r in near])
    at = shapely.get_coordinates(shapely.shortest_line(line, shapely.Point(bridge)))[0]
    away_km = Geod(ellps="WGS84").inv(*at, *bridge)[2] / 1000.0
    assert away_km < ACCURACY_KM


def test_rivers_are_cut_at_the_box():
    box = (-98.0, 30.0, -96.0, 32.0)
    found = rivers_in(box)
    assert {river.name for river in found} >= {"Brazos"}
    lons, lats = zip(*(point for river in found for point in river.line), strict=True)
    assert min(lons) >= box[0]
    assert max(lats) <= box[3]
    assert rivers_in((0.0, 0.0, 0.1, 0.1)) == []
