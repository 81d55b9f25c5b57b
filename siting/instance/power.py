"""Campuses, substations and tie lines of the instance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from siting.catalog import Catalog
from siting.economics import annuity
from siting.instance.records import Campus, Substation, TieLine
from siting.network import CandidateNetwork
from siting.study import Study
from siting.tables import CampusRow, SubstationRow

HOURS_PER_YEAR = 8760
EXTRA_HIGH_VOLTAGE_KV = 500.0


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
    price = row.energy_usd_per_mwh
    if price is None:
        price = catalog.value("elec.TX") * 10
    average = row.pue_average or catalog.value("pue.avg")
    return Campus(
        id=row.id,
        limit_mw=row.limit_mw,
        pue_peak=row.pue_peak or catalog.value("pue.peak"),
        first_period=next(
            (i for i, start in enumerate(starts) if start >= row.earliest_date), len(starts)
        ),
        fixed_usd_per_year=annuity(row.fixed_cost_usd, life, rate),
        fixed_capital_usd=row.fixed_cost_usd,
        shell_usd_per_it_mw_year=annuity(shell, life, rate),
        shell_capital_usd_per_it_mw=shell,
        energy_usd_per_it_mw_year=HOURS_PER_YEAR * average * price,
        pinned=row.id in study.file.rules.pin_campuses,
        diverse=row.id in network.diverse_campuses,
        grid_region=row.grid_region,
    )


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
        found[row.id] = Substation(
            id=row.id,
            headroom_mw=tuple(headroom),
            fixed_usd_per_year=annuity(fixed, catalog.life_years("grid.sub345"), rate),
            fixed_capital_usd=fixed,
            usd_per_mw_year=annuity(per_mw, catalog.life_years("grid.submw"), rate),
            capital_usd_per_mw=per_mw,
        )
    return found


def tie_lines(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
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
        found[line.id] = TieLine(
            id=line.id,
            campus=line.campus,
            substation=line.substation,
            capacity_mw=line.capacity_mw,
            first_period=first_period(catalog.lead_time_years("grid.line345")),
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
