"""Masters searched in parts: the bound of the whole, whenever the search stops."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from siting.formulation.admissibility import Admissibility
from siting.solve import solve
from siting.solve.configurations import configurations
from siting.solve.demand_cuts import DemandCuts
from siting.solve.highs import Status
from siting.solve.master import Master
from siting.solve.master_outcome import MasterOutcome
from siting.solve.presolve import presolve
from siting.solve.split_search import SplitSearch
from tests.benchmarks.oracle import masters_in_parts
from tests.solve.cases import MILLION, USD, optimum_usd, tiny

pytestmark = pytest.mark.solver


def masters(seed: int) -> list[Master]:
    instance = presolve(tiny(seed))
    shares = dict.fromkeys(instance.links, 0.0)
    admissible = Admissibility(instance)
    return [Master(c.apply(instance), shares, admissible, seed=1) for c in configurations(instance)]


def whole_usd(master: Master) -> float:
    outcome = master.solve(time_limit_s=30.0, relative_gap=0.0, cutoff_usd=math.inf)
    return outcome.bound_usd


def solvable(*seeds: int) -> Iterator[tuple[Master, float]]:
    """Yield masters that have a siting, and what the best costs, USD."""
    for seed in seeds:
        for master in masters(seed):
            usd = whole_usd(master)
            if math.isfinite(usd):
                yield master, usd


def in_parts(
    master: Master,
    cutoff_usd: float = math.inf,
    *,
    time_limit_s: float = 60.0,
    known_usd: float = math.inf,
) -> MasterOutcome:
    return master.solve_split(
        time_limit_s=time_limit_s, relative_gap=0.0, cutoff_usd=cutoff_usd, known_usd=known_usd
    )


@pytest.mark.parametrize("seed", [3, 24, 57])
def test_parts_have_the_optimum_of_the_whole(seed: int):
    for master in masters(seed):
        usd = whole_usd(master)
        outcome = in_parts(master)
        assert outcome.bound_usd == pytest.approx(usd, abs=USD)
        assert (outcome.siting is None) == math.isinf(usd)


@pytest.mark.parametrize("later", [1e12, math.inf])
def test_parts_closed_at_a_cutoff_open_when_it_rises(later: float):
    for master in masters(24):
        usd = whole_usd(master)
        if math.isinf(usd):
            continue
        low = in_parts(master, usd - 1000.0)
        assert (low.status, low.siting) == (Status.INFEASIBLE, None)
        assert low.bound_usd == usd - 1000.0
        high = in_parts(master, later)
        assert high.siting is not None
        assert high.bound_usd == pytest.approx(usd, abs=USD)


def test_a_stopped_search_has_an_honest_bound_and_goes_on():
    for master in masters(3):
        usd = whole_usd(master)
        bound_usd = -math.inf
        for _ in range(200):
            outcome = in_parts(master, time_limit_s=0.1)
            assert bound_usd - USD <= outcome.bound_usd <= usd + USD
            bound_usd = outcome.bound_usd
            if outcome.status is not Status.TIME_LIMIT:
                break
        assert bound_usd == pytest.approx(usd, abs=USD)


def test_without_time_the_bound_is_that_of_relaxations():
    master = next(m for m in masters(24) if math.isfinite(whole_usd(m)))
    outcome = in_parts(master, time_limit_s=0.0)
    assert (outcome.status, outcome.siting) == (Status.TIME_LIMIT, None)
    assert -math.inf < outcome.bound_usd <= whole_usd(master) + USD


def test_the_first_part_takes_a_siting_above_the_cutoff_and_below_the_best_plan():
    master = next(m for m in masters(24) if math.isfinite(whole_usd(m)))
    usd = whole_usd(master)
    outcome = in_parts(master, usd + 1.0, known_usd=usd + 1e6)
    assert outcome.siting is not None
    assert outcome.bound_usd <= usd + USD


@pytest.mark.parametrize("seed", [8, 17, 24, 57, 97])
def test_a_solve_with_masters_in_parts_keeps_the_bounds(seed: int):
    with masters_in_parts():
        result = solve(
            tiny(seed), method="decomposition", relative_gap=1e-6, time_limit_s=60.0, seed=1
        )
    best_usd = optimum_usd(seed)
    assert result.plan is not None
    assert result.bound_usd <= best_usd + USD
    assert best_usd - USD <= result.objective_usd <= best_usd * 1.001 + USD


def test_far_from_the_cutoff_parts_with_modes_left_are_tried_first():
    """The bound stays below the optimum while parts are tried, and reaches it."""
    tried = 0
    for master, usd in solvable(3, 24, 57):
        search = search_of(master)
        outcome = search.run(
            time_limit_s=60.0, relative_gap=0.0, cutoff=2.0 * usd / MILLION, known=math.inf
        )
        assert outcome.bound * MILLION == pytest.approx(usd, abs=USD)
        tried += any(part.is_open for part in search._parts)
    assert tried


def search_of(master: Master) -> SplitSearch:
    cuts = DemandCuts(master._instance)
    return SplitSearch(master._instance, master._model, master._compiled, cuts)


def test_no_limit_of_a_part_is_left_when_the_best_siting_is_solved_precisely():
    """Limits are below the best siting: with one of them it would have no solution."""
    for master, usd in solvable(3, 24, 57):
        compiled = master._compiled
        outcome = in_parts(master, 1.01 * usd)
        assert outcome.values is not None
        integers = zip(compiled._columns, outcome.values, compiled.integer, strict=True)
        with compiled.fixed([(var, round(x)) for var, x, is_int in integers if is_int]):
            compiled.set_bounds(master._model.theta[0], usd / MILLION, math.inf)
            dearer = compiled.relax(time_limit_s=10.0)
        assert dearer.status is Status.OPTIMAL
        assert dearer.bound * MILLION > 1.01 * usd


def test_without_a_cutoff_the_best_modes_of_the_relaxation_give_the_first_siting():
    found = 0
    for master, usd in solvable(3, 24, 57):
        search = search_of(master)
        first = search._begin(math.inf, 30.0, 0.0)
        if first is None:
            continue
        found += 1
        assert first.objective * MILLION >= usd - USD
        assert search._solved is not None
        assert not search._solved.is_open
        assert search._solved.bound == pytest.approx(first.objective, abs=USD / MILLION)
    assert found


def test_cuts_of_demands_end_where_the_bound_is_enough_and_go_on_when_the_cutoff_rises():
    for master, usd in solvable(24):
        low = in_parts(master, 0.5 * usd)
        assert (low.status, low.bound_usd) == (Status.INFEASIBLE, 0.5 * usd)
        assert master._split is not None
        assert master._split._is_new
        assert in_parts(master).bound_usd == pytest.approx(usd, abs=USD)
        assert not master._split._is_new
