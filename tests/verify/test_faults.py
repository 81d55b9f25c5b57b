"""Failure rates, availability, and rings that carry traffic the other way round."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from siting.plan import Plan
from siting.verify.availability import LinkAvailability, link_availability
from siting.verify.services import Service
from siting.verify.transit import ring_failures
from tests.verify.test_links import dark_waves
from tests.verify.variants import make_variant
from tests.verify.world import World

AB1 = 58.21787837 * 2.7 / 1000  # cuts a year
YEAR = 8760


def availability(world: World, edit=lambda _: None) -> dict[tuple[Any, ...], LinkAvailability]:
    plan = world.edited(edit)
    found = link_availability(world.study, world.network, world.catalog, plan)
    return {("-".join(a.campuses), a.workload, a.period): a for a in found}


def test_either_of_two_routes_interrupts_when_each_carries_half(tmp_path):
    found = availability(make_variant("rates", tmp_path))
    assert set(found) == {("A-B", "train", t) for t in range(3)} | {
        ("A-C", "train", t) for t in (1, 2)
    }
    ab = found["A-B", "train", 0]
    rates = {i.failure: (i.events_per_year, i.repair_hours) for i in ab.interruptions}
    assert rates == {
        "corridor:ab1": (pytest.approx(AB1), 12),
        "corridor:ab2a": (pytest.approx(0.243), 12),
        "corridor:ab2b": (pytest.approx(0.09), 12),
        "bridge:brazos": (0.02, 48),
        "hut:h1": (0.05, 8),
        "hut:h2": (0.05, 8),
    }  # the failure campus:A contains an end of the link
    hours = (AB1 + 0.243 + 0.09) * 12 + 0.02 * 48 + 2 * 0.05 * 8
    assert ab.unavailability_single == pytest.approx(hours / YEAR)
    assert ab.unavailability_double == 0
    assert ab.availability == pytest.approx(1 - hours / YEAR)
    assert ab.required_availability == 0.999
    assert [i.name for i in ab.interruptions][:3] == [
        "corridor ab2a", "corridor ab1", "corridor ab2b",
    ]  # fmt: skip
    assert "Brazos bridge" in [i.name for i in ab.interruptions]


def test_both_of_two_routes_must_fail_when_each_carries_all(world):
    ab = availability(world)["A-B", "train", 0]
    assert ab.interruptions == ()
    direct = AB1 * 12 / YEAR  # its bridge has no rate
    west = (0.486 * 12 + 2 * 0.05 * 8) / YEAR
    assert ab.unavailability_double == pytest.approx(direct * west)
    assert ab.required_availability is None


def test_an_undeclared_path_is_as_available_as_its_carrier_says(world, tmp_path):
    def weak(data):
        dark_waves(data)
        data["links"][1]["routes"].pop()

    ac = availability(world, weak)["A-C", "train", 1]
    assert [(i.failure, i.repair_hours) for i in ac.interruptions] == [("carrier:carrier1", 12)]
    assert ac.unavailability_single == pytest.approx(0.0005)
    strict = make_variant("first", tmp_path, {"survivability.provider_failures": True})
    both = availability(strict, weak)["A-C", "train", 1]
    assert {i.failure: i.unavailability for i in both.interruptions} == {
        "carrier:carrier1": pytest.approx(0.0005), "provider:carrier1": 0,
    }  # fmt: skip


def test_a_carrier_without_undeclared_waves_fails_as_a_provider(tmp_path):
    rows = {"wdark": {"corridors": "ac2a;ac2b"}}
    strict = {"survivability.provider_failures": True}
    world = make_variant("rates", tmp_path, strict, {"leased_waves": rows})
    ac = availability(world)["A-C", "train", 1]
    rates = {i.failure: i.events_per_year for i in ac.interruptions}
    assert rates["carrier:carrier1"] == 0
    assert rates["corridor:ac2b"] == pytest.approx(0.189)


def test_links_of_checkpoints_are_shown_and_not_bounded(tmp_path):
    world = make_variant("replicas", tmp_path, {"workloads.0.min_link_availability": 0.99999})
    ac = availability(world)["A-C", "train", 1]
    assert (ac.role, ac.required_availability) == ("checkpoint", None)


def test_a_plan_out_of_shape_has_an_availability_too(world):
    empty = link_availability(
        world.study, world.network, world.catalog,
        Plan.model_validate(world.plan | {"links": [], "periods": []}),
    )  # fmt: skip
    assert {a.unavailability_single for a in empty} == {0}


# Rings


def duty(pair: str, left: float, need: float) -> Service:
    """A link with ``left`` Gb/s after the failure x."""
    return Service((pair[0], pair[1]), 0, 1.0, ("w",), need, need, 1e9, {"x": left})


@pytest.mark.parametrize(
    ("left", "carried"),
    [
        ((100, 100, 100), True),
        ((0, 200, 200), True),
        ((0, 200, 199), False),  # all of it must go round
        ((50, 150, 150), True),
        ((0, 0, 1000), False),  # two links down: the ring is cut
        ((99, 99, 1000), False),  # nor can two that are short help each other
        ((0, 200, 200, 200), True),
        ((0, 200, 200, 150), False),
    ],
)
def test_a_ring_carries_a_shortfall_the_other_way(left, carried):
    ring = [
        duty(pair, gbps, 100) for pair, gbps in zip(("AB", "BC", "CD", "DA"), left, strict=False)
    ]
    assert ring_failures(ring) == (() if carried else ("x",))


def feasible(left: tuple[float, ...], need: tuple[float, ...]) -> bool:
    """Whether shortfalls exist, as a linear program: cap + s_l >= need + sum of the others."""
    count = len(left)
    rows = np.ones((count, count)) - 2 * np.eye(count)
    slack = np.array(left) - np.array(need)
    return bool(linprog(np.ones(count), A_ub=rows, b_ub=slack, bounds=(0, None)).success)


def test_rings_agree_with_a_linear_program():
    draw = random.Random(7)
    seen = set()
    for _ in range(200):
        count = draw.choice([3, 4, 5])
        left = tuple(float(draw.choice([0, 50, 100, 150, 200, 300])) for _ in range(count))
        need = tuple(float(draw.choice([20, 50, 100])) for _ in range(count))
        pairs = itertools.pairwise("ABCDEF")
        ring = [
            duty(a + b, gbps, asked) for (a, b), gbps, asked in zip(pairs, left, need, strict=False)
        ]
        assert (ring_failures(ring) == ()) == feasible(left, need), (left, need)
        seen.add(feasible(left, need))
    assert seen == {True, False}


def test_a_failure_that_takes_a_campus_cuts_the_ring():
    ring = [duty(pair, gbps, 100) for pair, gbps in (("AB", 0), ("BC", 1e9), ("AC", 1e9))]
    assert ring_failures(ring) == ()
    named = [
        Service(d.campuses, 0, 1.0, ("w",), 100, 100, 1e9, {"campus:C": 0.0})
        if d.campuses == ("A", "B") else Service(d.campuses, 0, 1.0, ("w",), 100, 100, 1e9, {})
        for d in ring
    ]  # fmt: skip
    assert ring_failures(named) == ("campus:C",)
