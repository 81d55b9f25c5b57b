"""When assets can be in service: lead times, dates and retirement as indices of periods."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from siting.economics import lead_date, period_start
from siting.study import Horizon


@dataclass(frozen=True, slots=True)
class Calendar:
    """First days of the periods, and the date from which lead times count."""

    decision_date: dt.date
    starts: tuple[dt.date, ...]

    @classmethod
    def of(cls, horizon: Horizon) -> Calendar:
        """Return the calendar of a study's horizon."""
        return cls(
            horizon.decision_date,
            tuple(period_start(horizon.start, horizon.period, i) for i in range(horizon.periods)),
        )

    def from_date(self, day: dt.date) -> int:
        """Return the first period that starts on or after ``day``; the number of periods if none.

        >>> years = tuple(dt.date(y, 1, 1) for y in (2028, 2029))
        >>> Calendar(dt.date(2027, 1, 1), years).from_date(dt.date(2028, 6, 1))
        1
        """
        return next((i for i, start in enumerate(self.starts) if start >= day), len(self.starts))

    def after(self, lead_time_years: float) -> int:
        """Return the first period in which an asset of this lead time can be in service."""
        return _after(self, lead_time_years)


@functools.cache
def _after(calendar: Calendar, lead_time_years: float) -> int:
    return calendar.from_date(lead_date(calendar.decision_date, lead_time_years))
