"""Rings: the cheapest cycle through all peers, and never several cycles."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from siting import Plan
from tests.analytic.test_closed_forms import CHANNEL, PAIR
from tests.analytic.tiny import PER_KM, Draft, solved
from tests.analytic.training_cases import job, ring, two_clusters

pytestmark = pytest.mark.solver


def links_of(plan: Plan) -> set[str]:
    return {"".join(link.campuses) for link in plan.links}


def price(kilometers: float, links: int) -> float:
    return kilometers * PER_KM + links * (PAIR + CHANNEL)


@pytest.mark.parametrize(("names", "links"), [("ab", 1), ("abc", 3)])
def test_a_ring_of_two_is_a_link_and_of_three_a_mesh(
    names: str, links: int, tmp_path: Path
) -> None:
    _, plan = solved(ring(names, {}, 40.0), tmp_path)
    assert len(plan.links) == links
    assert plan.objective_usd == pytest.approx(price(40.0 * links, links), abs=0.01)
    (mode,) = plan.workloads[0].modes
    assert mode is not None
    assert (mode.fabric, mode.peers_min, mode.peers_max) == ("ring", len(names), len(names))


def test_the_order_of_four_is_the_cheapest(tmp_path: Path) -> None:
    # Sides of 40 km, diagonals of 20: over the diagonals and two sides, not around.
    _, plan = solved(ring("abcd", {"ac": 20.0, "bd": 20.0}, 40.0), tmp_path)
    assert {"ac", "bd"} < links_of(plan)
    assert plan.objective_usd == pytest.approx(price(120.0, 4), abs=0.01)


def test_one_cycle_though_two_would_be_shorter(tmp_path: Path) -> None:
    # Two triangles of 10 km sides are 60 km; one cycle leaves one side of each: 4 x 10 + 2 x 50.
    _, plan = solved(two_clusters(), tmp_path)
    assert plan.objective_usd == pytest.approx(price(140.0, 6), abs=0.01)
    assert sum(len({*link} & {*"abc"}) == 1 for link in links_of(plan)) == 2


@pytest.mark.parametrize(("seed", "peers"), [(1, 4), (2, 5), (3, 6), (4, 6), (5, 7)])
def test_ring_is_the_shortest_tour(seed: int, peers: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    names = "abcdefg"[:peers]
    km = {a + b: float(rng.randint(10, 60)) for a, b in itertools.combinations(names, 2)}
    tours = (
        [*itertools.pairwise((names[0], *rest)), (rest[-1], names[0])]
        for rest in itertools.permutations(names[1:])
    )
    shortest = min(sum(km[min(p) + max(p)] for p in tour) for tour in tours)
    _, plan = solved(ring(names, km, 0.0), tmp_path)
    assert plan.objective_usd == pytest.approx(price(shortest, peers), abs=0.01)


def test_fewer_peers_than_allowed_make_a_smaller_ring(tmp_path: Path) -> None:
    # 300 MW need three of six campuses: the near triangle, 30 km.
    draft = two_clusters(it_demand_mw=[300.0])
    _, plan = solved(draft, tmp_path)
    assert len(plan.links) == 3
    assert plan.objective_usd == pytest.approx(price(30.0, 3), abs=0.01)


def limited(rtt_ms: float) -> Draft:
    draft = ring("abcd", {}, 40.0)
    draft["file"]["catalog"]["overrides"]["zrp800_131e.latency"] = 0.0
    job(draft)["paradigms"]["diloco"]["rtt_limit_ms"] = rtt_ms
    return draft


@pytest.mark.parametrize(("rtt_ms", "served"), [(1.177, 400.0), (1.175, 300.0), (0.783, 200.0)])
def test_exchanges_of_a_ring_follow_each_other(
    rtt_ms: float, served: float, tmp_path: Path
) -> None:
    # 40 km: 0.392 ms. Four peers take three of it in a row, three peers two.
    _, plan = solved(limited(rtt_ms), tmp_path)
    assert sum(mw[0] for mw in plan.workloads[0].served_it_mw.values()) == pytest.approx(served)


def test_demand_of_a_ring_grows_with_its_peers(tmp_path: Path) -> None:
    # N b of 600 Gb/s: 800 on a ring of three, 900 on one of four, which fills a second channel.
    for names, gbps in (("abc", 800.0), ("abcd", 900.0)):
        draft = ring(names, {}, 40.0)
        job(draft)["traffic"]["parameters"] = 600.0 * 3.75e8
        _, plan = solved(draft, tmp_path / names)
        demands = {round(d.gbps[0], 6) for link in plan.links for d in link.demands}
        assert demands == {gbps}
        channels = {m.channels[0] for link in plan.links for r in link.routes for m in r.modes}
        assert channels == {1 if gbps == 800.0 else 2}
