"""Campuses, substations, tie lines, upgrades and bridging of the instance."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

from siting.catalog import Catalog
from siting.economics import annuity
from siting.instance.records import (
    HOURS_PER_YEAR,
    Bridging,
    Campus,
    Caps,
    Substation,
    TieLine,
    Upgrade,
)
from siting.network import CandidateNetwork
from siting.study import Study
from siting.tables import BridgingRow, CampusRow, SubstationRow

EXTRA_HIGH_VOLTAGE_KV = 500.0
RENTAL = "rental"


def standing(
    exists: bool,  # noqa: FBT001
    until: dt.date | str | None,
    starts: tuple[dt.date, ...],
) -> tuple[bool, ...]:
    """Return by period whether what exists still stands: the period starts before its retirement.

    Args:
        exists: whether there is anything.
        until: date of retirement, or its ISO text; None: never.
        starts: first day of each period.
    """
    last = dt.date.fromisoformat(until) if isinstance(until, str) else until
    return tuple(exists and (last is None or start < last) for start in starts)


def while_standing(amount: float, stands: tuple[bool, ...]) -> tuple[float, ...]:
    """Return an existing amount by period: 0 once retired."""
    return tuple(amount if up else 0.0 for up in stands)


def campuses(
    study: Study, network: CandidateNetwork, catalog: Catalog, starts: tuple[dt.date, ...]
) -> dict[str, Campus]:
    """Return every campus that is not forbidden."""
    rules = study.file.rules
    return {
        row.id: _campus(study, network, catalog, starts, row)
        for row in sorted(study.campuses.values(), key=lambda r: r.id)
        if row.id not in rules.forbid_campuses
    }


def _campus(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    starts: tuple[dt.date, ...],
    row: CampusRow,
) -> Campus:
    rate = study.file.money.discount_rate
    life = catalog.life_years("capex.shell")
    shell = row.shell_cost_usd_per_it_mw
    if shell is None:
        shell = catalog.value("capex.shell") * 1e6
    price = _energy_usd_per_mwh(study, catalog, row)
    average = row.pue_average or catalog.value("pue.avg")
    stands = standing(row.existing_it_mw > 0, row.existing_until, starts)
    return Campus(
        id=row.id,
        limit_mw=row.limit_mw,
        pue_peak=row.pue_peak or catalog.value("pue.peak"),
        pue_average=average,
        first_period=next(
            (i for i, start in enumerate(starts) if start >= row.earliest_date), len(starts)
        ),
        existing_it_mw=while_standing(row.existing_it_mw, stands),
        stands=stands,
        feed_redundancy=row.feed_redundancy,
        fixed_usd_per_year=annuity(row.fixed_cost_usd, life, rate),
        fixed_capital_usd=row.fixed_cost_usd,
        shell_usd_per_it_mw_year=annuity(shell, life, rate),
        shell_capital_usd_per_it_mw=shell,
        energy_usd_per_mwh=price,
        energy_usd_per_it_mw_year=HOURS_PER_YEAR * average * price,
        pinned=row.id in study.file.rules.pin_campuses,
        diverse=row.id in network.diverse_campuses,
        grid_region=row.grid_region,
    )


def _energy_usd_per_mwh(study: Study, catalog: Catalog, row: CampusRow) -> float:
    """Return the price of power from the grid at a campus, USD/MWh."""
    if row.energy_usd_per_mwh is not None:
        return row.energy_usd_per_mwh
    region = row.energy_region or study.file.sites.energy_region
    return catalog.value(f"elec.{region}") * 10


def substations(
    study: Study, catalog: Catalog, starts: tuple[dt.date, ...]
) -> dict[str, Substation]:
    """Return every substation that is not forbidden, with its headroom by period."""
    rate = study.file.money.discount_rate
    found = {}
    for row in sorted(study.substations.values(), key=lambda r: r.id):
        if row.id in study.file.rules.forbid_substations:
            continue
        fixed = row.fixed_cost_usd
        if fixed is None:
            high = row.kv >= EXTRA_HIGH_VOLTAGE_KV
            fixed = catalog.value("grid.sub500" if high else "grid.sub345") * 1e6
        per_mw = row.cost_usd_per_mw
        if per_mw is None:
            per_mw = (catalog.value("grid.submw") + catalog.value("grid.upgrade")) * 1e3
        headroom = []
        for start in starts:
            known = [r.headroom_mw for r in study.timelines.get(row.id, ()) if r.date <= start]
            headroom.append(known[-1] if known else 0.0)
        stands = standing(row.existing_mw > 0, row.existing_until, starts)
        found[row.id] = Substation(
            id=row.id,
            headroom_mw=tuple(headroom),
            existing_mw=while_standing(row.existing_mw, stands),
            stands=stands,
            fixed_usd_per_year=annuity(fixed, catalog.life_years("grid.sub345"), rate),
            fixed_capital_usd=fixed,
            usd_per_mw_year=annuity(per_mw, catalog.life_years("grid.submw"), rate),
            capital_usd_per_mw=per_mw,
            pinned=row.id in study.file.rules.pin_substations,
        )
    return found


def tie_lines(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    starts: tuple[dt.date, ...],
    first_period: Callable[[float], int],
) -> dict[str, TieLine]:
    """Return every tie line whose ends are not forbidden."""
    rate = study.file.money.discount_rate
    rules = study.file.rules
    found = {}
    for line in sorted(network.tie_lines.values(), key=lambda item: item.id):
        if line.campus in rules.forbid_campuses or line.substation in rules.forbid_substations:
            continue
        capital = line.length_km * _cost_per_km(
            study, catalog, line.id, study.substations[line.substation]
        )
        row = (study.tie_lines or {}).get(line.id)
        found[line.id] = TieLine(
            id=line.id,
            campus=line.campus,
            substation=line.substation,
            capacity_mw=line.capacity_mw,
            first_period=first_period(catalog.lead_time_years("grid.line345")),
            stands=standing(
                row is not None and row.existing, row.existing_until if row else None, starts
            ),
            usd_per_year=annuity(capital, catalog.life_years("grid.line345"), rate),
            capital_usd=capital,
        )
    return found


def _cost_per_km(study: Study, catalog: Catalog, line: str, substation: SubstationRow) -> float:
    row = (study.tie_lines or {}).get(line)
    if row is not None and row.cost_usd_per_km is not None:
        return row.cost_usd_per_km
    high = substation.kv >= EXTRA_HIGH_VOLTAGE_KV
    return catalog.value("grid.line500" if high else "grid.line345") * 1e6


def upgrades(
    study: Study, catalog: Catalog, first_period: Callable[[float], int]
) -> dict[str, Upgrade]:
    """Return every network upgrade with the substations that are not forbidden."""
    rate = study.file.money.discount_rate
    forbidden = study.file.rules.forbid_substations
    return {
        row.id: Upgrade(
            id=row.id,
            substations=tuple(sorted(s for s in row.substation_ids if s not in forbidden)),
            added_mw=row.added_mw,
            first_period=first_period(row.lead_time_years),
            usd_per_year=annuity(row.cost_usd, catalog.life_years("grid.submw"), rate),
            capital_usd=row.cost_usd,
        )
        for row in sorted(study.network_upgrades.values(), key=lambda r: r.id)
        if any(s not in forbidden for s in row.substation_ids)
    }


def bridging(
    study: Study,
    catalog: Catalog,
    sites: dict[str, Campus],
    first_period: Callable[[float], int],
) -> dict[str, Bridging]:
    """Return the on-site generation of the campuses that are not forbidden."""
    rate = study.file.money.discount_rate
    return {
        row.id: _bridging(catalog, sites[row.campus_id], rate, first_period, row)
        for row in sorted(study.bridging.values(), key=lambda r: r.id)
        if row.campus_id in sites
    }


def _bridging(
    catalog: Catalog,
    campus: Campus,
    rate: float,
    first_period: Callable[[float], int],
    row: BridgingRow,
) -> Bridging:
    name = f"br.{row.technology}"
    owned = row.technology != RENTAL
    per_kw = catalog.value(name) if row.cost_usd_per_kw is None else row.cost_usd_per_kw
    capital = per_kw * 1000 if owned else 0.0
    price = row.energy_usd_per_mwh
    if price is None:
        price = catalog.value("br.fuel")
    average_share = campus.pue_average / campus.pue_peak
    return Bridging(
        id=row.id,
        campus=campus.id,
        technology=row.technology,
        owned=owned,
        limit_mw=row.limit_mw,
        first_period=first_period(_bridging_lead_time_years(catalog, row)),
        usd_per_mw_year=(
            annuity(capital, catalog.life_years(name), rate) if owned else 12 * per_kw * 1000
        ),
        capital_usd_per_mw=capital,
        extra_energy_usd_per_mw_year=(
            HOURS_PER_YEAR * average_share * (price - campus.energy_usd_per_mwh)
        ),
    )


def _bridging_lead_time_years(catalog: Catalog, row: BridgingRow) -> float:
    """Return the lead time of a row, else of ``br.<technology>.lt`` (months), else of the unit."""
    if row.lead_time_years is not None:
        return row.lead_time_years
    months = f"br.{row.technology}.lt"
    if months in catalog.rows:
        return catalog.value(months) / 12
    return catalog.lead_time_years(f"br.{row.technology}")


def caps(study: Study) -> Caps:
    """Return the limits on what comes into service, by period; infinite where there is none."""
    periods = study.file.horizon.periods

    def series(cap: float | tuple[float, ...] | None) -> tuple[float, ...]:
        if isinstance(cap, tuple):
            return cap
        return (math.inf if cap is None else cap,) * periods

    return Caps(**{name: series(cap) for name, cap in study.file.rules.caps})
