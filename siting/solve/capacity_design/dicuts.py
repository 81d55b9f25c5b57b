"""Rows of one commodity's flow into a node set: through each arc by flow, or by what is bought.

Let k be a commodity, T some of its sinks with the traffic d, and S a node set with T inside and the
source outside. The traffic of T enters S over arcs a, over each at most the flow of k, and at most
what the link of a can carry of it::

    sum_{a into S} min(f_ka, g_a(d)) >= d,    g_a(d) = d w_a  or  sum_i clip_i(d) x_ai

with w the use of a charged link, x its blocks, and clip_i(d) the capacity of a block as far as d
goes: what is above the first d units of a link is of no use to the traffic of T. Each arc takes the
term that a solution has least of (dicut inequalities; they are what demands as commodities of their
own would give, without their columns). Under 1+1 protection 2 d enter S, over each arc d at most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from siting.solve.capacity_design.flow_columns import VIOLATION, FlowColumns, FlowRow, flow_row

SCALE = 1_000_000
"""Traffic of a sink, in whole numbers for the search of cuts."""

Array = NDArray[np.float64]


class Dicuts:
    """Finds violated rows of one design with its routing."""

    def __init__(self, columns: FlowColumns) -> None:
        """Look at these columns."""
        self._of = columns

    def violated(self, values: Array, most: int) -> list[FlowRow]:
        """Return the deepest violated rows of a solution."""
        rows: dict[tuple[int, ...], FlowRow] = {}
        for k, brought in enumerate(self._of.brought):
            flow = np.where(self._of.flow[k] >= 0, values[self._of.flow[k]], 0.0)
            source, sinks = int(self._of.sources[k]), np.flatnonzero(brought)
            amounts, unit = brought[sinks], self._of.unit[k]
            for sink, amount in zip(sinks, amounts, strict=True):
                bought, _ = self._bought(amount, values)
                room = np.minimum(flow * unit, bought[self._of.link])
                for inside in self._cuts(room / (self._of.times * amount), source, int(sink)):
                    within = float(amounts[inside[sinks]].sum())
                    for traffic in {amount, within}:
                        row = self._row(k, traffic, inside, flow * unit, values)
                        if row is not None:
                            rows[row.columns] = row
        return sorted(rows.values(), key=lambda row: -row.depth)[:most]

    def _bought(self, traffic: float, values: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return what each link carries of some traffic at most, and whether its use says so."""
        by_blocks = np.minimum(self._of.existing, traffic)
        np.add.at(by_blocks, self._of.block_link, self._clipped(traffic) * values[self._of.block])
        is_charged = self._of.use >= 0
        by_use = np.where(is_charged, traffic * values[self._of.use], np.inf)
        least = np.minimum(by_blocks, by_use)
        return np.minimum(least, traffic) if self._of.times > 1 else least, by_use < by_blocks

    def _clipped(self, traffic: float) -> Array:
        """Return what a block carries of some traffic; of what is bought by the unit, each unit."""
        tops = np.minimum(self._of.base + self._of.capacity, traffic)
        return np.where(
            self._of.is_whole, tops - np.minimum(self._of.base, traffic), self._of.capacity
        )

    def _cuts(self, room: Array, source: int, sink: int) -> list[NDArray[np.bool_]]:
        """Return the nodes behind the least cuts, next to a sink and next to the source."""
        whole = np.minimum(np.ceil(room * SCALE), 2 * SCALE).astype(np.int32)
        used = whole > 0
        graph = csr_array(
            (whole[used], (self._of.tails[used], self._of.heads[used])), shape=(self._of.size,) * 2
        )
        found = maximum_flow(graph, source, sink)
        if found.flow_value >= SCALE * (1 - VIOLATION):
            return []
        rest = graph - found.flow
        rest.eliminate_zeros()
        before = np.zeros(self._of.size, dtype=bool)
        before[breadth_first_order(rest, source, return_predecessors=False)] = True
        behind = np.zeros(self._of.size, dtype=bool)
        behind[breadth_first_order(rest.T.tocsr(), sink, return_predecessors=False)] = True
        return [behind] if (behind == ~before).all() else [behind, ~before]

    def _row(
        self, k: int, traffic: float, inside: NDArray[np.bool_], flow: Array, values: Array
    ) -> FlowRow | None:
        entering = inside[self._of.heads] & ~inside[self._of.tails]
        bought, by_use = self._bought(traffic, values)
        least, clipped = self._of.times * traffic, self._clipped(traffic)
        columns: dict[int, float] = {}
        activity = 0.0
        for arc in np.flatnonzero(entering):
            e = self._of.link[arc]
            terms: list[tuple[int, float]]
            if flow[arc] <= bought[e]:
                terms = [(int(self._of.flow[k, arc]), float(self._of.unit[k]))]
            elif self._of.times > 1 and bought[e] == traffic:
                least -= traffic
                terms = []
            elif by_use[e]:
                terms = [(int(self._of.use[e]), traffic)]
            else:
                own = np.flatnonzero(self._of.block_link == e)
                least -= min(self._of.existing[e], traffic)
                terms = [(int(self._of.block[i]), float(clipped[i])) for i in own]
            for column, coefficient in terms:
                if column >= 0 and coefficient > 0:
                    columns[column] = columns.get(column, 0.0) + coefficient
                    activity += coefficient * values[column]
        if activity >= least - VIOLATION * traffic:
            return None
        return flow_row(columns, least, values)
