"""When a solve of a design stops, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from siting.instance.design_solution import DesignSolution

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop."""

    time_limit_s: float = 120.0
    relative_gap: float = 1e-6
    seed: int = 1


@dataclass(frozen=True, slots=True)
class DesignResult:
    """What was found."""

    solution: DesignSolution | None
    objective: float
    bound: float
    is_infeasible: bool
    rows: int
    seconds: float
