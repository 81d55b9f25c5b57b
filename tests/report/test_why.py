"""Explanations stand in the report, with what each amount is."""

from __future__ import annotations

import pytest

from siting.errors import PlanError
from siting.report.page import page
from siting.report.view import View
from siting.report.why import named, shortfall_table, why_table
from siting.why import Reason, Why
from tests.report.told import WHY


@pytest.fixture
def told(case):
    return View(case.plan, case.verification, case.network, case.study, None, WHY)


def test_each_amount_says_what_it_is(told):
    table = why_table(told)
    assert table.rows[0][3:] == (
        "limit of 400 MW <facility> reached from 2029; pinned",
        *("without it", 2.5e6, "at least", "sites and power"),
    )
    assert table.rows[1][4:] == (
        "without this hut",
        None,
        "not known: the time ran out",
        "",
    )
    assert "the 12 s given ended before" in table.note
    assert "siting solve --why-time 120" in table.note
    assert table.count == "2 choices, the next best of 1 priced"


def test_what_is_known_comes_first(told):
    why = WHY.model_copy(update={"reasons": WHY.reasons[::-1]})
    rows = why_table(View(told.plan, told.verification, told.network, told.study, None, why)).rows
    assert [row[1] for row in rows] == ["campus", "amplifier hut"]


def test_sites_are_named_with_their_ids(told):
    denton = told.campus_name("denton")
    assert denton != "denton"
    assert why_table(told).rows[0][0] == f"{denton} (denton)"
    assert named(told, "hub 'denton'; 'nowhere'") == f"hub {denton} (denton); 'nowhere'"
    pair = f"{denton} (denton) \N{EN DASH} {told.campus_name('waco')} (waco)"
    assert named(told, "RTT 1 of 2 ms on denton - waco") == f"RTT 1 of 2 ms on {pair}"
    least = named(told, "the least of the others, synchronous/hub/denton")
    assert least == f"the least of the others, synchronous/hub/{denton} (denton)"
    assert named(told, "5 - 3 and denton - 3") == "5 - 3 and denton - 3"


def test_shortfalls_list_what_would_serve_them(told):
    (row,) = shortfall_table(told).rows
    assert row[:3] == ("frontier", "2027, 2028", "50, 20")
    assert row[4] == "an RTT limit of 1.100 ms; or all dates together, as of 2029"


def test_page_shows_why(told):
    text = page(told)
    assert "limit of 400 MW &lt;facility&gt; reached from 2029" in text
    assert "the reason: RTT" in text


def test_page_without_explanations_says_how_to_get_them(view):
    assert why_table(view).rows == ()
    assert "--why-time" in why_table(view).note
    assert 'id="shortfalls"' not in page(view)


def test_a_file_of_another_kind_is_refused(tmp_path):
    assert Why.load(tmp_path) is None
    (tmp_path / "why.json").write_text('{"schema_version": 2}', encoding="utf-8")
    with pytest.raises(PlanError, match=r"why\.json: cannot be read as explanations of a plan"):
        Why.load(tmp_path)


def test_routes_are_named_by_their_link(told):
    link, route, _ = told.routes[0]
    reason = Reason(kind="route", id=route.id, chosen="lit", bound_by=(), instead="")
    why = WHY.model_copy(update={"reasons": (reason,)})
    view = View(told.plan, told.verification, told.network, told.study, None, why)
    assert why_table(view).rows[0][0] == f"{told.link_name(link)} ({route.id})"
