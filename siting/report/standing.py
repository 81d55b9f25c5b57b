"""Brownfield: what stands already, and while it stands (``models/formulation.md`` section 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from siting.economics import period_start
from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View


def stands(view: View, until: dt.date | str | None) -> list[bool]:
    """Return by period whether a thing that stands already still does: E of section 1.

    It is in service in every period that starts before its retirement date.
    """
    if view.study is None:
        return [True] * len(view.periods)
    if until is None:
        return [True] * len(view.periods)
    end = dt.date.fromisoformat(until) if isinstance(until, str) else until
    horizon = view.study.file.horizon
    return [
        period_start(horizon.start, horizon.period, index) < end
        for index in range(len(view.periods))
    ]


def standing(view: View, amount: float, until: dt.date | str | None) -> list[float]:
    """Return by period an amount that stands already, 0 after its retirement."""
    return [amount if here else 0.0 for here in stands(view, until)]


def existing_it_mw(view: View, campus: str) -> list[float]:
    """Return the IT MW that stand already at a campus, by period."""
    row = view.study.campuses.get(campus) if view.study else None
    if row is None or not row.existing_it_mw:
        return [0.0] * len(view.periods)
    return standing(view, row.existing_it_mw, row.existing_until)


def existing_mw(view: View, substation: str) -> list[float]:
    """Return the facility MW connected already at a substation, by period."""
    row = view.study.substations.get(substation) if view.study else None
    if row is None or not row.existing_mw:
        return [0.0] * len(view.periods)
    return standing(view, row.existing_mw, row.existing_until)


def existing_fibers(view: View, corridor: str) -> list[float]:
    """Return the fibers of own cable that lie in a corridor already, by period."""
    edge = view.network.corridors[corridor]
    if not edge.existing_fibers:
        return [0.0] * len(view.periods)
    return standing(view, float(edge.existing_fibers), edge.existing_until)


def existing_racks(view: View, hut: str) -> list[float]:
    """Return the racks that stand already in a hut, by period."""
    row = view.network.huts[hut]
    if not row.existing_racks:
        return [0.0] * len(view.periods)
    return standing(view, float(row.existing_racks), row.existing_until)


def brownfield_table(view: View) -> Table:
    """Return what stands already where the plan builds or serves, and how long."""
    rows = [*_sites(view), *_tie_lines(view), *_plant(view)]
    return Table(
        id="brownfield",
        title="What stands already",
        columns=(
            Column(name="What"),
            Column(name="Name"),
            Column(name="Unit"),
            Column(name="Retires"),
            *by_period(view.periods, "In service", "", "mw", is_summed=False),
        ),
        rows=tuple(rows),
        note=(
            "Nothing of it is charged; energy drawn there is. It serves in every period that "
            "starts before it retires; after that the same thing can be built new."
        ),
    )


def _until(date: dt.date | str | None) -> str:
    return str(date or "not retired")


def _sites(view: View) -> Iterator[tuple[Cell, ...]]:
    for campus in view.campuses_serving:
        row = view.study.campuses.get(campus) if view.study else None
        if row is not None and row.existing_it_mw:
            values = existing_it_mw(view, campus)
            name = view.campus_name(campus)
            yield ("Campus", name, "IT MW", _until(row.existing_until), *values)
    for station in view.plan.substations:
        given = view.study.substations.get(station.id) if view.study else None
        if given is not None and given.existing_mw:
            values = existing_mw(view, station.id)
            name = view.substation_name(station.id)
            yield ("Substation", name, "facility MW", _until(given.existing_until), *values)


def _tie_lines(view: View) -> Iterator[tuple[Cell, ...]]:
    lines = (view.study.tie_lines or {}) if view.study else {}
    for line in view.plan.tie_lines:
        tie = lines.get(line.id)
        if tie is not None and tie.existing:
            values = standing(view, tie.capacity_mw, tie.existing_until)
            yield ("Tie line", line.id, "facility MW", _until(tie.existing_until), *values)


def _plant(view: View) -> Iterator[tuple[Cell, ...]]:
    for corridor in sorted(view.routes_by_corridor):
        edge = view.network.corridors[corridor]
        if edge.existing_fibers:
            name = f"{view.corridor_name(corridor)} ({edge.existing_fiber_type})"
            values = existing_fibers(view, corridor)
            yield ("Cable", name, "fibers", _until(edge.existing_until), *values)
    for hut in view.plan.huts:
        place = view.network.huts[hut.id]
        if place.existing_racks:
            values = existing_racks(view, hut.id)
            yield ("Hut", hut.id, "racks", _until(place.existing_until), *values)
