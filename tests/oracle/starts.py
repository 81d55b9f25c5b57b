"""When tie lines, campuses, connections and upgrades come: every choice that may be best.

A tie line carries and reserves nothing in a period in which its campus serves nothing, so delaying
it to the next period in which the campus serves saves money. A campus is opened when it, or a new
tie line of it, first needs that; a connection likewise. What stands already may serve without, so
there every date up to the need counts. With caps on openings, connections or upfront cash
(:mod:`tests.oracle.caps`) earlier may pay: then every date up to the need counts everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.caps import ByPeriod, Purse, once
from tests.oracle.power import Power
from tests.oracle.roles import Roles


@dataclass(frozen=True)
class Start:
    """First periods of what is built, T for never, with its cost and upfront cash."""

    usd: float
    upfront: ByPeriod
    tie: dict[str, int]
    campus: dict[str, int]
    station: dict[str, int]
    upgrade: dict[str, int]

    @property
    def dates(self) -> tuple[int, ...]:
        """All dates."""
        groups = (self.tie, self.campus, self.station, self.upgrade)
        return tuple(t for group in groups for t in group.values())


class Starts:
    """The discrete choices of sites and power."""

    def __init__(self, power: Power, purse: Purse) -> None:
        self.power, self.purse, self.raw = power, purse, power.raw
        self.never = power.raw.periods

    def of(self, roles: Roles) -> list[Start]:
        """Return every choice for these roles, cheapest first."""
        return sorted(self._all(roles), key=lambda start: start.usd)

    def _all(self, roles: Roles) -> Iterator[Start]:
        power = self.power
        serves = {
            c: [t for t in self.raw.all_periods if any(c in by[t].serving for by in roles)]
            for c in power.campuses
        }
        upgrades = {
            u: [*range(power.first_upgrade(u), self.never), self.never]
            for u in self.raw.study.network_upgrades
        }
        tie_dates = {a.id: self._tie_dates(a.id, serves[a.campus]) for a in power.ties}
        for tie in _choices(tie_dates):
            campus_dates = {c: self._campus_dates(c, serves[c], tie) for c in power.campuses}
            station_dates = {s: self._station_dates(s, tie) for s in power.stations}
            for campus in _choices(campus_dates):
                for station in _choices(station_dates):
                    for upgrade in _choices(upgrades):
                        start = self._start(tie, campus, station, upgrade)
                        if self._fits(start):
                            yield start

    def _tie_dates(self, tie: str, serves: list[int]) -> list[int]:
        first = self.power.first_tie
        dates = self.raw.all_periods if self.purse.sites_early and serves else serves
        there = self.power.there_tie[tie]
        return [*(t for t in dates if t >= first and not there[t]), self.never]

    def _campus_dates(self, campus: str, serves: list[int], tie: dict[str, int]) -> list[int]:
        there = self.power.there_campus[campus]
        new_ties = [tie[a.id] for a in self.power.ties if a.campus == campus]
        wanted = set(serves) | {t for t in self.raw.all_periods if t >= min(new_ties, default=99)}
        if campus in self.raw.study.file.rules.pin_campuses:
            wanted.add(self.never - 1)
        need = min((t for t in wanted if not there[t]), default=self.never)
        early = self.purse.sites_early and bool(wanted)
        return self._dates(need, there, early=early, first=self.power.opens[campus])

    def _station_dates(self, station: str, tie: dict[str, int]) -> list[int]:
        there = self.power.there_station[station]
        mine = [a.id for a in self.power.ties if a.substation == station]
        new = min((tie[a] for a in mine), default=self.never)
        if station in self.raw.study.file.rules.pin_substations:
            new = min(new, self.never - 1)
        need = min((t for t in range(new, self.never) if not there[t]), default=self.never)
        standing = any(any(self.power.there_tie[a]) for a in mine)
        early = standing or (self.purse.sites_early and need < self.never)
        return self._dates(need, there, early=early, first=0)

    def _dates(self, need: int, there: tuple[bool, ...], *, early: bool, first: int) -> list[int]:
        """Return the dates up to ``need`` that may be best, none before ``first``.

        After a retirement something new may be wanted at once, because what was added to it stays.
        """
        if early:
            dates = {*range(need + 1)}
        else:
            retired = there.index(False) if any(there) and not all(there) else need
            dates = {min(retired, need), need}
        return [t for t in sorted(dates) if t >= first or t == self.never]

    def _fits(self, start: Start) -> bool:
        for dates, limits in (
            (start.campus, self.purse.openings),
            (start.station, self.purse.connections),
        ):
            counts = [sum(d == t for d in dates.values()) for t in self.raw.all_periods]
            if any(n > limit + 1e-9 for n, limit in zip(counts, limits, strict=True)):
                return False
        return all(
            x <= cap + 1e-6 for x, cap in zip(start.upfront, self.purse.upfront, strict=True)
        )

    def _start(
        self,
        tie: dict[str, int],
        campus: dict[str, int],
        station: dict[str, int],
        upgrade: dict[str, int],
    ) -> Start:
        raw, usd = self.raw, 0.0
        upfront = (0.0,) * raw.periods
        items = [(t, self._tie_usd(a), "grid.line345") for a, t in tie.items()]
        items += [(t, self._connect_usd(s), "grid.sub345") for s, t in station.items()]
        items += [
            (t, raw.study.campuses[c].fixed_cost_usd, "capex.shell") for c, t in campus.items()
        ]
        items += [
            (t, raw.study.network_upgrades[u].cost_usd, "grid.submw") for u, t in upgrade.items()
        ]
        for first, capital, row in items:
            if first < self.never:
                usd += raw.annuity(capital, raw.catalog.life_years(row)) * raw.tail(first)
                spent = once(raw.periods, first, capital)
                upfront = tuple(a + b for a, b in zip(upfront, spent, strict=True))
        return Start(usd, upfront, tie, campus, station, upgrade)

    def _connect_usd(self, station: str) -> float:
        row = self.raw.study.substations[station]
        name = "grid.sub500" if row.kv >= 500 else "grid.sub345"
        return self.raw.given(row.fixed_cost_usd, name, 1e6)

    def _tie_usd(self, tie_id: str) -> float:
        raw = self.raw
        tie = raw.network.tie_lines[tie_id]
        per_km = None
        if raw.study.tie_lines is not None:
            per_km = raw.study.tie_lines[tie_id].cost_usd_per_km
        high = raw.study.substations[tie.substation].kv >= 500
        line = "grid.line500" if high else "grid.line345"
        return raw.given(per_km, line, 1e6) * tie.length_km


def _choices(dates: dict[str, list[int]]) -> Iterator[dict[str, int]]:
    for chosen in itertools.product(*dates.values()):
        yield dict(zip(dates, chosen, strict=True))
