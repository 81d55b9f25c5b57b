"""Compiling what Steiner trees run, before the time of a solve counts."""

import math
import time

import numpy as np

from siting.solve.steiner.arrays import net_of
from siting.solve.steiner.ascent import ascend, needed_arcs
from siting.solve.steiner.distances import drop_branchings, drop_long_edges
from siting.solve.steiner.graph import Adjacency, Shrunk, offer_edge
from siting.solve.steiner.improve import TreeSearch
from siting.solve.steiner.separation import violated_cuts


def compile_trees() -> None:
    """Compile what Steiner trees run, or read it from disk: some seconds after a change."""
    graph: Adjacency = {node: {} for node in range(5)}
    for i, (a, b) in enumerate([(0, 4), (1, 4), (2, 4), (3, 4), (0, 1), (1, 2)]):
        offer_edge(graph, a, b, (2.0 + i % 2, (i,)))
    shrunk = Shrunk(graph, {0, 1, 2, 3})
    net, nodes = net_of(graph, shrunk.terminals)
    search = TreeSearch(net, 1, math.inf)
    search.grow(search.noisy(net.weight, 1.0))
    search.descend_best([search.best], 1, time.monotonic() + 1.0)
    ascent = ascend(net, 0)
    kept = needed_arcs(net, ascent, search.cost + 1.0)
    violated_cuts(net, np.zeros(len(kept)), kept, 0, np.array([1]), np.ones(1))
    drop_long_edges(shrunk, net, nodes)
    drop_branchings(shrunk, net, nodes)
