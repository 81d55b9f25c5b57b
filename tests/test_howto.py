"""The how-to of docs/geography.md, walked literally: from an empty folder to a verified plan."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from siting.cli import main
from tests.geography.overpass_server import overpass

HOWTO = Path(__file__).resolve().parent.parent / "docs" / "geography.md"
PLACE = ["--place", "Licking County, Ohio"]
BOX = "--box -97.05 31.95 -96.35 32.35"
"""Where the data of the server lies; the place would be looked up elsewhere."""


def block(language: str) -> str:
    """Return the first block of a language in the how-to."""
    found = re.search(
        rf"^```{language}\n(.*?)^```", HOWTO.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return found[1]


def commands(url: str) -> list[list[str]]:
    """Return the commands of the first block, with another area and server for the fetch."""
    text = block("sh").replace("\\\n", " ")
    lines = [part for line in text.splitlines() for part in line.split("&&")]
    found = [shlex.split(line, comments=True) for line in lines]
    given = [words for words in found if words]
    fetch = given[0]
    at = fetch.index(PLACE[0])
    assert fetch[at : at + 2] == PLACE
    fetch[at : at + 2] = [*BOX.split(), "--overpass-url", url]
    return given


@pytest.mark.slow
def test_the_how_to_leads_to_a_verified_plan(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    duct = shapely.LineString([(-96.8, 32.02), (-96.69, 32.2), (-96.4, 32.05)])
    gpd.GeoDataFrame({"ROUTE_ID": ["D 1"]}, geometry=[duct], crs=4326).to_file("ducts.gpkg")
    Path("sites.csv").write_text(
        "id,name,lon,lat,MW\nA,Alpha,-96.95,32.03,300\nB,Bravo,-96.45,32.04,300\n"
    )
    study = tmp_path / "licking-study"
    told: Any = None
    with overpass() as server:
        for program, *words in commands(server.url):
            assert program == "siting"
            if words[0] == "check":
                (study / "power_timelines.csv").write_text(block("csv"))
                (study / "study.yaml").write_text(block("yaml"))
            code = main(words)
            told = capfd.readouterr()
            assert code == 0, told.err
    assert told is not None
    assert "Verified: an independent program recomputed the plan" in told.out
    (plan,) = tmp_path.glob("siting-runs/*/plan.json")
    assert {campus["id"] for campus in json.loads(plan.read_text())["campuses"]} >= {"A"}
