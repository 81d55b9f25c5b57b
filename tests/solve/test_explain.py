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
    assert line == (
        "rules.caps.campus_openings allow 1 openings over all periods, but 2 pinned campuses must "
        "be opened ('a', 'b'): allow 1 more, or unpin 1 of them"
    )


def two_years(draft: Draft, b_from: str = "2029-01-01") -> Draft:
    """Two periods; campus b comes with the second."""
    draft["file"]["horizon"]["periods"] = 2
    draft["file"]["workloads"][0]["it_demand_mw"] = [200.0, 200.0]
    campus(draft, "b")["earliest_date"] = b_from
    return draft


@pytest.mark.parametrize(
    ("caps", "is_infeasible"), [([2, 0], True), ([0, 1], True), ([1, 1], False)]
)
def test_openings_that_come_too_early(caps: list[int], is_infeasible: bool, tmp_path: Path) -> None:
    lines = explanation(two_years(pinned(caps={"campus_openings": caps})), tmp_path)
    assert bool(lines) == is_infeasible
    if caps == [2, 0]:
        (line,) = lines
        assert line == (
            "rules.caps.campus_openings allow 0 openings from 2029 on, but 1 pinned campus must "
            "be opened ('b'): allow 1 more, set an earlier earliest_date, or unpin 1 of them"
        )


@pytest.mark.parametrize(("cap_usd", "reasons"), [(1_999_999, 1), (2_000_001, 0)])
def test_pins_that_cost_more_than_may_be_spent(
    cap_usd: float, reasons: int, tmp_path: Path
) -> None:
    found = explanation(pinned(caps={"upfront_usd": cap_usd}), tmp_path)
    assert len(found) == reasons
    assert all("takes 2,000,000 USD: allow 1 USD more, or unpin one" in line for line in found)


def test_a_pinned_campus_dearer_than_the_cap_of_any_period(tmp_path: Path) -> None:
    draft = two_years(pinned(caps={"upfront_usd": [5_000_000, 700_000]}))
    (line,) = explanation(draft, tmp_path)
    assert line == (
        "rules.caps.upfront_usd allow at most 700,000 USD in one period from 2029 on, but to open "
        "the pinned campus 'b' takes 1,000,000 USD: allow 300,000 USD more in one of them, or "
        "unpin it"
    )


def test_pins_that_fit_alone_but_not_together(tmp_path: Path) -> None:
    """Twice 2 M USD in periods of 3 M and 1.5 M USD: enough in all, but only one fits."""
    draft = two_years(pinned(caps={"upfront_usd": [3_000_000, 1_500_000]}), "2027-01-01")
    for name, usd in (("a", 2_000_000), ("b", 2_000_000)):
        campus(draft, name)["fixed_cost_usd"] = usd
    (line,) = explanation(draft, tmp_path)
    assert line.startswith("the caps of the periods, taken together, leave no order in which the")
    assert "'a' 2,000,000 USD from 2028 on, 'b' 2,000,000 USD from 2028 on" in line
