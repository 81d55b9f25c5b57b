"""A solve that starts from an earlier plan: what still stands is the first incumbent."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from siting import Plan, build_instance, build_network, solve, verify
from siting.formulation import build_model
from siting.instance import Instance
from siting.network import CandidateNetwork
from siting.solve import Progress, Result
from siting.solve.highs import CompiledModel
from siting.solve.monolithic import _columns
from siting.solve.presolve import presolve
from siting.solve.starting import Start, start_from
from siting.study import Study
from tests.analytic.tiny import Draft, free_sites
from tests.analytic.training_cases import campus
from tests.oracle.draft import write

pytestmark = pytest.mark.solver
ROADS = [("a", "b", 40.0), ("a", "j", 20.0), ("b", "j", 25.0), ("b", "c", 60.0), ("a", "c", 70.0)]
METHODS = ("monolithic", "decomposition")


def draft_of(**changes: object) -> Draft:
    """Three campuses with prices of their own, of which two train together."""
    draft = free_sites(ROADS, 700.0, it_demand_mw=[150.0, 200.0], max_peers=2, **changes)
    draft["file"]["horizon"]["periods"] = 2
    for name, usd in (("a", 1e6), ("b", 2e6), ("c", 9e6)):
        campus(draft, name)["fixed_cost_usd"] = usd
    return draft


def made(draft: Draft, folder: Path) -> tuple[Study, CandidateNetwork, Instance]:
    study = write(draft, folder)
    network = build_network(study)
    return study, network, build_instance(study, network)


@pytest.fixture
def earlier(tmp_path: Path) -> Plan:
    """The best plan: a and b, over their road."""
    result = solve(made(draft_of(), tmp_path / "earlier")[2], relative_gap=0)
    assert result.plan is not None
    assert {link.campuses for link in result.plan.links} == {("a", "b")}
    return result.plan


def begun(draft: Draft, folder: Path, plan: Plan) -> Start:
    instance = presolve(made(draft, folder)[2])
    return start_from(instance, plan, time_limit_s=60.0, relative_gap=0.0, seed=1)


def again(draft: Draft, folder: Path, plan: Plan, method: str) -> tuple[Result, list[Progress]]:
    """Solve from a plan and from nothing: the same cost, and a plan that the verifier accepts."""
    study, network, instance = made(draft, folder)
    told: list[Progress] = []
    warm = solve(instance, method=method, relative_gap=1e-7, start=plan, progress=told.append)
    cold = solve(instance, method=method, relative_gap=1e-7)
    assert warm.plan is not None
    assert cold.plan is not None
    assert warm.objective_usd == pytest.approx(cold.objective_usd, rel=1e-6)
    assert warm.bound_usd <= warm.objective_usd + 0.01
    verification = verify(warm.plan, study, network)
    assert verification.accepted, verification.violations
    return warm, told


def test_the_same_study_starts_at_its_optimum(earlier: Plan, tmp_path: Path) -> None:
    start = begun(draft_of(), tmp_path / "now", earlier)
    assert start.objective_usd == pytest.approx(earlier.objective_usd, abs=0.01)
    assert not start.is_warning
    assert start.words.startswith("the sites of the earlier plan stand; so do its routes: ")


@pytest.mark.parametrize("method", METHODS)
def test_a_changed_price_is_paid_by_the_earlier_plan(
    method: str, earlier: Plan, tmp_path: Path
) -> None:
    draft = draft_of()
    draft["file"]["catalog"]["overrides"]["build.pull"] = 50_000.0
    start = begun(draft, tmp_path / "start", earlier)
    # 40 km of cable, over 20 years: in both periods the pull costs 34,000 USD/km more.
    dearer = 40 * (50_000 - 16_000) / 20 * 2
    assert start.objective_usd == pytest.approx(earlier.objective_usd + dearer, abs=0.01)
    warm, told = again(draft, tmp_path / "now", earlier, method)
    assert warm.start == start.words
    assert warm.plan is not None
    recorded = warm.plan.provenance.options["start_instance_sha256"]
    assert recorded == earlier.provenance.instance_sha256
    assert (told[0].phase, told[0].message) == ("start", start.words)
    if method == "decomposition":
        assert told[1].objective_usd == pytest.approx(start.objective_usd)


def test_the_whole_model_starts_from_all_its_columns(earlier: Plan, tmp_path: Path) -> None:
    instance = presolve(made(draft_of(), tmp_path / "now")[2])
    start = start_from(instance, earlier, time_limit_s=60.0, relative_gap=0.0, seed=1)
    model = build_model(instance)
    compiled = CompiledModel(model)
    columns = _columns(instance, model, compiled, start, 60.0)
    assert columns is not None
    assert compiled.objective_of(columns) * 1e6 == pytest.approx(start.objective_usd, abs=0.1)
    # Bounds are as before: without a start the optimum is found.
    free = compiled.run(time_limit_s=60.0)
    assert free.objective * 1e6 == pytest.approx(start.objective_usd, abs=0.1)


@pytest.mark.parametrize(
    ("change", "method", "words"),
    [
        (
            "more demand",
            "monolithic",
            "the sites of the earlier plan stand with other MW; so do its routes: ",
        ),
        (
            "late campus",
            "decomposition",
            "the same campuses serve, with other roles and dates; so do its routes: ",
        ),
        (
            "late road",
            "monolithic",
            "the sites of the earlier plan stand; a network is designed anew, its routes ",
        ),
        (
            "forbidden road",
            "decomposition",
            (
                "the sites of the earlier plan stand; a network is designed anew, its routes do "
                "not carry what is asked now: "
            ),
        ),
        (
            "forbidden campus",
            "decomposition",
            (
                "who trains where stands, with other modes or dates (not in this study: "
                "campus 'b', tie line 't-b'); no network is needed: "
            ),
        ),
    ],
)
def test_what_does_not_stand_is_said(
    change: str, method: str, words: str, earlier: Plan, tmp_path: Path
) -> None:
    draft = draft_of()
    if change == "more demand":
        draft["file"]["workloads"][0]["it_demand_mw"] = [160.0, 190.0]
    elif change == "late campus":
        draft["file"]["workloads"][0]["it_demand_mw"] = [0.0, 200.0]
        campus(draft, "b")["earliest_date"] = "2029-01-01"
    elif change == "late road":
        draft["tables"]["corridors"][0]["build_lead_time_years"] = 9.0
    elif change == "forbidden road":
        draft["file"]["rules"] = {"forbid_corridors": ["a-b"]}
    else:
        draft["file"]["rules"] = {"forbid_campuses": ["b"]}
    warm, _ = again(draft, tmp_path / "now", earlier, method)
    assert warm.start.startswith(words)


def test_pins_elsewhere_leave_nothing_of_a_plan(earlier: Plan, tmp_path: Path) -> None:
    draft = draft_of()
    draft["file"]["rules"] = {"pin_corridors": ["b-c"]}
    start = begun(draft, tmp_path / "now", earlier)
    assert start.words == (
        "the earlier plan cannot be used: no plan has its campuses alone; solving from scratch"
    )
    again(draft, tmp_path / "again", earlier, "decomposition")


def test_plans_of_other_studies_and_periods_are_no_start(earlier: Plan, tmp_path: Path) -> None:
    other = earlier.model_copy(update={"study": "elsewhere"})
    start = begun(draft_of(), tmp_path / "a", other)
    assert start.words == (
        "the earlier plan cannot be used: it is of study 'elsewhere', this is 'tiny'; "
        "solving from scratch"
    )
    assert start.is_warning
    assert math.isinf(start.objective_usd)
    longer = draft_of()
    longer["file"]["horizon"]["periods"] = 3
    longer["file"]["workloads"][0]["it_demand_mw"] = [150.0, 200.0, 200.0]
    start = begun(longer, tmp_path / "b", earlier)
    assert start.words == (
        "the earlier plan cannot be used: its periods are 2028 to 2029, here 2028 to 2030; "
        "solving from scratch"
    )


def test_a_start_is_kept_when_nothing_better_is_found(earlier: Plan, tmp_path: Path) -> None:
    instance = replace(made(draft_of(), tmp_path / "now")[2])
    result = solve(
        instance, method="decomposition", start=earlier, time_limit_s=0.001, max_rounds=1
    )
    assert result.objective_usd == pytest.approx(earlier.objective_usd, abs=0.01)
