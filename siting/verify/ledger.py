"""Cost of a plan by line, annual and overnight (models/formulation.md, section 5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from siting.plan import COST_LINES
from siting.verify.case import Case
from siting.verify.dates import period_years
from siting.verify.money import annuity, weights

CASH_LINES: Final = (
    "substations",
    "network_upgrades",
    "tie_lines",
    "bridging",
    "campuses",
    "corridors",
    "cables",
    "irus",
    "huts",
    "amplifiers",
    "terminals",
    "transponders",
    "regenerators",
    "leases",
)
"""Lines with upfront cash."""
HOURS: Final = 8760.0
"""Hours in a year."""


@dataclass(slots=True)
class Ledger:
    """Amounts by line and period, USD: annual while in service, and overnight when it starts."""

    case: Case
    annual: dict[str, list[list[float]]] = field(default_factory=dict)
    overnight: dict[str, list[list[float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        periods = range(self.case.periods)
        self.annual = {line: [[] for _ in periods] for line in COST_LINES}
        self.overnight = {line: [[] for _ in periods] for line in CASH_LINES}

    def capital(
        self, line: str, unit_usd: float, life_years: float, units: Sequence[float]
    ) -> None:
        """Charge the annuity of units in service, and the capital of those that start."""
        rate = self.case.study.file.money.discount_rate
        self.yearly(line, annuity(unit_usd, life_years, rate), units)
        before = 0.0
        for t, count in enumerate(units):
            self.overnight[line][t].append(unit_usd * max(count - before, 0.0))
            before = max(before, count)

    def yearly(self, line: str, unit_usd: float, units: Sequence[float]) -> None:
        """Charge USD a year for each unit in service."""
        for t, count in enumerate(units):
            self.annual[line][t].append(unit_usd * count)

    def present_values(self) -> dict[str, float]:
        """Return the present value of every line, USD."""
        horizon = self.case.study.file.horizon
        rate = self.case.study.file.money.discount_rate
        weight = weights(self.case.periods, period_years(horizon), rate)
        return {
            line: math.fsum(
                weight[t] * amount for t, amounts in enumerate(rows) for amount in amounts
            )
            for line, rows in self.annual.items()
        }

    def upfront_cash(self) -> dict[str, tuple[float, ...]]:
        """Return overnight capital by line and period, USD."""
        return {
            line: tuple(math.fsum(amounts) for amounts in rows)
            for line, rows in self.overnight.items()
        }


def since(first: int | None, periods: int) -> list[float]:
    """Return 1 in every period from ``first`` on; all 0 when it is None.

    >>> since(1, 3)
    [0.0, 1.0, 1.0]
    """
    return [1.0 if first is not None and t >= first else 0.0 for t in range(periods)]
