"""Time that is given, shared by what there is to explain."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

LEAST_S = 0.2
"""Less is not worth a start."""


@dataclass(slots=True)
class Clock:
    """Wall time until a deadline."""

    limit_s: float
    begun: float = field(default_factory=time.monotonic)
    ran_out: bool = False
    """Something was left out for want of time."""

    @property
    def deadline(self) -> float:
        """When time is over, by the monotonic clock."""
        return self.begun + self.limit_s

    @property
    def spent_s(self) -> float:
        """Time since the start, s."""
        return time.monotonic() - self.begun

    def left_s(self) -> float:
        """Return the time left, s."""
        return self.deadline - time.monotonic()

    def share_s(self, parts: int) -> float | None:
        """Return the time for one of so many parts that are left, s; None: time is over."""
        if self.left_s() < LEAST_S:
            self.ran_out = True
            return None
        return max(self.left_s() / max(parts, 1), LEAST_S)
