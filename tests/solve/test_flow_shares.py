"""First shares by flows over a map: they are shares, bound links well, and huts have zones."""

from __future__ import annotations

import dataclasses
import math
import random
import time

import numpy as np
import pytest

from siting import build_network, load_study
from siting.solve.all_routes import ascent, flow_shares
from siting.solve.all_routes.ascent import Ascent, begun
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.hut_zones import COVERED, REACH, HutZones
from siting.solve.all_routes.label_setting import OutOfTimeError
from siting.solve.all_routes.multipliers import Items, SharedCosts
from siting.solve.all_routes.network_problem import NetworkProblem
from siting.solve.all_routes.opened import FlowProblem, Opened
from tests.solve.all_routes_case import asked_always
from tests.solve.graphs import instance_with_graph
from tests.solve.test_beyond_two import GRID, _least_usd, _link
from tests.solve.test_routes_over_time import costs_over_time, most_over


def triangle() -> NetworkProblem:
    """Return the links of a small study over its whole map."""
    instance = instance_with_graph(study := load_study("triangle"), build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    return problem


def test_zones_overlap_and_leave_no_place_out() -> None:
    nodes = 30  # in a row, 20 km apart; the last one is on no edge that counts
    ends = np.array([[i, i + 1] for i in range(nodes - 1)])
    lengths_km = np.full(nodes - 1, 20.0)
    lengths_km[-1] = -1.0
    zones = HutZones.of(ends, lengths_km, nodes, 100.0)
    parts = zones.of_nodes.toarray()
    assert parts[:-1].sum(axis=1) == pytest.approx(1.0)
    assert not parts[-1].any()
    assert zones.of_edges.toarray()[:-1].sum(axis=1) == pytest.approx(1.0)
    for zone in parts.T:
        inside = np.flatnonzero(zone)
        assert 20.0 * (inside.max() - inside.min()) <= 2 * REACH * 100.0
    assert parts.max(axis=1)[:-1].min() >= 1 / 3
    assert len(parts.T) <= 20.0 * nodes / (COVERED * 100.0) + 1
    edge, zone, part = zones.entries(np.array([3, 7]))
    assert np.bincount(edge, part) == pytest.approx([1.0, 1.0])
    assert set(zone) <= set(range(len(parts.T)))


def test_a_hut_costs_what_huts_of_its_zone_cost_on_the_mean() -> None:
    zones = HutZones.of(np.array([[0, 1], [2, 3]]), np.array([5.0, 5.0]), 4, 100.0)
    items = Items(edges=2, nodes=4)
    usd = np.zeros(items.count)
    usd[items.inside(np.array([0, 1]))] = 70.0, 50.0
    usd[items.at(np.array([0, 1]))] = 10.0, 20.0
    # Only inside the other corridor may huts stand.
    assert zones.prices(usd, items).tolist() == pytest.approx([15.0, 50.0], rel=0.05)


def test_what_is_open_from_a_start_on_is_paid_by_those_that_need_it() -> None:
    usd = costs_over_time().usd  # 10 from the first start on, 4 from the second
    model = FlowProblem()
    opened = Opened(model, usd, [0, 1], [np.array([0]), np.array([0])])
    opened.limit_to_one(model)
    for rows, most in zip(opened.rows, (1.0, 1.0), strict=True):
        taken = model.add_columns(np.array([0.0]))
        model.add(rows, taken, 1.0)
        model.add(model.add_rows(np.array([most]), np.array([math.inf])), taken, 1.0)
    duals = model.duals(10.0)
    assert duals is not None
    first, second = (opened.shares(duals, user)[0] for user in (0, 1))
    assert first + second == pytest.approx(10.0, rel=0.05)
    assert second <= 4.0 * 1.05


@pytest.mark.solver
def test_shares_by_flows_are_shares_and_bound_links() -> None:
    problem = triangle()
    found = flow_shares.flow_shares(problem, 30.0)
    assert found is not None
    assert (found.shares_usd >= 0).all()
    assert (found.tolls_usd >= 0).all()
    assert most_over(problem.shared, found.shares_usd) <= 1e-3
    costs = problem.shared.usd[0]
    paid = found.shares_usd.sum(axis=0)
    usable = problem.weights.sum(axis=0) > 0
    assert paid[usable] == pytest.approx(costs[usable])  # what nobody needs is split, too
    plain, by_flows = Ascent(problem), Ascent(problem, found)
    for steps in (plain, by_flows):
        steps.go_on(math.inf, 1)
    assert by_flows.best_usd > 0
    assert plain.best_usd > 0
    assert begun(problem, math.inf).best_usd == by_flows.best_usd


@pytest.mark.solver
def test_links_that_are_not_known_in_time_are_bounded_without_huts() -> None:
    problem = triangle()
    exact, late = Ascent(problem), Ascent(problem)
    exact.go_on(math.inf, 1)
    late._price(time.monotonic() - 1.0)
    for number, (link, bound) in enumerate(zip(problem.links, exact._bounds, strict=True)):
        assert link.without_huts(problem.prices(exact.best, number)).usd <= bound.usd + 1e-6
    total = sum(bound.usd for bound in late._bounds)
    assert 0 < total <= exact.best_usd + 1e-6
    # Later a price that is not known in time is none.
    exact.go_on(time.monotonic() - 1.0, 5)
    with pytest.raises(OutOfTimeError):
        exact._price(time.monotonic() - 1.0)


@pytest.mark.solver
def test_shares_by_flows_are_left_out_where_too_much_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = triangle()
    assert flow_shares.flow_shares(problem, 0.0) is None
    monkeypatch.setattr(flow_shares, "MOST_EDGES", 1)
    assert flow_shares.flow_shares(problem, 30.0) is None
    monkeypatch.setattr(ascent, "flow_shares", lambda *_: None)
    assert begun(problem, math.inf).best_usd > 0


@pytest.mark.solver
def test_all_corridors_count_where_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = grid(0)
    total = sum(len(link.edges) for link in problem.links)
    monkeypatch.setattr(flow_shares, "MOST_EDGES", math.ceil(0.6 * total))
    taken: list[int] = []

    def counted(flows: list[flow_shares._Flow], most: int) -> list[flow_shares._Flow]:
        taken.append(most)
        return cheapest(flows, most)

    cheapest = flow_shares._cheapest
    monkeypatch.setattr(flow_shares, "_cheapest", counted)
    assert flow_shares.flow_shares(problem, flow_shares.LONG_S - 1) is not None
    assert flow_shares.flow_shares(problem, flow_shares.LONG_S) is not None
    few, every = taken
    assert few == flow_shares.MOST_EDGES < every <= total


def grid(seed: int) -> NetworkProblem:
    """Return two protected links alike, of which the first pays for all that they share."""
    rng = random.Random(seed)
    links = [_link(rng) for _ in range(2)]
    items = Items(len(GRID), 6)
    usd = np.array([rng.uniform(5, 30) for _ in range(items.count)])
    return NetworkProblem(
        names=[("a", "b"), ("a", "c")],
        links=links,
        items=items,
        shared=SharedCosts.at_once(usd, 2),
        weights=np.stack([np.ones(items.count), np.zeros(items.count)]),
        offered=np.full(len(GRID), 100.0),
    )


@pytest.mark.parametrize("seed", range(8))
def test_tolls_of_shares_by_flows_are_no_larger_than_needed(seed: int) -> None:
    """Constants on all corridors at an end are as good for two units, and spoil more than two."""
    problem = grid(seed)
    found = flow_shares.flow_shares(problem, 30.0)
    assert found is not None
    assert most_over(problem.shared, found.shares_usd) <= 1e-6
    for number, link in enumerate(problem.links):
        prices = problem.prices(found, number)
        without = dataclasses.replace(prices, tolls_usd=np.zeros_like(prices.tolls_usd))
        two = link.up_to_two(prices)
        assert two.usd <= _least_usd(link, without, 2) + 1e-6
        assert 0 < link.beyond(prices, two).usd <= _least_usd(link, without, 3) + 1e-6
        assert float(prices.tolls_usd.sum()) <= two.usd
