"""Batches: validated first, one folder each, resumable, and nothing lost when one fails."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import siting.scenarios
from siting.cli import main
from siting.errors import StudyError
from siting.runs import RunOptions, written_whole
from siting.scenarios import ScenarioResult, Variant, run_scenarios, run_variants
from tests.small_study import write_small_study

QUICK = RunOptions(report=False)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small", scenarios=True)


class InLine(ThreadPoolExecutor):
    """Runs a job when it is submitted: an executor that tests can look into."""

    def __init__(self) -> None:
        super().__init__(1)
        self.jobs = 0

    def submit(self, work, /, *arguments, **keywords):
        self.jobs += 1
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments, **keywords))
        except BaseException as error:  # noqa: BLE001
            future.set_exception(error)
        return future


def stub(outcomes: list[str], fail: tuple[str, ...] = ()):
    """Return a ``solve_run`` that writes a folder at once."""

    def solve_run(study, folder, _options):
        import json

        from siting.outcome import outcome_without_plan

        outcomes.append(folder.name)
        if study.scenario in fail:
            raise ZeroDivisionError("boom")
        outcome = outcome_without_plan(study, "infeasible", ("why",))
        with written_whole(folder) as draft:
            (draft / "result.json").write_text(json.dumps(outcome))
        return outcome

    return solve_run


@pytest.mark.solver
def test_scenarios_in_processes_then_resumed(small, tmp_path):
    out = tmp_path / "runs"
    told: list[ScenarioResult] = []
    results = run_scenarios(small, out=out, workers=2, options=QUICK, progress=told.append)
    assert [result.name for result in results] == ["base", "dear", "weak"]
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert [result.reused for result in results] == [False, False, False]
    assert {result.name for result in told} == {"base", "dear", "weak"}
    objectives = [result.outcome["objective_usd"] for result in results if result.outcome]
    assert objectives[1] > objectives[0] >= objectives[2]
    assert sorted(path.name for path in out.iterdir()) == sorted(r.folder.name for r in results)
    assert results[1].folder.name.startswith("small-dear-")
    again = run_scenarios(small, ["dear", "base"], out=out, options=QUICK)
    assert [(result.name, result.reused) for result in again] == [("dear", True), ("base", True)]
    assert again[0].outcome == results[1].outcome


def test_everything_is_validated_before_anything_is_solved(small, tmp_path):
    scenarios = small / "scenarios.yaml"
    scenarios.write_text(
        scenarios.read_text() + "  one:\n    workloads.0.max_peers: 0\n"
        "  two:\n    workloads.train.phi: 1\n    horizon.periods: 3\n"
    )
    executor = InLine()
    with pytest.raises(StudyError) as caught:
        run_scenarios(small, out=tmp_path / "runs", executor=executor)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{small}/study.yaml: 3 problems"
    assert lines[1] == "  one: workloads[0].max_peers: must be at least 1 (got 0)"
    assert lines[2].startswith("  two: workloads[0]: unknown key 'phi'. Known: ")
    assert lines[3] == "  two: workloads[0].it_demand_mw: has 2 values, the horizon has 3 periods"
    assert (executor.jobs, (tmp_path / "runs").exists()) == (0, False)


def test_unknown_scenario(small, tmp_path):
    with pytest.raises(StudyError, match=r"no scenario 'week'\. Did you mean 'weak'"):
        run_scenarios(small, ["week"], out=tmp_path)


def test_a_failing_scenario_does_not_lose_the_others(small, tmp_path, monkeypatch):
    solved: list[str] = []
    monkeypatch.setattr(siting.scenarios, "solve_run", stub(solved, fail=("dear",)))
    results = run_scenarios(small, out=tmp_path / "runs", executor=InLine())
    assert [result.exit_code for result in results] == [2, 4, 2]
    assert results[1].error == "ZeroDivisionError: boom"
    assert results[1].outcome is None
    assert len(list((tmp_path / "runs").iterdir())) == 2
    # what failed is tried again, the rest is kept
    solved.clear()
    monkeypatch.setattr(siting.scenarios, "solve_run", stub(solved))
    results = run_scenarios(small, out=tmp_path / "runs", executor=InLine())
    assert [result.reused for result in results] == [True, False, True]
    assert len(solved) == 1


def test_same_content_is_solved_once(small, tmp_path, monkeypatch):
    solved: list[str] = []
    monkeypatch.setattr(siting.scenarios, "solve_run", stub(solved))
    variants = [
        Variant(name="a", overrides={"workloads.0.max_peers": 3}),
        Variant(name="b", overrides={"workloads.train.max_peers": 3}),
    ]
    first, second = run_variants(small, variants, out=tmp_path / "runs", executor=InLine())
    assert len(solved) == 1
    assert (first.reused, second.reused) == (False, True)
    assert first.folder == second.folder


def test_folder_changes_with_everything_that_matters(small, tmp_path, monkeypatch):
    monkeypatch.setattr(siting.scenarios, "solve_run", stub([]))

    def folder(options: RunOptions = QUICK) -> str:
        (result,) = run_scenarios(
            small, ["base"], out=tmp_path / "runs", executor=InLine(), options=options
        )
        return result.folder.name

    names = {folder(), folder(RunOptions(report=False, relative_gap=0.1))}
    campuses = small / "campuses.csv"
    campuses.write_text(campuses.read_text().replace("A,Alpha,-97.0", "A,Alpha,-97.01"))
    names.add(folder())
    monkeypatch.setattr("siting.__version__", "9.9.9")
    names.add(folder())
    assert len(names) == 4
    assert folder(RunOptions(report=True)) in names  # a report changes nothing that is found


def dies(*_arguments):
    os._exit(7)


@pytest.mark.slow
def test_a_process_that_dies_costs_only_its_own_scenario(small, tmp_path, monkeypatch):
    monkeypatch.setattr(siting.scenarios, "_solve", dies)
    results = run_scenarios(small, ["base", "dear"], out=tmp_path, workers=2, options=QUICK)
    assert [result.error for result in results] == ["the process that solved it died"] * 2
    assert [result.exit_code for result in results] == [4, 4]


def test_a_folder_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(FileNotFoundError), written_whole(tmp_path / "run") as draft:
        (draft / "no" / "such" / "folder").write_text("half")
    assert list(tmp_path.iterdir()) == []
    with written_whole(tmp_path / "run") as draft:
        (draft / "one").write_text("1")
    with written_whole(tmp_path / "run") as draft:
        (draft / "two").write_text("2")
        assert (tmp_path / "run" / "one").is_file()
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "two"]


def test_what_a_killed_run_left_is_removed(tmp_path):
    import platform

    dead = tmp_path / f".run.{platform.node()}-999999999-abcd.tmp"
    alive = tmp_path / f".run.{platform.node()}-{os.getpid()}-abcd.tmp"
    for folder in (dead, alive):
        folder.mkdir()
    with written_whole(tmp_path / "run"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"run", alive.name}


def in_line(jobs, count, done):
    assert count >= 1
    return siting.scenarios._submit(InLine(), jobs, done)


@pytest.mark.solver
def test_batch_compares(small, tmp_path, monkeypatch, capfd):
    import json

    monkeypatch.setattr(siting.scenarios, "_in_processes", in_line)
    monkeypatch.chdir(tmp_path)
    assert main(["batch", str(small), "--scenarios", "base,weak", "--no-report", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert [found["name"] for found in answer["scenarios"]] == ["base", "weak"]
    table, page, book = (Path(name) for name in answer["comparison"])
    rows = table.read_text().splitlines()
    assert rows[0].startswith("Scenario,")
    assert [row.split(",")[0] for row in rows[1:]] == ["base", "weak"]
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert book.suffix == ".xlsx"
    assert main(["batch", str(small), "--scenarios", "base,weak", "--no-report"]) == 0
    told = capfd.readouterr()
    assert told.out.splitlines()[0].split() == ["base", "weak"]
    assert "weak: optimal" in told.err


@pytest.mark.slow
def test_batch_on_a_dask_cluster(small, tmp_path, monkeypatch, capfd):
    import json

    distributed = pytest.importorskip("distributed")
    monkeypatch.chdir(tmp_path)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        code = main(
            ["batch", str(small), "--no-report", "--json", "--dask", cluster.scheduler_address]
        )
    answer = json.loads(capfd.readouterr().out)
    assert code == 0
    assert [found["exit_code"] for found in answer["scenarios"]] == [0, 0, 0]
