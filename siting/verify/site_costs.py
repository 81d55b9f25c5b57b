"""Cost lines of power and sites."""

from __future__ import annotations

from siting.verify.ledger import HOURS, Ledger, since
from siting.verify.needs import known_mode
from siting.verify.paradigms import paradigm_of

EXTRA_HIGH_KV = 500.0
"""Substations from this voltage on take the 500 kV rows of the catalog."""


def site_costs(ledger: Ledger) -> None:
    """Charge the first six lines."""
    _substations(ledger)
    _tie_lines(ledger)
    _campuses(ledger)
    _energy(ledger)
    _workloads(ledger)


def _substations(ledger: Ledger) -> None:
    case, value = ledger.case, ledger.case.catalog.value
    fixed_life = case.catalog.life_years("grid.sub345")
    mw_life = case.catalog.life_years("grid.submw")
    for item in case.plan.substations:
        row = case.study.substations[item.id]
        fixed, per_mw = row.fixed_cost_usd, row.cost_usd_per_mw
        if fixed is None:
            fixed = value("grid.sub500" if row.kv >= EXTRA_HIGH_KV else "grid.sub345") * 1e6
        if per_mw is None:
            per_mw = (value("grid.submw") + value("grid.upgrade")) * 1e3
        connected = since(item.in_service_from, case.periods)
        ledger.capital("substations", fixed, fixed_life, connected)
        ledger.capital("substations", per_mw, mw_life, item.reserved_mw)


def _tie_lines(ledger: Ledger) -> None:
    case = ledger.case
    life = case.catalog.life_years("grid.line345")
    for item in case.plan.tie_lines:
        line = case.network.tie_lines[item.id]
        row = (case.study.tie_lines or {}).get(item.id)
        per_km = row.cost_usd_per_km if row is not None else None
        if per_km is None:
            high = case.study.substations[line.substation].kv >= EXTRA_HIGH_KV
            per_km = case.catalog.value("grid.line500" if high else "grid.line345") * 1e6
        built = since(item.in_service_from, case.periods)
        ledger.capital("tie_lines", per_km * line.length_km, life, built)


def _campuses(ledger: Ledger) -> None:
    case = ledger.case
    life = case.catalog.life_years("capex.shell")
    for item in case.plan.campuses:
        row = case.study.campuses[item.id]
        shell = row.shell_cost_usd_per_it_mw
        if shell is None:
            shell = case.catalog.value("capex.shell") * 1e6
        opened = since(item.in_service_from, case.periods)
        ledger.capital("campuses", row.fixed_cost_usd, life, opened)
        ledger.capital("campuses", shell, life, item.built_it_mw)


def _energy(ledger: Ledger) -> None:
    case = ledger.case
    for planned in case.plan.workloads:
        for campus, served in planned.served_it_mw.items():
            row = case.study.campuses[campus]
            pue, price = row.pue_average, row.energy_usd_per_mwh
            if pue is None:
                pue = case.catalog.value("pue.avg")
            if price is None:
                price = case.catalog.value("elec.TX") * 10
            ledger.yearly("energy", HOURS * pue * price, served)


def _workloads(ledger: Ledger) -> None:
    case = ledger.case
    idle = case.catalog.value("idle") * 1e6
    for planned in case.plan.workloads:
        workload = case.workloads[planned.id]
        unserved = workload.unserved_usd_per_mw_year
        goodput = workload.goodput_usd_per_mw_year
        ledger.yearly(
            "unserved_demand", idle if unserved is None else unserved, planned.unserved_it_mw
        )
        lost = [0.0] * case.periods
        for t in range(case.periods):
            mode = known_mode(planned, t)
            if mode is not None:
                paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
                served = sum(values[t] for values in planned.served_it_mw.values())
                lost[t] = paradigm.loss(mode.rtt_class_ms) * served
        ledger.yearly("goodput_loss", idle if goodput is None else goodput, lost)
