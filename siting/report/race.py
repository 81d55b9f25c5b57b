"""The race between the power clock and the silicon clock: what waiting for the grid costs."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from siting.economics import annuity, period_weight
from siting.report.power import peak_pue
from siting.report.sites import headroom_mw
from siting.report.standing import existing_mw
from siting.report.table import MILLION, Cell, Column, Table
from siting.report.view import View, add_up

_HOURS = 8760
_MONTHS = 12
_KILO = 1000.0
_CENTS_PER_KWH = 10.0
"""Cents per kWh to USD per MWh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One period of the race."""

    period: str
    demand_it_mw: float
    """What the silicon could use."""
    grid_it_mw: float | None
    """What substations and tie lines of the plan could give to its campuses."""
    bridging_it_mw: float | None
    served_it_mw: float
    unserved_it_mw: float
    waiting_usd: float | None
    """Present value of what stays unserved."""
    bridging_usd: float | None
    """Present value of bridging: plant or rent, and dearer energy."""
    avoided_usd: float | None
    """Present value of what would stay unserved without the output of bridging."""


def race(view: View) -> tuple[Lap, ...]:
    """Return the race by period."""
    waiting, bridging = waiting_usd(view), bridging_usd(view)
    grid, on_site, avoided = grid_it_mw(view), bridging_it_mw(view), avoided_usd(view)
    served = [d - u for d, u in zip(view.demand_mw, view.unserved_mw, strict=True)]
    return tuple(
        Lap(
            period=label,
            demand_it_mw=view.demand_mw[t],
            grid_it_mw=grid[t] if grid else None,
            bridging_it_mw=on_site[t] if on_site else None,
            served_it_mw=served[t],
            unserved_it_mw=view.unserved_mw[t],
            waiting_usd=waiting[t] if waiting else None,
            bridging_usd=bridging[t] if bridging else None,
            avoided_usd=avoided[t] if avoided else None,
        )
        for t, label in enumerate(view.periods)
    )


def race_table(view: View) -> Table:
    """Return the race as a table."""
    rows: list[tuple[Cell, ...]] = [
        (
            *(lap.period, lap.demand_it_mw, lap.grid_it_mw, lap.bridging_it_mw),
            *(lap.served_it_mw, lap.unserved_it_mw),
            *(lap.waiting_usd, lap.bridging_usd, lap.avoided_usd),
        )
        for lap in race(view)
    ]
    money = "Present value of the period"
    return Table(
        id="race",
        title="The race: power clock against silicon clock",
        columns=(
            Column(name="Period"),
            Column(name="Silicon asks", unit="IT MW", kind="mw"),
            Column(name="Grid could give", unit="IT MW", kind="mw"),
            Column(name="Bridging gives", unit="IT MW", kind="mw"),
            Column(name="Served", unit="IT MW", kind="mw"),
            Column(name="Unserved", unit="IT MW", kind="mw"),
            Column(name="Waiting costs", unit="USD", kind="usd", group=money, is_summed=True),
            Column(name="Bridging costs", unit="USD", kind="usd", group=money, is_summed=True),
            Column(name="Waiting avoided", unit="USD", kind="usd", group=money, is_summed=True),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),),
        note=(
            "Grid could give: headroom at the start of the period, ordered upgrades and standing "
            "connections included, through the tie lines of the plan to its campuses and within "
            "their limits, whether built by then or not. Waiting costs: unserved MW at their "
            "value. Bridging costs: plant by annuity or rent, and fuel less grid energy. "
            "Waiting avoided: the output of bridging, were it unserved instead."
        ),
    )


def grid_it_mw(view: View) -> list[float] | None:
    """Return the IT MW that the grid could give to the campuses of the plan, by period.

    The largest flow from substations (headroom, upgrades, standing connections) over the tie lines
    of the plan to its campuses (limits); facility MW over the peak PUE of each campus.
    """
    if view.study is None:
        return None
    pues = {c.id: peak_pue(view, c.id) or 1.0 for c in view.plan.campuses}
    stations = sorted({line.substation for line in view.plan.tie_lines})
    offers = {s: _offer_mw(view, s) for s in stations}
    found = []
    for t in range(len(view.periods)):
        graph = nx.DiGraph()
        graph.add_node("source")
        graph.add_node("sink")
        for station in stations:
            graph.add_edge("source", ("s", station), capacity=offers[station][t])
        for line in view.plan.tie_lines:
            limit = view.network.tie_lines[line.id].capacity_mw
            graph.add_edge(("s", line.substation), ("c", line.campus), capacity=limit)
        for campus in sorted(pues):
            row = view.study.campuses.get(campus)
            limit = row.limit_mw if row else 0.0
            graph.add_edge(("c", campus), "sink", capacity=limit)
        _, flow = nx.maximum_flow(graph, "source", "sink")
        found.append(sum(flow["c", campus]["sink"] / pue for campus, pue in pues.items()))
    return found


def _offer_mw(view: View, station: str) -> list[float]:
    """Return headroom, upgrades in service and the standing connection of a substation."""
    periods = len(view.periods)
    upgrades = [
        [row.added_mw if t >= planned.in_service_from else 0.0 for t in range(periods)]
        for planned in view.plan.network_upgrades
        if view.study
        and (row := view.study.network_upgrades.get(planned.id))
        and station in row.substation_ids
    ]
    headroom = [mw or 0.0 for mw in headroom_mw(view, station)]
    return add_up([headroom, existing_mw(view, station), *upgrades], periods)


def bridging_it_mw(view: View) -> list[float] | None:
    """Return the output of bridging in IT MW, by period."""
    series = []
    for planned in view.plan.bridging:
        pue = peak_pue(view, planned.campus)
        if pue is None:
            return None
        series.append([mw / pue for mw in planned.output_mw])
    return add_up(series, len(view.periods))


def waiting_usd(view: View) -> list[float] | None:
    """Return the present value of unserved demand by period: value x MW x weight (section 5)."""
    values = _unserved_usd(view)
    if values is None:
        return None
    series = [
        [values[w.id] * mw * _weight(view, t) for t, mw in enumerate(w.unserved_it_mw)]
        for w in view.plan.workloads
    ]
    return add_up(series, len(view.periods))


def avoided_usd(view: View) -> list[float] | None:
    """Return the present value of the output of bridging, were it unserved at the least value."""
    values, output = _unserved_usd(view), bridging_it_mw(view)
    if values is None or output is None:
        return None
    least = min(values.values(), default=0.0)
    return [least * mw * _weight(view, t) for t, mw in enumerate(output)]


def bridging_usd(view: View) -> list[float] | None:
    """Return the present value of bridging by period (section 5, ``bridging`` and ``energy``).

    Owned plant by annuity, or 12 months of rent per MW; and for the output what its energy costs
    more than that of the grid, over the year at average load.
    """
    if view.study is None or view.catalog is None:
        return None
    rate = view.study.file.money.discount_rate
    series = []
    for planned in view.plan.bridging:
        row = view.study.bridging.get(planned.id)
        campus = view.study.campuses.get(planned.campus)
        if row is None or campus is None:
            return None
        name = f"br.{row.technology}"
        per_kw = row.cost_usd_per_kw
        if per_kw is None:
            per_kw = view.catalog.value(name)
        yearly = (
            _MONTHS * per_kw * _KILO
            if row.technology == "rental"
            else annuity(per_kw * _KILO, view.catalog.life_years(name), rate)
        )
        region = campus.energy_region or view.study.file.sites.energy_region
        grid = campus.energy_usd_per_mwh
        if grid is None:
            grid = _CENTS_PER_KWH * view.catalog.value(f"elec.{region}")
        fuel = row.energy_usd_per_mwh
        if fuel is None:
            fuel = view.catalog.value("br.fuel")
        average = campus.pue_average
        if average is None:
            average = view.catalog.value("pue.avg")
        share = average / (peak_pue(view, planned.campus) or 1.0)
        series.append(
            [
                _weight(view, t) * (yearly * capacity + _HOURS * share * (fuel - grid) * output)
                for t, (capacity, output) in enumerate(
                    zip(planned.capacity_mw, planned.output_mw, strict=True)
                )
            ]
        )
    return add_up(series, len(view.periods))


def _unserved_usd(view: View) -> dict[str, float] | None:
    """Return the value of unserved demand by workload, USD per MW-year."""
    if view.study is None:
        return None
    idle = view.price("idle")
    values = {}
    for workload in view.study.file.workloads:
        value = workload.unserved_usd_per_mw_year
        if value is None and idle is not None:
            value = idle * MILLION
        if value is None:
            return None
        values[workload.id] = value
    return values


def _weight(view: View, index: int) -> float:
    rate = view.study.file.money.discount_rate if view.study else 0.0
    return period_weight(index, view.period_years, rate)
