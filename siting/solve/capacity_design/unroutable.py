"""What is known of modules that cannot be routed: rows that all modules keep which can be.

Modules for which traffic has no routing break a row about modules alone that all others keep
(:mod:`arc_traffic`, :mod:`route_traffic`). Other modules that violate it need no linear problem any
more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

VIOLATION = 1e-6

Array = NDArray[np.float64]


class Unroutable:
    """Rows about the modules of one design, found where nothing could be routed."""

    def __init__(self, size: int) -> None:
        """Begin without rows, for so many blocks."""
        self.rows = np.zeros((0, size))
        """One a row, one column a block; the largest coefficient is one."""
        self.least = np.zeros(0)
        """What each row has at least."""

    def add(self, coefficients: Array, least: float, modules: Array) -> bool:
        """Keep a row if modules violate it; return whether they do."""
        top = float(np.abs(coefficients).max(initial=0.0))
        if top <= 0 or not np.isfinite(least):
            return False
        if least / top - float(coefficients @ modules) / top <= VIOLATION:
            return False
        self.rows = np.concatenate([self.rows, coefficients[None, :] / top])
        self.least = np.append(self.least, least / top)
        return True

    def excludes(self, modules: Array) -> bool:
        """Return whether modules are known not to be routable."""
        return bool((self.rows @ modules < self.least - VIOLATION).any())
