"""Pruning keeps every simple path between campuses, contraction every length."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.geography.ways import Way, contract, prune


def way(a, b, length=1.0, kind="road"):
    return Way(a=a, b=b, kind=kind, length_km=length, line=((ord(a[0]), 0.0), (ord(b[0]), 0.0)))


def ways_of(text):
    """``ab bc`` -> ways of length 1, 2, 4, ... so that every path has a length of its own."""
    return [way(pair[0], pair[1], 2.0**k) for k, pair in enumerate(text.split())]


def graph(ways):
    result = nx.MultiGraph()
    for w in ways:
        result.add_edge(w.a, w.b, length=w.length_km)
    return result


def path_lengths(ways, campuses):
    """Lengths of all simple paths between all pairs of campuses, counted."""
    network = graph(ways)
    found: Counter[tuple[str, str, float]] = Counter()
    for a, b in combinations(sorted(campuses), 2):
        if a in network and b in network:
            for path in nx.all_simple_edge_paths(network, a, b):
                found[a, b, sum(network.edges[e]["length"] for e in path)] += 1
    return found


def on_simple_paths(ways, campuses):
    network = nx.MultiGraph()
    for k, w in enumerate(ways):
        network.add_edge(w.a, w.b, key=k)
    return {
        k
        for a, b in combinations(sorted(campuses), 2)
        if a in network and b in network
        for path in nx.all_simple_edge_paths(network, a, b)
        for _, _, k in path
    }


def test_dead_ends_and_hanging_blocks_go():
    #  A - b - C, a dead end b-d-e, a triangle f-g-h hanging on b, an island x-y
    ways = ways_of("Ab bC bd de bf fg gh hf xy")
    kept = prune(ways, ["A", "C"])
    assert [(w.a, w.b) for w in kept] == [("A", "b"), ("b", "C")]


def test_block_between_campuses_stays_whole():
    ways = ways_of("Ab bc cd de eb dF")
    assert prune(ways, ["A", "F"]) == ways


def test_a_campus_alone_needs_no_ways():
    assert prune(ways_of("Ab bc cA"), ["A"]) == []
    assert prune(ways_of("bc"), ["A", "Z"]) == []


def test_parallel_ways_stay_and_loops_go():
    ways = [way("A", "b", 1), way("A", "b", 2), way("b", "b", 3), way("b", "C", 4)]
    assert prune(ways, ["A", "C"]) == [ways[0], ways[1], ways[3]]


EDGES = st.lists(
    st.tuples(st.sampled_from("ABCDefgh"), st.sampled_from("ABCDefgh")), min_size=1, max_size=13
)


@given(EDGES, st.integers(0, 4))
def test_reductions_keep_all_simple_paths(pairs, campus_count):
    """Exactly the ways on simple paths stay; their paths keep number and length."""
    campuses = "ABCD"[:campus_count]
    ways = [way(a, b, 2.0**k) for k, (a, b) in enumerate(pairs)]
    kept = prune(ways, campuses)
    assert {int(w.length_km).bit_length() - 1 for w in kept} == on_simple_paths(ways, campuses)
    small = contract(kept, campuses)
    assert path_lengths(small, campuses) == path_lengths(ways, campuses)
    degree = graph(small).degree()
    assert not [n for n, d in degree if d == 2 and n not in campuses]


def test_contraction_adds_lengths_and_joins_lines():
    (joined,) = contract(ways_of("Ab cb cD"), ["A", "D"])
    assert {joined.a, joined.b} == {"A", "D"}
    assert joined.length_km == 7.0
    assert [x for x, _ in joined.line_from("A")] == [ord(n) for n in "AbcD"]


def test_contraction_keeps_campuses_transfers_and_parallels():
    ways = [way("A", "b"), way("b", "C", kind="rail"), way("C", "d"), way("d", "E")]
    ways += [way("C", "f"), way("f", "E")]
    after = contract(ways, ["A", "C", "E"])
    assert sorted(sorted((w.a, w.b)) for w in after) == [
        ["A", "b"],
        ["C", "E"],
        ["C", "E"],
        ["C", "b"],
    ]


@pytest.mark.parametrize("ways", [ways_of("ab bc ca"), ways_of("Ab bc cd db")])
def test_cycles_without_two_joints_are_dropped(ways):
    assert all(w.a != w.b for w in contract(ways, ["A"]))
