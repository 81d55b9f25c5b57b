"""Reports of plans that the engine found."""

from __future__ import annotations

import shutil

import pytest

from siting import build_instance, build_network, load_study, solve, verify, write_report
from siting._paths import MODELS
from siting.report.costs import LINE_LABELS
from siting.report.exchange import exchanges
from siting.report.materials import bill_of_materials
from siting.report.plant import hut_kw, hut_limit, rack_counts
from siting.report.race import race
from siting.report.radius import distance_table
from siting.report.view import View
from tests.report.known import known

pytestmark = pytest.mark.solver


@pytest.fixture(scope="module", params=["triangle", "ring", "late-grid", "replica"])
def solved(request):
    study = load_study(request.param)
    network = build_network(study)
    plan = solve(build_instance(study, network), time_limit_s=60).plan
    assert plan is not None
    return plan, verify(plan, study, network), network, study


def test_bill_of_materials_is_the_upfront_cash(solved):
    view = View(*solved)
    bought = dict.fromkeys(LINE_LABELS.values(), 0.0)
    for row in bill_of_materials(view).rows:
        bought[str(row[0])] += float(row[-1] or 0.0)
    for line, cash in view.plan.upfront_cash_usd.items():
        assert bought[LINE_LABELS[line]] == pytest.approx(sum(cash), abs=1.0), line
    verified = view.verification.recomputed_upfront_cash_usd
    assert sum(bought.values()) == pytest.approx(sum(map(sum, verified.values())), abs=10.0)


def test_figures_add_up_to_the_cost_lines(solved):
    """What the report computes by itself is what the plan charges."""
    view = View(*solved)
    costs = view.plan.costs_usd
    energy = sum(float(row[-1] or 0.0) for row in distance_table(view).rows)
    assert energy == pytest.approx(costs["transport_energy"], abs=1.0)
    laps = race(view)
    waiting = sum(known(lap.waiting_usd) for lap in laps)
    assert waiting == pytest.approx(costs["unserved_demand"], abs=1.0)
    if not any(any(b.output_mw) for b in view.plan.bridging):
        assert sum(known(lap.bridging_usd) for lap in laps) == pytest.approx(
            costs["bridging"], abs=1.0
        )
    for lap in laps:
        assert lap.served_it_mw <= known(lap.grid_it_mw) + known(lap.bridging_it_mw) + 1e-6
    for hut in view.plan.huts:
        space, limit_kw = hut_limit(view, hut)
        assert max(rack_counts(view, hut)) <= known(space)
        assert max(hut_kw(view, hut.id)) <= known(limit_kw) + 1e-9


def test_goodput_is_what_the_plan_charges(solved):
    view = View(*solved)
    for item in exchanges(view):
        if item.mode is not None:
            loss = known(item.loss)
            parts = loss.token_penalty + loss.latency_class + loss.transfer
            assert parts == pytest.approx(item.charged)
            assert known(item.exact) <= known(item.charged) + 1e-9


def test_report_finds_the_study_in_the_run_folder(solved, tmp_path):
    plan, verification, network, study = solved
    shutil.copytree(MODELS / study.name, tmp_path / "study")
    files = write_report(plan, verification, network, tmp_path)
    assert study.file.title in files.html.read_text("utf-8")
    assert files.summary.read_text("utf-8").startswith(study.file.title)
