"""Sweeps: a row for each value, nothing solved twice, a table that Parquet gives back."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pandas as pd
import pytest

import siting
import siting.scenarios
from siting.cli import main
from siting.errors import StudyError
from siting.plan import COST_LINES
from tests.small_study import write_small_study

PRICE = "catalog.overrides.idle"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small", scenarios=True)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve here: test_scenarios.py shows that processes work, and they take seconds to start."""
    scenarios = importlib.import_module("siting.scenarios")

    def in_line(jobs, _count, done):
        for source, variant, folder, options in jobs:
            outcome = scenarios._solve(source, variant, folder, options)
            done(scenarios._finished(variant.name, folder, outcome))
        return []

    monkeypatch.setattr(scenarios, "_in_processes", in_line)


@pytest.mark.solver
def test_sweep_of_a_price(small, tmp_path):
    told: list[siting.scenarios.ScenarioResult] = []
    frame = siting.sweep(
        small, PRICE, [1, 20], scenario="weak", out=tmp_path / "runs", progress=told.append
    )
    assert frame[PRICE].tolist() == [1, 20]
    assert frame["verified"].all()
    assert frame["objective_usd"].is_monotonic_increasing
    assert frame["campuses"].tolist()[-1] == 2
    assert frame["paradigms"].tolist()[-1] != ""
    lines = frame[[f"{line}_usd" for line in COST_LINES]].sum(axis=1)
    assert lines.to_numpy() == pytest.approx(frame["objective_usd"].to_numpy(), abs=0.01)
    path = Path(frame.attrs["path"])
    assert path == tmp_path / "runs" / "sweep-small-weak-catalog.overrides.idle.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(path), frame, check_dtype=False)
    assert [result.reused for result in told] == [False, False]
    told.clear()
    again = siting.sweep(
        small, PRICE, [20, 1], scenario="weak", out=tmp_path / "runs", progress=told.append
    )
    assert [result.reused for result in told] == [True, True]
    assert again["objective_usd"].tolist() == frame["objective_usd"].tolist()[::-1]


@pytest.mark.solver
def test_sweep_of_a_table_and_of_what_is_hopeless(small, tmp_path):
    late = (small / "power_timelines.csv").read_text().replace("20", "21")
    (small / "late.csv").write_text(late)
    frame = siting.sweep(
        small,
        "sites.power_timelines",
        ["power_timelines.csv", "late.csv"],
        out=tmp_path / "runs",
        workers=1,
    )
    assert frame["termination"].tolist() == ["optimal", "infeasible"]
    assert frame["exit_code"].tolist() == [0, 2]
    assert frame["objective_usd"].isna().tolist() == [False, True]


def test_a_wrong_value_stops_the_sweep_before_it_starts(small, tmp_path):
    with pytest.raises(StudyError) as caught:
        siting.sweep(small, "workloads.0.survival_fraction", [0.5, 1.5], out=tmp_path / "runs")
    assert str(caught.value) == (
        f"{small}/study.yaml: 1 problem\n"
        "  workloads.0.survival_fraction=1.5: "
        "workloads[0].survival_fraction: must be at most 1 (got 1.5)"
    )
    assert not (tmp_path / "runs").exists()


@pytest.mark.solver
def test_sweep_on_the_command_line(small, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    arguments = ["sweep", str(small), "--parameter", PRICE, "--values", "5, 6", "--json"]
    assert main(arguments) == 0
    answer = json.loads(capfd.readouterr().out)
    assert [row[PRICE] for row in answer["rows"]] == [5, 6]
    assert Path(answer["parquet"]).is_file()
    assert main(arguments[:-1]) == 0
    assert "objective_usd" in capfd.readouterr().out.splitlines()[0]


@pytest.mark.solver
def test_sweep_of_a_list(small, tmp_path):
    frame = siting.sweep(
        small, "rules.forbid_campuses", [[], ["B"]], out=tmp_path / "runs", workers=1
    )
    assert frame["rules.forbid_campuses"].tolist() == [[], ["B"]]
    assert Path(frame.attrs["path"]).is_file()
