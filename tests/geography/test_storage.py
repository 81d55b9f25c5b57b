"""What is saved comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.errors import GeographyError
from siting.geography import build_network, load_network, network_sha256, save_network
from siting.network import CandidateNetwork, Corridor, Hut, Node, TieLine
from tests.geography.small import campus, make_study


@pytest.fixture
def network(ladder):
    sites = [campus("west", -98.7, 32.02), campus("east", -98.3, 32.07)]
    made = build_network(
        make_study(sites, geography={"source": ladder, "iru_provider": "t", "iru_pairs": 2})
    )
    first, *rest = made.corridors.values()
    marked = replace(first, srlgs=("bridge:a", "crossing:ü"), name="Straße 1")
    return replace(made, corridors={c.id: c for c in (marked, *rest)})


EMPTY = CandidateNetwork(name="empty", nodes={}, corridors={}, huts={}, tie_lines={})


def test_round_trip_is_exact(network, tmp_path):
    save_network(network, tmp_path / "run" / "network")
    back = load_network(tmp_path / "run" / "network")
    assert back == network
    assert list(back.corridors) == list(network.corridors)
    assert network_sha256(back) == network_sha256(network)
    assert type(next(iter(back.corridors.values())).length_km) is float


def test_empty_tables_round_trip(tmp_path):
    save_network(EMPTY, tmp_path)
    assert load_network(tmp_path) == EMPTY


HUT_CELLS: dict[str, dict[str, Any]] = {
    "given": {
        "leasable": True,
        "can_regenerate": True,
        "space_racks": 6,
        "power_kw": 20,
        "existing_racks": 2,
        "existing_amplifier_type": "legacy",
        "existing_until": "2030-01-01",
    },
    "by rule": {},
}
PLANT = replace(
    EMPTY,
    corridors={
        "old": Corridor(
            id="old",
            node_a="n",
            node_b="m",
            length_km=10,
            kind="route",
            iru_fiber_type="HCF",
            existing_fibers=96,
            existing_fiber_type="G654E",
            existing_until="2031-05-01",
            cuts_per_1000km_year=3,
        ),
        "new": Corridor(id="new", node_a="n", node_b="m", length_km=12.5, kind="route"),
    },
    huts={
        name: Hut(
            id=name,
            corridor="old",
            node=None,
            position_km=5,
            operator="own",
            lon=0.0,
            lat=0.0,
            **more,
        )
        for name, more in HUT_CELLS.items()
    },
)


@pytest.mark.parametrize("kept", [("old", "new"), ("old",), ("new",)])
def test_existing_plant_comes_back_with_its_types(kept, tmp_path):
    huts = {"old": "given", "new": "by rule"}
    made = replace(
        PLANT,
        corridors={name: PLANT.corridors[name] for name in kept},
        huts={huts[name]: PLANT.huts[huts[name]] for name in kept},
    )
    save_network(made, tmp_path)
    back = load_network(tmp_path)
    assert back == made
    assert network_sha256(back) == network_sha256(made)
    types = {str: "existing_fiber_type", int: "existing_fibers"}
    assert all(type(getattr(c, n)) is t for c in back.corridors.values() for t, n in types.items())
    for hut in back.huts.values():
        assert hut.space_racks is None or type(hut.space_racks) is int
        assert hut.power_kw is None or type(hut.power_kw) is float


@pytest.mark.parametrize(
    ("table", "name", "change"),
    [
        ("corridors", "old", {"existing_fibers": 94}),
        ("corridors", "old", {"existing_until": None}),
        ("corridors", "new", {"cuts_per_1000km_year": 0.0}),
        ("huts", "given", {"can_regenerate": False}),
        ("huts", "by rule", {"space_racks": 0}),
    ],
)
def test_checksum_covers_existing_plant(table, name, change):
    rows = getattr(PLANT, table)
    tables: dict[str, Any] = {table: {**rows, name: replace(rows[name], **change)}}
    changed = replace(PLANT, **tables)
    assert network_sha256(changed) != network_sha256(PLANT)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=20)
@given(length=FLOATS, position=FLOATS, lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_every_float_comes_back(tmp_path_factory, length, position, lon, lat):
    folder = tmp_path_factory.mktemp("network")
    made = replace(
        EMPTY,
        nodes={"n": Node(id="n", lon=lon, lat=lat)},
        corridors={
            "c": Corridor(id="c", node_a="n", node_b="m", length_km=length, kind="road"),
        },
        huts={
            "h": Hut(
                id="h",
                corridor="c",
                node=None,
                position_km=position,
                operator="own",
                lon=lon,
                lat=lat,
            )
        },
        tie_lines={
            "l": TieLine(id="l", campus="a", substation="s", length_km=length, capacity_mw=1.0)
        },
    )
    save_network(made, folder)
    assert load_network(folder) == made


def test_files_are_geoparquet(network, tmp_path):
    save_network(network, tmp_path)
    frame = gpd.read_parquet(tmp_path / "corridors.parquet")
    assert frame.crs.to_epsg() == 4326
    assert len(frame) == len(network.corridors)
    first = next(iter(network.corridors.values()))
    assert tuple(frame.geometry[0].coords) == first.geometry
    assert set(gpd.read_parquet(tmp_path / "nodes.parquet").geom_type) == {"Point"}


def test_checksum_is_of_the_content_not_of_its_order(network):
    turned = replace(network, corridors=dict(reversed(network.corridors.items())))
    assert network_sha256(turned) == network_sha256(network)
    first = next(iter(network.corridors.values()))
    changed = {**network.corridors, first.id: replace(first, length_km=first.length_km + 1e-12)}
    assert network_sha256(replace(network, corridors=changed)) != network_sha256(network)
    assert network_sha256(replace(network, definition={})) != network_sha256(network)


def test_whole_numbers_hash_like_floats():
    one, two = (replace(EMPTY, nodes={"n": Node(id="n", lon=x, lat=0.0)}) for x in (1, 1.0))
    assert network_sha256(one) == network_sha256(two)


def test_tables_of_another_network_are_noticed(network, tmp_path):
    save_network(network, tmp_path / "one")
    save_network(EMPTY, tmp_path / "two")
    (tmp_path / "two" / "huts.parquet").replace(tmp_path / "one" / "huts.parquet")
    with pytest.raises(GeographyError, match="not those that were saved"):
        load_network(tmp_path / "one")


def test_what_is_no_network_is_said(tmp_path):
    with pytest.raises(GeographyError, match="not a saved network"):
        load_network(tmp_path)
    save_network(EMPTY, tmp_path)
    (tmp_path / "nodes.parquet").write_bytes(b"broken")
    with pytest.raises(GeographyError, match="not a saved network"):
        load_network(tmp_path)


def test_another_version_is_said(tmp_path):
    save_network(EMPTY, tmp_path)
    head = json.loads((tmp_path / "network.json").read_text())
    (tmp_path / "network.json").write_text(json.dumps({**head, "schema_version": 99}))
    with pytest.raises(GeographyError, match="schema_version 99 is not supported"):
        load_network(tmp_path)
