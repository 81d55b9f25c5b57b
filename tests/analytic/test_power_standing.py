"""What stands already costs nothing until it retires, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.powered import headroom, powered, row, served
from tests.analytic.tiny import Draft, solved

pytestmark = pytest.mark.solver

CAMPUS, SHELL = 900_000, 2_000
SUBSTATION, RESERVED = 600_000, 700
LINE = 100_000
"""USD a year: opening a campus, a MW of shell, connecting a substation, a MW reserved, a line."""


def standing(years: int) -> Draft:
    """Return a campus of 100 MW with all its plant; everything new has a price."""
    draft = powered("a", [100.0] * years)
    row(draft, "campuses", id="a").update(
        fixed_cost_usd=CAMPUS * 30, shell_cost_usd_per_it_mw=SHELL * 30
    )
    row(draft, "substations", id="s-a").update(
        fixed_cost_usd=SUBSTATION * 30, cost_usd_per_mw=RESERVED * 30
    )
    row(draft, "tie_lines", id="t-a")["cost_usd_per_km"] = LINE * 30
    return draft


ALL_NEW = CAMPUS + 100 * SHELL + SUBSTATION + 100 * RESERVED + LINE


def test_what_all_new_costs(tmp_path: Path) -> None:
    _, plan = solved(standing(1), tmp_path)
    assert plan.objective_usd == pytest.approx(ALL_NEW, abs=0.01)


def test_all_that_stands_is_free_until_it_retires(tmp_path: Path) -> None:
    draft = standing(3)
    row(draft, "campuses", id="a").update(existing_it_mw=100, existing_until="2029-06-01")
    row(draft, "substations", id="s-a").update(existing_mw=100, existing_until="2029-06-01")
    row(draft, "tie_lines", id="t-a").update(existing=True, existing_until="2029-06-01")
    _, plan = solved(draft, tmp_path)
    # It stands in 2028 and 2029, both of which start before June 2029; 2030 needs all anew.
    assert plan.objective_usd == pytest.approx(ALL_NEW, abs=0.01)
    assert served(plan, "a") == pytest.approx((100, 100, 100))
    (campus,), (substation,), (line,) = plan.campuses, plan.substations, plan.tie_lines
    assert (campus.in_service_from, substation.in_service_from, line.in_service_from) == (2, 2, 2)
    assert campus.built_it_mw == pytest.approx((0, 0, 100))
    assert substation.reserved_mw == pytest.approx((0, 0, 100))
    assert plan.upfront_cash_usd["campuses"] == pytest.approx((0, 0, 30 * (CAMPUS + 100 * SHELL)))
    assert plan.upfront_cash_usd["tie_lines"] == pytest.approx((0, 0, 30 * LINE))


def test_what_never_retires_is_used_as_it_stands(tmp_path: Path) -> None:
    draft = standing(2)
    row(draft, "campuses", id="a")["existing_it_mw"] = 100
    row(draft, "substations", id="s-a")["existing_mw"] = 100
    row(draft, "tie_lines", id="t-a")["existing"] = True
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(0, abs=0.01)
    (campus,), (substation,), (line,) = plan.campuses, plan.substations, plan.tie_lines
    found = (campus.in_service_from, substation.in_service_from, line.in_service_from)
    assert found == (None, None, None)
    assert line.flow_mw == pytest.approx((100, 100))


def test_an_existing_campus_and_connection_are_extended_by_the_mw(tmp_path: Path) -> None:
    # 60 MW stand: 40 more need shell and reservation, but no opening and no new connection.
    draft = standing(1)
    row(draft, "campuses", id="a")["existing_it_mw"] = 60
    row(draft, "substations", id="s-a")["existing_mw"] = 60
    row(draft, "tie_lines", id="t-a")["existing"] = True
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(40 * (SHELL + RESERVED), abs=0.01)
    assert plan.campuses[0].in_service_from is None
    assert plan.campuses[0].built_it_mw == (pytest.approx(40),)
    assert plan.substations[0].reserved_mw == (pytest.approx(40),)


def test_an_extension_outlives_what_stood(tmp_path: Path) -> None:
    # The 60 MW retire after a year: the campus is opened, and 60 MW of shell are built, in 2029.
    draft = standing(2)
    row(draft, "campuses", id="a").update(existing_it_mw=60, existing_until="2029-01-01")
    row(draft, "substations", id="s-a")["existing_mw"] = 100
    row(draft, "tie_lines", id="t-a")["existing"] = True
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(40 * SHELL + 100 * SHELL + CAMPUS, abs=0.01)
    (campus,) = plan.campuses
    assert campus.in_service_from == 1
    assert campus.built_it_mw == pytest.approx((40, 100))


def test_an_extension_waits_for_the_date_of_the_campus(tmp_path: Path) -> None:
    draft = standing(2)
    draft["file"]["workloads"][0]["unserved_usd_per_mw_year"] = 1e6
    row(draft, "campuses", id="a").update(existing_it_mw=60, earliest_date="2029-01-01")
    row(draft, "substations", id="s-a")["existing_mw"] = 100
    row(draft, "tie_lines", id="t-a")["existing"] = True
    _, plan = solved(draft, tmp_path)
    assert served(plan, "a") == pytest.approx((60, 100))
    assert plan.objective_usd == pytest.approx(40 * 1e6 + 40 * SHELL, abs=0.01)


def test_the_limit_holds_with_what_stands(tmp_path: Path) -> None:
    # 100 MW is the limit of the campus: 70 exist, 30 can be built.
    draft = standing(1)
    draft["file"]["workloads"][0] |= {"it_demand_mw": [150.0], "unserved_usd_per_mw_year": 1e6}
    row(draft, "campuses", id="a")["existing_it_mw"] = 70
    _, plan = solved(draft, tmp_path)
    assert served(plan, "a") == (pytest.approx(100),)
    assert plan.campuses[0].built_it_mw == (pytest.approx(30),)


def test_a_retired_line_is_built_anew_only_when_ready(tmp_path: Path) -> None:
    # A line takes three years: decided 2028-07-01, in service from 2032; the old one is gone 2030.
    draft = standing(5)
    draft["file"]["horizon"] |= {"decision_date": "2028-07-01", "start": "2028-07-01"}
    draft["file"]["workloads"][0]["unserved_usd_per_mw_year"] = 1e6
    headroom(draft, "a", 200)
    row(draft, "campuses", id="a")["existing_it_mw"] = 100
    row(draft, "substations", id="s-a")["existing_mw"] = 100
    row(draft, "tie_lines", id="t-a").update(existing=True, existing_until="2030-07-01")
    _, plan = solved(draft, tmp_path)
    assert served(plan, "a") == pytest.approx((100, 100, 0, 100, 100))
    assert plan.objective_usd == pytest.approx(100 * 1e6 + 2 * LINE, abs=0.01)
