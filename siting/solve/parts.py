"""The parts of a master that is searched in parts: some modes and campuses fixed, and a bound."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from siting.solve.highs import Outcome, Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Period = tuple[str, int]
"""A workload in a period."""

WHILE_S, WHOLE_S = 10.0, 30.0
"""Time for a part, unless said, and for the whole, s."""
FAR = 3e-3
"""Share of a cutoff by which a bound is far from it."""
FRACTION = 1e-5
NO_MODE = -1


@dataclass(frozen=True, slots=True)
class Part:
    """Sitings of a master with some modes and campuses fixed, and a bound of their cost."""

    bound: float
    """In the unit of the model."""
    order: int
    """What breaks ties: the number of the part."""
    modes: Mapping[Period, tuple[int, ...]]
    """Modes left, by workload and period; ``NO_MODE`` is none."""
    opened: tuple[tuple[tuple[str, int], bool], ...] = ()
    """Campuses that are open in a period, or not."""
    time_s: float = WHILE_S
    rows: int = 0
    """Rows of the master when it was relaxed."""
    is_tried: bool = False
    """It was solved for a while with modes to choose from."""

    @property
    def is_open(self) -> bool:
        """Whether there is a choice of modes in some period."""
        return any(len(left) > 1 for left in self.modes.values())

    @property
    def is_whole(self) -> bool:
        """Whether nothing is fixed in any period that may have several modes."""
        return not self.opened and all(len(left) > 1 for left in self.modes.values())

    def with_mode(self, period: Period, mode: int) -> Part:
        """Return it with the mode of a period fixed."""
        return replace(self, modes={**self.modes, period: (mode,)})


def is_far(bound: float, limit: float, far: float = FAR) -> bool:
    """Return whether a bound is far from a cutoff."""
    return -math.inf < bound < (1 - far) * limit < math.inf


def stopped(best: Outcome | None, bound: float) -> Outcome:
    """Return what a search found that ran out of time."""
    if best is None:
        return Outcome(Status.TIME_LIMIT, math.inf, bound, None)
    return Outcome(Status.TIME_LIMIT, best.objective, min(bound, best.objective), best.values)


def best_modes(
    part: Part,
    relaxation: Callable[[Part], Outcome],
    used: Callable[[Period, int, NDArray[np.float64]], float],
) -> Part | None:
    """Return a part with the best modes of those that relaxations use, the last period first.

    Args:
        part: with modes to choose from.
        relaxation: returns the continuous relaxation of a part.
        used: how much of a mode a relaxation with some values uses in a period.

    Returns:
        The part; None where a relaxation has no solution.
    """
    values = relaxation(part).values
    for period, modes in reversed(list(part.modes.items())):
        if values is None:
            return None
        shares = {mode: used(period, mode, values) for mode in modes if mode != NO_MODE}
        shares[NO_MODE] = 1.0 - sum(shares.values())
        some = [part.with_mode(period, mode) for mode in modes if shares[mode] > FRACTION]
        relaxed = [(relaxation(one), one) for one in some]
        if not relaxed:
            return None
        outcome, part = min(relaxed, key=lambda pair: pair[0].bound)
        values = outcome.values
    return part
