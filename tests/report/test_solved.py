"""Reports of plans that the engine found."""

from __future__ import annotations

import shutil

import pytest

from siting import build_instance, build_network, load_study, solve, verify, write_report
from siting._paths import MODELS
from siting.report.costs import LINE_LABELS
from siting.report.materials import bill_of_materials
from siting.report.view import View

pytestmark = pytest.mark.solver


@pytest.fixture(scope="module", params=["triangle", "ring"])
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


def test_report_finds_the_study_in_the_run_folder(solved, tmp_path):
    plan, verification, network, study = solved
    shutil.copytree(MODELS / study.name, tmp_path / "study")
    files = write_report(plan, verification, network, tmp_path)
    assert study.file.title in files.html.read_text("utf-8")
    assert files.summary.read_text("utf-8").startswith(study.file.title)
