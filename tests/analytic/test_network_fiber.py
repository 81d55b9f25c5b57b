"""Fiber types, what lies there already, and fiber that retires: by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved

pytestmark = pytest.mark.solver

PAIR = 2 * 28_000 / 5 + 2 * 110 * WATT
CHANNEL = 2 * 6_500 / 5 + 2 * 30 * WATT
"""One 800G channel on a pair with fixed filters, USD a year."""
CABLE = (5_000 + 16_000) / 20
"""A cable of 144 fibers, USD a year per km."""
DUCT = (110_000 + 10_000) / 20 + 500 + 1_500
"""Civil works and upkeep, USD a year per km."""


def hollow_cable(multiple: float = 80.0) -> float:
    """Return the yearly cost of a hollow-core cable per km: 55 % of its price is fiber."""
    return (5_000 * (1 + 0.55 * (multiple - 1)) + 16_000) / 20


def limited(draft: Draft, limit_ms: float) -> Draft:
    """Return the draft with an RTT limit, transceivers without delay, two fiber types."""
    draft["file"]["catalog"]["overrides"]["zrp800_131e.latency"] = 0.0
    draft["file"]["workloads"][0]["paradigms"]["diloco"]["rtt_limit_ms"] = limit_ms
    draft["file"]["transport"]["fiber_types"] = ["G652D", "HCF"]
    return draft


def corridor(draft: Draft, name: str) -> dict[str, Any]:
    row: dict[str, Any]
    (row,) = (row for row in draft["tables"]["corridors"] if row["id"] == name)
    return row


@pytest.mark.parametrize(
    ("limit_ms", "fiber", "per_km"),
    [
        # 2 x 40 km x 4.9 us = 0.392 ms in silica, 0.272 ms in hollow core.
        (0.393, "G652D", DUCT + CABLE),
        (0.391, "HCF", DUCT + 11_912.5),
        (0.273, "HCF", DUCT + 11_912.5),
    ],
)
def test_hollow_core_when_the_limit_is_tight(
    limit_ms: float, fiber: str, per_km: float, tmp_path: Path
) -> None:
    draft = limited(free_sites([("a", "b", 40.0)], 700.0), limit_ms)
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert route.fiber_type == fiber
    assert route.rtt_ms == pytest.approx(0.392 if fiber == "G652D" else 0.272)
    assert plan.objective_usd == pytest.approx(40 * per_km + PAIR + CHANNEL, abs=0.01)
    assert plan.corridors[0].cables == {f"{fiber}/144": (1,)}


def test_no_fiber_is_faster_than_hollow_core(tmp_path: Path) -> None:
    draft = limited(free_sites([("a", "b", 40.0)], 700.0), 0.271)
    _, plan = solved(draft, tmp_path)
    assert plan.links == ()
    assert sum(mw[0] for mw in plan.workloads[0].served_it_mw.values()) == pytest.approx(100.0)


@pytest.mark.parametrize(("above", "fiber"), [(-1.0, "HCF"), (1.0, "G652D")])
def test_break_even_of_hollow_core_on_its_price(above: float, fiber: str, tmp_path: Path) -> None:
    # Under 0.391 ms either hollow core on 40 km, or silica on 30 km that cost 300,000 USD per km:
    # 40 x (8,000 + 1,050 + 137.5 (m - 1)) = 30 x (15,500 + 1,050 + 2,000), so that
    # m - 1 = 194,500 / 5,500.
    multiple = 1 + 194_500 / 5_500 + above
    roads = [("a", "far", 20.0), ("far", "b", 20.0), ("a", "near", 15.0), ("near", "b", 15.0)]
    draft = limited(free_sites(roads, 700.0), 0.391)
    draft["file"]["catalog"]["overrides"]["HCF.price_mult"] = multiple
    for name in ("a-near", "near-b"):
        corridor(draft, name)["build_cost_usd_per_km"] = 300_000
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert route.fiber_type == fiber
    hollow = 40 * (DUCT + hollow_cable(multiple))
    assert plan.objective_usd == pytest.approx(min(hollow, 556_500) + PAIR + CHANNEL, abs=0.01)


def test_two_fiber_types_on_one_corridor(tmp_path: Path) -> None:
    # Limit 0.35 ms. Hub c: to a by the middle 30 km of silica (0.294 ms), of which 20 lie already;
    # to b 40 km, in hollow core only. Both need their own cable from the middle to c.
    roads = [("a", "mid", 20.0), ("mid", "b", 30.0), ("mid", "c", 10.0)]
    draft = free_sites(roads, 700.0, fabrics=["hub"], max_peers=3)
    draft = limited(draft, 0.354)
    corridor(draft, "a-mid").update({"existing_fibers": 2, "existing_fiber_type": "G652D"})
    _, plan = solved(draft, tmp_path)
    cables = {c.id: sorted(c.cables) for c in plan.corridors}
    assert cables == {"mid-b": ["HCF/144"], "mid-c": ["G652D/144", "HCF/144"]}
    usd = 30 * (DUCT + 11_912.5) + 10 * (DUCT + CABLE + 11_912.5) + 2 * (PAIR + CHANNEL)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_existing_cable_is_free_until_it_retires(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, it_demand_mw=[200.0, 200.0, 200.0])
    draft["file"]["horizon"]["periods"] = 3
    corridor(draft, "a-b").update({"existing_fibers": 2, "existing_until": "2029-01-01"})
    _, plan = solved(draft, tmp_path)
    (planned,) = plan.corridors
    assert planned.built_from == 1
    assert planned.cables == {"G652D/144": (0, 1, 1)}
    usd = 3 * (PAIR + CHANNEL) + 2 * 40 * PER_KM
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_existing_cable_where_none_can_be_built(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0)
    corridor(draft, "a-b").update({"existing_fibers": 2, "buildable": False})
    _, plan = solved(draft, tmp_path)
    assert plan.corridors == ()
    assert plan.objective_usd == pytest.approx(PAIR + CHANNEL, abs=0.01)
    # Lit for good, it would need fiber after the retirement too.
    draft["file"]["workloads"][0]["it_demand_mw"] = [200.0, 200.0]
    draft["file"]["horizon"]["periods"] = 2
    corridor(draft, "a-b")["existing_until"] = "2029-01-01"
    _, plan = solved(draft, tmp_path)
    assert plan.links == ()


def test_a_new_cable_in_a_duct_that_stands(tmp_path: Path) -> None:
    # One existing pair carries 29 channels of 800G (32 ports of 162.5 GHz in 4,800 GHz: 29); the
    # 30th needs a second pair: a cable in the same duct, without civil works or upkeep.
    draft = free_sites([("a", "b", 40.0)], 29 * 800.0 + 1)
    corridor(draft, "a-b").update({"existing_fibers": 2})
    _, plan = solved(draft, tmp_path)
    (planned,) = plan.corridors
    assert planned.built_from is None
    assert planned.cables == {"G652D/144": (1,)}
    assert plan.objective_usd == pytest.approx(40 * CABLE + 2 * PAIR + 30 * CHANNEL, abs=0.01)


def test_iru_of_another_type_is_a_route_of_that_type(tmp_path: Path) -> None:
    # 20 km of hollow-core IRU, 20 km of own cable that must be hollow core too.
    roads = [("a", "mid", 20.0), ("mid", "b", 20.0)]
    draft = limited(free_sites(roads, 700.0), 0.3)
    leased = {"iru_provider": "telco", "iru_pairs": 1, "iru_fiber_type": "HCF"}
    corridor(draft, "a-mid").update(leased, buildable=False)
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert (route.supply, route.fiber_type) == (("telco", "own"), "HCF")
    usd = 20 * (2_000 / 20 + 190) + 20 * (DUCT + 11_912.5) + PAIR + CHANNEL
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
