"""The bill of materials: what to order, when it comes into service, at which unit price.

Quantities follow from the plan by counting. Extended prices are overnight capital: by cost line
they add up to the upfront cash of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siting.network import OWN
from siting.plan import COST_LINES, PlannedRoute, RouteMode
from siting.report.costs import LINE_LABELS
from siting.report.table import MILLION, Column, Table, by_period
from siting.report.view import View, add_up, increments

_HIGH_KV = 500
_TERMINALS = {"fixed_c": "omd32", "roadm_cl": "rd66"}
_AMPLIFIERS = {"fixed_c": "price.conly", "roadm_cl": "price.conv"}
_TERMINAL_NAMES = {
    "fixed_c": "fixed filter, C band",
    "roadm_cl": "ROADM, C+L",
    "none": "no terminal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing to order: cost line, name, unit, unit price, and how many in each period."""

    line: str
    name: str
    unit: str
    price_usd: float | None
    """None: not known here, or no capital."""
    added: Sequence[float]


def bill_of_materials(view: View) -> Table:
    """Return the bill of materials by cost line, item and unit price."""
    merged: dict[tuple[str, str, str, float | None], list[float]] = {}
    for item in _items(view):
        key = (item.line, item.name, item.unit, item.price_usd)
        merged[key] = add_up([merged.get(key, []), item.added], len(view.periods))
    order = {line: index for index, line in enumerate(COST_LINES)}
    rows = []
    for line, name, unit, price in sorted(merged, key=lambda k: (order[k[0]], k[1], k[3] or 0.0)):
        added = merged[line, name, unit, price]
        if not any(added):
            continue
        quantity = sum(added)
        extended = None if price is None else quantity * price
        rows.append((LINE_LABELS[line], name, unit, *added, quantity, price, extended))
    first = ord("D")
    end = first + len(view.periods)
    letters = len(view.periods) <= 20
    columns = (
        Column(name="Cost line"),
        Column(name="Item"),
        Column(name="Unit"),
        *by_period(view.periods, "Quantity added", "", "mw", is_summed=False),
        Column(
            name="All periods",
            kind="mw",
            group="Quantity added",
            formula=f"=SUM({chr(first)}{{row}}:{chr(end - 1)}{{row}})" if letters else "",
        ),
        Column(name="Unit price", unit="USD", kind="price"),
        Column(
            name="Extended",
            unit="USD",
            kind="usd",
            is_summed=True,
            formula=f"={chr(end)}{{row}}*{chr(end + 1)}{{row}}" if letters else "",
        ),
    )
    return Table(
        id="materials",
        title="Bill of materials",
        columns=columns,
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=(
            "Quantities are added in the period in which they come into service. Extended prices "
            "are overnight capital; the totals of a cost line are its upfront cash. Items without "
            "a unit price are paid by the year or priced outside the catalog."
        ),
    )


def _items(view: View) -> Iterator[Item]:
    yield from _power(view)
    yield from _campuses(view)
    yield from _fiber(view)
    yield from _huts(view)
    for _, route, _ in view.routes:
        if route.kind == "leased_wave":
            yield _wave(view, route)
        for mode in route.modes:
            yield from _optics(view, route, mode)


def _once(view: View, start: int | None, quantity: float = 1.0) -> list[float]:
    return [quantity if index == start else 0.0 for index in range(len(view.periods))]


def _sum(*values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def _power(view: View) -> Iterator[Item]:
    for planned in view.plan.substations:
        row = view.study.substations.get(planned.id) if view.study else None
        kv = row.kv if row else None
        fixed = row.fixed_cost_usd if row else None
        if fixed is None and kv is not None:
            fixed = _times(MILLION, view.price("grid.sub500" if kv >= _HIGH_KV else "grid.sub345"))
        per_mw = row.cost_usd_per_mw if row else None
        if per_mw is None:
            per_mw = _times(1e3, _sum(view.price("grid.submw"), view.price("grid.upgrade")))
        level = f", {kv:g} kV" if kv else ""
        start = planned.in_service_from
        yield Item(
            line="substations",
            name=f"Substation connection{level}",
            unit="each",
            price_usd=fixed,
            added=_once(view, start),
        )
        yield Item(
            line="substations",
            name="Reserved power",
            unit="facility MW",
            price_usd=per_mw,
            added=increments(planned.reserved_mw),
        )
    for tie in view.plan.tie_lines:
        given = view.study.tie_lines.get(tie.id) if view.study and view.study.tie_lines else None
        station = view.study.substations.get(tie.substation) if view.study else None
        price = given.cost_usd_per_km if given else None
        if price is None and station is not None:
            high = station.kv >= _HIGH_KV
            price = _times(MILLION, view.price("grid.line500" if high else "grid.line345"))
        length = view.network.tie_lines[tie.id].length_km
        yield Item(
            line="tie_lines",
            name="Tie line",
            unit="km",
            price_usd=price,
            added=_once(view, tie.in_service_from, length),
        )


def _campuses(view: View) -> Iterator[Item]:
    for planned in view.plan.campuses:
        row = view.study.campuses.get(planned.id) if view.study else None
        shell = row.shell_cost_usd_per_it_mw if row else None
        if shell is None:
            shell = _times(MILLION, view.price("capex.shell"))
        yield Item(
            line="campuses",
            name="Campus, land and opening",
            unit="each",
            price_usd=row.fixed_cost_usd if row else None,
            added=_once(view, planned.in_service_from),
        )
        yield Item(
            line="campuses",
            name="Shell, mechanical and electrical",
            unit="IT MW",
            price_usd=shell,
            added=increments(planned.built_it_mw),
        )


def _fiber(view: View) -> Iterator[Item]:
    fiber = view.study.file.transport.fiber_type if view.study else ""
    share, dearer = view.price("cable.fiber_share"), view.price(f"{fiber}.price_mult")
    for planned in view.plan.corridors:
        edge = view.network.corridors[planned.id]
        if planned.built_from is not None:
            civil = _sum(edge.build_cost_usd_per_km, view.price("row.oneoff"))
            yield Item(
                line="corridors",
                name="Civil works and easement",
                unit="km",
                price_usd=civil,
                added=_once(view, planned.built_from, edge.length_km),
            )
        for fibers, counts in sorted(planned.cables.items()):
            cable, pull = view.price(f"cable.{fibers}"), view.price("build.pull")
            price = None
            if None not in {cable, pull, share, dearer}:
                factor = 1 + (share or 0.0) * ((dearer or 0.0) - 1)
                price = (cable or 0.0) * factor + (pull or 0.0)
            yield Item(
                line="cables",
                name=f"Cable, {fibers:,} fibers {fiber}".strip() + ", pulled and spliced",
                unit="km",
                price_usd=price,
                added=[n * edge.length_km for n in increments(counts)],
            )
        yield Item(
            line="irus",
            name=f"Dark-fiber IRU, {edge.iru_provider or 'provider'}",
            unit="pair-km",
            price_usd=view.price("iru.lh"),
            added=[n * edge.length_km for n in increments(planned.iru_pairs)],
        )


def _huts(view: View) -> Iterator[Item]:
    for planned in view.plan.huts:
        operator = view.network.huts[planned.id].operator
        is_own = operator == OWN
        if is_own:
            yield Item(
                line="huts",
                name="Amplifier hut with land and power drop",
                unit="each",
                price_usd=_sum(view.price("hut.cost.legacy"), view.price("hut.land")),
                added=_once(view, planned.in_service_from),
            )
        yield Item(
            line="huts",
            name="Rack in an own hut" if is_own else f"Rack leased from {operator}, by the year",
            unit="each",
            price_usd=view.price("hut.rack.own") if is_own else None,
            added=increments(planned.racks),
        )


def _optics(view: View, route: PlannedRoute, mode: RouteMode) -> Iterator[Item]:
    prefix = _TERMINALS.get(mode.terminal)
    if prefix:
        name = _TERMINAL_NAMES[mode.terminal]
        pairs = increments(mode.pairs)
        yield Item(
            line="amplifiers",
            name=f"Amplifiers of a pair in a hut, {name.rpartition(', ')[2]}",
            unit="pair and hut",
            price_usd=view.price(_AMPLIFIERS[mode.terminal]),
            added=[n * len(route.huts) for n in pairs],
        )
        yield Item(
            line="terminals",
            name=f"Line terminal, {name}",
            unit="pair end",
            price_usd=view.price(f"{prefix}.price"),
            added=[2 * n for n in pairs],
        )
    yield Item(
        line="transponders",
        name=f"Transponder {mode.module}, {view.module_gbps(mode.module):,.0f} Gb/s",
        unit="each",
        price_usd=view.price(f"{mode.module}.price"),
        added=[2 * n for n in increments(mode.channels)],
    )


def _wave(view: View, route: PlannedRoute) -> Item:
    row = view.study.leased_waves.get(route.leased_wave or "") if view.study else None
    rate = f", {row.rate_gbps:,.0f} Gb/s" if row else ""
    return Item(
        line="leases",
        name=f"Leased wave {route.leased_wave}{rate}, one-off",
        unit="wave",
        price_usd=row.one_off_usd if row else None,
        added=increments(route.waves),
    )
