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

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from siting.formulation.capacity_design import head, tail
from siting.instance.capacity_design import CapacityDesign

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.highs import CompiledModel

VIOLATION = 1e-3
"""Least violation, as share of the traffic."""
SCALE = 1_000_000
"""Traffic of a sink, in whole numbers for the search of cuts."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlowRow:
    """``sum coefficient x column >= least``, columns by position in the compiled models."""

    columns: tuple[int, ...]
    coefficients: tuple[float, ...]
    least: float
    depth: float
    """How far beyond the row a solution lies, by the length of the row."""


class Dicuts:
    """Finds violated rows of one design with its routing."""

    def __init__(
        self, design: CapacityDesign, model: pyo.ConcreteModel, compiled: CompiledModel
    ) -> None:
        """Index arcs, flows and what is bought.

        Args:
            design: the problem, which says how often a demand is sent.
            model: its model, or that of the design eased, where a demand is all that is sent.
            compiled: one of its compiled models; the columns of all are the same.
        """
        self._times = 2.0 if design.code.survivability == "P" else 1.0
        asked = sum(item.total * item.unit for item in model.commodities)
        sent = self._times * sum(d.load for d in design.demands if d.source != d.target)
        share = 1.0 / self._times if asked > sent * (1 - VIOLATION) else 1.0
        index = {node: i for i, node in enumerate(design.nodes)}
        self._size = len(index)
        ways = (0,) if design.code.link == "D" else (0, 1)
        arcs = [(e, way) for e in range(len(design.links)) for way in ways]
        self._link = np.array([e for e, _ in arcs], dtype=int)
        self._tails = np.array([index[tail(design.links[e], w)] for e, w in arcs], dtype=int)
        self._heads = np.array([index[head(design.links[e], w)] for e, w in arcs], dtype=int)
        place = {arc: i for i, arc in enumerate(arcs)}
        self._items = model.commodities
        self._sinks = [
            (
                index[c.source],
                np.array([index[t] for t in c.sinks]),
                np.array(list(c.sinks.values())) * c.unit * share,
            )
            for c in self._items
        ]
        self._flow = np.full((len(self._items), len(arcs)), -1, dtype=int)
        keys = list(model.FLOWS)
        found = compiled.positions(model.flow[key] for key in keys)
        for (k, e, way), column in zip(keys, found, strict=True):
            self._flow[k, place[e, way]] = column
        blocks = [(e, i) for e, i in model.BLOCKS]
        kinds = [model.menus[e].blocks[i] for e, i in blocks]
        self._block_link = np.array([e for e, _ in blocks], dtype=int)
        self._block = compiled.positions(model.modules[key] for key in blocks)
        self._base = np.array([b.base for b in kinds])
        self._capacity = np.array([b.capacity for b in kinds])
        self._is_whole = np.array([b.is_whole for b in kinds], dtype=bool)
        charged = list(getattr(model, "CHARGED", ()))
        self._use = np.full(len(design.links), -1, dtype=int)
        self._use[charged] = compiled.positions(model.is_used[e] for e in charged)
        self._existing = np.array([link.existing_capacity for link in design.links])

    def violated(self, values: Array, most: int) -> list[FlowRow]:
        """Return the deepest violated rows of a solution."""
        rows: dict[tuple[int, ...], FlowRow] = {}
        for k in range(len(self._items)):
            flow = np.where(self._flow[k] >= 0, values[self._flow[k]], 0.0)
            source, sinks, amounts = self._sinks[k]
            unit = self._items[k].unit
            for sink, amount in zip(sinks, amounts, strict=True):
                bought, _ = self._bought(amount, values)
                room = np.minimum(flow * unit, bought[self._link])
                for inside in self._cuts(room / (self._times * amount), source, sink):
                    within = float(amounts[inside[sinks]].sum())
                    for traffic in {amount, within}:
                        row = self._row(k, traffic, inside, flow * unit, values)
                        if row is not None:
                            rows[row.columns] = row
        return sorted(rows.values(), key=lambda row: -row.depth)[:most]

    def _bought(self, traffic: float, values: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return what each link carries of some traffic at most, and whether its use says so."""
        by_blocks = np.minimum(self._existing, traffic)
        np.add.at(by_blocks, self._block_link, self._clipped(traffic) * values[self._block])
        is_charged = self._use >= 0
        by_use = np.where(is_charged, traffic * values[self._use], np.inf)
        least = np.minimum(by_blocks, by_use)
        return np.minimum(least, traffic) if self._times > 1 else least, by_use < by_blocks

    def _clipped(self, traffic: float) -> Array:
        """Return what a block carries of some traffic; of what is bought by the unit, each unit."""
        tops = np.minimum(self._base + self._capacity, traffic)
        return np.where(self._is_whole, tops - np.minimum(self._base, traffic), self._capacity)

    def _cuts(self, room: Array, source: int, sink: int) -> list[NDArray[np.bool_]]:
        """Return the nodes behind the least cuts, next to a sink and next to the source."""
        whole = np.minimum(np.ceil(room * SCALE), 2 * SCALE).astype(np.int32)
        used = whole > 0
        graph = csr_array(
            (whole[used], (self._tails[used], self._heads[used])), shape=(self._size,) * 2
        )
        found = maximum_flow(graph, source, sink)
        if found.flow_value >= SCALE * (1 - VIOLATION):
            return []
        rest = graph - found.flow
        rest.eliminate_zeros()
        before = np.zeros(self._size, dtype=bool)
        before[breadth_first_order(rest, source, return_predecessors=False)] = True
        behind = np.zeros(self._size, dtype=bool)
        behind[breadth_first_order(rest.T.tocsr(), sink, return_predecessors=False)] = True
        return [behind] if (behind == ~before).all() else [behind, ~before]

    def _row(
        self, k: int, traffic: float, inside: NDArray[np.bool_], flow: Array, values: Array
    ) -> FlowRow | None:
        entering = inside[self._heads] & ~inside[self._tails]
        bought, by_use = self._bought(traffic, values)
        least, clipped = self._times * traffic, self._clipped(traffic)
        columns: dict[int, float] = {}
        activity = 0.0
        for arc in np.flatnonzero(entering):
            e = self._link[arc]
            terms: list[tuple[int, float]]
            if flow[arc] <= bought[e]:
                terms = [(int(self._flow[k, arc]), self._items[k].unit)]
            elif self._times > 1 and bought[e] == traffic:
                least -= traffic
                terms = []
            elif by_use[e]:
                terms = [(int(self._use[e]), traffic)]
            else:
                own = np.flatnonzero(self._block_link == e)
                least -= min(self._existing[e], traffic)
                terms = [(int(self._block[i]), float(clipped[i])) for i in own]
            for column, coefficient in terms:
                if column >= 0 and coefficient > 0:
                    columns[column] = columns.get(column, 0.0) + coefficient
                    activity += coefficient * values[column]
        if activity >= least - VIOLATION * traffic:
            return None
        length = float(np.linalg.norm(list(columns.values()))) or 1.0
        pairs = sorted(columns.items())
        return FlowRow(
            tuple(c for c, _ in pairs),
            tuple(x for _, x in pairs),
            least,
            (least - activity) / length,
        )
