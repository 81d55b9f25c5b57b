"""Network upgrades and the N-1 feed, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import Plan
from tests.analytic.powered import add, headroom, powered, row, served
from tests.analytic.tiny import Draft, solved

pytestmark = pytest.mark.solver


# Network upgrades


def short_of_power(unserved_usd: float, lead_time_years: float = 1.0) -> Draft:
    """Return two campuses of 100 MW at substations of 50, with one upgrade of both by 50."""
    draft = powered("ab", [100.0], unserved_usd)
    for name in "ab":
        headroom(draft, name, 50)
    add(
        draft,
        "sites",
        "network_upgrades",
        {
            "id": "u",
            "substation_ids": "s-a;s-b",
            "added_mw": 50,
            "cost_usd": 30_000_000,
            "lead_time_years": lead_time_years,
        },
    )
    return draft


@pytest.mark.parametrize(
    ("unserved_usd", "usd"),
    # 30 M USD over 30 years are 1 M USD a year, once, for 2 x 50 MW: 10,000 USD a MW.
    [(9_000.0, 900_000), (11_000.0, 1_000_000)],
)
def test_an_upgrade_of_two_substations_is_paid_once(
    unserved_usd: float, usd: float, tmp_path: Path
) -> None:
    _, plan = solved(short_of_power(unserved_usd), tmp_path)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    upgraded = usd == 1_000_000
    assert [u.in_service_from for u in plan.network_upgrades] == [0] * upgraded
    assert plan.costs_usd["network_upgrades"] == pytest.approx(1_000_000 * upgraded)
    assert plan.upfront_cash_usd["network_upgrades"] == (30_000_000 * upgraded,)
    assert [served(plan, name)[0] for name in "ab"] == pytest.approx([50 + 50 * upgraded] * 2)


def test_an_upgrade_waits_for_its_lead_time(tmp_path: Path) -> None:
    # Decided 2020, nine years: from 2029.
    draft = short_of_power(1e6, lead_time_years=9.0)
    draft["file"]["horizon"]["periods"] = 3
    for job in draft["file"]["workloads"]:
        job["it_demand_mw"] = [100.0] * 3
    _, plan = solved(draft, tmp_path)
    assert [u.in_service_from for u in plan.network_upgrades] == [1]
    assert served(plan, "a") == pytest.approx((50, 100, 100))


@pytest.mark.parametrize(("unserved_usd", "usd"), [(49_000.0, 9_800_000), (51_000.0, 10_100_000)])
def test_an_upgrade_gives_nothing_without_a_connection(
    unserved_usd: float, usd: float, tmp_path: Path
) -> None:
    # Two connections of 60 M USD / 30 and the upgrade are 5 M a year for 2 x 50 MW: 50,000 a MW.
    draft = short_of_power(unserved_usd)
    headroom(draft, "a", 0)
    headroom(draft, "b", 0)
    for name in "ab":
        row(draft, "substations", id=f"s-{name}")["fixed_cost_usd"] = 60_000_000
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    assert [s.in_service_from for s in plan.substations] == [0, 0] * (usd > 10_000_000)


# N-1 feed


def redundant(kind: str) -> Draft:
    """Return a campus of 100 MW with two lines to ``s-a`` and one to ``s-b``.

    A line costs 0.1 M USD a year, a substation 2 M, a reserved MW 1,000.
    """
    draft = powered("ab", [100.0])
    del draft["file"]["workloads"][1]
    campus = row(draft, "campuses", id="a")
    campus["feed_redundancy"] = kind
    for cells in draft["tables"]["substations"]:
        cells |= {"fixed_cost_usd": 60_000_000, "cost_usd_per_mw": 30_000}
    line = {"campus_id": "a", "length_km": 1, "capacity_mw": 200, "cost_usd_per_km": 3_000_000}
    draft["tables"]["tie_lines"] = [
        {"id": "one", "substation_id": "s-a", **line},
        {"id": "two", "substation_id": "s-a", **line},
        {"id": "far", "substation_id": "s-b", **line},
    ]
    return draft


def firm(plan: Plan) -> dict[str, float]:
    return {line.id: line.firm_mw[0] for line in plan.tie_lines}


@pytest.mark.parametrize(
    ("kind", "lines", "substations", "reserved_mw"),
    [("none", 1, 1, 100), ("tie_line", 2, 1, 200), ("substation", 2, 2, 200)],
)
def test_what_a_second_feed_costs(
    kind: str, lines: int, substations: int, reserved_mw: float, tmp_path: Path
) -> None:
    _, plan = solved(redundant(kind), tmp_path)
    usd = lines * 100_000 + substations * 2_000_000 + reserved_mw * 1_000
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    assert len(plan.tie_lines) == lines
    assert len(plan.substations) == substations
    assert sum(s.reserved_mw[0] for s in plan.substations) == pytest.approx(reserved_mw)
    assert sum(line.flow_mw[0] for line in plan.tie_lines) == pytest.approx(100)
    assert sum(firm(plan).values()) == pytest.approx(reserved_mw)


def test_three_lines_reserve_half_as_much_more(tmp_path: Path) -> None:
    # With 60 MW on each of three lines any two hold 100 MW: 50 MW each are enough.
    draft = redundant("tie_line")
    for line in draft["tables"]["tie_lines"]:
        line |= {"substation_id": "s-a", "capacity_mw": 60}
    _, plan = solved(draft, tmp_path)
    assert sum(firm(plan).values()) == pytest.approx(150)
    assert plan.objective_usd == pytest.approx(3 * 100_000 + 2_000_000 + 150 * 1_000, abs=0.01)


def test_own_generation_is_a_feed(tmp_path: Path) -> None:
    # 100 MW of engines at 600 USD/kW: 2 M USD a year, less than a substation, a line and 100 MW.
    draft = redundant("substation")
    unit = {"id": "g", "campus_id": "a", "technology": "recip", "limit_mw": 100}
    add(draft, "sites", "bridging", {**unit, "cost_usd_per_kw": 600, "energy_usd_per_mwh": 50})
    _, plan = solved(draft, tmp_path)
    assert plan.objective_usd == pytest.approx(100_000 + 2_000_000 + 100_000 + 2_000_000, abs=0.01)
    (generation,) = plan.bridging
    assert generation.capacity_mw == (pytest.approx(100),)
    assert generation.output_mw == (0.0,)


def test_one_line_cannot_be_redundant(tmp_path: Path) -> None:
    draft = redundant("tie_line")
    del draft["tables"]["tie_lines"][1:]
    _, plan = solved(draft, tmp_path)
    assert plan.campuses == ()
    assert plan.objective_usd == pytest.approx(100 * 1e8)
