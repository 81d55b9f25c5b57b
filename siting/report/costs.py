"""What the plan costs, line by line, as present value and as cash."""

from __future__ import annotations

from typing import Final

from siting.plan import COST_LINES, NETWORK_COST_LINES
from siting.report.key_figures import cash_words
from siting.report.table import Column, Table, by_period
from siting.report.view import View

LINE_LABELS: Final = {
    "substations": "Substations",
    "network_upgrades": "Grid upgrades",
    "tie_lines": "Tie lines",
    "bridging": "Bridging power",
    "campuses": "Campuses",
    "energy": "Energy of the campuses",
    "unserved_demand": "Unserved demand",
    "goodput_loss": "Goodput lost to distance",
    "corridors": "Corridors, civil works",
    "cables": "Fiber cables",
    "irus": "Dark-fiber IRU",
    "huts": "Amplifier huts",
    "amplifiers": "Amplifiers",
    "terminals": "Line terminals",
    "transponders": "Transponders",
    "regenerators": "Regenerators",
    "leases": "Leased waves",
    "maintenance": "Maintenance",
    "transport_energy": "Energy of the network",
    "interruptions": "Expected interruptions",
}
"""Cost lines in a reader's words."""

_SITES = len(COST_LINES) - len(NETWORK_COST_LINES)


def cost_table(view: View) -> Table:
    """Return present value and upfront cash by line, with totals."""
    plan = view.plan
    total = plan.objective_usd
    rows = []
    for line in COST_LINES:
        value = plan.costs_usd.get(line, 0.0)
        cash = plan.upfront_cash_usd.get(line, (0.0,) * len(plan.periods))
        share = value / total if total else 0.0
        rows.append((LINE_LABELS[line], line, value, share, sum(cash), *cash))
    end = len(rows)
    last = chr(ord("F") + len(plan.periods) - 1) if len(plan.periods) <= 20 else ""
    return Table(
        id="costs",
        title="Costs",
        columns=(
            Column(name="Line"),
            Column(name="Name in files"),
            Column(name="Present value", unit="USD", kind="usd", is_summed=True),
            Column(
                name="Share of total",
                kind="share",
                is_summed=True,
                formula="=IF(C${total}=0,0,C{row}/C${total})",
            ),
            Column(
                name="All periods",
                unit="USD",
                kind="usd",
                group="Upfront cash",
                is_summed=True,
                formula=f"=SUM(F{{row}}:{last}{{row}})" if last else "",
            ),
            *by_period(plan.periods, "Upfront cash", "USD", "usd"),
        ),
        rows=tuple(rows),
        totals=(
            ("Power and sites", 0, _SITES),
            ("Network", _SITES, end),
            ("Total", 0, end),
        ),
        note=(
            f"{view.currency}. Present value charges capital as an annuity over the life of each "
            "asset, in the periods it is in service. Upfront cash is no part of it: the "
            f"{cash_words(view)}. "
            "Taxes and accounting depreciation are excluded."
        ),
    )
