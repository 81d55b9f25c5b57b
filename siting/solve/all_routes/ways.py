"""A walk between two campuses with huts on it, what huts cost, and how walks are kept in mind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SOURCE, TARGET = 0, 1
"""Nodes of the two campuses."""


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
