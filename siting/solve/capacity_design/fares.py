"""What demands pay on priced links, each on its cheapest routes, compiled.

One route, under 1+1 protection two without a common link, where shares survive a system of routes
(:mod:`systems`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.disjoint import (
    Desk,
    Graph,
    cheapest_pair,
    cheapest_route,
    desk_of,
    dot,
    graph_of,
)
from siting.solve.capacity_design.systems import cheapest_system
from siting.solve.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Payers(NamedTuple):
    """What is routed."""

    sources: Ints
    targets: Ints
    amounts: Floats
    are_paired: bool
    share: float
    """Share that survives the loss of any link; none where that is not asked for."""


class Fares(NamedTuple):
    """Who pays, where, and room to work."""

    graph: Graph
    payers: Payers
    desk: Desk
    route: Ints
    parts: Floats
    """How much of a demand each arc carries."""


def fares_of(design: CapacityDesign) -> Fares:
    """Return the demands of a design in its network, in the order of the design."""
    index = {node: i for i, node in enumerate(design.nodes)}
    graph = graph_of(design.nodes, design.links, both_ways=design.code.link != "D")
    demands = [d for d in design.demands if d.load > 0 and d.source != d.target]
    payers = Payers(
        np.array([index[d.source] for d in demands], dtype=np.int64),
        np.array([index[d.target] for d in demands], dtype=np.int64),
        np.array([d.load for d in demands], dtype=float),
        design.code.survivability == "P",
        design.survival_fraction if design.code.survivability == "N" else 0.0,
    )
    arcs = len(graph.tails)
    return Fares(graph, payers, desk_of(graph), np.zeros(arcs, dtype=np.int64), np.zeros(arcs))


@compiled
def paid(fares: Fares, k: int, prices: Floats) -> float:
    """Return what a unit of a demand pays, at least; note how much of it each arc carries."""
    payers, parts = fares.payers, fares.parts
    source, target = payers.sources[k], payers.targets[k]
    if payers.share > 0.0:
        ends = (source, target)
        if not cheapest_system(fares.graph, prices, ends, payers.share, fares.desk, parts):
            return np.inf
        return dot(parts, prices)
    if payers.are_paired:
        length = cheapest_pair(fares.graph, prices, source, target, fares.desk, fares.route)
    else:
        length = cheapest_route(fares.graph, prices, source, target, fares.desk, fares.route)
    parts[:] = 0.0
    cost = 0.0
    for place in range(length):
        parts[fares.route[place]] = 1.0
        cost += prices[fares.route[place]]
    return cost if length > 0 else np.inf


@compiled
def total_of(fares: Fares, prices: Floats) -> float:
    """Return what all demands pay."""
    total = 0.0
    for k in range(len(fares.payers.amounts)):
        total += paid(fares, k, prices) * fares.payers.amounts[k]
    return total


@compiled
def pay_all(fares: Fares, prices: Floats, pays: Floats, parts: Floats) -> None:
    """Write what a unit of each demand pays, and how much of it each arc carries."""
    for k in range(len(pays)):
        pays[k] = paid(fares, k, prices)
        parts[k] = fares.parts


@compiled
def pay_each(fares: Fares, prices: Floats, pays: Floats, parts: Floats) -> None:
    """Write the same where each demand has its own prices."""
    for k in range(len(pays)):
        pays[k] = paid(fares, k, prices[k])
        parts[k] = fares.parts
