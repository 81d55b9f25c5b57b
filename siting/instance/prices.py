"""Prices, power, latency and dates of what a design consists of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from siting.catalog import Catalog
from siting.economics import annuity
from siting.instance.calendar import Calendar
from siting.instance.records import HOURS_PER_YEAR
from siting.optics import AMPLIFIERS, TERMINALS, TransportOption, route_rtt_ms
from siting.study import Study

SWITCH_PRICE, SWITCH_POWER = "ocs.port.price", "ocs.port.power"
CONVERTER_PRICE, CONVERTER_POWER = "media.converter.price", "media.converter.power"
REGENERATOR_PRICE = "xpdr.regen"
REGENERATOR_RATE_GBPS = 800.0
"""Rate that the catalog's price of a regenerator is for."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is lit: an option on a route with its amplifiers and regenerators."""

    option: TransportOption
    length_km: float
    amplifier: str
    amplifiers: int
    regenerators: int


@dataclass(frozen=True, slots=True)
class Price:
    """A yearly amount and the capital behind it, USD."""

    usd_per_year: float
    capital_usd: float

    def __add__(self, other: Price) -> Price:
        """Return the sum of two prices."""
        return Price(self.usd_per_year + other.usd_per_year, self.capital_usd + other.capital_usd)


NOTHING = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DesignPrices:
    """Reads what a design costs from the catalog and the study."""

    catalog: Catalog
    study: Study
    calendar: Calendar

    def terminals(self, line: Line) -> Price:
        """Return the terminals of a pair, regenerators' included, and its switch ports."""
        ports = NOTHING
        if self.study.file.transport.optical_circuit_switches:
            ports = self._price(SWITCH_PRICE, 2)
        if line.option.terminal == "none":
            return ports
        return self._price(_terminal_price(line), 2 * (1 + line.regenerators)) + ports

    def amplifiers(self, line: Line) -> Price:
        """Return the in-line amplifiers of a pair."""
        if not line.amplifiers:
            return NOTHING
        return self._price(_amplifier_price(line), line.amplifiers)

    def transponders(self, line: Line) -> Price:
        """Return the transceivers of a channel, and media converters of a grey one."""
        price = self._price(f"{line.option.module}.price", 2)
        return price + self._price(CONVERTER_PRICE, 2) if self._converts(line) else price

    def regenerators(self, line: Line) -> Price:
        """Return the regenerators of a channel."""
        if not line.regenerators:
            return NOTHING
        share = line.option.rate_gbps / REGENERATOR_RATE_GBPS
        return self._price(REGENERATOR_PRICE, line.regenerators * share)

    def terminal_w(self, line: Line) -> float:
        """Return the power of two terminals of a pair, W."""
        if line.option.terminal == "none":
            return 0.0
        return 2 * self.catalog.value(f"{TERMINALS[line.option.terminal].prefix}.power")

    def module_w(self, line: Line) -> float:
        """Return the power of two transceivers of a channel, W."""
        return 2 * self.catalog.value(f"{line.option.module}.power")

    def amplifier_w(self, line: Line) -> float:
        """Return the power of one in-line amplifier of a pair, W."""
        if not line.amplifiers:
            return 0.0
        return self.catalog.value(AMPLIFIERS[line.amplifier].power[line.option.terminal])

    def pair_energy(self, line: Line) -> float:
        """Return the energy of a pair, USD a year."""
        hut_pue = self.catalog.value("hut.pue")
        at_ends = self.terminal_w(line)
        at_huts = line.amplifiers * self.amplifier_w(line) * hut_pue
        at_huts += line.regenerators * self.terminal_w(line) * hut_pue
        if self.study.file.transport.optical_circuit_switches:
            at_ends += 2 * self.catalog.value(SWITCH_POWER)
        return (at_ends + at_huts) * self._usd_per_w_year()

    def channel_energy(self, line: Line) -> float:
        """Return the energy of a channel, USD a year."""
        module = self.module_w(line)
        power_w = module + line.regenerators * module * self.catalog.value("hut.pue")
        if self._converts(line):
            power_w += 2 * self.catalog.value(CONVERTER_POWER)
        return power_w * self._usd_per_w_year()

    def rtt_ms(self, line: Line) -> float:
        """Return the round-trip time of a route, ms."""
        value = self.catalog.value
        return route_rtt_ms(
            line.length_km,
            value(f"{line.option.fiber_type}.delay"),
            line.amplifiers,
            value("lat.ila"),
            line.option.fixed_latency_us + line.regenerators * value("lat.regen"),
        )

    def first_period(self, line: Line) -> int:
        """Return the first period in service: lead times, and the date of the module."""
        rows = [f"{line.option.module}.price"]
        if line.option.terminal != "none":
            rows.append(_terminal_price(line))
        if line.amplifiers:
            rows.append(_amplifier_price(line))
        ready = [self.calendar.after(self.catalog.lead_time_years(row)) for row in rows]
        return max(*ready, self._module_period(line.option.module))

    def _module_period(self, module: str) -> int:
        day = self.study.file.transport.module_dates.get(module)
        if day is None:
            row = f"{module}.available"
            if row not in self.catalog.rows:
                return 0
            day = dt.date(round(self.catalog.value(row)), 1, 1)
        return self.calendar.from_date(day)

    def _converts(self, line: Line) -> bool:
        return self.study.file.transport.media_converters and line.option.module_class == "grey"

    def _usd_per_w_year(self) -> float:
        region = self.study.file.sites.energy_region
        return HOURS_PER_YEAR * self.catalog.value(f"elec.{region}") * 10 / 1e6

    def _price(self, row: str, units: float) -> Price:
        capital = units * self.catalog.value(row)
        rate = self.study.file.money.discount_rate
        return Price(annuity(capital, self.catalog.life_years(row), rate), capital)


def _terminal_price(line: Line) -> str:
    return f"{TERMINALS[line.option.terminal].prefix}.price"


def _amplifier_price(line: Line) -> str:
    return AMPLIFIERS[line.amplifier].price[line.option.terminal]
