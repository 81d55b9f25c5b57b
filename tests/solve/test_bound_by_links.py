"""The bound of a period by its links: never above the least cost, near it, whatever the shares."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import math
import random
import time
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.solve.bound_by_links import LinksBound
from siting.solve.cable_costs import CableCosts
from siting.solve.hut_loads import HALF, LEVELS, SMALL_PART, HutCosts, least_within_usd
from siting.solve.hut_shares import HutShares
from siting.solve.larger_cables import LargerCables
from siting.solve.link_bounds import Link
from siting.solve.network_parts import restrict
from siting.solve.network_phase import solve_network
from siting.solve.presolve import presolve
from siting.solve.route_tracks import AmplifiedSection, LinkTracks, Load, Track
from siting.solve.set_cuts import least_demands, static_instance
from tests.solve.cases import USD, requirements, tiny
from tests.solve.hut_cases import hut_case, least_usd

SEEDS = (8, 17, 24, 5, 14, 20, 33, 35, 42, 48)
"""Most with three to six links."""
WEAK_SEEDS = (6, 13, 15, 21, 28, 30, 40, 46)
"""With routes too heavy to share a small hut."""
SETS = 8
STEPS = 60
NEAR = 0.7
"""Share of the cost of networks that the bound reaches on average, over all seeds."""

link_options = importlib.import_module("siting.solve.link_options")
options_problem = importlib.import_module("siting.solve.options_problem")
network_stages = importlib.import_module("siting.solve.network_stages")
network_phase = importlib.import_module("siting.solve.network_phase")


def soon() -> float:
    return time.monotonic() + 60.0


def a_track(name: str, risks: set[str]) -> Track:
    return Track(name, frozenset(risks), 1.0, 1.0, 1.0, 1.0, (), (), {}, ())


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


@pytest.mark.parametrize(
    ("risks", "least"),
    [(("ab", "bc", "ca"), 30.0), (("a", "a", "b"), 20.0), (("a", "b", "c"), 15.0)],
)
def test_three_routes_carry_what_must_be_left_after_each_failure(
    risks: tuple[str, str, str], least: float
) -> None:
    tracks = tuple(
        Track(name, frozenset(own), 0.1, 10.0, 1.0, 1.0, (), (), {}, ())
        for name, own in zip("xyz", risks, strict=True)
    )
    item = LinkTracks(("a", "b"), tracks, protected=True, gbps=10.0, left_gbps=10.0)
    own = link_options._OwnCosts({0: item}, range(2))
    assert own.exactly(("x", "y", "z")) == pytest.approx((least, least), rel=1e-5)


def test_what_every_route_that_is_left_uses_holds_all_that_must_be_left():
    e, f, g = (("cable", name, "fiber") for name in "efg")
    tracks = tuple(
        Track(name, frozenset(risks), 0.1, 1.0, 1.0, gbps, (), (), dict.fromkeys(used, 1.0), ())
        for name, risks, gbps, used in (
            ("x", "a", 9.0, (g,)),
            ("y", "b", 3.0, (e, f)),
            ("z", "b", 4.0, (e,)),
        )
    )
    item = LinkTracks(("a", "b"), tracks, protected=True, gbps=10.0, left_gbps=8.0)
    later = dataclasses.replace(item, gbps=4.0, left_gbps=4.0)
    own = link_options._OwnCosts({0: item, 2: later}, range(4))
    assert own.needed_pairs() == {e: (2, 2, 2, 2), g: (1, 1, 1, 1)}
    alone = dataclasses.replace(item, protected=False)
    assert link_options._OwnCosts({0: alone}, range(1)).needed_pairs() == {}
    first = dataclasses.replace(alone, tracks=tracks[1:])
    assert link_options._OwnCosts({0: first}, range(1)).needed_pairs() == {e: (3,)}


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
        for asked in _every_link(instance, random.Random(seed), (1.0, 40.0, 200.0)):
            part = restrict(instance, asked)
            bound, usd, _ = _bounded(instance, part, asked)
            if bound._problem._larger:
                added += 1
                with monkeypatch.context() as patch:
                    patch.setattr(options_problem, "ROUNDS", 0)
                    plain = LinksBound(part, asked)
                    plain.improve(soon(), STEPS)
                    assert plain.whole(60.0) <= usd + USD
    assert added > len(SEEDS) / 2


def _every_link(
    instance: Instance, rng: random.Random, factors: tuple[float, ...]
) -> Iterator[Requirements]:
    """Yield demands of all links, each from some period on."""
    floors = least_demands(instance)
    last = len(instance.periods) - 1
    for _ in range(3):
        asked: Requirements = {}
        for link in sorted(floors):
            gbps = float(floors[link].gbps) * rng.choice(factors)
            item = dataclasses.replace(floors[link], gbps=gbps)
            asked |= {(link, t): (item,) for t in range(rng.randint(0, last), last + 1)}
        yield asked


def _bounded(
    instance: Instance, part: Instance, asked: Requirements
) -> tuple[LinksBound, float, float]:
    """Return the bound, which is not above the cost, its value and the cost."""
    found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
    bound = LinksBound(part, asked)
    bound.improve(soon(), STEPS)
    usd = bound.whole(60.0)
    assert usd <= found.cost_usd + USD
    return bound, usd, found.cost_usd


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


@pytest.mark.solver
def test_the_bound_of_routes_too_heavy_to_share_a_hut_is_below_the_network(
    monkeypatch: pytest.MonkeyPatch,
):
    """Small huts hold one route or none: the bound counts that, and what that does to options."""
    seen, better, kept = 0, 0, 0
    for seed in WEAK_SEEDS:
        rng = random.Random(seed)
        instance = _with_weak_huts(presolve(tiny(seed)), rng)
        for asked in _every_link(instance, rng, (0.3, 1.0, 2.0)):
            part = restrict(instance, asked)
            bound, usd, cost_usd = _bounded(instance, part, asked)
            if math.isfinite(cost_usd) and bound._huts._heavy:
                seen += 1
                with monkeypatch.context() as patch:
                    patch.setattr(link_options, "equipments", lambda *_: ())
                    plain = LinksBound(part, asked)
                    plain.improve(soon(), STEPS)
                    plain_usd = plain.whole(60.0)
                assert usd >= plain_usd * 0.99
                better += usd > plain_usd * 1.01
                kept += _keeps_what_was_alone(bound)
    assert seen > better > 2
    assert kept


@pytest.mark.solver
@pytest.mark.parametrize("seed", WEAK_SEEDS[:3])
def test_the_bound_of_routes_of_which_two_fit_into_a_hut_is_below_the_network(seed: int):
    halves = 0
    for kw in (0.14, 0.17, 0.21, 0.26, 0.33, 0.41, 0.55):
        rng = random.Random(seed)
        instance = _with_weak_huts(presolve(tiny(seed)), rng, kw)
        for asked in itertools.islice(_every_link(instance, rng, (1.0, 2.0, 3.0)), 2):
            bound, _, _ = _bounded(instance, restrict(instance, asked), asked)
            halves += any(x.level == HALF for x in bound._huts._sections)
    assert halves


def _keeps_what_was_alone(bound: LinksBound) -> bool:
    """Return whether a heavy way that is joined in the second period pays more than a light one."""
    costs, _ = bound._huts.least(bound.shares)
    charges = bound._charges(costs)
    back: dict[tuple[int, int], float] = {}
    for (number, o, _), usd in charges.back_usd.items():
        assert usd >= -USD
        back[number, o] = back.get((number, o), 0.0) + usd
    light = {
        key: sum(float(costs[row]) for payment in bound._payments[key] for row in payment.light)
        for key in back
    }
    return any(charges.paid_usd[key] - usd > light[key] + USD for key, usd in back.items())


def _with_weak_huts(instance: Instance, rng: random.Random, kw: float | None = None) -> Instance:
    """Return huts of a small class and a dear one with more power."""
    some_kw, dear = rng.choice((0.1, 0.2, 0.3, 0.5)), rng.choice((1.2, 2.0, 4.0))
    kw = some_kw if kw is None else kw
    huts = {}
    for h, hut in instance.huts.items():
        if not hut.classes:
            huts[h] = hut
            continue
        kind = min(hut.classes.values(), key=lambda x: x.usd_per_year)
        small = dataclasses.replace(kind, power_kw=kw, space_racks=50)
        large = dataclasses.replace(
            kind, power_kw=20 * kw, space_racks=200, usd_per_year=kind.usd_per_year * dear
        )
        huts[h] = dataclasses.replace(hut, classes={"small": small, "large": large})
    return dataclasses.replace(instance, huts=huts)


@pytest.mark.parametrize("seed", range(20))
def test_no_hut_is_paid_more_than_its_class_costs(seed: int):
    """Every choice of one route of each link at a hut, by level, that its power allows."""
    rng = random.Random(seed)
    usd, dear = rng.uniform(50.0, 90.0), rng.uniform(1.0, 5.0)
    weights = 0.9, 0.6
    huts = HutShares(HutCosts((1.0,), {"h": usd}, {"h": usd * dear}), weights)
    section = AmplifiedSection(("h",), ((), (0,), (1,)))
    links = [(("a", str(n)), rng.randint(0, 1)) for n in range(4)]
    rows = {
        (link, level): huts.add(link, first, section, frozenset(), level=level)
        for link, first in links
        for level in range(LEVELS)
    }
    huts.close()
    least_kw = 0.0, SMALL_PART, 1.0 - SMALL_PART, 1.0
    numbers = np.random.default_rng(seed)
    tight = 0.0
    for shares in (*huts.starts(), huts.projected(numbers.normal(30.0, 40.0, (4, 2)))):
        paid = huts.least(shares)[0]
        for levels in itertools.product((None, *range(LEVELS)), repeat=len(links)):
            here = [(link, x) for (link, _), x in zip(links, levels, strict=True) if x is not None]
            # A route draws more than the least of its level.
            fits = sum(least_kw[x] for _, x in here) < 1.0 or here == []
            whole = sum(weights) if any(f == 0 for _, f in links) else weights[1]
            most = usd * whole * (1.0 if fits else dear)
            total = sum(float(paid[rows[key]]) for key in here)
            assert total <= most + 1e-6
            tight = max(tight, total / most)
    assert tight > 0.5


@pytest.mark.parametrize("seed", range(40))
def test_the_least_within_a_power_is_that_of_the_best_mix(seed: int):
    rng = random.Random(seed)
    loads = [
        Load(rng.uniform(1.0, 9.0), rng.choice((0.0, rng.uniform(0.1, 2.0))), ())
        for _ in range(rng.randint(1, 4))
    ]
    gbps, most = rng.uniform(1.0, 50.0), rng.uniform(0.1, 60.0)
    solved = linprog(
        [x.usd for x in loads],
        A_ub=[[-1.0] * len(loads), [x.kw for x in loads]],
        b_ub=[-gbps, most],
        method="highs",
    )
    expected = float(solved.fun) if solved.success else math.inf
    assert least_within_usd(loads, gbps, most) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_cables_that_stay_are_bought_at_the_least_cost(seed: int):
    rng = random.Random(seed)
    corridor = next(iter(tiny(24).corridors.values()))
    sizes = {2 * n: rng.uniform(1.0, 9.0) for n in rng.sample(range(1, 6), 3)}
    menu = {("f", fibers): usd for fibers, usd in sizes.items()}
    costs = CableCosts(
        dataclasses.replace(
            tiny(24), corridors={"e": dataclasses.replace(corridor, cable_usd_per_year=menu)}
        )
    )
    asset = "cable", "e", "f"
    pairs = tuple(sorted(rng.randint(0, 6) for _ in range(3)))
    weights = 0.9, 0.8, 0.7
    stacks = [
        (sum(n * f // 2 for n, f in zip(many, sizes, strict=True)), many)
        for many in itertools.product(range(7), repeat=3)
    ]
    best = math.inf
    for first in stacks:
        for second in stacks:
            if first[0] < pairs[0] or second[0] < pairs[1] or not _within(first[1], second[1]):
                continue
            usd = _yearly(first[1], sizes) * weights[0] + _yearly(second[1], sizes) * weights[1]
            # In the last period only what is missing is bought.
            missing = costs.least_usd(asset, pairs[2] - second[0])
            best = min(best, usd + (_yearly(second[1], sizes) + missing) * weights[2])
    used = sum(w for w, n in zip(weights, pairs, strict=True) if n)
    expected = max(best - used * costs.least_usd(asset, 1), 0.0)
    assert costs.larger_usd(asset, pairs, weights) == pytest.approx(expected, abs=1e-9)


def test_cables_count_for_ways_that_were_alone_before():
    """Two links have ways of three pairs alone in the first period, none in the second."""
    asset = "cable", "e", "f"
    option = SimpleNamespace(pairs={"r": (3, 3)})
    track = SimpleNamespace(shared={asset: 1.0})
    links: Any = [
        SimpleNamespace(first=0, options=[option], tracks={"r": track}, needed_pairs={})
    ] * 2
    costs: Any = SimpleNamespace(
        larger_usd=lambda _, n, w: sum(map(math.prod, zip(n, w, strict=True)))
    )
    columns = {(number, 0, t): 2 * number + t for number in range(2) for t in range(2)}
    cables = LargerCables(links, (1e6, 1e6), costs, columns)
    cables.add(frozenset({(0, 0), (1, 0)}), [asset])
    rows = {x.periods: x for x in cables.missing(np.array([1.0, 0.0, 1.0, 0.0]), {})}
    assert rows.keys() == {(0,), (1,), (0, 1)}
    assert rows[1,].columns == ((0,), (2,))
    assert rows[1,].usd == 6.0
    assert rows[0, 1].usd == 12.0
    assert not list(cables.missing(np.array([0.0, 0.0, 1.0, 0.0]), {(0, 0): 9.0, (0, 1): 9.0}))


def _within(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return all(a <= b for a, b in zip(first, second, strict=True))


def _yearly(many: tuple[int, ...], sizes: dict[int, float]) -> float:
    return sum(n * usd for n, usd in zip(many, sizes.values(), strict=True))


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
