"""Cost lines and upfront cash of a choice, by plain arithmetic from the instance."""

from __future__ import annotations

from collections.abc import Iterable

from siting.instance import Instance
from siting.plan import COST_LINES
from siting.solve.choices import NetworkChoice, SitingChoice

CASH_LINES = (
    "substations",
    "tie_lines",
    "campuses",
    "corridors",
    "cables",
    "irus",
    "huts",
    "amplifiers",
    "terminals",
    "transponders",
    "leases",
)
"""Lines with upfront capital."""


class Ledger:
    """Collects yearly amounts and capital by line."""

    def __init__(self, instance: Instance) -> None:
        """Open an empty ledger."""
        self._weights = [period.weight for period in instance.periods]
        self.costs_usd = dict.fromkeys(COST_LINES, 0.0)
        self._cash = {line: [0.0] * len(self._weights) for line in CASH_LINES}

    def series(
        self,
        line: str,
        usd_per_unit_year: float,
        units: Iterable[float],
        capital_usd_per_unit: float = 0.0,
    ) -> None:
        """Charge units in service by period; capital when they come into service."""
        before = 0.0
        for t, count in enumerate(units):
            self.costs_usd[line] += self._weights[t] * usd_per_unit_year * count
            if capital_usd_per_unit:
                self._cash[line][t] += capital_usd_per_unit * (count - before)
            before = count

    def asset(self, line: str, usd_per_year: float, first: int, capital_usd: float = 0.0) -> None:
        """Charge one asset in service from period ``first`` on."""
        self.series(
            line, usd_per_year, [float(t >= first) for t in range(len(self._weights))], capital_usd
        )

    @property
    def upfront_cash_usd(self) -> dict[str, tuple[float, ...]]:
        """Overnight capital by line and period, USD."""
        return {line: tuple(cash) for line, cash in self._cash.items()}


def ledger(instance: Instance, siting: SitingChoice, network: NetworkChoice) -> Ledger:
    """Return every cost line of a siting and its network."""
    book = Ledger(instance)
    _sites(book, instance, siting)
    _routes(book, instance, network)
    _plant(book, instance, network)
    return book


def _sites(book: Ledger, instance: Instance, siting: SitingChoice) -> None:
    for s, reserved in siting.reserved_mw.items():
        substation = instance.substations[s]
        book.asset(
            "substations",
            substation.fixed_usd_per_year,
            siting.connected_from[s],
            substation.fixed_capital_usd,
        )
        book.series(
            "substations", substation.usd_per_mw_year, reserved, substation.capital_usd_per_mw
        )
    for a, first in siting.tie_from.items():
        line = instance.tie_lines[a]
        book.asset("tie_lines", line.usd_per_year, first, line.capital_usd)
    for c, first in siting.open_from.items():
        campus = instance.campuses[c]
        book.asset("campuses", campus.fixed_usd_per_year, first, campus.fixed_capital_usd)
        book.series(
            "campuses",
            campus.shell_usd_per_it_mw_year,
            siting.built_mw[c],
            campus.shell_capital_usd_per_it_mw,
        )
    for (c, w), served in siting.served_mw.items():
        job = instance.workloads[w]
        book.series("energy", instance.campuses[c].energy_usd_per_it_mw_year, served)
        lost = [
            mw * (mode.goodput_loss_fraction if mode is not None else 0.0)
            for mw, mode in zip(served, siting.modes[w], strict=True)
        ]
        book.series("goodput_loss", job.goodput_usd_per_mw_year, lost)
    for w, unserved in siting.unserved_mw.items():
        book.series("unserved_demand", instance.workloads[w].unserved_usd_per_mw_year, unserved)


def _routes(book: Ledger, instance: Instance, network: NetworkChoice) -> None:
    for (r, d), pairs in network.pairs.items():
        design = instance.fiber_routes[r].designs[d]
        channels = network.channels[r, d]
        book.series(
            "amplifiers",
            design.amplifier_usd_per_pair_year,
            pairs,
            design.amplifier_capital_usd_per_pair,
        )
        book.series(
            "terminals",
            design.terminal_usd_per_pair_year,
            pairs,
            design.terminal_capital_usd_per_pair,
        )
        book.series(
            "transponders",
            design.transponder_usd_per_channel_year,
            channels,
            design.transponder_capital_usd_per_channel,
        )
        book.series("transport_energy", design.energy_usd_per_pair_year, pairs)
        book.series("transport_energy", design.energy_usd_per_channel_year, channels)
    for v, waves in network.waves.items():
        wave = instance.wave_routes[v]
        book.series("leases", wave.lease_usd_per_year, waves, wave.capital_usd)
        book.series("transport_energy", wave.energy_usd_per_year, waves)


def _plant(book: Ledger, instance: Instance, network: NetworkChoice) -> None:
    for e, first in network.built_from.items():
        corridor = instance.corridors[e]
        book.asset("corridors", corridor.build_usd_per_year, first, corridor.build_capital_usd)
        book.asset("maintenance", corridor.own_maintenance_usd_per_year, first)
    for (e, fibers), count in network.cables.items():
        corridor = instance.corridors[e]
        book.series(
            "cables", corridor.cable_usd_per_year[fibers], count, corridor.cable_capital_usd[fibers]
        )
    for e, pairs in network.iru_pairs.items():
        corridor = instance.corridors[e]
        book.series(
            "irus", corridor.iru_usd_per_pair_year, pairs, corridor.iru_capital_usd_per_pair
        )
        held = [float(n > 0) for n in pairs]
        book.series("maintenance", corridor.iru_maintenance_usd_per_year, held)
    for h, racks in network.racks.items():
        hut = instance.huts[h]
        first = network.hut_from[h]
        book.asset("huts", hut.usd_per_year, first, hut.capital_usd)
        book.series("huts", hut.rack_usd_per_year, racks, hut.rack_capital_usd)
        book.asset("maintenance", hut.maintenance_usd_per_year, first)
