"""Good designs fast: every demand on one path, rerouted where a link's next module is not needed.

Under 1+1 protection every demand takes two paths without a common link (:mod:`disjoint`).

A demand pays for what it makes its links cost more. It is taken out and put back on its cheapest
path, in random order, until a round brings nothing; then what runs over one link, or as much as its
next smaller size has no room for, is moved away, with a few others, and back if that is dearer.
What a link cannot take at all is dear, not forbidden: so demands make room for each other.
"""

from __future__ import annotations

import heapq
import math
import random
import time
from collections import defaultdict
from dataclasses import dataclass

from siting.formulation.capacity_design import Commodity, head, tail
from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.disjoint import cheapest_pair
from siting.solve.capacity_design.frontier import Frontier

Arc = tuple[int, int]
Path = tuple[Arc, ...]
TINY = 1e-9
SMALLER_SHARE = 0.6
"""How often a link is made one size smaller, not emptied."""
IN_VAIN, OTHERS = 40, 15
"""Moves in vain for each link after which it is no use, and other trips put anew in each."""
OVERLOAD = 100.0
"""A unit beyond the largest size of a link costs so many times the dearest unit there is, besides
more than all that fits."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What one commodity brings to one node."""

    commodity: int
    source: str
    target: str
    amount: float
    """Capacity that it takes."""


class Router:
    """Routes the trips of one design."""

    def __init__(
        self,
        design: CapacityDesign,
        frontiers: list[Frontier],
        items: tuple[Commodity, ...],
        seed: int,
    ) -> None:
        """Index arcs, costs and trips."""
        self._design = design
        self.frontiers = frontiers
        self._items = items
        self._shared = design.code.link == "U"
        ways = (0,) if design.code.link == "D" else (0, 1)
        self._arcs: dict[str, list[tuple[str, int, int]]] = {node: [] for node in design.nodes}
        for e, link in enumerate(design.links):
            for way in ways:
                self._arcs[tail(link, way)].append((head(link, way), e, way))
        self.trips = [
            Trip(k, item.source, sink, amount * item.unit)
            for k, item in enumerate(items)
            for sink, amount in item.sinks.items()
        ]
        self.paths: list[Path | None] = [None] * len(self.trips)
        self._loads = [[0.0, 0.0] for _ in design.links]
        self._uses = [0] * len(design.links)
        self._charged = design.code.fixed_charge == "Y"
        self._is_protected = design.code.survivability == "P" or design.survival_fraction > 0
        dearest = max(
            _unit_cost(front) + link.routing_cost + link.setup_cost
            for front, link in zip(frontiers, design.links, strict=True)
        )
        self._overload = OVERLOAD * (dearest or 1.0)
        total = sum(trip.amount for trip in self.trips)
        self._too_much = sum(
            (front.costs[-1] if front.costs else front.slope * total)
            + link.setup_cost
            + link.routing_cost * 2 * total
            for front, link in zip(frontiers, design.links, strict=True)
        )
        self._moves: dict[int, Path | None] | None = None
        self._rng = random.Random(seed)  # noqa: S311  # a seed, not a secret

    def improve(self, until: float) -> float:
        """Reroute until the time ``until`` or no use; return the cost, infinite when none fits."""
        if self._moves is None:
            self._settle(until)
        in_vain = 0
        while time.monotonic() < until and in_vain < IN_VAIN * len(self._loads):
            in_vain = 0 if self._move_away() else in_vain + 1
        return self.cost()

    def _settle(self, until: float) -> None:
        """Put every trip anew until a round brings nothing, largest first at the beginning."""
        order = sorted(range(len(self.trips)), key=lambda i: -self.trips[i].amount)
        best = math.inf
        while True:
            for i in order:
                self._remove(i)
                self._insert(i)
                if time.monotonic() > until and math.isfinite(best):
                    return
            before, best = best, self._priced()
            if not best < before - TINY or time.monotonic() > until:
                break
            order = self._rng.sample(order, len(order))
        self._moves = {}

    def _move_away(self) -> bool:
        """Move trips away from a link, and others where that helps; undo it if it does not."""
        before, self._moves = self._priced(), {}
        self._shake()
        moved = list(self._moves)
        near = [i for i in range(len(self.trips)) if i not in self._moves]
        again = moved + self._rng.sample(near, min(len(near), OTHERS))
        for i in self._rng.sample(again, len(again)):
            self._remove(i)
            self._insert(i)
        after = self._priced()
        if after > before + TINY:
            for i, path in self._moves.items():
                self._remove(i)
                self.paths[i] = path
                if path is not None:
                    self._change(path, self.trips[i].amount, 1)
        return after < before - TINY

    def cost(self) -> float:
        """Return the cost of the routes as they are; infinite when they do not fit."""
        fits = all(
            math.isfinite(front.cost(self.load(e))) for e, front in enumerate(self.frontiers)
        )
        return self._design.constant_cost + self._priced() if fits else math.inf

    def _priced(self) -> float:
        """Return what the routes cost on all links, also where they are too much for one."""
        if any(path is None for path in self.paths):
            return math.inf
        return sum(
            self._link_cost(e, self._loads[e][0], self._loads[e][1], self._uses[e])
            for e in range(len(self._design.links))
        )

    def flow(self) -> dict[tuple[int, int, int], float]:
        """Return the traffic by commodity, link and way, in units of the commodity."""
        found: dict[tuple[int, int, int], float] = defaultdict(float)
        for trip, path in zip(self.trips, self.paths, strict=True):
            for e, way in path or ():
                found[trip.commodity, e, way] += trip.amount / self._items[trip.commodity].unit
        return found

    def load(self, e: int) -> float:
        """Return what a link must carry beyond its existing capacity."""
        forth, back = self._loads[e]
        carried = forth + back if self._shared else max(forth, back)
        return carried - self._design.links[e].existing_capacity

    def _link_cost(self, e: int, forth: float, back: float, uses: int) -> float:
        link = self._design.links[e]
        load = (forth + back if self._shared else max(forth, back)) - link.existing_capacity
        fixed = link.setup_cost if self._charged and uses else 0.0
        bought = self.frontiers[e].cost(load)
        if math.isinf(bought):
            most = self.frontiers[e].capacities[-1]
            bought = self._too_much + self._overload * (load - most)
        return bought + link.routing_cost * (forth + back) + fixed

    def _change(self, path: Path, amount: float, step: int) -> None:
        for e, way in path:
            self._loads[e][way] += amount * step
            self._uses[e] += step
            if not self._uses[e]:
                self._loads[e] = [0.0, 0.0]

    def _remove(self, i: int) -> None:
        path = self.paths[i]
        if self._moves is not None:
            self._moves.setdefault(i, path)
        if path is not None:
            self._change(path, self.trips[i].amount, -1)
            self.paths[i] = None

    def _insert(self, i: int) -> None:
        path = self._cheapest(self.trips[i])
        self.paths[i] = path
        if path is not None:
            self._change(path, self.trips[i].amount, 1)

    def _shake(self) -> None:
        """Take trips out over one random link, and put them back avoiding it.

        All of them, or as many as the next smaller size of the link has no room for.
        """
        used = [e for e, uses in enumerate(self._uses) if uses]
        if not used:
            return
        away = self._rng.choice(used)
        over = [i for i, p in enumerate(self.paths) if p and any(e == away for e, _ in p)]
        self._rng.shuffle(over)
        if self._rng.random() < SMALLER_SHARE:
            least = self._next_smaller(away)
            while over and self.load(away) > least + TINY:
                self._put_back(over.pop(), away)
            return
        for i in over:
            self._remove(i)
        for i in over:
            self._put_back(i, away)

    def _put_back(self, i: int, away: int) -> None:
        """Put a trip on its cheapest path that avoids a link, if there is one."""
        self._remove(i)
        path = self._cheapest(self.trips[i], away) or self._cheapest(self.trips[i])
        self.paths[i] = path
        if path is not None:
            self._change(path, self.trips[i].amount, 1)

    def _next_smaller(self, e: int) -> float:
        """Return the largest size of a link that is too small for its load."""
        front = self.frontiers[e]
        place = front.place(self.load(e))
        return front.capacities[min(place, len(front.capacities)) - 1] if place > 0 else 0.0

    def _cheapest(self, trip: Trip, away: int = -1) -> Path | None:
        """Return the path that adds least cost (Dijkstra), or the two paths."""
        if self._is_protected:
            return cheapest_pair(
                self._arcs,
                lambda e, way: math.inf if e == away else self._added(e, way, trip.amount),
                trip.source,
                trip.target,
            )
        costs: dict[str, float] = {trip.source: 0.0}
        via: dict[str, tuple[str, Arc]] = {}
        done: set[str] = set()
        queue: list[tuple[float, str]] = [(0.0, trip.source)]
        while queue:
            cost, node = heapq.heappop(queue)
            if node == trip.target:
                break
            if node in done:
                continue
            done.add(node)
            for other, e, way in self._arcs[node]:
                if other in done or e == away:
                    continue
                total = cost + self._added(e, way, trip.amount)
                if total < costs.get(other, math.inf):
                    costs[other] = total
                    via[other] = (node, (e, way))
                    heapq.heappush(queue, (total, other))
        if trip.target not in via:
            return None
        path: list[Arc] = []
        node = trip.target
        while node != trip.source:
            node, arc = via[node]
            path.append(arc)
        return tuple(reversed(path))

    def _added(self, e: int, way: int, amount: float) -> float:
        forth, back = self._loads[e]
        uses = self._uses[e]
        before = self._link_cost(e, forth, back, uses)
        after = self._link_cost(
            e, forth + amount * (way == 0), back + amount * (way == 1), uses + 1
        )
        return max(after - before, 0.0) + TINY * amount


def _unit_cost(front: Frontier) -> float:
    """Return what a unit of the dearest size costs; at least something."""
    if front.is_by_unit:
        return front.slope
    sizes = zip(front.capacities, front.costs, strict=True)
    return max((cost / size for size, cost in sizes if size > 0), default=1.0)
