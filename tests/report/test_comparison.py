"""Scenarios side by side."""

from __future__ import annotations

import csv

import pytest

from siting.report.comparison import comparison_table, write_comparison


@pytest.fixture
def plans(case):
    base = case.plan
    late = base.campuses[2].model_copy(update={"in_service_from": 3})
    dear = base.model_copy(
        update={
            "scenario": "dear",
            "objective_usd": base.objective_usd + 1e8,
            "campuses": (base.campuses[0], late),
            "huts": base.huts[1:],
            "links": base.links[:1],
        }
    )
    return {"base": base, "dear <i>": dear}


def test_base_does_not_differ_from_itself(plans):
    row = comparison_table(plans)[0]
    assert row.change_usd == 0
    moved = (row.campuses_added, row.campuses_removed, row.campuses_moved, row.routes_added)
    assert moved == ((), (), (), ())
    assert row.unserved_mw_years == pytest.approx(100)


def test_what_moved_is_named(plans, case):
    row = comparison_table(plans)[1]
    assert row.change_usd == pytest.approx(1e8)
    assert row.campuses_removed == ("denton", "hills")
    assert row.campuses_moved == ("waco 2029 to 2030",)
    assert row.huts_removed == (case.plan.huts[0].id,)
    assert row.routes_removed == (
        "denton-hills via den-dal dal-hil hil-ann",
        "denton-waco via den-dal dal-hil hil-wac",
        "denton-waco via wea-den ste-wea wac-ste",
    )
    assert comparison_table(plans, base="dear <i>")[0].campuses_added == ("denton", "hills")


def test_unknown_base_is_refused(plans):
    with pytest.raises(ValueError, match="the base 'x' is not among base, dear"):
        comparison_table(plans, base="x")
    with pytest.raises(ValueError, match="no plan to compare"):
        comparison_table({})


def test_comparison_is_written(plans, tmp_path):
    files = write_comparison(plans, tmp_path)
    with files.csv.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["Scenario"] for row in rows] == ["base", "dear <i>"]
    assert rows[1]["Campuses removed"] == "denton; hills"
    text = files.html.read_text("utf-8")
    assert "dear &lt;i&gt;" in text
    assert "http://" not in text
    assert "https://" not in text
    assert files.workbook.stat().st_size > 4000
