"""What a master is asked for, and what it found, whole or relaxed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from siting.solve.highs import Status
from siting.solve.set_cuts import Link
from siting.solve.siting_choice import SitingChoice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class MasterGoals(TypedDict):
    """When a master is good enough, and when time is up."""

    time_limit_s: float
    relative_gap: float
    cutoff_usd: float
    """Largest cost of interest."""


@dataclass(frozen=True, slots=True)
class MasterOutcome:
    """Bound (USD) and siting of a master; no siting when it is infeasible or out of time."""

    bound_usd: float
    siting: SitingChoice | None
    status: Status
    cost_usd: float = math.inf
    """Of the siting, with what the master knows of its network."""
    values: NDArray[np.float64] | None = None
    """Of all columns."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The continuous relaxation of a master."""

    bound_usd: float
    network_usd: list[float]
    """Yearly, by period."""
    required: list[dict[Link, float]]
    """By period, how much of each link is required."""
    demands_gbps: list[dict[Link, float]]
    """By period, what is asked of each link."""
