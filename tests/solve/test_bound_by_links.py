"""The bound of a period by its links: never above the least cost, near it, whatever the shares."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import math
import random
import time
from functools import cache

import numpy as np
import pytest

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.solve.bound_by_links import LinksBound
from siting.solve.link_bounds import Link
from siting.solve.network_parts import restrict
from siting.solve.network_phase import solve_network
from siting.solve.presolve import presolve
from siting.solve.route_tracks import LinkTracks, Track
from siting.solve.set_cuts import least_demands, static_instance
from tests.solve.cases import USD, requirements, tiny
from tests.solve.hut_cases import hut_case, least_usd

SEEDS = (8, 17, 24, 5, 14, 20, 33, 35, 42, 48)
"""Most with three to six links."""
SETS = 8
STEPS = 60
NEAR = 0.7
"""Share of the cost of networks that the bound reaches on average, over all seeds."""

options_problem = importlib.import_module("siting.solve.options_problem")
network_stages = importlib.import_module("siting.solve.network_stages")
network_phase = importlib.import_module("siting.solve.network_phase")


def soon() -> float:
    return time.monotonic() + 60.0


def a_track(name: str, risks: set[str]) -> Track:
    return Track(name, frozenset(risks), 1.0, 1.0, 1.0, 1.0, (), {}, ())


@pytest.mark.parametrize("seed", range(30))
def test_ways_are_the_least_sets_that_no_risk_touches_as_a_whole(seed: int):
    rng = random.Random(seed)
    tracks = tuple(
        a_track(str(i), set(rng.sample("abcdefg", rng.randint(1, 4))))
        for i in range(rng.randint(1, 6))
    )
    item = LinkTracks(("a", "b"), tracks, protected=True, gbps=1.0)
    serving = [
        set(s)
        for k in range(1, len(tracks) + 1)
        for s in itertools.combinations(range(len(tracks)), k)
        if not frozenset.intersection(*(tracks[i].risks for i in s))
    ]
    least = {tuple(sorted(s)) for s in serving if not any(other < s for other in serving)}
    ways = item.ways()
    assert ways is not None
    assert set(ways) == least
    assert len(ways) == len(least)


def test_the_ways_of_an_unprotected_link_are_its_routes():
    tracks = (a_track("0", {"a"}), a_track("1", {"a"}))
    assert LinkTracks(("a", "b"), tracks, protected=False, gbps=1.0).ways() == [(0,), (1,)]


@pytest.mark.parametrize("seed", range(60))
def test_huts_by_dynamic_programming_bound_the_best_of_all_choices(seed: int):
    case = hut_case(seed)
    bound = LinksBound(case.instance, case.requirements)
    even_usd = bound.best_usd
    assert even_usd <= bound.improve(soon(), STEPS) <= bound.whole(60.0) <= least_usd(case) + USD


@pytest.mark.solver
def test_the_bound_is_near_the_cost_of_networks():
    reached = [share for seed in SEEDS for share in bound_of_cost(seed)]
    assert len(reached) > len(SEEDS)
    assert sum(reached) / len(reached) >= NEAR


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_of_a_link_set_is_below_its_network(seed: int):
    assert all(share <= 1.0 for share in bound_of_cost(seed))


@cache
def bound_of_cost(seed: int) -> tuple[float, ...]:
    """Return bound over least cost for the networks of all link sets of a small study."""
    instance = presolve(tiny(seed))
    static = static_instance(instance)
    floors = least_demands(instance)
    rng = random.Random(seed)
    shares = []
    every = [
        links
        for k in range(1, len(floors) + 1)
        for links in itertools.combinations(sorted(floors), k)
    ]
    for links in rng.sample(every, min(SETS, len(every))):
        asked = {link: (_asked(floors[link], rng),) for link in links}
        required: Requirements = {(link, 0): items for link, items in asked.items()}
        found = solve_network(
            static,
            required,
            relative_gap=0.0,
            time_limit_s=60.0,
            seed=1,
        )
        bound = LinksBound(static, required)
        usd = max(bound.improve(soon(), STEPS), bound.whole(60.0))
        if math.isinf(usd):
            assert found.choice is None
            continue
        if found.choice is not None:
            shares.append((usd - USD) / found.cost_usd)
    return tuple(shares)


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_over_time_is_below_the_network(seed: int):
    """Links come one after the other, and most ask for more with the time."""
    instance = presolve(tiny(seed))
    floors = least_demands(instance)
    periods = len(instance.periods)
    rng = random.Random(seed)
    for _ in range(3):
        asked: Requirements = {}
        for link in rng.sample(sorted(floors), rng.randint(1, len(floors))):
            item = _asked(floors[link], rng)
            for t in range(rng.randrange(periods), periods):
                asked[link, t] = (item,)
                gbps = float(item.gbps) * rng.choice((1.0, 1.5, 4.0))
                item = dataclasses.replace(item, gbps=gbps)
        found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
        part = restrict(instance, asked)
        bound = LinksBound(part, asked)
        usd = max(bound.improve(soon(), STEPS), bound.whole(60.0))
        assert usd <= found.cost_usd + USD
        if math.isinf(usd):
            assert found.choice is None


@pytest.mark.solver
def test_the_bound_with_larger_cables_is_below_the_network_and_above_that_without(
    monkeypatch: pytest.MonkeyPatch,
):
    """Cables of one, two and six pairs: where links share a corridor the cheapest is too small."""
    added = 0
    for seed in SEEDS:
        instance = _with_thin_cables(presolve(tiny(seed)))
        floors = least_demands(instance)
        rng = random.Random(seed)
        last = len(instance.periods) - 1
        for _ in range(3):
            asked: Requirements = {}
            for link in sorted(floors):
                gbps = float(floors[link].gbps) * rng.choice((1.0, 40.0, 200.0))
                item = dataclasses.replace(floors[link], gbps=gbps)
                asked |= {(link, t): (item,) for t in range(rng.randint(0, last), last + 1)}
            found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
            part = restrict(instance, asked)
            bound = LinksBound(part, asked)
            bound.improve(soon(), STEPS)
            usd = bound.whole(60.0)
            assert usd <= found.cost_usd + USD
            if bound._problem._larger:
                added += 1
                with monkeypatch.context() as patch:
                    patch.setattr(options_problem, "ROUNDS", 0)
                    plain = LinksBound(part, asked)
                    plain.improve(soon(), STEPS)
                    assert plain.whole(60.0) <= usd + USD
    assert added > len(SEEDS) / 2


def _with_thin_cables(instance: Instance) -> Instance:
    corridors = {}
    for e, corridor in instance.corridors.items():
        usd = {
            f: min(x for (g, _), x in corridor.cable_usd_per_year.items() if g == f)
            for f, _ in corridor.cable_usd_per_year
        }
        menu = {
            (f, 2 * n): x * by for f, x in usd.items() for n, by in ((1, 1.0), (2, 1.7), (6, 4.0))
        }
        capital = dict.fromkeys(menu, 0.0)
        corridors[e] = dataclasses.replace(
            corridor, cable_usd_per_year=menu, cable_capital_usd=capital
        )
    return dataclasses.replace(instance, corridors=corridors)


def _asked(floor: Requirement, rng: random.Random) -> Requirement:
    """Return more or less than the least demand, to survive failures in full, in part or not."""
    return dataclasses.replace(
        floor,
        gbps=float(floor.gbps) * rng.choice((0.5, 1.0, 7.0, 40.0)),
        survival_fraction=rng.choice((0.0, 0.5, 1.0)),
    )


@pytest.mark.solver
def test_shares_never_add_up_to_more_than_the_cost():
    instance = static_instance(presolve(tiny(33)))
    asked: Requirements = {
        (link, t): (item,)
        for n, (link, item) in enumerate(sorted(least_demands(instance).items()))
        for t in range(n % 2, len(instance.periods))
    }
    assert len(asked) > 1
    bound = LinksBound(instance, asked)
    bound.improve(soon(), STEPS)
    huts = bound._huts
    rng = np.random.default_rng(1)
    for shares in (bound.shares, huts.projected(rng.normal(0.0, 1e6, bound.shares.shape))):
        assert (shares >= 0).all()
        assert (shares[~huts.pays] == 0).all()
        paid = np.zeros_like(huts.costs)
        np.add.at(paid, huts.owner, shares)
        assert (paid <= huts.costs * (1 + 1e-12)).all()


def test_a_link_without_routes_has_no_bound_but_infinity():
    instance = static_instance(presolve(tiny(24)))
    nowhere: Link = ("here", "there")
    item = next(iter(least_demands(instance).values()))
    assert math.isinf(LinksBound(instance, {(nowhere, 0): (item,)}).improve(soon(), STEPS))


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_a_large_network_is_bounded_by_its_links(seed: int, monkeypatch: pytest.MonkeyPatch):
    """Where every problem counts as large: the bound stays below the cost, and both are found."""
    instance = presolve(tiny(seed))
    asked = requirements(seed)
    exact = solve_network(instance, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    monkeypatch.setattr(network_stages, "LARGE_USES", -1)
    part = restrict(instance, asked)
    stages = network_stages.Stages(part, asked, 0.0, 1)
    stages.bound_by_links(soon())
    assert (stages.bound_usd() > 0) == bool(asked)
    assert stages.bound_usd() <= exact.cost_usd + USD
    found = solve_network(instance, asked, relative_gap=0.5, time_limit_s=60.0, seed=1)
    assert exact.cost_usd - USD <= found.cost_usd
    assert found.bound_usd <= exact.cost_usd + USD
