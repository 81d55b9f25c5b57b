"""What the engine drops and joins of bundled Texas leaves shortest paths and pairs as they were."""

from __future__ import annotations

import random
from itertools import combinations
from math import inf

import networkx as nx
import pytest

from siting.geography.bundled import join_sites, read_region, reduce
from siting.geography.entrances import campus_node
from siting.geography.ways import Way
from siting.loading import load_study
from tests.geography.disjoint import Disjoint, Lengths


def way(a, b, km):
    return Way(a=a, b=b, kind="road", length_km=km, line=((0.0, 0.0), (1.0, 0.0)))


def test_the_pair_undoes_a_greedy_first_path():
    """The shortest path S-a-b-T blocks every second one; the best pair undoes its middle."""
    ways = [
        way("S", "a", 1),
        way("a", "b", 1),
        way("b", "T", 1),
        way("a", "T", 3),
        way("S", "b", 3),
    ]
    assert Disjoint(ways, ["S", "T"]).lengths("S", "T") == Lengths(3.0, 8.0)
    assert Disjoint(ways[:3], ["S", "T"]).lengths("S", "T") == Lengths(3.0, inf)
    assert Disjoint([*ways[:3], ways[1]], ["S", "T"]).lengths("S", "T").two_km == inf


def test_no_path_leads_through_a_third_campus():
    ways = [way("S", "C", 1), way("C", "T", 1), way("S", "b", 2), way("b", "T", 2)]
    assert Disjoint(ways, ["S", "C", "T"]).lengths("S", "T") == Lengths(4.0, inf)
    assert Disjoint(ways, ["S", "T"]).lengths("S", "T") == Lengths(2.0, 6.0)


@pytest.mark.parametrize("seed", range(20))
def test_the_pair_is_that_of_the_cheapest_flow(seed):
    rng = random.Random(seed)
    ways = [
        way(a, b, rng.randint(1, 20)) for a, b in combinations("STabcdef", 2) if rng.random() < 0.5
    ]
    flow = nx.DiGraph()
    flow.add_nodes_from("STabcdef")
    for k, item in enumerate(ways):  # a node on each arc: arcs both ways may be parallel
        for a, b in ((item.a, item.b), (item.b, item.a)):
            flow.add_edge(a, (k, a), capacity=1, weight=int(item.length_km))
            flow.add_edge((k, a), b, capacity=1, weight=0)
    flow.nodes["S"]["demand"], flow.nodes["T"]["demand"] = -2, 2
    try:
        expected = nx.min_cost_flow_cost(flow)
    except nx.NetworkXUnfeasible:
        expected = inf
    if any("S" in (item.a, item.b) for item in ways) and any("T" in (i.a, i.b) for i in ways):
        assert Disjoint(ways, ["S", "T"]).lengths("S", "T").two_km == expected


@pytest.mark.slow
def test_reductions_of_bundled_texas_keep_paths_and_pairs():
    study = load_study("texas")
    region = read_region(study.file.geography.source, study.folder)
    draft = join_sites(region.ways, study)
    campuses = [campus_node(campus) for campus in study.campuses]
    before = Disjoint(draft.ways, campuses)
    reduce(draft, campuses)
    after = Disjoint(draft.ways, campuses)
    assert draft.counts["corridors_after_contraction"] < draft.counts["corridors_before_pruning"]
    pairs = random.Random(1).sample(list(combinations(campuses, 2)), 8)
    lengths = {pair: before.lengths(*pair) for pair in pairs}
    assert any(length.two_km < inf for length in lengths.values())
    for pair, known in lengths.items():
        found = after.lengths(*pair)
        assert found.one_km == pytest.approx(known.one_km, rel=1e-9)
        assert found.two_km == pytest.approx(known.two_km, rel=1e-9)
