"""What a hazard found in the geometry costs: the detour around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import build_network, verify
from siting.plan import Plan
from siting.study import Study
from tests.analytic.tiny import PER_KM, Draft, free_sites, solved

pytestmark = pytest.mark.solver

PLACES = {
    "a": (-100.0, 32.0),
    "b": (-99.7, 32.0),
    "j": (-99.85, 32.0),
    "k": (-99.85, 32.004),
    "l": (-99.85, 32.1),
}
"""Two campuses; the ways over j and k run beside each other, the way over l does not."""
ROADS = [
    *(("a", "j", 15.0), ("j", "b", 15.0)),
    *(("a", "k", 16.0), ("k", "b", 16.0)),
    *(("a", "l", 20.0), ("l", "b", 20.0)),
]


def draft(hazards: dict[str, object] | None) -> Draft:
    made = free_sites(ROADS, 700.0, survival_fraction=1.0)
    for table in ("nodes", "campuses", "substations"):
        for row in made["tables"][table]:
            row["lon"], row["lat"] = PLACES[row["id"][-1]]
    if hazards is not None:
        made["file"]["geography"] = {"hazards": hazards}
    return made


def middles(plan: Plan) -> set[str]:
    return {route.corridors[0][2] for link in plan.links for route in link.routes}


def cost(hazards: dict[str, object] | None, folder: Path) -> tuple[Study, Plan]:
    return solved(draft(hazards), folder)


def test_a_hazard_costs_the_detour_around_it(tmp_path: Path) -> None:
    _, plain = cost(None, tmp_path / "plain")
    assert middles(plain) == {"j", "k"}
    study, aware = cost({"kinds": ["parallel"]}, tmp_path / "aware")
    assert middles(aware) == {"j", "l"}
    assert aware.objective_usd - plain.objective_usd == pytest.approx(8 * PER_KM, abs=1.0)
    network = build_network(study)
    assert sorted(h.corridors for h in network.hazards.values()) == [
        ("a-j", "a-k"),
        ("j-b", "k-b"),
    ]
    # The verifier sees the hazard like any other failure: the plan that ignores it is refused.
    found = verify(plain, study, network)
    names = {violation.rule for violation in found.violations}
    assert "survivability" in names


def test_ways_that_part_soon_are_no_hazard(tmp_path: Path) -> None:
    # 0.44 km apart in the middle: within 0.2 km up to 6.4 km, less 2 km at the campus.
    _, plan = cost({"kinds": ["parallel"], "distance_km": 0.2}, tmp_path)
    assert middles(plan) == {"j", "k"}
