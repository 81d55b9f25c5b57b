"""The bundled networks, places and sites of Texas look like the real ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

DATA = Path(__file__).parents[2] / "data"
NETWORKS = ("roads", "roads_planning", "rail", "rail_planning")
ROADS = ("roads", "roads_planning")
GEOD = Geod(ellps="WGS84")
SITE_COLUMNS = [
    "id",
    "name",
    "lon",
    "lat",
    "position_accuracy_deg",
    "kind",
    "facility_mw_now",
    "facility_mw_planned",
    "first_power",
    "grid_region",
    "publisher",
    "licence",
    "mark",
    "confidence",
    "as_of",
    "note",
]


@cache
def edges(name: str) -> gpd.GeoDataFrame:
    """Read one network."""
    return gpd.read_parquet(DATA / "geography" / "osm" / f"us_tx_{name}.parquet")


@cache
def graph(name: str) -> nx.MultiGraph:
    """Read one network as a graph with node positions."""
    result = nx.MultiGraph()
    for u, v, length_km, line in edges(name).itertuples(index=False):
        result.add_node(u, place=line.coords[0])
        result.add_node(v, place=line.coords[-1])
        result.add_edge(u, v, length_km=length_km)
    return result


@cache
def cities() -> pd.DataFrame:
    """Read the cities by name, the largest of each name."""
    table = pd.read_csv(DATA / "geography" / "us_tx_metros.csv")
    return table.drop_duplicates("name").set_index("name")


@cache
def sites() -> pd.DataFrame:
    """Read the announced and the greenfield campuses."""
    files = ("us_tx_campuses.csv", "us_tx_greenfield.csv")
    return pd.concat([pd.read_csv(DATA / "sites" / f) for f in files], ignore_index=True)


def distances_km(lon: float, lat: float, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Return geodesic distances from one point to many."""
    n = len(lons)
    return np.asarray(GEOD.inv(np.full(n, lon), np.full(n, lat), lons, lats)[2]) / 1000


def nearest_node(network: nx.MultiGraph, city: str) -> int:
    """Return the node nearest to the center of a city."""
    nodes = list(network)
    lons, lats = np.asarray([network.nodes[n]["place"] for n in nodes]).T
    place = cities().loc[city]
    return int(nodes[int(distances_km(place.lon, place.lat, lons, lats).argmin())])


@pytest.mark.parametrize("name", NETWORKS)
def test_schema(name: str) -> None:
    """Columns, coordinate system and geometry are as documented."""
    table = edges(name)
    assert list(table.columns) == ["u", "v", "length_km", "geometry"]
    assert table.crs.to_epsg() == 4326
    assert set(table.geom_type) == {"LineString"}
    assert table.geometry.is_valid.all()
    assert (table.u < table.v).all()
    assert (table.length_km > 0).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_nodes_have_one_position_and_hang_together(name: str) -> None:
    """All edges of a node end at the same point, and the network is one piece."""
    places: dict[int, set[tuple[float, ...]]] = {}
    for u, v, _, line in edges(name).itertuples(index=False):
        places.setdefault(u, set()).add(line.coords[0])
        places.setdefault(v, set()).add(line.coords[-1])
    assert all(len(found) == 1 for found in places.values())
    assert sorted(places) == list(range(len(places)))
    assert nx.is_connected(graph(name))


@pytest.mark.parametrize("name", NETWORKS)
def test_no_chain_is_left_to_contract(name: str) -> None:
    """A node of degree 2 is gone."""
    assert 2 not in dict(graph(name).degree()).values()


@pytest.mark.parametrize("name", NETWORKS)
def test_length_is_that_of_the_line(name: str) -> None:
    """The stored length is the geodesic one before simplification, so never much shorter."""
    table = edges(name)
    drawn = table.geometry.map(GEOD.geometry_length) / 1000
    assert (drawn <= table.length_km + 0.02).all()
    assert drawn.sum() == pytest.approx(table.length_km.sum(), rel=0.002)


def test_planning_network_has_the_documented_size() -> None:
    """The planning rule gives a network of the stated size without parallel edges."""
    table = edges("roads_planning")
    assert 1_700 <= graph("roads_planning").number_of_nodes() <= 2_100
    assert 3_000 <= len(table) <= 3_700
    assert not table.duplicated(["u", "v"]).any()


@pytest.mark.parametrize("name", ROADS)
@pytest.mark.parametrize(
    ("start", "end", "expected_km"),
    [
        ("Dallas", "Abilene", 292),
        ("Dallas", "Houston", 381),
        ("Abilene", "El Paso", 695),
        ("Dallas", "San Antonio", 439),
        ("Abilene", "Lubbock", 269),
    ],
)
def test_road_routes_look_right(name: str, start: str, end: str, expected_km: float) -> None:
    """Shortest paths between cities agree with those measured on the source network."""
    network = graph(name)
    found = nx.dijkstra_path_length(
        network, nearest_node(network, start), nearest_node(network, end), weight="length_km"
    )
    assert found == pytest.approx(expected_km, rel=0.05)


@pytest.mark.parametrize(
    ("start", "end", "driving_km"), [("Dallas", "Houston", 385), ("Dallas", "San Antonio", 440)]
)
def test_rail_routes_are_plausible(start: str, end: str, driving_km: float) -> None:
    """Rail is between 10 % shorter and 25 % longer than the drive."""
    network = graph("rail")
    found = nx.dijkstra_path_length(
        network, nearest_node(network, start), nearest_node(network, end), weight="length_km"
    )
    assert 0.9 * driving_km <= found <= 1.25 * driving_km


def test_states() -> None:
    """Fifty states and the capital, Texas of the right size."""
    table = gpd.read_parquet(DATA / "geography" / "us_states.parquet")
    assert list(table.columns) == ["name", "state", "geometry"]
    assert len(table) == table.state.nunique() == 51
    assert table.geometry.is_valid.all()
    texas = table.set_index("state").to_crs(5070).geometry["TX"]
    assert texas.area / 1e6 == pytest.approx(686_000, rel=0.02)


def test_cities_are_large_and_in_the_box() -> None:
    """The city table keeps to its rule."""
    table = cities()
    assert (table.population >= 50_000).all()
    assert table.lon.between(-106.7, -93.5).all()
    assert table.lat.between(25.8, 36.5).all()


def test_substations_are_marked_synthetic() -> None:
    """Every substation says that it is synthetic."""
    table = pd.read_csv(DATA / "grid" / "us_tx_substations_tamu.csv")
    assert len(table) == 239
    assert table.id.is_unique
    assert table.synthetic.all()
    assert (table.kv >= 230).all()
    assert set(table.state) == {"TX"}


def test_sites_keep_to_their_rules() -> None:
    """Columns, marks and the distances of the placement rule."""
    table = sites()
    assert list(table.columns) == SITE_COLUMNS
    assert table.id.is_unique
    assert set(table.kind) == {"announced", "greenfield"}
    assert set(table.mark) <= {"source", "source-not-reverified", "computed", "judgement"}
    assert table[["lon", "lat", "facility_mw_planned", "as_of", "note"]].notna().all(axis=None)
    for site in table.itertuples():
        others = table[table.id != site.id]
        apart = distances_km(site.lon, site.lat, others.lon.to_numpy(), others.lat.to_numpy())
        assert apart.min() > 5
        if site.kind == "greenfield":
            assert apart[others.kind == "announced"].min() >= 10
            assert apart[others.kind == "greenfield"].min() >= 35


def test_sites_lie_in_grid_regions_of_the_substations() -> None:
    """Sites and substations name their grid regions alike."""
    table = pd.read_csv(DATA / "grid" / "us_tx_substations_tamu.csv")
    assert set(sites().grid_region) <= set(table.grid_region)
