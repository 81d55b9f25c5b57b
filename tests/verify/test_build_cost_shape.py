"""Build costs, land shares and crossings of a saved network, from maps and catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
import shapely

from siting.geography import build_network
from siting.geography.region import RegionRules, make_region
from siting.loading import load_study
from siting.study_copy import study_catalog
from siting.verify.findings import Findings
from siting.verify.network_shape import network_shape

STUDY = """\
schema_version: 1
name: waco
title: Waco
geography: {source: 'folder:../region', build_cost: by_land}
horizon: {decision_date: 2024-01-01, start: 2028-01-01, periods: 1}
workloads: [{id: train, it_demand_mw: [100]}]
"""
TABLES = {
    "campuses.csv": """\
id,name,lon,lat,kind,limit_mw,earliest_date,grid_region
A,Alpha,-97.48,31.45,greenfield,300,2027-01-01,North
B,Bravo,-96.82,31.65,greenfield,300,2027-01-01,North
""",
    "substations.csv": "id,name,lon,lat,kv,grid_region\nS1,One,-97.4,31.5,345,North\n",
    "power_timelines.csv": "substation_id,date,headroom_mw\nS1,2027-01-01,500\n",
}
ROADS = [
    ((-97.5, 31.40), (-97.15, 31.55), (-96.8, 31.62)),  # through Waco and over the Brazos
    ((-97.5, 31.48), (-97.1, 31.62), (-96.8, 31.70)),
    ((-97.5, 31.40), (-97.5, 31.48)),
    ((-96.8, 31.62), (-96.8, 31.70)),
    ((-97.5, 31.35), (-97.5, 31.40)),
    ((-96.8, 31.70), (-96.8, 31.75)),
    ((-97.6, 31.48), (-97.5, 31.48)),
    ((-96.8, 31.62), (-96.7, 31.62)),
]
RAIL = ((-97.3, 31.3), (-97.2, 31.7), (-96.9, 31.5))
DUCT = ((-97.5, 31.48), (-97.1, 31.75), (-96.8, 31.70))

LAND = {"urban_fraction", "suburban_fraction", "river_crossings", "road_crossings"}


@pytest.fixture(scope="module", params=["by_land", "by_kind"])
def built(request, tmp_path_factory):
    """A region near Waco with a duct that has a price of its own, and a network on it."""
    root = tmp_path_factory.mktemp("waco")
    region, folder = root / "region", root / "study"
    for place in (region, folder):
        place.mkdir()
    layers: dict[str, tuple[Any, dict[str, Any]]] = {"roads": (ROADS, {}), "rail": ([RAIL], {})}
    layers["corridors"] = ([DUCT], {"build_cost_usd_per_km": [9_000.0]})
    for name, (lines, columns) in layers.items():
        shapes = [shapely.LineString(line) for line in lines]
        gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_parquet(region / f"{name}.parquet")
    make_region(region, RegionRules(simplify_deg=0.0, least_component_share=0.0))
    (folder / "study.yaml").write_text(STUDY, "utf-8")
    for name, content in TABLES.items():
        (folder / name).write_text(content, "utf-8")
    study = load_study(folder, overrides={"geography.build_cost": request.param})
    return study, build_network(study)


def messages(study, network):
    findings = Findings()
    network_shape(study, network, study_catalog(study), findings.rule("plan_shape"))
    return [violation.message for violation in findings.violations]


def changed(network, kind, **changes):
    """Return the network with the longest corridor of a kind changed."""
    found = [c for c in network.corridors.values() if c.kind == kind]
    edge = replace(max(found, key=lambda c: c.length_km), **changes)
    return replace(network, corridors={**network.corridors, edge.id: edge})


def test_a_network_of_the_engine_is_right(built):
    study, network = built
    assert messages(study, network) == []
    if study.file.geography.build_cost == "by_land":
        roads = [c for c in network.corridors.values() if c.kind == "road"]
        assert sum(c.urban_fraction for c in roads) > 0.1
        assert sum(c.suburban_fraction for c in roads) > 0.1
        assert sum(c.river_crossings for c in roads) == 2.0
        assert sum(c.rail_crossings for c in roads) >= 2.0


@pytest.mark.parametrize(
    ("kind", "changes", "text"),
    [
        ("road", {"build_cost_usd_per_km": 60_000.0}, "build cost is 60,000 USD/km; it must be"),
        ("road", {"build_lead_time_years": 0.5}, "lead time is 0.5 years; it must be 2 years"),
        ("road", {"crossings_usd": 10_000_000.0}, "cost of crossings is 10,000,000.00 USD"),
        ("road", {"cost_factor": 0.5}, "it must be"),
        ("road", {"river_crossings": 7.0}, "river crossings is 7; it must be"),
        ("rail", {"road_crossings": 0.25}, "road crossings is 0.25; it must be"),
        ("road", {"urban_fraction": 0.9}, "share in cores of towns is 0.9; it must be at most"),
        ("road", {"suburban_fraction": 0.0}, "share in towns is"),
        ("road", {"urban_fraction": None}, "has no land shares, the study prices build by land"),
        ("route", {"build_cost_usd_per_km": 9.0}, "is not what the region says of any such way"),
        ("route", {"crossings_usd": 5.0}, "is not what the region says of any such way"),
        ("lateral", {"build_cost_usd_per_km": 0.0}, "build cost is 0 USD/km"),
    ],
)
def test_a_wrong_corridor_is_found(built, kind, changes, text):
    study, network = built
    if study.file.geography.build_cost == "by_kind" and LAND & set(changes):
        changes, text = {"urban_fraction": 0.0}, "has land shares, the study prices build by kind"
    found = messages(study, changed(network, kind, **changes))
    assert any(text in message for message in found), found


def test_nothing_is_paid_where_nothing_may_be_built(built):
    study, network = built
    edge = next(c for c in network.corridors.values() if c.kind == "lateral")
    shut = replace(edge, buildable=False)
    found = messages(study, replace(network, corridors={**network.corridors, edge.id: shut}))
    assert any("build cost where nothing may be built" in message for message in found)
