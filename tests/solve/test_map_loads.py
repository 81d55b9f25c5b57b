"""What corridors cost by what routes put on them, against plain sums and by hand."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random

import numpy as np
import pytest

from siting import build_network, load_study
from siting.instance.records_network import HutClass
from siting.solve.all_routes.horizon import horizon_problem
from siting.solve.all_routes.map_costs import Sizes, sizes_of
from siting.solve.all_routes.map_loads import Loads, Tariff
from siting.solve.all_routes.map_search import MapSearch
from siting.solve.all_routes.whole_lines import USUAL, usual_reach_km
from tests.solve.all_routes_case import asked_always
from tests.solve.graphs import instance_with_graph

EDGES, STARTS = 3, 2
HELD, CABLE_USD = (10, 30), (5.0, 8.0)
POWER_KW, HUT_USD = (12.0, 300.0), (4.0, 17.0)


def some_sizes() -> Sizes:
    """Return two cables and two classes of huts; pairs stand on the last edge."""
    standing = np.zeros((EDGES, STARTS))
    standing[-1] = 6.0
    return Sizes(
        years=np.array([2.0, 3.0]),
        civil_usd=np.array([[50.0, 60.0, 0.0], [30.0, 36.0, 0.0]]),
        held=np.array(HELD, dtype=float),
        cable_usd=np.tile(CABLE_USD, (EDGES, 1)),
        standing=standing,
        power_kw=np.array(POWER_KW),
        hut_usd=np.array(HUT_USD),
    )


def loads_of(sizes: Sizes, huts: float = 1.0) -> Loads:
    """Return loads on IRU, whose contracts cost 7 and 4, and on own cable."""
    once = np.array([[7.0] * EDGES + [1.0] * EDGES, [4.0] * EDGES + [1.0] * EDGES])
    return Loads(Tariff.of(once, np.full(EDGES, huts), sizes))


def load(sizes: Sizes, start: int, pairs: float, kw: float) -> np.ndarray:
    found = np.zeros((STARTS, 1 + len(POWER_KW)))
    found[start:, 0] = pairs
    found[start:, 1:] = sizes.parts(kw)
    return found


def test_parts_of_huts() -> None:
    sizes = some_sizes()
    assert sizes.parts(5.9).tolist() == pytest.approx([1 / 2, 1 / 50])
    assert sizes.parts(6.1).tolist() == pytest.approx([1.0, 1 / 49])
    assert sizes.parts(0.0).tolist() == [0.0, 0.0]
    assert sizes.parts(13.0)[0] > 1e3  # none of the small ones holds it


def test_cables_and_huts_by_hand() -> None:
    sizes = some_sizes()
    loads = loads_of(sizes)
    own = np.array([EDGES])  # of the first edge
    heavy = load(sizes, 0, 8.0, 7.0)
    # 50 for civil works, over five years a small cable and a small hut.
    assert loads.fresh_usd(own, 0, heavy).tolist() == [50 + 5 * (5 + 4)]
    loads.take(own, 0, heavy, 1)
    assert loads.usd() == 50 + 5 * (5 + 4)
    # Later: a hut of its own, and a larger cable from the first (8 x 5) or another (5 x 5 + 5 x 3).
    later = load(sizes, 1, 8.0, 7.0)
    assert loads.more_usd(own, 1, later, np.zeros(1)).tolist() == [5 * 3 + 3 * 4]
    loads.take(own, 1, later, 1)
    for _ in range(3):
        loads.take(own, 1, later, 1)
    # Five heavy ones: one large hut from the first costs more than small ones as they are needed.
    # 30 pairs more are laid later, for 40 at once cost more.
    assert loads.usd() == 50 + min(5 * 5 + 3 * 8, 5 * (8 + 5)) + min(2 * 4 + 3 * 20, 5 * 17)
    assert loads.open.tolist() == [EDGES]
    # Contracts know no cables; where six pairs stand two fit in.
    assert loads.fresh_usd(np.array([0, 2 * EDGES - 1]), 1, later).tolist() == [
        4 + 3 * 4,
        3 * (4 + 5),
    ]
    few = load(sizes, 1, 6.0, 0.0)
    assert loads.fresh_usd(np.array([2 * EDGES - 1]), 1, few).tolist() == [0.0]


@pytest.mark.parametrize("seed", range(10))
def test_what_more_costs_is_the_difference(seed: int) -> None:
    rng = random.Random(seed)
    sizes = some_sizes()
    loads = loads_of(sizes, huts=0.7)
    known: list[tuple[np.ndarray, int, np.ndarray]] = []
    for _ in range(40):
        if known and rng.random() < 0.4:
            before = loads.usd()
            items, start, mine = known.pop(rng.randrange(len(known)))
            loads.take(items, start, mine, -1)
            after = loads.usd()
        else:
            items = np.array([rng.randrange(2 * EDGES)])
            start = rng.randrange(STARTS)
            mine = load(sizes, start, rng.randint(1, 40), rng.choice([0.0, 3.0, 7.0, 20.0]))
            after = loads.usd()
            fresh = loads.fresh_usd(items, start, mine)
            usd = loads.more_usd(items, start, mine, fresh)[0]
            loads.take(items, start, mine, 1)
            known.append((items, start, mine))
            before = loads.usd()
            # What is open may be paid earlier, never for less.
            assert usd == pytest.approx(max(before - after, 0.0), rel=1e-9, abs=1e-6)
        assert before >= after - 1e-6
    while known:
        loads.take(*known.pop(), -1)
    assert loads.usd() == pytest.approx(0.0)


def test_sizes_are_those_on_offer() -> None:
    instance = instance_with_graph(study := load_study("triangle"), build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    assert instance.graph is not None
    sizes = sizes_of(instance, problem)
    assert sizes is not None
    weights = [period.weight for period in instance.periods]
    assert sizes.years.sum() == pytest.approx(sum(weights))
    for number, edge in enumerate(instance.graph.edges):
        corridor = edge.corridor
        if corridor.existing_pairs or any(corridor.stands):
            continue
        yearly = corridor.build_usd_per_year + corridor.own_maintenance_usd_per_year
        assert sizes.civil_usd[0, number] == pytest.approx(sum(weights) * yearly)
        menu = [(fibers // 2, usd) for (_, fibers), usd in corridor.cable_usd_per_year.items()]
        for pairs, usd in zip(sizes.held, sizes.cable_usd[number], strict=True):
            mixes = itertools.product(*(range(math.ceil(pairs / n) + 1) for n, _ in menu))
            least = min(
                sum(k * cost for k, (_, cost) in zip(mix, menu, strict=True))
                for mix in mixes
                if sum(k * n for k, (n, _) in zip(mix, menu, strict=True)) >= pairs
            )
            assert usd >= least - 1e-6
            one = min((cost for n, cost in menu if n >= pairs), default=math.inf)
            assert usd <= one + 1e-6
    without = dataclasses.replace(instance, huts={})
    assert sizes_of(without, problem) is None
    search = MapSearch(problem, seed=1, sizes=sizes)
    search.run(math.inf, steps=5)
    assert math.isfinite(search.best_usd)


def test_dear_huts_beside_cheap_ones_are_not_the_usual_one() -> None:
    instance = instance_with_graph(study := load_study("triangle"), build_network(study))
    problem = horizon_problem(instance, asked_always(instance))
    assert problem is not None
    sizes = sizes_of(instance, problem)
    assert sizes is not None

    def dear(kind: HutClass) -> HutClass:
        return dataclasses.replace(kind, usd_per_year=5 * kind.usd_per_year)

    more = {
        f"{name} {k}": dataclasses.replace(
            hut, classes={c: dear(kind) for c, kind in hut.classes.items()}
        )
        for name, hut in instance.huts.items()
        for k in range(3)
    }
    wider = sizes_of(dataclasses.replace(instance, huts={**instance.huts, **more}), problem)
    assert wider is not None
    assert wider.hut_usd.tolist() == sizes.hut_usd.tolist()
    assert wider.power_kw.tolist() == sizes.power_kw.tolist()


def test_closer_spans_reach_farther() -> None:
    instance = instance_with_graph(study := load_study("triangle"), build_network(study))
    noisy = [x for x in instance.options.values() if x.span_noise is not None]
    assert noisy
    for option in noisy:
        spacing_km = instance.max_spacing_km
        reaches = [usual_reach_km(option, USUAL * spacing_km / x) for x in (1.0, 1.25, 1.5)]
        assert reaches == sorted(reaches)
        assert option.span_noise is not None
        for x, km in zip((1.0, 1.25, 1.5), reaches, strict=True):
            if 0 < km < math.inf:
                spans = round(km / (USUAL * spacing_km / x))
                noise = spans * float(option.span_noise(np.array([km / spans]))[0])
                assert noise <= option.noise_budget(km) + 1e-9
