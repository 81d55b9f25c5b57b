"""A walk between two campuses with huts on it, what huts cost, and how walks are kept in mind."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SOURCE, TARGET = 0, 1
"""Nodes of the two campuses."""
LEAST_USD = 1e-9
"""Edges that cost less count as it: an explicit zero is no edge of a sparse matrix."""


@dataclass(frozen=True, slots=True)
class HutPrices:
    """What a route pays for a hut at each node, and for one inside each edge; infinite: none."""

    at_node_usd: Floats
    inside_usd: Floats

    def plus(self, usd: float) -> HutPrices:
        """Return the prices with the same amount on each hut."""
        return HutPrices(self.at_node_usd + usd, self.inside_usd + usd)


@dataclass(frozen=True, slots=True)
class Way:
    """A walk between the ends, with the huts on it."""

    usd: float
    edges: tuple[int, ...]
    huts_at_nodes: tuple[int, ...] = ()
    huts_inside: tuple[int, ...] = ()
    """Edges, one entry for each hut."""


@dataclass(frozen=True, slots=True)
class LitRoute:
    """A route of a line, with the supply of each of its edges."""

    line: int
    way: Way
    own: tuple[bool, ...]

    @property
    def course(self) -> Hashable:
        """Return what tells it from other routes of the link, whatever its line."""
        way = self.way
        return way.edges, self.own, way.huts_at_nodes, way.huts_inside


Trace = tuple[int, int, int, "Trace"] | None
"""What came last, and what came before: an edge with so many huts inside, or a hut at a node."""


def way_of(usd: float, trace: Trace) -> Way:
    """Return the walk that a trace leads back along."""
    edges: list[int] = []
    nodes: list[int] = []
    inside: list[int] = []
    while trace is not None:
        edge, count, node, trace = trace
        if node >= 0:
            nodes.append(node)
        else:
            edges.append(edge)
            inside += [edge] * count
    return Way(usd, tuple(reversed(edges)), tuple(reversed(nodes)), tuple(reversed(inside)))


def walks(ends: Ints, direction: Ints, count: int) -> list[list[tuple[int, int]]]:
    """Return the walks of a flow, each as edges with the node that they lead to.

    Args:
        ends: nodes of each edge, shape (edges, 2).
        direction: of each edge 1 along, -1 against, 0 unused.
        count: how many units flow.
    """
    onward: dict[int, list[tuple[int, int]]] = {}
    used = np.flatnonzero(direction)
    there = direction[used] > 0
    begin = np.where(there, ends[used, 0], ends[used, 1]).tolist()
    end = np.where(there, ends[used, 1], ends[used, 0]).tolist()
    for edge, a, b in zip(used.tolist(), begin, end, strict=True):
        onward.setdefault(a, []).append((edge, b))
    found = []
    for _ in range(count):
        walk, node = [], SOURCE
        while node != TARGET:
            edge, node = onward[node].pop()
            walk.append((edge, node))
        found.append(walk)
    return found
