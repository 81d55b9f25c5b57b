"""Hazards on maps and in GIS files."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import pytest

from siting.network import Hazard
from siting.report.candidates import network_map, write_candidate_page, write_candidate_picture
from siting.report.gis import write_geojson, write_kmz
from siting.report.layers import layers
from siting.report.view import View


@pytest.fixture(scope="module")
def hazardous(case):
    """The case with a hazard on a route, and one elsewhere."""
    lit = case.plan.links[0].routes[0].corridors[0]
    idle = next(
        key
        for key in case.network.corridors
        if all(key not in route.corridors for link in case.plan.links for route in link.routes)
    )
    found = {
        "parallel:waco-tx": Hazard(
            id="parallel:waco-tx",
            kind="parallel",
            name="road beside railway near Waco, TX",
            lon=-97.2,
            lat=31.7,
            corridors=(lit, "other"),
            shared_km=12.3,
            geometry=((-97.3, 31.7), (-97.1, 31.7)),
        ),
        "river:waco-tx": Hazard(
            id="river:waco-tx",
            kind="river",
            name="Brazos river crossing near Waco, TX",
            lon=-97.1,
            lat=31.6,
            corridors=(idle, "another"),
        ),
    }
    return replace(case.network, hazards=found)


@pytest.fixture(scope="module")
def hazardous_view(case, hazardous):
    return View(case.plan, case.verification, hazardous, case.study)


def test_the_map_of_a_plan_shows_what_its_routes_share(hazardous_view, case):
    (layer,) = (layer for layer in layers(hazardous_view) if layer.id == "hazards")
    (feature,) = layer.features
    assert feature.title == "road beside railway near Waco, TX"
    assert feature.lines[0] == "Shared risk: corridors beside each other, 12.3 km together"
    assert feature.points == ((-97.2, 31.7),)
    first = case.plan.links[0].routes[0].id
    assert first in str(feature.values["routes"]).split()
    assert feature.lines[-1].startswith("Takes down ")


def test_gis_files_hold_it(hazardous_view, tmp_path):
    write_geojson(hazardous_view, tmp_path / "map.geojson")
    content = json.loads((tmp_path / "map.geojson").read_text("utf-8"))
    (found,) = (f for f in content["features"] if f["properties"]["layer"] == "hazards")
    assert found["geometry"] == {"type": "Point", "coordinates": [-97.2, 31.7]}
    assert found["properties"]["kind"] == "parallel"
    write_kmz(hazardous_view, tmp_path / "map.kmz")
    with zipfile.ZipFile(tmp_path / "map.kmz") as archive:
        assert "road beside railway near Waco, TX" in archive.read("doc.kml").decode()


def test_the_candidate_network_shows_all_of_them(case, hazardous, tmp_path):
    drawn = network_map(case.study, hazardous)
    of = {layer.title: layer for layer in drawn.layers}
    (text, line) = of["Side by side (shared risk)"].features[0]
    assert text.startswith("road beside railway near Waco, TX · Shared risk: corridors beside each")
    assert line == ((-97.3, 31.7), (-97.1, 31.7))
    ((text, place),) = of["At one place (shared risk)"].features
    assert text.startswith("Brazos river crossing near Waco, TX")
    assert place == ((-97.1, 31.6),)
    write_candidate_page(drawn, tmp_path / "map.html")
    assert "Brazos river crossing near Waco, TX" in (tmp_path / "map.html").read_text("utf-8")
    write_candidate_picture(drawn, tmp_path / "map.svg")
    assert (tmp_path / "map.svg").stat().st_size > 10_000


def test_without_hazards_there_is_no_layer(case):
    titles = {layer.title for layer in network_map(case.study, case.network).layers}
    assert not [title for title in titles if "shared risk" in title]
