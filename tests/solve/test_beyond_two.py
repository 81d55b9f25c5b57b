"""Links whose routes carry more than two units: no bound above what any set of routes costs."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random

import numpy as np
import pytest

from siting.solve.all_routes import one_flow
from siting.solve.all_routes.beyond_two import beyond_two, flow_ranges
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import LinkPrices
from siting.solve.all_routes.needs import Line
from siting.solve.all_routes.one_flow import OneFlow
from siting.solve.all_routes.row_prices import Design
from siting.solve.all_routes.ways import HutPrices

SEEDS = range(60)
SPACING_KM = 100.0
GRID = ((0, 2), (0, 3), (2, 3), (2, 4), (3, 5), (4, 5), (4, 1), (5, 1), (3, 4))
"""Two rails between nodes 0 and 1 with rungs: routes can change rails."""
RUNGS, DIAGONAL = (2, 5), 8


@pytest.mark.parametrize("least_excess", [0.0, 1 / 12, 0.25, 1 / 3, 0.5, 1.0])
def test_a_corner_lies_below_every_flow(least_excess: float) -> None:
    rng = random.Random(1)
    ranges = flow_ranges(least_excess)
    step = least_excess or 0.01
    for units in (2 + step * i for i in range(1, 400)):
        own, shared = rng.uniform(0, 1), rng.uniform(0, 9)
        usd = own * units + shared * units / (units - 1)
        under = [min(own * f.units + shared * f.spread for f in flows) for flows in ranges]
        assert min(under) <= usd + 1e-9


def test_corners_of_a_range_are_near_its_flows() -> None:
    """Not so far below that the bound would be of no use."""
    for own, shared in ((1.0, 1.0), (1.0, 4.0), (0.2, 1.0)):
        flows = np.linspace(2, 9, 700)
        least = float((own * flows + shared * flows / (flows - 1)).min())
        corners = [f for some in flow_ranges(0.0) for f in some]
        under = min(own * f.units + shared * f.spread for f in corners)
        assert under >= 0.97 * least


@pytest.mark.parametrize("seed", SEEDS)
def test_no_set_of_routes_costs_less(seed: int) -> None:
    """Every pair carries all: sets of routes of which one is left whatever corridor fails."""
    rng = random.Random(seed)
    link = _link(rng)
    prices = LinkPrices(
        np.array([[rng.choice((0.0, rng.uniform(1, 40))) for _ in GRID] for _ in range(2)]),
        np.array([rng.choice((0.0, rng.uniform(0, 20))) for _ in GRID]),
        np.zeros(len(GRID)),
        HutPrices(
            np.array([rng.uniform(0, 9) for _ in range(6)]),
            np.array([rng.uniform(0, 9) for _ in GRID]),
        ),
    )
    bound = beyond_two(link, prices, math.inf).usd
    three = _least_usd(link, prices, 3)
    assert bound <= three + 1e-6
    assert bound - 1e-6 <= beyond_two(link, prices, math.inf, []).usd <= three + 1e-6
    link.search.stop = -math.inf
    assert 0 < beyond_two(link, prices, math.inf).usd <= bound + 1e-6
    link.search.stop = math.inf
    two = link.up_to_two(prices)
    assert link.proven(prices, two, math.inf).usd <= min(three, _least_usd(link, prices, 2)) + 1e-6
    assert link.bound(prices).usd <= min(three, _least_usd(link, prices, 2)) + 1e-6


def test_three_units_are_bounded_well() -> None:
    """On the mean: what is left out are ways that keep apart and huts of other routes."""
    shares = []
    for seed in SEEDS[:20]:
        rng = random.Random(seed)
        link = _link(rng)
        none = np.zeros(len(GRID))
        supply = np.array([[rng.uniform(1, 40) for _ in GRID] for _ in range(2)])
        prices = LinkPrices(supply, none, none, HutPrices(np.full(6, 5.0), np.full(len(GRID), 5.0)))
        shares.append(beyond_two(link, prices, math.inf).usd / _least_usd(link, prices, 3))
    assert min(shares) > 0
    assert sum(shares) / len(shares) >= 0.7


def test_a_flow_looked_at_closely_is_bounded_better() -> None:
    loose, close = [], []
    for seed in SEEDS[:20]:
        rng = random.Random(seed)
        link, none = _link(rng), np.zeros(len(GRID))
        supply = np.array([[rng.uniform(1, 40) for _ in GRID] for _ in range(2)])
        prices = LinkPrices(supply, none, none, HutPrices(np.full(6, 5.0), np.full(len(GRID), 5.0)))
        least = _least_usd(link, prices, 3)
        loose.append(beyond_two(link, prices, math.inf).usd / least)
        close.append(OneFlow(link, prices, 3.0).bound(math.inf, []) / least)
    assert max(close) <= 1 + 1e-9
    assert sum(close) >= 1.05 * sum(loose)


def test_a_design_costs_no_less_than_the_bound_at_any_prices() -> None:
    """So it may stand in for a flow where other prices are looked for."""
    near = []
    for seed in SEEDS[:20]:
        rng = random.Random(seed)
        link = _link(rng)
        prices, others = _random_prices(rng), _random_prices(rng)
        one = OneFlow(link, prices, 3.0)
        bound = one.bound(math.inf, [])
        design = one.design()
        assert design is not None
        near.append(bound / _design_usd(design, prices))
        elsewhere = OneFlow(link, others, 3.0).bound(math.inf, [])
        assert elsewhere <= _design_usd(design, others) + 1e-6
    assert max(near) <= 1 + 1e-9
    assert sum(near) / len(near) >= 0.99


def test_a_flow_looked_at_again_is_bounded_at_the_prices_of_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, again, kept = [], [], []
    for seed in SEEDS[:20]:
        rng = random.Random(seed)
        link = _link(rng)
        one = OneFlow(link, _random_prices(rng), 3.0)
        one.bound(math.inf, [])
        prices = _random_prices(rng)
        least = _least_usd(link, prices, 3)
        first.append(OneFlow(link, prices, 3.0).bound(math.inf, []) / least)
        assert one.follows(prices)
        again.append(one.bound(math.inf, []) / least)
        assert one.follows(prices)
        with monkeypatch.context() as patch:
            patch.setattr(one_flow, "MOST_ROUNDS", 0)
            kept.append(one.bound(math.inf, []) / least)
    assert max([*again, *kept]) <= 1 + 1e-9
    assert sum(again) >= 0.99 * sum(first)
    assert sum(kept) >= 0.99 * sum(again)


def test_a_flow_does_not_follow_to_other_prices_of_scarce_pairs() -> None:
    rng = random.Random(1)
    one = OneFlow(_link(rng), prices := _random_prices(rng), 3.0)
    scarce = dataclasses.replace(prices, scarcity_usd=np.ones(len(GRID)))
    assert not one.follows(scarce)


def _design_usd(design: Design, prices: LinkPrices) -> float:
    usd = design.own_usd + float((design.supplies * prices.supply_usd).sum())
    for (is_node, number), part in design.huts.items():
        each = prices.huts.at_node_usd if is_node else prices.huts.inside_usd
        usd += part * float(each[number])
    return usd


def _random_prices(rng: random.Random) -> LinkPrices:
    none = np.zeros(len(GRID))
    supply = np.array([[rng.uniform(1, 40) for _ in GRID] for _ in range(2)])
    huts = HutPrices(
        np.array([rng.uniform(0, 9) for _ in range(6)]),
        np.array([rng.uniform(0, 9) for _ in GRID]),
    )
    return LinkPrices(supply, none, none, huts)


def test_looking_closely_ends_in_time() -> None:
    """Then the bound is that of before."""
    link, none = _link(random.Random(1)), np.zeros(len(GRID))
    supply = np.full((2, len(GRID)), 9.0)
    prices = LinkPrices(supply, none, none, HutPrices(np.full(6, 5.0), np.full(len(GRID), 5.0)))
    two = link.up_to_two(prices)
    assert link.comes_in_steps
    assert link.proven(prices, two, 0.0) == link.beyond(prices, two)


def test_two_rails_alike_are_bounded_tightly() -> None:
    """Three routes on two rails: all six corridors and all four huts are lit."""
    lengths = np.array([5.0 if edge in RUNGS else 60.0 for edge in range(len(GRID))])
    link = dataclasses.replace(
        _link(random.Random(0), lengths),
        lines=[Line(7.0, 1.0, 2.0, is_amplified=True)],
        pair_usd=np.full((2, len(GRID)), 0.5),
        under_all=(7.0 + 2.0, 1.0),
    )
    supply = np.array([[0.0 if edge in RUNGS else 10.0 for edge in range(len(GRID))]] * 2)
    supply[:, DIAGONAL] = 1000.0
    none = np.zeros(len(GRID))
    prices = LinkPrices(
        supply, none, none, HutPrices(np.full(6, 8.0), np.full(len(GRID), math.inf))
    )
    least = _least_usd(link, prices, 3)
    assert least >= 6 * 10 + 3 * 8 + 3 * (7 + 2 * 2) + 0.5 * 3 * 3
    assert 0.85 * least <= beyond_two(link, prices, math.inf).usd <= least


def _link(rng: random.Random, km: np.ndarray | None = None) -> LinkProblem:
    ends = np.array(GRID)
    lengths = np.array([rng.uniform(30, 90) for _ in GRID]) if km is None else km
    to_target = _lengths_to(1, ends, lengths)
    line = Line(rng.uniform(1, 20), 1.0, rng.uniform(0, 5), is_amplified=True)
    return LinkProblem(
        graph=SplitGraph(ends, 0, 1),
        search=WaySearch(ends, lengths, to_target, SPACING_KM),
        edges=np.arange(len(GRID)),
        nodes=np.arange(6),
        ends=ends,
        lengths_km=lengths,
        through_km=lengths,
        pair_usd=np.array([[rng.uniform(0, 10) for _ in GRID] for _ in range(2)]),
        missing=HutPrices(np.zeros(6), np.zeros(len(GRID))),
        lines=[line],
        under_all=(line.fixed_usd + line.hut_usd, 1.0),
        channels_usd=0.0,
        least_flow=2.0,
        least_excess=1.0,
        spacing_km=SPACING_KM,
    )


def _lengths_to(target: int, ends: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    km = np.full(6, math.inf)
    km[target] = 0.0
    for _ in range(6):
        for (a, b), length in zip(ends.tolist(), lengths.tolist(), strict=True):
            km[a] = min(km[a], km[b] + length)
            km[b] = min(km[b], km[a] + length)
    return km


def _paths(node: int, seen: frozenset[int]) -> list[tuple[int, ...]]:
    """Return every simple way from a node to node 1, as edges."""
    if node == 1:
        return [()]
    found = []
    for edge, (a, b) in enumerate(GRID):
        other = b if a == node else a if b == node else None
        if other is not None and other not in seen:
            found += [(edge, *rest) for rest in _paths(other, seen | {other})]
    return found


def _least_usd(link: LinkProblem, prices: LinkPrices, count: int) -> float:
    """Return the least cost of so many routes of which no corridor is on all.

    Shared corridors and huts are paid once; huts stand at nodes alone.
    """
    best = math.inf
    paths = _paths(0, frozenset({0}))
    for chosen in itertools.combinations_with_replacement(paths, count):
        edges = [set(path) for path in chosen]
        if set.intersection(*edges):
            continue
        if count > 2 and any(not (x & y) for x, y in itertools.combinations(edges, 2)):
            continue  # two of them are enough
        usd = count * link.lines[0].fixed_usd
        for edge in set.union(*edges):
            used = sum(edge in path for path in edges)
            shares = prices.supply_usd[:, edge] + used * link.pair_usd[:, edge]
            usd += float(shares.min())
        best = min(best, usd + _huts_usd(link, prices, chosen))
    return best


def _huts_usd(link: LinkProblem, prices: LinkPrices, chosen: tuple[tuple[int, ...], ...]) -> float:
    """Return the least cost of huts at nodes for all routes, each with amplifiers in its huts."""
    needed = []
    for path in chosen:
        node, km, places = 0, 0.0, []
        for edge in path:
            a, b = GRID[edge]
            node = b if a == node else a
            km += float(link.lengths_km[edge])
            if node != 1:
                places.append((node, km))
        needed.append((places, km))
    return _cover(link, prices, needed)


def _cover(
    link: LinkProblem,
    prices: LinkPrices,
    needed: list[tuple[list[tuple[int, float]], float]],
) -> float:
    """Return the least cost of huts at nodes, by trying every set of nodes."""
    best = math.inf
    amplifier = link.lines[0].hut_usd
    for size in range(5):
        for nodes in itertools.combinations(range(2, 6), size):
            usd = sum(float(prices.huts.at_node_usd[node]) for node in nodes)
            if any(all(n in {x for x, _ in places} for places, _ in needed) for n in nodes):
                continue  # nothing would be left when it fails
            for places, km in needed:
                at = [0.0, *(x for node, x in places if node in nodes), km]
                if max(b - a for a, b in itertools.pairwise(at)) > SPACING_KM:
                    usd = math.inf
                usd += amplifier * (len(at) - 2)
            best = min(best, usd)
    return best
