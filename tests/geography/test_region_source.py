"""Studies on a region folder: attributes of ways, exclusion zones, copies, fingerprints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from siting.errors import GeographyError, StudyError
from siting.fingerprint import study_sha256
from siting.geography import build_network, network_sha256
from siting.geography.bundled import read_region
from siting.geography.geodesy import length_km
from siting.geography.region import RegionRules, make_region
from siting.geography.region.source import without_exclusions
from siting.geography.ways import Way
from siting.loading import load_study
from siting.study_copy import save_study, study_catalog
from siting.verify.findings import Findings
from siting.verify.network_shape import network_shape
from siting.verify.region_ways import is_of_region, region_ways

STUDY = """\
schema_version: 1
name: small
title: A small study
geography: {source: 'folder:../region'}
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
ROADS = [
    ((-97.0, 32.0), (-96.6, 32.0)),
    ((-97.0, 32.1), (-96.6, 32.1)),
    ((-97.0, 32.0), (-97.0, 32.1)),
    ((-96.6, 32.0), (-96.6, 32.1)),
]
CONDUIT = ((-97.0, 32.1), (-96.8, 32.15), (-96.6, 32.1))


def write_region(folder, zones=(), **conduit):
    folder.mkdir()
    lines = [shapely.LineString(line) for line in ROADS]
    gpd.GeoDataFrame(geometry=lines, crs=4326).to_parquet(folder / "roads.parquet")
    row = {
        "name": "Blue",
        "srlgs": "conduit:blue",
        "buildable": False,
        "iru_provider": "bluefiber",
        "iru_pairs": 6,
        **conduit,
    }
    gpd.GeoDataFrame(
        {key: [value] for key, value in row.items()},
        geometry=[shapely.LineString(CONDUIT)],
        crs=4326,
    ).to_parquet(folder / "conduits.parquet")
    if zones:
        shapes = [shapely.box(*zone) for zone in zones]
        gpd.GeoDataFrame(geometry=shapes, crs=4326).to_parquet(folder / "exclusions.parquet")
    make_region(folder, RegionRules(simplify_deg=0.0))


@pytest.fixture
def write(tmp_path):
    def make(text=STUDY, **region):
        write_region(tmp_path / "region", **region)
        folder = tmp_path / "study"
        folder.mkdir()
        (folder / "study.yaml").write_text(text, "utf-8")
        for name, content in TABLES.items():
            (folder / name).write_text(content, "utf-8")
        return folder

    return make


def route_of(network):
    (found,) = [c for c in network.corridors.values() if c.kind == "route"]
    return found


def test_what_is_known_of_a_way_reaches_its_corridor(write):
    network = build_network(load_study(write()))
    route = route_of(network)
    assert (route.name, route.srlgs, route.buildable) == ("Blue", ("conduit:blue",), False)
    assert (route.iru_provider, route.iru_pairs) == ("bluefiber", 6)
    assert route.length_km == pytest.approx(1.05 * length_km(CONDUIT), rel=1e-6)
    # the conduit starts where the roads meet: it shares their nodes
    assert {route.node_a[0], route.node_b[0]} == {"r"}
    roads = [c for c in network.corridors.values() if c.kind == "road"]
    assert roads
    assert all(c.buildable and c.iru_provider is None for c in roads)
    assert "(c) OpenStreetMap contributors (ODbL)" in network.definition["source"]
    assert "the planner's own data" in network.definition["source"]
    assert network.definition["route_read"] == "1"
    assert not any("IRU" in words for words in network.synthetic)
    assert "route: build.longhaul" in network.definition["new_build"]


@pytest.mark.parametrize(
    ("conduit", "expected"),
    [
        ({"buildable": True, "build_cost_usd_per_km": 12_345.0}, 12_345.0),
        ({"buildable": True, "method": "trench"}, "build.trench"),
        ({"buildable": True}, "build.longhaul"),
        ({"buildable": False}, 0.0),
    ],
)
def test_cost_and_method_of_the_way_beat_the_rule(write, conduit, expected):
    study = load_study(write(**conduit))
    cost = route_of(build_network(study)).build_cost_usd_per_km
    if isinstance(expected, str):
        expected = study_catalog(study).value(expected)
    assert cost == expected


def test_iru_of_the_way_beats_that_of_the_study(write):
    rule = "{source: 'folder:../region', iru_provider: x, iru_pairs: 2, iru_kinds: [road, route]}"
    network = build_network(load_study(write(STUDY.replace("{source: 'folder:../region'}", rule))))
    assert (route_of(network).iru_provider, route_of(network).iru_pairs) == ("bluefiber", 6)
    roads = {(c.iru_provider, c.iru_pairs) for c in network.corridors.values() if c.kind == "road"}
    assert roads == {("x", 2)}
    (words,) = [text for text in network.synthetic if "IRU" in text]
    assert "bluefiber" not in words


def test_a_way_where_no_fiber_can_lie_is_left_out(write):
    network = build_network(load_study(write(iru_pairs=0)))
    assert not any(c.kind == "route" for c in network.corridors.values())
    assert network.definition["ways_without_fiber"] == "1"


def test_exclusion_zones_cut_ways_and_keep_what_lies_outside(write):
    zone = (-96.8, 31.99, -96.7, 32.01)
    network = build_network(load_study(write(zones=[zone])))
    south = [
        c
        for c in network.corridors.values()
        if c.kind == "road" and all(lat == 32.0 for _, lat in c.geometry)
    ]
    assert not any(
        shapely.LineString(c.geometry).crosses(shapely.box(*zone))
        for c in network.corridors.values()
    )
    assert not any(-96.79 < lon < -96.71 for c in south for lon, _ in c.geometry)
    assert network.definition["ways_in_exclusion_zones"] == "1"
    assert network.definition["exclusion_zones"] == "1"


def test_pieces_of_a_cut_way_add_up():
    line = ((-97.0, 32.0), (-96.5, 32.1), (-96.0, 32.0))
    way = Way(a="r1", b="r2", kind="road", length_km=length_km(line), line=line)
    zones = [shapely.box(-96.7, 31.9, -96.4, 32.2), shapely.box(-96.2, 31.9, -95.0, 32.2)]
    pieces, inside = without_exclusions([way], zones)
    assert inside == 2
    assert [p.about is not None and not p.about.buildable for p in pieces] == [
        *(False, True, False, True)
    ]
    assert [(p.a, p.b) for p in pieces] == [
        *(("r1", "r0x1"), ("r0x1", "r0x2"), ("r0x2", "r0x3"), ("r0x3", "r2"))
    ]
    assert sum(p.length_km for p in pieces) == pytest.approx(way.length_km, rel=2e-6)
    assert pieces[1].line[0][0] == pytest.approx(-96.7, abs=1e-6)
    assert without_exclusions([way], [shapely.box(0, 0, 1, 1)]) == ([way], 0)


def test_a_site_shut_in_by_a_zone_is_named(write):
    folder = write(zones=[(-96.981, 32.04, -96.979, 32.06), (-96.99, 32.06, -96.97, 32.07)])
    with pytest.raises(GeographyError, match=r"campus 'A': each of its 2 lateral\(s\)"):
        build_network(load_study(folder))


def test_a_copy_of_the_study_takes_its_region_along(write, tmp_path):
    study = load_study(write(zones=[(-96.8, 31.99, -96.7, 32.01)]))
    save_study(study, tmp_path / "elsewhere" / "copy")
    copy = load_study(tmp_path / "elsewhere" / "copy")
    assert copy.file.geography.source == "folder:region"
    assert network_sha256(build_network(copy)) == network_sha256(build_network(study))
    assert study_sha256(copy, study_catalog(copy)) == study_sha256(study, study_catalog(study))
    absolute = load_study(
        tmp_path / "study", overrides={"geography.source": f"folder:{tmp_path / 'region'}"}
    )
    assert network_sha256(build_network(absolute)) == network_sha256(build_network(study))


def test_the_fingerprint_follows_the_region(write, tmp_path):
    study = load_study(write())
    before = study_sha256(study, study_catalog(study))
    make_region(tmp_path / "region", RegionRules(simplify_deg=0.0))
    assert study_sha256(study, study_catalog(study)) == before
    shapes = [shapely.box(-96.8, 31.99, -96.7, 32.01)]
    zones = gpd.GeoDataFrame(geometry=shapes, crs=4326)
    zones.to_parquet(tmp_path / "region" / "exclusions.parquet")
    assert study_sha256(study, study_catalog(study)) != before


def test_a_folder_that_is_no_region_is_named_by_the_loader(write, tmp_path):
    folder = write()
    (tmp_path / "region" / "ways.parquet").unlink()
    message = r"geography.source: 'folder:../region' is no region, .* has no ways.parquet"
    with pytest.raises(StudyError, match=message):
        load_study(folder)
    with pytest.raises(StudyError, match=r"has no region\.json and no ways\.parquet; make one"):
        load_study(folder, overrides={"geography.source": "folder:none"})


def test_bundled_regions_know_nothing_of_their_ways():
    region = read_region("bundled/us_tx", Path())
    assert {way.about for way in region.ways} == {None}
    assert (region.exclusions, region.definition) == ((), {})


def test_the_verifier_reads_the_region_itself(write):
    study = load_study(write())
    network = build_network(study)
    findings = Findings()
    network_shape(study, network, study_catalog(study), findings.rule("plan_shape"))
    assert findings.violations == []
    ways = region_ways(study)
    assert ways is not None
    route = route_of(network)
    offer = ("bluefiber", 6, "G652D")
    assert is_of_region(route, offer, None, ways)
    assert not is_of_region(route, ("bluefiber", 7, "G652D"), None, ways)
    assert not is_of_region(route, None, None, ways)


@pytest.mark.parametrize("change", [{"buildable": True}, {"srlgs": ()}, {"iru_pairs": 7}])
def test_a_network_that_differs_from_the_region_is_rejected(write, change):
    study = load_study(write())
    network = build_network(study)
    route = route_of(network)
    forged = replace(network, corridors={**network.corridors, route.id: replace(route, **change)})
    findings = Findings()
    network_shape(study, forged, study_catalog(study), findings.rule("plan_shape"))
    assert {v.where for v in findings.violations} == {f"corridor {route.id}"}
