"""Undirected demands turned so that few nodes are sources: as counted anew for each source."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from siting.formulation.capacity_design import commodities
from siting.instance.capacity_design import CapacityDesign, Demand
from tests.benchmarks.networks import Family, random_design


def counted_anew(demands: list[Demand]) -> list[tuple[str, dict[str, float]]]:
    """Return sources and sinks: the node with most of the demands left is next."""
    left, found = list(demands), []
    while left:
        count = Counter(end for d in left for end in (d.source, d.target))
        source = min(count, key=lambda node: (-count[node], node))
        sinks: dict[str, float] = defaultdict(float)
        for d in left:
            if source in {d.source, d.target}:
                sinks[d.target if d.source == source else d.source] += d.value
        found.append((source, dict(sinks)))
        left = [d for d in left if source not in {d.source, d.target}]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_node_with_most_demands_left_is_the_next_source(seed):
    rng = random.Random(seed)
    design = random_design(Family("few", 12, 20, 40, "U-U-M", "one"), seed)
    demands = tuple(rng.choices(design.demands, k=60))
    several = CapacityDesign(
        name="several",
        code=design.code,
        nodes=design.nodes,
        links=design.links,
        demands=demands,
    )
    found = [(item.source, item.sinks) for item in commodities(several)]
    assert found == counted_anew(list(demands))
    assert len({source for source, _ in found}) < len(design.nodes)
