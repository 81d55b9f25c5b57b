"""Rounded rows of several commodities through a cut: each link by its flow or by its modules.

Let S be a node set and Q some of the traffic that must cross its border one way, D together. It
runs over the links across, of which some count by their modules (A), and the others by the flow of
Q. A part q of the traffic counts on a link by its flow f_qe, or as a whole, as ``D_q`` times the
use of the link (``D_q`` where it is not charged)::

    sum_{e in A} (C_e + sum_m c_m n_em) + sum_{e not in A, q} min(f_qe, D_q w_e) >= D

Divided by a module's capacity and rounded (mixed-integer rounding), flows as what is not whole. Q
and A are climbed from a few beginnings (:mod:`flow_climb`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siting.solve.capacity_design.cutsets import rounding
from siting.solve.capacity_design.flow_climb import Across, Chosen, Kinds, climbed
from siting.solve.capacity_design.flow_columns import VIOLATION, FlowColumns, FlowRow, flow_row
from siting.solve.capacity_design.node_sets import Sets

MOST_DIVISORS = 4
STARTS, PASSES = 3, 3
FULL = (2.0, 0.999)
"""Shares of what may run over a link from which on a flow counts as that: never, and nearly."""

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Border:
    """The links across one cut, and the traffic that must cross it."""

    links: Ints
    columns: Ints
    """Of the flow of each part of the traffic over each link."""
    units: Array
    """Capacity that one unit of each part takes."""
    across: Across


class FlowCutsets:
    """Finds violated rows of one design with its routing."""

    def __init__(
        self, columns: FlowColumns, divisors: list[float], seed: int, *, is_undirected: bool
    ) -> None:
        """Index the kinds of blocks.

        Args:
            columns: of the model.
            divisors: capacities to round by.
            seed: of the choices.
            is_undirected: whether both ways of a link share its capacity.
        """
        self._of, self._divisors = columns, divisors[:MOST_DIVISORS]
        self._is_undirected = is_undirected
        blocks = zip(columns.base, columns.capacity, columns.is_whole, strict=True)
        kinds = list(blocks)
        place = {kind: i for i, kind in enumerate(sorted(set(kinds)))}
        self._kind: Ints = np.array([place[kind] for kind in kinds], dtype=int)
        self._kinds = Kinds(
            np.array([base for base, _, _ in place], dtype=float),
            np.array([base + capacity for base, capacity, _ in place], dtype=float),
            np.array([is_whole for _, _, is_whole in place], dtype=np.bool_),
        )
        self._rng = np.random.default_rng(seed)

    def violated(self, values: Array, most: int, sets: Sets) -> list[FlowRow]:
        """Return the deepest violated rows of a solution through the borders of some sets."""
        of = self._of
        links = len(of.existing)
        modules = np.zeros((links, len(self._kinds.tops)))
        bought = np.where(of.block >= 0, values[of.block], 0.0)
        np.add.at(modules, (of.block_link, self._kind), bought)
        uses = np.where(of.use >= 0, values[of.use], np.inf)
        flows = np.where(of.flow >= 0, values[of.flow], 0.0) * of.unit[:, None]
        rows: dict[tuple[int, ...], FlowRow] = {}
        for inside in sets:
            parts, arcs, amounts = self._traffic(inside)
            if not len(parts):
                continue
            columns = of.flow[parts[:, None], arcs]
            own = of.link[arcs[0]]
            through = flows[parts[:, None], arcs]
            room = amounts[:, None] * np.where(np.isinf(uses[own]), 1.0, uses[own])
            for share in FULL:
                across = Across(
                    through,
                    through >= share * room,
                    amounts,
                    modules[own],
                    uses[own],
                    of.existing[own],
                    of.times,
                )
                border = Border(own, columns, of.unit[parts], across)
                for row in self._rows(border, values):
                    rows[row.columns] = row
        return sorted(rows.values(), key=lambda row: -row.depth)[:most]

    def _traffic(self, inside: Bools) -> tuple[Ints, Ints, Array]:
        """Return commodities that must cross into a set, or out of it where links have no way.

        With the arcs over which each may do that, one for each link across, and how much of it
        must.
        """
        of = self._of
        into = np.flatnonzero(inside[of.heads] & ~inside[of.tails])
        starts = inside[of.sources]
        amounts = np.where(starts, of.brought @ ~inside, of.brought @ inside)
        is_part = amounts > 0
        out = into
        if self._is_undirected:
            into = into[np.argsort(of.link[into])]
            out = np.flatnonzero(inside[of.tails] & ~inside[of.heads])
            out = out[np.argsort(of.link[out])]
        else:
            is_part &= ~starts
        parts = np.flatnonzero(is_part & (len(into) > 0))
        return parts, np.where(starts[parts, None], out, into), amounts[parts]

    def _rows(self, border: Border, values: Array) -> list[FlowRow]:
        """Return the rows that some beginnings give, for each divisor."""
        across = border.across
        parts, count = across.flows.shape
        rows = []
        chosen = Chosen(
            np.zeros(parts, dtype=np.bool_),
            np.zeros(count, dtype=np.bool_),
            np.zeros(count),
            np.zeros(count),
        )
        counts = np.zeros(len(self._kinds.tops))
        for divisor in self._divisors:
            for start in range(STARTS):
                is_in = self._first_parts(start, parts)
                order = self._rng.permutation(parts + count)
                short, least, fraction = climbed(
                    across, self._kinds, is_in, divisor, order, PASSES, chosen, counts
                )
                if short > VIOLATION:
                    terms = self._terms(border, chosen, counts, (divisor, least, fraction))
                    rows.append(flow_row(terms, least, values))
        return rows

    def _first_parts(self, start: int, parts: int) -> Bools:
        """Return parts of the traffic to begin with: all, half of them, or one."""
        is_in: Bools = np.ones(parts, dtype=np.bool_)
        if start == 1:
            is_in = self._rng.random(parts) < 1 / 2
        elif start > 1:
            is_in[:] = False
            is_in[self._rng.integers(parts)] = True
        return is_in

    def _terms(
        self, border: Border, chosen: Chosen, counts: Array, scale: tuple[float, float, float]
    ) -> dict[int, float]:
        """Return the coefficients of a chosen row, by column.

        Args:
            border: where it is.
            chosen: the row.
            counts: what a block of each kind counts for.
            scale: its divisor, right side and the fraction that is rounded.
        """
        divisor, least, fraction = scale
        terms: dict[int, float] = {}
        full = np.minimum(rounding(chosen.full / divisor, fraction), least)
        for i, e in enumerate(border.links):
            if chosen.by_modules[i]:
                for block in np.flatnonzero(self._of.block_link == e):
                    terms[int(self._of.block[block])] = float(counts[self._kind[block]])
                continue
            for q in np.flatnonzero(chosen.is_in & ~border.across.is_full[:, i]):
                column = int(border.columns[q, i])
                more = float(border.units[q]) / (divisor * fraction)
                terms[column] = terms.get(column, 0.0) + more
            terms[int(self._of.use[e])] = float(full[i])
        return {column: x for column, x in terms.items() if column >= 0 and x > 0}
