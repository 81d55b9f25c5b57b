"""Metamorphic properties: what a change of the question must, or must not, do to the answer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siting import Plan, build_instance, build_network, solve, verify
from tests.oracle.draft import write
from tests.strategies import (
    drafts,
    renamed,
    scaled,
    with_campus,
    with_corridor,
    with_workload,
)

pytestmark = [pytest.mark.solver, pytest.mark.slow]
few = settings(
    max_examples=10, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
USD = 1.0


def plan_of(draft: dict[str, Any]) -> Plan:
    """Return the optimal, verified plan of a draft."""
    with tempfile.TemporaryDirectory() as folder:
        study = write(draft, Path(folder))
        network = build_network(study)
        result = solve(build_instance(study, network), method="monolithic", relative_gap=0)
        assert result.plan is not None, result.explanation
        verification = verify(result.plan, study, network)
        assert verification.accepted, verification.violations
        return result.plan


def cost(draft: dict[str, Any]) -> float:
    return plan_of(draft).objective_usd


@few
@given(drafts())
def test_names_and_order_do_not_matter(draft: dict[str, Any]) -> None:
    assert cost(renamed(draft)) == pytest.approx(cost(draft), abs=USD)


@few
@given(drafts(), st.sampled_from((0.5, 2.0, 3.5)))
def test_cost_scales_with_all_prices(draft: dict[str, Any], factor: float) -> None:
    assert cost(scaled(draft, factor)) == pytest.approx(factor * cost(draft), abs=factor + USD)


@few
@given(drafts(), st.floats(10.5, 24))
def test_one_more_corridor_never_costs(draft: dict[str, Any], length_km: float) -> None:
    assert cost(with_corridor(draft, round(length_km, 2))) <= cost(draft) + USD


@few
@given(drafts())
def test_one_more_campus_never_costs(draft: dict[str, Any]) -> None:
    assert cost(with_campus(draft)) <= cost(draft) + USD


@few
@given(drafts(), st.floats(1.05, 3))
def test_dearer_unserved_demand_never_saves(draft: dict[str, Any], factor: float) -> None:
    def dearer(workload: dict[str, Any]) -> None:
        workload["unserved_usd_per_mw_year"] *= factor

    assert cost(with_workload(draft, dearer)) >= cost(draft) - USD


@few
@given(drafts(("rtt_limit", "survivability")), st.floats(1.2, 2.2), st.floats(1.05, 2))
def test_tighter_rtt_limit_never_saves(draft: dict[str, Any], limit: float, slack: float) -> None:
    # The loss is charged at the class, and the limit is itself a class: a tighter limit alone may
    # lower the loss of a link that was rounded up further. So both have the tight limit as a class.
    tight, loose = round(limit, 2), round(limit * slack, 2)

    def limited(by: float) -> dict[str, Any]:
        def change(workload: dict[str, Any]) -> None:
            workload["rtt_classes_ms"] = [tight]
            for paradigm in workload["paradigms"].values():
                paradigm["rtt_limit_ms"] = by

        return with_workload(draft, change)

    assert cost(limited(tight)) >= cost(limited(loose)) - USD


@few
@given(drafts(("survivability", "iru_limit")))
def test_more_survival_never_saves(draft: dict[str, Any]) -> None:
    costs = []
    for phi in (0.0, 0.5, 1.0):
        draft["file"]["workloads"][0]["survival_fraction"] = phi
        costs.append(cost(draft))
    assert costs[0] <= costs[1] + USD
    assert costs[1] <= costs[2] + USD


@few
@given(drafts(("amplifier_minimum_spacing", "survivability")))
def test_more_spacing_never_saves(draft: dict[str, Any]) -> None:
    rules = draft["file"]["transport"]["amplifiers"]
    costs = []
    for least in (0.0, 5.0, 9.0):
        rules["min_spacing_km"] = least
        costs.append(cost(draft))
    assert costs[0] <= costs[1] + USD
    assert costs[1] <= costs[2] + USD


@few
@given(drafts())
def test_plan_survives_its_file(draft: dict[str, Any]) -> None:
    plan = plan_of(draft)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        plan.save(path)
        assert Plan.load(path) == plan
