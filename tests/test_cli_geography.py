"""From a box on the map to a study on it, by the command line: fetch, import, build, show."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from siting.cli import main
from siting.geography import build_network
from siting.loading import load_study
from siting.study_copy import save_study
from tests.geography.overpass_server import overpass
from tests.geography.test_region_source import write_region
from tests.small_study import write_small_study

ROOT = Path(__file__).resolve().parent.parent
VERBS = ("fetch", "import", "build", "show", "screen")
BOX = ("--box", "-97.1", "31.9", "-96.3", "32.4")
STUDY = """\
schema_version: 1
name: mine
title: A study on a region of its own
geography: {source: 'folder:../region'}
horizon: {decision_date: 2024-01-01, start: 2028-01-01, periods: 1}
workloads: [{id: train, it_demand_mw: [100]}]
"""
TABLES = {
    "campuses.csv": """\
id,name,lon,lat,kind,limit_mw,earliest_date,grid_region
A,Alpha,-96.95,32.02,greenfield,300,2027-01-01,North
B,Bravo,-96.45,32.02,greenfield,300,2027-01-01,North
""",
    "power_timelines.csv": "substation_id,date,headroom_mw\nnode_5,2027-01-01,500\n",
}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["geography", *map(str, arguments)])
        told = capfd.readouterr()
        return code, told.out, told.err

    return call


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_has_an_example_and_the_common_options(run, verb):
    code, out, err = run(verb, "--help")
    assert (code, err) == (0, "")
    assert f"siting geography {verb}" in out
    assert all(word in out for word in ("Example", "--json", "--log-file", "--debug"))


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from siting.cli import main; main(['geography', 'fetch', '--help']);"
        "heavy = ('geopandas', 'matplotlib', 'osmnx', 'pandas', 'pyproj', 'shapely');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_wrong_usage_names_both_words(run):
    code, out, err = run("fetch")
    assert (code, out) == (1, "")
    assert err.endswith("(see siting geography fetch --help)\n")
    code, out, _ = run("import", "a.csv", "--json")
    assert json.loads(out)["error"]["type"] == "UsageError"


def test_from_a_box_to_a_checked_study_and_a_map(run, tmp_path):
    with overpass() as server:
        layers = ("--layers", "roads,rail,substations")
        code, out, err = run("fetch", "region", *BOX, *layers, "--overpass-url", server.url)
        assert code == 0, err
        assert f"sending the outline of the area to {server.url}, and nothing else" in err
        assert "substations: 2 features" in out
        assert "OpenStreetMap contributors" in out
        asked = len(server.asked)
        assert asked == 3 * 4  # 76 by 56 km: four tiles a layer
        code, out, _ = run("fetch", "region", *BOX, *layers, "--overpass-url", server.url, "--json")
        answer = json.loads(out)
        assert (code, answer["queries"], len(server.asked)) == (0, 0, asked)

    study = tmp_path / "mine"
    study.mkdir()
    (study / "study.yaml").write_text(STUDY)
    for name, text in TABLES.items():
        (study / name).write_text(text)
    code, out, err = run(
        *("import", "region/substations.parquet", "--as", "substations", "--into", "mine"),
        *("--value", "grid_region=ercot"),
    )
    assert (code, err) == (0, "reading region/substations.parquet\n")
    assert "2 rows read" in out
    assert "voltages brought to kV" in out

    zone = gpd.GeoDataFrame(geometry=[shapely.box(-97.05, 32.3, -97.01, 32.35)], crs=4326)
    zone.to_file(tmp_path / "zone.geojson")
    assert run("import", "zone.geojson", "--as", "exclusions", "--into", "region")[0] == 0

    code, out, err = run("build", "region", "--json")
    answer = json.loads(out)
    assert code == 0, err
    assert answer["ways"] >= 2
    assert answer["quality"]["edges"] >= 4
    code, out, _ = run("build", "region", "--tie-m", "5")
    assert "connected pieces listed" in out
    assert f"geography.source: 'folder:{tmp_path / 'region'}'" in out

    assert main(["check", "mine"]) == 0
    network = build_network(load_study("mine"))
    assert {c.kind for c in network.corridors.values()} >= {"road", "lateral"}
    save_study(load_study("mine"), tmp_path / "far" / "copy")
    assert main(["check", str(tmp_path / "far" / "copy")]) == 0

    for target, title in (("region", "Region region"), ("mine", "A study on a region of its own")):
        code, out, err = run("show", target, "--out", "map.png", "--out", "map.html")
        assert code == 0, err
        assert title in out
        assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
        page = (tmp_path / "map.html").read_text("utf-8")
        assert title in page
        assert "OpenStreetMap contributors" in page
        outside = page.replace("http://www.w3.org", "").replace("https://leafletjs.com", "")
        assert 'src="http' not in outside
        assert "tile.openstreetmap" not in outside


def test_a_map_names_what_lies_on_it(run, tmp_path):
    write_region(tmp_path / "region", zones=[(-96.8, 31.99, -96.7, 32.01)])
    code, out, _ = run("show", "region", "--json")
    answer = json.loads(out)
    assert (code, answer["files"]) == (0, ["region-map.html"])
    assert answer["features"] == {"Exclusion zones": 1, "Roads": 2, "Own routes": 1}
    page = (tmp_path / "region-map.html").read_text("utf-8")
    data = page.partition('<script type="application/json" id="data">')[2]
    drawn = json.loads(data.partition("</script>")[0])
    (label, line) = next(x for x in drawn["layers"] if x["title"] == "Own routes")["features"][0]
    assert label.startswith("Blue · ")
    assert "conduit:blue · not buildable · 6 pairs of bluefiber" in label
    assert line[0][0] == pytest.approx(32.1)  # latitude first
    assert len(drawn["bounds"]) == 2


def test_a_study_of_tables_is_shown_too(run, tmp_path):
    write_small_study(tmp_path / "small")
    code, out, err = run("show", "small", "--out", "small.svg")
    assert code == 0, err
    assert "2 campuses" in out
    assert "<svg" in (tmp_path / "small.svg").read_text()


BAD: dict[str, tuple[list[str], str]] = {
    "no area": (["fetch", "region"], "give one of --place, --area and --box"),
    "two areas": (["fetch", "region", *BOX, "--place", "x"], "give one of --place, --area and"),
    "limits": (
        ["fetch", "region", *BOX, "--timeout", "0", "--attempts", "0"],
        "--timeout: must be greater than 0 s (got 0)\n--attempts: must be at least 1 (got 0)",
    ),
    "layers": (["fetch", "region", *BOX, "--layers", "canals"], "layers: 'canals' given, there"),
    "box": (["fetch", "region", "--box", "9", "1", "8", "2"], "box: west 9 is not west of east 8"),
    "area": (["fetch", "region", "--area", "no.gpkg"], "no.gpkg: cannot be read as vector data"),
    "kind": (["import", "a.csv", "--as", "canals"], "kind: must be one of corridors, conduits"),
    "column": (
        ["import", "a.csv", "--as", "corridors", "--column", "id", "--value", "=3"],
        "--column 'id': must be OURS=THEIRS\n--value '=3': must be OURS=VALUE",
    ),
    "file": (["import", "a.csv", "--as", "corridors"], "a.csv as corridors: 1 problem\n  no such"),
    "nothing to build": (["build", "empty"], "empty: holds no lines; expected one of roads"),
    "rules": (["build", "empty", "--tie-m", "-1"], "--tie-m: must be at least 0 (got -1)"),
    "nothing to show": (["show", "empty"], "empty: is neither a region (no region.json; make one"),
    "no study": (["show", "nowhere"], "study 'nowhere': no such folder, file or bundled study."),
    "picture": (
        ["show", "empty", "--out", "a.gif"],
        "--out: 1 problem\n  a.gif: must end in .html",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_exits_1_and_says_why(run, tmp_path, arguments, message):
    (tmp_path / "empty").mkdir()
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert "Traceback" not in err
    code, out, _ = run(*arguments, "--json")
    assert code == json.loads(out)["exit_code"] == 1
    assert not (tmp_path / "region").exists()


def test_a_server_that_gives_up_keeps_what_was_fetched(run, tmp_path):
    with overpass() as server:
        server.spoil = lambda number, _query: (400, {}, "no") if number == 2 else None
        given = ("fetch", "region", *BOX, "--overpass-url", server.url, "--attempts", "1")
        code, _, err = run(*given)
        assert code == 1
        assert "no usable reply after 1 attempts" in err
        assert "run the same command later to go on" in err
        assert list((tmp_path / "region" / "tiles").glob("*.parquet"))
        code, out, _ = run(*given, "--json")
        assert (code, json.loads(out)["reused"]) == (0, 1)


def test_screen_lists_every_site_of_a_study(run, tmp_path):
    write_small_study(tmp_path / "small")
    code, out, _ = run("screen", tmp_path / "small", "--json")
    assert code == 0
    told = json.loads(out)
    loaded = load_study(tmp_path / "small")
    assert [(s["kind"], s["id"]) for s in told["sites"]] == [
        *(("campus", key) for key in loaded.campuses),
        *(("substation", key) for key in loaded.substations),
    ]
    code, out, _ = run("screen", tmp_path / "small")
    assert code == 0
    assert f"{len(told['sites'])} sites screened" in out
