"""Tables on the page: what matters first, empty years gone, one number of decimals a column."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from siting.report.key_figures import cash_words, key_figures_table, served_table
from siting.report.page import environment, page
from siting.report.page_table import aligned, column_digits, for_page, texts, total_text
from siting.report.rules import rule_table
from siting.report.sections import PAGE
from siting.report.table import Column, Table, by_period, dollars, megawatts
from siting.report.text import summary
from siting.report.training import _changes, training_changes_table, training_table
from siting.report.view import View


def table(*rows, note="", kind="usd"):
    columns = (
        Column(name="Id"),
        Column(name="Longitude", kind="degree"),
        *by_period(("2027", "2028", "2029"), "Built", "USD", kind),
        *by_period(("2027", "2028", "2029"), "Served", "USD", kind),
        Column(name="Total", kind=kind, is_summed=True),
    )
    return Table(
        id="t",
        title="T",
        columns=columns,
        rows=rows,
        totals=(("Total", 0, len(rows)),),
        note=note,
    )


def names(found):
    return [f"{column.group} {column.name}".strip() for column in found.columns]


def test_totals_stand_left_of_the_years_and_coordinates_last():
    found = for_page(table(("a", -97.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0)))
    years = [f"{group} {year}" for group in ("Built", "Served") for year in (2027, 2028, 2029)]
    assert names(found) == ["Id", "Total", *years, "Longitude"]
    assert found.rows == (("a", 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, -97.0),)
    assert found.note == ""


def test_years_before_anything_is_there_are_left_out_and_the_note_says_so():
    found = for_page(table(("a", 0.0, 0, 2.0, 0, 0, 0, 6.0, 9.0), note="So."))
    assert names(found)[2:-1] == ["Built 2028", "Built 2029", "Served 2029"]
    assert found.rows == (("a", 9.0, 2.0, 0, 6.0, 0.0),)
    assert found.note == "So. First periods with nothing in them are left out."


def test_a_year_after_anything_stays():
    found = for_page(table(("a", 0.0, 0, 0, 3.0, 1.0, 0, 0, 9.0)))
    assert names(found)[2:-1] == ["Built 2029", "Served 2027", "Served 2028", "Served 2029"]
    assert for_page(table()).columns[2].name == "2027"


def test_an_empty_table_of_years_keeps_the_last():
    found = for_page(table(("a", 0.0, 0, 0, 0, 0, 0, 0, 0)))
    assert names(found)[2:-1] == ["Built 2029", "Served 2029"]


def test_money_has_one_number_of_decimals_in_a_column():
    rows = (
        ("a", None, 799.3e6, 8.57e6, 0.0, 0.5e6, 0.0, 0.0, 11_234_567_890.0),
        ("b", None, 89_500.0, 0.0, 100.0, 0.25e6, 0.0, 0.0, None),
    )
    found = table(*rows)
    assert texts(found)[0][2:5] == ["799.30", "8.57", "0.00"]
    assert texts(found)[1][2:5] == ["0.09", "0.00", "<0.01"]
    assert [line[5] for line in texts(found)] == ["0.5000", "0.2500"]
    assert [line[8] for line in texts(found)] == ["11,234.57", "\N{EN DASH}"]
    assert total_text(found, 8, 0, 2) == "11,234.57"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((203.0, 172.9), ["203.0", "172.9"]),
        ((203.0, 1_172.0), ["203", "1,172"]),
    ],
)
def test_megawatts_have_a_decimal_only_where_any_needs_it(values, shown):
    found = Table(
        id="t",
        title="T",
        columns=(Column(name="Load", unit="MW", kind="mw"),),
        rows=tuple((value,) for value in values),
    )
    assert [line[0] for line in texts(found)] == shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((1.0, 0.385), ["100.0 %", "38.5 %"]),
        ((0.0075, 0.005), ["0.75 %", "0.50 %"]),
        ((0.35, 0.00004, 0.0), ["35.00 %", "<0.01 %", "0.00 %"]),
        ((0.00004, 0.0), ["0.0040 %", "0.0000 %"]),
        ((0.0, 0.0), ["0.00 %", "0.00 %"]),
    ],
)
def test_shares_have_as_many_decimals_as_their_column_needs(values, shown):
    found = Table(
        id="t",
        title="T",
        columns=(Column(name="Share", kind="share"),),
        rows=tuple((value,) for value in values),
    )
    assert [line[0] for line in texts(found)] == shown


def test_what_is_small_is_never_shown_as_nothing():
    assert aligned(-100.0, "usd", 2) == ">-0.01"
    assert aligned(1e-6, "share", 2) == "<0.01 %"
    assert aligned(0.0, "usd", 2) == "0.00"


def test_every_table_of_the_page_aligns_its_money(view):
    for made in (for_page(make(view)) for make in PAGE):
        for index, digits in enumerate(column_digits(made)):
            if made.columns[index].kind == "usd":
                cells = [line[index] for line in texts(made)]
                numbers = [cell for cell in cells if re.fullmatch(r"[\d,.<]+", cell)]
                assert {len(cell.partition(".")[2]) for cell in numbers} <= {digits}


def test_key_figures_are_those_of_the_plan_and_stand_first(view, case):
    values = {row[0]: str(row[1]) for row in key_figures_table(view).rows}
    plan = case.plan
    assert values["Total cost"] == dollars(plan.objective_usd)
    assert values["Upfront cash"] == dollars(sum(map(sum, plan.upfront_cash_usd.values())))
    assert values["Joint gap"].startswith(dollars(plan.bounds.gap_usd))
    assert values["Network gap"].startswith(dollars(plan.bounds.network_gap_usd))
    assert values["Campuses"] == str(len(plan.campuses))
    assert values["Links"] == str(len(plan.links))
    length = sum(route.length_km for link in plan.links for route in link.routes)
    assert values["Routes"] == f"{length:,.0f} km"
    assert values["Amplifier huts"] == str(len(plan.huts))
    text = page(view)
    assert text.index('<section id="key-figures"') < text.index('<section id="answer"')


def test_served_stands_beside_asked(view):
    asked, served, shares = served_table(view).rows
    assert asked[1:] == tuple(view.demand_mw)
    left = np.array(asked[1:], dtype=float) - np.array(served[1:], dtype=float)
    assert left.tolist() == pytest.approx(view.unserved_mw)
    assert all(str(share).endswith(" %") for share in shares[1:])
    assert megawatts(view.demand_mw[-1]) in page(view)


def test_upfront_cash_is_explained_where_it_stands(view):
    words = cash_words(view)
    assert view.periods[-1] in words
    row = next(row for row in key_figures_table(view).rows if row[0] == "Upfront cash")
    assert row[2] == words
    assert words in " ".join(summary(view).split())


def test_a_rejected_plan_proves_nothing(case):
    bad = case.rejected()
    rows = key_figures_table(View(bad.plan, bad.verification, bad.network, bad.study)).rows
    assert [row[0] for row in rows if "gap" in str(row[0]) or row[0] == "Proven"] == ["Proven"]


def test_rules_are_folded_with_their_count_unless_one_is_broken(view, case):
    table = rule_table(view)
    passed = sum(bool(row[2]) for row in table.rows)
    assert table.count == (
        f"{passed} passed, 0 failed, {len(table.rows) - passed} with nothing to check"
    )
    text = page(view)
    assert re.search(rf'<details id="rules"><summary>.*{table.count}</span></summary>', text)
    bad = case.rejected()
    broken = View(bad.plan, bad.verification, bad.network, bad.study)
    assert ", 1 failed, " in rule_table(broken).count
    assert '<section id="rules">' in page(broken)


def test_training_tells_only_what_changed(view):
    whole, changes = training_table(view), training_changes_table(view)
    assert [row[:2] + row[4:] for row in changes.rows] == [row[:2] + row[4:] for row in whole.rows]
    for index, (told, row) in enumerate(zip(changes.rows, whole.rows, strict=True)):
        before = whole.rows[index - 1] if index and whole.rows[index - 1][0] == row[0] else None
        if before is None or row[2] == "none":
            assert told[2] == row[2]
        elif before[2] == row[2]:
            assert told[2] == f"the same {str(row[2]).count(', ') + 1}"


def test_changes_of_peers_are_named(view):
    waco = view.campus_name("waco")
    assert _changes(view, ("abilene",), ("abilene", "waco")) == f"2 in all; added: {waco}"
    assert _changes(view, ("abilene", "waco"), ("abilene",)) == f"1 in all; left: {waco}"
    assert _changes(view, (), ("waco",)) == waco
    assert _changes(view, ("waco",), ("waco",)) == "the same 1"
    assert _changes(view, ("waco",), ()) == "none"


def test_what_the_study_says_of_all_substations_is_not_said_again(case):
    counted = "52 of 52 substations are synthetic"
    network = replace(case.network, synthetic=(counted, "huts by rule"))
    file = case.study.file.model_copy(update={"synthetic": ("All substations are synthetic",)})
    study = case.study.model_copy(update={"file": file})
    parts = (case.plan, case.verification, network)
    assert View(*parts, study).synthetic == ("All substations are synthetic", "Huts by rule")
    assert View(*parts).synthetic == (counted, "Huts by rule")


def test_quantities_of_mixed_units_keep_their_own_decimals():
    found = Table(
        id="t",
        title="T",
        columns=(Column(name="Quantity", kind="mw"),),
        rows=((132.6,), (9.0,)),
    )
    assert [line[0] for line in texts(found)] == ["132.6", "9"]


def test_many_rows_are_counted_with_a_separator():
    column = Column(name="Id")
    rows = tuple((f"h{number}",) for number in range(1_234))
    table = Table(id="huts", title="Huts", columns=(column,), rows=rows)
    grid = environment().from_string(
        '{% from "table.html.j2" import grid with context %}{{ grid(table, fold=true) }}'
    )
    assert '<span class="count">1,234</span>' in grid.render(table=table)
