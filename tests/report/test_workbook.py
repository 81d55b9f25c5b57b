"""The workbook, recomputed by a spreadsheet program that sees the formulas only."""

from __future__ import annotations

import csv
import re
import subprocess
import zipfile

import pytest

from siting.plan import COST_LINES, NETWORK_COST_LINES
from siting.report.costs import LINE_LABELS
from siting.report.materials import bill_of_materials
from siting.report.view import View
from siting.report.workbook import write_workbook

SHEETS = (
    "Summary",
    "Costs",
    "Bill of materials",
    "Campuses",
    "Power",
    "Race",
    "Why",
    "Training",
    "Links",
    "Routes",
    "Spans",
    "Huts",
    "Corridors",
    "Stands already",
    "Entities",
    "Rules",
    "Data",
    "Provenance",
    "Notes",
)


def names(path):
    with zipfile.ZipFile(path) as archive:
        return re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())


def test_sheets_are_there(reports, rejected_reports):
    assert tuple(names(reports.workbook)) == SHEETS
    assert names(rejected_reports.workbook)[-1] == "Violations"


def test_headers_stay_in_view_and_name_units(reports):
    with zipfile.ZipFile(reports.workbook) as archive:
        for number, name in enumerate(SHEETS[1:], start=2):
            sheet = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'state="frozen"' in sheet, name
        words = archive.read("xl/sharedStrings.xml").decode()
    for unit in ("USD", "IT MW", "facility MW", "km", "ms", "Gb/s", "deg"):
        assert f"({unit})" in words, unit


def test_gaps_over_every_route_are_in_the_summary_where_they_are_known(case, tmp_path):
    words = []
    for bound in (None, 0.5):
        bounds = case.plan.bounds.model_copy(
            update={
                "all_routes_bound_usd": bound and bound * case.plan.objective_usd,
                "network_all_routes_bound_usd": bound and bound * case.plan.network_cost_usd,
            }
        )
        plan = case.plan.model_copy(update={"bounds": bounds})
        write_workbook(View(plan, case.verification, case.network, case.study), tmp_path / "w.xlsx")
        with zipfile.ZipFile(tmp_path / "w.xlsx") as archive:
            words.append(
                archive.read("xl/sharedStrings.xml").decode().count("over every route (USD)")
            )
    assert words == [0, 2]


@pytest.fixture(scope="module")
def sheets(reports, program, tmp_path_factory):
    """Cells of every sheet, after a spreadsheet program computed the formulas."""
    office = program("soffice", "libreoffice")
    folder = tmp_path_factory.mktemp("office")
    bare = folder / "bare.xlsx"
    with zipfile.ZipFile(reports.workbook) as source, zipfile.ZipFile(bare, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename.startswith("xl/worksheets/"):
                content = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", content)
            target.writestr(item, content)
    all_sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={folder.as_uri()}/profile",
            "--headless",
            "--convert-to",
            all_sheets,
            "--outdir",
            folder,
            bare,
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return {
        name: list(csv.reader((folder / f"bare-{name}.csv").read_text("utf-8").splitlines()))
        for name in SHEETS
    }


def row(sheet, label):
    return next(cells for cells in sheet if cells and cells[0] == label)


@pytest.mark.browser
def test_costs_add_up_as_the_plan_says(sheets, case):
    costs, plan = sheets["Costs"], case.plan
    assert float(row(costs, "Total")[2]) == pytest.approx(plan.objective_usd, abs=0.01)
    assert float(row(costs, "Network")[2]) == pytest.approx(plan.network_cost_usd, abs=0.01)
    assert float(row(costs, "Total")[3].rstrip("%")) == pytest.approx(100)
    for line in COST_LINES:
        cells = row(costs, LINE_LABELS[line])
        assert float(cells[2]) == pytest.approx(plan.costs_usd[line], abs=0.01)
        cash = plan.upfront_cash_usd.get(line, (0.0,) * 4)
        assert float(cells[4]) == pytest.approx(sum(cash), abs=0.01)
        assert [float(cell) for cell in cells[5:9]] == pytest.approx(list(cash), abs=0.01)


@pytest.mark.browser
def test_bill_of_materials_multiplies_out(sheets, view, case):
    table = bill_of_materials(view)
    cells = sheets["Bill of materials"]
    for offset, expected in enumerate(table.rows, start=1):
        for value, cell in zip(expected, cells[offset], strict=False):
            if isinstance(value, float):
                assert float(cell) == pytest.approx(value, rel=1e-9)
    cash = sum(map(sum, case.plan.upfront_cash_usd.values()))
    assert float(row(cells, "Total")[-1]) == pytest.approx(cash)


@pytest.mark.browser
def test_summary_shows_the_totals_of_the_costs(sheets, case):
    summary = sheets["Summary"]
    assert float(row(summary, "Present value of the plan (USD)")[1]) == pytest.approx(
        case.plan.objective_usd
    )
    assert float(row(summary, "of it network (USD)")[1]) == pytest.approx(
        case.plan.network_cost_usd
    )


@pytest.mark.browser
def test_no_cell_is_an_error(sheets):
    bad = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "Err:")
    found = [
        (name, cell)
        for name, rows in sheets.items()
        for cells in rows
        for cell in cells
        if cell.startswith(bad)
    ]
    assert found == []


@pytest.mark.browser
def test_power_totals_are_sums(sheets, case):
    power = row(sheets["Power"], "Total")
    reserved = [sum(s.reserved_mw[t] for s in case.plan.substations) for t in range(4)]
    assert [float(cell) for cell in power[9:13]] == pytest.approx(reserved)


def test_network_lines_are_the_last_lines():
    assert COST_LINES[-len(NETWORK_COST_LINES) :] == NETWORK_COST_LINES
