"""Good designs fast: every demand on one path, rerouted where a link's next module is not needed.

Under 1+1 protection, or where a share survives failures, every demand takes two paths without a
common link (:mod:`disjoint`).

A demand pays for what it makes its links cost more. It is taken out and put back on its cheapest
path, in random order, until a round brings nothing (:mod:`loads`), from where all demands are on
the paths of least unit costs. Then links are made smaller (:mod:`route_moves`).
"""

from __future__ import annotations

import itertools
import math
import time
from collections import defaultdict

import numpy as np

from siting.formulation.capacity_design import Commodity
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.disjoint import desk_of, graph_of
from siting.solve.capacity_design.frontier import Frontier
from siting.solve.capacity_design.loads import TINY, Prices, Routes, Task, Trips, load_of
from siting.solve.capacity_design.route_moves import improved, put_all_anew

OVERLOAD = 100.0
"""A unit beyond the largest size of a link costs so many times the dearest unit there is, besides
more than all that fits."""
DEARER = (0.003, 0.01, 0.03)
"""Routes may be dearer than the best by one of these shares at the beginning of a cycle."""
FIRST_MOVES, LONGER = 20, 1.5
"""Moves of the first cycle, for each link, and of the next, by those of the one before."""
MOVES, MOVES_TRIPS, LEAST_MOVES = 50, 100_000, 5
"""Moves between two looks at the clock: at most 50, fewer of many trips, and how few at least."""
LEANS = 0.5
"""What trips carry counts besides by the least unit costs of links, with this weight at most."""
FIRST_LEAN = 1e4
"""The same for trips that are put where a unit costs least: nothing else counts."""
TWICE = 500_000
"""Links times trips of networks in which routes begin in both ways."""
IN_VAIN = 3
"""Cycles in vain after which a first design is good enough."""


class Router:
    """Routes the trips of one design: what each commodity brings to each node."""

    def __init__(
        self,
        design: CapacityDesign,
        frontiers: list[Frontier],
        items: tuple[Commodity, ...],
        seed: int,
    ) -> None:
        """Index arcs, costs and trips."""
        self._constant = design.constant_cost
        self.frontiers = frontiers
        self._items = items
        is_paired = design.code.survivability == "P" or design.survival_fraction > 0
        graph = graph_of(design.nodes, design.links, both_ways=design.code.link != "D")
        trips = [
            (k, item.source, sink, amount_of_each_route(design, amount) * item.unit)
            for k, item in enumerate(items)
            for sink, amount in item.sinks.items()
        ]
        index = {node: i for i, node in enumerate(design.nodes)}
        self._commodity = [k for k, _, _, _ in trips]
        self._amounts = [amount for _, _, _, amount in trips]
        all_trips = Trips(
            np.array([index[source] for _, source, _, _ in trips], dtype=np.int64),
            np.array([index[sink] for _, _, sink, _ in trips], dtype=np.int64),
            np.array(self._amounts, dtype=float),
            is_paired,
        )
        prices = _prices_of(design, frontiers, sum(self._amounts))
        added = np.zeros(len(graph.tails))
        self._task = Task(graph, prices, all_trips, desk_of(graph), added)
        most = (2 if is_paired else 1) * len(design.nodes)
        self._routes, self._best = (
            _no_routes(len(design.links), len(trips), most) for _ in range(2)
        )
        self._cost = math.inf
        self._cycle, self._dearer = (0, FIRST_MOVES * len(design.links)), max(DEARER)
        self._in_vain, self._known = 0, math.inf
        self._moves = min(MOVES, max(MOVES_TRIPS // max(len(trips), 1), LEAST_MOVES))
        self._rng = np.random.default_rng(seed)

    def improve(self, until: float, cycles_in_vain: float = math.inf) -> float:
        """Reroute until a time; return the cost, infinite when none fits.

        Args:
            until: when to stop, on the monotonic clock.
            cycles_in_vain: after so many without gain it is no use.
        """
        if math.isinf(self._cost) and not self._settle(until):
            return math.inf
        while time.monotonic() < until and self._in_vain < cycles_in_vain:
            self._move()
        return self.cost()

    def _move(self) -> None:
        """Make some moves of a cycle, or begin the next one from the best routes."""
        made, moves = self._cycle
        if made >= moves:
            self._in_vain = self._in_vain + 1 if self._cost >= self._known - TINY else 0
            self._known = self._cost
            made, moves = 0, int(LONGER * moves) if self._in_vain else moves
            self._dearer = float(self._rng.choice(DEARER))
            self._return_to_best()
        after = min((made + self._moves) / moves, 1.0)
        ends = (self._dearer * (1 - made / moves), self._dearer * (1 - after))
        self._cost = improved(
            self._task,
            self._routes,
            self._best,
            self._cost,
            self._moves,
            ends,
            LEANS,
            self._rng,
        )
        self._cycle = (made + self._moves, moves)

    def _settle(self, until: float) -> bool:
        """Begin; return whether every trip has a route.

        First with every trip where a unit costs least, which is best where much is carried. Then,
        in networks that are not very large, with every trip where it adds least.
        """
        links, trips = len(self.frontiers), len(self._amounts)
        starts = (FIRST_LEAN, LEANS) if links * trips <= TWICE else (FIRST_LEAN,)
        for lean in starts:
            self._routes = _no_routes(links, trips, self._routes.arcs.shape[1])
            if not self._put_until_settled(lean, until):
                return False
        self._return_to_best()
        return True

    def _put_until_settled(self, lean: float, until: float) -> bool:
        """Put every trip anew until a round brings nothing, largest first at the beginning."""
        order = np.argsort(-self._task.trips.amounts, kind="stable")
        cost = math.inf
        while True:
            if not put_all_anew(self._task, self._routes, order, lean):
                return False
            lean = LEANS
            before, cost = cost, float(self._routes.costs.sum())
            if cost < self._cost - TINY:
                self._cost = cost
                for own, best in zip(self._routes, self._best, strict=True):
                    best[:] = own
            if not cost < before - TINY or time.monotonic() > until:
                return True
            order = self._rng.permutation(order)

    def _return_to_best(self) -> None:
        """Go on from the best routes."""
        for own, best in zip(self._routes, self._best, strict=True):
            own[:] = best

    def cost(self) -> float:
        """Return the cost of the best routes; infinite when they do not fit."""
        fits = math.isfinite(self._cost) and all(
            math.isfinite(front.cost(self.load(e))) for e, front in enumerate(self.frontiers)
        )
        return self._constant + self._cost if fits else math.inf

    def flow(self) -> dict[tuple[int, int, int], float]:
        """Return the traffic by commodity, link and way, in units of the commodity."""
        found: dict[tuple[int, int, int], float] = defaultdict(float)
        for i, k in enumerate(self._commodity):
            for arc in self._best.arcs[i, : self._best.lengths[i]]:
                amount = self._amounts[i] / self._items[k].unit
                found[k, int(arc) // 2, int(arc) % 2] += amount
        return found

    def carried(self) -> dict[int, float]:
        """Return what all routes of each commodity carry together, in units of it."""
        routes = 2 if self._task.trips.are_paired else 1
        found: dict[int, float] = defaultdict(float)
        for k, amount in zip(self._commodity, self._amounts, strict=True):
            found[k] += routes * amount / self._items[k].unit
        return found

    def load(self, e: int) -> float:
        """Return what a link must carry beyond its existing capacity."""
        return float(load_of(self._task.prices, self._best, e))


def amount_of_each_route(design: CapacityDesign, amount: float) -> float:
    """Return how much of a demand each of its routes carries, in its units.

    Where a share survives, two routes carry half each, or as much as must survive.
    """
    if design.survival_fraction <= 0 or design.code.survivability == "P":
        return amount
    part = max(design.survival_fraction, 1 / 2) * amount
    return part if design.code.routing == "C" else float(math.ceil(part - TINY))


def _no_routes(links: int, trips: int, most: int) -> Routes:
    return Routes(
        np.zeros((trips, most), dtype=np.int64),
        np.zeros(trips, dtype=np.int64),
        np.zeros((links, 2)),
        np.zeros(links, dtype=np.int64),
        np.zeros(links),
    )


def _prices_of(design: CapacityDesign, frontiers: list[Frontier], total: float) -> Prices:
    links = design.links
    dearest = max(
        _unit_cost(front) + link.routing_cost + link.setup_cost
        for front, link in zip(frontiers, links, strict=True)
    )
    too_much = sum(
        (front.costs[-1] if front.costs else front.slope * total)
        + link.setup_cost
        + link.routing_cost * 2 * total
        for front, link in zip(frontiers, links, strict=True)
    )
    is_charged = design.code.fixed_charge == "Y"
    return Prices(
        np.cumsum([0, *(len(front.capacities) for front in frontiers)]),
        np.array(list(itertools.chain.from_iterable(f.capacities for f in frontiers)), dtype=float),
        np.array(list(itertools.chain.from_iterable(f.costs for f in frontiers)), dtype=float),
        np.array([front.slope for front in frontiers], dtype=float),
        np.array([link.existing_capacity for link in links], dtype=float),
        np.array([link.setup_cost * is_charged for link in links], dtype=float),
        np.array([link.routing_cost for link in links], dtype=float),
        design.code.link == "U",
        too_much,
        OVERLOAD * (dearest or 1.0),
        np.array([_least_unit_cost(front) for front in frontiers]),
    )


def _unit_cost(front: Frontier) -> float:
    """Return what a unit of the dearest size costs; at least something."""
    if front.is_by_unit:
        return front.slope
    sizes = zip(front.capacities, front.costs, strict=True)
    return max((cost / size for size, cost in sizes if size > 0), default=1.0)


def _least_unit_cost(front: Frontier) -> float:
    """Return what a unit costs at least."""
    if front.is_by_unit:
        return front.slope
    sizes = zip(front.capacities, front.costs, strict=True)
    return min((cost / size for size, cost in sizes if size > 0), default=0.0)
