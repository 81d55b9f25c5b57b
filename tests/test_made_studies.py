"""Midwest, conus and Europe: they load, keep what their READMEs say, come out of their scripts."""

from __future__ import annotations

import csv
import itertools
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from siting.catalog import Catalog, load_catalog
from siting.loading import list_scenarios, load_study
from siting.presolve import presolve
from siting.study import Study
from tests.build_scripts import load_script

MODELS = Path(__file__).parents[1] / "models"
SCRIPT = {"midwest": "us_studies", "conus": "us_studies", "europe": "europe_study"}
GEOD = Geod(ellps="WGS84")


@cache
def _built(name: str) -> dict[str, Any]:
    tables: dict[str, Any] = load_script(SCRIPT[name]).STUDIES[name]()
    return tables


@cache
def _study(name: str) -> Study:
    return load_study(name)


def _catalog(study: Study) -> Catalog:
    choice = study.file.catalog
    return load_catalog(choice.source, column=choice.column, overrides=choice.overrides)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", SCRIPT)
def test_tables_are_those_of_the_script(name: str) -> None:
    """After a change of data or rule run the script again."""
    written = {path.name for path in (MODELS / name).glob("*.csv")}
    assert written == set(_built(name))
    for file, table in _built(name).items():
        text = (MODELS / name / file).read_text(encoding="utf-8")
        assert text == table.to_csv(index=False, lineterminator="\n"), file


@pytest.mark.parametrize("name", SCRIPT)
def test_every_row_says_where_it_comes_from(name: str) -> None:
    """Sites and substations have a source; timelines say that they are a scenario, and its rule."""
    for file in ("campuses.csv", "substations.csv"):
        assert all(row["source"] for row in _rows(MODELS / name / file)), file
    for path in (MODELS / name).glob("power_timelines*.csv"):
        assert all(row["note"].startswith("scenario: ") for row in _rows(path)), path.name
    assert all(row.synthetic for row in _study(name).substations.values())
    assert _study(name).file.synthetic


@pytest.mark.parametrize("name", SCRIPT)
def test_candidates_within_5_km_are_one(name: str) -> None:
    """Twin candidates would be a symmetry without meaning."""
    for a, b in itertools.combinations(_study(name).campuses.values(), 2):
        assert GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2] > 5000.0, (a.id, b.id)


@pytest.mark.parametrize("name", SCRIPT)
def test_no_delayed_substation_is_earlier(name: str) -> None:
    """No substation has more power in the delayed table, in any year."""
    base, late = _study(name).timelines, load_study(name, "power-delay").timelines
    assert base != late
    for substation, rows in late.items():
        for row in rows:
            assert row.headroom_mw <= max(
                (r.headroom_mw for r in base[substation] if r.date <= row.date), default=0.0
            )


@pytest.mark.parametrize("name", SCRIPT)
def test_every_price_of_power_is_in_the_catalog(name: str) -> None:
    """Campuses have the price of their state or country, and there are several."""
    study = _study(name)
    regions = {campus.energy_region for campus in study.campuses.values()}
    assert len(regions) >= 3
    for region in regions:
        assert _catalog(study).value(f"elec.{region}") > 0


@pytest.mark.parametrize(
    ("name", "scenario"),
    [(name, scenario) for name in SCRIPT for scenario in (None, *list_scenarios(MODELS / name))],
)
def test_scenarios_load_and_are_not_hopeless(name: str, scenario: str | None) -> None:
    """Each is valid, and some plan serves something."""
    study = load_study(name, scenario)
    assert presolve(study, _catalog(study)).hopeless == ()


def test_conus_is_large_and_must_be_split() -> None:
    """35 campuses and more in regions finer than an ISO; no eight of them serve the last year."""
    study = _study("conus")
    assert len(study.campuses) >= 35
    assert study.file.horizon.periods == 6
    assert len({campus.grid_region for campus in study.campuses.values()}) >= 20
    (job,) = study.file.workloads
    assert job.survival_fraction == 1.0
    largest = sorted((c.limit_mw for c in study.campuses.values()), reverse=True)
    needed_mw = max(job.demand_given) * _catalog(study).value("pue.peak")
    assert sum(largest[:8]) < needed_mw < sum(largest)
    assert job.max_peers > 8


@pytest.mark.parametrize(
    ("name", "most_mw"), [("midwest", 1520), ("europe", 1200), ("conus", 1800)]
)
def test_no_circle_of_80_km_serves_the_job(name: str, most_mw: float) -> None:
    """What the README says of the best metro: it has less than the job needs."""
    study = _study(name)
    (job,) = study.file.workloads
    held = {
        hub.id: sum(
            c.limit_mw
            for c in study.campuses.values()
            if GEOD.inv(hub.lon, hub.lat, c.lon, c.lat)[2] <= 80_000.0
        )
        for hub in study.campuses.values()
    }
    assert max(held.values()) == most_mw
    assert most_mw < max(job.demand_given) * _catalog(study).value("pue.peak")
