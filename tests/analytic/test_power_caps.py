"""Caps on spending and on builds of a period, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.powered import powered, served
from tests.analytic.tiny import Draft, solved

pytestmark = pytest.mark.solver

UNSERVED = 500_000.0
CAMPUS = 1_000_000
"""A campus costs 30 M USD over 30 years."""


def capped(demand_mw: list[float], **caps: object) -> Draft:
    """Return two campuses of 100 MW with caps."""
    draft = powered("ab", demand_mw, UNSERVED)
    for cells in draft["tables"]["campuses"]:
        cells["fixed_cost_usd"] = 30 * CAMPUS
    draft["file"]["rules"] = {"caps": caps}
    return draft


@pytest.mark.parametrize("caps", [{"campus_openings": 1}, {"upfront_usd": 30e6}])
def test_a_cap_delays_a_campus(caps: dict[str, float], tmp_path: Path) -> None:
    _, plan = solved(capped([100.0, 100.0], **caps), tmp_path)
    assert sorted(c.in_service_from or 0 for c in plan.campuses) == [0, 1]
    # Two campuses over two years are four, less one that waits; 100 MW wait a year.
    assert plan.objective_usd == pytest.approx(3 * CAMPUS + 100 * UNSERVED, abs=0.01)
    assert plan.upfront_cash_usd["campuses"] == pytest.approx((30e6, 30e6))


def test_without_a_cap_both_open_at_once(tmp_path: Path) -> None:
    _, plan = solved(capped([100.0, 100.0]), tmp_path)
    assert plan.objective_usd == pytest.approx(4 * CAMPUS, abs=0.01)


@pytest.mark.parametrize("caps", [{"campus_openings": [1, 1]}, {"upfront_usd": [30e6, 30e6]}])
def test_a_cap_makes_a_campus_open_before_its_load(caps: dict[str, object], tmp_path: Path) -> None:
    # Nothing is asked for in the first year, yet one campus opens in it.
    _, plan = solved(capped([0.0, 100.0], **caps), tmp_path)
    assert sorted(c.in_service_from or 0 for c in plan.campuses) == [0, 1]
    assert plan.objective_usd == pytest.approx(3 * CAMPUS, abs=0.01)
    assert [served(plan, name)[1] for name in "ab"] == pytest.approx([100, 100])


def test_spending_goes_in_mw(tmp_path: Path) -> None:
    # 0.3 M USD of shell a MW: a cap of 6 M is 20 MW a year, and nothing is built ahead of need
    # but what the cap forces: 20, 40, 60 MW of the 60 asked for in the third year.
    draft = powered("a", [10.0, 10.0, 60.0], UNSERVED)
    draft["tables"]["campuses"][0]["shell_cost_usd_per_it_mw"] = 300_000
    draft["file"]["rules"] = {"caps": {"upfront_usd": 6e6}}
    _, plan = solved(draft, tmp_path)
    assert plan.campuses[0].built_it_mw == pytest.approx((20, 40, 60))
    assert plan.objective_usd == pytest.approx((20 + 40 + 60) * 10_000, abs=0.01)
    assert plan.upfront_cash_usd["campuses"] == pytest.approx((6e6, 6e6, 6e6))


def test_a_cap_on_connections(tmp_path: Path) -> None:
    draft = capped([100.0, 100.0], substation_connections=[2, 0])
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(4 * CAMPUS, abs=0.01)
    draft = capped([100.0, 100.0], substation_connections=[0, 1])
    _, plan = solved(draft, tmp_path)
    assert [s.in_service_from for s in plan.substations] == [1]
    assert plan.objective_usd == pytest.approx(CAMPUS + 300 * UNSERVED, abs=0.01)


def test_what_stands_already_is_no_opening(tmp_path: Path) -> None:
    draft = capped([100.0], campus_openings=0, upfront_usd=0)
    draft["tables"]["campuses"][0]["existing_it_mw"] = 100
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(100 * UNSERVED, abs=0.01)
    assert served(plan, "a") == (pytest.approx(100),)
