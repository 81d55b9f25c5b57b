"""Cost lines of the network: fiber, huts, optics, leases, maintenance, energy."""

from __future__ import annotations

from collections.abc import Sequence

from siting.network import OWN
from siting.plan import PlannedCorridor, RouteMode
from siting.verify.case import RouteCase
from siting.verify.ledger import HOURS, Ledger, since
from siting.verify.options import AMPLIFIER_POWER, AMPLIFIER_PRICE, TERMINAL_PREFIX


def network_costs(ledger: Ledger) -> None:
    """Charge the last ten lines."""
    for corridor in ledger.case.plan.corridors:
        _corridor(ledger, corridor)
    _huts(ledger)
    for route in ledger.case.routes:
        if route.wave is not None:
            _lease(ledger, route)
        for mode in route.route.modes:
            _optics(ledger, mode, len(route.huts))


def _corridor(ledger: Ledger, planned: PlannedCorridor) -> None:
    case, value = ledger.case, ledger.case.catalog.value
    corridor = case.network.corridors[planned.id]
    length, life = corridor.length_km, value("life.fiber")
    built = since(planned.built_from, case.periods)
    civil = corridor.build_cost_usd_per_km + value("row.oneoff")
    ledger.capital("corridors", civil * length, life, built)
    multiple = value(f"{case.study.file.transport.fiber_type}.price_mult")
    fiber = 1.0 + value("cable.fiber_share") * (multiple - 1.0)
    for size, counts in planned.cables.items():
        per_km = value(f"cable.{size}") * fiber + value("build.pull")
        ledger.capital("cables", per_km * length, life, counts)
    iru = value("iru.lh") * length
    ledger.capital("irus", iru, case.catalog.life_years("iru.lh"), planned.iru_pairs)
    ledger.yearly("maintenance", (value("om.owned") + value("row.fee")) * length, built)
    held = [float(pairs > 0) for pairs in planned.iru_pairs]
    ledger.yearly("maintenance", value("om.iru") * length, held)


def _huts(ledger: Ledger) -> None:
    case, value = ledger.case, ledger.case.catalog.value
    for planned in case.plan.huts:
        if case.network.huts[planned.id].operator != OWN:
            ledger.yearly("huts", value("hut.lease.rack"), planned.racks)
            continue
        in_service = since(planned.in_service_from, case.periods)
        site = value("hut.cost.legacy") + value("hut.land")
        ledger.capital("huts", site, case.catalog.life_years("hut.cost.legacy"), in_service)
        rack_life = case.catalog.life_years("hut.rack.own")
        ledger.capital("huts", value("hut.rack.own"), rack_life, planned.racks)
        ledger.yearly("maintenance", value("hut.om"), in_service)


def _optics(ledger: Ledger, mode: RouteMode, huts: int) -> None:
    value, life = ledger.case.catalog.value, ledger.case.catalog.life_years
    price = f"{mode.module}.price"
    ends = _times(2, mode.channels)
    ledger.capital("transponders", value(price), life(price), ends)
    _watts(ledger, value(f"{mode.module}.power"), ends)
    if mode.terminal == "none":
        return
    prefix = TERMINAL_PREFIX[mode.terminal]
    ends = _times(2, mode.pairs)
    ledger.capital("terminals", value(f"{prefix}.price"), life(f"{prefix}.price"), ends)
    _watts(ledger, value(f"{prefix}.power"), ends)
    amplified = _times(huts, mode.pairs)
    price = AMPLIFIER_PRICE[mode.terminal]
    ledger.capital("amplifiers", value(price), life(price), amplified)
    _watts(ledger, value(AMPLIFIER_POWER[mode.terminal]) * value("hut.pue"), amplified)


def _lease(ledger: Ledger, route: RouteCase) -> None:
    wave, waves = route.wave, route.route.waves
    if wave is None:
        return
    ledger.yearly("leases", 12 * wave.usd_per_month, waves)
    ledger.capital("leases", wave.one_off_usd, wave.term_years, waves)
    power = wave.power_w
    if power is None:
        power = ledger.case.catalog.value("otn.power") * wave.rate_gbps / 400
    _watts(ledger, power, _times(2, waves))


def _watts(ledger: Ledger, watts: float, units: Sequence[float]) -> None:
    """Charge the energy of units that draw ``watts`` each, all year."""
    usd_per_mwh = ledger.case.catalog.value("elec.TX") * 10
    ledger.yearly("transport_energy", HOURS * usd_per_mwh * watts / 1e6, units)


def _times(factor: int, counts: Sequence[int]) -> list[int]:
    return [factor * count for count in counts]
