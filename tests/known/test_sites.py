"""Branch and bound on the sites: bounds by prices, transport, and the optimum of small problems."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

from siting.benchmarks.check_facility import check_facility
from siting.errors import InfeasibleError
from siting.instance.facility_location import Customer, Facility, FacilityLocation
from siting.solve.facility_location import method
from siting.solve.facility_location.relaxation import CLOSED, FREE, OPEN, SiteRelaxation
from siting.solve.facility_location.transport import transport
from tests.known.brute import least_facilities

pytestmark = pytest.mark.solver


def random_problem(seed: int) -> FacilityLocation:
    """Return five sites, equal or not, one of them perhaps of no capacity or of no cost."""
    rng = random.Random(seed)
    equal = rng.random() < 0.5
    sizes = [10 if equal else rng.randint(4, 16) for _ in range(5)]
    if not equal and rng.random() < 0.3:
        sizes[2] = 0
    sites = tuple(Facility(float(s), float(rng.choice([0, 9, 20, 35]))) for s in sizes)
    left = sum(sizes)
    customers = []
    for _ in range(6):
        demand = rng.randint(1, max(1, left // 4))
        left -= demand
        customers.append(Customer(float(demand), tuple(float(rng.randint(0, 30)) for _ in sites)))
    return FacilityLocation("random", sites, tuple(customers))


def brute(problem: FacilityLocation, settled: tuple[int, ...] | None = None) -> float:
    """Return the least cost by enumeration, with some sites settled."""
    fixed = sum(
        f.fixed_cost for f, s in zip(problem.facilities, settled or (), strict=False) if s == OPEN
    )
    sites = [(f.capacity, f.fixed_cost) for f in problem.facilities]
    if settled:
        sites = [
            (0.0 if s == CLOSED else c, 0.0 if s == OPEN else cost)
            for (c, cost), s in zip(sites, settled, strict=True)
        ]
    return fixed + least_facilities(sites, [(c.demand, c.costs) for c in problem.customers])


@pytest.mark.parametrize(
    ("seed", "relative_gap"),
    [*((seed, gap) for seed in (3, 5, 8) for gap in (0.02, 0.3)), (68, 0.1)],
)
def test_bound_holds_where_the_search_stops_at_a_gap(seed, relative_gap, monkeypatch):
    monkeypatch.setattr(method, "LINES_IN_BLOCKS", 0)
    problem = random_problem(seed)
    found = method.solve_facility_location(problem, time_limit_s=60, relative_gap=relative_gap)
    least = brute(problem)
    assert found.bound <= least + 1e-6 <= found.objective + 2e-6
    assert found.objective - found.bound <= relative_gap * found.objective + 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_sites_alone_give_the_optimum(seed, monkeypatch):
    monkeypatch.setattr(method, "LINES_IN_BLOCKS", 0)
    problem = random_problem(seed)
    found = method.solve_facility_location(problem, time_limit_s=60)
    assert found.objective == pytest.approx(brute(problem))
    assert found.bound == pytest.approx(found.objective)
    assert check_facility(problem, found.opened, found.shares, found.objective) == []


@pytest.mark.parametrize("seed", range(3))
def test_any_prices_give_a_bound(seed):
    problem = random_problem(seed)
    data = SiteRelaxation(problem)
    rng = np.random.default_rng(seed)
    for settled in itertools.islice(itertools.product((FREE, CLOSED, OPEN), repeat=5), 0, 243, 61):
        least = brute(problem, settled)
        state = np.array(settled, dtype=np.int8)
        for _ in range(5):
            prices = rng.uniform(0, 12, len(problem.customers))
            assert data.evaluate(prices, state).bound <= least + 1e-6
        better = data.ascend(data.first_prices(), state, upper=least, rounds=60, until=math.inf)
        assert better.bound <= least + 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_what_a_site_adds_is_a_bound(seed):
    """The bound and what settling a site adds are below the least cost with the site settled."""
    problem = random_problem(seed)
    data = SiteRelaxation(problem)
    free = np.full(5, FREE, dtype=np.int8)
    found = data.ascend(data.first_prices(), free, upper=math.inf, rounds=60, until=math.inf)
    at_best = data.evaluate(found.prices, free)
    for site in range(5):
        way = OPEN if at_best.opened[site] == 0 else CLOSED
        if way == CLOSED and at_best.opened[site] < 1:
            continue
        settled = tuple(way if i == site else FREE for i in range(5))
        change = at_best.change[site] * (1 if way == OPEN else -1)
        assert found.bound + change <= brute(problem, settled) + 1e-6


def test_transport_of_open_sites():
    problem = random_problem(3)
    data = SiteRelaxation(problem)
    for size in (1, 3, 5):
        sites = np.arange(size)
        found = transport(data, sites)
        settled = tuple(OPEN if i < size else CLOSED for i in range(5))
        least = brute(problem, settled)
        if found is None:
            assert math.isinf(least)
            continue
        unused = set(range(size)) - set(found.sites.tolist())
        spared = sum(problem.facilities[i].fixed_cost for i in unused)
        assert found.cost + spared == pytest.approx(least)
        at_prices = data.evaluate(found.prices, np.array(settled, dtype=np.int8))
        assert at_prices.bound == pytest.approx(least)


def test_more_demand_than_capacity_says_so(monkeypatch):
    monkeypatch.setattr(method, "LINES_IN_BLOCKS", 0)
    problem = FacilityLocation("full", (Facility(3.0, 1.0),), (Customer(4.0, (1.0,)),))
    with pytest.raises(InfeasibleError, match="demand 4 is above the capacity"):
        method.solve_facility_location(problem, time_limit_s=5)


def test_time_out_keeps_a_plan_and_a_bound(monkeypatch):
    monkeypatch.setattr(method, "LINES_IN_BLOCKS", 0)
    problem = random_problem(4)
    found = method.solve_facility_location(problem, time_limit_s=0)
    least = brute(problem)
    assert found.bound <= least + 1e-6 <= found.objective + 2e-6
    assert check_facility(problem, found.opened, found.shares, found.objective) == []
