"""The reports of one plan, written once."""

from __future__ import annotations

import pytest

from siting.report import write_report
from siting.report.view import View
from tests.report.case import make_case
from tests.report.told import FINDINGS, WHY


@pytest.fixture(scope="session")
def case():
    return make_case()


@pytest.fixture(scope="session")
def view(case):
    return View(case.plan, case.verification, case.network, case.study)


@pytest.fixture(scope="session")
def reports(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "run 1"
    parts = (case.plan, case.verification, case.network, folder, case.study)
    return write_report(*parts, findings=FINDINGS, why=WHY)


@pytest.fixture(scope="session")
def rejected_reports(case, tmp_path_factory):
    bad = case.rejected()
    folder = tmp_path_factory.mktemp("rejected")
    return write_report(bad.plan, bad.verification, bad.network, folder, study=bad.study)


@pytest.fixture(scope="session")
def lean_reports(case, tmp_path_factory):
    """Without the study: no names, no prices."""
    folder = tmp_path_factory.mktemp("lean")
    return write_report(case.plan, case.verification, case.network, folder)
