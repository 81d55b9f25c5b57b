"""What is known of modules that cannot be routed: rows that all modules keep which can be.

When the linear problem of the flows has no solution for some modules, its Farkas weights add up the
rows of the model to one about modules alone (:mod:`projection`), which these violate. Other modules
that violate it need no linear problem any more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.projection import Projection
from siting.solve.highs import CompiledModel

VIOLATION = 1e-6

Array = NDArray[np.float64]


class Unroutable:
    """Rows about the modules of one design, found where nothing could be routed."""

    def __init__(self, compiled: CompiledModel, places: NDArray[np.int32]) -> None:
        """Begin without rows.

        Args:
            compiled: the model with its routing; its rows stay as they are.
            places: the columns of the modules, all that will be fixed.
        """
        self._compiled = compiled
        self._projection = Projection(compiled, places)
        self.rows = np.zeros((0, len(places)))
        """One a row, one column a block."""
        self.least = np.zeros(0)
        """What each row has at least."""

    def learn(self, modules: Array) -> None:
        """Keep the row of modules that the model was just found not to route."""
        weights = self._compiled.farkas()
        if weights is None:
            return
        for sign in (1.0, -1.0):
            row = self._projection.row(sign * weights, modules)
            if row is not None and row.violation > VIOLATION:
                line = np.zeros((1, self.rows.shape[1]))
                line[0, list(row.columns)] = row.coefficients
                self.rows = np.concatenate([self.rows, line])
                self.least = np.append(self.least, row.least)
                return

    def excludes(self, modules: Array) -> bool:
        """Return whether modules are known not to be routable."""
        return bool((self.rows @ modules < self.least - VIOLATION).any())
