"""Cost lines of what lights a route: transponders, terminals, amplifiers, regenerators, energy."""

from __future__ import annotations

from collections.abc import Sequence

from siting.plan import RouteMode
from siting.verify.case import RouteCase
from siting.verify.hut_loads import amplifier_watts, regenerator_watts
from siting.verify.ledger import HOURS, Ledger
from siting.verify.options import AMPLIFIER_PRICE, TERMINAL_PREFIX, optical_class


def optics_costs(ledger: Ledger, route: RouteCase) -> None:
    """Charge the optics of all options of a route."""
    amplifiers, regenerators = len(route.amplified_at), len(route.regenerated_at)
    for mode in route.route.modes:
        _channels(ledger, mode)
        _pairs(ledger, mode, regenerators)
        _amplifiers(ledger, mode, amplifiers)
        _regenerators(ledger, mode, regenerators)


def _channels(ledger: Ledger, mode: RouteMode) -> None:
    """Charge a transponder, and where asked for a media converter, at both ends."""
    value, life = ledger.case.catalog.value, ledger.case.catalog.life_years
    ends = times(2, mode.channels)
    price = f"{mode.module}.price"
    ledger.capital("transponders", value(price), life(price), ends)
    draw(ledger, value(f"{mode.module}.power"), ends)
    converters = ledger.case.study.file.transport.media_converters
    if converters and optical_class(mode.module) == "grey":
        price = "media.converter.price"
        ledger.capital("transponders", value(price), life(price), ends)
        draw(ledger, value("media.converter.power"), ends)


def _pairs(ledger: Ledger, mode: RouteMode, regenerators: int) -> None:
    """Charge a terminal at both ends and on both sides of each regenerator, and OCS ports."""
    value, life = ledger.case.catalog.value, ledger.case.catalog.life_years
    ends = times(2, mode.pairs)
    if mode.terminal != "none":
        prefix = TERMINAL_PREFIX[mode.terminal]
        price = f"{prefix}.price"
        count = times(1 + regenerators, ends)
        ledger.capital("terminals", value(price), life(price), count)
        draw(ledger, value(f"{prefix}.power"), ends)
    if ledger.case.study.file.transport.optical_circuit_switches:
        price = "ocs.port.price"
        ledger.capital("terminals", value(price), life(price), ends)
        draw(ledger, value("ocs.port.power"), ends)


def _amplifiers(ledger: Ledger, mode: RouteMode, huts: int) -> None:
    catalog = ledger.case.catalog
    row = AMPLIFIER_PRICE.get((mode.amplifier, mode.terminal))
    if row is None:
        return
    units = times(huts, mode.pairs)
    ledger.capital("amplifiers", catalog.value(row), catalog.life_years(row), units)
    draw(ledger, amplifier_watts(ledger.case, mode) * catalog.value("hut.pue"), units)


def _regenerators(ledger: Ledger, mode: RouteMode, sites: int) -> None:
    if not sites:
        return
    catalog = ledger.case.catalog
    price = catalog.value("xpdr.regen") * catalog.value(f"{mode.module}.rate") / 800
    channels, pairs = times(sites, mode.channels), times(sites, mode.pairs)
    ledger.capital("regenerators", price, catalog.life_years("xpdr.regen"), channels)
    per_channel, per_pair = regenerator_watts(ledger.case, mode)
    draw(ledger, per_channel * catalog.value("hut.pue"), channels)
    draw(ledger, per_pair * catalog.value("hut.pue"), pairs)


def draw(ledger: Ledger, watts: float, units: Sequence[float]) -> None:
    """Charge the energy of units that draw ``watts`` each, all year."""
    region = ledger.case.study.file.sites.energy_region
    usd_per_mwh = ledger.case.catalog.value(f"elec.{region}") * 10
    ledger.yearly("transport_energy", HOURS * usd_per_mwh * watts / 1e6, units)


def times(factor: int, counts: Sequence[int]) -> list[int]:
    """Return counts of units, so many for each of those counted."""
    return [factor * count for count in counts]
