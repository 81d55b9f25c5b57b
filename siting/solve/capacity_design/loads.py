"""What routes put on the links of a network, what that costs, and where else they could run.

In numbers, compiled: one demand after the other is taken out and put back where it adds least.
What a link cannot take at all is dear, not forbidden: so demands make room for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.capacity_design.disjoint import Desk, Graph, cheapest_pair, cheapest_route
from siting.solve.capacity_design.frontier import SLACK
from siting.solve.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TINY = 1e-9


class Prices(NamedTuple):
    """What links cost by what they carry."""

    first: Ints
    """Where the sizes of each link begin, and their number."""
    sizes: Floats
    costs: Floats
    slopes: Floats
    """Of a unit, where capacity is bought by the unit; else infinite."""
    existing: Floats
    charges: Floats
    """For any use."""
    routing: Floats
    """Of a unit that is carried."""
    is_shared: bool
    """Whether both ways share the capacity."""
    too_much: float
    """Cost of an overload, at least."""
    overload: float
    """Cost of each unit of it."""
    units: Floats
    """What a unit costs at least, of any size."""


class Trips(NamedTuple):
    """What is routed, each on one route or on two without a common link."""

    sources: Ints
    targets: Ints
    amounts: Floats
    """Capacity that each takes."""
    are_paired: bool


class Task(NamedTuple):
    """All that is the same for all routes, and room to work."""

    graph: Graph
    prices: Prices
    trips: Trips
    desk: Desk
    added: Floats
    """What a trip adds to each arc."""


class Routes(NamedTuple):
    """The arcs of each trip, and what they put on the links."""

    arcs: Ints
    """Trip by place."""
    lengths: Ints
    """Number of arcs; none where a trip has no route."""
    carried: Floats
    """Link by way."""
    uses: Ints
    """How many routes each link has."""
    costs: Floats
    """Of each link as it is."""


@compiled
def cost_of(prices: Prices, e: int, forth: float, back: float, uses: int) -> float:
    """Return what a link costs that carries so much each way, for so many routes."""
    load = (forth + back if prices.is_shared else max(forth, back)) - prices.existing[e]
    cost = prices.routing[e] * (forth + back)
    if uses > 0:
        cost += prices.charges[e]
    if load <= SLACK:
        return float(cost)
    if np.isfinite(prices.slopes[e]):
        return float(cost + prices.slopes[e] * load)
    place = place_of(prices, e, load)
    end = prices.first[e + 1]
    if place < end:
        return float(cost + prices.costs[place])
    return float(cost + prices.too_much + prices.overload * (load - prices.sizes[end - 1]))


@compiled
def place_of(prices: Prices, e: int, load: float) -> int:
    """Return the place of the least size of a link that is large enough; else behind its last."""
    need = load - SLACK * max(1.0, load)
    low, high = prices.first[e], prices.first[e + 1]
    while low < high:
        middle = (low + high) // 2
        if prices.sizes[middle] < need:
            low = middle + 1
        else:
            high = middle
    return int(low)


@compiled
def load_of(prices: Prices, routes: Routes, e: int) -> float:
    """Return what a link must carry beyond its existing capacity."""
    forth, back = routes.carried[e]
    return float((forth + back if prices.is_shared else max(forth, back)) - prices.existing[e])


@compiled
def change(task: Task, routes: Routes, i: int, step: int) -> None:
    """Put the route of a trip on its links, or with a step of -1 take it off."""
    for place in range(routes.lengths[i]):
        e, way = routes.arcs[i, place] // 2, routes.arcs[i, place] % 2
        routes.uses[e] += step
        routes.carried[e, way] += step * task.trips.amounts[i]
        if routes.uses[e] == 0:
            routes.carried[e] = 0.0
        forth, back = routes.carried[e]
        routes.costs[e] = cost_of(task.prices, e, forth, back, routes.uses[e])


@compiled
def remove(task: Task, routes: Routes, i: int) -> None:
    """Take a trip out."""
    change(task, routes, i, -1)
    routes.lengths[i] = 0


@compiled
def insert(task: Task, routes: Routes, i: int, away: int, lean: float) -> bool:
    """Put a trip where it adds least, avoiding a link if there is one; return whether it can be.

    What it carries counts besides, by what a unit costs at least, with a weight.
    """
    prices, trips, added = task.prices, task.trips, task.added
    amount = trips.amounts[i]
    for e in range(len(routes.uses)):
        forth, back = routes.carried[e]
        before = routes.costs[e] - (TINY + lean * prices.units[e]) * amount
        uses = routes.uses[e] + 1
        added[2 * e] = max(cost_of(prices, e, forth + amount, back, uses) - before, 0.0)
        if prices.is_shared:
            added[2 * e + 1] = added[2 * e]
        else:
            added[2 * e + 1] = max(cost_of(prices, e, forth, back + amount, uses) - before, 0.0)
    if away >= 0:
        added[2 * away : 2 * away + 2] = np.inf
    source, target, route = trips.sources[i], trips.targets[i], routes.arcs[i]
    if trips.are_paired:
        length = cheapest_pair(task.graph, added, source, target, task.desk, route)
    else:
        length = cheapest_route(task.graph, added, source, target, task.desk, route)
    routes.lengths[i] = length
    change(task, routes, i, 1)
    return length > 0
