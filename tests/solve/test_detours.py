"""Ways without corridors of the shortest one, against the shortest paths of networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from siting.solve.all_routes.detours import Detours

SEEDS = 80


def shortest_km(ends: np.ndarray, lengths: np.ndarray, gone: set[int]) -> float:
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(int(ends.max()) + 1))
    for edge, ((a, b), km) in enumerate(zip(ends.tolist(), lengths, strict=True)):
        if edge not in gone:
            graph.add_edge(a, b, weight=km)
    if not nx.has_path(graph, 0, 1):
        return np.inf
    return float(nx.shortest_path_length(graph, 0, 1, weight="weight"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_ways_without_one_and_two_corridors_are_the_shortest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(2, 9))
    edges = int(rng.integers(nodes - 1, 3 * nodes))
    ends = rng.integers(0, nodes, (edges, 2))  # parallel edges and loops among them
    ends[0] = nodes - 1, 0
    lengths = rng.integers(1, 6, edges).astype(float)
    detours = Detours(ends, lengths)
    for gone in [(), *((edge,) for edge in range(edges))]:
        way = detours.without(gone)
        assert way.km == pytest.approx(shortest_km(ends, lengths, set(gone)))
        assert len(way.edges) == len(way.spare_km)
        assert not set(gone) & set(way.edges.tolist())
        if len(way.edges):
            assert lengths[way.edges].sum() == pytest.approx(way.km)
        for edge, spare_km in zip(way.edges.tolist(), way.spare_km, strict=True):
            assert spare_km == pytest.approx(shortest_km(ends, lengths, {*gone, edge}))
