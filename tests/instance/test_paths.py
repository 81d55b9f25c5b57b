"""Shortest paths, disjoint pairs and span sequences against independent computations."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest

from siting.instance import nearby
from siting.instance.disjoint import Found, Part, suurballe
from siting.instance.nearby import Nearby
from siting.instance.paths import Graph
from siting.instance.routes import PathFinder
from siting.instance.spans import noise_range
from siting.network import CandidateNetwork, Corridor, Node

SIZE = 12
CAMPUSES = (0, 5, 11)


def _network(seed: int) -> CandidateNetwork:
    """Return a random network with parallel corridors and three campuses."""
    draw = np.random.default_rng(seed)
    nodes = {
        f"n{i:02d}": Node(
            id=f"n{i:02d}", lon=0.0, lat=0.0, campus=f"c{i}" if i in CAMPUSES else None
        )
        for i in range(SIZE)
    }
    corridors = {}
    for number in range(3 * SIZE):
        a, b = sorted(draw.choice(SIZE, 2, replace=False))
        corridors[f"e{number:02d}"] = Corridor(
            id=f"e{number:02d}",
            node_a=f"n{a:02d}",
            node_b=f"n{b:02d}",
            length_km=float(draw.uniform(10.0, 100.0)),
            kind="route",
        )
    return CandidateNetwork(name="random", nodes=nodes, corridors=corridors, huts={}, tie_lines={})


def _open_graph(network: CandidateNetwork) -> nx.MultiGraph:
    """Return the network without the third campus."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(node for node in network.nodes if node != "n05")
    for corridor in network.corridors.values():
        if "n05" not in {corridor.node_a, corridor.node_b}:
            graph.add_edge(corridor.node_a, corridor.node_b, km=corridor.length_km)
    return graph


def _least_pair_km(graph: nx.MultiGraph) -> float:
    """Return the least total length of two edge-disjoint paths, by cheapest flow."""
    flow = nx.DiGraph()
    flow.add_node("n00", demand=-2)
    flow.add_node("n11", demand=2)
    for a, b, key, km in graph.edges(keys=True, data="km"):
        # One unit over the edge in either direction: an arc in, the edge, an arc out.
        middle, end = (a, b, key, "in"), (a, b, key, "out")
        flow.add_edge(middle, end, capacity=1, weight=round(km * 1e6))
        for node in (a, b):
            flow.add_edge(node, middle, capacity=1, weight=0)
            flow.add_edge(end, node, capacity=1, weight=0)
    return float(nx.min_cost_flow_cost(flow)) / 1e6


@pytest.mark.parametrize("seed", range(12))
def test_paths_are_shortest_and_enter_no_third_campus(seed: int) -> None:
    """Length of the shortest path and of the shortest disjoint pair, on random networks."""
    network = _network(seed)
    graph, apart = Graph.of(network), _open_graph(network)
    source, target = graph.node_index["n00"], graph.node_index["n11"]
    weight = np.array(graph.lengths_km)
    expected = nx.dijkstra_path_length(apart, "n00", "n11", weight="km")
    found = suurballe(Part.of(graph, source, target), weight)
    assert found.path is not None
    assert graph.length_km(found.path) == pytest.approx(expected)
    assert Nearby(graph, weight).distance(source, target) == pytest.approx(expected)
    try:
        least = _least_pair_km(apart)
    except nx.NetworkXUnfeasible:
        least = math.inf
    pair = found.pair
    assert (pair is None) == math.isinf(least)
    if pair is not None:
        assert not set(pair[0]) & set(pair[1])
        assert sum(map(graph.length_km, pair)) == pytest.approx(least, abs=1e-4)
        for edge in itertools.chain(*pair):
            corridor = network.corridors[graph.edges[edge]]
            assert "n05" not in {corridor.node_a, corridor.node_b}


def test_no_path_within_the_length_is_known_to_be_none() -> None:
    """A link whose shortest path is too long has no candidate, and that is all of them."""
    found = PathFinder(_network(1), limit=4).paths(("c0", "c11"), max_length_km=5.0)
    assert found.paths == ()
    assert found.complete


def _grid(seed: int, size: int = 24) -> CandidateNetwork:
    """Return a grid of random lengths with campuses in it, one of them at a dead end."""
    draw = np.random.default_rng(seed)
    places = [divmod(int(p), size) for p in draw.choice(size * size, 5, replace=False)]
    names = {f"n{i}-{j}": f"c{places.index((i, j))}" for i, j in places}
    nodes = [f"n{i}-{j}" for i, j in itertools.product(range(size), repeat=2)]
    ends = [
        (f"n{i}-{j}", f"n{i + di}-{j + dj}")
        for i, j in itertools.product(range(size), repeat=2)
        for di, dj in ((0, 1), (1, 0))
        if i + di < size and j + dj < size
    ]
    names["end"] = "c5"
    ends.append(("end", next(node for node in nodes if node not in names)))
    return CandidateNetwork(
        name="grid",
        nodes={n: Node(id=n, lon=0.0, lat=0.0, campus=names.get(n)) for n in [*nodes, "end"]},
        corridors={
            f"{a}--{b}": Corridor(
                id=f"{a}--{b}",
                node_a=a,
                node_b=b,
                length_km=float(draw.uniform(10.0, 100.0)),
                kind="route",
            )
            for a, b in ends
        },
        huts={},
        tie_lines={},
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_search_near_two_campuses_finds_what_the_whole_network_has(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shortest path and disjoint pair, by length and with some corridors dearer."""
    graph = Graph.of(_grid(seed))
    lengths = np.array(graph.lengths_km)
    weight = lengths * np.random.default_rng(seed).choice([1.0, 2.0, 8.0], len(lengths))
    finder = Nearby(graph, lengths)
    searched: list[int] = []

    def counted(part: Part, weight: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Found:
        searched.append(len(part.nodes))
        return suurballe(part, weight)

    monkeypatch.setattr(nearby, "suurballe", counted)
    campuses = [i for i, is_campus in enumerate(graph.is_campus) if is_campus]
    for source, target in itertools.combinations(campuses, 2):
        for weights in (lengths, weight):
            whole = suurballe(Part.of(graph, source, target), weights)
            found = finder.search(source, target, weights)
            assert found.weight == pytest.approx(whole.weight)
            assert found.pair_weight == pytest.approx(whole.pair_weight)
            assert (found.path, found.pair) == (whole.path, whole.pair)
    assert np.median(searched) < len(graph.is_campus) / 2


def _dense_noise(
    matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]], hops: int
) -> list[float]:
    """Return the noise of every sequence of spans with that many hops from end to end."""
    last = len(matrix) - 1
    found = []
    for inner in itertools.combinations(range(1, last), hops - 1):
        stops = (0, *inner, last)
        total = sum(matrix[a, b] for a, b in itertools.pairwise(stops))
        if math.isfinite(total):
            found.append(float(total))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_noise_range_is_that_of_all_sequences(seed: int) -> None:
    """Least and largest noise by number of amplifiers, against listing every sequence."""
    draw = np.random.default_rng(seed)
    size = 9
    matrix = np.full((size, size), math.inf)
    for i, j in itertools.combinations(range(size), 2):
        if j - i <= 3 and draw.random() < 0.8:
            matrix[i, j] = draw.uniform(1.0, 2.0)
    counts = tuple(k for k in range(1, size - 1) if _dense_noise(matrix, k + 1))
    assert counts
    for count, (least, largest) in noise_range(matrix, counts).items():
        every = _dense_noise(matrix, count + 1)
        assert least == pytest.approx(min(every))
        assert largest == pytest.approx(max(every))
