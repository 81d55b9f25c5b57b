"""Sides of links whose fast routes overlap, against every way and every network."""

from __future__ import annotations

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from siting.solve.all_routes import all_routes, link_spans
from siting.solve.all_routes.compile_searches import compile_searches
from siting.solve.all_routes.needs import Need
from siting.solve.all_routes.neighborhoods import Fields, Place, neighborhood
from siting.solve.all_routes.sides import LEAST_SIDES, overlapping
from siting.solve.network_phase import solve_network
from tests.solve.braids import braid
from tests.solve.test_all_routes import graph_of

SEEDS = 60


def random_place(seed: int) -> tuple[Place, np.ndarray, float]:
    """Return a ladder of doubled edges with some chords, its lengths, and a limit of length."""
    rng = np.random.default_rng(seed)
    nodes = [0, *range(2, 2 + rng.integers(1, 4)), 1]
    ends = [pair for pair in itertools.pairwise(nodes) for _ in range(2)]
    for _ in range(rng.integers(0, 3)):
        a, b = rng.choice(len(nodes), 2, replace=False)
        ends.append((nodes[a], nodes[b]))
    lengths = rng.integers(1, 12, len(ends)).astype(float)
    graph = graph_of(np.array(ends), lengths)
    least = nx.Graph()
    for (a, b), km in sorted(zip(ends, lengths, strict=True), key=lambda x: -x[1]):
        least.add_edge(a, b, weight=km)
    longest_km = nx.shortest_path_length(least, 0, 1, weight="weight") + float(rng.integers(0, 12))
    place = neighborhood(graph, Fields.of(graph), Need(("A", "B"), longest_km, 1.0, 1.0))
    assert place is not None
    return place, lengths[place.edges], longest_km


def ways_of(place: Place, lengths: np.ndarray, longest_km: float) -> list[set[int]]:
    """Return the edges of every path that is short enough."""
    graph = nx.MultiGraph()
    for edge, (a, b) in enumerate(place.ends.tolist()):
        graph.add_edge(a, b, key=edge)
    paths = nx.all_simple_edge_paths(graph, 0, 1)
    edges = ([key for _, _, key in path] for path in paths)
    return [set(way) for way in edges if lengths[way].sum() <= longest_km]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_way_takes_all_corridors_of_sides_but_one(seed: int) -> None:
    place, lengths, longest_km = random_place(seed)
    ways = ways_of(place, lengths, longest_km)
    found = overlapping(place, lengths, longest_km)
    for way in ways:
        assert len(set(found) - way) <= 1
    is_safe = all(any(edge not in way for way in ways) for edge in range(len(lengths)))
    some = [
        three
        for three in itertools.combinations(range(len(lengths)), LEAST_SIDES)
        if all(len(set(three) - way) <= 1 for way in ways)
    ]
    assert bool(found) == (is_safe and bool(some))


@pytest.mark.solver
@pytest.mark.parametrize("seed", [1, 2, 4, 6, 9, 16])
def test_networks_of_overlapping_routes_cost_no_less_than_their_bound(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_searches()
    instance, asked = braid(seed, tmp_path)
    network = solve_network(instance, asked, relative_gap=1e-7, time_limit_s=20.0, seed=1)
    bound = all_routes(instance, asked, time_limit_s=2.0).bound_usd
    assert bound <= network.cost_usd + 0.5
    assert bound > 0.8 * network.cost_usd
    monkeypatch.setattr(link_spans, "sides_of", lambda *_: [])
    assert all_routes(instance, asked, time_limit_s=2.0).bound_usd < bound
