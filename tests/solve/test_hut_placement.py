"""Huts, sections, classes, racks and power against every choice tried in turn."""

from __future__ import annotations

import math

import pytest

from siting.formulation import build_network_model
from siting.solve.highs import CompiledModel, Status
from siting.solve.network_phase import solve_network
from siting.solve.presolve import presolve
from tests.solve.hut_cases import Case, hut_case, least_usd

MILLION = 1e6
CENT = 0.01

pytestmark = pytest.mark.solver


def model_usd(case: Case, *, exact: bool) -> float:
    model = build_network_model(case.instance, case.requirements, exact=exact)
    outcome = CompiledModel(model, seed=1).run(time_limit_s=60.0)
    return math.inf if outcome.status is Status.INFEASIBLE else outcome.objective * MILLION


@pytest.mark.parametrize("seed", range(60))
def test_the_least_cost_of_every_choice(seed: int) -> None:
    case = hut_case(seed)
    expected = least_usd(case)
    assert model_usd(case, exact=True) == pytest.approx(expected, abs=CENT)
    # Rules added when broken, on the designs that presolve keeps, give the same.
    outcome = solve_network(
        presolve(case.instance), case.requirements, relative_gap=0.0, time_limit_s=60.0, seed=1
    )
    assert outcome.cost_usd == pytest.approx(expected, abs=CENT)
    assert outcome.is_infeasible == math.isinf(expected)


def test_the_cases_are_not_all_alike() -> None:
    cases = [hut_case(seed) for seed in range(60)]
    found = [least_usd(case) for case in cases]
    assert 30 <= sum(map(math.isfinite, found)) < len(found)
    routes = [route for case in cases for route in case.instance.fiber_routes.values()]
    assert sum(bool(route.regenerators) for route in routes) > 20
    assert sum(len(case.instance.fiber_routes) == 2 for case in cases) > 15


def test_rules_added_when_broken_are_felt() -> None:
    """In some cases the relaxed model leaves something open, by noise, spacing or power."""
    felt = 0
    for seed in range(60):
        case = hut_case(seed)
        exact = model_usd(case, exact=True)
        relaxed = model_usd(case, exact=False)
        assert relaxed <= exact + CENT
        felt += relaxed < exact - CENT
    assert felt >= 10
