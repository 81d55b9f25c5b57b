"""Every rule has a check, and a plan that breaks the rule is caught by it, at the right place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from siting.plan import NETWORK_COST_LINES, Plan
from siting.verify import Verification, verify
from siting.verify.checks import CHECKS, SHAPE
from tests.verify.edits import MORE, Mutation
from tests.verify.mutations import MUTATIONS
from tests.verify.mutations_network import NETWORK_MUTATIONS
from tests.verify.world import World, make_world

ALL = [*MUTATIONS, *NETWORK_MUTATIONS]
ROOT = Path(__file__).resolve().parents[2]


def rules_of_the_page() -> set[str]:
    text = (ROOT / "models" / "formulation.md").read_text("utf-8")
    section = text[text.index("## 4. Rules") : text.index("## 5. ")]
    return set(re.findall(r"^- `(\w+)`", section, flags=re.MULTILINE))


def check(world: World, plan: Plan) -> Verification:
    return verify(plan, world.study, world.network, world.catalog)


def repriced(world: World, plan: Plan) -> Plan:
    """Return the plan with the costs that follow from it, and bounds that meet them."""
    found = check(world, plan)
    costs = found.recomputed_costs_usd
    network = sum(costs[line] for line in NETWORK_COST_LINES)
    bounds = plan.bounds.model_copy(
        update={
            "bound_usd": found.objective_usd,
            "gap_usd": 0.0,
            "relative_gap": 0.0,
            "network_bound_usd": network,
            "network_gap_usd": 0.0,
            "network_relative_gap": 0.0,
        }
    )
    return plan.model_copy(
        update={
            "costs_usd": costs,
            "objective_usd": found.objective_usd,
            "upfront_cash_usd": found.recomputed_upfront_cash_usd,
            "bounds": bounds,
        }
    )


def test_the_plan_made_by_hand_is_accepted(tmp_path):
    world = make_world(tmp_path)
    found = verify(Plan.model_validate(world.plan), world.study, world.network)
    assert found.violations == ()
    assert found.accepted
    assert min(found.rules_checked.values()) > 0


def test_every_rule_of_the_page_has_a_check_and_a_mutation():
    checks = {function.__name__ for function in CHECKS} | {SHAPE}
    extra = {"plan_shape", "spans_add_up", "cost_lines", "bounds_consistent"}
    assert checks == rules_of_the_page() | extra
    assert {mutation.rule for mutation in ALL} == checks


@pytest.mark.parametrize("mutation", ALL, ids=lambda m: f"{m.rule}: {m.where}")
def test_a_plan_that_breaks_a_rule_is_caught_by_it(mutation: Mutation, tmp_path):
    world = make_world(tmp_path, mutation.study)
    world = replace(world, network=mutation.network(world.network))
    plan = world.edited(mutation.edit)
    if mutation.reprice:
        plan = repriced(world, plan)
    found = check(world, plan)
    rules = {violation.rule for violation in found.violations}
    if mutation.others == MORE:
        assert mutation.rule in rules
    else:
        assert rules == {mutation.rule} | mutation.others
    assert not found.accepted
    here = [v for v in found.violations if (v.rule, v.where) == (mutation.rule, mutation.where)]
    assert here, found.violations
    assert here[0].message.startswith(f"{mutation.where}: ")
    if mutation.value is not None:
        assert any(
            v.value == pytest.approx(mutation.value) and _limit_is(v.limit, mutation.limit)
            for v in here
        ), here


def _limit_is(found: float | None, asked: float | None) -> bool:
    return asked is None or found == pytest.approx(asked)
