"""The best design so far, kept for two threads."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.designs import Rounder
from siting.solve.highs import CompiledModel

BETTER = 1e-9
HINTS, NEAR = 6, 0.04
"""Dives remembered at most; how much dearer than the best design they are, at most."""
Array = NDArray[np.float64]
Say = Callable[[str], None]


class Best:
    """The best design so far, as values of all columns of the compiled models of one design.

    Attributes:
        hints: designs that may be better once they are made lighter.
    """

    def __init__(
        self,
        design: CapacityDesign,
        compiled: CompiledModel,
        rounder: Rounder,
        say: Say,
    ) -> None:
        """Begin without a design."""
        self._costs, self._offset = compiled.costs(), compiled.offset
        self._rounder, self._say = rounder, say
        self.is_rounded: bool = design.code.routing == "C"
        self._lock = threading.Lock()
        self._known: tuple[float, Array | None] = (math.inf, None)
        self.hints: deque[Array] = deque(maxlen=HINTS)

    def known(self) -> tuple[float, Array | None]:
        """Return cost and values of the best design, which nobody changes."""
        return self._known

    @property
    def cost(self) -> float:
        """Cost of the best design; infinite when there is none."""
        return self._known[0]

    @property
    def values(self) -> Array | None:
        """Values of all columns of the best design."""
        return self._known[1]

    def cost_of(self, values: Array) -> float:
        """Return the cost of a design."""
        return float(self._costs @ values) + self._offset

    def take(self, values: Array) -> None:
        """Keep a design if it is better."""
        cost = self.cost_of(values)
        with self._lock:
            if cost >= self.cost - BETTER * abs(cost):
                return
            self._known = (cost, values)
        self._say(f"design {cost:,.2f}")

    def round_up(self, relaxed: Array) -> None:
        """Buy what the flow of a relaxation needs, where any flow is a routing."""
        if self.is_rounded:
            self.buy(relaxed)

    def buy(self, values: Array) -> None:
        """Buy what a routing needs."""
        found = self._rounder.rounded(values)
        if found is not None:
            self.take(found)

    def hint(self, values: Array) -> None:
        """Buy what a routing needs, and remember it where it is not much dearer than the best."""
        found = self._rounder.rounded(values)
        if found is not None:
            self.take(found)
            if self.cost_of(found) <= self.cost * (1.0 + NEAR):
                self.hints.append(found)
