"""Collecting what the checks find: violations in a planner's words, and counts of checks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from siting.verify.verification import Violation


@dataclass(slots=True)
class Findings:
    """Violations and number of checks made, by rule."""

    violations: list[Violation] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)

    def rule(self, name: str) -> Rule:
        """Return the recorder of the rule ``name``."""
        self.checked.setdefault(name, 0)
        return Rule(name, self)


@dataclass(frozen=True, slots=True)
class Rule:
    """Records the checks of one rule. A value that is not a number fails every check."""

    name: str
    findings: Findings

    def require(
        self,
        where: str,
        message: str,
        *,
        ok: bool,
        value: float | None = None,
        limit: float | None = None,
        unit: str = "",
    ) -> bool:
        """Count a check; record a violation with ``message`` unless it is ``ok``."""
        self.findings.checked[self.name] += 1
        if not ok:
            self.findings.violations.append(
                Violation(
                    rule=self.name,
                    where=where,
                    value=_finite(value),
                    limit=_finite(limit),
                    unit=unit,
                    message=f"{where}: {message}",
                )
            )
        return ok

    def count(self, more: int) -> None:
        """Count checks that were made elsewhere and found nothing to report."""
        self.findings.checked[self.name] += more

    def at_most(
        self, where: str, what: str, value: float, limit: float, unit: str, slack: float = 0.0
    ) -> bool:
        """Check ``value <= limit + slack``, all in ``unit``."""
        text = f"{what} is {amount(value, unit)}; it must be at most {amount(limit, unit)}"
        return self.require(
            where, text, ok=value <= limit + slack, value=value, limit=limit, unit=unit
        )

    def at_least(
        self, where: str, what: str, value: float, limit: float, unit: str, slack: float = 0.0
    ) -> bool:
        """Check ``value >= limit - slack``, all in ``unit``."""
        text = f"{what} is {amount(value, unit)}; it must be at least {amount(limit, unit)}"
        return self.require(
            where, text, ok=value >= limit - slack, value=value, limit=limit, unit=unit
        )

    def equal(
        self, where: str, what: str, value: float, limit: float, unit: str, slack: float = 0.0
    ) -> bool:
        """Check that ``value`` is ``limit`` within ``slack``, all in ``unit``."""
        text = f"{what} is {amount(value, unit)}; it must be {amount(limit, unit)}"
        ok = value == limit or abs(value - limit) <= slack
        return self.require(where, text, ok=ok, value=value, limit=limit, unit=unit)


def amount(value: float, unit: str) -> str:
    """Return a number with its unit, for people.

    >>> amount(1234567.891, "USD"), amount(0.30000000000000004, "ms"), amount(3, "")
    ('1,234,567.89 USD', '0.3 ms', '3')
    """
    text = f"{value:,.2f}" if unit == "USD" else f"{value:,.10g}"
    return f"{text} {unit}".strip()


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
