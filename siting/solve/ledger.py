"""Collects yearly amounts and upfront capital by cost line."""

from __future__ import annotations

from collections.abc import Iterable

from siting.instance import Instance
from siting.plan import COST_LINES

CASH_LINES = (
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
