"""The planner's own files: mended and reported, or refused with every problem."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from siting.cli import main
from siting.csv_rows import read_by_id
from siting.errors import GeographyError
from siting.geography import build_network
from siting.geography.intake import IntakeOptions, import_data
from siting.geography.region import make_region, read_region_folder
from siting.loading import load_study
from siting.tables import CampusRow, HutRow, SubstationRow
from tests.small_study import write_small_study

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")

METER = 1 / 111_320
WEST, MIDDLE, EAST = (-97.2, 32.0), (-97.0, 32.0), (-96.8, 32.0)
NORTH, SOUTH = (-97.0, 32.2), (-97.0, 31.8)


def frame(shapes, crs=4326, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def line(*points):
    return shapely.LineString(points)


@pytest.fixture
def messy(tmp_path):
    """Two layers in different systems, and nearly everything that goes wrong in a drawing."""
    path = tmp_path / "messy.gpkg"
    city = frame(
        [
            line((*WEST, 120.0), (*EAST, 140.0)),  # with heights
            line(EAST, WEST),  # the same line, drawn backwards
            shapely.MultiLineString([[MIDDLE, NORTH], [SOUTH, MIDDLE]]),
            line(NORTH, (EAST[0], EAST[1] + 30 * METER)),  # ends 30 m short of the first line
            None,
            shapely.Point(MIDDLE),
            line(WEST, WEST),
            line((-97.1, 31.9), (-97.1, 32.1)),  # crosses the first line, no junction
        ],
        ROUTE_ID=["A 1", "A 1", "B", "C", "D", "E", "F", "G"],
        Owner=["x"] * 8,
    )
    city.to_file(path, layer="city")
    country = frame([line(EAST, (-96.6, 32.1))], ROUTE_ID=["H"], Owner=["y"]).to_crs(32614)
    country.to_file(path, layer="country")
    return path


COLUMN = {"id": "ROUTE_ID"}


def test_a_messy_geopackage_is_mended_and_reported(messy, tmp_path):
    options = IntakeOptions(layers=["all"], columns=COLUMN)
    report = import_data(messy, "conduits", tmp_path / "region", options)
    text = "\n".join(report.lines())
    assert "city in EPSG:4326; country in EPSG:32614" in text
    expected = {
        "without geometry, left out": (1, "layer 'city', row 5"),
        "with heights, made flat": (1, "layer 'city', row 1"),
        "of type Point, not line, left out": (1, "layer 'city', row 6"),
        "of several parts, split": (1, "layer 'city', row 3"),
        "without extent, left out": (1, "layer 'city', row 7"),
        "drawn again, left out": (1, "layer 'city', row 2"),
        "ids changed to letters, digits, '_', '.' and '-'": (2, None),
    }
    found = {f.what: f for f in report.findings}
    assert found.keys() == expected.keys()
    for what, (count, where) in expected.items():
        assert found[what].count == count
        assert where is None or found[what].where == (where,)
    assert "1 dangling ends within 200 m of a line" in text
    assert "2 crossings without a junction" in text  # G, and B where its two parts meet the first
    assert "columns not used: Owner" in text
    assert (report.rows_read, report.rows_written) == (9, 6)
    layer = gpd.read_parquet(tmp_path / "region" / "conduits.parquet")
    assert layer.crs == "EPSG:4326"
    assert not layer.has_z.any()
    assert list(layer["id"]) == ["A_1", "B", "B", "C", "G", "H"]
    assert list(layer["srlgs"])[:2] == ["conduit:A_1", "conduit:B"]
    assert layer.geometry.iloc[-1].coords[-1] == pytest.approx((-96.6, 32.1), abs=1e-6)
    log = json.loads((tmp_path / "region" / "imports.json").read_text())
    assert log["conduits"]["rows_written"] == 6


def test_the_command_prints_the_report_or_each_problem_once(messy, tmp_path, capsys):
    given = ["geography", "import", str(messy), "--into", str(tmp_path / "region")]
    assert main([*given, "--as", "conduits", "--layer", "all", "--column", "id=ROUTE_ID"]) == 0
    printed = capsys.readouterr().out
    for words in (
        "9 rows read of",
        "city in EPSG:4326; country in EPSG:32614",
        "1 with heights, made flat: layer 'city', row 1",
        "1 drawn again, left out: layer 'city', row 2",
        "1 dangling ends within 200 m of a line that they do not touch",
    ):
        assert words in printed
    assert main([*given, "--as", "substations", "--layer", "all"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert "as substations: 2 problems" in told.err
    for column in ("kv", "grid_region"):
        assert told.err.count(f"column {column!r}") == 1
    assert not (tmp_path / "region" / "substations.csv").exists()


def test_what_was_imported_becomes_a_region(messy, tmp_path):
    folder = tmp_path / "region"
    import_data(messy, "conduits", folder, IntakeOptions(layers=["all"], columns=COLUMN))
    make_region(folder)
    region = read_region_folder(folder)
    assert {way.about.srlgs for way in region.ways} >= {"conduit:A_1", "conduit:H"}
    assert {way.about.kind for way in region.ways} == {"route"}


def test_every_problem_comes_in_one_message(messy, tmp_path):
    folder = tmp_path / "region"
    options = IntakeOptions(
        layers=["city"],
        columns={"id": "ROUTEID", "nmae": "Owner"},
        values={"kind": "canal", "iru_pairs": "-1"},
        keep=["colour>3"],
    )
    with pytest.raises(GeographyError) as refused:
        import_data(messy, "corridors", folder, options)
    text = str(refused.value)
    assert text.splitlines()[0].endswith(f"as corridors: {len(text.splitlines()) - 1} problems")
    for words in (
        "--keep 'colour>3': must be a column, a sign and a number, e.g. 'kv>=230'",
        "--column id: no column 'ROUTEID'; did you mean 'ROUTE_ID'?",
        "--column: no column 'nmae'; did you mean 'name'?",
        "column 'kind': must be one of 'road', 'rail', 'power' or 'route' (got 'canal')",
        "column 'iru_pairs': must be at least 0 (got '-1')",
    ):
        assert words in text
    assert not folder.exists()


def test_layers_must_be_chosen(messy, tmp_path):
    with pytest.raises(GeographyError, match="has 2 layers: city, country; choose with --layer"):
        import_data(messy, "corridors", tmp_path)
    with pytest.raises(GeographyError, match="has no layer 'town'; it has city, country"):
        import_data(messy, "corridors", tmp_path, IntakeOptions(layers=["town"]))


@pytest.mark.parametrize(
    ("points", "crs", "message"),
    [
        ([(32.0, -97.2), (32.0, -96.8)], 4326, "row 1: coordinates look swapped: longitude"),
        ([(670_000, 3.5e6), (680_000, 3.5e6)], 4326, "look like meters, not degrees"),
        ([(-190, 10), (-191, 10)], 4326, "coordinates are out of range"),
        ([(1e9, 1e9), (1e9, 2e9)], 32614, "lie outside the area of their coordinate system"),
        ([WEST, EAST], None, "names no coordinate system; give the right one, e.g. --crs"),
    ],
)
def test_coordinates_that_are_no_places(tmp_path, points, crs, message):
    path = tmp_path / "bad.shp"
    frame([line(*points)], crs, id=["a"]).to_file(path)
    with pytest.raises(GeographyError, match=message):
        import_data(path, "corridors", tmp_path / "region")


def test_swapped_coordinates_are_known_by_the_fetched_area(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"bounds": [10, 50, 12, 52]}))
    path = tmp_path / "lines.geojson"
    frame([line((51, 11), (51.5, 11.5)), line((11, 51), (11.5, 51.5))], id=["a", "b"]).to_file(path)
    with pytest.raises(GeographyError, match="row 1: coordinates look swapped: latitude before"):
        import_data(path, "corridors", tmp_path)
    frame([line((11, 51), (11.5, 51.5)), line((1, 1), (2, 2))], id=["a", "b"]).to_file(path)
    report = import_data(path, "corridors", tmp_path)
    (found,) = report.findings
    assert (found.what, found.where) == ("outside the area of the region", ("row 2",))


def test_a_system_is_taken_for_layers_that_name_none(tmp_path):
    path = tmp_path / "plain.shp"
    frame([line((670_000, 3.5e6), (680_000, 3.5e6))], None, id=["a"]).to_file(path)
    import_data(path, "corridors", tmp_path, IntakeOptions(crs="EPSG:32614"))
    (shape,) = gpd.read_parquet(tmp_path / "corridors.parquet").geometry
    assert shape.coords[0] == pytest.approx((-97.202, 31.622), abs=0.01)
    with pytest.raises(GeographyError, match="is there already; --replace replaces it"):
        import_data(path, "corridors", tmp_path, IntakeOptions(crs="EPSG:32614"))
    options = IntakeOptions(crs="EPSG:32614", replace=True)
    assert import_data(path, "corridors", tmp_path, options).rows_written == 1
    with pytest.raises(GeographyError, match="coordinate system cannot be used"):
        import_data(path, "corridors", tmp_path, IntakeOptions(crs="EPSG:0", replace=True))


@pytest.mark.parametrize("content", [b"", b"not a map", b"PK\x03\x04 broken"])
@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "kml", "kmz", "csv", "parquet"])
def test_a_file_that_is_no_map_is_refused(tmp_path, ending, content):
    path = tmp_path / f"broken.{ending}"
    path.write_bytes(content)
    with pytest.raises(GeographyError, match=r"cannot be read as vector data|no coordinates"):
        import_data(path, "corridors", tmp_path / "region")


def test_unknown_kinds_and_files(tmp_path):
    with pytest.raises(GeographyError, match="kind: must be one of corridors, conduits"):
        import_data(tmp_path / "a.gpkg", "canals", tmp_path)
    with pytest.raises(GeographyError, match="no such file"):
        import_data(tmp_path / "a.gpkg", "corridors", tmp_path)


def test_cells_of_every_type(tmp_path):
    path = tmp_path / "lines.parquet"
    table = frame([line(WEST, EAST), line(WEST, NORTH)])
    table["code"] = pd.array([7, 8], dtype="Int64")
    table["srlgs"] = [["bridge:a", "bridge:b"], None]
    table["iru_pairs"] = pd.array([4, None], dtype="Int64")
    table["iru_provider"] = ["blue", None]
    table["buildable"] = [True, False]
    table["build_cost_usd_per_km"] = [90_000.5, float("nan")]
    table.to_parquet(path)
    import_data(path, "corridors", tmp_path)
    rows = gpd.read_parquet(tmp_path / "corridors.parquet").drop(columns="geometry")
    first, second = rows.to_dict("records")
    assert first == {
        "id": "7",
        "name": "7",
        "kind": "route",
        "srlgs": "bridge:a;bridge:b",
        "buildable": True,
        "method": "",
        "build_cost_usd_per_km": 90_000.5,
        "iru_provider": "blue",
        "iru_pairs": 4,
    }
    assert (second["srlgs"], second["buildable"], second["iru_pairs"]) == ("", False, 0)
    assert second["build_cost_usd_per_km"] != second["build_cost_usd_per_km"]


def test_pairs_without_a_provider_are_refused(tmp_path):
    path = tmp_path / "lines.geojson"
    frame([line(WEST, EAST)], id=["a"], iru_pairs=[4]).to_file(path)
    with pytest.raises(GeographyError, match="row 1: has iru_pairs but no iru_provider"):
        import_data(path, "corridors", tmp_path)


def test_exclusions_are_mended_and_split(tmp_path):
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    both = shapely.GeometryCollection([shapely.box(3, 3, 4, 4), shapely.Point(9, 9)])
    path = tmp_path / "zones.gpkg"
    frame([bow, both, shapely.box(5, 5, 6, 6), shapely.box(5, 5, 6, 6)]).to_file(path)
    report = import_data(path, "exclusions", tmp_path)
    found = {f.what: f.count for f in report.findings}
    assert found == {
        "with invalid geometry, mended": 1,
        "of several parts, split": 1,
        "of type Point, not polygon, left out": 1,
        "without an id, numbered": 4,
        "drawn again, left out": 1,
    }
    zones = gpd.read_parquet(tmp_path / "exclusions.parquet")
    assert list(zones.columns) == ["id", "name", "geometry"]
    assert zones.geometry.is_valid.all()
    assert shapely.area(zones.geometry.to_numpy()).sum() == pytest.approx(0.5 + 1 + 1)


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>routes</name><Placemark>
<name>Red Route</name><LineString>
<coordinates>-97.2,32.0,10 -96.8,32.0,10</coordinates></LineString>
</Placemark></Document></kml>
"""


@pytest.mark.parametrize("ending", ["kml", "kmz"])
def test_kml_and_kmz(tmp_path, ending):
    path = tmp_path / f"routes.{ending}"
    if ending == "kml":
        path.write_text(KML)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", KML)
    report = import_data(path, "corridors", tmp_path, IntakeOptions(columns={"id": "Name"}))
    layer = gpd.read_parquet(tmp_path / "corridors.parquet")
    assert list(layer["id"]) == ["Red_Route"]
    assert report.rows_written == 1


def test_lines_as_wkt_in_a_csv(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text('id;wkt\na;"LINESTRING (670000 3500000, 680000 3500000)"\nb;LINE (1 2\n')
    with pytest.raises(GeographyError) as refused:
        import_data(path, "corridors", tmp_path)
    assert "row 3: column 'wkt' is no WKT geometry" in str(refused.value)
    assert "names no coordinate system" in str(refused.value)
    path.write_text('id;wkt\na;"LINESTRING (670000 3500000, 680000 3500000)"\n')
    report = import_data(path, "corridors", tmp_path, IntakeOptions(crs="EPSG:32614"))
    assert report.rows_written == 1


CAMPUSES = """\
Site,Longitude,Latitude,MW,Start,Region
Alpha One,-97.0,32.0,300,2027-01-01,North
Alpha One,-97.0,32.0,300,2027-01-01,North
Bravo,-96.99,32.01,250,2028-06-01,North
"""


def test_campuses_become_a_table_of_a_study(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text(CAMPUSES)
    options = IntakeOptions(
        columns={"id": "Site", "name": "Site", "earliest_date": "Start", "grid_region": "Region"},
        values={"kind": "greenfield"},
    )
    report = import_data(path, "campuses", tmp_path, options)
    problems: list[str] = []
    rows = read_by_id(tmp_path / "campuses.csv", CampusRow, problems)
    assert problems == []
    assert set(rows) == {"Alpha_One", "Bravo"}
    assert (rows["Bravo"].lon, rows["Bravo"].limit_mw) == (-96.99, 250)
    found = {f.what: f.where for f in report.findings}
    assert found["given again, left out"] == ("row 3",)
    assert found["pairs of campuses within 5 km, which a study refuses as one"] == (
        "Alpha_One and Bravo",
    )


def test_a_table_that_lacks_columns_or_has_bad_cells_is_refused(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text(CAMPUSES.replace("300", "-3").replace("-97.0,", "north,", 1))
    columns = {"id": "Site", "earliest_date": "Start"}
    with pytest.raises(GeographyError) as refused:
        import_data(path, "campuses", tmp_path, IntakeOptions(columns=columns))
    text = str(refused.value)
    for words in (
        "row 2: columns 'Longitude' and 'Latitude' must be numbers",
        "column 'kind' is missing; name it with --column kind=NAME or give every row the same",
        "column 'grid_region' is missing",
        "row 3 ('Alpha_One'), column 'limit_mw': must be greater than 0 MW (got '-3')",
    ):
        assert words in text
    assert not (tmp_path / "campuses.csv").exists()
    path.write_text("name,city\na,b\n")
    with pytest.raises(GeographyError, match="has no coordinates: needs columns lon and lat, or"):
        import_data(path, "campuses", tmp_path)


def test_substations_of_openstreetmap(tmp_path):
    path = tmp_path / "osm.parquet"
    frame(
        [shapely.Point(-97 + k / 100, 32) for k in range(4)],
        osm_id=["way/1", "node/2", "way/3", "way/4"],
        name=["One", "", "Three", "Four"],
        voltage=["345000;138000", "138000", "", "69000"],
    ).to_parquet(path)
    values = {"grid_region": "ercot"}
    with pytest.raises(GeographyError, match=r"row 3 \('way_3'\), column 'kv': missing"):
        import_data(path, "substations", tmp_path, IntakeOptions(values=values))
    options = IntakeOptions(values=values, keep=["kv>=138"])
    report = import_data(path, "substations", tmp_path, options)
    rows = read_by_id(tmp_path / "substations.csv", SubstationRow, [])
    assert {key: row.kv for key, row in rows.items()} == {"way_1": 345, "node_2": 138}
    assert rows["node_2"].name == "node_2"
    found = {f.what: f.count for f in report.findings}
    assert found["do not fit kv>=138, left out"] == 2
    again = IntakeOptions(values=values, skip_bad_rows=True, replace=True)
    report = import_data(path, "substations", tmp_path, again)
    assert report.rows_written == 3
    (left,) = [f for f in report.findings if f.what.startswith("not valid, left out")]
    assert left.where == ("row 3",)


def test_huts_stand_on_the_corridors_of_a_study(tmp_path):
    folder = write_small_study(tmp_path / "study")
    path = tmp_path / "huts.geojson"
    on = shapely.Point(-97.25, 31.5)
    frame([on], id=["h1"], leasable=[True]).to_file(path)
    with pytest.raises(GeographyError, match="row 1: names no corridor and no node; name the"):
        import_data(path, "huts", folder)
    network = build_network(load_study(folder))
    report = import_data(path, "huts", folder, IntakeOptions(network=network))
    rows = read_by_id(folder / "huts.csv", HutRow, [])
    assert rows["h1"].corridor_id == "C1"
    assert rows["h1"].position_km == pytest.approx(60, abs=0.5)
    assert rows["h1"].leasable
    assert report.rows_written == 1
    study = load_study(folder, overrides={"geography.huts": "huts.csv"})
    assert build_network(study).huts["h1"].lon == pytest.approx(-97.25, abs=0.01)
    frame([shapely.Point(-98, 31.5)], id=["h1"]).to_file(path)
    with pytest.raises(GeographyError, match="lies more than 5 km from every corridor"):
        import_data(path, "huts", folder, IntakeOptions(network=network, replace=True))
