"""Mixed-integer rounding of a covering row whose terms are switched on and off.

A row says that what some sources serve, and a rest that costs, cover a demand D:

    sum_i flow_i + rest >= D,    0 <= flow_i <= most_i switch_i,   switch_i in {0, 1}

Some flows are replaced by their upper bound, of some of these the switch by 1 - off switch. What is
left has the form sum_j a_j y_j + s >= b with y_j in {0, 1} and s >= 0. For any divisor d > 0 and
f = b/d - floor(b/d) > 0 it implies

    sum_j (floor(a_j/d) + min(1, (a_j/d - floor(a_j/d)) / f)) y_j + s / (d f) >= ceil(b/d).

Which flows, switches and divisor cut off a given solution best is found by trying (Marchand and
Wolsey, Oper. Res. 49(3), 2001).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ON_ABOVE = (0.5, 0.3, 0.7, 0.9)
"""Switches above such a value are tried as on: counted by their off switch."""
PARTS = (2.0, 4.0, 8.0)
"""The best divisor is tried in so many parts, too."""
LEAST_VIOLATION = 1e-4
LEAST_FRACTION, MOST_FRACTION = 0.02, 1.0 - 1e-7
"""Fractions f between which rounding is safe and says something."""
FRACTIONAL = 1e-6
MARGIN = 1e-9
"""What is taken from the right-hand side: more than rounding errors of the coefficients."""


@dataclass(frozen=True, slots=True)
class Switched:
    """A source in the solution that is to be cut off."""

    most: float
    is_on: float
    flow: float


@dataclass(frozen=True, slots=True)
class Rounding:
    """A row: sum of switch_i x switch + rest x (flows kept + rest) >= least."""

    violation: float
    """Distance of the solution from the row, in the space of its coefficients."""
    switch: tuple[float, ...]
    """Coefficients of the switches."""
    kept: tuple[bool, ...]
    """Which flows stand in the row."""
    rest: float
    least: float


def cover_roundings(demand: float, sources: Sequence[Switched], rest: float) -> Iterator[Rounding]:
    """Yield rows that hold for every covering, and not for this one."""
    if not sources:
        return
    most, is_on, flow = np.array([(x.most, x.is_on, x.flow) for x in sources], dtype=float).T
    trial = _Trial(demand, most, is_on, np.maximum(flow, 0.0), max(rest, 0.0))
    for level in ON_ABOVE:
        rounding = trial.best(is_on > level)
        if rounding is not None:
            yield rounding


@dataclass(frozen=True, slots=True)
class _Trial:
    """The row, and the solution that is to be cut off."""

    demand: float
    most: Floats
    is_on: Floats
    flow: Floats
    rest: float

    def best(self, on: Flags) -> Rounding | None:
        """Return the best row that begins with these switches counted as on."""
        partly = (
            (self.is_on > FRACTIONAL) & (self.is_on < 1 - FRACTIONAL) & (self.most > FRACTIONAL)
        )
        divisors = np.unique(np.round(self.most[partly], 6))
        tried = [(self._violation(on, d), d) for d in divisors]
        if not tried:
            return None
        violation, divisor = max(tried)
        tried = [(self._violation(on, divisor / n), divisor / n) for n in PARTS]
        violation, divisor = max([(violation, divisor), *tried])
        on = on.copy()
        nearest = np.argsort(np.abs(self.is_on - 0.5), kind="stable")
        for i in nearest[partly[nearest]]:
            on[i] = not on[i]
            other = self._violation(on, divisor)
            if other > violation + MARGIN:
                violation = other
            else:
                on[i] = not on[i]
        return self._row(on, divisor) if violation > LEAST_VIOLATION else None

    def _rounded(self, on: Flags, divisor: float) -> tuple[float, float, Floats, Flags] | None:
        """Return ceil(b/d), f, the coefficients and which flows are kept."""
        share = (self.demand - float(self.most[on].sum())) / divisor
        f = share - np.floor(share)
        if not LEAST_FRACTION < f < MOST_FRACTION:
            return None
        coefficient = _round(np.where(on, -self.most, self.most) / divisor, f)
        kept = ~on & (self.flow / (divisor * f) < coefficient * self.is_on)
        return float(np.floor(share)) + 1.0, float(f), coefficient, kept

    def _violation(self, on: Flags, divisor: float) -> float:
        rounded = self._rounded(on, divisor)
        if rounded is None:
            return -np.inf
        least, f, coefficient, kept = rounded
        switched = coefficient * np.where(on, 1.0 - self.is_on, self.is_on)
        terms = np.where(kept, self.flow / (divisor * f), switched)
        return float(least - terms.sum() - self.rest / (divisor * f))

    def _row(self, on: Flags, divisor: float) -> Rounding | None:
        rounded = self._rounded(on, divisor)
        if rounded is None:
            return None
        least, f, coefficient, kept = rounded
        switch = np.where(kept, 0.0, np.where(on, -coefficient, coefficient))
        least -= float(coefficient[on].sum())
        rest = 1.0 / (divisor * f)
        length = float(np.sqrt((switch**2).sum() + (1 + int(kept.sum())) * rest**2))
        return Rounding(
            self._violation(on, divisor) / length,
            tuple(map(float, switch)),
            tuple(map(bool, kept)),
            rest,
            least - MARGIN * max(1.0, abs(least)),
        )


def _round(share: Floats, f: float) -> Floats:
    whole = np.floor(share)
    rounded: Floats = whole + np.minimum(1.0, (share - whole) / f)
    return rounded
