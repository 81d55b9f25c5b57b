"""The workbook: every table on a sheet, totals and products as live formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.report.costs import cost_table
from siting.report.provenance import violation_table
from siting.report.sections import SHEETS
from siting.report.table import Cell, Column, Table, megawatts
from siting.report.text import answer
from siting.report.view import View

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FORMATS = {
    "text": "General",
    "count": "#,##0",
    "mw": "#,##0.0",
    "km": "#,##0.0",
    "ms": "0.000",
    "usd": "#,##0",
    "price": "#,##0.00",
    "share": "0.00%",
    "gbps": "#,##0",
    "degree": "0.00000",
    "db": "0.00",
    "kw": "#,##0.0",
    "pj": "#,##0.0",
    "nines": "0.000000%",
    "hours": "0.00",
}
_WIDTH_MIN, _WIDTH_MAX = 9, 60
_USD_WIDTH = 17
_SAMPLE = 200


def write_tables(tables: Sequence[Table], path: Path) -> None:
    """Write a workbook with one sheet for each table."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_urls": False}) as book:
        styles = _styles(book)
        for table in tables:
            _sheet(book, table.title, (table,), styles)


@dataclass(frozen=True, slots=True)
class _Styles:
    """Formats by kind of number and by place."""

    title: Format
    head: Format
    note: Format
    wrapped: Format
    bad: Format
    cells: dict[tuple[str, bool], Format]
    """By (kind, stands out)."""


def write_workbook(view: View, path: Path) -> None:
    """Write the workbook."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_urls": False}) as book:
        book.set_calc_mode("auto")
        styles = _styles(book)
        _summary(view, book.add_worksheet("Summary"), styles)
        for name, makers in SHEETS:
            _sheet(book, name, tuple(make(view) for make in makers), styles)
        if not view.verification.accepted:
            _sheet(book, "Violations", (violation_table(view),), styles)


def _styles(book: Workbook) -> _Styles:
    cells = {
        (kind, strong): book.add_format(
            {
                "num_format": number,
                "valign": "top",
                **({"bold": True, "bg_color": "#F2F4F7", "top": 1} if strong else {}),
            }
        )
        for kind, number in FORMATS.items()
        for strong in (False, True)
    }
    return _Styles(
        title=book.add_format({"bold": True, "font_size": 16}),
        head=book.add_format(
            {
                "bold": True,
                "bg_color": "#E4E8ED",
                "bottom": 1,
                "text_wrap": True,
                "valign": "bottom",
            }
        ),
        note=book.add_format({"italic": True, "font_color": "#5A636E"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        bad=book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#8C1D18"}),
        cells=cells,
    )


def _summary(view: View, sheet: Worksheet, styles: _Styles) -> None:
    """Write the first sheet; its money points at the sheet of costs."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 6, 14)
    sheet.write_string(0, 0, view.title, styles.title)
    accepted = view.verification.accepted
    verdict = "Verified: no violation" if accepted else "REJECTED by the verifier: do not use"
    sheet.write_string(1, 0, verdict, styles.note if accepted else styles.bad)
    sheet.merge_range(2, 0, 2, 6, answer(view), styles.wrapped)
    sheet.set_row(2, 150)
    costs = cost_table(view)
    below = 2 + len(costs.rows)
    at = {label: below + index for index, (label, _, _) in enumerate(costs.totals)}
    plan, usd, share = view.plan, styles.cells["usd", False], styles.cells["share", False]
    rows: list[tuple[str, str | float, float, Format]] = [
        (
            "Present value of the plan (USD)",
            f"=Costs!C{at['Total']}",
            costs.total(2, 0, len(costs.rows)),
            usd,
        ),
        ("of it network (USD)", f"=Costs!C{at['Network']}", plan.network_cost_usd, usd),
        (
            "Upfront cash, all periods (USD)",
            f"=Costs!E{at['Total']}",
            costs.total(4, 0, len(costs.rows)),
            usd,
        ),
        ("Lower bound (USD)", plan.bounds.bound_usd, 0.0, usd),
        ("Gap (USD)", plan.bounds.gap_usd, 0.0, usd),
        ("Gap of the total", plan.bounds.relative_gap, 0.0, share),
        *_wider_row("Gap", plan.objective_usd, plan.bounds.all_routes_bound_usd, usd),
        (
            "Gap over the network's cost",
            plan.bounds.gap_usd / plan.network_cost_usd if plan.network_cost_usd else 0.0,
            0.0,
            share,
        ),
        ("Network gap (USD)", plan.bounds.network_gap_usd, 0.0, usd),
        ("Network gap of its cost", plan.bounds.network_relative_gap, 0.0, share),
        *_wider_row(
            "Network gap", plan.network_cost_usd, plan.bounds.network_all_routes_bound_usd, usd
        ),
    ]
    for index, (label, value, result, style) in enumerate(rows, start=4):
        sheet.write_string(index, 0, label)
        if isinstance(value, str):
            sheet.write_formula(index, 1, value, style, result)
        else:
            sheet.write_number(index, 1, value, style)
    top = 5 + len(rows)
    for offset, words in enumerate(view.synthetic):
        sheet.write_string(top + offset, 0, f"Synthetic: {words}", styles.note)
    served = megawatts(view.demand_mw[-1] - view.unserved_mw[-1])
    sheet.write_string(
        top + len(view.synthetic) + 1, 0, f"IT MW served in {view.periods[-1]}: {served}"
    )
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _wider_row(
    label: str, cost_usd: float, bound_usd: float | None, style: Format
) -> list[tuple[str, str | float, float, Format]]:
    """Return the row of a gap over every route of the saved network, where one is known."""
    if bound_usd is None:
        return []
    return [(f"{label} over every route (USD)", max(cost_usd - bound_usd, 0.0), 0.0, style)]


def _sheet(book: Workbook, name: str, tables: Sequence[Table], styles: _Styles) -> None:
    """Write tables below each other; the header of the first stays in view."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    row, widths = 0, dict[int, int]()
    for table in tables:
        if row:
            sheet.write_string(row, 0, table.title, styles.title)
            row += 1
        elif table.rows:
            sheet.freeze_panes(1, 2 if len(table.columns) > 4 else 0)
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
            sheet.repeat_rows(0)
        row = _table(sheet, table, row, styles)
        for index, column in enumerate(table.columns):
            widths[index] = max(widths.get(index, 0), _width(table, index, column))
        if table.note:
            sheet.write_string(row + 1, 0, table.note, styles.note)
            row += 2
        row += 1
    for index, width in widths.items():
        sheet.set_column(index, index, width)


def _table(sheet: Worksheet, table: Table, top: int, styles: _Styles) -> int:
    """Write header, rows and totals; return the row below."""
    sheet.set_row(top, 48)
    for index, column in enumerate(table.columns):
        unit = f"\n({column.unit})" if column.unit else ""
        sheet.write_string(top, index, f"{column.group} {column.name}".strip() + unit, styles.head)
    first = top + 1
    bottom = first + len(table.rows)
    last_total = bottom + len(table.totals)
    for offset, cells in enumerate(table.rows):
        for index, (column, value) in enumerate(zip(table.columns, cells, strict=True)):
            style = styles.cells[column.kind, offset in table.strong]
            row = first + offset
            if column.formula and value is not None:
                formula = column.formula.format(row=row + 1, total=last_total)
                sheet.write_formula(row, index, formula, style, value)
            else:
                _cell(sheet, row, index, value, style)
    for offset, (label, start, end) in enumerate(table.totals):
        row = bottom + offset
        for index, column in enumerate(table.columns):
            style = styles.cells[column.kind, True]
            if index == 0:
                sheet.write_string(row, index, label, style)
            elif column.is_summed and column.total is not None:
                sheet.write_number(row, index, column.total, style)
            elif column.is_summed:
                letter = _letter(index)
                formula = f"=SUM({letter}{first + start + 1}:{letter}{first + end})"
                sheet.write_formula(row, index, formula, style, table.total(index, start, end))
            else:
                sheet.write_blank(row, index, None, style)
    return last_total


def _cell(sheet: Worksheet, row: int, column: int, value: Cell, style: Format) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def _width(table: Table, index: int, column: Column) -> int:
    if column.kind in {"usd", "price"}:
        return _USD_WIDTH
    if column.kind != "text":
        return 12
    words = [str(row[index] or "") for row in table.rows[:_SAMPLE]]
    longest = max([len(column.name), *map(len, words)])
    return min(max(longest + 2, _WIDTH_MIN), _WIDTH_MAX)


def _letter(index: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(index))
