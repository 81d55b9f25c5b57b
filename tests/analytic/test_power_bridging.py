"""On-site generation against waiting for the grid, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.powered import add, headroom, powered, row, served
from tests.analytic.tiny import Draft, solved

pytestmark = pytest.mark.solver

HOURS = 8760


def waiting(unserved_usd: float, **unit: object) -> Draft:
    """Return a campus of 100 MW whose grid comes a year late, with one unit of generation."""
    draft = powered("a", [100.0, 100.0], unserved_usd)
    headroom(draft, "a", 0, 100)
    add(draft, "sites", "bridging", {"id": "g", "campus_id": "a", "limit_mw": 150, **unit})
    return draft


RENTED = {"technology": "rental", "cost_usd_per_kw": 10, "energy_usd_per_mwh": 50}
RENT = 12 * 10 * 1000 + HOURS * 50
"""A MW-year from a rented unit: 10 USD/kW-month and fuel, USD; the grid's energy is free."""


@pytest.mark.parametrize("above_usd", [-1000.0, 1000.0])
def test_break_even_of_rent_and_waiting(above_usd: float, tmp_path: Path) -> None:
    assert RENT == 558_000
    _, plan = solved(waiting(RENT + above_usd, **RENTED), tmp_path)
    assert plan.objective_usd == pytest.approx(100 * (RENT + min(above_usd, 0.0)), abs=0.01)
    if above_usd < 0:
        assert plan.bridging == ()
        assert served(plan, "a") == (0.0, pytest.approx(100))
        return
    (unit,) = plan.bridging
    assert unit.capacity_mw == (pytest.approx(100), 0.0)
    assert unit.output_mw == (pytest.approx(100), 0.0)
    assert plan.costs_usd["bridging"] == pytest.approx(12_000_000)
    assert plan.costs_usd["energy"] == pytest.approx(43_800_000)
    assert plan.upfront_cash_usd["bridging"] == (0.0, 0.0)


@pytest.mark.parametrize("above_usd", [-1000.0, 1000.0])
def test_break_even_of_engines_and_waiting(above_usd: float, tmp_path: Path) -> None:
    # Bought for good: 2 x 1,500,000 / 30 a MW for two years, and a year of fuel.
    cost = 2 * 1500 * 1000 / 30 + HOURS * 40
    assert cost == 450_400
    unit = {"technology": "recip", "cost_usd_per_kw": 1500, "energy_usd_per_mwh": 40}
    _, plan = solved(waiting(cost + above_usd, **unit), tmp_path)
    assert plan.objective_usd == pytest.approx(100 * (cost + min(above_usd, 0.0)), abs=0.01)
    assert [b.capacity_mw for b in plan.bridging] == [(100, 100)] * (above_usd > 0)
    assert [b.output_mw for b in plan.bridging] == [(100, 0)] * (above_usd > 0)
    cash = 150_000_000 if above_usd > 0 else 0
    assert plan.upfront_cash_usd["bridging"] == (pytest.approx(cash), 0.0)


def test_prices_and_lead_times_come_from_the_catalog(tmp_path: Path) -> None:
    # Fuel cells 4,500 USD/kW over 30 years, fuel 60 USD/MWh; ordered 2027-07-01 they take 9 months,
    # the tie line three years.
    draft = waiting(1e8, technology="fc")
    draft["file"]["horizon"] |= {"decision_date": "2027-07-01", "periods": 3}
    draft["file"]["workloads"][0]["it_demand_mw"] = [100.0] * 3
    row(draft, "campuses", id="a")["energy_usd_per_mwh"] = 20
    headroom(draft, "a", 100)
    _, plan = solved(draft, tmp_path)
    assert served(plan, "a") == (0.0, pytest.approx(100), pytest.approx(100))
    assert plan.costs_usd["bridging"] == pytest.approx(2 * 100 * 4_500_000 / 30)
    assert plan.costs_usd["energy"] == pytest.approx(2 * 100 * HOURS * 60)


def test_dearer_energy_counts_at_the_average_load(tmp_path: Path) -> None:
    # Peak PUE 1.25, average 1.1: 100 MW of load are 125 MW at peak and 110 MW on average.
    draft = waiting(1e8, **RENTED)
    row(draft, "campuses", id="a").update(
        limit_mw=200, pue_peak=1.25, pue_average=1.1, energy_usd_per_mwh=30
    )
    headroom(draft, "a", 0, 200)
    _, plan = solved(draft, tmp_path)
    assert plan.costs_usd["bridging"] == pytest.approx(125 * 120_000)
    assert plan.costs_usd["energy"] == pytest.approx(110 * HOURS * (50 + 30))


def test_rent_falls_as_the_grid_grows(tmp_path: Path) -> None:
    draft = waiting(1e8, **RENTED)
    draft["file"]["horizon"]["periods"] = 3
    draft["file"]["workloads"][0]["it_demand_mw"] = [100.0] * 3
    headroom(draft, "a", 40, 70, 100)
    _, plan = solved(draft, tmp_path)
    (unit,) = plan.bridging
    assert unit.capacity_mw == pytest.approx((60, 30, 0))
    assert plan.objective_usd == pytest.approx((60 + 30) * RENT, abs=0.01)


def test_a_unit_gives_no_more_than_its_limit(tmp_path: Path) -> None:
    draft = waiting(1e6, **RENTED)
    row(draft, "bridging", id="g")["limit_mw"] = 70
    _, plan = solved(draft, tmp_path)
    assert served(plan, "a") == pytest.approx((70, 100))
    assert plan.objective_usd == pytest.approx(70 * RENT + 30 * 1e6, abs=0.01)


def test_price_of_energy_by_region(tmp_path: Path) -> None:
    draft = powered("ab", [100.0])
    for campus in draft["tables"]["campuses"]:
        campus["energy_usd_per_mwh"] = ""
        campus["energy_region"] = "VA" if campus["id"] == "b" else ""
    draft["file"]["sites"]["energy_region"] = "LA"
    _, plan = solved(draft, tmp_path)
    # 5.88 c/kWh in Louisiana, 8.92 in Virginia.
    assert plan.objective_usd == pytest.approx(100 * HOURS * (58.8 + 89.2), abs=0.01)
