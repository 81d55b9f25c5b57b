"""Cases whose answer is a formula: the engine must give it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved

pytestmark = pytest.mark.solver

PAIR = 2 * 28_000 / 5 + 2 * 110 * WATT
CHANNEL = 2 * 6_500 / 5 + 2 * 30 * WATT
"""One 800G channel on a pair with fixed filters, USD a year."""


def lit(draft: Draft, folder: Path) -> list[tuple[int, int, int]]:
    """Return pairs, channels and huts of every route that is lit."""
    _, plan = solved(draft, folder)
    return [
        (
            sum(m.pairs[0] for m in route.modes),
            sum(m.channels[0] for m in route.modes),
            len(route.huts),
        )
        for link in plan.links
        for route in link.routes
    ]


# Lease or build


def lease_or_build(km: float, folder: Path) -> tuple[float, str]:
    # A month of the wave costs a twelfth of 50 km of own fiber a year, less the wave's own energy.
    own_at_50 = 50 * PER_KM + PAIR + CHANNEL
    wave_energy = 2 * 2 * 180 * WATT
    draft = free_sites([("a", "b", km)], 700.0)
    draft["file"]["geography"] = {"leased_waves": "leased_waves.csv"}
    draft["tables"]["leased_waves"] = [
        {
            "id": "wave",
            "carrier": "carrier",
            "campus_a": "a",
            "campus_b": "b",
            "rate_gbps": 800,
            "length_km": 60,
            "max_waves": 2,
            "usd_per_month": (own_at_50 - wave_energy) / 12,
        }
    ]
    _, plan = solved(draft, folder)
    (route,) = (r for link in plan.links for r in link.routes)
    return plan.objective_usd, route.kind


def test_break_even_of_lease_and_build(tmp_path: Path) -> None:
    own_at_50 = 452_500 + 11_200 + 2_600 + (220 + 60) * 0.57816
    shorter, shorter_by = lease_or_build(49.0, tmp_path / "shorter")
    longer, longer_by = lease_or_build(51.0, tmp_path / "longer")
    at, _ = lease_or_build(50.0, tmp_path / "at")
    assert (shorter_by, longer_by) == ("fiber", "leased_wave")
    assert shorter == pytest.approx(own_at_50 - PER_KM, abs=0.01)
    assert longer == pytest.approx(own_at_50, abs=0.01)
    assert at == pytest.approx(own_at_50, abs=0.01)


@pytest.mark.parametrize("above_usd", [-20.0, 20.0])
def test_break_even_of_iru_and_build(above_usd: float, tmp_path: Path) -> None:
    # A km of IRU is price / 20 a pair and 190 of upkeep a year; own is 9,050 for one pair or 72.
    # They are equal at (9,050 - 190) x 20 = 177,200 USD per pair-km for one pair.
    draft = free_sites([("a", "b", 40.0)], 700.0)
    draft["file"]["catalog"]["overrides"]["iru.lh"] = 177_200 + above_usd
    draft["tables"]["corridors"][0] |= {"iru_provider": "telco", "iru_pairs": 1}
    _, plan = solved(draft, tmp_path)
    per_km = PER_KM + min(0.0, above_usd) / 20
    assert plan.objective_usd == pytest.approx(40 * per_km + PAIR + CHANNEL, abs=0.01)
    assert plan.corridors[0].iru_pairs == (int(above_usd < 0),)


# A shared corridor


def test_steiner_point_of_a_star(tmp_path: Path) -> None:
    # Spokes of 40 km to the middle, sides of 70 km. A hub needs two links: 3 x 40 = 120 km by the
    # middle, the first spoke shared, against 2 x 70 = 140 km direct and 70 + 80 mixed.
    spokes = [(c, "mid", 40.0) for c in "abc"]
    sides = [("a", "b", 70.0), ("b", "c", 70.0), ("a", "c", 70.0)]
    draft = free_sites(spokes + sides, 700.0, fabrics=["hub"], max_peers=3)
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(1_086_000 + 2 * (PAIR + CHANNEL), abs=0.01)
    assert {c.id for c in plan.corridors} == {"a-mid", "b-mid", "c-mid"}
    sides = [(a, b, 59.0) for a, b, _ in sides]
    _, plan = solved(free_sites(spokes + sides, 700.0, fabrics=["hub"], max_peers=3), tmp_path)
    assert plan.objective_usd == pytest.approx(118 * PER_KM + 2 * (PAIR + CHANNEL), abs=0.01)


# Latency


def test_forty_km_are_a_fifth_of_a_millisecond_one_way(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, rtt_classes_ms=[0.2, 0.4, 1.0])
    draft["file"]["catalog"]["overrides"]["zrp800_131e.latency"] = 0.0
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert route.rtt_ms / 2 == pytest.approx(0.196)
    # One way 0.196 <= 0.2: the class of 0.4 ms round trip would do, longer ones cost nothing here.
    (mode,) = plan.workloads[0].modes
    assert mode is not None
    assert mode.link_rtt_limit_ms >= 0.4
    assert mode.goodput_loss_fraction == 0.0


@pytest.mark.parametrize(("limit_ms", "serves"), [(0.393, 200.0), (0.391, 100.0)])
def test_rtt_limit_cuts_at_forty_km(limit_ms: float, serves: float, tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0)
    draft["file"]["catalog"]["overrides"]["zrp800_131e.latency"] = 0.0
    draft["file"]["workloads"][0]["paradigms"]["diloco"]["rtt_limit_ms"] = limit_ms
    _, plan = solved(draft, tmp_path)
    served = sum(mw[0] for mw in plan.workloads[0].served_it_mw.values())
    assert served == pytest.approx(serves)


# Amplifiers


@pytest.mark.parametrize(
    ("km", "huts"), [(101.0, 0), (119.0, 0), (121.0, 1), (640.0, 6), (1000.0, 9)]
)
def test_least_number_of_huts(km: float, huts: int, tmp_path: Path) -> None:
    # One span up to 120 km, else spans of at most 100 km: ceil(km / 100) - 1 huts.
    draft = free_sites([("a", "b", km)], 390.0)
    draft["file"]["transport"] |= {"modules": ["zrp400_124"], "margin_db": 0.0}
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert len(route.huts) == huts
    assert sum(route.spans_km) == pytest.approx(km)
    one_way_us = km * 4.9 + huts * 0.15 + 12
    assert route.rtt_ms == pytest.approx(2 * one_way_us / 1000)
    hut = 900_000 / 20 + 15_000 / 10 + 40_000 + 22_000 / 10 + 140 * 1.7 * WATT
    pair = 2 * 28_000 / 5 + 2 * 110 * WATT + 2 * 6_000 / 5 + 2 * 27 * WATT
    assert plan.objective_usd == pytest.approx(km * PER_KM + huts * hut + pair, abs=0.01)
    if km == 1000.0:
        assert route.rtt_ms == pytest.approx(10.0, rel=0.02)


# Capacity of a pair


@pytest.mark.parametrize(("gbps", "pairs", "channels"), [(51_200.0, 1, 64), (51_300.0, 2, 65)])
def test_a_pair_holds_64_channels_of_800g(
    gbps: float, pairs: int, channels: int, tmp_path: Path
) -> None:
    draft = free_sites([("a", "b", 40.0)], gbps)
    draft["file"]["transport"] |= {"modules": ["zrp800_124"], "terminals": ["roadm_cl"]}
    assert lit(draft, tmp_path) == [(pairs, channels, 0)]


# Money


@pytest.mark.parametrize(
    ("rate", "usd"),
    [
        # 1,000,000 x 0.08 / (1 - 1.08^-30) = 88,827.43 a year; two years: x (1/1.08 + 1/1.08^2).
        (0.08, 88_827.4334 * (0.9259259259 + 0.8573388203)),
        (0.0, 2 * 1_000_000 / 30),
    ],
)
def test_annuity_and_present_value(rate: float, usd: float, tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, it_demand_mw=[50.0, 50.0])
    draft["file"]["money"]["discount_rate"] = rate
    draft["file"]["horizon"]["periods"] = 2
    for row in draft["tables"]["campuses"]:
        row["fixed_cost_usd"] = 1_000_000
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    assert plan.upfront_cash_usd["campuses"] == (1_000_000.0, 0.0)


def test_quarters_weigh_a_quarter(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, it_demand_mw=[50.0, 50.0])
    draft["file"]["money"]["discount_rate"] = 0.08
    draft["file"]["horizon"] |= {"periods": 2, "period": "quarter"}
    for row in draft["tables"]["campuses"]:
        row["fixed_cost_usd"] = 1_000_000
    _, plan = solved(draft, tmp_path)
    weights = 0.25 * (1.08**-0.25 + 1.08**-0.5)
    assert plan.objective_usd == pytest.approx(88_827.4334 * weights, abs=0.01)
