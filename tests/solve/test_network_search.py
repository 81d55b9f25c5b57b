"""The search for routes that share: huts against every choice, networks that obey all rules."""

from __future__ import annotations

import importlib
import itertools
import math
import random
import time

import pytest

from siting.solve.network_parts import restrict
from siting.solve.network_phase import solve_network
from siting.solve.network_search import HutSequence, RouteSearch
from siting.solve.presolve import presolve
from siting.solve.route_tracks import AmplifiedSection
from tests.solve.cases import USD, requirements, tiny

SEEDS = (8, 17, 22, 24, 30, 49, 57, 72, 81, 97)
NEAR = 1.1
"""Cost over least cost on average."""

network_stages = importlib.import_module("siting.solve.network_stages")


def soon() -> float:
    return time.monotonic() + 60.0


def a_section(rng: random.Random) -> tuple[AmplifiedSection, list[float]]:
    """Return a section with its huts wherever the spans of 10 to 40 km allow, and their costs."""
    places = [0.0, *sorted(rng.uniform(5, 95) for _ in range(rng.randint(1, 7))), 100.0]
    before = tuple(
        tuple(i for i in range(end) if 10.0 <= places[end] - places[i] <= 40.0)
        for end in range(len(places))
    )
    huts = tuple(f"h{i}" for i in range(len(places) - 2))
    return AmplifiedSection(huts, before), [rng.uniform(1, 9) for _ in huts]


@pytest.mark.parametrize("seed", range(40))
def test_cheapest_huts_are_the_best_of_all_sequences(seed: int):
    section, costs = a_section(random.Random(seed))
    sequence = HutSequence(section)
    last = len(section.before) - 1
    for count in range(1, len(costs) + 1):
        best = math.inf
        for used in itertools.combinations(range(1, last), count):
            if all(a in section.before[b] for a, b in itertools.pairwise((0, *used, last))):
                best = min(best, sum(costs[i - 1] for i in used))
        usd, places = sequence.cheapest(costs, count)
        assert usd == pytest.approx(best)
        if math.isfinite(best):
            assert sum(costs[i] for i in places) == pytest.approx(best)
            assert len(places) == count


@pytest.mark.solver
def test_a_search_leads_to_networks_near_the_best():
    """On small studies, each problem over time: what the search gives keeps every rule."""
    ratios = []
    for seed in SEEDS:
        instance, asked = presolve(tiny(seed)), requirements(seed)
        if not asked:
            continue
        part = restrict(instance, asked)
        exact = solve_network(part, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
        stages = network_stages.Stages(part, asked, 0.0, 1)
        found = stages.searched(soon())
        if found.choice is not None:
            assert found.cost_usd >= exact.cost_usd - USD
            ratios.append(found.cost_usd / exact.cost_usd)
    assert len(ratios) > len(SEEDS) / 2
    assert sum(ratios) / len(ratios) <= NEAR


@pytest.mark.solver
def test_more_steps_are_never_worse():
    instance, asked = presolve(tiny(24)), requirements(24)
    part = restrict(instance, asked)
    costs = [RouteSearch(part, asked, seed=1).run(soon(), steps).usd for steps in (0, 5, 40)]
    assert costs == sorted(costs, reverse=True)
    assert math.isfinite(costs[0])
