"""What a planner pins on the map: substations, corridors, routes and huts, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import Plan, build_instance, build_network, solve, verify
from siting.solve import Termination
from tests.analytic.test_forbidden import ROADS, TERMINALS
from tests.analytic.tiny import PER_KM, Draft, free_sites, solved
from tests.analytic.training_cases import campus
from tests.oracle.draft import write

pytestmark = pytest.mark.solver


def both(draft: Draft, folder: Path) -> Plan:
    """Solve by both methods, verify both plans, compare their costs, return one."""
    study = write(draft, folder)
    network = build_network(study)
    instance = build_instance(study, network)
    plans = []
    for method in ("monolithic", "decomposition"):
        result = solve(instance, method=method, relative_gap=1e-9, network_relative_gap=0)
        assert result.plan is not None, result.explanation
        verification = verify(result.plan, study, network)
        assert verification.accepted, verification.violations
        assert result.bound_usd <= result.objective_usd + 0.01
        plans.append(result.plan)
    whole, parts = plans
    assert parts.objective_usd == pytest.approx(whole.objective_usd, abs=0.01)
    assert parts.bounds.bound_usd == pytest.approx(whole.objective_usd, abs=1.0)
    return whole


def explanation(draft: Draft, folder: Path, method: str = "monolithic") -> tuple[str, ...]:
    study = write(draft, folder)
    result = solve(build_instance(study, build_network(study)), method=method, relative_gap=0)
    assert result.termination is Termination.INFEASIBLE
    return result.explanation


# The direct road takes 40 km; over j it is 45 km. The dearer way alone carries everything.
@pytest.mark.parametrize(
    "rules",
    [
        {"pin_corridors": ["b-j"]},
        {"pin_corridors": ["a-j", "b-j"]},
        {"pin_routes": [["b-j", "a-j"]]},
        {"pin_routes": [["a-j", "b-j"]], "pin_corridors": ["a-j"]},
    ],
    ids=str,
)
def test_a_pinned_way_is_taken(rules: Draft, tmp_path: Path) -> None:
    draft = free_sites(ROADS, 700.0)
    draft["file"]["rules"] = rules
    plan = both(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert set(route.corridors) == {"a-j", "b-j"}
    assert plan.objective_usd == pytest.approx(45.0 * PER_KM + TERMINALS, abs=0.01)


def test_two_pinned_routes_are_both_lit(tmp_path: Path) -> None:
    draft = free_sites(ROADS, 700.0)
    draft["file"]["rules"] = {"pin_routes": [["a-b"], ["a-j", "b-j"]]}
    plan = both(draft, tmp_path)
    assert len(plan.links[0].routes) == 2
    assert plan.objective_usd == pytest.approx(85.0 * PER_KM + 2 * TERMINALS, abs=0.01)


@pytest.mark.parametrize("hut", ["a-b@9", "a-b@17"])
def test_a_pinned_hut_holds_the_amplifier(hut: str, tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 130.0)], 700.0)
    draft["file"]["rules"] = {"pin_huts": [hut]}
    (route,) = both(draft, tmp_path).links[0].routes
    assert route.huts == (hut,)


def test_a_pinned_road_needs_a_link_that_nobody_would_require(tmp_path: Path) -> None:
    """Alone, campus a would serve all; the pin makes b a peer, and the network is paid."""
    draft = free_sites(ROADS, 700.0, it_demand_mw=[100.0])
    assert solved(draft, tmp_path)[1].links == ()
    draft["file"]["rules"] = {"pin_corridors": ["a-j"]}
    plan = both(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(45.0 * PER_KM + TERMINALS, abs=0.01)
    assert plan.alternatives == ()


def test_of_three_campuses_those_at_the_pinned_road_are_linked(tmp_path: Path) -> None:
    """a and b share the load over 40 km unless the 90 km to c are pinned."""
    roads = [("a", "b", 40.0), ("b", "c", 90.0), ("a", "c", 95.0)]
    draft = free_sites(roads, 700.0, it_demand_mw=[200.0], max_peers=2)
    assert solved(draft, tmp_path)[1].links[0].campuses == ("a", "b")
    draft["file"]["rules"] = {"pin_corridors": ["b-c"]}
    assert [link.campuses for link in both(draft, tmp_path).links] == [("b", "c")]
    # All three would have to be peers for both roads, and only two may.
    draft["file"]["rules"] = {"pin_corridors": ["b-c", "a-b"]}
    for method in ("monolithic", "decomposition"):
        (line,) = explanation(draft, tmp_path, method)
        assert line.startswith("what is pinned does not go together")
        assert line.count("corridor") == 1


def test_a_pinned_substation_is_paid_in_the_last_period(tmp_path: Path) -> None:
    draft = free_sites(ROADS, 700.0)
    draft["file"]["horizon"]["periods"] = 2
    draft["file"]["workloads"][0]["it_demand_mw"] = [200.0, 200.0]
    for row in draft["tables"]["substations"]:
        row["fixed_cost_usd"] = 0.0
    spare = draft["tables"]["substations"][0] | {"id": "spare", "fixed_cost_usd": 4e6}
    draft["tables"]["substations"].append(spare)
    free = solved(draft, tmp_path)[1]
    draft["file"]["rules"] = {"pin_substations": ["spare", "s-a"]}
    plan = both(draft, tmp_path)
    life = plan.objective_usd - free.objective_usd
    assert life == pytest.approx(4e6 / 30, abs=0.01)
    assert {s.id: s.in_service_from for s in plan.substations}["spare"] == 1


def test_generated_paths_hold_what_is_pinned(tmp_path: Path) -> None:
    roads = [*ROADS, ("a", "k", 30.0), ("b", "k", 35.0), ("j", "l", 3.0), ("k", "l", 3.0)]
    draft = free_sites(roads, 700.0)
    draft["file"]["transport"]["routes_per_link"] = 1
    for rules in ({"pin_corridors": ["j-l"]}, {"pin_routes": [["a-j", "j-l", "k-l", "b-k"]]}):
        draft["file"]["rules"] = rules
        (route,) = both(draft, tmp_path).links[0].routes
        assert {"j-l", "k-l"} < set(route.corridors)
        assert route.length_km == pytest.approx(61.0)
    draft["file"]["rules"] = {"pin_huts": ["node:n-l"], "pin_corridors": ["j-l"]}
    (route,) = both(draft, tmp_path).links[0].routes
    assert route.huts == ("node:n-l",)


def test_a_pin_that_no_route_can_serve(tmp_path: Path) -> None:
    draft = free_sites([*ROADS, ("j", "k", 5.0)], 700.0)
    draft["file"]["rules"] = {"pin_corridors": ["j-k"]}
    for method in ("monolithic", "decomposition"):
        (line,) = explanation(draft, tmp_path, method)
        assert line == (
            "corridor 'j-k' is pinned, but no candidate route between two campuses that a workload "
            "may link takes it: unpin it, or allow more campuses, peers or RTT"
        )


def test_pins_beyond_the_spending_cap(tmp_path: Path) -> None:
    draft = free_sites(ROADS, 700.0)
    for name in ("a", "b"):
        campus(draft, name)["fixed_cost_usd"] = 1e6
    draft["file"]["workloads"][0]["unserved_usd_per_mw_year"] = 1.0
    draft["file"]["rules"] = {"pin_corridors": ["a-j"], "caps": {"upfront_usd": 3e6}}
    (line,) = explanation(draft, tmp_path)
    assert line == (
        "what is pinned does not go together, or not within the caps on spending and building: "
        "unpin corridor 'a-j' (no smaller set of pins to lift leaves a plan), or raise a cap"
    )
