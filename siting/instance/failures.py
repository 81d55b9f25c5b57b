"""How often each shared risk fails, and how long a repair takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from siting.catalog import Catalog
from siting.geography.tabled import row_length_km
from siting.instance.records import HOURS_PER_YEAR, FailureRate, FiberRoute, WaveRoute
from siting.network import CandidateNetwork
from siting.study import Study

CORRIDOR = "corridor:"
HUT = "hut:"
CARRIER = "carrier:"


def failure_rates(
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog,
    routes: Iterable[FiberRoute],
    waves: Iterable[WaveRoute],
) -> dict[str, FailureRate]:
    """Return the rate of every shared risk that a route carries, its huts included.

    Risks without a known rate (providers, extra ones without a row) are left out. A group
    ``campus:<id>`` waives the links of its campus; it has a rate for those of the others.
    """
    rates = _Rates(study, network, catalog)
    routes, waves = list(routes), list(waves)
    names = {name for route in routes for name in route.srlgs}
    names |= {name for wave in waves for name in wave.srlgs}
    names |= {f"{HUT}{hut.hut}" for route in routes for hut in route.huts}
    found = {name: rates.of(name) for name in sorted(names)}
    return {name: rate for name, rate in found.items() if rate.events_per_year > 0}


@dataclass(frozen=True, slots=True)
class _Rates:
    study: Study
    network: CandidateNetwork
    catalog: Catalog

    def of(self, name: str) -> FailureRate:
        """Return the rate of a shared risk; no events when it is not known."""
        value = self.catalog.value
        if name.startswith(CORRIDOR):
            return self._corridor(name.removeprefix(CORRIDOR))
        if name.startswith(HUT):
            return FailureRate(events_per_year=value("ila.power"), repair_hours=value("ila.mttr"))
        if name.startswith(CARRIER):
            return self._carrier(name.removeprefix(CARRIER))
        row = self.study.srlgs.get(name)
        hours = None if row is None else row.repair_hours
        return FailureRate(
            events_per_year=0.0 if row is None else row.events_per_year,
            repair_hours=value("cut.mttr") if hours is None else hours,
        )

    def _corridor(self, edge: str) -> FailureRate:
        cuts, length_km = None, 0.0
        if edge in self.network.corridors:
            corridor = self.network.corridors[edge]
            cuts, length_km = corridor.cuts_per_1000km_year, corridor.length_km
        elif edge in self.study.corridors:  # forbidden to build on, yet a leased wave runs there
            row = self.study.corridors[edge]
            cuts, length_km = row.cuts_per_1000km_year, row_length_km(self.study, row)
        if cuts is None:
            cuts = self.catalog.value("cut.rate")
        return FailureRate(
            events_per_year=cuts * length_km / 1000, repair_hours=self.catalog.value("cut.mttr")
        )

    def _carrier(self, carrier: str) -> FailureRate:
        """Return the rate of an undeclared path: what its availability leaves."""
        waves = self.study.leased_waves.values()
        undeclared = any(wave.carrier == carrier and not wave.corridors for wave in waves)
        hours = self.catalog.value("cut.mttr")
        down = 1 - self.catalog.value("otn.avail") if undeclared else 0.0
        return FailureRate(events_per_year=down * HOURS_PER_YEAR / hours, repair_hours=hours)
