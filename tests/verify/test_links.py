"""Survivability, RTT and shared capacity: what counts, and what takes a route down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from siting.network import CandidateNetwork
from siting.verify import Verification, Violation, verify
from siting.verify.case import LitOption, RouteCase
from siting.verify.needs import Need
from siting.verify.services import service
from tests.verify.edits import ZRP, sets
from tests.verify.world import KAPPA, World, make_world


def with_srlgs(network: CandidateNetwork, **groups: tuple[str, ...]) -> CandidateNetwork:
    edges = {k: replace(network.corridors[k], srlgs=v) for k, v in groups.items()}
    return replace(network, corridors=network.corridors | edges)


def check(world: World, edit=lambda _: None) -> Verification:
    return verify(world.edited(edit), world.study, world.network, world.catalog)


def of(found: Verification, rule: str) -> list[Violation]:
    return [violation for violation in found.violations if violation.rule == rule]


def test_a_group_shared_by_both_routes_leaves_nothing(world):
    network = with_srlgs(world.network, ab1=("bridge:x",), ab2b=("bridge:x",))
    found = check(replace(world, network=network))
    first = of(found, "survivability")[0]
    assert (first.where, first.value) == ("link A-B, period 2029", 0)
    assert first.limit == pytest.approx(20 * KAPPA)
    assert "bridge:x" in first.message
    assert found.links[0].services[0].worst_failure == "bridge:x"
    assert of(found, "link_capacity") == []


def test_a_group_that_contains_an_end_waives_the_link_and_no_other(world):
    own = with_srlgs(world.network, ab1=("campus:A",), ab2a=("campus:A",))
    assert of(check(replace(world, network=own)), "survivability") == []
    other = with_srlgs(world.network, ab1=("campus:C",), ab2a=("campus:C",))
    found = of(check(replace(world, network=other)), "survivability")
    assert [v.where for v in found] == [f"link A-B, period {t}" for t in (2029, 2030, 2031)]


def dark_waves(data: dict[str, Any]) -> None:
    """Replace the IRU route by waves of the same carrier on an undeclared path."""
    data["links"][1]["routes"][0] = {
        "id": "dark", "kind": "leased_wave", "corridors": [], "supply": [], "length_km": 150.0,
        "fiber_type": None, "regenerators": [],
        "huts": [], "spans_km": [150.0], "rtt_ms": 1.57, "leased_wave": "wdark",
        "waves": [0, 15, 15],
    }  # fmt: skip
    data["corridors"].pop()


def test_an_undeclared_wave_fails_with_its_carrier(world, tmp_path):
    found = check(world, dark_waves)
    assert of(found, "survivability") == []
    assert found.links[1].routes[0].failures == ("carrier:carrier1",)
    strict = make_world(tmp_path, {"survivability.provider_failures": True})
    found = check(strict, dark_waves)
    assert [v.where for v in of(found, "survivability")] == [
        "link A-C, period 2030",
        "link A-C, period 2031",
    ]
    assert found.links[1].services[0].worst_failure == "carrier:carrier1"


def test_providers_fail_only_when_the_study_asks(tmp_path):
    strict = make_world(tmp_path, {"survivability.provider_failures": True})
    found = check(strict)
    assert found.accepted
    assert "provider:longline" in found.links[1].failures_checked


def test_a_carrier_that_also_sells_iru_is_one_company(tmp_path):
    strict = make_world(tmp_path, {"survivability.provider_failures": True})
    edges = strict.network.corridors
    rail = replace(edges["ac1"], iru_provider="carrier1")
    world = replace(strict, network=replace(strict.network, corridors=edges | {"ac1": rail}))
    found = check(world, sets(("links.1.routes.0.supply", ["carrier1"])))
    assert of(found, "survivability")[0].value == 0
    assert found.links[1].services[0].worst_failure == "provider:carrier1"


def test_a_route_slower_than_the_limit_does_not_count(tmp_path):
    slow = make_world(tmp_path, {"workloads.0.jitter_p99_ms": 0.3})
    limits = sets(*((f"workloads.0.modes.{t}.link_rtt_limit_ms", 1.696) for t in range(3)))
    found = check(slow, limits)
    assert {v.rule for v in found.violations} == {"survivability", "rtt_limit"}
    named = of(found, "rtt_limit")[0]
    west = f"link A-B, route west, {ZRP}, period 2029"
    assert (named.where, named.unit) == (west, "ms")
    assert named.value == pytest.approx(1.789)
    assert named.limit == pytest.approx(1.696)
    assert of(found, "survivability")[0].value == 0


def test_survival_fraction_scales_what_must_be_left(tmp_path):
    half = make_world(tmp_path, {"workloads.0.survival_fraction": 0.5})
    five = sets(*((f"links.0.routes.{r}.modes.0.channels", [5, 8, 8]) for r in (0, 1)))
    found = check(half, five)
    assert of(found, "survivability") == []
    assert found.links[0].services[0].required_surviving_gbps == pytest.approx(10 * KAPPA)


def route(rtt_ms: float, gbps: float, *groups: str) -> RouteCase:
    link: Any = None
    return RouteCase(
        where="", link=link, route=link, wave=None, trace=None, huts=(), positions_km=None,
        spans_km=None, sections=(), options=(LitOption("", rtt_ms, (gbps,), None),),
        failures=frozenset(groups), periods=1,
    )  # fmt: skip


def test_workloads_share_a_link_within_their_limits():
    """A fast workload may use fast channels only; a slow one all that is left."""
    pair = ("A", "B")
    needs = [Need("fast", 0, pair, 1.0, 100.0, 1.0), Need("slow", 0, pair, 5.0, 300.0, 0.5)]
    routes = [route(0.9, 150, "x"), route(4.0, 300, "y")]
    fast = service(pair, 0, 1.0, needs, routes)
    slow = service(pair, 0, 5.0, needs, routes)
    assert (fast.required_gbps, fast.capacity_gbps) == (100, 150)
    assert (fast.worst_failure, fast.surviving_gbps) == ("x", {"x": 0, "y": 150})
    assert (slow.required_gbps, slow.capacity_gbps) == (400, 450)
    assert slow.required_surviving_gbps == 250
    assert slow.surviving_gbps == {"x": 300, "y": 150}
    assert slow.workloads == ("slow",)


def test_facts_of_the_exchange(world):
    found = check(world)
    first = found.exchanges[0]
    # the slowest route, 1.789 ms, plus 0.01 ms of jitter and 0.004 ms of switching
    assert first.latency_ms == pytest.approx(1.803)
    assert first.goodput_loss_exact == pytest.approx(0.045075)
    assert first.goodput_loss_charged == pytest.approx(0.05)
    assert [len(facts.peers) for facts in found.exchanges] == [2, 3, 3]
    margins = [o.noise_margin_db for link in found.links for r in link.routes for o in r.options]
    assert margins == pytest.approx([5.06892, 2.16016, 4.62272], abs=1e-4)
