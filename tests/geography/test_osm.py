"""Fetching OpenStreetMap with the real osmnx, from a server on the loopback interface."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from siting.errors import GeographyError
from siting.geography.osm import Politeness, area_of_box, area_of_file, fetch_osm
from siting.geography.osm.tiles import MAX_TILES, tiles_of
from tests.geography.overpass_server import Server, answer, overpass

BOX = (-97.05, 31.95, -96.35, 32.35)
RING = "31.95 -97.05 31.95 -96.35 32.35 -96.35 32.35 -97.05"
ROOT = Path(__file__).resolve().parents[2]
REMARK = json.dumps({"elements": [], "remark": 'runtime error: Query timed out in "query"'})


@pytest.fixture
def server() -> Iterator[Server]:
    with overpass() as running:
        yield running


def polite(server: Server, pauses: list[float] | None = None, **changes: object) -> Politeness:
    waited: list[float] = [] if pauses is None else pauses
    options = {"attempts": 3, "ask_for_slots": False, "timeout_s": 5.0, **changes}
    return Politeness(url=server.url, sleep=waited.append, **options)  # type: ignore[arg-type]


def ids(folder: Path, layer: str) -> list[str]:
    return list(gpd.read_parquet(folder / f"{layer}.parquet").osm_id)


def test_every_layer_arrives_with_its_columns(server, tmp_path):
    layers = ["roads", "rail", "power_lines", "substations", "telecom"]
    report = fetch_osm(area_of_box(*BOX), tmp_path, layers, tile_km=200, politeness=polite(server))
    assert report.rows == {
        "roads": 3, "rail": 1, "power_lines": 1, "substations": 2, "telecom": 1
    }  # fmt: skip
    roads = gpd.read_parquet(tmp_path / "roads.parquet")
    assert roads.crs.to_epsg() == 4326
    assert list(roads.columns) == [
        "osm_id", "kind", "name", "ref", "bridge", "tunnel", "geometry"
    ]  # fmt: skip
    assert list(roads.osm_id) == ["way/11", "way/12", "way/13"]
    assert list(roads.kind) == ["motorway", "trunk", "secondary"]
    assert list(roads.bridge) == ["", "yes", ""]
    stations = gpd.read_parquet(tmp_path / "substations.parquet").set_index("osm_id")
    assert stations.voltage.to_dict() == {"node/5": "345000", "way/16": "138000"}
    assert set(stations.geom_type) == {"Point"}
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "ODbL" in manifest["licence"]
    assert manifest["layers"]["rail"]["tags"] == {"railway": ["rail"]}
    assert not list((tmp_path / "tiles").iterdir())


def test_a_way_over_several_tiles_comes_once_and_whole(server, tmp_path):
    report = fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=15, politeness=polite(server))
    assert report.queries == len(server.asked) == len(tiles_of(area_of_box(*BOX), 15)) > 4
    rail = gpd.read_parquet(tmp_path / "rail.parquet")
    assert len(rail) == 1
    assert len(rail.geometry[0].coords) == 4


def test_rate_limit_is_waited_out(server, tmp_path):
    busy = (429, {"Retry-After": "17"}, "slow down")
    server.spoil = lambda number, _: busy if number <= 2 else None
    pauses: list[float] = []
    fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=200, politeness=polite(server, pauses))
    assert ids(tmp_path, "rail") == ["way/14"]
    assert len(server.asked) == 3
    assert len(pauses) == 2
    assert all(pause >= 17 for pause in pauses)


def test_pauses_grow_and_end(server, tmp_path):
    server.spoil = lambda *_: (504, {}, "")
    pauses: list[float] = []
    with pytest.raises(GeographyError, match="after 5 attempts, the last: status 504"):
        fetch_osm(
            area_of_box(*BOX),
            tmp_path,
            ["rail"],
            tile_km=200,
            politeness=polite(server, pauses, attempts=5, longest_pause_s=30.0),
        )
    assert len(server.asked) == 5
    assert pauses == sorted(pauses)
    assert 5 <= pauses[0] <= 6.25
    assert pauses[-1] == 30


def test_free_slots_are_asked_for(server, tmp_path):
    fetch_osm(
        area_of_box(*BOX),
        tmp_path,
        ["rail"],
        tile_km=200,
        politeness=polite(server, ask_for_slots=True),
    )
    assert server.slots == 1


def test_time_out_cuts_the_tile_into_quarters(server, tmp_path):
    large = shapely.box(*BOX).area * 0.9

    def spoil(_number: int, query: str) -> tuple[int, dict[str, str], str] | None:
        numbers = [float(x) for x in query.split("poly:'")[1].split("'", maxsplit=1)[0].split()]
        area = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True))).area
        return (200, {}, REMARK) if area > large else None

    server.spoil = spoil
    report = fetch_osm(
        area_of_box(*BOX), tmp_path, ["roads"], tile_km=200, politeness=polite(server)
    )
    assert report.rows == {"roads": 3}
    assert report.queries == 5
    assert len(server.asked) == 3 + 4


def test_a_server_that_hangs_is_left(server, tmp_path):
    server.slow_s = 0.6
    with pytest.raises(GeographyError, match="cuts short even 1/64 of a tile"):
        fetch_osm(
            area_of_box(*BOX),
            tmp_path,
            ["rail"],
            tile_km=200,
            politeness=polite(server, attempts=1, timeout_s=0.1),
        )
    server.slow_s = 0.0
    fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=200, politeness=polite(server))
    assert ids(tmp_path, "rail") == ["way/14"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>down for maintenance</html>", "not JSON"),
        ('{"version": 0.6}', "JSON without a list of elements"),
        ("[1, 2]", "JSON without a list of elements"),
    ],
)
def test_a_malformed_reply_is_no_answer(server, tmp_path, body, words):
    server.spoil = lambda *_: (200, {}, body)
    with pytest.raises(GeographyError, match=words):
        fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=200, politeness=polite(server))
    assert not (tmp_path / "rail.parquet").exists()
    server.spoil = lambda number, _: (200, {}, body) if number == 4 else None
    fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=200, politeness=polite(server))
    assert ids(tmp_path, "rail") == ["way/14"]


def test_a_reply_that_breaks_off_is_asked_for_again(server, tmp_path):
    """The connection ends after half of what the header promises."""
    whole = json.dumps(answer(f"(way['railway'='rail'](poly:'{RING}');)"))
    assert "Hand Rail" in whole
    half = (200, {"Content-Length": str(len(whole))}, whole[: len(whole) // 2])
    server.spoil = lambda number, _: half if number <= 2 else None
    pauses: list[float] = []
    fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=200, politeness=polite(server, pauses))
    assert ids(tmp_path, "rail") == ["way/14"]
    assert (len(server.asked), len(pauses)) == (3, 2)


def test_a_process_killed_halfway_loses_no_tile(server, tmp_path):
    """SIGKILL while the server works on the third tile: two are there, the rest is asked for."""
    given = ["geography", "fetch", str(tmp_path), "--box", *map(str, BOX), "--layers", "rail"]
    given += ["--tile-km", "30", "--overpass-url", server.url]
    third = threading.Event()

    def hold(number: int, _query: str) -> None:
        if number == 3:
            third.set()
            time.sleep(1.0)

    server.spoil = hold
    code = f"from siting.cli import main; main({given!r})"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE) as child:
        assert third.wait(60)
        child.kill()
    assert child.returncode == -signal.SIGKILL
    assert len(list((tmp_path / "tiles").glob("*.parquet"))) == 2
    tiles = len(tiles_of(area_of_box(*BOX), 30))
    report = fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=30, politeness=polite(server))
    assert (report.reused, report.queries) == (2, tiles - 2)
    assert len(server.asked) == tiles + 1
    assert ids(tmp_path, "rail") == ["way/14"]


def test_an_interrupted_fetch_goes_on_and_loses_nothing(server, tmp_path):
    area, layers = area_of_box(*BOX), ["roads", "rail"]
    whole = tmp_path / "whole"
    fetch_osm(area, whole, layers, tile_km=30, politeness=polite(server))
    queries = len(server.asked)
    for stop in (1, queries // 2, queries // 2 + 2):
        server.asked.clear()
        folder = tmp_path / f"stopped-{stop}"

        def interrupt(layer: str, done: int, of: int, stop: int = stop) -> None:
            if (done if layer == "roads" else of + done) == stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fetch_osm(
                area, folder, layers, tile_km=30, politeness=polite(server), progress=interrupt
            )
        assert len(server.asked) == stop
        report = fetch_osm(area, folder, layers, tile_km=30, politeness=polite(server))
        assert len(server.asked) == queries
        assert report.queries == queries - stop
        for layer in layers:
            one, other = (gpd.read_parquet(f / f"{layer}.parquet") for f in (whole, folder))
            assert one.equals(other)
    fetch_osm(area, whole, layers, tile_km=30, politeness=polite(server))
    assert len(server.asked) == queries


def test_an_empty_area_gives_an_empty_layer(server, tmp_path):
    report = fetch_osm(
        area_of_box(10, 50, 10.1, 50.1), tmp_path, ["roads"], politeness=polite(server)
    )
    assert report.rows == {"roads": 0}
    assert list(gpd.read_parquet(tmp_path / "roads.parquet").columns)[:3] == [
        "osm_id", "kind", "name"
    ]  # fmt: skip


def test_queries_of_a_large_area_are_counted_and_bounded(server, tmp_path):
    texas = area_of_box(-106.6, 25.8, -93.5, 36.5)
    tiles = tiles_of(texas, 50)
    assert 600 < len(tiles) < 800
    assert shapely.union_all(tiles).equals(texas) or shapely.union_all(tiles).area == pytest.approx(
        texas.area
    )
    with pytest.raises(GeographyError, match=rf"the limit is {MAX_TILES}; ask for a smaller area"):
        fetch_osm(area_of_box(-125, 24, -66, 50), tmp_path, ["roads"], politeness=polite(server))
    with pytest.raises(GeographyError, match="import an extract"):
        tiles_of(area_of_box(-180, -90, 180, 90), 1)
    assert server.asked == []


def test_another_request_does_not_mix_into_a_folder(server, tmp_path):
    fetch_osm(area_of_box(*BOX), tmp_path, ["rail"], tile_km=200, politeness=polite(server))
    with pytest.raises(GeographyError, match="another area_sha256; choose another folder"):
        fetch_osm(
            area_of_box(-97, 32, -96, 33), tmp_path, ["rail"], tile_km=200,
            politeness=polite(server),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((-97, 33, -96, 32), "south 33 is not south of north 32"),
        ((-96, 32, -97, 33), "west -96 is not west of east -97"),
        ((32, -197, 33, -96), "south -197 is not a latitude"),
        ((float("nan"), 32, 33, 34), "west nan is not a longitude"),
    ],
)
def test_a_wrong_box_is_named(box, words):
    with pytest.raises(GeographyError, match=words):
        area_of_box(*box)


def test_area_from_a_file(tmp_path):
    path = tmp_path / "area.gpkg"
    shape = shapely.box(700_000, 3_540_000, 760_000, 3_580_000)
    gpd.GeoDataFrame(geometry=[shape], crs=32614).to_file(path)
    west, south, east, north = area_of_file(path).bounds
    assert -97 < west < east < -96
    assert 31.9 < south < north < 32.4
    gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4326).to_file(tmp_path / "p.gpkg")
    with pytest.raises(GeographyError, match="holds Point, a polygon is needed"):
        area_of_file(tmp_path / "p.gpkg")
    with pytest.raises(GeographyError, match="cannot be read as vector data"):
        area_of_file(tmp_path / "none.gpkg")


def test_unknown_layers_are_named(server, tmp_path):
    with pytest.raises(GeographyError, match="layers: 'river' given, there are roads, rail"):
        fetch_osm(area_of_box(*BOX), tmp_path, ["river"], politeness=polite(server))
