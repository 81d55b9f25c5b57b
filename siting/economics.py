"""Time and money: periods, weights, annuities, lead times (``models/formulation.md`` section 1)."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Literal

MONTHS = {"year": 12, "quarter": 3}
"""Calendar months of a period."""


def period_years(period: Literal["year", "quarter"]) -> float:
    """Return the length of a period, years."""
    return MONTHS[period] / 12


def period_start(start: dt.date, period: Literal["year", "quarter"], index: int) -> dt.date:
    """Return the first day of period ``index``."""
    return add_months(start, MONTHS[period] * index)


def period_label(start: dt.date, period: Literal["year", "quarter"], index: int) -> str:
    """Return ``2028`` or ``2028Q3`` for a calendar-aligned period, else its first day."""
    day = period_start(start, period, index)
    if period == "year" and (day.month, day.day) == (1, 1):
        return str(day.year)
    if period == "quarter" and day.day == 1 and day.month % 3 == 1:
        return f"{day.year}Q{(day.month + 2) // 3}"
    return day.isoformat()


def add_months(day: dt.date, months: int) -> dt.date:
    """Return ``day`` plus calendar ``months``, the day clipped to the end of the month."""
    month_index = day.year * 12 + day.month - 1 + months
    year, month = divmod(month_index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def lead_date(decision_date: dt.date, lead_time_years: float) -> dt.date:
    """Return the date on which an asset with this lead time can be in service."""
    return add_months(decision_date, round(12 * lead_time_years))


def period_weight(index: int, length_years: float, discount_rate: float) -> float:
    """Return the present value of 1 USD a year paid at the end of period ``index``, USD.

    Present value at the start of the horizon: ``L (1 + r)^(-(t + 1) L)``.

    >>> round(period_weight(0, 1.0, 0.08), 6)
    0.925926
    """
    return float(length_years * (1 + discount_rate) ** (-(index + 1) * length_years))


def annuity(capital_usd: float, life_years: float, discount_rate: float) -> float:
    """Return the yearly payment, USD/year, that repays ``capital_usd`` over ``life_years``.

    The capital recovery factor ``r / (1 - (1 + r)^-n)`` of engineering economics.

    >>> round(annuity(100.0, 20, 0.08), 4)
    10.1852
    >>> annuity(100.0, 20, 0.0)
    5.0
    """
    if discount_rate == 0:
        return capital_usd / life_years
    return float(capital_usd * discount_rate / (1 - (1 + discount_rate) ** -life_years))
