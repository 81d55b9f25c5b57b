"""How a solver call ended, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Status(StrEnum):
    """How a solver call ended."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    """The bound asked for was reached."""
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a solver call found; money in the unit of the model's objective."""

    status: Status
    objective: float
    """Value of the incumbent; infinite when there is none."""
    bound: float
    """Valid lower bound; infinite when proven infeasible."""
    values: NDArray[np.float64] | None
    """Value of each column of the incumbent."""
