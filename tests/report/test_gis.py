"""Files for map programs, read back."""

from __future__ import annotations

import csv
import json
import zipfile
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

LAYERS = {"campuses", "substations", "tie_lines", "corridors", "routes", "huts"}
KML = "{http://www.opengis.net/kml/2.2}"


def counts(plan):
    return {
        "campuses": len(plan.campuses),
        "substations": len(plan.substations),
        "tie_lines": len(plan.tie_lines),
        "corridors": len(plan.corridors),
        "routes": sum(len(link.routes) for link in plan.links),
        "huts": len(plan.huts),
    }


def test_geopackage_reads_back(reports, case):
    geopandas = pytest.importorskip("geopandas")
    listed = geopandas.list_layers(reports.geopackage)
    assert set(listed["name"]) == LAYERS
    for layer, count in counts(case.plan).items():
        frame = geopandas.read_file(reports.geopackage, layer=layer)
        assert len(frame) == count, layer
        assert frame.crs.to_epsg() == 4326
        assert frame.geometry.is_valid.all()
    routes = geopandas.read_file(reports.geopackage, layer="routes").set_index("id")
    for link in case.plan.links:
        for route in link.routes:
            assert routes.loc[route.id, "length_km"] == pytest.approx(route.length_km)
            assert routes.loc[route.id, "rtt_ms"] == pytest.approx(route.rtt_ms)
            assert routes.loc[route.id, "pairs"] == route.modes[0].pairs[-1]
    campuses = geopandas.read_file(reports.geopackage, layer="campuses").set_index("id")
    assert campuses.loc["waco", "built_it_mw"] == 180.0
    assert campuses.loc["waco"].geometry.coords[0] == pytest.approx((-97.1, 31.6))


def test_geojson_is_one_valid_collection(reports, case):
    shape = pytest.importorskip("shapely.geometry").shape
    content = json.loads(reports.geojson.read_text("utf-8"))
    assert content["type"] == "FeatureCollection"
    assert content["accepted"] is True
    found = dict.fromkeys(LAYERS, 0)
    for feature in content["features"]:
        assert shape(feature["geometry"]).is_valid
        found[feature["properties"]["layer"]] += 1
    assert found == counts(case.plan)


def test_kmz_unzips_and_parses(reports, case):
    with zipfile.ZipFile(reports.kmz) as archive:
        assert archive.namelist() == ["doc.kml"]
        root = ET.fromstring(archive.read("doc.kml"))
    folders = {
        folder.findtext(f"{KML}name"): len(folder.findall(f"{KML}Placemark"))
        for folder in root.iter(f"{KML}Folder")
    }
    assert folders["Campuses in use"] == len(case.plan.campuses)
    assert folders["Amplifier huts in use"] == len(case.plan.huts)
    assert folders["First route of a link"] + folders["Second route"] == 5
    names = {place.findtext(f"{KML}name") for place in root.iter(f"{KML}Placemark")}
    assert "Waco <east>" in names


def test_entities_name_everything_with_coordinates(reports, case):
    with reports.entities.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    by_kind: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_kind.setdefault(row["Kind"], []).append(row)
        assert -180 <= float(row["Longitude (deg)"]) <= 180
        assert -90 <= float(row["Latitude (deg)"]) <= 90
    plan = case.plan
    routes = [route for link in plan.links for route in link.routes]
    assert {r["Id"] for r in by_kind["campus"]} == {c.id for c in plan.campuses}
    assert {r["Id"] for r in by_kind["substation"]} == {s.id for s in plan.substations}
    assert {r["Id"] for r in by_kind["tie line"]} == {t.id for t in plan.tie_lines}
    assert {r["Id"] for r in by_kind["hut"]} == {h.id for h in plan.huts}
    placed = {r["Id"] for r in (*by_kind["own cable"], *by_kind["IRU"])}
    assert placed == {c.id for c in plan.corridors}
    assert {r["Id"] for r in by_kind["bridging power"]} == {b.id for b in plan.bridging}
    regenerated = sum(len(route.regenerators) for route in routes)
    assert len(by_kind["regenerator"]) == regenerated == 1
    assert len(by_kind["amplifiers"]) == sum(len(route.huts) for route in routes) - regenerated
    assert len(by_kind["terminal"]) == 2 * len(routes)


def test_costs_file_adds_up(reports, case):
    with reports.costs.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    total = sum(float(row["Present value (USD)"]) for row in rows)
    assert total == pytest.approx(case.plan.objective_usd)
    assert {row["Name in files"] for row in rows} == set(case.plan.costs_usd)


def test_pictures_are_large_and_not_blank(reports):
    with Image.open(reports.map_png) as picture:
        assert picture.width >= 1500
        assert len(picture.convert("RGB").getcolors(maxcolors=1 << 24) or ()) > 50
    root = ET.parse(reports.map_svg).getroot()
    assert root.tag.endswith("svg")


def test_every_file_is_written_without_the_study(lean_reports):
    for path in lean_reports.paths():
        assert path.stat().st_size > 100, path.name
