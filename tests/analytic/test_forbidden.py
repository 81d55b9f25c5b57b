"""What a planner forbids on the map: routes and huts, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved

pytestmark = pytest.mark.solver

TERMINALS = 2 * 28_000 / 5 + 2 * 110 * WATT + 2 * 6_500 / 5 + 2 * 30 * WATT
"""One 800G channel on a pair with fixed filters, USD a year."""
ROADS = [("a", "b", 40.0), ("a", "j", 20.0), ("b", "j", 25.0)]


@pytest.mark.parametrize(
    ("forbidden", "km"),
    [
        ([], 40.0),
        ([["a-b"]], 45.0),
        ([["b-j", "a-j"]], 40.0),
        # The corridors themselves may still be used, one by one.
        ([["a-b"], ["a-j", "b-j"]], 20.0 + 26.0 + 2.0),
    ],
)
def test_a_forbidden_route_gives_way_to_the_next(
    forbidden: list[list[str]], km: float, tmp_path: Path
) -> None:
    detour = [("j", "k", 2.0), ("b", "k", 26.0)] if len(forbidden) > 1 else []
    draft = free_sites([*ROADS, *detour], 700.0)
    draft["file"]["rules"] = {"forbid_routes": forbidden}
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert route.length_km == pytest.approx(km)
    assert plan.objective_usd == pytest.approx(km * PER_KM + TERMINALS, abs=0.01)
    assert list(route.corridors) not in [*forbidden, *(path[::-1] for path in forbidden)]


@pytest.mark.parametrize("allowed", ["a-b@9", "a-b@17"])
def test_forbidden_huts_leave_one_place_for_the_amplifier(allowed: str, tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 130.0)], 700.0)
    huts = [f"a-b@{k}" for k in range(1, 26)]
    draft["file"]["rules"] = {"forbid_huts": [h for h in huts if h != allowed]}
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert route.huts == (allowed,)


def test_generated_paths_go_round_a_forbidden_one(tmp_path: Path) -> None:
    draft: Draft = free_sites(ROADS, 700.0)
    draft["file"]["transport"]["routes_per_link"] = 1
    draft["file"]["rules"] = {"forbid_routes": [["a-b"]]}
    _, plan = solved(draft, tmp_path)
    assert plan.links[0].routes[0].corridors == ("a-j", "b-j")
