"""The command line: exit codes, what stands on standard output, run folders that work alone."""

from __future__ import annotations

import importlib
import io
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from siting import __version__
from siting._paths import MODELS, bundled_studies
from siting.cli import main
from siting.cli.output import Terminal
from siting.cli.studies import study_schema
from siting.loading import load_study
from siting.plan import COST_LINES, NETWORK_COST_LINES
from siting.runs import RunOptions, load_outcome, run_hash
from siting.why import Why
from tests.small_study import write_small_study

ROOT = Path(__file__).resolve().parent.parent
VERBS = (
    *("new", "check", "solve", "batch", "sweep", "verify", "report", "compare"),
    *("benchmark", "doctor"),
)
SOLVE_KEYS = {
    *("study", "scenario", "termination", "verified", "objective_usd", "bound_usd", "gap_usd"),
    *("relative_gap", "bound_scope", "network_cost_usd", "network_gap_usd"),
    *("network_relative_gap", "network_bound_scope", "unserved_mw_years", "campuses"),
    *("substations", "modes", "links", "costs_usd", "times_s", "peak_memory_mb", "plan_path"),
    *(
        "gap_of_network_cost",
        "all_routes_gap_usd",
        "network_all_routes_gap_usd",
        "upgrades",
        "bridging",
        "roles",
    ),
    *("workloads", "race", "single_site"),
}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        told = capfd.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with a link."""
    place = tmp_path_factory.mktemp("solved")
    study = write_small_study(place / "small")
    weak = "workloads.train.survival_fraction=0"
    assert main(["solve", str(study), "--set", weak, "--out", str(place / "run")]) == 0
    return place / "run"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small", scenarios=True)


# Help and usage


def test_help_names_every_verb(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert [verb for verb in VERBS if f"\n  {verb} " not in out] == []


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_has_an_example_and_the_common_options(run, verb):
    code, out, err = run(verb, "--help")
    assert (code, err) == (0, "")
    assert "Example" in out
    assert f"siting {verb}" in out
    assert all(option in out for option in ("--json", "--log-file", "--debug"))


def test_help_of_a_verb_loads_nothing_heavy():
    code = (
        "import sys; from siting.cli import main; main(['solve', '--help']);"
        "heavy = ('pyomo', 'pandas', 'geopandas', 'osmnx', 'matplotlib');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(run):
    assert run("--version") == (0, f"siting {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["solve"], "Missing argument 'STUDY'. (see siting solve --help)"),
        (["slove"], "No such command 'slove'"),
        (["solve", "x", "--tim", "3"], "No such option: --tim"),
        (["solve", "x", "--time-limit", "soon"], "Invalid value for '--time-limit'"),
        (["compare"], "Missing argument 'RUN...'. (see siting compare --help)"),
    ],
)
def test_wrong_usage_exits_1_with_one_line(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(message)
    assert err.count("\n") == 1
    code, out, err = run(*arguments, "--json")
    assert code == 1
    assert json.loads(out)["error"]["type"] == "UsageError"


def test_no_arguments_show_help_and_exit_1(run):
    code, out, _ = run()
    assert code == 1
    assert "Usage: siting" in out


# Bad input


BAD: dict[str, tuple[list[str], str]] = {
    "no study": (
        ["solve", "nowhere"],
        "study 'nowhere': no such folder, file or bundled study. Bundled: {bundled}.",
    ),
    "scenario": (
        ["solve", "small", "--scenario", "deer"],
        "small/scenarios.yaml: no scenario 'deer'. Did you mean 'dear'?",
    ),
    "setting": (
        ["solve", "small", "--set", "workloads.0.max_peers"],
        "--set 'workloads.0.max_peers': must be KEY=VALUE, e.g. workloads.0.max_peers=3",
    ),
    "value of a setting": (
        ["check", "small", "--set", "workloads.0.max_peers=few"],
        (
            "small/study.yaml: 1 problem\n"
            "  workloads[0].max_peers: must be a whole number (got 'few')"
        ),
    ),
    "options": (
        ["solve", "small", "--method", "magic", "--time-limit", "0", "--relative-gap", "2"],
        (
            "--method: must be one of auto, monolithic, decomposition (got 'magic')\n"
            "--relative-gap: must be at least 0 and less than 1 (got 2)\n"
            "--time-limit: must be greater than 0 s (got 0)"
        ),
    ),
    "endless": (
        ["solve", "small", "--time-limit", "inf"],
        "--time-limit: must be a finite number of s (got inf)",
    ),
    "rounds": (
        ["solve", "small", "--max-rounds", "0"],
        "--max-rounds: must be at least 1 (got 0)",
    ),
    "workers": (
        ["batch", "small", "--workers", "0"],
        "--workers: must be at least 1 (got 0)",
    ),
    "workers of a sweep": (
        ["sweep", "small", "--parameter", "rules.phi", "--values", "1", "--workers", "-3"],
        "--workers: must be at least 1 (got -3)",
    ),
    "no scenario": (
        ["batch", "small", "--scenarios", ","],
        "--scenarios: must name scenarios, or be 'all' (got ',')",
    ),
    "model file": (
        ["solve", "small", "--mps", "model.txt"],
        "model.txt: the name of a model must end in .mps or .lp",
    ),
    "start": (
        ["solve", "small", "--start-from", "run-9"],
        "--start-from run-9: no such run folder or plan",
    ),
    "start without a plan": (
        ["solve", "small", "--start-from", "small"],
        "--start-from small: no such run folder or plan",
    ),
    "start that is no plan": (
        ["solve", "small", "--start-from", "small/study.yaml"],
        "small/study.yaml: 1 problem",
    ),
    "out is no run": (
        ["solve", "small", "--out", "small"],
        "{here}/small: exists and is not a run folder; name another one",
    ),
    "batch": (
        ["batch", "small", "--scenarios", "dear,week"],
        (
            "small/study.yaml: 1 problem\n"
            "  week: small/scenarios.yaml: no scenario 'week'. Did you mean 'weak'?"
        ),
    ),
    "sweep": (
        ["sweep", "small", "--parameter", "workloads.0.max_peers", "--values", "2,0"],
        (
            "small/study.yaml: 1 problem\n"
            "  workloads.0.max_peers=0: workloads[0].max_peers: must be at least 1 (got 0)"
        ),
    ),
    "dask": (
        ["batch", "small", "--dask", "nonsense://x"],
        "--dask nonsense://x:",
    ),
    "no run": (["verify", "run-1"], "run-1: no such run folder or plan"),
    "not a run": (["report", "small"], "small: not a run folder (it has no result.json)"),
    "compare": (["compare", "small"], "small: not a run folder (it has no result.json)"),
    "name of a new study": (
        ["new", "my study"],
        "'my study' cannot name a study: use letters, digits, '.', '_' or '-'",
    ),
    "new over old": (["new", "small"], "small: is there already; name a new folder"),
    "new from nothing": (
        ["new", "mine", "--from", "texs"],
        "--from 'texs': no such bundled study. Bundled: {bundled}",
    ),
    "log file": (["doctor", "--log-file", "no/such/log"], "{here}/no/such/log: No such file"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_exits_1_and_says_why(run, small, tmp_path, arguments, message):
    if "--dask" in arguments:
        pytest.importorskip("distributed")
    expected = message.format(bundled=", ".join(bundled_studies()), here=tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(expected)
    assert "Traceback" not in err
    code, out, _ = run(*arguments, "--json")
    answer = json.loads(out)
    assert code == answer["exit_code"] == 1
    assert answer["error"]["message"].startswith(expected)
    assert small.is_dir()


@pytest.mark.usefixtures("small")
def test_bad_input_leaves_nothing_behind(run, tmp_path):
    assert run("solve", "small", "--set", "workloads.0.max_peers=few")[0] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]


def test_debug_shows_the_traceback(run):
    code, out, err = run("check", "nowhere", "--debug")
    assert (code, out) == (1, "")
    assert "Traceback" in err


def test_an_internal_error_is_one_line(run, small, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("no\nway")

    monkeypatch.setattr("siting.cli.solving.solve_run", broken)
    code, out, err = run("solve", small)
    assert (code, out) == (4, "")
    assert err == "internal error: ZeroDivisionError: no way (--debug shows where)\n"


@pytest.mark.usefixtures("small")
def test_log_file(run, tmp_path):
    assert run("check", "small", "--set", "nothing", "--log-file", "log.txt")[0] == 1
    assert "ERROR siting: --set 'nothing': must be KEY=VALUE" in (tmp_path / "log.txt").read_text()


# check


@pytest.mark.usefixtures("small")
def test_check(run):
    code, out, err = run("check", "small")
    assert (code, err) == (0, "")
    assert out == (
        "small: right; 2 campuses, 2 substations, 2 periods from 2028-01-01, 1 workload(s), "
        "scenarios: dear, weak\n"
    )


def test_check_json_warns(run, small):
    code, out, _ = run("check", small, "--set", "workloads.0.it_demand_mw=[100,900]", "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["ok"], answer["problems"]) == (True, [])
    assert answer["warnings"][0].startswith("2029: workloads ask for 900 MW of IT load; ")


HOPELESS = "horizon.start=2027-01-01"


def test_hopeless_study_exits_2_before_solving(run, small, tmp_path):
    why = (
        "no campus can be powered in any period: the first is campus 'A' at substation 'S1' on "
        "2028-01-01, and the last period starts on 2027-01-01"
    )
    lines = (
        small / "power_timelines.csv",
        "substation_id,date,headroom_mw\nS1,2028-01-01,100\n",
    )
    lines[0].write_text(lines[1])
    only = (
        "--set",
        HOPELESS,
        "--set",
        "horizon.periods=1",
        "--set",
        "workloads.0.it_demand_mw=[9]",
    )
    code, out, err = run("check", small, *only)
    assert (code, err) == (2, f"{why}\n")
    code, out, err = run("solve", small, *only, "--json", "--out", "run")
    outcome = json.loads(out)
    assert code == 2
    assert err.endswith(f"no plan exists: {why}\n")
    assert outcome.keys() == SOLVE_KEYS | {"explanation"}
    assert (outcome["termination"], outcome["explanation"]) == ("infeasible", [why])
    assert not (tmp_path / "run" / "plan.json").exists()
    code, _, err = run("verify", "run")
    assert (code, err) == (1, "run: this run ended without a plan (infeasible)\n")


# solve


@pytest.mark.solver
def test_solve_writes_a_run_folder_that_is_whole(solved):
    names = {path.name for path in solved.iterdir()}
    assert names >= {"plan.json", "verification.json", "result.json", "study", "network"}
    why = Why.load(solved)
    assert why is not None
    assert why.complete
    assert {(r.kind, r.id) for r in why.reasons} >= {("campus", "A"), ("campus", "B")}
    data = json.loads((solved / "data.json").read_text("utf-8"))
    assert [site["id"] for site in data["sites"]] == ["A", "B", "S1", "S2"]
    assert data["candidate_routes"] == 1
    assert names >= {"report.html", "workbook.xlsx"}
    assert [p.name for p in solved.parent.iterdir() if p.name.startswith(".")] == []


@pytest.mark.solver
def test_solve_starts_from_an_earlier_run(run, solved, tmp_path):
    weak = ("--set", "workloads.train.survival_fraction=0")
    dear = ("--set", "catalog.overrides.build.pull=50000")
    arguments = ("solve", solved.parent / "small", *weak, *dear, "--no-report", "--out", "again")
    code, _, err = run(*arguments, "--start-from", solved)
    assert code == 0
    assert "start  the sites of the earlier plan stand; so do its routes: " in err
    options = json.loads((tmp_path / "again" / "plan.json").read_text())["provenance"]["options"]
    earlier = json.loads((solved / "plan.json").read_text())["provenance"]
    assert options["start_instance_sha256"] == earlier["instance_sha256"]


@pytest.mark.solver
def test_solve_json_is_what_is_promised(solved):
    outcome = load_outcome(solved)
    assert outcome.keys() == SOLVE_KEYS
    assert (outcome["termination"], outcome["verified"]) == ("optimal", True)
    assert tuple(outcome["costs_usd"]) == COST_LINES
    total = math.fsum(outcome["costs_usd"].values())
    assert total == pytest.approx(outcome["objective_usd"], abs=0.01)
    network = math.fsum(outcome["costs_usd"][line] for line in NETWORK_COST_LINES)
    assert network == pytest.approx(outcome["network_cost_usd"], abs=0.01)
    gap = outcome["objective_usd"] - outcome["bound_usd"]
    assert outcome["gap_usd"] == pytest.approx(gap, abs=0.01)
    assert tuple(outcome["times_s"]) == (
        *("network", "instance", "build", "solve", "verify", "why", "report", "total"),
    )
    assert sum(outcome["times_s"].values()) <= 2 * outcome["times_s"]["total"] + 0.01
    assert outcome["peak_memory_mb"] > 10
    assert outcome["plan_path"] == str(solved.resolve() / "plan.json")


@pytest.mark.solver
def test_solve_json_links_add_up(solved):
    (link,) = load_outcome(solved)["links"]
    assert link["campuses"] == ["A", "B"]
    assert link["rtt_ms"] <= link["rtt_budget_ms"]
    assert link["demand_gbps"] > 0
    for route in link["routes"]:
        assert route["length_km"] == pytest.approx(sum(route["spans_km"]), abs=1e-6)
        assert len(route["spans_km"]) == len(route["huts"]) + 1
        assert route["pairs"] >= 1
        assert route["channels"] >= 1
        assert route["fiber"] == "G652D"
        assert "corridor:C1" in route["srlgs"]


@pytest.mark.solver
def test_solve_json_says_how_well_it_trains(solved):
    outcome = load_outcome(solved)
    assert outcome["roles"]["train"].keys() == {"A", "B"}
    last = outcome["workloads"]["train"][-1]
    assert last["goodput"] == pytest.approx(1 - last["loss"]["charged"])
    assert last["mfu"] == pytest.approx(0.4 * last["goodput"])
    parts = [last["loss"][k] for k in ("token_penalty", "latency_class", "exposed_transfer")]
    assert sum(parts) == pytest.approx(last["loss"]["charged"])
    assert last["time_to_resume_hours"] > 0
    assert 0 < last["availability"] < 1
    (link,) = outcome["links"]
    assert (link["role"], link["radius_class"]) == ("training", "metro")
    assert link["energy_pj_per_bit"] > 0
    race = outcome["race"]
    assert [lap["demand_it_mw"] for lap in race] == [100, 250]
    waiting = sum(lap["waiting_usd"] for lap in race)
    assert waiting == pytest.approx(outcome["costs_usd"]["unserved_demand"], abs=1.0)


@pytest.mark.solver
def test_standard_output_holds_one_json_object(small, tmp_path):
    """In a process of its own, because a solver may print from C."""
    code = "import sys; from siting.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "solve", str(small), "--json", "--no-report", "--mps", "m.lp"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome.keys() == SOLVE_KEYS
    assert "building the candidate network" in done.stderr
    assert (tmp_path / "m.lp").stat().st_size > 1000
    folder = Path(outcome["plan_path"]).parent
    name = f"small-{run_hash(load_study(small), RunOptions(report=False))[:8]}"
    assert folder == tmp_path.resolve() / "siting-runs" / name
    assert json.loads((folder / "result.json").read_text()) == outcome


@pytest.mark.solver
def test_solve_prints_the_summary_and_the_folder(run, small):
    code, out, _ = run("solve", small, "--no-report", "--out", "there")
    assert code == 0
    assert out.startswith("A small study\n")
    assert out.endswith("\nthere\n")
    assert run("solve", small, "--no-report", "--out", "there")[0] == 0  # replaces the run


@pytest.mark.parametrize(
    ("termination", "code", "message"),
    [
        ("time_limit", 3, "no plan within the limit (time_limit)"),
        ("error", 4, "the solver failed"),
        ("infeasible", 2, "no plan exists: too far apart"),
    ],
)
def test_solve_without_a_plan(run, small, monkeypatch, termination, code, message):
    engine = importlib.import_module("siting.solve")
    why = ("too far apart", "1.1 ms would do") if termination == "infeasible" else ()
    result = engine.Result(
        termination=engine.Termination(termination),
        plan=None,
        objective_usd=math.inf,
        bound_usd=-math.inf,
        explanation=why,
    )
    monkeypatch.setattr(engine, "solve", lambda *_, **__: result)
    found, out, err = run("solve", small, "--json")
    outcome = json.loads(out)
    assert found == code
    assert message in err.splitlines()
    assert outcome["explanation"] == list(why)
    assert (outcome["plan_path"], outcome["bound_usd"]) == (None, None)


def test_solver_that_crashes(run, small, monkeypatch, tmp_path):
    from siting.errors import SolverError

    def crash(*_args, **_kwargs):
        raise SolverError("HiGHS returned nonsense")

    monkeypatch.setattr(importlib.import_module("siting.solve"), "solve", crash)
    code, out, err = run("solve", small)
    assert (code, out) == (4, "")
    assert err.splitlines()[-1] == "HiGHS returned nonsense"
    assert list((tmp_path / "siting-runs").iterdir()) == []


@pytest.mark.solver
def test_solve_whose_plan_is_rejected(run, small, monkeypatch):
    checker = importlib.import_module("siting.verify")
    real = checker.verify
    found = checker.Verification
    monkeypatch.setattr(
        checker,
        "verify",
        lambda *a: found.model_validate({**real(*a).model_dump(), "accepted": False}),
    )
    code, out, err = run("solve", small, "--json")
    assert code == 4
    assert json.loads(out)["verified"] is False
    assert "the verifier rejects the plan, see " in err


# verify, report, compare


@pytest.mark.solver
def test_run_folder_works_alone(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "alone")
    code, out, err = run("verify", "alone")
    assert (code, err) == (0, "")
    assert out.startswith("accepted: ")
    code, out, _ = run("verify", "alone/plan.json", "--json")
    assert (code, json.loads(out)) == (0, {"accepted": True, "violations": []})
    (tmp_path / "alone" / "report.html").unlink()
    code, out, _ = run("report", "alone", "--json")
    assert code == 0
    assert "alone/report.html" in json.loads(out)["files"]
    assert (tmp_path / "alone" / "report.html").is_file()


@pytest.mark.solver
def test_changed_plan_is_rejected(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "alone")
    plan = json.loads((solved / "plan.json").read_text())
    plan["substations"][0]["reserved_mw"][0] += 1000
    (tmp_path / "alone" / "other.json").write_text(json.dumps(plan))
    code, out, err = run("verify", "alone/other.json", "--json")
    answer = json.loads(out)
    assert code == 4
    assert answer["accepted"] is False
    assert "substation_reservation" in {found["rule"] for found in answer["violations"]}
    assert {"rule", "where", "value", "limit", "unit"} <= answer["violations"][0].keys()
    assert err.startswith("rejected: ")
    assert run("verify", "alone")[0] == 0
    shutil.copy(tmp_path / "alone" / "other.json", tmp_path / "alone" / "plan.json")
    code, _, err = run("report", "alone")
    assert code == 4
    assert "nothing is reported" in err


@pytest.mark.solver
def test_broken_plan_file(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "alone")
    (tmp_path / "alone" / "plan.json").write_text("{")
    code, out, err = run("verify", "alone")
    assert (code, out) == (1, "")
    assert err.startswith("alone/plan.json: 1 problem\n")
    (tmp_path / "alone" / "result.json").write_text("[]")
    code, out, err = run("verify", "alone")
    assert (code, err) == (1, "alone/result.json: is not the outcome of a run\n")


@pytest.mark.solver
def test_compare(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "copy")
    code, out, err = run("compare", solved, "copy")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["run", "copy"]
    code, out, _ = run("compare", solved, "copy", "--json")
    first, second = json.loads(out)["runs"]
    assert {**first, "name": "copy"} == second
    assert first["objective_usd"] == load_outcome(solved)["objective_usd"]


@pytest.mark.solver
def test_study_of_a_run_loads_as_it_was_solved(solved):
    study = load_study(solved / "study")
    assert study.file.catalog.source == "catalog"
    assert study.file.workloads[0].survival_fraction == 0
    plan: dict[str, Any] = json.loads((solved / "plan.json").read_text())
    from siting.fingerprint import study_sha256
    from siting.study_copy import study_catalog

    sha256 = study_sha256(study, study_catalog(study))
    assert sha256 == plan["provenance"]["study_sha256"]


# new and doctor


@pytest.mark.parametrize("origin", bundled_studies())
def test_new_copies_every_bundled_study(run, tmp_path, origin):
    code, out, err = run("new", "my-own", "--from", origin)
    assert (code, err) == (0, "")
    assert out.startswith(f"my-own: a study from '{origin}'.")
    text = (tmp_path / "my-own" / "study.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=study.schema.json\n")
    assert (tmp_path / "my-own" / "study.schema.json").read_text() == study_schema()
    mine, original = load_study("my-own"), load_study(origin)
    assert mine.name == "my-own"
    assert mine.file.model_copy(update={"name": origin}) == original.file
    assert mine.campuses == original.campuses
    assert not (tmp_path / "my-own" / "expected.json").exists()


def test_schema_is_the_committed_one():
    committed = (MODELS / "schema" / "study.schema.json").read_text("utf-8")
    assert committed == study_schema(), "write siting.cli.studies.study_schema() there again"


def test_doctor(run):
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    assert out.startswith(f"siting {__version__}, Python ")
    code, out, _ = run("doctor", "--json")
    assert (code, json.loads(out)["missing"]) == (0, [])


@pytest.mark.solver
def test_the_whole_is_bounded_over_every_route_as_told(run: Run, tmp_path: Path) -> None:
    write_small_study(tmp_path / "small")
    with (tmp_path / "small" / "corridors.csv").open("a", encoding="utf-8") as roads:
        roads.write("C2,NA,NB,130\nC3,NA,NB,140\n")
    few = ("--set", "transport.routes_per_link=2", "--method", "decomposition")
    asked = ("--set", "solve.every_route=true")

    def gap_usd(*options: str) -> float | None:
        code, out, _ = run("solve", "small", *few, *options, "--json", "--no-report")
        assert code == 0
        found: float | None = json.loads(out)["all_routes_gap_usd"]
        return found

    wide = gap_usd("--every-route")
    assert wide is not None
    assert wide >= 0
    assert gap_usd(*asked) == wide
    assert gap_usd(*asked, "--candidate-routes") is None


@pytest.mark.unit
def test_the_last_line_of_a_phase_is_shown():
    shown = io.StringIO()
    terminal = Terminal(is_json=False, is_debug=False, console=Console(file=shown, width=80))
    with terminal.working():
        for line in ("1 network", "2 network", "3 network", "4 checks", "5 checks"):
            terminal.say(line)
        assert shown.getvalue().split("\n") == ["1 network", "3 network", "4 checks", ""]
    assert shown.getvalue().endswith("4 checks\n5 checks\n")
