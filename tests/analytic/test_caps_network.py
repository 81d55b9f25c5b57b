"""Caps on the network's builds and spending, by hand, with both methods."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import Plan, build_instance, build_network, solve, verify
from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites
from tests.oracle.draft import write

pytestmark = pytest.mark.solver

LIGHT_CAPITAL = 2 * 28_000 + 2 * 6_500
LIGHT = LIGHT_CAPITAL / 5 + (2 * 110 + 2 * 30) * WATT
"""One pair with one 800G channel: capital, and USD a year."""
ROAD_CAPITAL = 40 * (110_000 + 10_000 + 5_000 + 16_000)
ROAD = 40 * PER_KM
BARE_ROAD = 40 * ((110_000 + 10_000) / 20 + 500 + 1_500)
"""40 km of corridor with a cable: capital, USD a year, and USD a year without the cable."""
UNSERVED = 1e5


def linked(demand_mw: list[float], **caps: object) -> Draft:
    """Return two campuses of 100 MW, 40 km apart, for one job, with caps."""
    unserved = {"it_demand_mw": demand_mw, "unserved_usd_per_mw_year": UNSERVED}
    draft = free_sites([("a", "b", 40.0)], 700.0, **unserved)
    draft["file"]["horizon"]["periods"] = len(demand_mw)
    draft["file"]["rules"] = {"caps": caps}
    return draft


@pytest.fixture(params=["monolithic", "decomposition"])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def solved(draft: Draft, folder: Path, method: str) -> Plan:
    study = write(draft, folder)
    network = build_network(study)
    result = solve(build_instance(study, network), method=method, relative_gap=0)
    assert result.plan is not None, result.explanation
    verification = verify(result.plan, study, network)
    assert verification.accepted, verification.violations
    assert result.plan.bounds.bound_usd <= result.plan.objective_usd + 0.01
    return result.plan


BOTH_YEARS = 2 * (ROAD + LIGHT)
SECOND_YEAR = ROAD + LIGHT + 100 * UNSERVED


@pytest.mark.parametrize(
    ("caps", "usd"),
    [
        ({"corridor_build_km": [39, 40]}, SECOND_YEAR),
        ({"corridor_build_km": [40, 0]}, BOTH_YEARS),
        ({"corridor_build_km": 39}, 200 * UNSERVED),
        ({"upfront_usd": [ROAD_CAPITAL + LIGHT_CAPITAL - 10, 1e9]}, SECOND_YEAR),
        ({"upfront_usd": [ROAD_CAPITAL + LIGHT_CAPITAL + 10, 0]}, BOTH_YEARS),
    ],
)
def test_a_cap_delays_the_link(
    caps: dict[str, object], usd: float, method: str, tmp_path: Path
) -> None:
    plan = solved(linked([200.0, 200.0], **caps), tmp_path, method)
    assert plan.objective_usd == pytest.approx(usd, abs=0.05)


@pytest.mark.parametrize(
    "caps",
    [{"corridor_build_km": [40, 0]}, {"upfront_usd": [1e9, ROAD_CAPITAL + LIGHT_CAPITAL - 10]}],
)
def test_a_corridor_is_built_ahead_of_its_cable(caps: dict[str, object], tmp_path: Path) -> None:
    # The link is needed in the second year; the first pays for the bare corridor alone.
    draft = linked([100.0, 200.0], **caps)
    draft["file"]["catalog"]["overrides"] |= {"om.owned": 0.0, "row.fee": 0.0}
    plan = solved(draft, tmp_path, "monolithic")
    upkeep = 40 * 2_000
    early = BARE_ROAD - upkeep
    assert plan.objective_usd == pytest.approx(ROAD - upkeep + LIGHT + early, abs=0.05)
    assert plan.corridors[0].built_from == 0
    assert plan.corridors[0].cables == {"G652D/144": (0, 1)}


def test_a_cap_on_huts(tmp_path: Path, method: str) -> None:
    # 190 km need an amplifier, so none of it is of use without one.
    draft = linked([200.0], hut_builds=0)
    draft["tables"]["corridors"][0]["length_km"] = 190.0
    draft["file"]["workloads"][0]["traffic"]["parameters"] /= 2
    draft["file"]["transport"] |= {"modules": ["zrp400_124"], "margin_db": 0.0}
    plan = solved(draft, tmp_path / "none", method)
    assert plan.objective_usd == pytest.approx(100 * UNSERVED)
    draft["file"]["rules"]["caps"]["hut_builds"] = 1
    plan = solved(draft, tmp_path / "one", method)
    assert len(plan.huts) == 1
    assert plan.objective_usd < 100 * UNSERVED
