"""Tables of campuses and power, and when the load is energized."""

from __future__ import annotations

import datetime as dt

from siting import economics
from siting.report.standing import existing_it_mw, existing_mw
from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View


def energization_table(view: View) -> Table:
    """Return IT MW served by campus and period, with demand and what stays unserved."""
    rows: list[tuple[Cell, ...]] = [
        (view.campus_name(c), *view.served_mw(c)) for c in view.campuses_serving
    ]
    served = [d - u for d, u in zip(view.demand_mw, view.unserved_mw, strict=True)]
    end = len(rows)
    rows += [("Served", *served), ("Unserved", *view.unserved_mw), ("Demand", *view.demand_mw)]
    return Table(
        id="energization",
        title="Energization",
        columns=(Column(name="Campus"), *by_period(view.periods, "", "IT MW", "mw")),
        rows=tuple(rows),
        strong=frozenset(range(end, end + 3)),
        note="IT MW at peak. A campus with 0 in a period takes no part in training in it.",
    )


def campus_table(view: View) -> Table:
    """Return the campuses the plan opens."""
    rows = []
    for planned in sorted(view.plan.campuses, key=lambda c: view.campuses_serving.index(c.id)):
        row = view.study.campuses.get(planned.id) if view.study else None
        lon, lat = view.campus_points.get(planned.id, (None, None))
        rows.append(
            (
                planned.id,
                view.campus_name(planned.id),
                row.kind if row else None,
                row.grid_region if row else None,
                lon,
                lat,
                "yes" if planned.id in view.network.diverse_campuses else "no",
                view.since(planned.in_service_from),
                row.limit_mw if row else None,
                *existing_it_mw(view, planned.id)[-1:],
                *planned.built_it_mw,
                *view.served_mw(planned.id),
            )
        )
    return Table(
        id="campuses",
        title="Campuses",
        columns=(
            Column(name="Id"),
            Column(name="Name"),
            Column(name="Kind"),
            Column(name="Grid region"),
            Column(name="Longitude", unit="deg", kind="degree"),
            Column(name="Latitude", unit="deg", kind="degree"),
            Column(name="Diverse entrances"),
            Column(name="In service from"),
            Column(name="Limit", unit="facility MW", kind="mw", is_summed=True),
            Column(name="Stand already", unit="IT MW", kind="mw", is_summed=True),
            *by_period(view.periods, "Built", "IT MW", "mw"),
            *by_period(view.periods, "Served", "IT MW", "mw"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note="What stands already is that of the last period; built comes on top of it.",
    )


def substation_table(view: View) -> Table:
    """Return the substations the plan connects to, with what they reserve and offer."""
    rows = []
    for planned in view.plan.substations:
        row = view.study.substations.get(planned.id) if view.study else None
        lon, lat = view.substation_points.get(planned.id, (None, None))
        rows.append(
            (
                planned.id,
                view.substation_name(planned.id),
                "synthetic" if view.is_synthetic_substation(planned.id) else "",
                row.grid_region if row else None,
                row.kv if row else None,
                lon,
                lat,
                view.since(planned.in_service_from),
                *existing_mw(view, planned.id)[-1:],
                *planned.reserved_mw,
                *headroom_mw(view, planned.id),
            )
        )
    return Table(
        id="substations",
        title="Substations",
        columns=(
            Column(name="Id"),
            Column(name="Name"),
            Column(name="Data"),
            Column(name="Grid region"),
            Column(name="Voltage", unit="kV", kind="count"),
            Column(name="Longitude", unit="deg", kind="degree"),
            Column(name="Latitude", unit="deg", kind="degree"),
            Column(name="In service from"),
            Column(name="Connected already", unit="facility MW", kind="mw", is_summed=True),
            *by_period(view.periods, "Reserved", "facility MW", "mw"),
            *by_period(view.periods, "Headroom", "facility MW", "mw"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=(
            "Reserved MW come on top of what is connected already. Headroom of the power timeline "
            "at the start of the period, upgrades apart. Facility MW is IT MW times the peak PUE."
        ),
    )


def tie_line_table(view: View) -> Table:
    """Return the tie lines the plan builds."""
    rows: list[tuple[Cell, ...]] = []
    for planned in view.plan.tie_lines:
        line = view.network.tie_lines[planned.id]
        rows.append(
            (
                planned.id,
                view.campus_name(planned.campus),
                view.substation_name(planned.substation),
                line.length_km,
                line.capacity_mw,
                view.since(planned.in_service_from),
                *planned.flow_mw,
                *planned.firm_mw,
            )
        )
    return Table(
        id="tie-lines",
        title="Tie lines",
        columns=(
            Column(name="Id"),
            Column(name="Campus"),
            Column(name="Substation"),
            Column(name="Length", unit="km", kind="km", is_summed=True),
            Column(name="Limit", unit="facility MW", kind="mw"),
            Column(name="In service from"),
            *by_period(view.periods, "Flow at peak", "facility MW", "mw"),
            *by_period(view.periods, "Firm", "facility MW", "mw"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note="Firm MW are reserved; they exceed the flow only where a feed may fail.",
    )


def headroom_mw(view: View, substation: str) -> list[float | None]:
    """Return the headroom of a substation at the start of each period."""
    if view.study is None:
        return [None] * len(view.periods)
    rows = view.study.timelines.get(substation, ())
    found: list[float | None] = []
    for index in range(len(view.periods)):
        day = period_start(view, index)
        found.append(max((row.headroom_mw for row in rows if row.date <= day), default=0.0))
    return found


def period_start(view: View, index: int) -> dt.date:
    """Return the first day of a period."""
    if view.study is None:
        message = "the first day of a period needs the study"
        raise ValueError(message)
    horizon = view.study.file.horizon
    return economics.period_start(horizon.start, horizon.period, index)
