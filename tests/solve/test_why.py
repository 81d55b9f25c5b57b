"""Explanations hold: what they say a change costs, or serves, is what the changed study does."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from siting import build_instance, build_network, load_study, solve
from siting.instance import Instance
from siting.instance.reach import link_reach
from siting.network import CandidateNetwork
from siting.solve import Result
from siting.solve.highs import Outcome, Status
from siting.solve.why import explain, sites_problem
from siting.study import Study
from siting.why import Reason, Shortfall, Why
from tests.analytic.tiny import Draft, free_sites
from tests.analytic.training_cases import campus
from tests.oracle.draft import write
from tests.oracle.instances import random_study

pytestmark = pytest.mark.solver


@dataclasses.dataclass(frozen=True)
class Explained:
    """A study solved and explained."""

    study: Study
    network: CandidateNetwork
    instance: Instance
    result: Result
    why: Why

    def reason(self, kind: str, name: str) -> Reason:
        (found,) = [r for r in self.why.reasons if (r.kind, r.id) == (kind, name)]
        return found


def explained(study: Study, method: str = "monolithic", time_limit_s: float = 120.0) -> Explained:
    network = build_network(study)
    instance = build_instance(study, network)
    result = solve(instance, method=method, relative_gap=0)
    assert result.solution is not None
    why = explain(
        instance,
        result.solution,
        time_limit_s=time_limit_s,
        reach=lambda: link_reach(study, network, instance, time_limit_s=10.0),
    )
    return Explained(study, network, instance, result, why)


@pytest.fixture(scope="module")
def triangle() -> Explained:
    return explained(load_study("triangle"))


def objective(case: Explained, **rules: object) -> float:
    """Return the optimum of the study with other rules."""
    file = case.study.file.model_copy(
        update={"rules": case.study.file.rules.model_copy(update=rules)}
    )
    study = case.study.model_copy(update={"file": file})
    instance = build_instance(study, build_network(study))
    return solve(instance, method="monolithic", relative_gap=0).objective_usd


@pytest.mark.parametrize("name", ["north", "west"])
def test_without_a_campus_costs_what_forbidding_it_costs(triangle: Explained, name: str) -> None:
    reason = triangle.reason("campus", name)
    dearer = objective(triangle, forbid_campuses=(name,)) - triangle.result.objective_usd
    assert (reason.proof, reason.problem) == ("exact", "the whole problem")
    assert reason.more_usd == pytest.approx(dearer, abs=1.0)
    assert dearer > 1e6
    assert "'east' comes in" in reason.instead


def test_a_later_date_costs_what_a_later_earliest_date_costs(triangle: Explained) -> None:
    reason = triangle.reason("campus", "north: date")
    instance = triangle.instance
    north = dataclasses.replace(instance.campuses["north"], first_period=1)
    later = dataclasses.replace(instance, campuses={**instance.campuses, "north": north})
    dearer = solve(later, method="monolithic", relative_gap=0).objective_usd
    assert reason.more_usd == pytest.approx(dearer - triangle.result.objective_usd, abs=1.0)


def test_a_campus_left_out_costs_what_pinning_it_costs(triangle: Explained) -> None:
    reason = triangle.reason("campus", "east")
    assert reason.chosen == "not used"
    dearer = objective(triangle, pin_campuses=("east",)) - triangle.result.objective_usd
    assert reason.more_usd == pytest.approx(dearer, abs=1.0)


def test_facts_that_bind_are_named(triangle: Explained) -> None:
    assert triangle.why.complete
    date = triangle.reason("campus", "north: date")
    assert date.bound_by == ("first period after its earliest date",)
    assert date.instead.startswith("not yet in 2028, campus ")
    (rtt,) = triangle.reason("mode", "pretrain: class").bound_by
    assert rtt == "RTT 0.906 of 1.000 ms on north - west"


def test_another_paradigm_costs_what_the_rest_of_them_cost(triangle: Explained) -> None:
    reason = triangle.reason("mode", "pretrain")
    job = triangle.study.file.workloads[0]
    instance = triangle.instance
    jobs = {
        "pretrain": dataclasses.replace(
            instance.workloads["pretrain"],
            modes=tuple(
                m
                for m in instance.workloads["pretrain"].modes
                if f"{m.paradigm}, {m.fabric}" != reason.chosen
            ),
        )
    }
    rest = dataclasses.replace(instance, workloads=jobs)
    dearer = solve(rest, method="monolithic", relative_gap=0).objective_usd
    assert job.id == "pretrain"
    assert reason.more_usd == pytest.approx(dearer - triangle.result.objective_usd, abs=1.0)


def two_roads() -> Draft:
    """Return a link over a road of 40 km, with another of 60 km."""
    return free_sites([("a", "b", 40.0), ("a", "m", 30.0), ("b", "m", 30.0)], 700.0)


def test_the_next_best_route_is_the_other_road(tmp_path: Path) -> None:
    case = explained(write(two_roads(), tmp_path / "both"))
    (route,) = [r for r in case.why.reasons if r.kind == "route"]
    alone = two_roads()
    alone["file"]["rules"] = {"forbid_routes": [["a-b"]]}
    longer = explained(write(alone, tmp_path / "longer"))
    dearer = longer.result.objective_usd - case.result.objective_usd
    assert (route.proof, route.more_usd) == ("exact", pytest.approx(dearer, abs=1.0))
    assert dearer > 1e5


def test_the_next_best_transport_is_the_other_module(tmp_path: Path) -> None:
    draft = two_roads()
    draft["file"]["transport"]["modules"] = ["zrp800_131e", "zrp400_124"]
    both = explained(write(draft, tmp_path / "both"))
    (transport,) = [r for r in both.why.reasons if r.kind == "transport"]
    used = transport.chosen.split()[0]
    draft["file"]["transport"]["modules"] = sorted({"zrp800_131e", "zrp400_124"} - {used})
    other = explained(write(draft, tmp_path / "other"))
    dearer = other.result.objective_usd - both.result.objective_usd
    assert (transport.proof, transport.more_usd) == ("exact", pytest.approx(dearer, abs=1.0))


def test_a_hut_that_nothing_replaces(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 150.0)], 700.0)
    case = explained(write(draft, tmp_path))
    (hut,) = [r for r in case.why.reasons if r.kind == "hut"]
    assert hut.more_usd == pytest.approx(0.0, abs=1.0)  # another hut does as well
    (fact,) = hut.bound_by
    assert fact.endswith("else 150.0, above 100 km")


def shortfall(draft: Draft, folder: Path) -> Shortfall:
    (found,) = explained(write(draft, folder)).why.shortfalls
    return found


def unserved(draft: Draft, folder: Path) -> float:
    study = write(draft, folder)
    result = solve(build_instance(study, build_network(study)), method="monolithic")
    assert result.plan is not None
    return sum(result.plan.workloads[0].unserved_it_mw)


def far(limit_ms: float) -> Draft:
    draft = free_sites([("a", "b", 100.0)], 1.0)
    draft["file"]["workloads"][0]["paradigms"]["diloco"]["rtt_limit_ms"] = limit_ms
    return draft


def test_the_least_rtt_that_would_do(tmp_path: Path) -> None:
    """100 km of 4.9 us/km and 12 us of transponders: 1.004 ms there and back."""
    found = shortfall(far(0.8), tmp_path / "far")
    assert found.words == (
        "at most 100.0 of the 200.0 IT MW can be served then, at any cost; "
        "the reason: RTT, campus limits"
    )
    assert found.remedies[0] == "an RTT limit of 1.004 ms for a link instead of 0.800 ms"
    assert unserved(far(1.003), tmp_path / "less") == pytest.approx(100.0)
    assert unserved(far(1.004), tmp_path / "enough") == pytest.approx(0.0, abs=1e-6)


def test_the_least_mw_that_would_do(tmp_path: Path) -> None:
    found = shortfall(far(0.8), tmp_path)
    assert found.remedies[1].startswith("campus limits: 100.0 MW (facility) more: 100.0 at campus ")


def late(date: str) -> Draft:
    draft = two_roads()
    draft["file"]["horizon"]["periods"] = 3
    draft["file"]["workloads"][0]["it_demand_mw"] = [200.0, 200.0, 200.0]
    campus(draft, "b")["earliest_date"] = date
    return draft


def test_the_date_that_would_do(tmp_path: Path) -> None:
    found = shortfall(late("2029-06-01"), tmp_path / "late")
    assert (found.periods, found.unserved_it_mw) == (("2028", "2029"), (100.0, 100.0))
    assert found.remedies[:2] == (
        "all dates together, as of 2030",
        "dates of campuses as of 2030: campus 'b' (now 2030)",
    )
    assert unserved(late("2028-01-01"), tmp_path / "early") == pytest.approx(0.0, abs=1e-6)


def test_more_peers_would_do(tmp_path: Path) -> None:
    roads = [("a", "b", 40.0), ("b", "c", 40.0), ("a", "c", 40.0)]
    found = shortfall(free_sites(roads, 1.0, max_peers=2), tmp_path)
    assert "3 peers instead of 2" in found.remedies
    assert "peers" in found.words


def test_limits_that_only_bind_together(tmp_path: Path) -> None:
    """100 MW of campus and of headroom: neither alone is enough."""
    draft = far(0.8)
    for row in draft["tables"]["power_timelines"]:
        row["headroom_mw"] = 100
    found = shortfall(draft, tmp_path)
    assert "limits of campuses, substations and tie lines together" in found.words
    assert any(
        "100.0 at campus" in item and "100.0 at substation" in item for item in found.remedies
    )


def test_demand_left_by_choice_says_what_it_costs(tmp_path: Path) -> None:
    draft = two_roads()
    draft["file"]["workloads"][0]["unserved_usd_per_mw_year"] = 1.0
    campus(draft, "a")["fixed_cost_usd"] = campus(draft, "b")["fixed_cost_usd"] = 2e6
    found = explained(write(draft, tmp_path))
    (item,) = found.why.shortfalls
    assert item.remedies == ()
    assert item.most_it_mw == pytest.approx(200.0)
    forced = two_roads()
    campus(forced, "a")["fixed_cost_usd"] = campus(forced, "b")["fixed_cost_usd"] = 2e6
    all_of_it = explained(write(forced, tmp_path / "forced")).result.objective_usd
    dearer = all_of_it - found.result.objective_usd
    assert f"it costs exactly {dearer:,.0f} USD more than leaving it" in item.words


def test_time_that_is_over_leaves_amounts_open(triangle: Explained) -> None:
    assert triangle.result.solution is not None
    why = explain(triangle.instance, triangle.result.solution, time_limit_s=0.0)
    assert not why.complete
    assert {r.proof for r in why.reasons} <= {"open", "impossible"}
    assert {(r.kind, r.id, r.chosen) for r in why.reasons} == {
        (r.kind, r.id, r.chosen) for r in triangle.why.reasons
    }


def test_large_problems_state_bounds_that_hold(
    triangle: Explained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solved by decomposition, not whole: at least is at most what the whole problem says."""
    monkeypatch.setattr(sites_problem, "WHOLE", -1)
    large = explained(load_study("triangle"), method="decomposition")
    assert large.result.objective_usd == pytest.approx(triangle.result.objective_usd, abs=1.0)
    exact = {(r.kind, r.id): r for r in triangle.why.reasons}
    paradigm = large.reason("mode", "pretrain")
    assert paradigm.proof == "at_least"
    assert known(paradigm) <= known(exact["mode", "pretrain"]) + 1.0
    for name in ("north", "west"):
        site = large.reason("campus", name)
        assert site.proof == "exact"
        assert site.problem.endswith("no network")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 45))
def test_bounds_and_exact_amounts_agree_on_random_studies(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the decomposition proves of a choice is no more than what the whole problem says."""
    study = random_study(seed, tmp_path)
    if solve(build_instance(study, build_network(study))).solution is None:
        pytest.skip("no plan")
    exact = {(r.kind, r.id, r.chosen): r for r in explained(study).why.reasons}
    monkeypatch.setattr(sites_problem, "WHOLE", -1)
    for reason in explained(study, method="decomposition").why.reasons:
        other = exact.get((reason.kind, reason.id, reason.chosen))
        if other is None or other.proof != "exact":
            continue
        if reason.proof == "at_least" and reason.problem.startswith("the whole problem"):
            assert known(reason) <= known(other) + 2.0
        if reason.proof == "exact" and reason.problem == other.problem:
            assert known(reason) == pytest.approx(known(other), abs=5.0)


def known(reason: Reason) -> float:
    return math.nan if reason.more_usd is None else reason.more_usd


def test_it_is_read_back_as_it_was_written(triangle: Explained, tmp_path: Path) -> None:
    triangle.why.save(tmp_path)
    assert Why.load(tmp_path) == triangle.why


def test_a_way_found_in_a_hurry_is_no_next_best(tmp_path):
    """What a solve that stopped far from its bound found is neither a cost nor a siting to tell."""
    made = explained(write(free_sites([("a", "b", 20.0)], 700.0), tmp_path))
    assert made.result.solution is not None
    problem = sites_problem.SitesProblem(
        made.instance, made.result.solution, time_limit_s=10.0, seed=1
    )
    usd = made.result.objective_usd
    hurried = Outcome(Status.TIME_LIMIT, 3 * usd / 1e6, 0.5 * usd / 1e6, None)
    assert problem.found(hurried) == sites_problem.NOT_KNOWN
    least = problem.found(dataclasses.replace(hurried, bound=1.5 * usd / 1e6))
    assert (least.proof, least.siting) == ("at_least", None)
    near = problem.found(dataclasses.replace(hurried, objective=1.001 * usd / 1e6, bound=usd / 1e6))
    assert near.proof == "at_most"
