"""Cutset inequalities, rounded: the capacity across a cut covers the demand across it.

For a node set S the capacity of the links across is at least the demand across, D. Divided by a
module's capacity c and rounded (mixed-integer rounding), with r the fraction of D / c::

    sum_e,m G(c_m / c) n_em >= ceil(D / c),   G(a) = floor(a) + min(frac(a) / r, 1)

Three cuts, of S, T and their symmetric difference, hold every link twice or not at all; half their
sum, rounded once more, is a row about three or four parts of the network that no single cut gives.

Under protection the capacity across, whichever link fails, still covers the protected share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.node_sets import Borders, Cuts, Sets

EXACT = 1e-7
VIOLATION = 1e-4
QUARTER = 0.25
"""A number of halves is that far from a whole one, or it is whole."""
POOL = 260
"""Tight cuts whose pairs are combined."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """``sum coefficient x block >= least``; blocks by position in the list of all."""

    columns: tuple[int, ...]
    coefficients: tuple[float, ...]
    least: float
    violation: float


@dataclass(frozen=True, slots=True)
class Rounded:
    """Rounded cutset rows of many sets, for one divisor."""

    coefficients: Array
    """Set by kind of block."""
    least: Array
    slack: Array


class Cutsets:
    """Finds violated rows of one design."""

    def __init__(self, design: CapacityDesign, menus: tuple[Menu, ...], borders: Borders) -> None:
        """Index the blocks of all menus by kind: same capacity on top of the same base."""
        self._borders = borders
        blocks = [(e, block) for e, menu in enumerate(menus) for block in menu.blocks]
        self._link = np.array([e for e, _ in blocks], dtype=int)
        kinds = sorted({(b.base, b.capacity) for _, b in blocks})
        place = {kind: i for i, kind in enumerate(kinds)}
        self._kind = np.array([place[b.base, b.capacity] for _, b in blocks], dtype=int)
        self._bases = np.array([base for base, _ in kinds])
        self._tops = np.array([base + capacity for base, capacity in kinds])
        self._existing = np.array([link.existing_capacity for link in design.links])
        self.divisors = _divisors(menus)
        self._capacity = np.array([b.capacity for _, b in blocks])
        protected = design.code.survivability == "P"
        self._shares = (2.0, 1.0) if protected else (1.0, design.survival_fraction)

    def slack(self, sets: Sets, values: Array) -> Array:
        """Return the capacity across each set beyond what must be there."""
        cuts = self._borders.cuts(sets)
        capacity = self._existing.copy()
        np.add.at(capacity, self._link, self._capacity * values)
        slack: Array = cuts.crossing @ capacity - self._shares[0] * cuts.demand
        return slack

    def violated(self, sets: Sets, values: Array, most: int) -> list[Row]:
        """Return the most violated rows of these sets, and of pairs among their tightest."""
        rows: list[Row] = []
        cuts = self._borders.cuts(sets)
        for cut, lost in self._states(cuts, values):
            for divisor in self.divisors:
                rounded = self._rounded(cut, divisor, values, lost)
                bad = np.flatnonzero(rounded.slack < -VIOLATION)
                worst = bad[np.argsort(rounded.slack[bad])][:most]
                rows += [self._row(cut.crossing[i], rounded, int(i)) for i in worst]
                if self._borders.design.code.link != "D" and lost == 0:
                    rows += self._pairs(cut, rounded, divisor, values, most)
        return rows

    def _states(self, cuts: Cuts, values: Array) -> list[tuple[Cuts, int]]:
        """Return the cuts as they are, and without the link that has most across each."""
        states = [(Cuts(cuts.sets, cuts.crossing, self._shares[0] * cuts.demand), 0)]
        if self._shares[1] > 0:
            capacity = self._existing.copy()
            np.add.at(capacity, self._link, self._capacity * values)
            largest = np.where(cuts.crossing, capacity, -1.0).argmax(axis=1)
            left = cuts.crossing.copy()
            left[np.arange(len(left)), largest] = False
            states.append((Cuts(cuts.sets, left, self._shares[1] * cuts.demand), 1))
        return states

    def _rounded(self, cuts: Cuts, divisor: float, values: Array, lost: int) -> Rounded:
        del lost
        need = (cuts.demand - cuts.crossing @ self._existing) / divisor
        ceiling = np.ceil(need - EXACT)
        fraction = need - (ceiling - 1.0)
        fraction = np.where(fraction > 1.0 - EXACT, 1.0, np.maximum(fraction, EXACT))
        top = _rounding(self._tops[None, :] / divisor, fraction[:, None])
        base = _rounding(self._bases[None, :] / divisor, fraction[:, None])
        coefficients = top - base
        slack = self._activity(cuts.crossing, coefficients, values) - ceiling
        return Rounded(coefficients, ceiling, np.where(need > EXACT, slack, np.inf))

    def _activity(self, crossing: NDArray[np.bool_], coefficients: Array, values: Array) -> Array:
        by_link = np.zeros((crossing.shape[1], len(self._tops)))
        np.add.at(by_link, (self._link, self._kind), values)
        activity: Array = ((crossing.astype(float) @ by_link) * coefficients).sum(axis=1)
        return activity

    def _row(self, crossing: NDArray[np.bool_], rounded: Rounded, i: int) -> Row:
        columns = np.flatnonzero(crossing[self._link])
        coefficients = rounded.coefficients[i][self._kind[columns]]
        used = coefficients > EXACT
        return Row(
            tuple(columns[used].tolist()),
            tuple(coefficients[used].tolist()),
            float(rounded.least[i]),
            float(-rounded.slack[i]),
        )

    def _pairs(
        self, cuts: Cuts, rounded: Rounded, divisor: float, values: Array, most: int
    ) -> list[Row]:
        tight = np.argsort(rounded.slack)[:POOL]
        tight = tight[rounded.slack[tight] < 1.0 - VIOLATION]
        if len(tight) < 2:
            return []
        first, second = (tight[side] for side in np.triu_indices(len(tight), 1))
        near = rounded.slack[first] + rounded.slack[second] < 1.0 - VIOLATION
        first, second = first[near], second[near]
        sets = cuts.sets[first] ^ cuts.sets[second]
        share = self._shares[0]
        third = self._borders.cuts(sets)
        third = Cuts(sets, third.crossing, share * third.demand)
        other = self._rounded(third, divisor, values, 0)
        whole = np.where(np.isfinite(other.slack), other.least, 0.0)
        least = (rounded.least[first] + rounded.least[second] + whole) / 2.0
        odd = np.abs(least - np.round(least)) > QUARTER
        small = rounded.slack[first] + rounded.slack[second] + np.minimum(other.slack, 1e9)
        good = np.flatnonzero(odd & np.isfinite(other.slack) & (small < 1.0 - VIOLATION))
        rows = []
        for i in good[np.argsort(small[good])][: 4 * most]:
            parts = (
                (cuts.crossing[first[i]], rounded.coefficients[first[i]]),
                (cuts.crossing[second[i]], rounded.coefficients[second[i]]),
                (third.crossing[i], other.coefficients[i]),
            )
            half = sum(c[self._link] * k[self._kind] for c, k in parts) / 2.0
            row = _rounded_row(half, float(least[i]), values)
            if row.violation > VIOLATION:
                rows.append(row)
        return sorted(rows, key=lambda row: -row.violation)[:most]


def _rounded_row(coefficients: Array, least: float, values: Array) -> Row:
    """Return a row over whole blocks, rounded: ``least`` is some whole number and a half."""
    ceiling = float(np.ceil(least - EXACT))
    fraction = least - (ceiling - 1.0)
    rounded = _rounding(coefficients, np.array(fraction))
    columns = np.flatnonzero(rounded > EXACT)
    return Row(
        tuple(columns.tolist()),
        tuple(rounded[columns].tolist()),
        ceiling,
        ceiling - float(rounded @ values),
    )


def _rounding(sizes: Array, fraction: Array) -> Array:
    """Return ``floor(a) + min(frac(a) / r, 1)``."""
    floor = np.floor(sizes + EXACT)
    rest = np.maximum(sizes - floor, 0.0)
    return np.asarray(floor + np.minimum(rest / fraction, 1.0), dtype=float)


def _divisors(menus: tuple[Menu, ...]) -> list[float]:
    """Return the capacities to round by: those of whole blocks, and sizes of staircases."""
    sizes = {b.base + b.capacity for m in menus for b in m.blocks if b.is_whole}
    steps = {b.capacity for m in menus for b in m.blocks if b.is_whole}
    return sorted(sizes | steps)[:24]
