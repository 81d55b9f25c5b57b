"""The routes found so far, chosen at least cost: a linear problem that grows by routes.

Columns are routes of links, with what belongs to them alone; and what links share (corridors,
contracts, huts), opened once for all. Its duals are the multipliers at which further routes are
looked for (column generation; Dantzig and Wolfe, Operations Research 8, 1960).
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING

import highspy
import numpy as np

from siting.solve.all_routes.beyond_two import TWO
from siting.solve.all_routes.box import Box
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items, Multipliers, SharedCosts
from siting.solve.all_routes.row_prices import Design
from siting.solve.all_routes.ways import LitRoute, Way
from siting.solve.highs_model import silent_highs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEAR = 100.0
"""A unit of flow without a route costs so many times the dearest route: what belongs to it alone in
the linear problem, whose duals are quieter so; with all that it uses in whole numbers."""
LIT, LEAST_OPEN = 1e-6, 1e-9
MIP_GAP = 1e-3
CHOICES, LEAST_CHOICES, MOST_CHOICES = 600, 20, 60
"""Routes to choose from in whole numbers, about; of each link at least and at most."""


class RouteProblem:
    """The linear problem over the routes found so far."""

    def __init__(
        self, links: list[LinkProblem], items: Items, shared: SharedCosts, offered: Floats
    ) -> None:
        """Start without routes.

        Args:
            links: the links.
            items: numbers of what links share.
            shared: what that costs.
            offered: IRU pairs on offer on each edge.
        """
        self._links, self._items, self._shared, self._offered = links, items, shared, offered
        self._highs = silent_highs()
        self._rows: dict[Hashable, int] = {}
        self._opened: dict[int, dict[int, int]] = {}
        """Of each item: by start, the column that opens it from then on."""
        self._users: dict[int, list[tuple[int, int]]] = {}
        """Of each item: start and row of every link that may use it."""
        self._columns = 0
        self._routes: dict[int, tuple[int, LitRoute]] = {}
        self._known: set[Hashable] = set()
        self._designs: dict[int, list[tuple[float, dict[int, float]]]] = {}
        """Of each link: what belongs to it alone, and the parts of items that it uses."""
        self.box = Box(self._highs, self._rows, shared, self._column)
        self._reduced_usd: list[float] = []
        """Of each column when routes were chosen first: beyond what duals pay for."""
        self._flow: list[int] = []
        self._missing: list[int] = []
        self._dear = [DEAR] * len(links)
        self._dearest = [0.0] * len(links)
        """Of each link the dearest route, with all that it uses."""
        most = TWO * sum(max(line.pairs for line in link.lines) for link in links)
        self._scarce = offered < most
        for number, link in enumerate(links):
            row = self._row(("flow", number), 0.0, 0.0)
            entries = {row: -1.0}
            if link.least_flow == TWO:
                entries[self._row(("all", number), TWO, TWO)] = 1.0
            self._flow.append(self._column(0.0, entries, *_flows(link)))
            self._missing.append(self._column(DEAR, {row: 1.0}, 0.0, math.inf))

    @property
    def count(self) -> int:
        """Return how many routes there are."""
        return len(self._routes)

    def add(self, number: int, routes: Iterable[LitRoute]) -> int:
        """Add routes of a link, each for the cheapest line that may take it; return how many.

        Where IRU pairs are few also for dearer ones with fewer pairs.
        """
        before = len(self._routes)
        link = self._links[number]
        for route in routes:
            way, own = route.way, np.array(route.own, dtype=int)
            edges = list(way.edges)
            is_amplified = link.lines[route.line].is_amplified
            key = (number, is_amplified, way.edges, route.own, way.huts_at_nodes, way.huts_inside)
            if key in self._known:
                continue
            self._known.add(key)
            pair_usd = float(link.pair_usd[own, edges].sum())
            huts = len(way.huts_at_nodes) + len(way.huts_inside)
            is_scarce = self._shared.is_last[number] and self._scarce[link.edges[edges]].any()
            fewest = math.inf
            for usd, other in sorted(
                (x.fixed_usd + x.pairs * pair_usd + huts * x.hut_usd, k)
                for k, x in enumerate(link.lines)
                if x.is_amplified == is_amplified
            ):
                line = link.lines[other]
                if line.pairs < fewest and link.is_legal(line, way):
                    self._add(number, dataclasses.replace(route, line=other), usd)
                    fewest = line.pairs if is_scarce else 0.0
        return len(self._routes) - before

    def _add(self, number: int, route: LitRoute, usd: float) -> None:
        link = self._links[number]
        line, way = link.lines[route.line], route.way
        entries: Counter[int] = Counter({self._rows["flow", number]: 1})
        weights: dict[int, float] = {}
        for local, own in zip(way.edges, route.own, strict=True):
            edge = int(link.edges[local])
            item = edge + self._items.edges if own else edge
            if self._shared.of(number, item) > 0:
                entries[self._use(number, item)] += 1
            if link.least_flow > 1:
                entries[self._once(number, edge)] += 1
            if not own and self._scarce[edge] and self._shared.is_last[number]:
                row = self._row(("limit", edge), -math.inf, float(self._offered[edge]))
                weights[row] = weights.get(row, 0.0) + link.scarcity * line.pairs
        for item in self._huts_of(link, way):
            if self._shared.of(number, item) > 0:
                entries[self._use(number, item)] += 1
        weights |= {row: float(count) for row, count in entries.items()}
        self._routes[self._column(usd, weights, 0.0, math.inf)] = (number, route)
        shared_usd = sum(self._shared.of(number, x) for x in self.items_of(number, route))
        self._dearest[number] = max(self._dearest[number], usd + shared_usd)
        if DEAR * usd > self._dear[number]:
            self._dear[number] = DEAR * usd
            self._highs.changeColCost(self._missing[number], self._dear[number])

    def _huts_of(self, link: LinkProblem, way: Way) -> list[int]:
        inside = self._items.inside(link.edges[list(way.huts_inside)])
        at = self._items.at(link.nodes[list(way.huts_at_nodes)])
        return [*inside.tolist(), *at.tolist()]

    def items_of(self, number: int, route: LitRoute) -> list[int]:
        """Return the items that a route of a link uses."""
        link, way = self._links[number], route.way
        edges = link.edges[list(way.edges)] + self._items.edges * np.array(route.own, dtype=int)
        return [*edges.tolist(), *self._huts_of(link, way)]

    def add_design(self, number: int, design: Design) -> None:
        """Offer a link a network of more than two units in place of its routes."""
        link, items = self._links[number], self._items
        used: dict[int, float] = {}
        numbers = items.supplies(link.edges)
        for own, edge in zip(*np.nonzero(design.supplies > LEAST_OPEN), strict=True):
            used[int(numbers[own, edge])] = float(design.supplies[own, edge])
        for (is_node, place), part in design.huts.items():
            at = link.nodes[[place]] if is_node else link.edges[[place]]
            item = int((items.at(at) if is_node else items.inside(at))[0])
            used[item] = used.get(item, 0.0) + part
        self._designs.setdefault(number, []).append((design.own_usd, used))
        entries = {self._rows["all", number]: TWO}
        for item, part in used.items():
            if self._shared.of(number, item) > 0:
                entries[self._use(number, item)] = part
        self._column(design.own_usd - link.channels_usd, entries, 0.0, math.inf)

    def design_usd(self, number: int, multipliers: Multipliers) -> float:
        """Return what the cheapest network of more than two units of a link costs it."""
        shares = multipliers.shares_usd[number]
        return min(
            (
                own_usd + sum(part * float(shares[item]) for item, part in used.items())
                for own_usd, used in self._designs.get(number, ())
            ),
            default=math.inf,
        )

    def solve(self) -> float:
        """Solve; return the least cost of routes and shared items, USD a year, without channels."""
        self._highs.run()
        return float(self._highs.getInfo().objective_function_value)

    def multipliers(self) -> Multipliers:
        """Return the duals of the last solve, as they are: shares may not add up to costs."""
        duals = np.maximum(-np.array(self._highs.getSolution().row_dual), 0.0)
        edges = self._items.edges
        found = Multipliers(
            np.zeros((len(self._links), self._items.count)),
            np.zeros((len(self._links), edges)),
            np.zeros(edges),
        )
        for key, row in self._rows.items():
            match key:
                case ("use", int(number), int(item)):
                    found.shares_usd[number, item] = duals[row]
                case ("once", int(number), int(edge)):
                    found.tolls_usd[number, edge] = duals[row]
                case ("limit", int(edge)):
                    found.scarcity_usd[edge] = duals[row]
                case _:
                    pass
        return found

    def found(self) -> list[tuple[int, LitRoute]]:
        """Return every route, with the number of its link."""
        return list(self._routes.values())

    def cheap(self, number: int, count: int) -> list[LitRoute]:
        """Return routes of a link that cost least beyond what the last duals pay for."""
        reduced = self._highs.getSolution().col_dual
        mine = [c for c, (link, _) in self._routes.items() if link == number and c < len(reduced)]
        return [self._routes[c][1] for c in sorted(mine, key=lambda c: (reduced[c], c))[:count]]

    def in_use(self) -> list[tuple[int, LitRoute]]:
        """Return the routes of the last solution, most used first."""
        values = self._highs.getSolution().col_value
        lit = [column for column in self._routes if values[column] > LIT]
        return [self._routes[c] for c in sorted(lit, key=lambda c: (-values[c], c))]

    def choose(
        self, time_limit_s: float, known: Sequence[tuple[int, LitRoute]] = ()
    ) -> tuple[float, list[tuple[int, LitRoute]]]:
        """Return routes in whole numbers at about least cost, USD; none when none were in time.

        Of each link the routes take part that cost least beyond what duals pay for, before them
        those that came after the first choice and those of a choice that is known: where it begins.

        Args:
            time_limit_s: wall time, s.
            known: routes in whole numbers.
        """
        highs = self._highs
        if not self._reduced_usd:
            self._reduced_usd = list(highs.getSolution().col_dual)
        reduced = self._reduced_usd
        start = self._columns_of(known)
        taken: Counter[int] = Counter()
        most = min(max(CHOICES // len(self._links), LEAST_CHOICES), MOST_CHOICES)

        def beyond(column: int) -> tuple[bool, float, int]:
            usd = reduced[column] if column < len(reduced) else -math.inf
            return column not in start, usd, column

        for column in sorted(self._routes, key=beyond):
            number, _ = self._routes[column]
            highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
            highs.changeColBounds(column, 0.0, float(taken[number] < most))
            taken[number] += 1
        for column, usd in zip(self._missing, self._dearest, strict=True):
            highs.changeColCost(column, DEAR * (usd + 1.0))
        for column, link in zip(self._flow, self._links, strict=True):
            flow = 1.0 if link.least_flow <= 1 else TWO
            highs.changeColBounds(column, flow, flow)
        if start:
            columns = np.array(sorted(self._routes), dtype=np.int32)
            highs.setSolution(len(columns), columns, np.isin(columns, list(start)).astype(float))
        highs.setOptionValue("time_limit", max(time_limit_s, 0.1))
        highs.setOptionValue("mip_rel_gap", MIP_GAP)
        highs.run()
        values = highs.getSolution().col_value
        if not len(values) or any(values[column] > LIT for column in self._missing):
            return math.inf, []
        return float(highs.getInfo().objective_function_value), self.in_use()

    def has(self, chosen: Sequence[tuple[int, LitRoute]]) -> bool:
        """Return whether all of some routes are among those to choose from."""
        return len(self._columns_of(chosen)) == len(chosen)

    def _columns_of(self, chosen: Sequence[tuple[int, LitRoute]]) -> set[int]:
        """Return a column for each of some routes, on the same line where there is one."""
        wanted = {(number, route.course): (number, route) for number, route in chosen}
        found: dict[Hashable, int] = {}
        for column, (number, route) in self._routes.items():
            course = (number, route.course)
            if course in wanted and (course not in found or (number, route) == wanted[course]):
                found[course] = column
        return set(found.values())

    def relax(self) -> None:
        """Take routes in fractions again where some were chosen in whole numbers."""
        highs = self._highs
        self._reduced_usd = []
        columns = np.array(sorted(self._routes), dtype=np.int32)
        for column in columns.tolist():
            highs.changeColIntegrality(column, highspy.HighsVarType.kContinuous)
        most = np.full(len(columns), math.inf)
        highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), most)
        for column, usd in zip(self._missing, self._dear, strict=True):
            highs.changeColCost(column, usd)
        for column, link in zip(self._flow, self._links, strict=True):
            highs.changeColBounds(column, *_flows(link))
        highs.setOptionValue("time_limit", math.inf)

    def _use(self, number: int, item: int) -> int:
        """Return the row that a route of a link uses only what is open."""
        key = ("use", number, item)
        if key not in self._rows:
            row = self._row(key, -math.inf, 0.0)
            start = int(self._shared.since[number])
            opened, users = self._opened.setdefault(item, {}), self._users.setdefault(item, [])
            users.append((start, row))
            if start not in opened:
                usd = float(self._shared.usd[start, item])
                earlier = {other: -1.0 for since, other in users[:-1] if since > start}
                opened[start] = self._column(usd, earlier, 0.0, math.inf)
            for since, column in opened.items():
                if since <= start:
                    self._highs.changeCoeff(row, column, -1.0)
        return self._rows[key]

    def _once(self, number: int, edge: int) -> int:
        """Return the row that one unit is left when an edge fails."""
        key = ("once", number, edge)
        if key not in self._rows:
            is_two = self._links[number].least_flow == TWO
            row = self._row(key, -math.inf, 0.0 if is_two else -1.0)
            self._highs.changeCoeff(row, self._flow[number], -1.0 / TWO if is_two else -1.0)
        return self._rows[key]

    def _row(self, key: Hashable, lower: float, upper: float) -> int:
        if key not in self._rows:
            self._highs.addRow(lower, upper, 0, np.array([], dtype=np.int32), np.array([]))
            self._rows[key] = len(self._rows)
        return self._rows[key]

    def _column(self, usd: float, weights: dict[int, float], lower: float, upper: float) -> int:
        rows = np.array(list(weights), dtype=np.int32)
        values = np.array(list(weights.values()), dtype=float)
        self._highs.addCol(usd, lower, upper, len(rows), rows, values)
        self._columns += 1
        return self._columns - 1


def _flows(link: LinkProblem) -> tuple[float, float]:
    """Return the least and the largest amount of a link on routes."""
    if link.least_flow <= 1:
        return 1.0, 1.0
    # Of two units any part, the rest by designs of more.
    return (0.0 if link.least_flow == TWO else link.least_flow), TWO
