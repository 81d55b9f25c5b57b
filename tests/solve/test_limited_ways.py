"""Ways whose noise and length are limited, against a search over every kilometer of the graph."""

from __future__ import annotations

import heapq
import math
import random

import numpy as np
import pytest

from siting.solve.all_routes import completions
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.label_setting import CLOSE
from siting.solve.all_routes.spans import STEPS_PER_KM, UNITS, QuietSpans
from siting.solve.all_routes.ways import HutPrices
from tests.solve.test_hut_routes import (
    SPACING_KM,
    State,
    drawn,
    drawn_sites,
    levels,
    onward,
    priced,
    searched,
)

Graph = tuple[np.ndarray, np.ndarray, np.ndarray, HutPrices]
SEEDS = range(50)


def by_kilometer(
    graph: Graph, level: np.ndarray, sites: list[list[float]], longest_km: float
) -> float:
    """Return the least cost over states (place, km since the last hut), noise and whole length."""
    heap: list[tuple[float, State, float, int]] = [(0.0, (-1, 0, 0, 0), 0.0, 0)]
    done: set[tuple[State, float, int]] = set()
    while heap:
        paid, state, noise, km = heapq.heappop(heap)
        if (state, noise, km) in done:
            continue
        done.add((state, noise, km))
        last = noise + UNITS * level[STEPS_PER_KM * state[3]]
        if state[:2] == (-1, 1) and last <= UNITS:
            return paid
        for cost, following, is_hut in onward(state, graph, sites):
            more = state[0] >= 0 and following[0] >= 0 and not is_hut
            if math.isfinite(cost) and km + more <= longest_km:
                noisy = last if is_hut else noise
                if noisy <= UNITS:
                    heapq.heappush(heap, (paid + float(cost), following, noisy, km + more))
    return math.inf


def shortest_km(search: WaySearch) -> float:
    way = search.without_huts(np.array([float(km) for km in search._lengths]))
    return math.inf if way is None else search.length_km(way)


def case(seed: int) -> tuple[Graph, WaySearch, np.ndarray, list[list[float]], float]:
    """Return a graph, its search, noise of spans, sites of huts and the longest legal length."""
    graph = drawn(seed)
    sites = drawn_sites(seed, graph[1])
    search = searched(graph[0], graph[1], sites)
    longest_km = shortest_km(search) + random.Random(seed).randint(0, 2)
    return graph, search, levels(seed), sites, longest_km


@pytest.mark.parametrize("seed", SEEDS)
def test_no_legal_way_costs_less(seed: int) -> None:
    graph, search, level, sites, longest_km = case(seed)
    _, _, usd, huts = graph
    quiet = QuietSpans(SPACING_KM, level)
    ways, least = search.with_huts(usd, huts, count=3, quiet=quiet, longest_km=longest_km)
    assert least <= by_kilometer(graph, level, sites, longest_km) + 1e-6
    for way in ways:
        assert priced(way, usd, huts) == pytest.approx(way.usd)
        assert search.is_legal(way, quiet, longest_km)
        assert way.usd >= least - 1e-6


def test_both_limits_matter_and_ways_cost_what_they_must_in_most_of_these() -> None:
    shares, dearer = [], 0
    for seed in range(80):
        graph, search, level, sites, longest_km = case(seed)
        _, _, usd, huts = graph
        quiet = QuietSpans(SPACING_KM, level)
        least = search.with_huts(usd, huts, quiet=quiet, longest_km=longest_km).least_usd
        long = searched(graph[0], graph[1], sites).with_huts(usd, huts, quiet=quiet).least_usd
        dearer += least > long + 1e-3
        exact = by_kilometer(graph, level, sites, longest_km)
        if 0 < exact < math.inf:
            shares.append(least / exact)
    assert dearer >= 8
    assert len(shares) >= 15
    assert sum(share > 1 - 2 * CLOSE for share in shares) >= 0.8 * len(shares)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_last_search_taught_changes_no_bound(seed: int) -> None:
    """Limits that mattered are kept, and what noise and length were worth."""
    graph, search, level, sites, longest_km = case(seed)
    ends, lengths, _, huts = graph
    quiet = QuietSpans(SPACING_KM, level)
    rng = np.random.default_rng(seed)
    for _ in range(4):
        usd = rng.integers(0, 30, len(lengths)).astype(float)
        found = search.with_huts(usd, huts, quiet=quiet, longest_km=longest_km)
        anew = searched(ends, lengths, sites).with_huts(
            usd, huts, quiet=quiet, longest_km=longest_km
        )
        exact = by_kilometer((ends, lengths, usd, huts), level, sites, longest_km)
        assert max(found.least_usd, anew.least_usd) <= exact + 1e-6
        assert bool(found.ways) or found.least_usd == anew.least_usd == math.inf


@pytest.mark.parametrize("seed", SEEDS)
def test_a_search_that_is_cut_short_bounds_all_ways(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completions, "MOST_JOINED", 0)
    graph, search, level, sites, longest_km = case(seed)
    _, _, usd, huts = graph
    quiet = QuietSpans(SPACING_KM, level)
    found = search.with_huts(usd, huts, quiet=quiet, longest_km=longest_km)
    assert found.least_usd <= by_kilometer(graph, level, sites, longest_km) + 1e-6
    assert all(search.is_legal(way, quiet, longest_km) for way in found.ways)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_completions_the_search_is_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, search, level, sites, longest_km = case(seed)
    _, _, usd, huts = graph
    quiet = QuietSpans(SPACING_KM, level)
    least = search.with_huts(usd, huts, quiet=quiet, longest_km=longest_km).least_usd
    monkeypatch.setattr(completions, "MOST_LABELS", 0)
    other = searched(graph[0], graph[1], sites)
    plain = other.with_huts(usd, huts, quiet=quiet, longest_km=longest_km).least_usd
    exact = by_kilometer(graph, level, sites, longest_km)
    assert plain <= exact + 1e-6
    assert (least < math.inf) == (plain < math.inf) or least > plain
