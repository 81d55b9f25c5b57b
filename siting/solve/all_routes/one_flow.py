"""The bound of a protected link whose routes carry one given flow above two units.

Units, f, F and y are those of :mod:`~siting.solve.all_routes.beyond_two`. Here F is one number.
Where routes are lit, what is shared is paid: on each supply of each corridor the part open is at
least y and f / (F - 1), on each hut f / (F - 1); y is at most f, and f at most F - 1. The least
cost of routes, flow y and open parts under these rows is a bound. Any prices of the rows bound it
from below (Lagrangian relaxation): y goes two disjoint ways that cost least, every unit of f the
cheapest legal way. A linear problem over the routes found so far makes the prices (column
generation): from the middle of its best duals, where an interior-point method ends, since those at
corners jump about (Gondzio, Gonzalez-Brevis and Munari, Eur. J. Oper. Res. 224, 2013).
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import highspy
import numpy as np

from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.routes_apart import two_routes
from siting.solve.all_routes.row_prices import Design, RowPrices
from siting.solve.all_routes.ways import HutPrices, LitRoute
from siting.solve.highs_model import silent_highs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.links import LinkProblem
    from siting.solve.all_routes.multipliers import LinkPrices

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_ROUNDS = 80
PARTS = (0.3, 0.05)
"""Parts of corridors that go with f in the first prices."""
ALIKE, DEARER = 4, 1.05
"""Cheap routes of a line that are taken at once; no dearer than the cheapest by this factor."""
MOST_ITERATIONS = 100
"""Of the interior-point method, mostly 10 to 30; where more would be, duals are at a corner."""
CLOSE_USD, CLOSE = 1.0, 5e-4
"""The bound is near enough to the value of the linear problem, and as a part of it."""
LEAST_OPEN = 1e-9


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
        self._hut_columns: dict[tuple[bool, int], int] = {}
        self._known: set[tuple[object, ...]] = set()
        self._highs = silent_highs(run_crossover="off", ipm_iteration_limit=MOST_ITERATIONS)
        self._dear = -1
        """The column of flow without a route."""
        self._known_usd = math.inf
        """The value of the linear problem; infinite where it is not solved at these prices."""
        self._preferred = 0
        """The line of the cheapest route last found."""
        self._best_usd, self._best = -math.inf, self._in_parts(PARTS[0])
        """The best bound, and its prices."""
        self._begin()

    def follows(self, prices: LinkPrices) -> bool:
        """Go on at other prices from what is known; return whether that is possible.

        Rows are worth what they were, but for what changed of what they stand for.
        """
        before = self._prices
        if not np.array_equal(before.scarcity_usd, prices.scarcity_usd):
            return False
        self._prices = prices
        self._known_usd = math.inf
        self._best_usd, self._best = -math.inf, self._best.follow(before, prices)
        count = len(self._edge)
        usd = prices.supply_usd[self._supply, self._edge]
        self._highs.changeColsCost(count, np.arange(count, dtype=np.int32), usd)
        for hut, column in self._hut_columns.items():
            self._highs.changeColCost(column, self._hut_usd(hut))
        return True

    def _hut_usd(self, hut: tuple[bool, int]) -> float:
        is_node, number = hut
        huts = self._prices.huts
        return float((huts.at_node_usd if is_node else huts.inside_usd)[number])

    def _begin(self) -> None:
        """Pass rows and columns of y and of what is open."""
        count, edges, nodes = len(self._edge), len(self._link.edges), len(self._link.nodes)
        # Rows: y kept at nodes; y below open; y below f; f below open; y once; f apart; f in all.
        below_open, below_lit = nodes, nodes + count
        spread, once = nodes + 2 * count, nodes + 3 * count
        self._rows = below_open, below_lit, spread, once + edges, once + 2 * edges
        apart = np.full(edges, self._units - 1)
        upper = np.concatenate([np.zeros(once), np.ones(edges), apart, [self._units]])
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

    def bound(
        self,
        enough_usd: float,
        routes: Iterable[LitRoute],
        stop: float = math.inf,
    ) -> float:
        """Return the bound, without channels: the best one by then.

        Args:
            enough_usd: a bound as good as any larger one.
            routes: some to begin with, beside two that are disjoint.
            stop: clock time to end at, once it is bounded at some prices.
        """
        dear = max(enough_usd, 1.0) if math.isfinite(enough_usd) else 1e9
        is_first = self._dear < 0
        if is_first:
            self._dear = self._highs.getNumCol()
            self._add(np.array([dear]), [(np.array([self._rows[4]]), np.ones(1))])
            self._highs.changeColBounds(self._dear, 0.0, math.inf)
        self._highs.changeColCost(self._dear, dear)
        with contextlib.suppress(OutOfTimeError):
            for route in [*routes, *two_routes(self._link, self._prices)]:
                self._take(route)
            if not is_first:
                self._try(self._best)
            for part in PARTS:
                if self._best_usd < enough_usd:
                    self._try(self._in_parts(part))
            with self._link.until(stop):
                self._go_on(enough_usd)
        return max(self._best_usd, 0.0)

    def _go_on(self, enough_usd: float) -> None:
        """Try the duals of the routes found so far, until they lead nowhere."""
        for _ in range(MOST_ROUNDS):
            self._known_usd = known_usd = self._solved("ipm")
            found = self._try(self._row_prices())
            near = max(CLOSE_USD, CLOSE * known_usd)
            if not found or self._best_usd >= min(enough_usd, known_usd - near):
                break

    def _solved(self, solver: str) -> float:
        """Solve the linear problem; return its value."""
        self._highs.setOptionValue("solver", solver)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._highs.setOptionValue("solver", "simplex")
            self._highs.run()
        return float(self._highs.getInfo().objective_function_value)

    def _try(self, rows: RowPrices) -> int:
        """Bound it at some prices, and take the cheap routes there; return how many are new."""
        usd, found = self._priced(rows)
        if usd > self._best_usd:
            self._best_usd, self._best = usd, rows
        return sum(self._take(route) for route in found)

    def design(self) -> Design | None:
        """Return a network of the routes found; None where there is none, or scarce pairs count."""
        if self._prices.scarcity_usd.any() or not math.isfinite(self._known_usd):
            return None
        usd = self._solved("simplex")  # at a corner, of few parts
        values = np.array(self._highs.getSolution().col_value)
        if values[self._dear] > LEAST_OPEN:
            return None
        supplies = np.zeros(self._each_usd.shape)
        supplies[self._supply, self._edge] = values[: len(self._edge)]
        huts = {hut: float(values[column]) for hut, column in self._hut_columns.items()}
        paid = float((supplies * self._prices.supply_usd)[supplies > 0].sum())
        paid += sum(part * self._hut_usd(hut) for hut, part in huts.items())
        return Design(usd - paid, supplies, huts)

    def _row_prices(self) -> RowPrices:
        """Return the duals, changed where rounding makes them no prices."""
        duals = np.maximum(-np.array(self._highs.getSolution().row_dual), 0.0)
        shape = self._each_usd.shape
        found = []
        apart = duals[self._rows[3] : self._rows[4]]
        for first in self._rows[:3]:
            usd = np.zeros(shape)
            usd[self._supply, self._edge] = duals[first : first + len(self._edge)]
            found.append(usd)
        opened, lit, spread = found
        most = self._fewest * np.where(np.isfinite(self._each_usd), self._each_usd, 0.0) + spread
        at_node, inside = self._whole_huts()
        for (is_node, number), row in self._hut_rows.items():
            usd = at_node if is_node else inside
            if math.isfinite(usd[number]):
                usd[number] = duals[row]
        return RowPrices(opened, np.minimum(lit, most), spread, apart, HutPrices(at_node, inside))

    def _in_parts(self, part: float) -> RowPrices:
        """Return prices where a part of corridors goes with f, the rest with y; to begin with."""
        finite = np.isfinite(self._each_usd)
        paid = np.where(finite, self._prices.supply_usd, 0.0)
        each = np.where(finite, self._fewest * self._each_usd, 0.0)
        at_node, inside = self._whole_huts()
        spread = part / (self._units - 1) * paid
        return RowPrices(
            (1 - part) * paid,
            (1 - part) * each,
            spread,
            part / (self._units - 1) * self._prices.tolls_usd,
            HutPrices(at_node, inside),
        )

    def _whole_huts(self) -> tuple[Floats, Floats]:
        """Return what huts at nodes and inside edges may be worth to a unit of flow."""
        whole = self._prices.huts
        return whole.at_node_usd / (self._units - 1), whole.inside_usd / (self._units - 1)

    def _excess_usd(self, rows: RowPrices) -> float:
        """Return what open parts are worth more than they cost: none is opened more than once."""
        worth = rows.open_usd + (self._units - 1) * rows.spread_usd
        paid = np.where(np.isfinite(self._prices.supply_usd), self._prices.supply_usd, worth)
        excess = float(np.maximum(worth - paid, 0.0).sum())
        for mine, whole in zip(
            (rows.huts.at_node_usd, rows.huts.inside_usd), self._whole_huts(), strict=True
        ):
            there = np.isfinite(mine) & np.isfinite(whole)
            more = np.maximum(mine[there] - whole[there], 0.0)
            excess += (self._units - 1) * float(more.sum())
        return excess

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
        for number in sorted(range(len(link.lines)), key=lambda k: k != self._preferred):
            line = link.lines[number]
            both = line.pairs * self._each_usd + rows.spread_usd - rows.lit_usd
            own = both[1] < both[0]
            usd = np.maximum(both.min(axis=0), 0.0) + rows.apart_usd
            usd[link.is_beyond(line)] = math.inf
            most_usd = DEARER * least - line.fixed_usd
            ways = link.ways(line, usd, rows.huts, most_usd, ALIKE)
            if ways.least_usd + line.fixed_usd < least:
                least, self._preferred = ways.least_usd + line.fixed_usd, number
            for way in ways.ways:
                taken = tuple(bool(own[e]) for e in way.edges)
                found.append(LitRoute(number, way, taken))
        apart_usd = (self._units - 1) * float(rows.apart_usd.sum())
        return two.weight + self._units * least - apart_usd - self._excess_usd(rows), found

    def _take(self, route: LitRoute) -> bool:
        """Add a route as a column; return whether it is new."""
        way, line = route.way, self._link.lines[route.line]
        key = (route.line, way.edges, route.own, way.huts_at_nodes, way.huts_inside)
        if key in self._known:
            return False
        self._known.add(key)
        _, below_lit, spread, apart, flow = self._rows
        usd, entries = line.fixed_usd, Counter[int]({flow: 1})
        for edge, own in zip(way.edges, route.own, strict=True):
            usd += line.pairs * float(self._each_usd[int(own), edge])
            place = int(self._place[int(own), edge])
            entries[below_lit + place] -= 1
            entries[spread + place] += 1
            entries[apart + int(edge)] += 1
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
            usd = self._hut_usd(hut)
            row = self._highs.getNumRow()
            none = np.array([], dtype=np.int32)
            self._highs.addRow(-math.inf, 0.0, 0, none, none.astype(float))
            self._hut_columns[hut] = self._highs.getNumCol()
            self._add(np.array([usd]), [(np.array([row]), np.array([1 - self._units]))])
            self._hut_rows[hut] = row
        return self._hut_rows[hut]
