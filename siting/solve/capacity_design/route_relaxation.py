"""The modules with routes of demands in one linear problem: columns and rows as they are needed.

Each demand is a mix of routes, of pairs of routes without a common link, or of systems of routes
(:mod:`route_mix`). That is a row for each link and one for each demand, where the model with its
flows has one for each demand and node, and under 1+1 protection one for each demand and link.

A demand takes no more of a link than what is bought there carries of it: a row of one demand and
one link, which is there where a solution violates it.

What a problem with some of all columns costs, less what the cheapest missing column of each demand
gains, bounds what it costs with all of them (Lagrange): so it bounds at any time.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from siting.formulation.menus import Menu
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.cutsets import charged_links
from siting.solve.capacity_design.dear_columns import without_dearest
from siting.solve.capacity_design.module_columns import columns_of
from siting.solve.capacity_design.relaxation import Point, Relaxation, Start
from siting.solve.capacity_design.route_mix import RouteMix
from siting.solve.highs import CompiledModel
from siting.solve.highs_model import add_columns, add_rows

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from siting.solve.capacity_design.root import Root

ROUNDS, TRIAL_ROUNDS = 12, 3
"""Rounds of columns in one solution, at most, and in a trial."""
ENOUGH, GAIN = 1e-5, 1e-7
"""What missing columns may still gain, and what a new one gains at least, as share of the cost."""
DEAR = 1000.0
"""What a unit without room costs, in dearest units of capacity."""
AT_ONCE = 200
VIOLATION = 1e-3
"""Rows of one demand and one link: so many at once, or one for each demand; least violation, as
share of the demand."""
SLACK, SLACK_SHARE = 1e-6, 0.3
MOST_COLUMNS = 12
"""Columns for each demand and link from which on the dearest are taken out."""

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class RouteRelaxation(Relaxation):
    """The relaxation of the modules alone, with routes.

    Attributes:
        mix: the routes.
    """

    def __init__(
        self,
        design: CapacityDesign,
        menus: tuple[Menu, ...],
        alone: CompiledModel,
        columns: NDArray[np.int64],
    ) -> None:
        """Take the modules alone over, and begin with the shortest routes.

        Args:
            design: the problem, whose routing splits and costs nothing; all demands have routes.
            menus: what its links take.
            alone: the modules alone.
            columns: where blocks and the use of charged links stand in it.
        """
        super().__init__(alone, columns)
        self.mix = RouteMix(design)
        self._size = len(self.costs)
        blocks = [(e, block) for e, menu in enumerate(menus) for block in menu.blocks]
        self._block, uses = columns[: len(blocks)], columns[len(blocks) :]
        self._block_link = np.array([e for e, _ in blocks], dtype=int)
        self._base = np.array([block.base for _, block in blocks])
        self._capacity = np.array([block.capacity for _, block in blocks])
        self._existing = np.array([link.existing_capacity for link in design.links], dtype=float)
        self._use = np.full(len(design.links), -1, dtype=int)
        self._use[charged_links(design)] = uses
        is_pair = design.code.survivability == "P"
        self._has_ties = is_pair or design.survival_fraction == 0
        self._tied: list[tuple[int, int, bool]] = []
        """Demand, room, and whether by the use of the link, of each row of one demand."""
        self._order: Ints = np.zeros(0, dtype=np.int64)
        """Rows behind the own ones: from the pool by place, of one demand by place from -1 down."""
        self._build()

    def _build(self) -> None:
        """Add rows of rooms and of demands, and what does not fit."""
        highs, mix, demands = self._highs, self.mix, len(self.mix.amounts)
        self._first_room = highs.getNumRow()
        self._first_demand = self._first_room + mix.rooms
        matrix = np.zeros((mix.rooms, self._size))
        for column, e, capacity in zip(self._block, self._block_link, self._capacity, strict=True):
            matrix[mix.ways * e : mix.ways * (e + 1), column] = -capacity
        most = np.repeat(self._existing, mix.ways)
        add_rows(highs, csr_array(matrix), np.full(mix.rooms, -math.inf), most)
        none, one = np.zeros(0, dtype=np.int32), np.ones(demands)
        highs.addRows(demands, one, one, 0, none, none, np.zeros(0))
        self._own_rows = highs.getNumRow()
        prices = self.costs[self._block] / np.maximum(self._capacity, GAIN)
        dear = DEAR * max(float(prices.max(initial=1.0)), 1.0)
        for room in range(mix.rooms):
            place = np.array([self._first_room + room], dtype=np.int32)
            highs.addCol(dear, 0.0, math.inf, 1, place, np.array([-1.0]))
        self._first_route = self._size + mix.rooms
        mix.priced(np.ones((demands, mix.rooms)))
        self._add_columns(np.arange(demands))

    def solve(
        self,
        lower: Array,
        upper: Array,
        start: Start | None = None,
        most_steps: int = highspy.kHighsIInf,
        until: float = math.inf,
    ) -> Point:
        """Solve between bounds, with columns as they are needed; see the base class.

        The objective bounds whatever columns are missing.
        """
        rounds = TRIAL_ROUNDS if most_steps < highspy.kHighsIInf else ROUNDS
        best = Point(-math.inf, is_optimal=False)
        for _ in range(rounds):
            point = super().solve(lower, upper, start, most_steps, until)
            if not point.is_optimal or point.values is None or point.reduced is None:
                return best if best.is_optimal and not point.is_optimal else point
            start, cost = None, point.objective
            duals = np.array(self._highs.getSolution().row_dual)
            gains = duals[self._first_demand : self._own_rows] - self.mix.priced(
                self._prices(duals)
            )
            missing = float(np.maximum(gains, 0.0).sum())
            self.mix.note(point.values[self._first_route :])
            values, reduced = point.values[: self._size], point.reduced[: self._size]
            best = Point(
                cost - missing, is_optimal=True, values=values, reduced=reduced, estimate=cost
            )
            least = max(abs(cost), 1.0)
            fresh = np.flatnonzero(gains > GAIN * least)
            if missing <= ENOUGH * least or not len(fresh) or time.monotonic() >= until:
                break
            self._add_columns(fresh)
        return best

    def _prices(self, duals: Array) -> Array:
        """Return what each demand pays for each room at the duals of a solution."""
        rooms = np.maximum(-duals[self._first_room : self._first_demand], 0.0)
        prices = np.tile(rooms, (len(self.mix.amounts), 1))
        places, demands, at = self._ties()
        np.add.at(prices, (demands, at), np.maximum(-duals[self._own_rows + places], 0.0))
        return prices

    def _ties(self) -> tuple[Ints, Ints, Ints]:
        """Return place, demand and room of each row of one demand in the problem."""
        places = np.flatnonzero(self._order < 0)
        tied = [self._tied[-1 - row] for row in self._order[places]]
        found = np.array([(k, room) for k, room, _ in tied], dtype=np.int64).reshape(-1, 2)
        return places, found[:, 0], found[:, 1]

    def _add_columns(self, fresh: Ints) -> None:
        """Add the columns just found of some demands."""
        loads = self.mix.add(fresh)
        matrix = np.zeros((len(fresh), self._highs.getNumRow()))
        matrix[:, self._first_room : self._first_demand] = loads
        matrix[np.arange(len(fresh)), self._first_demand + fresh] = 1.0
        places, demands, rooms = self._ties()
        of = np.full(len(self.mix.amounts), -1)
        of[fresh] = np.arange(len(fresh))
        some = np.flatnonzero(of[demands] >= 0)
        own = of[demands[some]]
        matrix[own, self._own_rows + places[some]] = loads[own, rooms[some]]
        add_columns(self._highs, csr_array(matrix))

    def add_violated(self, values: Array) -> int:
        """Put violated rows of the pool into the problem, and rows of one demand and one link."""
        before = len(self._rows)
        found = super().add_violated(values)
        self._order = np.concatenate([self._order, self._rows[before:]])
        return found + (self._tie(values) if self._has_ties else 0)

    def _tie(self, values: Array) -> int:
        """Add rows of one demand and one link that the last solution violates; return how many."""
        bought, used = self._carried(values)
        ways, mix = self.mix.ways, self.mix
        room = np.repeat(np.minimum(bought, used), ways, axis=1)
        over = (mix.flows - room) / mix.amounts[:, None]
        some = np.argwhere(over > VIOLATION)
        deepest = some[np.argsort(-over[tuple(some.T)])]
        known = {self._tied[-1 - row] for row in self._order[self._order < 0]}
        matrix: list[Array] = []
        most: list[float] = []
        for k, place in deepest.tolist():
            e = place // ways
            by_use = bool(used[k, e] < bought[k, e])
            if len(most) >= max(AT_ONCE, len(mix.amounts)):
                break
            if (k, place, by_use) in known:
                continue
            row = np.zeros(self._highs.getNumCol())
            row[self._first_route :] = np.where(mix.demand == k, mix.loads[:, place], 0.0)
            amount = float(mix.amounts[k])
            if by_use:
                row[self._use[e]] = -amount
            else:
                blocks = np.flatnonzero(self._block_link == e)
                row[self._block[blocks]] = -self._clipped(amount)[blocks]
            most.append(0.0 if by_use else min(self._existing[e], amount))
            matrix.append(row)
            self._tied.append((k, place, by_use))
        if most:
            count = len(most)
            none = np.full(count, -math.inf)
            add_rows(self._highs, csr_array(np.array(matrix)), none, np.array(most))
            last = -len(self._tied)
            self._order = np.concatenate([self._order, np.arange(last + count - 1, last - 1, -1)])
        return len(most)

    def _clipped(self, amounts: Array | float) -> Array:
        """Return what a block carries of some traffic."""
        tops = np.minimum(self._base + self._capacity, amounts)
        return np.asarray(tops - np.minimum(self._base, amounts))

    def _carried(self, values: Array) -> tuple[Array, Array]:
        """Return what each link carries of each demand at most, by what is bought, by its use."""
        amounts = self.mix.amounts[:, None]
        bought = np.minimum(self._existing, amounts)
        np.add.at(bought.T, self._block_link, (self._clipped(amounts) * values[self._block]).T)
        used = np.where(self._use >= 0, amounts * values[self._use], np.inf)
        return bought, used

    def drop_slack(self, values: Array) -> None:  # noqa: ARG002  # the last solution is meant
        """Take rows out that do not hold the last solution, when there are many; columns too."""
        self.tidy()

    def tidy(self) -> None:
        """Take slack rows and dear columns out when there are many."""
        if len(self._order) > self._per_column * self._size + len(self.mix.amounts):
            self._drop_rows()
        if len(self.mix.demand) > MOST_COLUMNS * (self.mix.rooms + len(self.mix.amounts)):
            self._drop_columns()

    def _drop_rows(self) -> None:
        activity = np.array(self._highs.getSolution().row_value)
        if len(activity) != self._own_rows + len(self._order):
            return
        lp = self._highs.getLp()
        lower, upper = np.array(lp.row_lower_), np.array(lp.row_upper_)
        least = SLACK * np.maximum(np.minimum(np.abs(lower), np.abs(upper)), 1.0)
        is_slack = ((activity > lower + least) & (activity < upper - least))[self._own_rows :]
        gone = np.flatnonzero(is_slack)
        if len(gone) < SLACK_SHARE * len(self._order):
            return
        self._highs.deleteRows(len(gone), (gone + self._own_rows).astype(np.int32))
        self._version += 1
        left = self._order[is_slack]
        self._is_in[left[left >= 0]] = False
        self._order = self._order[~is_slack]
        self._rows = self._order[self._order >= 0]

    def _drop_columns(self) -> None:
        count = len(self.mix.demand)
        stays = without_dearest(self._highs, self._first_route, count)
        if len(stays) < count:
            self._version += 1
            self.mix.keep(stays)


class RouteModules(NamedTuple):
    """The modules of a design alone, and their relaxation with routes."""

    alone: pyo.ConcreteModel
    compiled: CompiledModel
    places: Ints
    """Columns of blocks and of the use of charged links."""
    relaxation: RouteRelaxation


def with_routes(root: Root, menus: tuple[Menu, ...]) -> RouteModules | None:
    """Return the relaxation of the modules of a root with routes; None where it cannot be.

    Args:
        root: of a design whose demands have routes.
        menus: what its links take.
    """
    alone, compiled = root.alone()
    places = compiled.positions(columns_of(alone))
    if (places < 0).any() or not RouteMix(root.design).is_routed:
        return None
    relaxation = RouteRelaxation(root.design, menus, compiled, places)
    return RouteModules(alone, compiled, places, relaxation)
