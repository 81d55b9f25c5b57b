"""What a solve returns: termination, incumbent, bounds, plan; progress on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from siting.plan import Plan

if TYPE_CHECKING:
    from siting.instance import Instance
    from siting.solve.monolithic import Solution


class Termination(StrEnum):
    """Why the solve ended."""

    OPTIMAL = "optimal"
    GAP_REACHED = "gap_reached"
    ROUND_LIMIT = "round_limit"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One line of a running solve."""

    elapsed_s: float
    phase: str
    objective_usd: float = math.inf
    bound_usd: float = -math.inf
    network_gap_usd: float = math.inf
    message: str = ""


ProgressCallback = Callable[[Progress], None]
"""Called on the way, now and then from the second thread of a solve, never twice at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Outcome of a solve."""

    termination: Termination
    plan: Plan | None
    objective_usd: float
    bound_usd: float
    explanation: tuple[str, ...] = ()
    """Why there is no plan, in a planner's words."""
    times_s: dict[str, float] = field(default_factory=dict)
    """Wall time by phase, s."""
    start: str = ""
    """What was used of the plan that the solve started from; empty without one."""
    solution: Solution | None = None
    """The choices of the plan as numbers, for explanations."""
    instance: Instance | None = None
    """What these numbers are of: presolved, with the routes found during the solve."""

    @property
    def gap_usd(self) -> float:
        """Objective less bound, USD."""
        return self.objective_usd - self.bound_usd

    @property
    def relative_gap(self) -> float:
        """Gap over objective."""
        return self.gap_usd / abs(self.objective_usd) if self.objective_usd else 0.0

    def summary(self) -> str:
        """Return one line: termination, objective and gap."""
        if self.plan is None:
            return f"{self.termination}: no plan"
        return (
            f"{self.termination}: {self.objective_usd / 1e6:,.2f} M USD, "
            f"gap {self.gap_usd / 1e6:,.3f} M USD ({self.relative_gap:.2e})"
        )
