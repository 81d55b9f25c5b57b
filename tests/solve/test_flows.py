"""Flows of link sets over every route: bounds, prices and routes, against every network."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import pytest

from siting import build_instance, build_network, solve, verify
from siting.instance import Instance
from siting.solve.all_routes.flow_model import FEW_PAIRS
from siting.solve.all_routes.flow_prices import FlowPrices
from siting.solve.all_routes.priced_links import PricedLink, priced_link
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.all_routes.wide_sets import WideSetCuts
from siting.solve.set_cuts import SetCuts, least_demands
from siting.study import Study
from tests.benchmarks.sparse_maps import Size, sparse_study
from tests.oracle.draft import write
from tests.oracle.instances import random_draft
from tests.solve.graphs import instance_with_graph

pytestmark = pytest.mark.solver

Link = tuple[str, str]
TIME_S = 20.0


@cache
def sparse(tmp: Path, campuses: int, paths: int) -> Study:
    return sparse_study(Size(campuses, 2, 10.0, paths=paths), 3, tmp / f"{campuses}-{paths}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sparse")


def links_of(instance: Instance, costs: StaticCosts) -> list[PricedLink]:
    asked = least_demands(instance)
    found = (
        priced_link(instance, costs, link, item, float(item.gbps), FEW_PAIRS)
        for link, item in asked.items()
    )
    return [known for known in found if known is not None]


def costs_of(instance: Instance) -> StaticCosts:
    assert instance.graph is not None
    return StaticCosts(instance.graph, len(instance.periods))


def spokes_of(instance: Instance) -> list[Link]:
    hub = min(instance.campuses)
    return sorted(link for link in instance.links if hub in link)


@pytest.mark.slow
def test_sets_without_huts_are_bounded_by_what_they_cost_over_all_routes(folder: Path) -> None:
    study = sparse(folder, 5, 200)
    instance = instance_with_graph(study, build_network(study))
    wide, narrow = WideSetCuts(instance, costs_of(instance), seed=1), SetCuts(instance, seed=1)
    spokes = spokes_of(instance)
    for size in (1, 2, 4):
        links = frozenset(spokes[:size])
        every, candidates = (cuts.cut(links, time_limit_s=TIME_S) for cuts in (wide, narrow))
        assert every is not None
        assert candidates is not None
        # The candidates are all routes here, and both gaps are a thousandth.
        assert every.cost_usd == pytest.approx(candidates.cost_usd, rel=5e-3)
    taken = wide.taken()
    assert all(len(taken[link]) >= 2 for link in spokes)
    assert wide.taken() == {}


@pytest.mark.parametrize("seed", [3, 12, 20, 37, 44, 108])
def test_sets_of_studies_with_huts_cost_no_less_than_their_bound(seed: int, tmp_path: Path) -> None:
    study = write(random_draft(seed), tmp_path)
    instance = instance_with_graph(study, build_network(study))
    wide, narrow = WideSetCuts(instance, costs_of(instance), seed=1), SetCuts(instance, seed=1)
    known = sorted({route.link for route in instance.fiber_routes.values()})
    for links in [*itertools.combinations(known, 1), tuple(known)]:
        every, candidates = (
            cuts.cut(frozenset(links), time_limit_s=TIME_S) for cuts in (wide, narrow)
        )
        if every is not None and candidates is not None:
            # Candidates are all routes: a bound of theirs may be a thousandth below the cost.
            assert every.cost_usd <= candidates.cost_usd * 1.0011 + 1.0


def test_prices_of_flows_never_add_up_to_more_than_a_set_costs(folder: Path) -> None:
    study = sparse(folder, 5, 200)
    instance = instance_with_graph(study, build_network(study))
    costs = costs_of(instance)
    links = links_of(instance, costs)
    prices = FlowPrices(links, costs.items, costs.shared_usd(FEW_PAIRS))
    cuts = WideSetCuts(instance, costs, seed=1)
    spokes = spokes_of(instance)
    sets = [frozenset(spokes[i : i + size]) for i in (0, 1) for size in (1, 2, 3)]
    bounds = {}
    for some in sets:
        cut = cuts.cut(some, time_limit_s=TIME_S)
        assert cut is not None
        bounds[some] = cut.cost_usd
    at_their_own = []
    for required in sets:
        found = prices.at(dict.fromkeys(required, 1.0))
        assert set(spokes) <= found.keys()
        for some, usd in bounds.items():
            least = sum(
                float(least_demands(instance)[x].gbps) * found[x].usd_per_gbps for x in some
            )
            paid = sum(found[x].fixed_usd for x in some) + least
            assert paid <= usd * 1.0011 + 1.0
            if some == required:
                at_their_own.append(paid / usd)
    assert min(at_their_own) > 0.8


@pytest.mark.slow
def test_with_few_candidates_every_route_is_searched_and_bounded(folder: Path) -> None:
    study = sparse(folder, 5, 200)
    best = solve(build_instance(study, build_network(study)), relative_gap=1e-4, threads=1)
    narrow = sparse(folder, 5, 2)
    network = build_network(narrow)
    instance = build_instance(narrow, network)
    assert instance.graph is not None
    found = solve(instance, relative_gap=1e-4, threads=1, every_route=True)
    assert found.plan is not None
    assert found.solution is not None
    assert verify(found.plan, narrow, network).accepted
    assert found.objective_usd == pytest.approx(best.objective_usd, rel=1e-4)
    assert found.solution.all_routes_bound_usd >= found.objective_usd * (1 - 1.01e-4)
    assert found.solution.all_routes_bound_usd <= best.objective_usd
