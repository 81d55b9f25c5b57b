"""What was found about the data stands in the report, from the run folder alone."""

from __future__ import annotations

import pytest

from siting.data_findings import DataFindings
from siting.errors import PlanError
from siting.report.data import exclusion_table, screening_table
from siting.report.page import page
from siting.report.view import View
from tests.report.told import FINDINGS


@pytest.fixture
def found(case):
    return View(case.plan, case.verification, case.network, case.study, FINDINGS)


def test_excluded_routes_are_counted_by_reason(found):
    assert [(row[0], row[2]) for row in exclusion_table(found).rows] == [
        ("candidates", 40),
        ("spacing", 3),
        ("noise", 2),
    ]


def test_only_odd_sites_are_listed(found):
    table = screening_table(found)
    assert table.rows == (
        (
            *("denton", "campus", "8 km west of Abilene"),
            "lies <0.1 km from 'waco'; lies in the sea",
            *(3.5, 0.4, None, 0.4),
        ),
    )
    assert table.note == ("2 sites screened, 1 with something odd. Roads are those of the region.")


def test_page_shows_what_was_found(found):
    text = page(found)
    assert "no huts at the spacing that amplifiers need" in text
    assert "lies &lt;0.1 km from &#39;waco&#39;; lies in the sea" in text


def test_run_without_findings_says_so(view):
    assert exclusion_table(view).rows == ()
    assert "were not screened" in screening_table(view).note


def test_findings_are_read_back_from_the_run_folder(tmp_path):
    assert DataFindings.load(tmp_path) is None
    FINDINGS.save(tmp_path)
    assert DataFindings.load(tmp_path) == FINDINGS
    (tmp_path / "data.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PlanError, match=r"data\.json: cannot be read as findings about data"):
        DataFindings.load(tmp_path)
