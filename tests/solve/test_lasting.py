"""Pairs that stay lit from span to span, against every sequence of pairs on small random cases."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from pathlib import Path
from typing import Any

import pytest

from siting.solve.all_routes import all_routes, horizon, lasting
from siting.solve.all_routes.compile_searches import compile_searches
from siting.solve.all_routes.lasting import Stage, lasting_menus
from siting.solve.all_routes.mixes import Side
from siting.solve.all_routes.needs import LegalKind, Menu
from siting.solve.network_phase import solve_network
from tests.solve.braids import braid
from tests.solve.test_all_routes import kind
from tests.solve.test_side_menus import channels_usd, least, pairs_usd

MOST = 3
"""Pairs of a kind that are tried."""


def over(years: float, legal: LegalKind) -> LegalKind:
    """Return a kind with what it costs in so many years."""
    scaled = dataclasses.replace(
        legal.kind,
        terminal_usd_per_pair_year=years * legal.kind.terminal_usd_per_pair_year,
        channel_usd_per_year=years * legal.kind.channel_usd_per_year,
    )
    return dataclasses.replace(legal, kind=scaled)


def stages_of(
    kinds: list[LegalKind], gbps: list[float], years: list[float], pair_usd: float, count: int
) -> list[Stage]:
    """Return spans with rising demands, where fiber of a pair costs so much a year."""
    return [
        Stage(
            [over(y, x) for x in kinds],
            y,
            Side(demand, 0.0, demand, count),
            y * pair_usd,
        )
        for demand, y in zip(gbps, years, strict=True)
    ]


def least_usd(stages: list[Stage], v: float) -> float:
    """Return the least cost of pairs that stay lit, and of channels, on one side."""
    states = list(itertools.product(range(MOST + 1), repeat=len(stages[0].kinds)))
    known = dict.fromkeys(states, 0.0)
    for stage in stages:
        reached = {}
        for counts in states:
            carried = sum(n * x.pair_gbps for n, x in zip(counts, stage.kinds, strict=True))
            if carried < stage.side.gbps:
                continue
            before = min(
                (
                    usd
                    for other, usd in known.items()
                    if all(a <= b for a, b in zip(other, counts, strict=True))
                ),
                default=math.inf,
            )
            own = pairs_usd(stage.kinds, counts, stage.years * v)
            own += channels_usd(stage.kinds, counts, stage.side.gbps)
            reached[counts] = before + own
        known = reached
    return min(known.values(), default=math.inf)


def bound_usd(menu: Menu, v: float, count: int) -> float:
    """Return what a menu says that all sides cost where a pair's fiber costs ``v``."""
    two = count * least(menu, v) + menu.channels_usd
    if menu.above is None:
        return two
    more = (2 + menu.least_excess) * least(menu.above, v) + menu.above.channels_usd
    return min(two, more)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("seed", range(80))
def test_no_sequence_of_pairs_is_cheaper(seed: int, count: int) -> None:
    rng = random.Random(seed)
    rates = rng.choice([(800.0,), (400.0, 800.0), (600.0, 800.0)])
    kinds = [
        LegalKind(
            dataclasses.replace(
                kind(rng.choice(rates), rng.randint(1, 3), rng.uniform(1, 9), rng.uniform(0.2, 3)),
                option=f"kind{number}",
            )
        )
        for number in range(rng.randint(1, 2 + (seed % 4 == 0)))
    ]
    gbps = list(itertools.accumulate(rng.uniform(200, 1000) for _ in range(rng.randint(2, 3))))
    years = [rng.uniform(0.5, 3) for _ in gbps]
    usual, v = rng.uniform(0, 20), rng.uniform(0, 20)
    stages = stages_of(kinds, gbps, years, usual, count)
    cheapest = least_usd(stages, v)
    found = lasting_menus(stages)
    for choice in itertools.islice(itertools.product(*found), 60) if found else ():
        total = sum(
            bound_usd(menu, stage.years * v, count)
            for menu, stage in zip(choice, stages, strict=True)
        )
        assert total <= count * cheapest + 1e-6


@pytest.mark.parametrize("years", [(1.0, 1.0), (1.0, 3.0), (4.0, 2.0)])
def test_a_kind_that_is_cheap_for_a_while_does_not_give_way(years: tuple[float, float]) -> None:
    small = LegalKind(dataclasses.replace(kind(800, 10, 4.0, 0.0, 0.0), option="small"))
    large = LegalKind(dataclasses.replace(kind(800, 20, 10.0, 0.0, 0.0), option="large"))
    v = 8.0
    stages = stages_of([small, large], [8_000.0, 16_000.0], list(years), v, 1)
    # Apart one small pair, 12, and then one large, 18; but the small one stays.
    exact = years[0] * 12 + years[1] * 24
    large_first = sum(years) * 18
    (first, second) = lasting_menus(stages)
    bounds = [
        max(bound_usd(menu, y * v, 1) for menu in menus)
        for menus, y in zip((first, second), years, strict=True)
    ]
    assert sum(bounds) == pytest.approx(min(exact, large_first))
    assert sum(bounds) > years[0] * 12 + years[1] * 18


@pytest.mark.solver
@pytest.mark.parametrize("seed", [27, 47, 144, 218])
def test_networks_with_growing_demands_cost_no_less_than_their_bound(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_searches()
    instance, asked = braid(seed, tmp_path)
    graph = instance.graph
    assert graph is not None
    most = max(x.rate_gbps * x.channels_per_pair for x in graph.kinds)
    least = min(x.rate_gbps * x.channels_per_pair for x in graph.kinds)
    (first, *_) = (float(item.gbps) for items in asked.values() for item in items)
    grown = {
        (link, t): tuple(
            dataclasses.replace(x, gbps=(0.8 * least + 0.7 * most * t) * float(x.gbps) / first)
            for x in items
        )
        for (link, t), items in asked.items()
    }
    seen: list[int] = []

    def always(self: Any, group: Any, spans: Any, frames: Any) -> Any:
        found = list(lasting_of(self, group, spans, frames))
        seen.append(len(found))
        return found

    lasting_of = horizon._Costs.lasting
    monkeypatch.setattr(horizon._Costs, "lasting", always)
    network = solve_network(instance, grown, relative_gap=1e-7, time_limit_s=20.0, seed=1)
    bound = all_routes(instance, grown, time_limit_s=2.0).bound_usd
    assert any(seen)
    assert bound <= network.cost_usd + 0.5


def test_what_a_pair_pays_in_all_spans_is_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, Any]] = []
    split = lasting._split

    def kept(aged: Any, most_parts: int) -> Any:
        found = split(aged, most_parts)
        seen.append((aged, found))
        return found

    monkeypatch.setattr(lasting, "_split", kept)
    small = LegalKind(dataclasses.replace(kind(800, 10, 4.0, 0.5, 0.0), option="small"))
    large = LegalKind(dataclasses.replace(kind(800, 20, 10.0, 0.4, 0.0), option="large"))
    gbps, years = [8_000.0, 16_000.0, 30_000.0], [1.0, 2.5, 0.7]
    assert lasting_menus(stages_of([small, large], gbps, years, 9.0, 2))
    made = [(aged, found) for aged, found in seen if found is not None]
    assert made
    for aged, found in made:
        paid: dict[tuple[int, int], float] = {}
        lasts: dict[tuple[int, int], float] = {}
        for each, counted in zip(aged, found.times, strict=True):
            for begun, number, some in zip(each.begun, each.number, counted, strict=True):
                key = (int(begun), int(number))
                paid[key] = paid.get(key, 0.0) + some * each.stage.years
                lasts[key] = lasts.get(key, 0.0) + each.stage.years
        assert len(paid) == 6
        assert paid == pytest.approx(lasts)
