"""Prices of links by demand, and the screening of configurations: bounds, never above the truth."""

from __future__ import annotations

import dataclasses
import itertools
import math

import pytest

from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import Requirements, largest_demand_gbps
from siting.instance import Instance
from siting.solve.branches import make_branches
from siting.solve.configurations import configurations
from siting.solve.costing import ledger
from siting.solve.link_prices import LinkPrices, required_links
from siting.solve.link_problem import Shares
from siting.solve.network_phase import solve_network
from siting.solve.presolve import presolve
from siting.solve.screening import Screening
from siting.solve.set_cuts import Link, least_demands, static_instance
from siting.solve.set_prices import is_too_dear, price_sets
from siting.solve.siting_choice import fixed_requirements
from siting.solve.state import State
from tests.solve.cases import USD, optimum_usd, tiny

SEEDS = (8, 17, 22, 24, 30, 49, 57, 72, 81, 97)
MIDDLE = 0.5


def static_usd(instance: Instance, demands: dict[Link, float]) -> float:
    """Return the least yearly cost of a network for these demands, by the exact reference."""
    floors = least_demands(instance)
    asked: Requirements = {
        (link, 0): (dataclasses.replace(floors[link], gbps=gbps),) for link, gbps in demands.items()
    }
    static = static_instance(instance)
    return solve_network(static, asked, relative_gap=0.0, time_limit_s=60.0, seed=1).cost_usd


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
def test_prices_never_add_up_to_more_than_the_network_costs(seed: int):
    instance = presolve(tiny(seed))
    links = sorted(least_demands(instance))
    pricing = LinkPrices(instance, links, len(links), seed=1)
    floors = least_demands(instance)
    sets = [s for k in range(1, len(links) + 1) for s in itertools.combinations(links, k)]
    rows = [
        pricing.evenly(),
        *(
            pricing.of_set(frozenset(s), {}, beside=beside)
            for s in sets
            for beside in (False, True)
        ),
    ]
    compared = 0
    for chosen, part in itertools.product(sets, (0.0, MIDDLE, 1.0)):
        demands = {}
        for link in chosen:
            least = float(floors[link].gbps)
            most = max(least, largest_demand_gbps(instance, link))
            demands[link] = least + part * (most - least)
        cost_usd = static_usd(instance, demands)
        for prices in rows:
            known = [link for link in chosen if link in prices]
            sure = sum(
                prices[link].fixed_usd + prices[link].usd_per_gbps * demands[link] for link in known
            )
            assert sure <= cost_usd + USD
            compared += 1
    assert compared


@pytest.mark.solver
@pytest.mark.parametrize("seed", [24, 57])
def test_prices_of_a_link_alone_are_near_its_cost(seed: int):
    """What a link alone is sure to cause is most of what it costs, and grows with its demand."""
    instance = presolve(tiny(seed))
    for link, floor in least_demands(instance).items():
        prices = LinkPrices(instance, [link], 1, seed=1).evenly()
        if link not in prices:
            continue
        cost_usd = static_usd(instance, {link: float(floor.gbps)})
        sure = prices[link].fixed_usd + prices[link].usd_per_gbps * float(floor.gbps)
        assert MIDDLE * cost_usd <= sure <= cost_usd + USD
        assert prices[link].usd_per_gbps > 0


def test_what_is_left_of_shares_is_what_others_pay_nothing_of():
    some = Shares({"a": 0.5, "b": 1.0}, {"h": 0.2})
    assert some.without(Shares({"a": 0.1}, {})) == Shares({"b": 1.0}, {"h": 0.2})
    assert some.without(Shares({}, {"h": 1.0})) == Shares({"a": 0.5, "b": 1.0}, {})


@pytest.mark.solver
def test_a_siting_is_too_dear_when_its_links_cost_more_than_it_saves():
    seen = 0
    for seed in SEEDS:
        instance = presolve(tiny(seed))
        for branch in make_branches(instance, seed=1):
            outcome = branch.master.solve(time_limit_s=60.0, relative_gap=0.0, cutoff_usd=math.inf)
            if outcome.siting is None:
                continue
            asked = fixed_requirements(instance, outcome.siting)
            state = State()
            price_sets(instance, state, branch, asked, lambda: 60.0, best=False)
            if not state.prices:
                continue
            state.objective_usd = math.inf
            assert not is_too_dear(instance, state, branch, outcome.siting, asked)
            found = solve_network(instance, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
            if found.choice is None:
                continue
            seen += 1
            whole_usd = sum(ledger(instance, outcome.siting, found.choice).costs_usd.values())
            state.objective_usd = whole_usd + USD
            assert not is_too_dear(instance, state, branch, outcome.siting, asked)
            state.objective_usd = whole_usd - found.cost_usd
            assert is_too_dear(instance, state, branch, outcome.siting, asked)
    assert seen


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
def test_screening_bounds_every_master(seed: int):
    instance = presolve(tiny(seed))
    least = math.inf
    for branch in make_branches(instance, seed=1):
        family_usd = branch.bound_usd
        assert branch.screened()
        assert not branch.screened()
        assert branch.bound_usd >= family_usd
        outcome = branch.master.solve(time_limit_s=60.0, relative_gap=0.0, cutoff_usd=math.inf)
        assert branch.bound_usd <= outcome.bound_usd + USD
        least = min(least, outcome.bound_usd)
    assert least <= optimum_usd(seed) + USD


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
def test_a_configuration_is_screened_before_it_is_worked_on(seed: int):
    """What comes first has a bound of its own, not above that of any other configuration."""
    branches = make_branches(presolve(tiny(seed)), seed=1)
    first = State().first_of(branches, 0.0, looks=False)
    assert first is not None
    assert first.screen is None
    assert first.bound_usd == min(branch.bound_usd for branch in branches)
    # With an incumbent below every bound nothing is left, and nothing more is screened.
    waiting = [branch for branch in branches if branch.screen is not None]
    assert State(objective_usd=0.0).first_of(branches, 0.0, looks=False) is None
    assert all(branch.screen is not None for branch in waiting)


@pytest.mark.solver
def test_screening_does_not_depend_on_the_order():
    """Every configuration starts from the basis of the last one: the bound is the same."""
    instance = presolve(tiny(24))
    admissible = Admissibility(instance)
    items = configurations(instance)
    assert len(items) > 1

    def bounds(order: list[int]) -> dict[int, float]:
        screening = Screening(instance, admissible, seed=1)
        return {i: screening.bound_usd(items[i]) for i in order}

    forth = bounds(list(range(len(items))))
    back = bounds(list(reversed(range(len(items)))))
    assert forth == pytest.approx(back)


def test_required_links_are_those_of_the_hub():
    instance = presolve(tiny(24))
    admissible = Admissibility(instance)
    for item in configurations(instance):
        part = item.apply(instance)
        for _, choice in item.choices:
            links = required_links(part, admissible)
            if choice.hub is not None and len(item.choices) == 1:
                assert all(choice.hub in link for link in links)
