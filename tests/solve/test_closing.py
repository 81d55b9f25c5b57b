"""Routes found over the whole map while the network is closed: they share what candidates do not.

A hub and two spokes. Each spoke has two direct corridors to the hub, of 60 and 61 km; a trunk of
58 km with 4 km to either spoke is third for each. Two candidate paths a link are the two direct
ones: 242 km to build. With the trunk as second route of both it is 60 + 60 + 58 + 4 + 4 = 186 km.
"""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path

import pytest
import yaml

from siting import Plan, build_instance, build_network, load_study, solve, verify
from siting._paths import MODELS
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.network import CandidateNetwork
from siting.solve.all_routes import wide
from siting.solve.result import Result
from siting.study import Study

CORRIDORS = {
    "east-1": ("n", "e", 60),
    "east-2": ("n", "e", 61),
    "west-1": ("n", "w", 60),
    "west-2": ("n", "w", 61),
    "trunk": ("n", "x", 58),
    "east-x": ("x", "e", 4),
    "west-x": ("x", "w", 4),
}
BUILD = ("build_cost_usd_per_km", "build_lead_time_years")
TRUNK = {"trunk", "east-x", "west-x"}


def trunk_study(folder: Path, *, paths: int) -> Study:
    shutil.copytree(MODELS / "triangle", folder)
    with (folder / "corridors.csv").open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle)
        table.writerow(["id", "node_a", "node_b", "length_km", "kind", *BUILD])
        table.writerows((e, a, b, km, "road", 110000, 2) for e, (a, b, km) in CORRIDORS.items())
    with (folder / "nodes.csv").open("a", encoding="utf-8") as handle:
        handle.write("x,-98.1,32.7,\n")
    file = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    file["transport"]["routes_per_link"] = paths
    file["solve"] = {**file.get("solve", {}), "time_limit_s": 60}
    (job,) = file["workloads"]
    job |= {"it_demand_mw": [300, 480], "fabrics": ["hub"]}
    job |= {"survival_fraction": 1.0, "rtt_classes_ms": [1.0]}
    (folder / "study.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    return load_study(folder)


@dataclasses.dataclass(frozen=True)
class Solved:
    study: Study
    network: CandidateNetwork
    instance: Instance
    result: Result

    @property
    def plan(self) -> Plan:
        assert self.result.plan is not None
        return self.result.plan

    @property
    def corridors(self) -> set[str]:
        routes = [route for link in self.plan.links for route in link.routes]
        return {corridor for route in routes for corridor in route.corridors}


def solved(study: Study, method: str) -> Solved:
    network = build_network(study)
    instance = build_instance(study, network)
    return Solved(study, network, instance, solve(instance, method=method))


@pytest.mark.solver
@pytest.mark.parametrize("method", ["monolithic", "decomposition"])
def test_routes_found_on_the_map_make_the_network_cheaper(method: str, tmp_path: Path) -> None:
    few = solved(trunk_study(tmp_path / "few", paths=2), method)
    every = solved(trunk_study(tmp_path / "every", paths=50), method)
    assert every.instance.all_paths
    assert not few.instance.all_paths
    assert not any("trunk" in r.corridors for r in few.instance.fiber_routes.values())
    assert few.corridors >= TRUNK
    assert few.plan.network_cost_usd == pytest.approx(every.plan.network_cost_usd, abs=0.5)
    assert few.plan.objective_usd == pytest.approx(every.plan.objective_usd, abs=0.5)
    verification = verify(few.plan, few.study, few.network)
    assert verification.accepted, verification.violations
    bounds = few.plan.bounds
    assert bounds.bound_scope == "candidate_routes"
    assert bounds.network_relative_gap <= 0.01
    assert bounds.network_all_routes_bound_usd is not None
    assert 0 < bounds.network_all_routes_bound_usd <= every.plan.network_cost_usd + 0.5
    assert any("#g" in route.id for link in few.plan.links for route in link.routes)


def test_further_routes_of_an_instance(tmp_path: Path) -> None:
    study = trunk_study(tmp_path / "few", paths=2)
    instance = build_instance(study, build_network(study))
    assert instance.more_routes is not None
    link = ("east", "north")
    known = next(r for r in instance.fiber_routes.values() if r.link == link)
    proposals = {
        link: [
            Proposal(known.corridors, is_own=True),
            Proposal(("east-x", "trunk"), is_own=True),
            Proposal(("east-x", "trunk"), is_own=False),  # no IRU is on offer
            Proposal(("east-x", "west-x", "west-1"), is_own=True),  # through a third campus
            Proposal(("trunk", "east-x"), is_own=True),  # from the wrong end
            Proposal(("east-1", "east-2", "east-1"), is_own=True),
        ]
    }
    wider = instance.more_routes.extended(instance, proposals)
    new = [r for name, r in wider.fiber_routes.items() if name not in instance.fiber_routes]
    assert {r.corridors for r in new} == {("east-x", "trunk")}
    assert all(r.nodes == ("east", "node x", "north") and r.length_km == 62 for r in new)
    assert {"east-x", "trunk"} <= set(wider.corridors)
    again = instance.more_routes.extended(wider, proposals)
    assert again.fiber_routes == wider.fiber_routes


def test_further_routes_take_new_numbers(tmp_path: Path) -> None:
    study = trunk_study(tmp_path / "few", paths=2)
    instance = build_instance(study, build_network(study))
    assert instance.more_routes is not None
    link = ("east", "north")
    paths = [("east-x", "trunk"), ("east-1",), ("east-2",)]
    none = dataclasses.replace(
        instance,
        fiber_routes={k: r for k, r in instance.fiber_routes.items() if r.link != link},
    )
    proposals = {link: [Proposal(path, is_own=True) for path in paths[:2]]}
    two = instance.more_routes.extended(none, proposals)
    first = min(name for name in two.fiber_routes if name not in none.fiber_routes)
    later = {name: r for name, r in two.fiber_routes.items() if name != first}
    without = dataclasses.replace(two, fiber_routes=later)
    three = instance.more_routes.extended(without, {link: [Proposal(paths[2], is_own=True)]})
    # What was there stands, though a route before it is gone.
    assert {k: three.fiber_routes[k] for k in later} == later
    assert len(three.fiber_routes) > len(later)


@pytest.mark.solver
def test_a_plan_brings_its_routes_along(tmp_path: Path) -> None:
    few = solved(trunk_study(tmp_path / "few", paths=2), "monolithic")
    again = solve(few.instance, method="monolithic", start=few.plan)
    assert again.plan is not None
    assert again.instance is not None
    lit = {route.corridors for link in few.plan.links for route in link.routes}
    assert lit <= {route.corridors for route in again.instance.fiber_routes.values()}
    assert again.plan.objective_usd == pytest.approx(few.plan.objective_usd, abs=0.5)


@pytest.mark.solver
@pytest.mark.parametrize("most_edges", [wide.MOST_EDGES, 0])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_whole_is_bounded_over_every_route_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, most_edges: int
) -> None:
    """With masters over the map, or, on that of a continent, in a second search with them."""
    monkeypatch.setattr(wide, "MOST_EDGES", most_edges)
    study = trunk_study(tmp_path / "few", paths=2)
    instance = build_instance(study, build_network(study))
    usual = solve(instance, method="decomposition", threads=threads)
    every = solve(instance, method="decomposition", every_route=True, threads=threads)
    assert usual.plan is not None
    assert every.plan is not None
    assert usual.plan.bounds.all_routes_bound_usd is None
    bound = every.plan.bounds.all_routes_bound_usd
    assert bound is not None
    assert 0.9 * every.plan.objective_usd < bound <= every.plan.objective_usd
    assert every.plan.objective_usd <= usual.plan.objective_usd + 0.5
