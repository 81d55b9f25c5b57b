"""Tables of power besides substations and tie lines: upgrades, bridging, feeds."""

from __future__ import annotations

from typing import Final

from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View

BRIDGING_NAMES: Final = {
    "recip": "gas engines",
    "aero": "aeroderivative turbines",
    "fc": "fuel cells",
    "ccgt": "combined cycle",
    "rental": "rented mobile generation",
}
"""Technologies of on-site generation in a reader's words."""
_FEEDS: Final = {"none": "no", "tie_line": "any one tie line", "substation": "any one substation"}


def peak_pue(view: View, campus: str) -> float | None:
    """Return facility MW over IT MW at the peak of a campus, None when it is not known here."""
    row = view.study.campuses.get(campus) if view.study else None
    if row is not None and row.pue_peak is not None:
        return row.pue_peak
    return view.price("pue.peak")


def upgrade_table(view: View) -> Table:
    """Return the network upgrades that the plan orders."""
    rows: list[tuple[Cell, ...]] = []
    for planned in view.plan.network_upgrades:
        row = view.study.network_upgrades.get(planned.id) if view.study else None
        rows.append(
            (
                planned.id,
                ", ".join(map(view.substation_name, row.substation_ids)) if row else None,
                row.added_mw if row else None,
                row.cost_usd if row else None,
                row.lead_time_years if row else None,
                view.period(planned.in_service_from),
                "synthetic" if row and row.synthetic else "",
            )
        )
    return Table(
        id="upgrades",
        title="Network upgrades",
        columns=(
            Column(name="Id"),
            Column(name="Substations that gain"),
            Column(name="Added headroom, each", unit="facility MW", kind="mw"),
            Column(name="Overnight cost", unit="USD", kind="usd", is_summed=True),
            Column(name="Lead time", unit="years", kind="mw"),
            Column(name="In service from"),
            Column(name="Data"),
        ),
        rows=tuple(rows),
    )


def bridging_table(view: View) -> Table:
    """Return on-site generation: capacity and output by period."""
    rows: list[tuple[Cell, ...]] = []
    for planned in view.plan.bridging:
        row = view.study.bridging.get(planned.id) if view.study else None
        rows.append(
            (
                planned.id,
                view.campus_name(planned.campus),
                BRIDGING_NAMES.get(row.technology, row.technology) if row else None,
                row.limit_mw if row else None,
                *planned.capacity_mw,
                *planned.output_mw,
            )
        )
    return Table(
        id="bridging",
        title="Bridging power",
        columns=(
            Column(name="Id"),
            Column(name="Campus"),
            Column(name="Technology"),
            Column(name="Limit", unit="facility MW", kind="mw"),
            *by_period(view.periods, "Capacity", "facility MW", "mw"),
            *by_period(view.periods, "Output at peak", "facility MW", "mw"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if len(rows) > 1 else (),
        note="Capacity without output is reserve: it stands in for a feed that fails.",
    )


def feed_table(view: View) -> Table:
    """Return the feeds of each campus and what is left when the worst one is out of service.

    ``models/formulation.md`` section 4, ``n_minus_1_feed``: firm MW of the other tie lines (of
    other substations) plus bridging capacity against the peak load.
    """
    rows: list[tuple[Cell, ...]] = []
    last = len(view.periods) - 1
    for campus in view.campuses_serving:
        row = view.study.campuses.get(campus) if view.study else None
        kind = row.feed_redundancy if row else "none"
        lines = [line for line in view.plan.tie_lines if line.campus == campus]
        bridge = sum(b.capacity_mw[last] for b in view.plan.bridging if b.campus == campus)
        firm = sum(line.firm_mw[last] for line in lines)
        pue = peak_pue(view, campus)
        load = None if pue is None else pue * view.served_mw(campus)[last]
        by_feed: dict[str, float] = {}
        for line in lines:
            name = line.substation if kind == "substation" else line.id
            by_feed[name] = by_feed.get(name, 0.0) + line.firm_mw[last]
        worst = max(by_feed, key=lambda name: (by_feed[name], name), default=None)
        left = firm - by_feed[worst] + bridge if worst is not None else None
        rows.append(
            (
                view.campus_name(campus),
                _FEEDS[kind],
                len(lines),
                len({line.substation for line in lines}),
                load,
                firm,
                bridge,
                worst,
                None if kind == "none" else left,
                None
                if kind == "none" or left is None or load is None
                else "holds"
                if left >= load - 1e-6
                else "short",
            )
        )
    group = f"In {view.periods[last]}"
    return Table(
        id="feeds",
        title="Feeds of the campuses",
        columns=(
            Column(name="Campus"),
            Column(name="Must hold without"),
            Column(name="Tie lines", kind="count"),
            Column(name="Substations", kind="count"),
            Column(name="Load at peak", unit="facility MW", kind="mw", group=group),
            Column(name="Firm on tie lines", unit="facility MW", kind="mw", group=group),
            Column(name="Bridging", unit="facility MW", kind="mw", group=group),
            Column(name="Largest feed", group=group),
            Column(name="Left without it", unit="facility MW", kind="mw", group=group),
            Column(name="N-1", group=group),
        ),
        rows=tuple(rows),
        note=(
            "Firm MW are reserved on the tie line and at its substation. Only campuses that must "
            "hold without a feed reserve more than they draw."
        ),
    )
