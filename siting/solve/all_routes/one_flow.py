"""The bound of a protected link whose routes carry one given flow above two units.

Units, f, F and y are those of :mod:`~siting.solve.all_routes.beyond_two`. Here F is one number.
Where routes are lit, what is shared is paid: on each supply of each corridor the part open is at
least y and f / (F - 1), on each hut f / (F - 1), and y is at most f. The least cost of routes, flow
y and open parts under these rows is a bound. Any prices of the rows bound it from below
(Lagrangian relaxation): y goes two disjoint ways that cost least, every unit of f the cheapest
legal way. A linear problem over the routes found so far makes the prices (column generation).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.ways import HutPrices, LitRoute
from siting.solve.highs_model import silent_highs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.links import LinkProblem
    from siting.solve.all_routes.multipliers import LinkPrices

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_ROUNDS = 60
ALIKE = 8
"""Cheap routes of a line that are taken at once."""
CLOSE_USD = 1.0


@dataclass(frozen=True, slots=True)
class RowPrices:
    """Prices of the rows, no less than zero; what is open costs no less than they are worth."""

    open_usd: Floats
    """That y is at most what is open, shape (2, edges)."""
    lit_usd: Floats
    """That y is at most f, shape (2, edges)."""
    spread_usd: Floats
    """That f is at most F - 1 times what is open, shape (2, edges)."""
    huts: HutPrices
    """The same for huts."""


class OneFlow:
    """A link with one flow; costs in the unit of its prices."""

    def __init__(self, link: LinkProblem, prices: LinkPrices, units: float) -> None:
        """Make the linear problem, without routes.

        Args:
            link: a protected link.
            prices: what it pays.
            units: the flow F, above two.
        """
        self._link, self._prices, self._units = link, prices, units
        each = link.pair_usd.copy()
        each[0] += prices.scarcity_usd
        self._each_usd = each
        self._fewest = min(line.pairs for line in link.lines)
        self._supply, self._edge = np.nonzero(np.isfinite(each))
        self._place = np.full(each.shape, -1)
        self._place[self._supply, self._edge] = np.arange(len(self._edge))
        self._hut_rows: dict[tuple[bool, int], int] = {}
        self._known: set[tuple[object, ...]] = set()
        self._highs = silent_highs()
        self._begin()

    def _begin(self) -> None:
        """Pass rows and columns of y and of what is open."""
        count, edges, nodes = len(self._edge), len(self._link.edges), len(self._link.nodes)
        # Rows: y kept at nodes; y below open; y below f; f below open; y once; f in all.
        below_open, below_lit = nodes, nodes + count
        spread, once = nodes + 2 * count, nodes + 3 * count
        self._rows = below_open, below_lit, spread, once + edges
        upper = np.concatenate([np.zeros(once), np.ones(edges), [self._units]])
        upper[:2] = 2.0, -2.0
        lower = np.full(len(upper), -math.inf)
        lower[:nodes] = upper[:nodes]
        lower[-1] = self._units
        none = np.array([], dtype=np.int32)
        self._highs.addRows(len(upper), lower, upper, 0, none, none, none.astype(float))
        a, b = self._link.ends[self._edge].T
        here = np.arange(count)
        ones = np.ones(count)
        usd = self._prices.supply_usd[self._supply, self._edge]
        self._add(usd, [(below_open + here, -ones), (spread + here, (1 - self._units) * ones)])
        # So that y pays no more for f than its pairs cost: prices of legal ways are not below zero.
        pairs = self._fewest * self._each_usd[self._supply, self._edge]
        self._add(pairs, [(below_lit + here, -ones), (spread + here, ones)])
        for begin, end in ((a, b), (b, a)):
            self._add(
                np.zeros(count),
                [
                    (begin, ones),
                    (end, -ones),
                    (below_open + here, ones),
                    (below_lit + here, ones),
                    (once + self._edge, ones),
                ],
            )

    def _add(self, usd: Floats, entries: Sequence[tuple[Ints, Floats]]) -> None:
        """Add columns alike, each up to one."""
        count, many = len(usd), len(entries)
        index = np.stack([rows for rows, _ in entries], axis=1).ravel().astype(np.int32)
        value = np.stack([values for _, values in entries], axis=1).ravel()
        starts = np.arange(0, count * many, many, dtype=np.int32)
        zeros = np.zeros(count)
        self._highs.addCols(count, usd, zeros, np.ones(count), count * many, starts, index, value)

    def bound(self, enough_usd: float, routes: Iterable[LitRoute]) -> float:
        """Return the bound, without channels.

        Args:
            enough_usd: a bound as good as any larger one.
            routes: some to begin with.

        Raises:
            OutOfTimeError: it is not known in time.
        """
        dear = np.array([max(enough_usd, 1.0) if math.isfinite(enough_usd) else 1e9])
        self._add(dear, [(np.array([self._rows[3]]), np.ones(1))])
        self._highs.changeColBounds(self._highs.getNumCol() - 1, 0.0, math.inf)
        for route in routes:
            self._take(route)
        best = 0.0
        for _ in range(MOST_ROUNDS):
            self._highs.run()
            known_usd = float(self._highs.getInfo().objective_function_value)
            usd, found = self._priced(self._row_prices())
            best = max(best, usd)
            if best >= min(enough_usd, known_usd - CLOSE_USD):
                break
            if not sum(self._take(route) for route in found):
                break
        return best

    def _row_prices(self) -> RowPrices:
        """Return the duals, changed where rounding makes them no prices."""
        duals = np.maximum(-np.array(self._highs.getSolution().row_dual), 0.0)
        shape = self._each_usd.shape
        found = []
        for first in self._rows[:3]:
            usd = np.zeros(shape)
            usd[self._supply, self._edge] = duals[first : first + len(self._edge)]
            found.append(usd)
        opened, lit, spread = found
        worth = opened + (self._units - 1) * spread
        paid = self._prices.supply_usd
        scale = np.where(worth > paid, paid / np.maximum(worth, 1e-300), 1.0)
        opened, spread = opened * scale, spread * scale
        most = self._fewest * np.where(np.isfinite(self._each_usd), self._each_usd, 0.0) + spread
        whole = self._prices.huts
        at_node = whole.at_node_usd / (self._units - 1)
        inside = whole.inside_usd / (self._units - 1)
        for (is_node, number), row in self._hut_rows.items():
            usd = at_node if is_node else inside
            usd[number] = min(usd[number], duals[row])
        return RowPrices(opened, np.minimum(lit, most), spread, HutPrices(at_node, inside))

    def _priced(self, rows: RowPrices) -> tuple[float, list[LitRoute]]:
        """Return the bound at some prices, and cheap routes there."""
        link = self._link
        two = link.graph.pair(
            np.where(np.isfinite(self._each_usd), rows.open_usd + rows.lit_usd, math.inf).min(
                axis=0
            )
        )
        if two is None:
            return math.inf, []
        least, found = math.inf, []
        for number, line in enumerate(link.lines):
            both = line.pairs * self._each_usd + rows.spread_usd - rows.lit_usd
            own = both[1] < both[0]
            usd = np.maximum(both.min(axis=0), 0.0)
            usd[link.is_beyond(line)] = math.inf
            ways = link.ways(line, usd, rows.huts, math.inf, ALIKE)
            least = min([least, *(way.usd + line.fixed_usd for way in ways)])
            for way in ways:
                taken = tuple(bool(own[e]) for e in way.edges)
                found.append(LitRoute(number, way, taken))
        return two.weight + self._units * least, found

    def _take(self, route: LitRoute) -> bool:
        """Add a route as a column; return whether it is new."""
        way, line = route.way, self._link.lines[route.line]
        key = (route.line, way.edges, route.own, way.huts_at_nodes, way.huts_inside)
        if key in self._known:
            return False
        self._known.add(key)
        _, below_lit, spread, flow = self._rows
        usd, entries = line.fixed_usd, Counter[int]({flow: 1})
        for edge, own in zip(way.edges, route.own, strict=True):
            usd += line.pairs * float(self._each_usd[int(own), edge])
            place = int(self._place[int(own), edge])
            entries[below_lit + place] -= 1
            entries[spread + place] += 1
        huts = [(True, node) for node in way.huts_at_nodes]
        for hut in [*huts, *((False, edge) for edge in way.huts_inside)]:
            usd += line.hut_usd
            entries[self._hut_row(hut)] += 1
        index = np.array(list(entries), dtype=np.int32)
        value = np.array(list(entries.values()), dtype=float)
        self._highs.addCol(usd, 0.0, math.inf, len(index), index, value)
        return True

    def _hut_row(self, hut: tuple[bool, int]) -> int:
        """Return the row that a hut is open where routes use it."""
        if hut not in self._hut_rows:
            is_node, number = hut
            huts = self._prices.huts
            usd = float((huts.at_node_usd if is_node else huts.inside_usd)[number])
            row = self._highs.getNumRow()
            none = np.array([], dtype=np.int32)
            self._highs.addRow(-math.inf, 0.0, 0, none, none.astype(float))
            self._add(np.array([usd]), [(np.array([row]), np.array([1 - self._units]))])
            self._hut_rows[hut] = row
        return self._hut_rows[hut]
