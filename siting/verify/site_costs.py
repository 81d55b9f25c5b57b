"""Cost lines of power and sites."""

from __future__ import annotations

from siting.plan import PlannedWorkload
from siting.verify.case import Case
from siting.verify.ledger import HOURS, Ledger, since
from siting.verify.needs import known_mode
from siting.verify.paradigms import paradigm_of

EXTRA_HIGH_KV = 500.0
"""Substations from this voltage on take the 500 kV rows of the catalog."""

RENTAL = "rental"
"""Technology that is rented by the month; every other is owned."""
MONTHS = 12.0
KW_PER_MW = 1000.0
USD_PER_MWH = 10.0
"""USD/MWh in one c/kWh."""


def site_costs(ledger: Ledger) -> None:
    """Charge the lines of power and sites."""
    _substations(ledger)
    _upgrades(ledger)
    _tie_lines(ledger)
    _bridging(ledger)
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


def _upgrades(ledger: Ledger) -> None:
    case = ledger.case
    life = case.catalog.life_years("grid.submw")
    for item in case.plan.network_upgrades:
        cost = case.study.network_upgrades[item.id].cost_usd
        ledger.capital("network_upgrades", cost, life, since(item.in_service_from, case.periods))


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


def _bridging(ledger: Ledger) -> None:
    """Charge on-site capacity: the annuity of what is owned, the rent of what is rented."""
    case = ledger.case
    for item in case.plan.bridging:
        row = case.study.bridging[item.id]
        fact = f"br.{row.technology}"
        per_kw = row.cost_usd_per_kw
        if per_kw is None:
            per_kw = case.catalog.value(fact)
        if row.technology == RENTAL:
            ledger.yearly("bridging", MONTHS * per_kw * KW_PER_MW, item.capacity_mw)
        else:
            life = case.catalog.life_years(fact)
            ledger.capital("bridging", per_kw * KW_PER_MW, life, item.capacity_mw)


def _energy(ledger: Ledger) -> None:
    """Charge grid energy for the load, and what energy made on site costs more, or less."""
    case = ledger.case
    for planned in case.plan.workloads:
        for served_mw in (planned.served_it_mw, planned.replica_it_mw):
            for campus, served in served_mw.items():
                price = HOURS * pue_average(case, campus) * grid_usd_per_mwh(case, campus)
                ledger.yearly("energy", price, served)
    for item in case.plan.bridging:
        own = case.study.bridging[item.id].energy_usd_per_mwh
        if own is None:
            own = case.catalog.value("br.fuel")
        more = own - grid_usd_per_mwh(case, item.campus)
        average = pue_average(case, item.campus) / case.pue_peak(item.campus)
        ledger.yearly("energy", HOURS * average * more, item.output_mw)


def pue_average(case: Case, campus: str) -> float:
    """Return facility MW over IT MW, averaged over a year."""
    own = case.study.campuses[campus].pue_average
    return case.catalog.value("pue.avg") if own is None else own


def grid_usd_per_mwh(case: Case, campus: str) -> float:
    """Return the price of grid energy at a campus, USD/MWh."""
    row = case.study.campuses[campus]
    if row.energy_usd_per_mwh is not None:
        return row.energy_usd_per_mwh
    region = row.energy_region or case.study.file.sites.energy_region
    return case.catalog.value(f"elec.{region}") * USD_PER_MWH


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
        lost = [_lost_it_mw(case, planned, t) for t in range(case.periods)]
        ledger.yearly("goodput_loss", idle if goodput is None else goodput, lost)


def _lost_it_mw(case: Case, planned: PlannedWorkload, period: int) -> float:
    """Return the IT MW that latency, transfer and tokens cost a workload in a period."""
    workload = case.workloads[planned.id]
    lost = 0.0
    mode = known_mode(planned, period)
    if mode is not None:
        paradigm = paradigm_of(workload, mode.paradigm, case.catalog)
        at_peers = sum(mw[period] for mw in planned.served_it_mw.values())
        lost += paradigm.loss(mode.rtt_class_ms, mode.bandwidth_level) * at_peers
    if workload.replica is not None:
        share = workload.replica.goodput_loss_fraction
        if share is None:
            share = case.catalog.value("ckpt.token_penalty") / 100
        lost += share * sum(mw[period] for mw in planned.replica_it_mw.values())
    return lost
