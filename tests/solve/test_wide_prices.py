"""Prices of links over every route: within any RTT limit never above what a network costs."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
import time
from pathlib import Path

import pytest

from siting.formulation.requirements import Requirements, largest_demand_gbps
from siting.geography import build_network
from siting.instance import Instance
from siting.solve.all_routes import prices, wide
from siting.solve.all_routes.prices import WidePrices
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.link_bounds import CapacityShare
from siting.solve.network_phase import solve_network
from siting.solve.set_cuts import Link, least_demands, least_of_job, static_instance
from tests.oracle.draft import write
from tests.oracle.instances import random_draft
from tests.solve.cases import USD
from tests.solve.graphs import instance_with_graph

SEEDS = (13, 22, 43, 46)
"""Of some with several RTT limits; within the tightest one a link of 46 costs twice as much."""
GENERATION_S = 0.2
CONTINENT = -1
"""Corridors above which a map is one: shares are then found by flows."""


def limits_ms(instance: Instance, link: Link) -> list[float]:
    """Return every RTT limit that may be asked of a link."""
    jobs = [job for job in instance.workloads.values() if set(link) <= set(job.campuses)]
    return sorted({item.rtt_limit_ms for job in jobs for item in least_of_job(job)})


def static_usd(instance: Instance, asked: Requirements) -> float:
    """Return the least yearly cost of a network, by the exact reference."""
    static = static_instance(instance)
    return solve_network(static, asked, relative_gap=0.0, time_limit_s=60.0, seed=1).cost_usd


def paid_usd(
    row: dict[Link, CapacityShare], demands: dict[Link, float], limits: dict[Link, float]
) -> float:
    """Return what links pay together, USD a year."""
    return sum(row[link].at_usd(demands[link], limits[link]) for link in demands if link in row)


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("most_edges", [wide.MOST_EDGES, CONTINENT])
def test_prices_within_limits_never_add_up_to_more_than_the_network_costs(
    seed: int, most_edges: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wide, "MOST_EDGES", most_edges)
    monkeypatch.setattr(prices, "TIGHT", math.inf)
    study = write(random_draft(seed), tmp_path)
    instance = instance_with_graph(study, build_network(study))
    waved = {wave.link for wave in instance.wave_routes.values()}
    floors = {k: v for k, v in least_demands(instance).items() if k not in waved}
    if not floors or instance.graph is None:
        pytest.skip("no link")
    rng = random.Random(seed)
    links = sorted(floors)
    pricing = WidePrices(
        instance, StaticCosts(instance.graph, len(instance.periods)), links, len(links), {}
    )
    compared = 0
    for chosen in itertools.combinations(links, min(2, len(links))):
        for is_least in (True, False):
            limits, demands = {}, {}
            for link in chosen:
                known, least = limits_ms(instance, link), float(floors[link].gbps)
                most = max(least, largest_demand_gbps(instance, link))
                limits[link] = known[0] if is_least else rng.choice(known)
                demands[link] = least if is_least else rng.uniform(least, most)
            asked: Requirements = {
                (link, 0): (
                    dataclasses.replace(
                        floors[link], gbps=demands[link], rtt_limit_ms=limits[link]
                    ),
                )
                for link in chosen
            }
            cost_usd = static_usd(instance, asked)
            stop = time.monotonic() + GENERATION_S
            rows: list[dict[Link, CapacityShare] | None] = [
                *pricing.evenly(),
                pricing.of_set(frozenset(chosen), demands, limits),
                pricing.generated(frozenset(chosen), demands, limits, stop),
            ]
            for row in rows:
                if row is not None:
                    assert paid_usd(row, demands, limits) <= cost_usd + USD
                    compared += 1
    assert compared
