"""Traffic round a ring instead of a second route: by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import build_instance, build_network, solve, verify
from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved
from tests.oracle.draft import write

pytestmark = pytest.mark.solver

PAIR = 2 * 28_000 / 5 + 2 * 110 * WATT
CHANNEL = 2 * 6_500 / 5 + 2 * 30 * WATT
"""One 800G channel on a pair with fixed filters, USD a year."""
RING = 3 / 4
"""A ring of three carries 2 (R - 1) / R = 4 / 3 of what the helper's two peers carry."""


def triangle(gbps: float, *, transit: bool, bypass_km: float = 50.0, phi: float = 1.0) -> Draft:
    """Return a ring of three campuses: sides of 40 km, a bypass along each."""
    sides = [("a", "b"), ("b", "c"), ("a", "c")]
    roads = [(a, b, 40.0) for a, b in sides]
    for a, b in sides:
        roads += [(a, f"by-{a}{b}", bypass_km / 2), (f"by-{a}{b}", b, bypass_km / 2)]
    draft = free_sites(roads, gbps * RING, fabrics=["ring"], max_peers=3, survival_fraction=phi)
    draft["file"]["survivability"] = {"ring_transit": transit}
    draft["file"]["geography"] = {"entrance_separation_km": 0.0}
    return draft


def test_round_the_ring_is_cheaper_than_a_second_route(tmp_path: Path) -> None:
    # 700 Gb/s a link. Alone: two routes each, one channel on each. With transit: one route each,
    # for 700 of its own and 700 of another: two channels.
    _, plan = solved(triangle(700.0, transit=False), tmp_path / "alone")
    usd = (120 + 150) * PER_KM + 6 * (PAIR + CHANNEL)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    assert sorted(len(link.routes) for link in plan.links) == [2, 2, 2]
    _, plan = solved(triangle(700.0, transit=True), tmp_path / "transit")
    usd = 120 * PER_KM + 3 * (PAIR + 2 * CHANNEL)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    assert sorted(len(link.routes) for link in plan.links) == [1, 1, 1]


def test_less_to_survive_needs_less_room(tmp_path: Path) -> None:
    # After a failure half of each: 350 of its own and 350 of another fit one channel of 800.
    _, plan = solved(triangle(700.0, transit=True, phi=0.5), tmp_path)
    assert plan.objective_usd == pytest.approx(120 * PER_KM + 3 * (PAIR + CHANNEL), abs=0.01)


def test_two_campuses_have_no_way_round(tmp_path: Path) -> None:
    roads = [("a", "b", 40.0), ("a", "by", 25.0), ("by", "b", 25.0)]
    draft = free_sites(roads, 700.0, fabrics=["ring"], max_peers=2, survival_fraction=1.0)
    draft["file"]["survivability"] = {"ring_transit": True}
    draft["file"]["geography"] = {"entrance_separation_km": 0.0}
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(90 * PER_KM + 2 * (PAIR + CHANNEL), abs=0.01)


def test_the_decomposition_finds_the_same_ring(tmp_path: Path) -> None:
    study = write(triangle(700.0, transit=True), tmp_path)
    network = build_network(study)
    result = solve(build_instance(study, network), method="decomposition", relative_gap=1e-6)
    assert result.plan is not None
    assert verify(result.plan, study, network).accepted
    usd = 120 * PER_KM + 3 * (PAIR + 2 * CHANNEL)
    assert result.objective_usd == pytest.approx(usd, rel=1e-6)
    assert result.bound_usd <= usd + 1
