"""Two threads of one solve: the same result as one, turns outside HiGHS, errors that arrive."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import math
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterable

import pytest

from siting import build_instance, build_network, solve
from siting.errors import SolverError
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve import closer, wide_times, wider_network
from siting.solve.all_routes import AllRoutes, RouteGeneration, ascent, bound, part, rounds
from siting.solve.all_routes.ascent import Ascent
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.route_problem import RouteProblem
from siting.solve.allowances import Goals
from siting.solve.closer import Beside, Closer, closer_of
from siting.solve.network_phase import NetworkOutcome, solve_network
from siting.solve.network_whole import NOTHING
from siting.solve.result import Progress, Result
from siting.solve.siting_choice import SitingChoice, fixed_requirements
from siting.solve.turns import Turns, elsewhere, threads_here
from siting.solve.wider_network import WiderNetwork
from tests.solve.test_closing import trunk_study

GOALS = Goals(
    relative_gap=0.01,
    network_relative_gap=0.01,
    time_limit_s=60.0,
    max_rounds=40,
    seed=1,
    started=math.inf,
)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    study = trunk_study(tmp_path_factory.mktemp("trunk") / "few", paths=2)
    return build_instance(study, build_network(study))


@pytest.fixture(scope="module")
def one(instance: Instance) -> Result:
    return solve(instance, method="decomposition", threads=1)


def choice_of(result: Result) -> SitingChoice:
    assert result.solution is not None
    assert result.solution.siting is not None
    return result.solution.siting


def network_of(instance: Instance, result: Result) -> NetworkOutcome:
    """A network of candidate routes alone for the siting of a result."""
    asked = fixed_requirements(instance, choice_of(result))
    return solve_network(instance, asked, relative_gap=0.01, time_limit_s=30, seed=1)


@pytest.mark.solver
@pytest.mark.parametrize("method", ["decomposition", "monolithic"])
def test_two_threads_find_what_one_finds(method: str, instance: Instance) -> None:
    lines: list[Progress] = []
    one = solve(instance, method=method, threads=1)
    two = solve(instance, method=method, threads=2, progress=lines.append)
    assert one.plan is not None
    assert two.plan is not None
    assert two.plan.objective_usd == pytest.approx(one.plan.objective_usd, abs=0.5)
    assert two.plan.bounds.network_bound_usd == pytest.approx(
        one.plan.bounds.network_bound_usd, rel=0.01
    )
    assert two.plan.links == one.plan.links
    told = [line for line in lines if line.phase == "network"]
    scopes = [line.message.split(", over ")[1] for line in told]
    assert scopes[0] == "the candidate routes and those found"
    assert set(scopes[1:]) == {"every route of the map"}
    assert all(0 <= line.network_gap_usd < math.inf for line in told)
    assert not [t for t in threading.enumerate() if t.name == "closer" and _outlives(t)]


def _outlives(thread: threading.Thread) -> bool:
    thread.join(timeout=30)
    return thread.is_alive()


@pytest.mark.solver
def test_an_error_beside_arrives(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: WiderNetwork) -> None:
        msg = "no licence for corridors"
        raise SolverError(msg)

    monkeypatch.setattr(WiderNetwork, "find", broken)
    for threads in (1, 2):
        with pytest.raises(SolverError, match="no licence"):
            solve(instance, method="decomposition", threads=threads)


@pytest.mark.solver
def test_only_the_last_siting_is_closed(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[WiderNetwork] = []
    hold = threading.Event()

    def slow(network: WiderNetwork) -> None:
        begun.append(network)
        assert hold.wait(30)

    monkeypatch.setattr(WiderNetwork, "find", slow)
    first = choice_of(one)
    second, third = (_other(first, name) for name in ("a", "b"))
    turns = Turns()
    second_thread = Closer(GOALS, turns)
    closings = [
        second_thread.of(instance, siting, NOTHING) for siting in (first, second, second, third)
    ]
    assert closings[1] is closings[2]
    hold.set()
    for closing in closings:
        closing.done()
    second_thread.end()
    # The first may have begun before it was given up; the second never does.
    assert len(begun) <= 2
    assert second_thread.of(instance, third, NOTHING) is closings[3]


def _other(siting: SitingChoice, name: str) -> SitingChoice:
    return dataclasses.replace(siting, modes={**siting.modes, name: ()})


@pytest.mark.solver
def test_what_was_found_is_told_once(instance: Instance, one: Result) -> None:
    siting = choice_of(one)
    with closer_of(instance, GOALS, 2) as second:
        beside = Beside(second)
        assert beside.is_on
        assert beside.objective_usd(siting, wait=True) == math.inf
        beside.begin(instance, siting, NOTHING)
        assert beside.objective_usd(siting, wait=True) == math.inf
        beside.begin(instance, siting, network_of(instance, one))
        assert beside.objective_usd(None, wait=True) == math.inf
        usd = beside.objective_usd(siting, wait=True)
        assert usd == pytest.approx(one.objective_usd, abs=0.5)
        assert beside.objective_usd(siting, wait=True) == math.inf
    with closer_of(instance, GOALS, 1) as none:
        assert none is None
        assert not Beside(none).is_on


@pytest.mark.solver
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("late", ["SEARCHED", "PROPOSALS"])
def test_routes_found_late_are_taken(
    threads: int, late: str, instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a search among many of them, or a design on some."""
    for other in {"FEW", "SEARCHED", "PROPOSALS"} - {late}:
        monkeypatch.setattr(wider_network, other, 0)
    found = solve(instance, method="decomposition", threads=threads)
    assert found.plan is not None
    assert found.plan.objective_usd == pytest.approx(one.objective_usd, abs=0.5)
    assert found.plan.bounds.network_relative_gap <= 0.01
    monkeypatch.setattr(wider_network, late, 0)
    never = solve(instance, method="decomposition", threads=threads)
    assert never.objective_usd > found.objective_usd + 1e5


@pytest.mark.solver
@pytest.mark.parametrize("wide", [False, True])
def test_a_region_is_bounded_over_every_route_beside(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch, *, wide: bool
) -> None:
    """On a continent only once the search over every route has begun."""
    monkeypatch.setattr(closer, "is_wide", lambda _: wide)
    with closer_of(instance, GOALS, 2) as second:
        assert second is not None
        siting = choice_of(one)
        Beside(second).begin(instance, siting, network_of(instance, one))
        closing = second.of(instance, siting, NOTHING)
        assert closing.goes_on is not wide
        closing.done()
        known = closing.over_candidates
        assert known.within(GOALS.network_relative_gap, known.bound_usd)
        assert closing.every_usd() > 0


@pytest.mark.solver
@pytest.mark.parametrize("is_given_up", [False, True])
def test_a_network_that_nobody_wants_is_not_bounded_anew(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch, *, is_given_up: bool
) -> None:
    network = WiderNetwork(instance, choice_of(one), GOALS, network_of(instance, one))
    solved: list[Instance] = []

    def improved(network: WiderNetwork, _: int) -> None:
        network.instance = dataclasses.replace(network.instance)
        network.best = dataclasses.replace(network.best, cost_usd=network.best.cost_usd * 0.9)
        if is_given_up:
            network.give_up()

    def bounded(network: WiderNetwork, part: Instance, *_: object, **__: object) -> NetworkOutcome:
        solved.append(part)
        return network.best

    monkeypatch.setattr(WiderNetwork, "_is_good", False)
    monkeypatch.setattr(WiderNetwork, "_improve", improved)
    monkeypatch.setattr(WiderNetwork, "_search", lambda _: None)
    monkeypatch.setattr(WiderNetwork, "_solved", bounded)
    monkeypatch.setattr(wider_network, "ROUTES_SHARES", (0.1,))
    network.bound_over_all_routes()
    assert len(solved) == (not is_given_up)


@pytest.mark.solver
def test_designs_on_the_best_routes_are_not_made_twice(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = WiderNetwork(instance, choice_of(one), GOALS, network_of(instance, one))
    paths = [("east-x", "trunk"), ("east-1",), ("east-2",)]
    best = [Proposal(path, is_own=True) for path in paths]
    designed: list[set[str]] = []

    def found(proposals: list[Proposal]) -> None:
        known = AllRoutes(0.0, {("east", "north"): proposals})
        monkeypatch.setattr(RouteGeneration, "found", lambda _: known)
        network._improve(2)

    def solved(network: WiderNetwork, _: Instance, routes: set[str], *__: object) -> NetworkOutcome:
        designed.append(routes)
        return network.best

    monkeypatch.setattr(WiderNetwork, "_on", solved)
    found(best[1:])  # nothing new
    assert not designed
    found(best[:2])
    made = len(designed)
    assert made > 0
    found(best)  # the two best are the same
    assert len(designed) == made


@pytest.mark.solver
@pytest.mark.parametrize("goes_on", [False, True])
def test_what_is_known_after_each_turn_is_told(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch, *, goes_on: bool
) -> None:
    known = network_of(instance, one)
    network = WiderNetwork(instance, choice_of(one), GOALS, known)
    bounds = iter([0.25, 0.5, 0.75])
    now = [0.0]

    def turn(*_: object) -> None:
        now[0] = next(bounds) * known.cost_usd

    monkeypatch.setattr(RouteGeneration, "go_on", turn)
    monkeypatch.setattr(RouteGeneration, "found", lambda _: AllRoutes(now[0]))
    monkeypatch.setattr(WiderNetwork, "_improvements", lambda *_, **__: [])
    monkeypatch.setattr(wider_network, "ROUTES_SHARES", (0.1, 0.1, 0.1))
    closing = closer.Closing(choice_of(one), network)
    told: list[tuple[float, float]] = []
    if goes_on:
        closing.go_on()
        closing.widen()
    usd = closing.every_usd(lambda cost, bound: told.append((cost, bound)))
    assert usd == pytest.approx(0.75 * known.cost_usd)
    parts = (0.75,) if goes_on else (0.25, 0.5, 0.75)  # what was before is not told later
    assert told == [(known.cost_usd, pytest.approx(x * known.cost_usd)) for x in parts]


@pytest.mark.solver
@pytest.mark.parametrize("is_late", [False, True])
def test_rounds_end_when_nobody_wants_them(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch, *, is_late: bool
) -> None:
    generation = RouteGeneration(instance, fixed_requirements(instance, choice_of(one)))
    if is_late:
        generation.go_on(0.0)
    taken: list[float] = []

    def counted(self: RouteProblem) -> float:
        taken.append(1.0)
        return solved(self)

    solved = RouteProblem.solve
    monkeypatch.setattr(RouteProblem, "solve", counted)
    generation.give_up()
    generation.go_on(30.0)
    assert len(taken) <= 3 * len(instance.periods)


@pytest.mark.solver
@pytest.mark.parametrize("is_late", [False, True])
def test_one_processor_is_left_to_a_search_beside(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch, *, is_late: bool
) -> None:
    asked: list[int | None] = []

    def counted(
        work: Callable[[int], object], items: Iterable[int], threads: int | None
    ) -> list[object]:
        asked.append(threads)
        return [work(item) for item in items]

    monkeypatch.setattr(rounds, "in_threads", counted)
    requirements = fixed_requirements(instance, choice_of(one))
    generation = RouteGeneration(instance, requirements)
    if is_late:
        generation.go_on(0.0)
        asked.clear()
    generation.take_threads(1)
    generation.go_on(0.0)
    assert asked[-1] == 1
    asked.clear()
    generation.take_threads(None)
    generation.go_on(0.0)
    assert set(asked) == {None}


def test_one_thread_at_a_time_has_the_turn() -> None:
    turns = Turns()
    inside: list[int] = []
    most: list[int] = []
    away: list[int] = []

    def work(number: int) -> None:
        with turns.taken():
            for _ in range(20):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)
                with elsewhere():
                    away.append(len(inside))
                    time.sleep(0.001)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(most) == 40
    assert max(most) == 1
    with elsewhere():
        pass  # a thread that takes no turns


def test_the_turn_comes_back_after_an_error() -> None:
    turns = Turns()

    def stop() -> None:
        with turns.taken(), elsewhere():
            msg = "stopped"
            raise SolverError(msg)

    with pytest.raises(SolverError):
        stop()
    with turns.taken():
        pass


def test_one_of_several_processes_takes_one_thread() -> None:
    assert threads_here() in {1, 2}
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(threads_here).result(timeout=60) == 1


@pytest.mark.solver
@pytest.mark.parametrize("fails", [False, True])
def test_a_bound_over_a_continent_is_prepared_beside(
    instance: Instance, one: Result, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    """Steps go on from what was prepared; an error arrives where the bound is asked for."""
    begun: list[float] = []

    def counted(problem: NetworkProblem, stop: float) -> Ascent:
        begun.append(stop)
        if fails:
            raise SolverError("it failed")
        return started(problem, stop)

    started = ascent.begun
    monkeypatch.setattr(part, "begun", counted)
    monkeypatch.setattr(bound, "is_wide", lambda _: True)
    monkeypatch.setattr(closer, "is_wide", lambda _: True)
    monkeypatch.setattr(wide_times, "PREPARED_AFTER", 0.0)
    monkeypatch.setattr(wide_times, "LEAST_PREPARED_S", 1.0)
    goals = dataclasses.replace(GOALS, started=time.perf_counter())
    with closer_of(instance, goals, 2) as second:
        assert second is not None
        siting = choice_of(one)
        Beside(second).begin(instance, siting, network_of(instance, one))
        closing = second.of(instance, siting, NOTHING)
        with elsewhere():
            while not begun:
                time.sleep(0.01)
        if fails:
            with pytest.raises(SolverError, match="it failed"):
                (closing.done(), closing.every_usd())  # whichever is asked for after it
        else:
            closing.done()
            assert closing.every_usd() > 0
        assert len(begun) == 1


def test_steps_on_a_continent_end_in_time() -> None:
    now = time.perf_counter()
    for passed_s in (0.0, 300.0, 420.0, 500.0, 570.0):
        goals = dataclasses.replace(GOALS, time_limit_s=600.0, started=now - passed_s)
        left_s = goals.left_s()
        seconds = wide_times.turn_s(goals, 110.0)
        assert seconds <= left_s - wide_times.END_S + 1e-3
        if left_s > 2 * (wide_times.improved_s(goals, 110.0) + wide_times.END_S):
            assert left_s - seconds > wide_times.improved_s(goals, 110.0)
        prepared_s = wide_times.prepared_s(goals)
        assert prepared_s == 0 or prepared_s <= left_s - wide_times.END_S
        assert (prepared_s > 0) == (passed_s in {300.0, 420.0, 500.0})
