"""The cheapest route with its huts, against a search over every kilometer of the graph."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable, Iterator

import networkx as nx
import numpy as np
import pytest

from siting.solve.all_routes import label_setting, placings, spans
from siting.solve.all_routes import net as net_arrays
from siting.solve.all_routes.compile_searches import compile_searches
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.label_setting import CLOSE, OutOfTimeError
from siting.solve.all_routes.placings import Pieces
from siting.solve.all_routes.spans import STEPS_PER_KM, UNITS, QuietSpans, noise_of
from siting.solve.all_routes.ways import HutPrices, Way

SPACING_KM = 6.0
State = tuple[int, int, int, int]
"""Edge (-1 at a node), node that it leads to, km along it, km since the last hut."""


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, HutPrices]:
    """Return ends, lengths (whole km), costs and prices of huts of a random graph."""
    rng = random.Random(seed)
    nodes = rng.randint(3, 7)
    pairs = (rng.sample(range(nodes), 2) for _ in range(rng.randint(nodes, 3 * nodes)))
    edges = [(0, 2), (2, 1), *((a, b) for a, b in pairs)]
    names = sorted({0, 1, *itertools.chain(*edges)})
    ends = np.array([(names.index(a), names.index(b)) for a, b in edges])
    lengths = np.array([float(rng.randint(1, 13)) for _ in edges])
    usd = np.array([float(rng.randint(0, 30)) for _ in edges])
    at_node = np.array([rng.choice([1.0, 5.0, 9.0, math.inf]) for _ in names])
    inside = np.array([rng.choice([2.0, 6.0, 20.0, math.inf]) for _ in edges])
    return ends, lengths, usd, HutPrices(at_node, inside)


def searched(
    ends: np.ndarray, lengths: np.ndarray, sites: list[list[float]] | None = None
) -> WaySearch:
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(int(ends.max()) + 1))
    for (a, b), km in zip(ends.tolist(), lengths.tolist(), strict=True):
        graph.add_edge(a, b, km=km)
    km = nx.single_source_dijkstra_path_length(graph, 1, weight="km")
    left = np.array([km.get(node, math.inf) for node in range(int(ends.max()) + 1)])
    pieces = None if sites is None else Pieces.at(sites)
    return WaySearch(ends, lengths, left, SPACING_KM, pieces)


def by_kilometer(ends: np.ndarray, lengths: np.ndarray, usd: np.ndarray, huts: HutPrices) -> float:
    """Return the least cost over states (place, whole km since the last hut)."""
    since = range(int(SPACING_KM) + 1)
    arcs: list[tuple[object, object, float]] = []
    for edge, (ab, length_km) in enumerate(zip(ends.tolist(), lengths.tolist(), strict=True)):
        km = int(length_km)
        for a, b in (ab, ab[::-1]):
            for s in since:
                arcs.append((("node", a, s), (edge, a, 0, s), usd[edge]))
                arcs.append(((edge, a, km, s), ("node", b, s), 0.0))
                for i in range(km + 1):
                    arcs.append(((edge, a, i, s), (edge, a, i, 0), huts.inside_usd[edge]))
                    arcs.append(((edge, a, i, s), (edge, a, i + 1, s + 1), 0.0))
    arcs += [
        (("node", node, s), ("node", node, 0), huts.at_node_usd[node])
        for node in range(2, len(huts.at_node_usd))
        for s in since
    ]
    graph = nx.DiGraph()
    graph.add_node(("node", 0, 0))
    graph.add_weighted_edges_from(arc for arc in arcs if math.isfinite(arc[2]) and arc[0] != arc[1])
    usd_to = nx.single_source_dijkstra_path_length(graph, ("node", 0, 0))
    return float(min(usd_to.get(("node", 1, s), math.inf) for s in since))


def levels(seed: int) -> np.ndarray:
    """Return noise of spans that grows with their length, as a part of what all may add."""
    rng = random.Random(seed)
    least, slope, bend = rng.randint(1, 12), rng.randint(0, 5), rng.choice([0.0, 0.5, 1.0])
    km = np.arange(0.0, SPACING_KM + 1, 1 / STEPS_PER_KM)
    found: np.ndarray = (least + slope * km + bend * km**2 + rng.random()) / 60
    return found


def onward(
    state: State,
    graph: tuple[np.ndarray, np.ndarray, np.ndarray, HutPrices],
    sites: list[list[float]] | None,
) -> Iterator[tuple[float, State, bool]]:
    """Return the states that follow at once, what that costs, and whether a hut is passed."""
    ends, lengths, usd, huts = graph
    edge, place, at, since = state
    if edge < 0:
        if place > 1:
            yield huts.at_node_usd[place], (-1, place, 0, 0), True
        for number, (a, b) in enumerate(ends.tolist()):
            if place in (a, b):
                yield usd[number], (number, b if place == a else a, 0, since), False
    else:
        from_first = at if ends[edge, 1] == place else lengths[edge] - at
        if sites is None or from_first in sites[edge]:
            yield huts.inside_usd[edge], (edge, place, at, 0), True
        if at == lengths[edge]:
            yield 0.0, (-1, place, 0, since), False
        elif since < SPACING_KM:
            yield 0.0, (edge, place, at + 1, since + 1), False


def by_kilometer_and_noise(
    graph: tuple[np.ndarray, np.ndarray, np.ndarray, HutPrices],
    noise_of: Callable[[int], float],
    sites: list[list[float]] | None = None,
) -> float:
    """Return the least cost over states (edge, node, km along it, km since the last hut), noise."""
    heap: list[tuple[float, State, float]] = [(0.0, (-1, 0, 0, 0), 0.0)]
    done: set[tuple[State, float]] = set()
    while heap:
        paid, state, noise = heapq.heappop(heap)
        if (state, noise) in done:
            continue
        done.add((state, noise))
        last = noise + noise_of(state[3])
        if state[:2] == (-1, 1) and last <= UNITS:
            return paid
        for cost, following, is_hut in onward(state, graph, sites):
            if math.isfinite(cost) and (last if is_hut else noise) <= UNITS:
                heapq.heappush(heap, (paid + float(cost), following, last if is_hut else noise))
    return math.inf


def priced(way: Way, usd: np.ndarray, huts: HutPrices) -> float:
    return float(
        sum(usd[e] for e in way.edges)
        + sum(huts.at_node_usd[n] for n in way.huts_at_nodes)
        + sum(huts.inside_usd[e] for e in way.huts_inside)
    )


@pytest.mark.parametrize("seed", range(60))
def test_cheapest_way_with_huts(seed: int) -> None:
    ends, lengths, usd, huts = drawn(seed)
    expected = by_kilometer(ends, lengths, usd, huts)
    found = searched(ends, lengths).with_huts(usd, huts, count=3).ways
    if not found:
        assert math.isinf(expected)
        return
    assert found[0].usd == pytest.approx(expected)
    assert [way.usd for way in found] == sorted(way.usd for way in found)
    for way in found:
        assert priced(way, usd, huts) == pytest.approx(way.usd)


@pytest.mark.parametrize("seed", range(60))
def test_cheapest_quiet_way_with_huts_at_nodes(seed: int) -> None:
    """Noise is rounded down: the way is no dearer than one that is quiet, nor than all rounded."""
    ends, lengths, usd, huts = drawn(seed)
    huts = HutPrices(huts.at_node_usd, np.full(len(lengths), math.inf))
    level, graph = levels(seed), (ends, lengths, usd, huts)
    quiet, search = QuietSpans(SPACING_KM, level), searched(ends, lengths)
    found, least = search.with_huts(usd, huts, count=3, quiet=quiet)
    assert least <= by_kilometer_and_noise(graph, lambda km: UNITS * level[STEPS_PER_KM * km])
    rounded = by_kilometer_and_noise(graph, lambda km: noise_of(quiet.rules(km), km))
    assert least >= (1 - CLOSE) * rounded - 1e-3
    assert not found or (1 - CLOSE) * found[0].usd - 1e-6 <= least <= found[0].usd + 1e-6
    for way in found:
        assert priced(way, usd, huts) == pytest.approx(way.usd)
        assert search.is_quiet(way, quiet)


@pytest.mark.parametrize("seed", range(60))
def test_no_quiet_way_with_huts_inside_edges_is_cheaper(seed: int) -> None:
    ends, lengths, usd, huts = graph = drawn(seed)
    level, search = levels(seed), searched(ends, lengths)
    quiet = QuietSpans(SPACING_KM, level)
    loud = search.with_huts(usd, huts).ways
    found, least = search.with_huts(usd, huts, quiet=quiet)
    assert least <= by_kilometer_and_noise(graph, lambda km: UNITS * level[STEPS_PER_KM * km])
    assert not found or (loud[0].usd <= found[0].usd + 1e-6 and search.is_quiet(found[0], quiet))


@pytest.mark.parametrize("seed", range(60))
def test_no_quiet_way_with_huts_at_sites_is_cheaper(seed: int) -> None:
    ends, lengths, usd, huts = graph = drawn(seed)
    level, sites = levels(seed), drawn_sites(seed, lengths)
    quiet, search = QuietSpans(SPACING_KM, level), searched(ends, lengths, sites)
    found, least = search.with_huts(usd, huts, quiet=quiet)
    exact = by_kilometer_and_noise(graph, lambda km: UNITS * level[STEPS_PER_KM * km], sites)
    assert least <= exact
    assert not found or search.is_quiet(found[0], quiet)
    anywhere = searched(ends, lengths).with_huts(usd, huts, quiet=quiet)
    assert anywhere.ways or not found
    assert not found or anywhere.least_usd <= found[0].usd + 1e-6


def test_sites_make_ways_as_dear_as_they_are_in_most_of_these() -> None:
    """Only two huts inside one edge, and noise rounded down, leave something."""
    shares = []
    for seed in range(60):
        ends, lengths, usd, huts = graph = drawn(seed)
        level, sites = levels(seed), drawn_sites(seed, lengths)
        quiet = QuietSpans(SPACING_KM, level)
        least = searched(ends, lengths, sites).with_huts(usd, huts, quiet=quiet).least_usd
        exact = by_kilometer_and_noise(graph, lambda km: UNITS * level[STEPS_PER_KM * km], sites)  # noqa: B023
        if 0 < exact < math.inf:
            shares.append(least / exact)
    assert len(shares) >= 20
    assert sum(share > 1 - 2 * CLOSE for share in shares) >= 0.8 * len(shares)


def drawn_sites(seed: int, lengths: np.ndarray) -> list[list[float]]:
    """Return sites of huts inside each edge, whole km from its first node."""
    rng = random.Random(1000 + seed)
    return [[float(km) for km in range(1, int(length)) if rng.random() < 0.5] for length in lengths]


def test_sites_close_to_each_other_are_one_piece() -> None:
    pieces = Pieces.at([[], [2.0, 1.0, 1.4], [0.0]])
    assert pieces.first.tolist() == [0, 0, 2, 3]
    assert pieces.begin_km.tolist() == [1.0, 2.0, 0.0]
    assert pieces.end_km.tolist() == [1.4, 2.0, 0.0]


def test_what_is_compiled_is_compiled_once() -> None:
    """A second signature would be compiled in the middle of a search, which takes seconds."""
    functions = (label_setting._go_on, placings.can_be_quiet, spans.more_huts)
    compile_searches()
    before = [list(getattr(function, "signatures", ())) for function in functions]
    for seed in range(10):
        ends, lengths, usd, huts = drawn(seed)
        search, quiet = searched(ends, lengths), QuietSpans(SPACING_KM, levels(seed))
        for way in search.with_huts(usd, huts, quiet=quiet, longest_km=20.0).ways:
            search.is_quiet(way, quiet)
    assert [list(getattr(function, "signatures", ())) for function in functions] == before


@pytest.mark.parametrize("seed", range(20))
def test_a_search_gives_up_where_it_would_take_too_much_memory(seed: int) -> None:
    ends, lengths, usd, huts = drawn(seed)
    search = searched(ends, lengths)
    net = search._net
    paid = net_arrays.Paid(
        0, 1, usd, huts.inside_usd, huts.at_node_usd, np.zeros(len(net.left_km)),
        0.0, 1e9, math.inf, net_arrays.Worth(False, 0.0, 0.0), np.zeros(0),
        net_arrays.Completions.none(), False,
    )  # fmt: skip
    rules = spans.Spans(SPACING_KM).rules(1.0)
    found = label_setting.cheapest_ways(net, paid, rules, 1, math.inf)
    expected = by_kilometer(ends, lengths, usd, huts)
    assert found.least_usd == pytest.approx(expected)
    given_up = label_setting.cheapest_ways(net, paid, rules, 1, math.inf, most_labels=0)
    assert not given_up.ways
    assert given_up.least_usd <= expected + 1e-9


def test_noise_matters_in_many_of_these() -> None:
    dearer = 0
    for seed in range(60):
        ends, lengths, usd, huts = drawn(seed)
        search = searched(ends, lengths)
        loud = search.with_huts(usd, huts)
        found = search.with_huts(usd, huts, quiet=QuietSpans(SPACING_KM, levels(seed)))
        dearer += found.least_usd > loud.least_usd + 1e-3
    assert dearer >= 10


def test_a_search_ends_when_its_time_is_up() -> None:
    ends, lengths, usd, huts = drawn(0)
    search = searched(ends, lengths)
    assert search.with_huts(usd, huts).ways
    search.stop = 0.0
    with pytest.raises(OutOfTimeError):
        search.with_huts(usd, huts)


@pytest.mark.parametrize("seed", range(20))
def test_a_way_dearer_than_asked_need_not_be_found(seed: int) -> None:
    ends, lengths, usd, huts = drawn(seed)
    search = searched(ends, lengths)
    found = search.with_huts(usd, huts).ways
    if found:
        best = found[0].usd
        assert search.with_huts(usd, huts, best + 1e-6).ways[0].usd == pytest.approx(best)
        assert not search.with_huts(usd, huts, best - 0.5).ways


@pytest.mark.parametrize("seed", range(40))
def test_huts_along_a_path_are_those_of_the_path_alone(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randint(1, 5)
    ends = np.array(
        [(0 if i == 0 else i + 1, 1 if i == count - 1 else i + 2) for i in range(count)]
    )
    lengths = np.array([float(rng.randint(1, 13)) for _ in range(count)])
    nodes = int(ends.max()) + 1
    huts = HutPrices(
        np.array([float(rng.randint(1, 9)) for _ in range(nodes)]),
        np.array([float(rng.randint(1, 9)) for _ in range(count)]),
    )
    search, usd = searched(ends, lengths), np.zeros(count)
    path = [(edge, int(ends[edge, 1])) for edge in range(count)]
    placed = search.along(path, huts)
    assert placed is not None
    assert placed.usd == pytest.approx(search.with_huts(usd, huts).ways[0].usd, abs=1e-6)
    assert placed.edges == tuple(range(count))


def test_the_way_without_huts_is_the_shortest() -> None:
    ends = np.array([(0, 2), (0, 2), (2, 1), (0, 1)])
    search = searched(ends, np.array([5.0, 5.0, 5.0, 5.0]))
    way = search.without_huts(np.array([4.0, 3.0, 2.0, math.inf]))
    assert way is not None
    assert way.edges == (1, 2)
    assert way.usd == pytest.approx(5.0)
    assert search.without_huts(np.array([4.0, 3.0, math.inf, math.inf])) is None
