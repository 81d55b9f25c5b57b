"""Failures that interrupt a link: bounded by availability, or charged, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved

pytestmark = pytest.mark.solver

PAIR = 2 * 28_000 / 5 + 2 * 110 * WATT
CHANNEL = 2 * 6_500 / 5 + 2 * 30 * WATT
"""One 800G channel on a pair with fixed filters, USD a year."""
CUTS = 2.7 / 1000
"""Cuts of a km of corridor a year; each takes 12 hours to repair."""
HOURS = 8760


def cut_share(km: float) -> float:
    """Return the share of time that a corridor is cut."""
    return CUTS * km * 12 / HOURS


def road_usd(km: float) -> float:
    return km * PER_KM + PAIR + CHANNEL


def two_ways(**changes: object) -> Draft:
    """Return campuses ``a`` and ``b`` joined by roads of 40 and 44 km; either carries the link."""
    roads = [("a", "mid", 20.0), ("mid", "b", 20.0), ("a", "far", 22.0), ("far", "b", 22.0)]
    return free_sites(roads, 700.0, **changes)


def routes(plan: Any) -> list[Any]:
    return [route for link in plan.links for route in link.routes]


# A bound on availability


@pytest.mark.parametrize(("above", "count"), [(1e-6, 2), (-1e-6, 1)])
def test_a_bound_forces_a_second_route(above: float, count: int, tmp_path: Path) -> None:
    # 40 km are cut 1.48e-4 of the time. With a second route no single failure interrupts.
    assert cut_share(40) == pytest.approx(1.4795e-4, rel=1e-4)
    draft = two_ways(min_link_availability=1 - cut_share(40) + above)
    _, plan = solved(draft, tmp_path)
    assert len(routes(plan)) == count
    usd = road_usd(40) + (road_usd(44) if count == 2 else 0)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_the_bound_counts_the_full_demand(tmp_path: Path) -> None:
    # 1,500 Gb/s are two channels: each road must hold both, or a cut leaves half the demand.
    draft = two_ways(min_link_availability=0.9999)
    draft["file"]["workloads"][0]["traffic"]["parameters"] *= 1500 / 700
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(road_usd(40) + road_usd(44) + 2 * CHANNEL, abs=0.01)


@pytest.mark.parametrize(("above", "count"), [(1e-6, 2), (-1e-6, 1)])
def test_a_hut_counts_where_it_amplifies(above: float, count: int, tmp_path: Path) -> None:
    # 121 km have one amplifier: a power loss in 20 years, 8 hours long, besides the cuts.
    roads = [("a", "mid", 60.0), ("mid", "b", 61.0), ("a", "far", 64.0), ("far", "b", 64.0)]
    down = cut_share(121) + 0.05 * 8 / HOURS
    draft = free_sites(roads, 390.0, min_link_availability=1 - down + above)
    draft["file"]["transport"] |= {"modules": ["zrp400_124"], "margin_db": 0.0}
    _, plan = solved(draft, tmp_path)
    assert len(routes(plan)) == count


def shared_hut(**changes: object) -> Draft:
    """Return two roads of 64 km between ``a`` and ``b`` that cross at a node halfway.

    One amplifier each, near the middle: spans are at most 37 km.
    """
    roads = [
        (one, f"{side}{way}", 16.0)
        for side, end in (("west", "a"), ("east", "b"))
        for way in "pq"
        for one in (end, "cross")
    ]
    draft = free_sites(roads, 390.0, **changes)
    near = {"min_spacing_km": 5.0, "max_spacing_km": 37.0, "single_span_max_km": 60.0}
    draft["file"]["transport"] |= {"modules": ["zrp400_124"], "margin_db": 0.0, "amplifiers": near}
    return draft


HUT = 900_000 / 20 + 15_000 / 10 + 40_000


@pytest.mark.parametrize(("above", "huts"), [(1e-6, 2), (-1e-6, 1)])
def test_a_hut_at_the_crossing_takes_both_routes_down(
    above: float, huts: int, tmp_path: Path
) -> None:
    # The power of one hut is out 4.6e-5 of the time.
    draft = shared_hut(min_link_availability=1 - 0.05 * 8 / HOURS + above)
    _, plan = solved(draft, tmp_path)
    assert len(routes(plan)) == 2
    assert len(plan.huts) == huts
    light = PAIR + 2 * 6_000 / 5 + 2 * 27 * WATT + 22_000 / 10 + 140 * 1.7 * WATT
    assert plan.objective_usd == pytest.approx(128 * PER_KM + huts * HUT + 2 * light, abs=0.01)


BRIDGE = "bridge:b"


def bridged(events: float, risk: str = BRIDGE, **changes: object) -> Draft:
    """Return the two ways with a bridge on the shorter one, out 100 hours an event."""
    draft = two_ways(**changes)
    draft["tables"]["corridors"][0]["srlgs"] = risk
    draft["file"]["geography"] = {"srlgs": "srlgs.csv"}
    draft["tables"]["srlgs"] = [{"id": risk, "events_per_year": events, "repair_hours": 100}]
    return draft


@pytest.mark.parametrize(("above", "km"), [(1e-6, 44.0), (-1e-6, 40.0)])
def test_a_shared_risk_has_the_rate_of_its_row(above: float, km: float, tmp_path: Path) -> None:
    down = cut_share(40) + 0.1 * 100 / HOURS
    _, plan = solved(bridged(0.1, min_link_availability=1 - down + above), tmp_path)
    assert plan.objective_usd == pytest.approx(road_usd(km), abs=0.01)


def test_what_happens_at_an_end_is_waived(tmp_path: Path) -> None:
    draft = bridged(5.0, risk="campus:a", min_link_availability=0.9998)
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(road_usd(40), abs=0.01)


@pytest.mark.parametrize(("above", "kind"), [(1e-6, "fiber"), (-1e-6, "leased_wave")])
def test_an_undeclared_path_is_as_good_as_its_promise(
    above: float, kind: str, tmp_path: Path
) -> None:
    # 99.95 %, against cuts of 40 km; the wave is cheaper.
    draft = two_ways(min_link_availability=0.9995 + above)
    draft["file"]["geography"] = {"leased_waves": "leased_waves.csv"}
    wave = {"carrier": "c", "campus_a": "a", "campus_b": "b", "rate_gbps": 800, "length_km": 60}
    draft["tables"]["leased_waves"] = [{"id": "w", "max_waves": 1, "usd_per_month": 1000, **wave}]
    _, plan = solved(draft, tmp_path)
    assert [route.kind for route in routes(plan)] == [kind]


def test_cuts_of_a_corridor_by_its_row(tmp_path: Path) -> None:
    draft = two_ways(min_link_availability=0.9999)
    for cells in draft["tables"]["corridors"][2:]:
        cells["cuts_per_1000km_year"] = 1.0  # 44 km: 6.0e-5
    for cells in draft["tables"]["corridors"][:2]:
        cells["cuts_per_1000km_year"] = 9.0
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(road_usd(44), abs=0.01)


# The charge


def charged(hours: float, draft: Draft, value_usd: float = 1e6) -> Draft:
    """Charge ``hours`` of training lost by an interruption, at a value of a MW-year."""
    job = draft["file"]["workloads"][0]
    job["paradigms"]["diloco"]["interruption_hours"] = hours
    job["goodput_usd_per_mw_year"] = value_usd
    draft["file"]["survivability"] = {"charge_interruptions": True}
    return draft


def test_the_interruption_line(tmp_path: Path) -> None:
    # 40 km are cut 0.108 times a year; 10 hours of 200 MW at 1 M USD a MW-year each time.
    _, plan = solved(charged(10.0, two_ways()), tmp_path)
    lost = 0.108 * 10 / HOURS * 1e6 * 200
    assert lost == pytest.approx(24_657.53, abs=0.01)
    assert plan.costs_usd["interruptions"] == pytest.approx(lost, abs=0.01)
    assert plan.objective_usd == pytest.approx(road_usd(40) + lost, abs=0.01)


@pytest.mark.parametrize(("above", "count"), [(-0.1, 1), (0.1, 2)])
def test_break_even_of_interruptions_and_a_second_route(
    above: float, count: int, tmp_path: Path
) -> None:
    even = road_usd(44) / (0.108 / HOURS * 1e6 * 200)
    _, plan = solved(charged(even + above, two_ways()), tmp_path)
    assert len(routes(plan)) == count
    usd = road_usd(40) + road_usd(44) + min(above, 0.0) * 0.108 / HOURS * 1e6 * 200
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_a_shared_hut_is_charged(tmp_path: Path) -> None:
    # 0.05 events a year x 2 hours x 200 MW are below the price of a second hut, so it is shared.
    draft = charged(2.0, shared_hut(min_link_availability=0.9999), value_usd=1e6)
    _, plan = solved(draft, tmp_path)
    assert len(plan.huts) == 1
    assert plan.costs_usd["interruptions"] == pytest.approx(0.05 * 2 / HOURS * 2e8, abs=0.01)
    even = HUT / (0.05 / HOURS * 2e8)
    draft = charged(even + 1, shared_hut(min_link_availability=0.9999), value_usd=1e6)
    _, plan = solved(draft, tmp_path)
    assert len(plan.huts) == 2
    assert plan.costs_usd["interruptions"] == 0


def test_hours_come_from_the_catalog(tmp_path: Path) -> None:
    draft = charged(0.0, two_ways())
    del draft["file"]["workloads"][0]["paradigms"]["diloco"]["interruption_hours"]
    draft["file"]["catalog"]["overrides"]["interruption.diloco"] = 4.0
    _, plan = solved(draft, tmp_path)
    assert plan.costs_usd["interruptions"] == pytest.approx(0.108 * 4 / HOURS * 2e8, abs=0.01)


def test_nothing_is_charged_unless_asked(tmp_path: Path) -> None:
    draft = charged(10.0, two_ways())
    del draft["file"]["survivability"]
    _, plan = solved(draft, tmp_path)
    assert plan.costs_usd["interruptions"] == 0
