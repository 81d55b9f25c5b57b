"""The graph as arrays, for what is compiled.

An edge is two arcs, one each way. The arcs out of a node stand together; those into it are their
reverses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siting.solve.steiner.graph import Adjacency

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Net(NamedTuple):
    """A graph of nodes 0, 1, ...; arcs by tail."""

    start: Ints
    """By node, where its arcs begin; one entry more for the end."""
    tail: Ints
    head: Ints
    reverse: Ints
    """By arc, the arc the other way."""
    weight: Floats
    is_terminal: Bools
    """By node."""


def net_of(graph: Adjacency, terminals: set[int]) -> tuple[Net, list[int]]:
    """Return the arrays of a graph, and the node of each position."""
    nodes = sorted(graph)
    position = {node: i for i, node in enumerate(nodes)}
    arcs = [
        (i, position[other], weight)
        for i, node in enumerate(nodes)
        for other, (weight, _) in graph[node].items()
    ]
    tail = np.array([a for a, _, _ in arcs], dtype=np.int64)
    head = np.array([b for _, b, _ in arcs], dtype=np.int64)
    weight = np.array([w for _, _, w in arcs], dtype=float)
    order = np.lexsort((head, tail))
    tail, head, weight = tail[order], head[order], weight[order]
    reverse = np.empty(len(tail), dtype=np.int64)
    reverse[np.lexsort((tail, head))] = np.arange(len(tail))
    start = np.searchsorted(tail, np.arange(len(nodes) + 1)).astype(np.int64)
    is_terminal = np.array([node in terminals for node in nodes], dtype=bool)
    return Net(start, tail, head, reverse, weight, is_terminal), nodes
