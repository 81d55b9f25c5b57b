"""The Texas studies: they load, keep the rules that they state, and come out of their script."""

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

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "models"
STUDIES = ("texas", "texas-single")
IT_MW = 2000.0
GEOD = Geod(ellps="WGS84")


script = load_script("texas_study")


@cache
def _built(name: str) -> dict[str, Any]:
    tables: dict[str, Any] = script.STUDIES[name]()
    return tables


@cache
def _study(name: str) -> Study:
    return load_study(name)


def _catalog(study: Study) -> Catalog:
    choice = study.file.catalog
    return load_catalog(choice.source, column=choice.column, overrides=choice.overrides)


def _between_km(study: Study) -> dict[tuple[str, str], float]:
    return {
        (a.id, b.id): GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2] / 1000.0
        for a, b in itertools.combinations(study.campuses.values(), 2)
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", STUDIES)
def test_tables_are_those_of_the_script(name: str) -> None:
    """After a change of data or rule run: python data/build/texas_study.py."""
    written = {path.name for path in (MODELS / name).glob("*.csv")}
    assert written == set(_built(name))
    for file, table in _built(name).items():
        text = (MODELS / name / file).read_text(encoding="utf-8")
        assert text == table.to_csv(index=False, lineterminator="\n"), file


@pytest.mark.parametrize("name", STUDIES)
def test_every_row_says_where_it_comes_from(name: str) -> None:
    """Sites and substations have a source; timelines say that they are a scenario, and its rule."""
    for file in ("campuses.csv", "substations.csv"):
        assert all(row["source"] for row in _rows(MODELS / name / file)), file
    for path in (MODELS / name).glob("power_timelines*.csv"):
        assert all(row["note"].startswith("scenario: ") for row in _rows(path)), path.name
    assert all(row.synthetic for row in _study(name).substations.values())
    assert _study(name).file.synthetic


def test_size() -> None:
    """12-20 candidates, 40 substations and more, every year from 2027 to 2032, 2 GW of IT."""
    study = _study("texas")
    assert 12 <= len(study.campuses) <= 20
    assert len(study.substations) >= 40
    horizon = study.file.horizon
    assert (horizon.start.year, horizon.periods, horizon.period) == (2027, 6, "year")
    (job,) = study.file.workloads
    assert list(job.demand_given) == sorted(job.demand_given)
    assert job.demand_given[-1] == IT_MW
    assert set(job.paradigms) == {"synchronous", "hierarchical", "diloco"}
    assert set(job.fabrics) == {"hub"}
    assert job.survival_fraction == 1.0
    assert job.traffic.view == "fabric_extension"


@pytest.mark.parametrize("name", STUDIES)
def test_candidates_within_5_km_are_one(name: str) -> None:
    """Twin candidates would be a symmetry without meaning."""
    assert min(_between_km(_study(name)).values()) > 5.0


def test_no_cluster_serves_more_than_half() -> None:
    """Campuses joined by steps of 40 km hold at most half of the IT load at peak PUE."""
    study = _study("texas")
    group = {campus: {campus} for campus in study.campuses}
    for (a, b), km in _between_km(study).items():
        if km <= 40.0:
            group[a] |= group[b]
            for member in group[a]:
                group[member] = group[a]
    half_mw = IT_MW / 2 * _catalog(study).value("pue.peak")
    assert (
        max(sum(study.campuses[c].limit_mw for c in members) for members in group.values())
        <= half_mw
    )


@pytest.mark.parametrize("scenario", [None, "power-delay"])
def test_headroom_grows_and_by_at_most_600_mw_a_year(scenario: str | None) -> None:
    """Timelines are cumulative and have a row for each year of growth."""
    study = load_study("texas", scenario)
    assert set(study.timelines) <= set(study.substations)
    for rows in study.timelines.values():
        megawatts = [0.0, *(row.headroom_mw for row in rows)]
        steps = [after - before for before, after in itertools.pairwise(megawatts)]
        assert min(steps) > 0
        assert max(steps) <= 600
        years = [row.date.year for row in rows]
        assert years == list(range(years[0], years[0] + len(years)))
        assert years[0] >= 2027
        assert years[-1] <= 2032


def test_delay_is_a_delay() -> None:
    """No substation has more power in the delayed table, in any year."""
    base, late = _study("texas").timelines, load_study("texas", "power-delay").timelines
    for substation, rows in late.items():
        for row in rows:
            assert row.headroom_mw <= max(
                (r.headroom_mw for r in base[substation] if r.date <= row.date), default=0.0
            )


@pytest.mark.parametrize(
    ("name", "scenario"),
    [(name, scenario) for name in STUDIES for scenario in (None, *list_scenarios(MODELS / name))],
)
def test_scenarios_load_and_are_not_hopeless(name: str, scenario: str | None) -> None:
    """Each is valid, and some plan serves something."""
    study = load_study(name, scenario)
    assert presolve(study, _catalog(study)).hopeless == ()


def test_enough_scenarios() -> None:
    """A batch needs something to compare."""
    assert len(list_scenarios(MODELS / "texas")) >= 6


def test_one_campus_is_adequate_and_no_other_opens_as_early() -> None:
    """The arithmetic of models/texas-single/README.md."""
    study = _study("texas-single")
    facility_mw = max(study.file.workloads[0].demand_given) * _catalog(study).value("pue.peak")
    start = study.file.horizon.start
    (campus,) = [c for c in study.campuses.values() if c.earliest_date <= start]
    assert campus.limit_mw >= facility_mw
    adequate = [
        s
        for s, rows in study.timelines.items()
        if rows[0].date <= start and rows[0].headroom_mw >= facility_mw
    ]
    (substation,) = (study.substations[s] for s in adequate)
    km = GEOD.inv(campus.lon, campus.lat, substation.lon, substation.lat)[2] / 1000.0
    rule = study.file.sites.tie_line_rule
    assert km * rule.route_factor <= rule.max_length_km
    assert rule.capacity_mw >= facility_mw
    for one, other in itertools.combinations(study.campuses.values(), 2):
        assert (one.pue_peak, one.pue_average) == (other.pue_peak, other.pue_average)
        assert one.shell_cost_usd_per_it_mw == other.shell_cost_usd_per_it_mw
        assert one.energy_usd_per_mwh == other.energy_usd_per_mwh
    assert min(c.fixed_cost_usd for c in study.campuses.values()) > 0
