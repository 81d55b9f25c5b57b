"""The second search of a continent: in parts where the first one was, its bounds."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from siting.geography import build_network
from siting.solve import allowances
from siting.solve.all_routes import wide
from siting.solve.allowances import Goals
from siting.solve.closer import closer_of
from siting.solve.decomposition import solve_decomposition
from siting.solve.monolithic import solve_monolithic
from siting.solve.presolve import presolve
from siting.solve.state import State
from tests.oracle.draft import write
from tests.oracle.instances import random_draft
from tests.solve.graphs import instance_with_graph

USD = 1.0


def test_a_search_begins_in_parts_where_the_one_before_ended_so() -> None:
    state = State(in_parts=frozenset({"streaming/hub/a"}))
    again = state.begun_again()
    assert again.is_begun_again
    assert again.in_parts == {"streaming/hub/a"}


@pytest.mark.solver
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("seed", [13, 22])
def test_no_bound_of_two_searches_is_above_the_optimum(
    seed: int, threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wide, "MOST_EDGES", -1)
    monkeypatch.setattr(allowances, "MANY", 0)
    study = write(random_draft(seed), tmp_path)
    full = presolve(instance_with_graph(study, build_network(study)))
    best = solve_monolithic(full, time_limit_s=60.0, relative_gap=1e-7, seed=1)
    goals = Goals(
        time_limit_s=60.0,
        relative_gap=1e-6,
        network_relative_gap=1e-6,
        max_rounds=60,
        seed=1,
        started=time.perf_counter(),
    )
    part = dataclasses.replace(full, all_paths=False, every_route=True)
    with closer_of(part, goals, threads) as closer:
        found = solve_decomposition(part, goals, closer=closer)
    optimum_usd = best.bound_usd
    assert found.all_routes_bound_usd <= optimum_usd * (1 + 1e-6) + USD
    assert found.with_routes_found_usd >= optimum_usd * (1 - 1e-6) - USD
