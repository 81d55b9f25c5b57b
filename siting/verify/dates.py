"""Calendar arithmetic of periods and lead times (models/formulation.md, section 1)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

from siting.study import Horizon

MONTHS_PER_PERIOD = {"year": 12, "quarter": 3}


def add_months(day: dt.date, months: int) -> dt.date:
    """Return ``day`` plus calendar months, the day of month clipped to the month's last day.

    >>> add_months(dt.date(2027, 11, 30), 3)
    datetime.date(2028, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def period_years(horizon: Horizon) -> float:
    """Return the length of a period, years."""
    return MONTHS_PER_PERIOD[horizon.period] / 12


def period_starts(horizon: Horizon) -> tuple[dt.date, ...]:
    """Return the first day of every period."""
    months = MONTHS_PER_PERIOD[horizon.period]
    return tuple(add_months(horizon.start, months * t) for t in range(horizon.periods))


def first_period_from(starts: Sequence[dt.date], day: dt.date) -> int:
    """Return the first period that starts on or after ``day``; their number when none does."""
    return next((t for t, start in enumerate(starts) if start >= day), len(starts))


def first_period_after(horizon: Horizon, lead_time_years: float) -> int:
    """Return the first period in which an asset of this lead time can be in service."""
    ready = add_months(horizon.decision_date, round(12 * lead_time_years))
    return first_period_from(period_starts(horizon), ready)
