"""Every rule has a check, and a plan that breaks the rule is caught by it, at the right place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from siting.plan import Plan
from siting.verify import verify
from siting.verify.checks import CHECKS, SHAPE
from tests.verify.edits import MORE, Mutation
from tests.verify.mutations import MUTATIONS
from tests.verify.mutations_huts import HUT_MUTATIONS
from tests.verify.mutations_network import NETWORK_MUTATIONS
from tests.verify.mutations_sites import SITE_MUTATIONS
from tests.verify.mutations_training import TRAINING_MUTATIONS
from tests.verify.repricing import check, repriced
from tests.verify.variants import VARIANTS, make_variant

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "sites": SITE_MUTATIONS,
    "training": TRAINING_MUTATIONS,
    "network": NETWORK_MUTATIONS,
    "huts": HUT_MUTATIONS,
}


def rules_of_the_page() -> set[str]:
    text = (ROOT / "models" / "formulation.md").read_text("utf-8")
    section = text[text.index("## 4. Rules") : text.index("## 5. ")]
    return set(re.findall(r"^- `(\w+)`", section, flags=re.MULTILINE))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_plans_made_by_hand_are_accepted(name, tmp_path):
    world = make_variant(name, tmp_path)
    found = verify(Plan.model_validate(world.plan), world.study, world.network)
    assert found.violations == ()
    assert found.accepted


def test_every_rule_is_checked_on_a_plan_made_by_hand(tmp_path):
    counts: Counter[str] = Counter()
    for name in VARIANTS:
        world = make_variant(name, tmp_path)
        counts.update(check(world, Plan.model_validate(world.plan)).rules_checked)
    assert [rule for rule, count in counts.items() if not count] == []


def test_every_rule_of_the_page_has_a_check_and_a_mutation():
    checks = {function.__name__ for function in CHECKS} | {SHAPE}
    extra = {"plan_shape", "spans_add_up", "cost_lines", "bounds_consistent"}
    assert checks == rules_of_the_page() | extra
    counts = Counter(mutation.rule for mutation in MUTATIONS)
    assert set(counts) == checks
    assert [rule for rule, count in counts.items() if count < 2] == []


def test_the_page_says_where_each_check_is():
    text = (ROOT / "models" / "formulation.md").read_text("utf-8")
    row = re.compile(r"^\| `(\w+)` \|.*\| `(\w+)` \|[^|]*\|$", flags=re.MULTILINE)
    table = dict(row.findall(text[text.index("## 7. ") :]))
    modules = {check.__name__: check.__module__.rpartition(".")[2] for check in CHECKS}
    assert table == {rule: modules[rule] for rule in rules_of_the_page()}


def test_the_page_says_where_each_rule_is_broken():
    text = (ROOT / "models" / "formulation.md").read_text("utf-8")
    row = re.compile(r"^\| `(\w+)` \|.*\| ([a-z, ]+) \| `\w+` \|[^|]*\|$", flags=re.MULTILINE)
    told = dict(row.findall(text[text.index("## 7. ") :]))
    found: dict[str, list[str]] = {rule: [] for rule in rules_of_the_page()}
    for name, mutations in FAMILIES.items():
        for rule in {mutation.rule for mutation in mutations} & found.keys():
            found[rule].append(name)
    assert told == {rule: ", ".join(names) for rule, names in found.items()}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{m.rule}: {m.where}")
def test_a_plan_that_breaks_a_rule_is_caught_by_it(mutation: Mutation, tmp_path):
    world = make_variant(mutation.world, tmp_path, mutation.study, mutation.cells)
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
