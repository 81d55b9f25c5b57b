"""The numbers of a study, from the study itself: dates, weights, annuities, catalog values.

The oracle shares no arithmetic with the engine: it may read nouns (study, network, catalog) only.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from siting.catalog import Catalog, load_catalog
from siting.network import CandidateNetwork
from siting.study import Study


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the date ``months`` later, the day clipped to the month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4)
def _catalog(source: str, column: str, folder: Path) -> Catalog:
    """Return the catalog without overrides: what is left out of a study seldom changes it."""
    return load_catalog(source, column=column, folder=folder)


@dataclass(frozen=True)
class Raw:
    """A study with its network and catalog, and the money and time that follow from it."""

    study: Study
    network: CandidateNetwork
    catalog: Catalog = field(init=False)

    def __post_init__(self) -> None:
        choice = self.study.file.catalog
        catalog = _catalog(choice.source, choice.column, self.study.folder)
        catalog = dataclasses.replace(catalog, overrides=choice.overrides)
        object.__setattr__(self, "catalog", catalog)

    @cached_property
    def periods(self) -> int:
        """Number of periods."""
        return self.study.file.horizon.periods

    @cached_property
    def starts(self) -> list[dt.date]:
        """First day of each period."""
        horizon = self.study.file.horizon
        step = 12 if horizon.period == "year" else 3
        return [add_months(horizon.start, step * t) for t in range(horizon.periods)]

    @cached_property
    def weights(self) -> list[float]:
        """Present value of one USD a year during each period."""
        length = 1.0 if self.study.file.horizon.period == "year" else 0.25
        rate = self.study.file.money.discount_rate
        return [length * (1 + rate) ** (-(t + 1) * length) for t in range(self.periods)]

    @property
    def all_periods(self) -> range:
        """The periods."""
        return range(self.periods)

    def tail(self, first: int) -> float:
        """Present value of one USD a year from period ``first`` on."""
        return sum(self.weights[first:])

    def worth(self, counts: tuple[float, ...]) -> float:
        """Present value of ``counts[t]`` USD a year in each period t."""
        return sum(w * n for w, n in zip(self.weights, counts, strict=True))

    def annuity(self, capital: float, life: float) -> float:
        """Return the yearly charge of ``capital`` over ``life`` years."""
        rate = self.study.file.money.discount_rate
        if rate == 0:
            return capital / life
        return float(capital * rate / (1 - (1 + rate) ** (-life)))

    def v(self, row: str) -> float:
        """Catalog value."""
        return float(self.catalog.value(row))

    def yearly(self, row: str) -> float:
        """Annuity of the price in ``row`` over its life."""
        return self.annuity(self.v(row), self.catalog.life_years(row))

    def stands(self, there: bool, until: dt.date | str | None) -> tuple[bool, ...]:
        """Whether what stands already serves, by period: those that start before ``until``."""
        if isinstance(until, str):
            until = dt.date.fromisoformat(until)
        return tuple(there and (until is None or start < until) for start in self.starts)

    def given(self, value: float | None, row: str, factor: float = 1.0) -> float:
        """Return ``value``, or the catalog's times ``factor`` when it is absent."""
        return self.v(row) * factor if value is None else value

    def asked_mw(self, w: int) -> tuple[float, ...]:
        """IT MW that a workload asks for, by period."""
        load = self.study.file.workloads[w]
        kw = self.given(load.traffic.it_kw_per_accelerator, "gpu.b200.it")
        return load.it_demand_mw or tuple(n * kw / 1e3 for n in load.it_demand_accelerators or ())

    @cached_property
    def usd_per_watt(self) -> float:
        """USD a year for one watt of transport equipment."""
        return 8760 * self.v(f"elec.{self.study.file.sites.energy_region}") * 10 / 1e6

    def first_after(self, lead_years: float) -> int:
        """Return the first period in which an asset decided at the start can be in service."""
        ready = add_months(self.study.file.horizon.decision_date, round(12 * lead_years))
        return self.first_on(ready)

    def first_lead(self, row: str) -> int:
        """Return the first period of the asset of catalog ``row``."""
        return self.first_after(self.catalog.lead_time_years(row))

    def first_on(self, ready: dt.date) -> int:
        """Return the first period that starts on or after ``ready``; the horizon's end if none."""
        for t, start in enumerate(self.starts):
            if start >= ready:
                return t
        return self.periods
