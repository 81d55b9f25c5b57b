"""What is said before solving of studies with bridging, upgrades and what stands already."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.catalog import load_catalog
from siting.loading import load_study
from siting.presolve import presolve
from tests.small_study import write_small_study

LATE = {"sites.power_timelines": "late.csv"}
SITES = {
    "lines": "sites.tie_lines",
    "bridging": "sites.bridging",
    "upgrades": "sites.network_upgrades",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study whose substations have headroom after its horizon only."""
    folder = write_small_study(tmp_path / "small")
    write(folder, "late.csv", "substation_id,date,headroom_mw\nS1,2033-01-01,150\n")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def found(folder: Path, **sites: str):
    overrides = LATE | {SITES[key]: value for key, value in sites.items()}
    return presolve(load_study(folder, overrides=overrides), load_catalog())


def test_without_any_of_them_there_is_no_power(folder):
    (why,) = found(folder).hopeless
    assert why.startswith("no campus can be powered in any period: the first is campus 'A' at ")
    assert " on 2033-01-01, and the last period starts on 2029-01-01" in why


def test_bridging_powers_a_campus(folder):
    write(folder, "bridging.csv", "id,campus_id,technology,limit_mw\nG,A,rental,90\n")
    result = found(folder, bridging="bridging.csv")
    assert result.hopeless == ()
    assert "bridging could add 90 MW" in result.warnings[-1]
    assert any("at least 32 MW stay unserved" in line for line in result.warnings)


def test_bridging_comes_after_its_lead_time(folder):
    text = "id,campus_id,technology,limit_mw,lead_time_years\nG,A,ccgt,90,9\n"
    write(folder, "bridging.csv", text)
    (why,) = found(folder, bridging="bridging.csv").hopeless
    assert "2033-01-01" in why


def test_upgrade_gives_headroom(folder):
    text = "id,substation_ids,added_mw,cost_usd,lead_time_years\nU,S1;S2,120,1e6,1\n"
    write(folder, "upgrades.csv", text)
    result = found(folder, upgrades="upgrades.csv")
    assert result.hopeless == ()
    assert [line for line in result.warnings if "never have headroom" in line] == []


@pytest.mark.parametrize(
    ("until", "is_hopeless"), [("", False), ("2030-01-01", False), ("2028-01-01", True)]
)
def test_what_stands_already_has_power_while_it_stands(folder, until, is_hopeless):
    write(
        folder,
        "substations.csv",
        "id,name,lon,lat,kv,grid_region,existing_mw,existing_until\n"
        f"S1,One,-97.1,32.0,345,North,80,{until}\nS2,Two,-97.4,31.0,345,South,,\n",
    )
    assert bool(found(folder).hopeless) == is_hopeless


def test_campus_that_stands_can_be_pinned(folder):
    text = (folder / "campuses.csv").read_text("utf-8")
    head, first, *rest = text.splitlines()
    moved = first.replace("2027-01-01", "2035-01-01")
    lines = [f"{head},existing_it_mw", f"{moved},40", *(f"{line}," for line in rest), ""]
    pinned = {"rules.pin_campuses": ["A"]}
    late = load_catalog()
    write(folder, "campuses.csv", "\n".join(lines))
    assert presolve(load_study(folder, overrides=pinned), late).hopeless == ()
    write(folder, "campuses.csv", text.replace("2027-01-01", "2035-01-01", 1))
    (why,) = presolve(load_study(folder, overrides=pinned), late).hopeless
    assert why.startswith("rules.pin_campuses: campus 'A' can open on 2035-01-01")
