"""The flows of a set of links over what they share: columns and rows of a linear problem.

What links share (contracts and cables on corridors) is opened once for all, and every link sends
its flow over what is open. Huts are left out.

*Protected links.* Let f be the flow of pairs on the lit routes, F its amount (lines,
:mod:`~siting.solve.all_routes.links`): after a failure of corridor e one unit is left, so
``f_e <= F - 1``. There is a flow y of two units on the lit corridors with ``y_e <= 1`` and ``y_e``
times half the least F at most ``f_e``:

* F <= 2: ``y = 2 f / F``, where ``y_e <= 2 (F - 1) / F <= 1``.
* F > 2: a cut of corridors with ``f_e < 1`` each lets more than two units pass; one with some
  ``f_e >= 1`` keeps a unit on the others when that fails, so ``sum min(1, f_e) >= 2`` over any cut.

So pairs cost at least half the least F times those of y, under one line below all lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from siting.instance.records_graph import RouteGraph
from siting.optics import NO_AMPLIFIER
from siting.solve.all_routes.beyond_two import TWO
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items
from siting.solve.all_routes.neighborhoods import Place
from siting.solve.highs_model import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MILLION = 1e6
FEW_PAIRS = 0.0
"""Pairs expected on a corridor where one cable holds all: it is paid once, by its price."""
MOST_EDGES, MOST_EDGES_WITH_HUTS = 8000, 1000
"""Corridors around links, of all links together, up to which their flows are solved for: where
light is amplified they leave out what huts cost, and say less for their time."""


def flows_pay(graph: RouteGraph, places: Iterable[Place]) -> bool:
    """Return whether the flows of links, in their surroundings, are worth their time."""
    has_huts = any(kind.amplifier != NO_AMPLIFIER for kind in graph.kinds)
    most = MOST_EDGES_WITH_HUTS if has_huts else MOST_EDGES
    return sum(len(place.edges) for place in places) <= most


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow of a link: its directed edges, and where its columns and rows are."""

    link: LinkProblem
    units: float
    edge: Ints
    """Of each arc the edge, by its number in the link."""
    supply: Ints
    begin: Ints
    end: Ints
    column: int
    """Of the first arc."""
    rows: tuple[int, int]
    """First row, and the one behind the last, of those that its demand scales."""

    @property
    def fixed_usd(self) -> float:
        """What its pairs cost at least wherever they run, USD a year."""
        return self.link.least_flow * self.link.under_all[0]


class FlowModel:
    """Columns are what links share, then the arcs of each link; costs in M USD a year."""

    def __init__(self, items: Items, costs_usd: Floats) -> None:
        """Begin without links.

        Args:
            items: numbers of what links share.
            costs_usd: yearly cost of each.
        """
        self._edges = items.edges
        shared = np.flatnonzero(costs_usd[: 2 * items.edges] > 0)
        self.shared = len(shared)
        """How many columns are items that links share."""
        self._column = np.full(2 * items.edges, -1)
        self._column[shared] = np.arange(len(shared))
        self._costs = [costs_usd[shared] / MILLION]
        self.columns, self.rows = len(shared), 0
        self._entries = [np.zeros((3, 0))]
        self._lower, self._upper = [np.zeros(0)], [np.zeros(0)]
        self.flows: list[Flow] = []

    def add(self, link: LinkProblem) -> Flow:
        """Add the flow of a link, or of one of its sides; return it.

        Flows have no cycles, so no arc into the source, out of the target, or back is needed.
        """
        units = 1.0 if link.least_flow <= 1 else TWO
        supply, edge = np.nonzero(np.isfinite(link.pair_usd))
        a, b = link.ends[edge].T
        both = [np.concatenate(x) for x in ((edge, edge), (supply, supply), (a, b), (b, a))]
        kept = (both[2] != link.graph.target) & (both[3] != link.graph.source)
        edge, supply, begin, end = (x[kept] for x in both)
        columns = self.columns + np.arange(len(edge))
        scale = link.least_flow / units * link.under_all[1]
        self._costs.append(scale * link.pair_usd[supply, edge] / MILLION)
        first = self.rows
        wanted = np.zeros(int(link.ends.max()) + 1)
        wanted[[link.graph.source, link.graph.target]] = units, -units
        self._add(begin, columns, 1.0)
        self._add(end, columns, -1.0)
        self._close(wanted, wanted)
        # Of an edge no more than one unit, whatever supplies it.
        self._add(edge, columns, 1.0)
        self._close(np.full(len(link.edges), -math.inf), np.ones(len(link.edges)))
        rows = first, self.rows
        # Only what is open.
        item = self._column[supply * self._edges + link.edges[edge]]
        known, row = np.unique(item[item >= 0], return_inverse=True)
        self._add(row, columns[item >= 0], 1.0)
        self._add(np.arange(len(known)), known, -1.0)
        self._close(np.full(len(known), -math.inf), np.zeros(len(known)))
        self.flows.append(Flow(link, units, edge, supply, begin, end, self.columns, rows))
        self.columns += len(edge)
        return self.flows[-1]

    def _add(self, rows: Ints, columns: Ints, value: float) -> None:
        self._entries.append(np.stack([self.rows + rows, columns, np.full(len(rows), value)]))

    def _close(self, lower: Floats, upper: Floats) -> None:
        self.rows += len(lower)
        self._lower.append(lower)
        self._upper.append(upper)

    def bounds(self) -> tuple[Floats, Floats]:
        """Return lower and upper bounds of the rows, at full demand of every link."""
        return np.concatenate(self._lower), np.concatenate(self._upper)

    def problem(self, most: float, *, whole: bool) -> Rows:
        """Return the problem.

        Args:
            most: upper bound of columns.
            whole: what is shared is opened in whole numbers.
        """
        row, column, value = np.concatenate(self._entries, axis=1)
        rows, columns = row.astype(np.int32), column.astype(np.int32)
        matrix = csr_array((value, (rows, columns)), shape=(self.rows, self.columns))
        upper = np.zeros(self.columns)  # what no link can use stays closed
        upper[columns] = most
        integer = np.zeros(self.columns, dtype=bool)
        integer[: self.shared] = whole
        return Rows(
            costs=np.concatenate(self._costs),
            columns=(np.zeros(self.columns), upper),
            bounds=self.bounds(),
            start=matrix.indptr,
            index=matrix.indices,
            value=matrix.data,
            integer=integer if whole else None,
        )
