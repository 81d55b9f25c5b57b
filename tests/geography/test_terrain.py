"""Build priced by land: a region of four roads and a railway, one town and one river."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from siting.errors import StudyError
from siting.geography import build_network, load_network, save_network
from siting.geography.geodesy import length_km
from siting.geography.region import RegionRules, make_region
from siting.geography.terrain import pricing
from siting.geography.terrain.land import Towns
from siting.geography.ways import Way
from siting.loading import load_study
from siting.study_copy import study_catalog

STUDY = """\
schema_version: 1
name: small
title: A small study
geography: {source: 'folder:../region', build_cost: by_land}
horizon: {decision_date: 2024-01-01, start: 2028-01-01, periods: 1}
workloads: [{id: train, it_demand_mw: [100]}]
"""
TABLES = {
    "campuses.csv": """\
id,name,lon,lat,kind,limit_mw,earliest_date,grid_region
A,Alpha,-96.98,32.05,greenfield,300,2027-01-01,North
B,Bravo,-96.62,32.05,greenfield,300,2027-01-01,North
""",
    "substations.csv": "id,name,lon,lat,kv,grid_region\nS1,One,-96.9,32.0,345,North\n",
    "power_timelines.csv": "substation_id,date,headroom_mw\nS1,2027-01-01,500\n",
}
SOUTH = ((-97.0, 32.0), (-96.6, 32.0))
ROADS = [
    SOUTH,
    ((-97.0, 32.1), (-96.6, 32.1)),
    ((-97.0, 32.0), (-97.0, 32.1)),
    ((-96.6, 32.0), (-96.6, 32.1)),
    ((-97.1, 32.0), (-97.0, 32.0)),
    ((-97.1, 32.1), (-97.0, 32.1)),
    ((-96.6, 32.0), (-96.5, 32.0)),
    ((-96.6, 32.1), (-96.5, 32.1)),
]
"""A ring, with dead ends that make its corners junctions."""
RAIL = ((-96.8, 31.5), (-96.8, 32.05), (-96.65, 32.05))
"""Crosses the southern road, then ends between the roads."""
RIVER = ((-96.7, 31.8), (-96.7, 32.3))
"""Crosses both roads and the railway."""
TOWN = (-96.9, 32.0)
CORE_KM, TOWN_KM = 1.0, 3.0


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes the region and a study on it."""

    def make(text=STUDY, **conduit):
        folder = tmp_path / "region"
        folder.mkdir()
        for name, lines in (("roads", ROADS), ("rail", [RAIL])):
            shapes = [shapely.LineString(line) for line in lines]
            gpd.GeoDataFrame(geometry=shapes, crs=4326).to_parquet(folder / f"{name}.parquet")
        if conduit:
            gpd.GeoDataFrame(
                {key: [value] for key, value in conduit.items()},
                geometry=[shapely.LineString(((-97.0, 32.1), (-96.8, 32.15), (-96.6, 32.1)))],
                crs=4326,
            ).to_parquet(folder / "conduits.parquet")
        make_region(folder, RegionRules(simplify_deg=0.0, least_component_share=0.0))
        study = tmp_path / "study"
        study.mkdir()
        (study / "study.yaml").write_text(text, "utf-8")
        for name, content in TABLES.items():
            (study / name).write_text(content, "utf-8")
        return study

    towns = Towns(np.array([TOWN]), np.array([CORE_KM]), np.array([TOWN_KM]))
    monkeypatch.setattr(pricing, "read_towns", lambda _: towns)
    monkeypatch.setattr(pricing, "river_lines", lambda _: [RIVER])
    return make


def ring_of(network):
    """Return the corridors along the ring of roads."""
    return [c for c in network.corridors.values() if c.kind == "road"]


def test_shares_and_crossings_along_roads(write):
    roads = ring_of(build_network(load_study(write())))
    km = [c.length_km / 1.05 for c in roads]
    assert sum(km) == pytest.approx(sum(map(length_km, ROADS[:4])), rel=1e-5)
    urban = sum(k * c.urban_fraction for k, c in zip(km, roads, strict=True))
    suburban = sum(k * c.suburban_fraction for k, c in zip(km, roads, strict=True))
    assert urban == pytest.approx(2 * CORE_KM, abs=1e-3)
    assert suburban == pytest.approx(2 * (TOWN_KM - CORE_KM), abs=1e-3)
    crossings = np.array([(c.river_crossings, c.rail_crossings, c.road_crossings) for c in roads])
    assert crossings.sum(axis=0).tolist() == [2.0, 1.0, 0.0]
    # the railway crosses the southern road where fiber may change over: half on either side
    assert sorted(crossings[:, 1].tolist())[-2:] == [0.5, 0.5]


def test_cost_is_mix_times_factor_by_share_plus_crossings(write):
    study = load_study(write())
    v = study_catalog(study).value
    rural = 0.80 * 47572 + 0.15 * 82021 + 0.05 * 86942
    suburban = 0.20 * 47572 + 0.50 * 82021 + 0.30 * 86942
    urban = 0.60 * 82021 + 0.40 * 86942
    for c in build_network(study).corridors.values():
        assert c.urban_fraction is not None
        assert c.suburban_fraction is not None
        a, b = c.urban_fraction, c.suburban_fraction
        expected = 2.0 * rural * (1 - a - b) + 3.3 * suburban * b + 5.4 * urban * a
        assert c.build_cost_usd_per_km == pytest.approx(expected, rel=1e-12)
        adders = (400_000, 100_000, 75_000)
        counts = (c.river_crossings, c.rail_crossings, c.road_crossings)
        assert c.crossings_usd == sum(n * usd for n, usd in zip(counts, adders, strict=True))
        row = "build.longhaul" if c.kind in {"road", "rail"} else "build.bore"
        assert c.build_lead_time_years == study_catalog(study).lead_time_years(row)
    assert v("crossing.river") == 400_000


def test_mixes_and_prices_of_the_study(write):
    study = load_study(
        write(),
        overrides={
            "geography.terrain.rural": {"aerial": 1.0},
            "catalog.overrides.land.rural.allin": 1.5,
            "catalog.overrides.crossing.river": 7.0,
            "catalog.overrides.crossing.rail": 0.0,
        },
    )
    for road in ring_of(build_network(study)):
        if road.urban_fraction == road.suburban_fraction == 0.0:
            assert road.build_cost_usd_per_km == pytest.approx(1.5 * 26247)
        assert road.crossings_usd == 7.0 * road.river_crossings
    assert any(road.river_crossings for road in ring_of(build_network(study)))


@pytest.mark.parametrize(
    ("conduit", "expected"),
    [({"build_cost_usd_per_km": 12_345.0}, 12_345.0), ({"method": "trench"}, 86_942.0)],
)
def test_terms_of_the_way_itself_hold_for_all_of_it(write, conduit, expected):
    network = build_network(load_study(write(**conduit)))
    (route,) = [c for c in network.corridors.values() if c.kind == "route"]
    assert (route.build_cost_usd_per_km, route.crossings_usd) == (expected, 0.0)
    assert (route.urban_fraction, route.river_crossings) == (None, 0.0)


def test_by_kind_stays_as_it_was(write):
    network = build_network(load_study(write(), overrides={"geography.build_cost": "by_kind"}))
    assert {c.build_cost_usd_per_km for c in network.corridors.values()} == {110_000.0, 82_021.0}
    assert {(c.urban_fraction, c.crossings_usd) for c in network.corridors.values()} == {(None, 0)}
    assert "crossings" not in network.definition


def test_definition_says_how_land_is_priced(write):
    definition = build_network(load_study(write())).definition
    assert definition["new_build"] == (
        "by land: rural 109,416 USD/km, suburban 252,805 USD/km, urban 453,543 USD/km; ways with a "
        "method or cost of their own: that"
    )
    assert definition["crossings"] == "river 400,000 USD, rail 100,000 USD, road 75,000 USD"
    assert definition["crossing_merge_km"] == "1"
    assert definition["town_m2_per_person"] == "1014 built up, 300 in the core"


def test_saved_networks_keep_land_and_crossings(write, tmp_path):
    network = build_network(load_study(write()))
    save_network(network, tmp_path / "network")
    assert load_network(tmp_path / "network").corridors == network.corridors


def test_wrong_rules_are_named(write):
    with pytest.raises(StudyError) as caught:
        load_study(
            write(),
            overrides={
                "geography.terrain.rural": {"plow": 0.7, "bore": 0.2},
                "geography.terrain.urban": {"magic": 1.0},
                "geography.terrain.crossing_merge_km": -1,
                "geography.build_cost": "by_mood",
            },
        )
    text = str(caught.value)
    assert "geography.terrain.rural" in text
    assert "the shares must add up to 1 (they add up to 0.9)" in text
    assert "geography.terrain.urban" in text
    assert "geography.terrain.crossing_merge_km" in text
    assert "geography.build_cost" in text


def test_tables_say_their_own_cost():
    with pytest.raises(StudyError, match="the corridor table says method and cost"):
        load_study("triangle", overrides={"geography.build_cost": "by_land"})


def test_towns_and_rivers_are_near_where_they_are():
    """The bundled files, without replacement: Interstate 35 crosses the Brazos in Waco."""
    line = ((-97.20, 31.45), (-97.13, 31.57), (-97.05, 31.70))
    way = Way(a="r1", b="r2", kind="road", length_km=length_km(line), line=line)
    study = load_study("texas", overrides={"geography.build_cost": "by_land"})
    (cost,) = pricing.build_costs([way], study.file.geography, study_catalog(study), [way])
    assert cost.urban_fraction is not None
    assert 0.1 < cost.urban_fraction < 0.5
    assert cost.river_crossings == 1.0


def test_quality_of_a_region_says_land_and_crossings(write, tmp_path):
    write()
    rules = RegionRules(simplify_deg=0.0, least_component_share=0.0)
    land, crossings = make_region(tmp_path / "region", rules).lines()[-2:]
    roads = sum(map(length_km, ROADS)) + length_km(RAIL)
    assert land == (
        f"{roads - 2 * TOWN_KM:,.0f} km rural, {2 * (TOWN_KM - CORE_KM):,.0f} km suburban, "
        f"{2 * CORE_KM:,.0f} km urban (towns drawn as discs around places)"
    )
    # two roads and the railway over the river, a road over the railway and the other way round
    assert crossings == "crossings along the ways: 3 of rivers, 1 of railways, 1 of roads"
