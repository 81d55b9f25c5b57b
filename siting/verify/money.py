"""Present value and annuities (models/formulation.md, section 1)."""

from __future__ import annotations

import math


def annuity(capital_usd: float, life_years: float, rate: float) -> float:
    """Return the yearly payment that pays ``capital_usd`` back over ``life_years``, USD per year.

    >>> round(annuity(1000.0, 2, 0.1), 2)
    576.19
    """
    if rate == 0:
        return capital_usd / life_years
    return capital_usd * rate / (1.0 - math.pow(1.0 + rate, -life_years))


def weights(periods: int, period_years: float, rate: float) -> tuple[float, ...]:
    """Return the present value at the start of the horizon of 1 USD a year paid in each period.

    Payments fall at the end of a period.

    >>> [round(w, 4) for w in weights(2, 1.0, 0.1)]
    [0.9091, 0.8264]
    """
    return tuple(
        period_years * math.pow(1.0 + rate, -(t + 1) * period_years) for t in range(periods)
    )
