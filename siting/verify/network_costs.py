"""Cost lines of the network: fiber, huts, leases, maintenance, interruptions."""

from __future__ import annotations

from siting.network import OWN
from siting.plan import PlannedCorridor, PlannedHut
from siting.verify.cables import cable_of
from siting.verify.case import Case, RouteCase
from siting.verify.demand import asked_it_mw
from siting.verify.interruptions import HOURS_PER_YEAR, Interrupted, interrupted_links
from siting.verify.ledger import Ledger, since
from siting.verify.needs import Need, known_mode
from siting.verify.optics_costs import draw, optics_costs, times
from siting.verify.paradigms import PREFIX

OWN_HUT: dict[str, str] = {"small": "hut.cost.legacy", "large": "hut.cost.new"}
"""Catalog row of the price of an own hut, by class."""
YEARLY_RACKS = frozenset({"leased", "provider"})
"""Classes whose racks are leased by the year."""


def network_costs(ledger: Ledger) -> None:
    """Charge the network's own lines."""
    for corridor in ledger.case.plan.corridors:
        _corridor(ledger, corridor)
    for hut in ledger.case.plan.huts:
        _hut(ledger, hut)
    for route in ledger.case.routes:
        if route.wave is not None:
            _lease(ledger, route)
        optics_costs(ledger, route)
    if ledger.case.study.file.survivability.charge_interruptions:
        for item in interrupted_links(ledger.case):
            _interruptions(ledger, item)


def _corridor(ledger: Ledger, planned: PlannedCorridor) -> None:
    case, value = ledger.case, ledger.case.catalog.value
    corridor = case.network.corridors[planned.id]
    length, life = corridor.length_km, value("life.fiber")
    built = since(planned.built_from, case.periods)
    civil = corridor.build_cost_usd_per_km + value("row.oneoff")
    ledger.capital("corridors", civil * length + corridor.crossings_usd, life, built)
    for name, counts in planned.cables.items():
        cable = cable_of(name)
        if cable is None:
            continue
        multiple = value(f"{cable.fiber_type}.price_mult")
        fiber = 1.0 + value("cable.fiber_share") * (multiple - 1.0)
        per_km = value(f"cable.{cable.fibers}") * fiber + value("build.pull")
        ledger.capital("cables", per_km * length, life, counts)
    iru = value("iru.lh") * length
    ledger.capital("irus", iru, case.catalog.life_years("iru.lh"), planned.iru_pairs)
    ledger.yearly("maintenance", (value("om.owned") + value("row.fee")) * length, built)
    held = [float(pairs > 0) for pairs in planned.iru_pairs]
    ledger.yearly("maintenance", value("om.iru") * length, held)


def _hut(ledger: Ledger, planned: PlannedHut) -> None:
    case, value = ledger.case, ledger.case.catalog.value
    racks = planned.racks.values()
    if planned.hut_class in YEARLY_RACKS or case.network.huts[planned.id].operator != OWN:
        for counts in racks:
            ledger.yearly("huts", value("hut.lease.rack"), counts)
        return
    life = case.catalog.life_years("hut.rack.own")
    for counts in racks:
        ledger.capital("huts", value("hut.rack.own"), life, counts)
    row = OWN_HUT.get(planned.hut_class)
    if row is None:  # What stands already costs nothing.
        return
    in_service = since(planned.in_service_from, case.periods)
    site = value(row) + value("hut.land")
    ledger.capital("huts", site, case.catalog.life_years(row), in_service)
    ledger.yearly("maintenance", value("hut.om"), in_service)


def _lease(ledger: Ledger, route: RouteCase) -> None:
    wave, waves = route.wave, route.route.waves
    if wave is None:
        return
    ledger.yearly("leases", 12 * wave.usd_per_month, waves)
    ledger.capital("leases", wave.one_off_usd, wave.term_years, waves)
    power = wave.power_w
    if power is None:
        power = ledger.case.catalog.value("otn.power") * wave.rate_gbps / 400
    draw(ledger, power, times(2, waves))


def _interruptions(ledger: Ledger, item: Interrupted) -> None:
    """Charge the training lost when a link between peers falls below its demand."""
    case, need = ledger.case, item.need
    hours = _interruption_hours(case, need)
    if hours is None:
        return
    workload = case.workloads[need.workload]
    usd = workload.goodput_usd_per_mw_year
    if usd is None:
        usd = case.catalog.value("idle") * 1e6
    events = sum(rate.events_per_year for rate in item.singles.values())
    megawatts = [0.0] * case.periods
    megawatts[need.period] = asked_it_mw(workload, case.catalog)[need.period]
    ledger.yearly("interruptions", events * hours / HOURS_PER_YEAR * usd, megawatts)


def _interruption_hours(case: Case, need: Need) -> float | None:
    """Return the training time that one interruption costs, hours; None for checkpoints."""
    planned = next(found for found in case.plan.workloads if found.id == need.workload)
    mode = known_mode(planned, need.period)
    if mode is None or need.role == "checkpoint":
        return None
    for name, override in case.workloads[need.workload].paradigms.items():
        if name == mode.paradigm and override.interruption_hours is not None:
            return override.interruption_hours
    return case.catalog.value(f"interruption.{PREFIX[mode.paradigm]}")
