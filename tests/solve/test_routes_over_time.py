"""What links share over time: shares that items pay for, and steps to better ones."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from siting import build_network, load_study
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.all_routes import best_response
from siting.solve.all_routes import part as part_module
from siting.solve.all_routes.ascent import Ascent, projected
from siting.solve.all_routes.bound import RouteGeneration
from siting.solve.all_routes.generation import Generated, generate
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.multipliers import SharedCosts
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.over_time import over_time
from siting.solve.all_routes.part import Part
from siting.solve.all_routes.rounds import Rounds, begun_at, price_all
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.all_routes.ways import LitRoute
from tests.oracle.draft import write
from tests.oracle.instances import random_draft
from tests.solve.all_routes_case import asked_always
from tests.solve.graphs import instance_with_graph


def triangle() -> tuple[Instance, Requirements]:
    """Return a small region, and what its links must carry in every period."""
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    return instance, asked_always(instance)


def costs_over_time() -> SharedCosts:
    """Return one item: 10 from the first start on, 4 from the second; links begin 0, 0, 1."""
    return SharedCosts(np.array([[10.0], [4.0]]), np.array([0, 0, 1]), np.ones(3, dtype=np.bool_))


def most_over(shared: SharedCosts, shares: np.ndarray) -> float:
    """Return by how much shares are above what an item costs from some start on, at most."""
    starts = range(len(shared.usd))
    return max(float((shares[shared.since >= s].sum(axis=0) - shared.usd[s]).max()) for s in starts)


def test_links_lit_later_pay_only_for_what_is_left() -> None:
    shared = costs_over_time()
    split = shared.split(np.array([[0.5], [0.25], [0.25]]))
    assert split.ravel().tolist() == pytest.approx([4 + 2, 2 + 1, 1])
    fitted = shared.fitted(np.array([[3.0], [0.0], [8.0]]), np.ones((3, 1)))
    # The late link has no more than 4; the second takes what the first leaves of the early 6.
    assert fitted.ravel().tolist() == pytest.approx([3, 3, 4])


@pytest.mark.parametrize("seed", range(20))
def test_shares_over_time_never_exceed_costs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    links, starts, items = 5, 3, 8
    usd = np.cumsum(rng.uniform(0, 9, (starts, items)), axis=0)[::-1]
    shared = SharedCosts(usd, rng.integers(0, starts, links), np.ones(links, dtype=np.bool_))
    weights = rng.uniform(0, 1, (links, items))
    weights /= weights.sum(axis=0)
    wanted = rng.uniform(0, 12, (links, items)) * (rng.uniform(0, 1, (links, items)) > 0.4)
    for shares in (
        shared.split(weights),
        shared.fitted(wanted, weights),
    ):
        assert (shares >= 0).all()
        assert most_over(shared, shares) <= 1e-9
    steps = shared.steps()
    pays = np.stack([lit for _, lit in steps], axis=1)
    parts = projected(
        rng.normal(0, 5, (links, starts, items)), pays, np.stack([u for u, _ in steps])
    )
    assert (parts >= 0).all()
    assert most_over(shared, parts.sum(axis=1)) <= 1e-9


@pytest.mark.solver
def test_steps_raise_the_bound_and_no_share_is_too_large() -> None:
    instance, asked = triangle()
    problem = horizon_problem(instance, asked)
    assert problem is not None
    assert len(problem.links) == len({link for link, _ in asked})
    # All that is shared is the first link's: its neighbors use it for nothing.
    problem.weights = np.zeros_like(problem.weights)
    problem.weights[0] = 1.0
    ascent = Ascent(problem)
    values: list[float] = []
    for _ in range(12):
        ascent.go_on(math.inf, 1)
        values.append(ascent.best_usd)
    assert values[-1] > values[0]
    assert values == sorted(values)
    assert most_over(problem.shared, ascent.best.shares_usd) <= 1e-3
    ascent.go_on(math.inf, 0)
    assert ascent.best_usd == max(values)
    proven = ascent.proven(math.inf)
    each = (link.bound(problem.prices(ascent.best, n)) for n, link in enumerate(problem.links))
    assert proven == pytest.approx(sum(bound.usd for bound in each))
    # A link that is not looked at in time counts, too.
    assert 0 < ascent.proven(-math.inf) <= proven


@pytest.mark.solver
@pytest.mark.parametrize("seed", [3, 12, 37, 44, 57, 108])
def test_a_network_over_time_costs_what_its_periods_cost_alone(seed: int, tmp_path: Path) -> None:
    study = write(random_draft(seed), tmp_path)
    instance = instance_with_graph(study, build_network(study))
    more = {
        (link, t): tuple(dataclasses.replace(x, gbps=float(x.gbps) * (1 + t)) for x in items)
        for (link, t), items in asked_always(instance).items()
    }
    weights = [period.weight for period in instance.periods]
    yearly = dataclasses.replace(
        instance,
        periods=tuple(dataclasses.replace(x, weight=1.0) for x in instance.periods),
    )
    problem = horizon_problem(instance, more)
    if problem is None:
        pytest.skip("no link")
    starts = sorted({first for first, _ in problem.spans})
    alone = {}
    for t in starts:
        part = horizon_problem(yearly, more, alone=t)
        assert part is not None
        alone[t] = generate(part, 0.0, choose=False, prove=False)
    begun = over_time(problem, alone, weights)
    shares = begun.multipliers.shares_usd
    assert most_over(problem.shared, shares) <= 1e-3
    usd = price_all(problem, begun.multipliers, begun_at(problem, begun.multipliers), math.inf).usd
    like = [max(s for s in starts if s <= t) for t in range(starts[0], len(weights))]
    paid = sum(weights[t] * alone[s].bound_usd for t, s in enumerate(like, start=starts[0]))
    # Menus may differ: those of a span hold for all of its years.
    assert usd >= 0.97 * paid
    assert begun.known


@pytest.mark.solver
def test_a_choice_begins_with_what_each_link_takes_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So there is one however little time is left, also where none is known."""
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    first = problem.first()
    routes = begun_at(problem, first)
    routes.solve()
    begun: list[Sequence[tuple[int, LitRoute]]] = []

    def heard(
        self: RouteProblem, time_limit_s: float, known: Sequence[tuple[int, LitRoute]] = ()
    ) -> tuple[float, list[tuple[int, LitRoute]]]:
        begun.append(known)
        return choose(self, time_limit_s, known)

    choose = RouteProblem.choose
    monkeypatch.setattr(RouteProblem, "choose", heard)
    chosen = best_response.choose(problem, routes, first, 5.0)
    for number, link in enumerate(problem.links):
        mine = [route.way.edges for other, route in begun[0] if other == number]
        assert len(mine) == (2 if link.least_flow > 1 else 1)
        assert len({edge for edges in mine for edge in edges}) == sum(map(len, mine))
    assert {number for number, _ in chosen} == set(range(len(problem.links)))
    best_response.choose(problem, routes, first, 5.0, chosen)
    assert chosen in begun


@pytest.mark.solver
def test_a_turn_goes_on_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Menus are compared after so many rounds in all; flows above two units at its end alone."""
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    first = generate(problem, time.monotonic() + 4.0)
    assert first.rounds is not None
    done = first.rounds.done
    assert done > 0
    again = generate(problem, time.monotonic() + 2.0, first)
    assert again.rounds is first.rounds
    assert first.rounds.done > done
    assert again.bound_usd >= first.bound_usd * (1 - 1e-9)
    asked: list[float] = []

    def heard(_: Rounds, stop: float, *__: float) -> None:
        asked.append(stop)

    monkeypatch.setattr(Rounds, "go_on", heard)
    for proof_s in (None, 0.5):
        stop = time.monotonic() + 60.0
        first.rounds.proof_s = proof_s
        generate(problem, stop, first, choose=False)
    early, late = asked[0], asked[len(asked) // 2]
    assert late > early + 20.0


@pytest.mark.solver
def test_a_region_begins_with_steps_and_ends_where_they_are_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance, asked = triangle()
    whole = RouteGeneration(instance, asked, threads=1)
    assert not whole.is_wide
    looked: list[float] = []
    once = Part.go_on

    def counted(part: Part, stop: float, *, enough_usd: float) -> Generated | None:
        looked.append(enough_usd)
        return once(part, stop, enough_usd=enough_usd)

    monkeypatch.setattr(Part, "go_on", counted)
    whole.go_on(5.0, enough_usd=1.0)  # any bound is enough
    assert whole.found().bound_usd >= 1.0
    assert not looked
    begun_usd = whole.found().bound_usd
    whole.go_on(5.0)
    assert looked == [math.inf]
    assert whole.found().bound_usd >= begun_usd


@pytest.mark.solver
def test_rounds_do_not_begin_where_larger_flows_undercut_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance, asked = triangle()
    part = Part(instance, asked, None, 1)
    assert part.climb(time.monotonic() + 5.0, math.inf)
    other = Part(instance, asked, None, 1)
    monkeypatch.setattr(Ascent, "proven", lambda *_: 0.5 * part.bound_usd)
    assert not other.climb(time.monotonic() + 5.0, math.inf)
    assert other.bound_usd == 0.5 * part.bound_usd


@pytest.mark.solver
def test_steps_cut_off_by_the_clock_go_on_before_rounds_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance, asked = triangle()
    region = RouteGeneration(instance, asked, threads=1)
    rounds: list[float] = []
    steps: list[Ascent] = []

    def counted(
        problem: NetworkProblem, stop: float, known: Generated | None, *, enough_usd: float
    ) -> Generated:
        rounds.append(stop)
        return generate(problem, stop, known, enough_usd=enough_usd)

    def cut_off(ascent: Ascent, *_: float) -> bool:
        steps.append(ascent)
        ascent.go_on(math.inf, 2)
        return True

    monkeypatch.setattr(part_module, "generate", counted)
    with monkeypatch.context() as slow:
        slow.setattr(Ascent, "go_on_while_it_grows", cut_off)
        known = []
        for _ in range(3):
            region.go_on(2.0)
            known.append(region.found().bound_usd)
    assert not rounds
    assert len(steps) == len(known)
    assert len({id(ascent) for ascent in steps}) == 1
    assert 0 < known[0] <= known[1] <= known[2]
    region.go_on(2.0)  # steps end
    region.go_on(2.0)
    assert 1 <= len(rounds) <= 2
    assert region.found().bound_usd >= known[2]
    assert region.found().proposals
