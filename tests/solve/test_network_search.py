"""The search for routes that share: huts against every choice, networks that obey all rules."""

from __future__ import annotations

import importlib
import itertools
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.hut_sequences import HutSequence
from siting.solve.network_parts import restrict
from siting.solve.network_phase import solve_network
from siting.solve.network_search import RouteSearch
from siting.solve.presolve import presolve
from siting.solve.route_kinds import Kind
from siting.solve.route_tracks import AmplifiedSection
from tests.solve.cases import USD, requirements, tiny

SEEDS = (8, 17, 22, 24, 30, 49, 57, 72, 81, 97)
NEAR = 1.1
"""Cost over least cost on average."""

network_stages = importlib.import_module("siting.solve.network_stages")


def soon() -> float:
    return time.monotonic() + 60.0


def networks() -> Iterator[tuple[Instance, Requirements, float]]:
    """Yield networks of small studies that carry anything, with their least cost."""
    for seed in SEEDS:
        asked = requirements(seed)
        if asked:
            part = restrict(presolve(tiny(seed)), asked)
            found = solve_network(part, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
            yield part, asked, found.cost_usd


def a_section(rng: random.Random) -> tuple[AmplifiedSection, list[float]]:
    """Return a section with its huts wherever the spans of 10 to 40 km allow, and their costs."""
    places = [0.0, *sorted(rng.uniform(5, 95) for _ in range(rng.randint(1, 7))), 100.0]
    before = tuple(
        tuple(i for i in range(end) if 10.0 <= places[end] - places[i] <= 40.0)
        for end in range(len(places))
    )
    huts = tuple(f"h{i}" for i in range(len(places) - 2))
    section = AmplifiedSection(huts, before, tuple(places))
    return section, [rng.uniform(1, 9) for _ in huts]


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


@dataclass(frozen=True)
class Squares:
    """A noise that grows faster than the spans."""

    def __call__(self, length_km: Any) -> Any:
        return length_km**2


@pytest.mark.parametrize("seed", range(40))
def test_huts_that_are_not_too_noisy_are_found_where_there_are_any(seed: int):
    rng = random.Random(seed)
    section, costs = a_section(rng)
    places, last = section.positions_km, len(section.before) - 1
    sequence = HutSequence(section)
    noise: Any = Squares()
    for count in range(2, len(costs) + 1):
        quiet = {}
        for used in itertools.combinations(range(1, last), count):
            path = (0, *used, last)
            if all(a in section.before[b] for a, b in itertools.pairwise(path)):
                total = sum((places[b] - places[a]) ** 2 for a, b in itertools.pairwise(path))
                quiet[used] = total, sum(costs[i - 1] for i in used)
        if not quiet:
            continue
        least, most = min(quiet.values())[0], max(quiet.values())[0]
        for share in (0.0, 0.3, 0.8):
            budget = least + share * (most - least) + 1e-6
            usd, chosen = sequence.cheapest(costs, count, noise, budget)
            found = quiet[tuple(i + 1 for i in chosen)]
            assert found[0] <= budget
            assert usd == pytest.approx(found[1])
        usd, chosen = sequence.cheapest(costs, count, noise, least - 1.0)
        assert math.isinf(usd)
        assert chosen == []


def a_kind(usd: float, kw: float, amplifiers: int = 3, budget: float = math.inf) -> Kind:
    return Kind("", usd, (amplifiers,), kw, (budget,))


def test_a_kind_beats_another_only_when_it_is_no_worse_in_anything_and_legal_anywhere():
    cheap = a_kind(1.0, 4.0)
    assert cheap.beats(a_kind(2.0, 4.0))
    assert not cheap.beats(a_kind(2.0, 3.0))
    assert not cheap.beats(a_kind(2.0, 4.0, amplifiers=2))
    assert not a_kind(1.0, 4.0, budget=1e-3).beats(a_kind(2.0, 4.0))


@pytest.mark.solver
def test_a_search_leads_to_networks_near_the_best():
    """On small studies, each problem over time: what the search gives keeps every rule."""
    ratios = []
    for part, asked, least_usd in networks():
        stages = network_stages.Stages(part, asked, 0.0, 1)
        found = stages.searched(soon(), in_other_huts=False)
        if found.choice is not None:
            assert found.cost_usd >= least_usd - USD
            ratios.append(found.cost_usd / least_usd)
    assert len(ratios) > len(SEEDS) / 2
    assert sum(ratios) / len(ratios) <= NEAR


@pytest.mark.solver
def test_huts_chosen_anew_on_the_routes_searched_for_are_no_dearer(
    monkeypatch: pytest.MonkeyPatch,
):
    """Where every problem counts as large; also from a network that the search does not beat."""
    for part, asked, least_usd in networks():
        usd: list[float] = []
        again = []
        for most in (-1, 10**6):
            with monkeypatch.context() as patch:
                patch.setattr(network_stages, "LARGE_USES", -1)
                patch.setattr(network_stages, "ANEW_CHOICES", most)
                stages = network_stages.Stages(part, asked, 0.0, 1)
                stages.offer(stages.searched(soon(), in_other_huts=True))
                usd.append(stages.best.cost_usd)
                again.append(stages.searched(soon(), in_other_huts=True))
        assert usd[0] >= usd[1] >= least_usd - USD
        assert all(x.cost_usd >= least_usd - USD for x in again)


@pytest.mark.solver
def test_more_steps_are_never_worse():
    instance, asked = presolve(tiny(24)), requirements(24)
    part = restrict(instance, asked)
    costs = [RouteSearch(part, asked, seed=1).run(soon(), steps).usd for steps in (0, 5, 40)]
    assert costs == sorted(costs, reverse=True)
    assert math.isfinite(costs[0])
