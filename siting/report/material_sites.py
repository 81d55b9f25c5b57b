"""What to order for power and campuses."""

from __future__ import annotations

from collections.abc import Iterator

from siting.report.material import Item, once, times, total_of
from siting.report.power import BRIDGING_NAMES
from siting.report.table import MILLION
from siting.report.view import View, increments

_HIGH_KV = 500


def power_items(view: View) -> Iterator[Item]:
    """Yield substations, upgrades, bridging and tie lines."""
    for planned in view.plan.substations:
        row = view.study.substations.get(planned.id) if view.study else None
        kv = row.kv if row else None
        fixed = row.fixed_cost_usd if row else None
        if fixed is None and kv is not None:
            fixed = times(MILLION, view.price("grid.sub500" if kv >= _HIGH_KV else "grid.sub345"))
        per_mw = row.cost_usd_per_mw if row else None
        if per_mw is None:
            per_mw = times(1e3, total_of(view.price("grid.submw"), view.price("grid.upgrade")))
        level = f", {kv:g} kV" if kv else ""
        start = planned.in_service_from
        yield Item(
            line="substations",
            name=f"Substation connection{level}",
            unit="each",
            price_usd=fixed,
            added=once(view, start),
            site=view.substation_name(planned.id),
        )
        yield Item(
            line="substations",
            name="Reserved power",
            unit="facility MW",
            price_usd=per_mw,
            added=increments(planned.reserved_mw),
            site=view.substation_name(planned.id),
        )
    for upgrade in view.plan.network_upgrades:
        given = view.study.network_upgrades.get(upgrade.id) if view.study else None
        yield Item(
            line="network_upgrades",
            name=f"Network upgrade {upgrade.id}",
            unit="each",
            price_usd=given.cost_usd if given else None,
            added=once(view, upgrade.in_service_from),
        )
    yield from _bridging(view)
    for tie in view.plan.tie_lines:
        row_of = (view.study.tie_lines or {}) if view.study else {}
        line = row_of.get(tie.id)
        station = view.study.substations.get(tie.substation) if view.study else None
        price = line.cost_usd_per_km if line else None
        if price is None and station is not None:
            high = station.kv >= _HIGH_KV
            price = times(MILLION, view.price("grid.line500" if high else "grid.line345"))
        length = view.network.tie_lines[tie.id].length_km
        yield Item(
            line="tie_lines",
            name="Tie line",
            unit="km",
            price_usd=price,
            added=once(view, tie.in_service_from, length),
            site=view.campus_name(tie.campus),
        )


def _bridging(view: View) -> Iterator[Item]:
    for planned in view.plan.bridging:
        row = view.study.bridging.get(planned.id) if view.study else None
        technology = row.technology if row else ""
        per_kw = row.cost_usd_per_kw if row else None
        if per_kw is None and technology:
            per_kw = view.price(f"br.{technology}")
        is_rented = technology == "rental"
        added = increments(planned.capacity_mw)
        yield Item(
            line="bridging",
            name="Rented generation, by the month"
            if is_rented
            else f"On-site generation, {BRIDGING_NAMES.get(technology, 'own')}",
            unit="facility MW",
            price_usd=None if is_rented else times(1e3, per_kw),
            added=[max(n, 0.0) for n in added] if is_rented else added,
            site=view.campus_name(planned.campus),
        )


def campus_items(view: View) -> Iterator[Item]:
    """Yield what campuses are made of."""
    for planned in view.plan.campuses:
        row = view.study.campuses.get(planned.id) if view.study else None
        shell = row.shell_cost_usd_per_it_mw if row else None
        if shell is None:
            shell = times(MILLION, view.price("capex.shell"))
        yield Item(
            line="campuses",
            name="Campus, land and opening",
            unit="each",
            price_usd=row.fixed_cost_usd if row else None,
            added=once(view, planned.in_service_from),
            site=view.campus_name(planned.id),
        )
        yield Item(
            line="campuses",
            name="Shell, mechanical and electrical",
            unit="IT MW",
            price_usd=shell,
            added=increments(planned.built_it_mw),
            site=view.campus_name(planned.id),
        )
