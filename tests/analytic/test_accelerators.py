"""Demand in accelerators: the same plan as of the IT MW that they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import build_network, load_study, verify
from siting.plan import Plan
from siting.report.accelerators import accelerator_table
from siting.report.view import View
from siting.verify import Verification
from tests.analytic.tiny import Draft, free_sites, solved
from tests.oracle.brute import optimum
from tests.oracle.draft import write
from tests.report.known import number

ROADS = [("a", "b", 40.0)]


def in_accelerators(count: int, kw: float | None) -> Draft:
    draft = free_sites(ROADS, 700.0)
    job = draft["file"]["workloads"][0]
    del job["it_demand_mw"]
    job["it_demand_accelerators"] = [count]
    if kw is not None:
        job["traffic"]["it_kw_per_accelerator"] = kw
    return draft


@pytest.mark.solver
@pytest.mark.parametrize(("count", "kw", "each"), [(125_000, 1.6, 1.6), (100_000, None, 2.09)])
def test_accelerators_take_their_power(
    count: int, kw: float | None, each: float, tmp_path: Path
) -> None:
    draft = in_accelerators(count, kw)
    draft["tables"]["campuses"] = [row | {"limit_mw": 150} for row in draft["tables"]["campuses"]]
    study, plan = solved(draft, tmp_path)
    served = [mw for (mw,) in plan.workloads[0].served_it_mw.values()]
    assert sum(served) == pytest.approx(count * each / 1000)
    network = build_network(study)
    assert optimum(study, network).objective_usd == pytest.approx(plan.objective_usd, abs=0.01)
    wrong = plan.model_dump(mode="json")
    wrong["workloads"][0]["unserved_it_mw"] = [1.0]
    broken = verify(Plan.model_validate(wrong), study, network)
    assert "demand_balance" in {violation.rule for violation in broken.violations}


@pytest.mark.solver
def test_the_report_shows_accelerators_and_megawatts(tmp_path: Path) -> None:
    study, plan = solved(in_accelerators(150_000, 2.0), tmp_path)
    network = build_network(study)
    verification: Verification = verify(plan, study, network)
    table = accelerator_table(View(plan, verification, network, study))
    asked, served = table.rows
    assert asked == ("train", "asked for", 2.0, 150_000, 300.0)
    assert served[:2] == ("train", "served")
    assert [number(cell) for cell in served[2:]] == pytest.approx([2.0, 100_000, 200.0])


def test_a_study_in_megawatts_has_no_accelerators(tmp_path: Path) -> None:
    study = write(free_sites(ROADS, 700.0), tmp_path)
    assert study.file.workloads[0].it_demand_accelerators is None
    assert load_study("late-grid").file.workloads[0].it_demand_mw is None
