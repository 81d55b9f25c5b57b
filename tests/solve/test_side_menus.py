"""Menus of sides against every mix of pairs and channels on small random cases."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from siting.solve.all_routes.mixes import Side
from siting.solve.all_routes.needs import LegalKind, Menu
from siting.solve.all_routes.side_menus import side_menus
from tests.solve.test_all_routes import kind

MOST = 5
"""Pairs of a kind that are tried."""


def random_kinds(rng: random.Random) -> list[LegalKind]:
    rates = rng.choice([(800.0,), (400.0, 800.0), (600.0, 800.0)])
    return [
        LegalKind(
            kind(rng.choice(rates), rng.randint(1, 4), rng.uniform(1, 9), rng.uniform(0.2, 3))
        )
        for _ in range(rng.randint(1, 3))
    ]


def mixes(legal: list[LegalKind], gbps: float) -> list[tuple[int, ...]]:
    """Return all mixes of pairs that carry a demand."""
    return [
        counts
        for counts in itertools.product(range(MOST + 1), repeat=len(legal))
        if sum(n * x.pair_gbps for n, x in zip(counts, legal, strict=True)) >= gbps
    ]


def channels_usd(legal: list[LegalKind], counts: tuple[int, ...], gbps: float) -> float:
    """Return the least cost of channels on some pairs, in whole channels."""
    most = [n * x.kind.channels_per_pair for n, x in zip(counts, legal, strict=True)]
    return min(
        sum(c * x.kind.channel_usd_per_year for c, x in zip(lit, legal, strict=True))
        for lit in itertools.product(*(range(n + 1) for n in most))
        if sum(c * x.kind.rate_gbps for c, x in zip(lit, legal, strict=True)) >= gbps
    )


def pairs_usd(legal: list[LegalKind], counts: tuple[int, ...], v: float) -> float:
    return sum(
        n * (x.kind.terminal_usd_per_pair_year + v) for n, x in zip(counts, legal, strict=True)
    )


def least_usd(legal: list[LegalKind], gbps: float, v: float) -> float:
    """Return the least cost of pairs and channels that carry a demand; infinite where none do."""
    return min(
        (
            pairs_usd(legal, counts, v) + channels_usd(legal, counts, gbps)
            for counts in mixes(legal, gbps)
        ),
        default=math.inf,
    )


def least(menu: Menu, v: float) -> float:
    return min(line.fixed_usd + line.pairs * v for line in menu.lines)


@pytest.mark.parametrize("seed", range(60))
def test_no_two_sides_are_cheaper(seed: int) -> None:
    rng = random.Random(seed)
    legal = random_kinds(rng)
    gbps, v = rng.uniform(300, 4000), rng.uniform(0, 4)
    cheapest = least_usd(legal, gbps, v)
    menus = side_menus(legal, Side(gbps, 0.0, gbps), v)
    for menu in menus:
        assert menu.above is not None
        above = least(menu.above, v)
        # Either both sides are tight, or they are worth more than two units.
        more = (2 + menu.least_excess) * above + menu.above.channels_usd
        assert min(2 * least(menu, v), more) <= 2 * cheapest + 1e-6
        assert 0 < menu.least_excess <= 1
        assert math.isclose(1 / menu.least_excess, round(1 / menu.least_excess))


@pytest.mark.parametrize("seed", range(60))
def test_no_single_side_is_cheaper(seed: int) -> None:
    rng = random.Random(seed)
    legal = random_kinds(rng)
    gbps, v = rng.uniform(300, 4000), rng.uniform(0, 4)
    cheapest = least_usd(legal, gbps, v)
    for menu in side_menus(legal, Side(gbps, 0.0, gbps, 1), v):
        assert menu.above is None
        assert menu.channels_usd == 0
        assert least(menu, v) <= cheapest + 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_one_kind_alone_is_counted_exactly(seed: int) -> None:
    rng = random.Random(seed)
    (legal, *_) = random_kinds(rng)
    gbps, v = rng.uniform(300, 4000), rng.uniform(0, 4)
    pairs = math.ceil(gbps / legal.pair_gbps)
    exact = pairs_usd([legal], (pairs,), v)
    exact += math.ceil(gbps / legal.kind.rate_gbps) * legal.kind.channel_usd_per_year
    menus = side_menus([legal], Side(gbps, 0.0, gbps), v)
    # More than four pairs would come in steps too small to look at.
    assert bool(menus) == (pairs <= 4)
    for menu in menus:
        assert least(menu, v) <= exact + 1e-6
    if menus:
        assert max(least(menu, v) for menu in menus) == pytest.approx(exact)


@pytest.mark.parametrize("seed", range(40))
def test_demand_that_grows_may_be_served_by_further_pairs(seed: int) -> None:
    rng = random.Random(seed)
    legal = random_kinds(rng)
    gbps, v = rng.uniform(300, 2400), rng.uniform(0, 4)
    later = gbps * rng.uniform(1.0, 1.6)
    step = 400.0 if any(x.kind.rate_gbps == 400 for x in legal) else 200.0
    if all(x.kind.rate_gbps == 800 for x in legal):
        step = 800.0
    more = 0.5 * (math.ceil(later / step) - math.ceil(gbps / step)) * step
    cheapest = math.inf
    for counts in mixes(legal, gbps):
        first_usd = channels_usd(legal, counts, gbps)
        # What is lit stays; the rest at the least that any channel costs, here or on a new pair.
        rates = [
            x.kind.channel_usd_per_year / x.kind.rate_gbps
            + (0 if n else (x.kind.terminal_usd_per_pair_year + v) / x.pair_gbps)
            for n, x in zip(counts, legal, strict=True)
        ]
        usd = pairs_usd(legal, counts, v) + first_usd + more * min(rates)
        cheapest = min(cheapest, usd)
    for menu in side_menus(legal, Side(gbps, more, later), v):
        assert menu.above is not None
        high = (2 + menu.least_excess) * least(menu.above, v) + menu.above.channels_usd
        assert min(2 * least(menu, v), high) <= 2 * cheapest + 1e-6


def test_kinds_of_one_pair_pay_their_own_channels() -> None:
    cheap, dear = LegalKind(kind(800, 64, 50.0, 4.0, 0.0)), LegalKind(kind(600, 64, 50.0, 4.0, 0.0))
    found = side_menus([cheap, dear], Side(32_000.0, 0.0, 32_000.0), 10.0)
    assert all(menu.least_excess == 1 for menu in found)
    # Of two kinds that differ in their channels alone the cheaper one stands for both.
    assert {line.fixed_usd for menu in found for line in menu.lines} == {50.0 + 40 * 4.0}
