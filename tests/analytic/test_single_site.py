"""What one campus for each workload would cost, beside the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.powered import powered
from tests.analytic.tiny import Draft, free_sites, solved

pytestmark = pytest.mark.solver

UNSERVED = 1e6


def spread(demand_mw: list[float], **changes: object) -> Draft:
    """Return one job for two campuses of 100 MW; ``b`` costs 0.3 M USD a year, ``a`` nothing."""
    unserved = {"it_demand_mw": demand_mw, "unserved_usd_per_mw_year": UNSERVED}
    draft = free_sites([("a", "b", 10.0)], 700.0, **unserved, **changes)
    draft["tables"]["campuses"][1]["fixed_cost_usd"] = 300_000 * 30
    draft["file"]["horizon"]["periods"] = len(demand_mw)
    return draft


def test_one_campus_leaves_half_unserved(tmp_path: Path) -> None:
    _, plan = solved(spread([100.0, 200.0]), tmp_path)
    (alternative,) = plan.alternatives
    assert alternative.id == "single_site"
    assert alternative.objective_usd == pytest.approx(100 * UNSERVED, abs=0.01)
    assert alternative.bound_usd == pytest.approx(100 * UNSERVED, rel=1e-5)
    assert alternative.unserved_mw_years == pytest.approx(100)
    assert alternative.campuses == {"train": ("a", "a")}
    assert sum(alternative.costs_usd.values()) == pytest.approx(alternative.objective_usd)
    assert alternative.costs_usd["corridors"] == 0
    assert plan.objective_usd < alternative.objective_usd


def test_a_quarter_counts_a_quarter(tmp_path: Path) -> None:
    draft = spread([200.0, 200.0])
    draft["file"]["horizon"]["period"] = "quarter"
    _, plan = solved(draft, tmp_path)
    (alternative,) = plan.alternatives
    assert alternative.unserved_mw_years == pytest.approx(100 * 2 / 4)
    assert alternative.objective_usd == pytest.approx(50 * UNSERVED, abs=0.01)


def test_a_workload_may_move_to_another_campus(tmp_path: Path) -> None:
    # Campus a stands in 2028 only, campus b can open in 2029.
    draft = spread([100.0, 200.0])
    draft["tables"]["campuses"][0].update(
        existing_it_mw=100, existing_until="2029-01-01", limit_mw=100, earliest_date="2050-01-01"
    )
    draft["tables"]["tie_lines"][0]["existing"] = True
    draft["tables"]["campuses"][1]["earliest_date"] = "2029-01-01"
    _, plan = solved(draft, tmp_path)
    (alternative,) = plan.alternatives
    assert alternative.campuses == {"train": ("a", "b")}
    assert alternative.objective_usd == pytest.approx(100 * UNSERVED + 300_000, abs=0.01)


def test_no_alternative_to_one_campus(tmp_path: Path) -> None:
    _, plan = solved(spread([100.0]), tmp_path)
    assert plan.alternatives == ()


def test_workloads_apart_are_their_own_alternative(tmp_path: Path) -> None:
    _, plan = solved(powered("ab", [100.0]), tmp_path)
    (alternative,) = plan.alternatives
    assert alternative.objective_usd == pytest.approx(plan.objective_usd, abs=0.01)


def test_a_workload_that_must_be_spread_has_none(tmp_path: Path) -> None:
    draft = spread([200.0], max_share_per_campus=0.5)
    _, plan = solved(draft, tmp_path)
    assert len(plan.campuses) == 2
    assert plan.alternatives == ()
