"""A study without a plan says which of the planner's pins and caps forbid one."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import build_instance, build_network, solve
from siting.solve import Termination
from tests.analytic.tiny import Draft, free_sites
from tests.analytic.training_cases import campus
from tests.oracle.draft import write

pytestmark = pytest.mark.solver


def pinned(**rules: object) -> Draft:
    draft = free_sites([("a", "b", 40.0)], 700.0)
    draft["file"]["rules"] = {"pin_campuses": ["a", "b"], **rules}
    for name in ("a", "b"):
        campus(draft, name)["fixed_cost_usd"] = 1_000_000
    return draft


def explanation(draft: Draft, folder: Path) -> tuple[str, ...]:
    study = write(draft, folder)
    result = solve(build_instance(study, build_network(study)), method="monolithic")
    assert (result.termination is Termination.INFEASIBLE) == (result.plan is None)
    return result.explanation


def test_a_pinned_campus_that_comes_too_late(tmp_path: Path) -> None:
    draft = pinned()
    campus(draft, "b")["earliest_date"] = "2040-01-01"
    (line,) = explanation(draft, tmp_path)
    assert line.startswith("campus 'b' is pinned, but it can be in service only after the last")


def test_a_pinned_campus_that_stands_already_is_no_reason(tmp_path: Path) -> None:
    draft = pinned()
    campus(draft, "b").update(earliest_date="2040-01-01", existing_it_mw=50)
    assert explanation(draft, tmp_path) == ()


def test_more_pins_than_openings(tmp_path: Path) -> None:
    draft = pinned(caps={"campus_openings": 1})
    (line,) = explanation(draft, tmp_path)
    assert line.startswith("rules.caps.campus_openings allow 1 openings over all periods, but 2")
    assert line.endswith("('a', 'b')")


@pytest.mark.parametrize(("cap_usd", "reasons"), [(1_999_999, 1), (2_000_001, 0)])
def test_pins_that_cost_more_than_may_be_spent(
    cap_usd: float, reasons: int, tmp_path: Path
) -> None:
    found = explanation(pinned(caps={"upfront_usd": cap_usd}), tmp_path)
    assert len(found) == reasons
    assert all("takes 2,000,000 USD" in line for line in found)
