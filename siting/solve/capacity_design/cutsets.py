"""Cutset inequalities, rounded: the capacity across a cut covers the demand across it.

For a node set S the capacity of the links across is at least the demand across, D. Divided by a
module's capacity c and rounded (mixed-integer rounding), with r the fraction of D / c::

    sum_e,m G(c_m / c) n_em >= ceil(D / c),   G(a) = floor(a) + min(frac(a) / r, 1)

Three cuts, of S, T and their symmetric difference, hold every link twice or not at all; half their
sum, rounded once more, is a row about three or four parts of the network that no single cut gives.

Two sizes of modules have rows that no rounding by one of them gives (:mod:`covers`).

A link with a fixed charge carries nothing unused: in each row it stands for itself by its modules,
or by ``ceil(D / c)`` times whether it is used, whichever a solution has less of.

Under protection the capacity across, whichever link fails, still covers the protected share. Under
1+1 protection a cut is covered twice, and a link counts for no more than half of that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design import covers
from siting.solve.capacity_design.node_sets import Borders, Cuts, Sets

EXACT = 1e-7
VIOLATION = 1e-4
QUARTER = 0.25
"""A number of halves is that far from a whole one, or it is whole."""
PAIRED_DIVISORS = 4
"""Pairs of cuts are combined where there are no more divisors: they take most of a round."""
POOL = 260
"""Tight cuts whose pairs are combined."""
COVERED = 600
"""Tight cuts that are covered by two sizes, over all pairs of sizes."""
PAIRS_OF_SIZES = 12

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """``sum coefficient x block >= least``; columns by position."""

    columns: tuple[int, ...]
    """Blocks of all links, and after them the charged links, by whether they are used."""
    coefficients: tuple[float, ...]
    least: float
    violation: float

    @property
    def depth(self) -> float:
        """How far beyond the row a solution lies: the violation by the length of the row."""
        return self.violation / max(math.hypot(*self.coefficients), EXACT)


@dataclass(frozen=True, slots=True)
class Rounded:
    """Rounded cutset rows of many sets, for one divisor."""

    coefficients: Array
    """Set by kind of block."""
    least: Array
    slack: Array
    use: Array
    """Of a charged link that stands for itself by its use."""
    is_used: NDArray[np.bool_]
    """Set by charged link: whether it stands for itself by its use."""


@dataclass(frozen=True, slots=True)
class State:
    """Cuts and what must be across them, as they are or without a link."""

    cuts: Cuts
    most: Array
    """What one link counts for at most, by set; infinite where that does not matter."""
    is_whole: bool
    """Whether no link is left out."""


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
        self.divisors = divisors_of(menus)
        self._facets: dict[
            tuple[covers.Facet, tuple[float, float], float], tuple[Array, float, float]
        ] = {}
        self._blocks = len(blocks)
        self._charged = charged_links(design)
        self._capacity = np.array([b.capacity for _, b in blocks])
        self._is_paired = protected = design.code.survivability == "P"
        few = len(self.divisors) <= PAIRED_DIVISORS and not len(self._charged)
        self._are_paired = few and design.code.link != "D"
        self._sizes = covers.sizes_in_turn(self.divisors, PAIRS_OF_SIZES)
        self._shares = (2.0, 1.0) if protected else (1.0, design.survival_fraction)

    def slack(self, sets: Sets, values: Array) -> Array:
        """Return the capacity across each set beyond what must be there."""
        return self._slack(self._state(self._borders.cuts(sets)), values)

    def _slack(self, state: State, values: Array) -> Array:
        across = state.cuts.crossing @ self._by_link(values)
        tops, bases = self._clipped(state)
        slack: Array = (across * (tops - bases)).sum(axis=1) - self._need(state)
        return slack

    def _state(self, cuts: Cuts) -> State:
        """Return cuts as they are."""
        most = cuts.demand if self._is_paired else np.full(len(cuts.demand), np.inf)
        return State(
            Cuts(cuts.sets, cuts.crossing, self._shares[0] * cuts.demand), most, is_whole=True
        )

    def _clipped(self, state: State) -> tuple[Array, Array]:
        """Return tops and bases of the kinds of blocks in each set, as far as a link counts."""
        most = state.most[:, None]
        return np.minimum(self._tops, most), np.minimum(self._bases, most)

    def _need(self, state: State) -> Array:
        """Return what blocks must have across each set."""
        existing = self._existing[None, :]
        if existing.any() and np.isfinite(state.most).any():
            existing = np.minimum(existing, state.most[:, None])
        need: Array = state.cuts.demand - (state.cuts.crossing * existing).sum(axis=1)
        return need

    def violated(
        self, sets: Sets, values: Array, most: int, *, is_paired: bool = True
    ) -> list[Row]:
        """Return the most violated rows of these sets; where few are, of pairs of the tightest."""
        rows: list[Row] = []
        paired: list[tuple[State, Rounded, float]] = []
        for state in self._states(self._borders.cuts(sets), values):
            rows += self._covered(state, values)[:most]
            for divisor in self.divisors:
                rounded = self._rounded(state, divisor, values)
                rows += self._worst(state.cuts, rounded, most)
                if state.is_whole and is_paired and self._are_paired:
                    paired.append((state, rounded, divisor))
        if len(rows) < most:
            for state, rounded, divisor in paired:
                rows += self._pairs(state.cuts, rounded, divisor, values, most)
        return rows

    def _worst(self, cuts: Cuts, rounded: Rounded, most: int) -> list[Row]:
        bad = np.flatnonzero(rounded.slack < -VIOLATION)
        worst = bad[np.argsort(rounded.slack[bad])][:most]
        return [self._row(cuts.crossing[i], rounded, int(i)) for i in worst]

    def _states(self, cuts: Cuts, values: Array) -> list[State]:
        """Return the cuts as they are, and without the link that has most across each."""
        states = [self._state(cuts)]
        if self._shares[1] > 0:
            capacity = self._existing.copy()
            np.add.at(capacity, self._link, self._capacity * values[: self._blocks])
            largest = np.where(cuts.crossing, capacity, -1.0).argmax(axis=1)
            left = cuts.crossing.copy()
            left[np.arange(len(left)), largest] = False
            lost = Cuts(cuts.sets, left, self._shares[1] * cuts.demand)
            states.append(State(lost, np.full(len(left), np.inf), is_whole=False))
        return states

    def _rounded(self, state: State, divisor: float, values: Array) -> Rounded:
        need = self._need(state) / divisor
        ceiling = np.ceil(need - EXACT)
        fraction = need - (ceiling - 1.0)
        fraction = np.where(fraction > 1.0 - EXACT, 1.0, np.maximum(fraction, EXACT))
        tops, bases = self._clipped(state)
        top = rounding(tops / divisor, fraction[:, None])
        base = rounding(bases / divisor, fraction[:, None])
        # One block that covers the cut alone covers it once, however large it is.
        coefficients = np.minimum(top, ceiling[:, None]) - np.minimum(base, ceiling[:, None])
        use = ceiling
        if np.isfinite(state.most).any():
            use = np.minimum(rounding(state.most / divisor, fraction), ceiling)
        crossing = state.cuts.crossing
        activity, is_used = self._activity(crossing, coefficients, use, values)
        slack = np.where(need > EXACT, activity - ceiling, np.inf)
        return Rounded(coefficients, ceiling, slack, use, is_used)

    def _covered(self, state: State, values: Array) -> list[Row]:
        """Return violated rows of two sizes, of the tightest cuts."""
        if not self._sizes:
            return []
        by_link = self._by_link(values)
        need, slack = self._need(state), self._slack(state, values)
        slack[need <= EXACT] = np.inf
        rows = []
        for i in np.argsort(slack)[: COVERED // len(self._sizes)]:
            if np.isinf(slack[i]):
                break
            crossing, most = state.cuts.crossing[i], float(state.most[i])
            across = crossing @ by_link
            for sizes in self._sizes:
                for facet in covers.facets(float(need[i]), *sizes):
                    kinds, use, least = self._facet(facet, sizes, most)
                    if len(self._charged) or across @ kinds < least - VIOLATION:
                        row = self._row_of(crossing, kinds, use, least, values)
                        rows += [row] if row.violation > VIOLATION else []
        return sorted(rows, key=lambda row: -row.violation)

    def _facet(
        self, facet: covers.Facet, sizes: tuple[float, float], most: float
    ) -> tuple[Array, float, float]:
        """Return the coefficients of the kinds of blocks, that of use, and the right side."""
        key = (facet, sizes, most)
        if key not in self._facets:
            bases, tops = np.minimum(self._bases, most), np.minimum(self._tops, most)
            found, least = covers.coefficients(facet, sizes, bases, tops)
            use = least
            if math.isfinite(most):
                use = min(covers.least_price(most, facet[:2], sizes), least)
            self._facets[key] = (found, use, least)
        return self._facets[key]

    def _by_link(self, values: Array) -> Array:
        found = np.zeros((len(self._existing), len(self._tops)))
        np.add.at(found, (self._link, self._kind), values[: self._blocks])
        return found

    def _row_of(
        self, crossing: NDArray[np.bool_], kinds: Array, use: float, least: float, values: Array
    ) -> Row:
        """Return the row of one cut, each charged link by what it has less of."""
        cut, coefficients, right = crossing[None, :], kinds[None, :], np.array([least])
        uses = np.array([use])
        activity, is_used = self._activity(cut, coefficients, uses, values)
        rounded = Rounded(coefficients, right, activity - least, uses, is_used)
        return self._row(crossing, rounded, 0)

    def _activity(
        self, crossing: NDArray[np.bool_], coefficients: Array, use: Array, values: Array
    ) -> tuple[Array, NDArray[np.bool_]]:
        """Return what a solution has of each row, and which links stand for themselves by use."""
        by_link = self._by_link(values)
        across = crossing.astype(float)
        if not len(self._charged):
            activity: Array = ((across @ by_link) * coefficients).sum(axis=1)
            return activity, np.zeros((len(crossing), 0), dtype=bool)
        bought = (coefficients @ by_link.T) * across
        used = use[:, None] * values[None, self._blocks :] * across[:, self._charged]
        is_used = crossing[:, self._charged] & (used < bought[:, self._charged])
        spared = np.where(is_used, bought[:, self._charged] - used, 0.0)
        return bought.sum(axis=1) - spared.sum(axis=1), is_used

    def _row(self, crossing: NDArray[np.bool_], rounded: Rounded, i: int) -> Row:
        by_use = self._charged[rounded.is_used[i]]
        by_modules = crossing.copy()
        by_modules[by_use] = False
        columns = np.flatnonzero(by_modules[self._link])
        coefficients = rounded.coefficients[i][self._kind[columns]]
        columns, coefficients = columns[coefficients > EXACT], coefficients[coefficients > EXACT]
        used = self._blocks + np.flatnonzero(rounded.is_used[i])
        least = float(rounded.least[i])
        return Row(
            (*columns.tolist(), *used.tolist()),
            (*coefficients.tolist(), *([float(rounded.use[i])] * len(used))),
            least,
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
        state = self._state(self._borders.cuts(sets))
        third, other = state.cuts, self._rounded(state, divisor, values)
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
            row = _rounded_row(half, float(least[i]), values[: self._blocks])
            if row.violation > VIOLATION:
                rows.append(row)
        return sorted(rows, key=lambda row: -row.violation)[:most]


def charged_links(design: CapacityDesign) -> NDArray[np.int64]:
    """Return the links with a fixed charge, by position."""
    charged = design.code.fixed_charge == "Y"
    links = [e for e, link in enumerate(design.links) if charged and link.setup_cost > 0]
    return np.array(links, dtype=np.int64)


def _rounded_row(coefficients: Array, least: float, values: Array) -> Row:
    """Return a row over whole blocks, rounded: ``least`` is some whole number and a half."""
    ceiling, fraction = rounded_least(least)
    rounded = np.minimum(rounding(coefficients, fraction), ceiling)
    columns = np.flatnonzero(rounded > EXACT)
    return Row(
        tuple(columns.tolist()),
        tuple(rounded[columns].tolist()),
        ceiling,
        ceiling - float(rounded @ values),
    )


def rounding(sizes: Array, fraction: Array | float) -> Array:
    """Return ``floor(a) + min(frac(a) / r, 1)``."""
    floor = np.floor(sizes + EXACT)
    rest = np.maximum(sizes - floor, 0.0)
    return np.asarray(floor + np.minimum(rest / fraction, 1.0), dtype=float)


def rounded_least(least: float) -> tuple[float, float]:
    """Return a right side rounded up, and the fraction that is rounded."""
    ceiling = float(np.ceil(least - EXACT))
    return ceiling, max(least - (ceiling - 1.0), EXACT)


def divisors_of(menus: tuple[Menu, ...]) -> list[float]:
    """Return the capacities to round by: those of whole blocks, and sizes of staircases."""
    sizes = {b.base + b.capacity for m in menus for b in m.blocks if b.is_whole}
    steps = {b.capacity for m in menus for b in m.blocks if b.is_whole}
    return sorted(sizes | steps)[:24]
