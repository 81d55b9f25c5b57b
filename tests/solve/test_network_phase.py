"""Parts of the methods: hut windows and cuts, C1 and C2 bounds, configurations, masters."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import math
import random
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from siting import build_instance, build_network
from siting.formulation.admissibility import Admissibility
from siting.formulation.amplifiers import crowds, windows
from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.instance.records import FiberRoute, RouteHut
from siting.instance.spans import sections_of
from siting.solve.configurations import Choice, Configuration, configurations
from siting.solve.highs import Status
from siting.solve.lazy_huts import least_noise, noise_violations
from siting.solve.link_bounds import link_share_usd
from siting.solve.master import Master
from siting.solve.network_choice import NO_NETWORK, NetworkChoice
from siting.solve.network_parts import lacks_way, period_alone, restrict
from siting.solve.network_phase import (
    bound_at_once,
    bound_other_periods,
    is_bounded_by_links,
    solve_network,
)
from siting.solve.network_whole import NOT_FOUND, NOTHING, NetworkOutcome
from siting.solve.presolve import presolve
from siting.solve.set_cuts import Link, SetCuts, least_demands, protection, static_instance
from tests.analytic.tiny import free_sites
from tests.oracle.draft import write
from tests.solve.cases import USD, optimum_usd, requirements, tiny
from tests.solve.test_methods import a_design

network_phase = importlib.import_module("siting.solve.network_phase")
network_stages = importlib.import_module("siting.solve.network_stages")
period_problem = importlib.import_module("siting.solve.period_problem")

THREE_CAMPUSES = (22, 24, 49, 72, 97)
"""Seeds with links between three campuses."""
MIXED = (8, 17, 30, 57, 81)
STATIC_GAP = 1e-3
"""Relative gap to which the cuts solve their networks."""


# Windows and crowds


def a_route(length_km: float, *positions_km: float, **changes: Any) -> FiberRoute:
    values: dict[str, Any] = {
        "id": "a~b#0own",
        "link": ("a", "b"),
        "corridors": ("e",),
        "supply": ("own",),
        "fiber_type": "G652D",
        "nodes": ("a", "b"),
        "length_km": length_km,
        "srlgs": frozenset({"corridor:e"}),
        "regenerators": (),
        "huts": tuple(RouteHut(hut=f"h{p:g}", position_km=p) for p in positions_km),
        "designs": (),
    }
    return FiberRoute(**(values | changes))


def spans_km(route: FiberRoute, used: tuple[str, ...]) -> list[float]:
    at = [0.0, *(x.position_km for x in route.huts if x.hut in used), route.length_km]
    return [b - a for a, b in itertools.pairwise(at)]


def subsets(route: FiberRoute) -> list[tuple[str, ...]]:
    names = [x.hut for x in route.huts]
    return [s for k in range(1, len(names) + 1) for s in itertools.combinations(names, k)]


def test_windows_by_hand():
    route = a_route(100, 20, 40, 60, 80)
    assert windows(route, 40) == [["h20", "h40"], ["h40", "h60"], ["h60", "h80"]]
    # The first terminal reaches the far one: an amplified route still has a hut near each end.
    assert windows(route, 100) == [["h20", "h40", "h60", "h80"]]
    assert windows(route, 50) == [["h20", "h40"], ["h40", "h60"], ["h60", "h80"]]
    assert windows(route, 60) == [["h20", "h40", "h60"], ["h40", "h60", "h80"]]


def test_a_gap_that_no_hut_closes_is_an_empty_window():
    assert windows(a_route(100, 20), 40) == [[]]


def test_crowds_by_hand():
    route = a_route(100, 20, 30, 45, 80)
    assert crowds(route, 0) == []
    assert crowds(route, 10) == []
    assert crowds(route, 15) == [["h20", "h30"]]
    assert crowds(route, 26) == [["h20", "h30", "h45"]]
    assert crowds(route, 16) == [["h20", "h30"], ["h30", "h45"]]


def test_huts_at_one_place_are_a_crowd_without_any_spacing():
    route = a_route(100, 20, 20, 60)
    huts = tuple(dataclasses.replace(x, hut=f"h{i}") for i, x in enumerate(route.huts))
    assert crowds(dataclasses.replace(route, huts=huts), 0) == [["h0", "h1"]]


@pytest.mark.parametrize("seed", range(40))
def test_windows_and_crowds_say_what_the_spans_say(seed: int):
    rng = random.Random(seed)
    places = sorted(rng.sample(range(1, 60), rng.randint(2, 7)))
    route = a_route(60, *places)
    most, least = rng.randint(10, 45), rng.randint(0, 20)
    for used in subsets(route):
        spans = spans_km(route, used)
        covered = all(set(w) & set(used) for w in windows(route, most))
        assert covered == (max(spans) <= most)
        alone = all(len(set(w) & set(used)) <= 1 for w in crowds(route, least))
        assert alone == (min(spans[1:-1], default=least) >= least)


# Noise cuts


def noisy(budget: float, *positions_km: float, min_spacing_km: float = 0.0) -> Instance:
    """Return an instance of one route of 30 km whose spans make noise with their square."""
    design = a_design(
        option="noisy",
        amplifiers=2,
        by_section=(2,),
        always_legal=False,
        noise_budgets=(budget,),
    )
    route = a_route(30, *positions_km, designs=(design,))
    option: Any = SimpleNamespace(span_noise=lambda km: km**2)
    return dataclasses.replace(
        tiny(24),
        fiber_routes={route.id: route},
        wave_routes={},
        options={"noisy": option},
        min_spacing_km=min_spacing_km,
        max_spacing_km=25.0,
    )


def using(*huts: str) -> NetworkChoice:
    return dataclasses.replace(
        NO_NETWORK,
        pairs={("a~b#0own", 0): (1, 1)},
        channels={("a~b#0own", 0): (1, 1)},
        huts_used={"a~b#0own": huts},
    )


def noise_of(instance: Instance, huts: set[str]) -> float:
    (section,) = sections_of(instance.fiber_routes["a~b#0own"])
    return least_noise(instance, section, instance.options["noisy"].span_noise, 2, huts)


def test_least_noise_by_hand():
    instance = noisy(350, 5, 10, 15, 20, 25)
    assert noise_of(instance, {"h5", "h25"}) == pytest.approx(25 + 400 + 25)
    assert noise_of(instance, {"h5", "h10", "h20"}) == pytest.approx(300)
    assert math.isinf(noise_of(instance, {"h5"}))
    spaced = dataclasses.replace(instance, min_spacing_km=6.0)
    assert math.isinf(noise_of(spaced, {"h5", "h10"}))


def test_a_legal_choice_is_left_alone():
    instance = noisy(350, 5, 10, 15, 20, 25)
    assert noise_violations(instance, using("h10", "h20")) == []
    assert noise_violations(instance, using("h10", "h15")) == []


@pytest.mark.parametrize("seed", range(30))
def test_a_noise_cut_leaves_out_a_largest_illegal_set(seed: int):
    rng = random.Random(seed)
    places = sorted(rng.sample(range(2, 29), 6))
    budget = rng.uniform(320, 420)
    instance = noisy(budget, *places, min_spacing_km=rng.choice((0.0, 4.0)))
    route = instance.fiber_routes["a~b#0own"]
    names = {x.hut for x in route.huts}
    for used in itertools.combinations(sorted(names), 2):
        legal = noise_of(instance, set(used)) <= budget
        found = noise_violations(instance, using(*used))
        assert bool(found) != legal
        for r, d, outside in found:
            assert (r, d) == (route.id, 0)
            inside = names - set(outside)
            assert set(used) <= inside
            assert noise_of(instance, inside) > budget
            for hut in outside:
                assert noise_of(instance, inside | {hut}) <= budget


# C1 and C2


@pytest.mark.solver
@pytest.mark.parametrize("seed", [9, 17, 24])
def test_all_periods_at_once_bound_the_network(seed: int):
    instance, asked = presolve(tiny(seed)), requirements(seed)
    usd = solve_network(instance, asked, relative_gap=0.0, time_limit_s=60.0, seed=1).cost_usd
    for enough_usd in (0.9 * usd, 2.0 * usd):
        bound = bound_at_once(instance, asked, enough_usd, time_limit_s=30.0, seed=1)
        assert bound <= min(usd, enough_usd) + USD
        assert bound >= min(0.9 * usd, enough_usd) - USD


class Alone:
    """Least yearly costs of link sets at their least demands, by the exact reference."""

    def __init__(self, seed: int) -> None:
        instance = presolve(tiny(seed))
        self.static = static_instance(instance)
        self.floors = least_demands(instance)
        self._known: dict[frozenset[Link], float] = {frozenset(): 0.0}

    def usd(self, links: frozenset[Link]) -> float:
        if links not in self._known:
            asked: Requirements = {(link, 0): (self.floors[link],) for link in links}
            outcome = solve_network(self.static, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
            self._known[links] = outcome.cost_usd
        return self._known[links]

    def sets(self) -> list[frozenset[Link]]:
        """Return every set of links, each of which can be served alone."""
        links = [x for x in sorted(self.floors) if math.isfinite(self.usd(frozenset({x})))]
        return [
            frozenset(s) for k in range(1, len(links) + 1) for s in itertools.combinations(links, k)
        ]


@pytest.mark.solver
@pytest.mark.parametrize("seed", THREE_CAMPUSES + MIXED)
def test_c1_shares_never_add_up_to_more_than_the_cost(seed: int):
    alone = Alone(seed)
    instance = presolve(tiny(seed))
    every, _ = protection(instance)
    for links in alone.sets():
        shares = link_share_usd(instance, len(links), protected=every)
        assert 0 < sum(shares[link] for link in links) <= alone.usd(links) + USD


@pytest.mark.solver
@pytest.mark.parametrize("seed", THREE_CAMPUSES + MIXED)
def test_c2_cuts_hold_for_every_set_of_links(seed: int):
    alone = Alone(seed)
    cuts = SetCuts(presolve(tiny(seed)), seed=1)
    for links in alone.sets():
        cut = cuts.cut(links, time_limit_s=60.0)
        assert cut is not None
        assert cut.cost_usd <= alone.usd(links) + USD
        assert cut.cost_usd >= alone.usd(links) * (1 - STATIC_GAP) - USD
        for other in (frozenset[Link](), *alone.sets()):
            absent = sum(cut.alone_usd[link] for link in links - other)
            assert alone.usd(other) >= cut.cost_usd - absent - USD
        assert cuts.cut(links, time_limit_s=60.0) is None


def test_no_cut_without_links():
    assert SetCuts(tiny(24), seed=1).cut(frozenset(), time_limit_s=1.0) is None


@pytest.mark.solver
@pytest.mark.parametrize("seed", [9, 17, 24, 30, 81])
def test_a_period_costs_at_least_its_least_demands(seed: int):
    """The static instance is a relaxation of every period."""
    instance, alone = presolve(tiny(seed)), Alone(seed)
    asked = requirements(seed)
    for t in sorted({t for _, t in asked}):
        items: Requirements = {(x, 0): v for (x, s), v in asked.items() if s == t}
        part = period_alone(restrict(instance, items), t)
        outcome = solve_network(part, items, relative_gap=0.0, time_limit_s=60.0, seed=1)
        assert outcome.cost_usd >= alone.usd(frozenset(x for x, _ in items)) - USD


# Configurations


def an_instance(*campuses: str, fabrics: tuple[str, ...], jobs: tuple[str, ...]) -> Instance:
    base = tiny(24)
    job = next(iter(base.workloads.values()))
    mode = dataclasses.replace(job.modes[0], paradigm="diloco")
    modes = tuple(dataclasses.replace(mode, fabric=fabric) for fabric in fabrics)
    loads = {
        w: dataclasses.replace(job, id=w, campuses=campuses, hubs=campuses, modes=modes)
        for w in jobs
    }
    routes = {
        "r": a_route(30, link=("a", "b")),
        "q": dataclasses.replace(a_route(30), id="q", link=("b", "c")),
    }
    return dataclasses.replace(base, workloads=loads, fiber_routes=routes, wave_routes={})


def test_configurations_of_one_job():
    instance = an_instance("a", "b", "c", "d", fabrics=("hub", "mesh"), jobs=("train",))
    names = [c.name for c in configurations(instance)]
    # No route ends at d: with d as the hub there is no link.
    assert names == [
        "single-site", "diloco/hub/a", "diloco/hub/b", "diloco/hub/c", "diloco/mesh",
    ]  # fmt: skip


def test_configurations_of_two_jobs_are_all_pairs():
    instance = an_instance("a", "b", fabrics=("mesh",), jobs=("train", "tune"))
    names = [c.name for c in configurations(instance)]
    assert names == [
        "single-site + single-site",
        "single-site + diloco/mesh",
        "diloco/mesh + single-site",
        "diloco/mesh + diloco/mesh",
    ]


def test_a_configuration_keeps_its_modes_and_hub():
    instance = an_instance("a", "b", "c", fabrics=("hub", "mesh"), jobs=("train",))
    hub = Configuration((("train", Choice("diloco", "hub", "b")),)).apply(instance)
    assert {m.fabric for m in hub.workloads["train"].modes} == {"hub"}
    assert hub.workloads["train"].hubs == ("b",)
    alone = Configuration((("train", Choice(None, None, None)),)).apply(instance)
    assert alone.workloads["train"].modes == ()
    assert alone.workloads["train"].hubs == ()


# Masters


def masters(seed: int) -> list[Master]:
    instance = presolve(tiny(seed))
    shares = dict.fromkeys(instance.links, 0.0)
    admissible = Admissibility(instance)
    return [Master(c.apply(instance), shares, admissible, seed=1) for c in configurations(instance)]


@pytest.mark.solver
@pytest.mark.parametrize("seed", [3, 24, 57])
def test_the_least_master_bounds_the_optimum(seed: int):
    found = []
    for master in masters(seed):
        relaxed = master.relax()
        outcome = master.solve(time_limit_s=30.0, relative_gap=0.0, cutoff_usd=math.inf)
        assert relaxed <= outcome.bound_usd + USD
        found.append(outcome.bound_usd)
    assert min(found) <= optimum_usd(seed) + USD


@pytest.mark.solver
@pytest.mark.parametrize("looser", [1e12, math.inf])
def test_a_cutoff_that_nothing_meets_is_the_bound(looser: float):
    for master in masters(24):
        cutoff = master.relax() - 1000.0
        outcome = master.solve(time_limit_s=30.0, relative_gap=0.0, cutoff_usd=cutoff)
        assert outcome.status is Status.INFEASIBLE
        assert outcome.siting is None
        assert outcome.bound_usd == cutoff
        # A looser cutoff takes the place of the tight one.
        free = master.solve(time_limit_s=30.0, relative_gap=0.0, cutoff_usd=looser)
        assert free.status is Status.OPTIMAL
        assert free.siting is not None
        assert free.bound_usd > cutoff


@pytest.mark.solver
def test_forbidden_links_are_not_required_together():
    instance = presolve(tiny(24))
    for master in masters(24):
        before = master.solve(time_limit_s=30.0, relative_gap=0.0, cutoff_usd=math.inf)
        assert before.siting is not None
        required = frozenset(
            (link, t)
            for w in instance.workloads
            for t in range(len(instance.periods))
            for link in before.siting.required_links(w, t)
        )
        if not required:
            continue
        master.forbid(required)
        after = master.solve(time_limit_s=30.0, relative_gap=0.0, cutoff_usd=math.inf)
        assert after.bound_usd >= before.bound_usd - USD
        assert after.siting is not None
        again = {
            (link, t)
            for w in instance.workloads
            for t in range(len(instance.periods))
            for link in after.siting.required_links(w, t)
        }
        assert not required <= again


# Stages


@pytest.mark.solver
def test_routes_of_other_periods_when_the_fullest_come_late(tmp_path, monkeypatch):
    """A cheap road comes in the second year; IRU, dear, is there from the first."""
    roads = [("a", "own", 20.0), ("own", "b", 20.0), ("a", "iru", 20.0), ("iru", "b", 20.0)]
    draft = free_sites(roads, 700.0, it_demand_mw=[200.0, 200.0])
    draft["file"]["horizon"]["periods"] = 2
    draft["file"]["catalog"]["overrides"]["iru.lh"] = 400_000.0
    for row in draft["tables"]["corridors"]:
        if "iru" in row["id"]:
            row.update(iru_provider="telco", iru_pairs=1, buildable=False)
        else:
            row.update(build_lead_time_years=9.0)
    study = write(draft, tmp_path)
    instance = presolve(build_instance(study, build_network(study)))
    item = Requirement(10.0, 0.0, 700.0, 1.0)
    asked: Requirements = {(("a", "b"), t): (item,) for t in (0, 1)}

    def usd() -> tuple[float, float]:
        outcome = solve_network(instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1)
        return outcome.cost_usd, outcome.bound_usd

    cost, _ = usd()
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    staged, bound = usd()
    assert staged == pytest.approx(cost, abs=USD)
    assert 0 < bound <= cost + USD


@pytest.mark.solver
def test_designs_keep_their_numbers_when_some_are_too_slow(tmp_path):
    """Designs above the RTT limit leave the problem; the choice counts them all the same."""
    study = write(free_sites([("a", "b", 20.0)], 700.0), tmp_path)
    instance = presolve(build_instance(study, build_network(study)))
    link = instance.links[0]
    routes = [r for r in instance.fiber_routes.values() if r.link == link]
    slow = {
        r.id: dataclasses.replace(
            r, designs=tuple(dataclasses.replace(d, rtt_ms=d.rtt_ms + 500.0) for d in r.designs)
        )
        for r in routes
    }
    doubled = {
        r.id: dataclasses.replace(r, designs=(*slow[r.id].designs, *r.designs)) for r in routes
    }
    wide = dataclasses.replace(instance, fiber_routes={**instance.fiber_routes, **doubled})
    asked: Requirements = {(link, 0): (Requirement(400.0, 0.0, 700.0, 1.0),)}
    plain = solve_network(instance, asked, relative_gap=0.0, time_limit_s=20.0, seed=1)
    found = solve_network(wide, asked, relative_gap=0.0, time_limit_s=20.0, seed=1)
    assert plain.choice is not None
    assert found.choice is not None
    assert found.cost_usd == pytest.approx(plain.cost_usd)
    for r, d in found.choice.pairs:
        assert wide.fiber_routes[r].designs[d].rtt_ms <= 400.0


def one_link_for_two_periods(folder: Path) -> tuple[Instance, Requirements]:
    draft = free_sites([("a", "x", 90.0), ("x", "b", 90.0)], 700.0, it_demand_mw=[200.0, 200.0])
    draft["file"]["horizon"]["periods"] = 2
    study = write(draft, folder)
    instance = presolve(build_instance(study, build_network(study)))
    return instance, {(instance.links[0], t): (Requirement(10.0, 0.0, 700.0, 1.0),) for t in (0, 1)}


@pytest.mark.solver
def test_routes_first_lead_to_a_network_over_time(tmp_path, monkeypatch):
    """Where a period counts as large its routes are chosen before its huts; huts are exact."""
    instance, asked = one_link_for_two_periods(tmp_path)
    whole = solve_network(instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1)
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    monkeypatch.setattr(network_stages, "LARGE_USES", -1)
    found = solve_network(
        instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1, with_bound=False
    )
    assert found.choice is not None
    assert found.choice.huts_used
    assert found.cost_usd == pytest.approx(whole.cost_usd, abs=USD)
    assert found.bound_usd == 0.0
    resumed = solve_network(
        instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1, known=found
    )
    assert resumed.cost_usd == pytest.approx(whole.cost_usd, abs=USD)
    assert 0 < resumed.bound_usd <= whole.cost_usd + USD


@pytest.mark.solver
def test_periods_that_ask_the_same_are_all_bounded(tmp_path, monkeypatch):
    """No period but the fullest is solved: its bound stands for the other, so nothing is left."""
    instance, asked = one_link_for_two_periods(tmp_path)
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1)
    assert found.bound_usd == pytest.approx(found.cost_usd, abs=USD)


@pytest.mark.solver
def test_two_threads_share_the_other_periods(tmp_path, monkeypatch):
    """Each period is bounded by one of them, and both together bound what one alone does."""
    draft = free_sites(
        [("a", "x", 90.0), ("x", "b", 90.0)], 700.0, it_demand_mw=[200.0, 200.0, 200.0]
    )
    draft["file"]["horizon"]["periods"] = 3
    study = write(draft, tmp_path)
    instance = presolve(build_instance(study, build_network(study)))
    link = instance.links[0]
    asked: Requirements = {
        (link, t): (Requirement(10.0, 0.0, 700.0 * (t + 1), 1.0),) for t in range(3)
    }
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    known = solve_network(
        instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1, with_bound=False
    )
    claims: list[tuple[str, int]] = []

    def bounded(most: int) -> dict[int, float]:
        def claim(problem: tuple[str, int]) -> bool:
            is_free = problem not in claims and len(claims) < most
            claims.extend([problem] if is_free else [])
            return is_free

        found = bound_other_periods(
            instance, asked, known, claim, relative_gap=0.0, time_limit_s=30.0, seed=1
        )
        return {t: alone.bound_usd for t, alone in found.items()}

    one = bounded(9)
    assert sorted(one) == [0, 1]
    assert 0 < one[0] <= one[1]
    claims.clear()
    first, second = bounded(1), bounded(9)
    assert not first.keys() & second.keys()
    assert first | second == pytest.approx(one)
    assert sorted(claims) == [("whole", 0), ("whole", 1)]


def test_a_network_that_was_not_found_is_within_no_gap():
    assert not NOT_FOUND.within(0.5, 0.0)
    assert NOTHING.within(0.0, 0.0)


def no_solver(*_: object, **__: object) -> None:
    raise AssertionError("nothing should be solved")


def test_a_link_without_a_way_is_found_out_at_once(tmp_path, monkeypatch):
    """Too slow, or one route where two are needed: no model is built for that."""
    instance, asked = one_link_for_two_periods(tmp_path)
    (link,) = instance.links
    monkeypatch.setattr(network_phase, "solve_whole", no_solver)
    for wrong in (Requirement(0.1, 0.0, 10.0, 1.0), Requirement(10.0, 1.0, 700.0, 1.0)):
        found = solve_network(
            instance,
            asked | {(link, 1): (*asked[link, 1], wrong)},
            relative_gap=0.0,
            time_limit_s=30.0,
            seed=1,
        )
        assert found.is_infeasible
    assert not lacks_way(instance, {(link, 0): (Requirement(0.1, 1.0, 0.0, 1.0),)})


@pytest.mark.solver
def test_past_the_deadline_a_known_network_stays_as_it_is(tmp_path, monkeypatch):
    instance, asked = one_link_for_two_periods(tmp_path)
    known = solve_network(instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1)
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    monkeypatch.setattr(network_stages, "solve_whole", no_solver)
    monkeypatch.setattr(period_problem, "build_network_model", no_solver)
    found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=-1.0, seed=1, known=known)
    assert found.choice == known.choice
    assert found.cost_usd == known.cost_usd


@pytest.mark.solver
def test_a_large_network_is_bounded_by_its_links_before_its_periods(tmp_path, monkeypatch):
    """HiGHS bounds no period where links are enough, or the choices are too many for it."""
    instance, asked = one_link_for_two_periods(tmp_path)
    known = solve_network(instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1)
    known = dataclasses.replace(known, bound_usd=0.0, alone={})
    monkeypatch.setattr(network_phase, "WHOLE_USES", -1)
    monkeypatch.setattr(network_stages, "LARGE_USES", -1)
    monkeypatch.setattr(network_stages, "HUGE_CHOICES", -1)
    monkeypatch.setattr(network_stages, "ANEW_CHOICES", -1)
    monkeypatch.setattr(network_stages, "solve_whole", no_solver)
    monkeypatch.setattr(period_problem, "build_network_model", no_solver)
    assert is_bounded_by_links(instance, asked)
    assert not bound_other_periods(
        instance, asked, known, lambda _: True, relative_gap=0.0, time_limit_s=30.0, seed=1
    )
    found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=30.0, seed=1, known=known)
    assert found.cost_usd <= known.cost_usd
    assert 0.5 * known.cost_usd < found.bound_usd <= known.cost_usd + USD


@pytest.mark.parametrize("is_huge", [False, True])
def test_a_bound_that_is_the_last_step_has_all_the_time(
    monkeypatch: pytest.MonkeyPatch, *, is_huge: bool
) -> None:
    stops: list[float] = []
    known = NetworkOutcome(NO_NETWORK, 1.0, 0.0)
    stages = SimpleNamespace(
        is_large=True,
        is_huge=is_huge,
        closed=False,
        best=known,
        offer=lambda _: None,
        searched=lambda *_, **__: known,
        bound_by_links=stops.append,
        outcome=lambda: known,
    )
    monkeypatch.setattr(network_phase, "_with_routes", lambda *_, **__: known)
    deadline = time.monotonic() + 100.0
    network_phase._staged(stages, deadline, with_bound=True, soon=False)
    assert (stops == [deadline]) == is_huge
