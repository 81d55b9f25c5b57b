"""Tables of upgrades, bridging, huts and shared risks: read, copied and fingerprinted."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.fingerprint import study_sha256
from siting.loading import load_study
from siting.study import Study
from siting.study_copy import save_study, study_catalog, table_names
from tests.small_study import write_small_study

NAMED = """\
sites:
  network_upgrades: plant/upgrades.csv
  bridging: bridging.csv
geography: {huts: huts.csv, srlgs: srlgs.csv}
"""
TABLES = {
    "plant/upgrades.csv": (
        "id,substation_ids,added_mw,cost_usd,lead_time_years\nU1,S1;S2,100,1e6,2\n"
    ),
    "bridging.csv": "id,campus_id,technology,limit_mw\nG1,A,recip,50\n",
    "other.csv": "id,campus_id,technology,limit_mw\nG1,B,fc,70\n",
    "huts.csv": "id,corridor_id,position_km,space_racks\nH1,C1,60,4\n",
    "srlgs.csv": "id,events_per_year,repair_hours\nbridge:b,0.1,50\n",
    "scenarios.yaml": "scenarios:\n  cells:\n    sites.bridging: other.csv\n",
}


def write(folder: Path, **changes: str) -> Path:
    """Write the small study with plant; ``changes`` are old text to new, in all tables."""
    write_small_study(folder)
    study = folder / "study.yaml"
    study.write_text(study.read_text("utf-8") + NAMED, "utf-8")
    corridors = folder / "corridors.csv"
    text = corridors.read_text("utf-8").replace("length_km\n", "length_km,srlgs\n")
    corridors.write_text(text.replace("NB,120", "NB,120,bridge:b"), "utf-8")
    (folder / "plant").mkdir(exist_ok=True)
    for name, table in TABLES.items():
        for old, new in changes.items():
            table = table.replace(old, new)  # noqa: PLW2901
        (folder / name).write_text(table, "utf-8")
    return folder


def sha256(study: Study) -> str:
    return study_sha256(study, study_catalog(study))


def test_tables_are_read(tmp_path: Path) -> None:
    study = load_study(write(tmp_path))
    assert study.network_upgrades["U1"].substation_ids == ("S1", "S2")
    assert study.bridging["G1"].technology == "recip"
    assert study.huts["H1"].space_racks == 4
    assert study.srlgs["bridge:b"].repair_hours == 50


def test_tables_that_are_not_named_are_not_read(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path)
    (folder / "bridging.csv").write_text(TABLES["bridging.csv"], "utf-8")
    study = load_study(folder)
    assert (study.network_upgrades, study.bridging, study.huts, study.srlgs) == ({}, {}, {}, {})


@pytest.mark.parametrize("scenario", [None, "cells"])
def test_a_copy_loads_the_same(scenario: str | None, tmp_path: Path) -> None:
    study = load_study(write(tmp_path / "study"), scenario)
    assert study.bridging["G1"].campus_id == ("A" if scenario is None else "B")
    save_study(study, tmp_path / "copy")
    copy = load_study(tmp_path / "copy")
    assert sha256(copy) == sha256(study)
    assert (copy.huts, copy.srlgs) == (study.huts, study.srlgs)
    assert (copy.network_upgrades, copy.bridging) == (study.network_upgrades, study.bridging)
    used = "bridging.csv" if scenario is None else "other.csv"
    assert set(table_names(copy)) >= {"plant/upgrades.csv", used, "huts.csv", "srlgs.csv"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("100,1e6,2", "101,1e6,2"),
        ("recip,50", "recip,51"),
        ("60,4", "60,5"),
        ("0.1,50", "0.2,50"),
    ],
)
def test_the_fingerprint_covers_every_table(old: str, new: str, tmp_path: Path) -> None:
    before = sha256(load_study(write(tmp_path / "before")))
    assert sha256(load_study(write(tmp_path / "after", **{old: new}))) != before


def test_caps_survive_a_copy(tmp_path: Path) -> None:
    folder = write(tmp_path / "study")
    caps = {"upfront_usd": 5e8, "hut_builds": [1, 2]}
    study = load_study(folder, overrides={"rules.caps": caps})
    save_study(study, tmp_path / "copy")
    copy = load_study(tmp_path / "copy")
    assert copy.file.rules.caps == study.file.rules.caps
    assert copy.file.rules.caps.hut_builds == (1, 2)
    assert copy.file.rules.caps.campus_openings is None
