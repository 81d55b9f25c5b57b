"""Exclusion zones of a study: shut or dear, on a ring of roads."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from siting.errors import GeographyError, StudyError
from siting.fingerprint import study_sha256
from siting.geography import build_network
from siting.geography.geodesy import length_km
from siting.loading import load_study
from siting.study_copy import save_study, study_catalog
from siting.verify.findings import Findings
from siting.verify.network_shape import network_shape
from tests.geography.small import campus, make_study

SHUT = shapely.box(-98.6, 32.08, -98.4, 32.2)
"""Over the northern road of the ladder, 0.2 degrees of it."""
DEAR = shapely.box(-98.55, 31.9, -98.45, 32.02)
"""Over the southern road, 0.1 degrees of it."""


def layer(path, shapes, crs=4326, **columns):
    """Write a layer in the format that the name says."""
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)


@pytest.fixture
def study(ladder, tmp_path):
    """A study on the ladder whose zones lie in ``zones.geojson``."""
    sites = [
        campus("west", -98.7, 32.02, area_km2=2.0),
        campus("east", -98.3, 32.07, limit_mw=500.0),
    ]
    made = make_study(sites, geography={"source": ladder, "exclusions": "zones.geojson"})
    return made.model_copy(update={"folder": tmp_path})


def with_geography(study, changes):
    geography = study.file.geography.model_copy(update=changes)
    file = study.file.model_copy(update={"geography": geography})
    return study.model_copy(update={"file": file})


def messages(study, network):
    findings = Findings()
    network_shape(study, network, study_catalog(study), findings.rule("plan_shape"))
    return [violation.message for violation in findings.violations]


def test_nothing_is_built_in_a_zone(study, tmp_path):
    layer(tmp_path / "zones.geojson", [SHUT])
    network = build_network(study)
    lines = [shapely.LineString(c.geometry) for c in network.corridors.values()]
    assert not any(line.crosses(SHUT) or line.within(SHUT) for line in lines)
    assert network.definition["zones_of_the_study"] == (
        "1 where nothing may be built, 1 ways in them; 0 where building is dearer, 0 ways in them"
    )
    assert messages(study, network) == []


def test_fiber_for_lease_stays_in_a_zone(study, tmp_path):
    layer(tmp_path / "zones.geojson", [SHUT])
    study = with_geography(study, {"iru_provider": "x", "iru_pairs": 2, "iru_kinds": ("road",)})
    network = build_network(study)
    (shut,) = [c for c in network.corridors.values() if not c.buildable]
    inside = ((-98.6, 32.1), (-98.4, 32.1))
    assert shut.length_km == pytest.approx(1.05 * length_km(inside), rel=1e-6)
    assert shut.build_cost_usd_per_km == 0.0
    assert messages(study, network) == []
    opened = replace(shut, buildable=True)
    found = messages(study, replace(network, corridors={**network.corridors, shut.id: opened}))
    assert any("length in exclusion zones is 18.8" in message for message in found)


@pytest.mark.parametrize("name", ["zones.gpkg", "zones.parquet", "zones.geojson"])
def test_dear_zones_are_dear(study, tmp_path, name):
    layer(tmp_path / name, [DEAR, shapely.box(-98.5, 31.9, -98.0, 31.95)], cost_factor=[3.0, 7.0])
    study = with_geography(study, {"exclusions": name})
    network = build_network(study)
    (dear,) = [c for c in network.corridors.values() if c.cost_factor > 1.0]
    inside = ((-98.55, 32.0), (-98.45, 32.0))
    assert dear.length_km == pytest.approx(1.05 * length_km(inside), rel=1e-6)
    assert (dear.cost_factor, dear.build_cost_usd_per_km) == (3.0, 330_000.0)
    assert messages(study, network) == []
    cheap = replace(dear, cost_factor=1.0, build_cost_usd_per_km=110_000.0)
    found = messages(study, replace(network, corridors={**network.corridors, dear.id: cheap}))
    assert found == [f"corridor {dear.id}: cost factor is 1; the zones there say 3"]


def test_zones_in_another_coordinate_system(study, tmp_path):
    frame = gpd.GeoDataFrame(geometry=[SHUT], crs=4326).to_crs(32614)
    frame.to_parquet(tmp_path / "zones.parquet")
    study = with_geography(study, {"exclusions": "zones.parquet"})
    corridors = build_network(study).corridors.values()
    assert not any(shapely.LineString(c.geometry).crosses(SHUT) for c in corridors)


def test_a_lateral_through_a_dear_zone_is_dear(study, tmp_path):
    layer(
        tmp_path / "zones.geojson", [shapely.box(-98.72, 32.005, -98.68, 32.015)], cost_factor=[2.5]
    )
    network = build_network(study)
    (lateral,) = [c for c in network.corridors.values() if c.cost_factor > 1.0]
    assert lateral.kind == "lateral"
    assert lateral.build_cost_usd_per_km == pytest.approx(2.5 * 82_021)
    assert messages(study, network) == []


def test_what_does_not_fit_is_said_at_once(study, tmp_path):
    layer(
        tmp_path / "zones.geojson",
        [SHUT, shapely.Point(-98, 32), DEAR],
        cost_factor=[0.5, None, 2.0],
    )
    with pytest.raises(GeographyError) as caught:
        build_network(study)
    text = str(caught.value)
    assert "2 problems" in text
    assert "row 1, cost_factor: must be a number of at least 1, or empty" in text
    assert "row 2: must be a polygon (got Point)" in text


def test_a_layer_that_cannot_be_read_is_one_sentence(study, tmp_path):
    (tmp_path / "zones.geojson").write_text("not a layer", "utf-8")
    with pytest.raises(GeographyError, match=r"zones\.geojson: cannot be read as a layer"):
        build_network(study)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("none.gpkg", "no such file in"),
        ("campuses.csv", "must be one file that ends in .gpkg, .geojson, .json, .parquet"),
        ("../zones.gpkg", "is outside the folder of the study"),
    ],
)
def test_the_study_must_hold_its_layer(name, text):
    with pytest.raises(StudyError, match=text.replace(".", r"\.")):
        load_study("texas-single", overrides={"geography.exclusions": name})


def test_tables_have_no_zones():
    with pytest.raises(StudyError, match="cuts the ways of a region"):
        load_study("triangle", overrides={"geography.exclusions": "zones.gpkg"})


def test_copies_and_fingerprints_hold_the_layer(tmp_path):
    source = load_study("texas-single")
    save_study(source, tmp_path / "mine")
    layer(tmp_path / "mine" / "zones.gpkg", [SHUT])
    given = {"geography.exclusions": "zones.gpkg"}
    study = load_study(tmp_path / "mine", overrides=given)
    catalog = study_catalog(study)
    save_study(study, tmp_path / "copy")
    copy = load_study(tmp_path / "copy")
    assert (tmp_path / "copy" / "zones.gpkg").is_file()
    assert study_sha256(copy, catalog) == study_sha256(study, catalog)
    assert study_sha256(study, catalog) != study_sha256(source, catalog)
    layer(tmp_path / "copy" / "zones.gpkg", [DEAR])
    assert study_sha256(load_study(tmp_path / "copy"), catalog) != study_sha256(study, catalog)
