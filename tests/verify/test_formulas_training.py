"""Section 2 of the mathematics, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from siting.catalog import load_catalog
from siting.plan import OperatingMode
from siting.study import Workload
from siting.verify.demand import (
    checkpoint_gbps,
    collective_gbps,
    fabric_gbps_per_mw,
    link_demand_gbps,
)
from siting.verify.paradigms import (
    Paradigm,
    exchange_ms,
    link_rtt_limit_ms,
    paradigm_of,
    peer_buckets,
    rtt_classes_ms,
)
from siting.verify.rings import is_cycle
from tests.verify.world import mode

CATALOG = load_catalog()
COPY_GBPS = 32e12 / 6e9
"""2e12 parameters x 2 bytes x 8 bits in 0.6 x 10 s."""
PER_MW = 1000 / 2.09 * 800 * 0.01
"""478.47 accelerators per MW x 800 Gb/s x 1 %."""


def workload(**values) -> Workload:
    return Workload.model_validate({"id": "w", "it_demand_mw": [1.0], **values})


def planned(fabric: str, peers: int, level: float = 1.0) -> OperatingMode:
    return OperatingMode.model_validate(
        mode(peers, peers) | {"fabric": fabric, "bandwidth_level": level}
    )


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("synchronous", (2.0, 250.0, 1.0, 0.0)),
        ("hierarchical", (10.0, 50.0, 20.0, 0.005)),
        ("diloco", (100.0, 5.0, 400.0, 0.01)),
        ("streaming", (200.0, 2.5, 1000.0, 0.01)),
        ("compressed", (500.0, 1.0, 2000.0, 0.01)),
    ],
)
def test_the_five_paradigms(name, numbers):
    limit, trips, reduction, penalty = numbers
    found = paradigm_of(workload(), name, CATALOG)
    assert found == Paradigm(limit, trips, reduction, penalty, 10.0, 0.6)
    assert found.loss(limit) == pytest.approx(penalty + 0.05)


def test_loss_and_budget():
    sync = paradigm_of(workload(), "synchronous", CATALOG)
    assert sync.loss(1.0) == pytest.approx(0.025)
    assert sync.budget_ms(0.05) == 2.0
    assert sync.budget_ms(0.02) == pytest.approx(0.8)
    free = Paradigm(2.0, 0.0, 1.0, 0.0, 10.0, 0.6)
    assert free.budget_ms(0.01) == 2.0


def test_a_bandwidth_level_exposes_the_transfer():
    sync = paradigm_of(workload(), "synchronous", CATALOG)
    # A transfer that fits in 6 s at full bandwidth takes 12 s at half: 6 s of 10 s are exposed.
    assert sync.loss(0.0, 0.5) == pytest.approx(0.6)
    assert sync.loss(1.0, 0.8) == pytest.approx(0.025 + 0.15)
    own = paradigm_of(workload(traffic={"overlap_fraction": 0.2}), "synchronous", CATALOG)
    assert own.loss(0.0, 0.5) == pytest.approx(0.2)


def test_an_overridden_rtt_limit_leaves_the_exposed_round_trips():
    own = workload(paradigms={"synchronous": {"rtt_limit_ms": 1.0}})
    sync = paradigm_of(own, "synchronous", CATALOG)
    assert (sync.rtt_limit_ms, sync.exposed_round_trips) == (1.0, 250.0)
    assert rtt_classes_ms(own, sync) == (0.5, 1.0)


def test_overrides_of_a_paradigm():
    override = {"exposed_round_trips": 2, "traffic_reduction": 8, "token_penalty_fraction": 0.1}
    own = workload(step_time_s=20, paradigms={"diloco": override})
    assert paradigm_of(own, "diloco", CATALOG) == Paradigm(100.0, 2.0, 8.0, 0.1, 20.0, 0.6)


@pytest.mark.parametrize(
    ("override", "reduction"),
    [
        ({"inner_steps": 50}, 50),
        ({"inner_steps": 50, "compression_ratio": 4}, 200),
        ({"inner_steps": 50, "compression_ratio": 4, "traffic_reduction": 7}, 7),
        ({"compression_ratio": 4}, 2000),
        ({}, 2000),
    ],
)
def test_inner_steps_and_compression_reduce_the_traffic(override, reduction):
    own = workload(paradigms={"compressed": override})
    assert paradigm_of(own, "compressed", CATALOG).traffic_reduction == reduction


def test_classes_end_with_the_budget():
    sync = paradigm_of(workload(), "synchronous", CATALOG)
    assert rtt_classes_ms(workload(), sync) == (0.5, 1.0, 2.0)
    assert rtt_classes_ms(workload(allowed_goodput_loss=0.02), sync) == (0.5, 0.8)


def test_buckets():
    three = workload(peer_buckets=[2, 3, 6], max_peers=8)
    assert peer_buckets(workload(), "hub") == ((2, 8),)
    assert peer_buckets(three, "mesh") == ((2, 2), (3, 5), (6, 8))
    four = workload(peer_buckets=[2, 3, 6], max_peers=4)
    assert peer_buckets(four, "hub") == ((2, 2), (3, 4))
    assert peer_buckets(four, "ring") == ((2, 2), (3, 3), (4, 4))
    assert peer_buckets(workload(max_peers=1), "mesh") == ()
    assert peer_buckets(workload(max_peers=1), "ring") == ()


@pytest.mark.parametrize(
    ("fabric", "peers", "limit_ms"),
    [
        ("mesh", 4, 1.9),
        ("hub", 4, 1.896),  # 4 us of switching
        ("ring", 2, 1.9),
        ("ring", 3, 0.95),
        ("ring", 6, 0.38),
    ],
)
def test_link_limit(fabric, peers, limit_ms):
    own = workload(jitter_p99_ms=0.1)
    assert link_rtt_limit_ms(own, fabric, peers, 2.0, CATALOG) == pytest.approx(limit_ms)
    assert exchange_ms(own, fabric, peers, limit_ms, CATALOG) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("fabric", "peers", "copies"),
    [("hub", 4, 1), ("mesh", 2, 1), ("mesh", 4, 0.5), ("ring", 2, 1), ("ring", 4, 1.5)],
)
def test_collective_traffic(fabric, peers, copies):
    sync = paradigm_of(workload(), "synchronous", CATALOG)
    found = collective_gbps(workload(), sync, fabric, peers, CATALOG)
    assert found == pytest.approx(copies * COPY_GBPS)
    diloco = paradigm_of(workload(), "diloco", CATALOG)
    local = collective_gbps(workload(), diloco, fabric, peers, CATALOG)
    assert local == pytest.approx(copies * COPY_GBPS / 400)


def test_fabric_extension():
    own = workload()
    sync = paradigm_of(own, "synchronous", CATALOG)
    diloco = paradigm_of(own, "diloco", CATALOG)
    assert fabric_gbps_per_mw(own, sync, CATALOG) == pytest.approx(3827.75, abs=0.01)
    assert fabric_gbps_per_mw(own, diloco, CATALOG) == pytest.approx(3827.75 / 400, abs=1e-4)
    bytes_only = workload(traffic={"view": "collective"})
    assert fabric_gbps_per_mw(bytes_only, sync, CATALOG) == 0


def test_checkpoint():
    # 2e12 parameters x 14 bytes x 8 bits in 30 minutes
    assert checkpoint_gbps(workload(), CATALOG) == pytest.approx(124.444444)
    own = workload(
        traffic={"parameters": 1e9}, checkpoint_bytes_per_parameter=16, checkpoint_interval_min=2
    )
    assert checkpoint_gbps(own, CATALOG) == pytest.approx(128 / 120)


@pytest.mark.parametrize(
    ("own", "fabric", "level", "smaller_mw", "gbps"),
    [
        ({}, "hub", 1.0, 1.0, COPY_GBPS),
        ({}, "hub", 1.0, 10.0, 10 * PER_MW),
        ({}, "hub", 0.5, 1.0, COPY_GBPS / 2),
        ({}, "hub", 0.5, 10.0, 5 * PER_MW),
        ({}, "ring", 1.0, 1.0, COPY_GBPS * 4 / 3),
        ({"traffic": {"view": "collective"}}, "hub", 1.0, 1e6, COPY_GBPS),
        ({"traffic": {"frontend_gbps_per_it_mw": 3}}, "hub", 0.5, 10.0, 5 * PER_MW + 30),
        ({"traffic": {"parameters": 1e9, "bytes_per_parameter": 3, "overlap_fraction": 1,
                      "view": "collective"}}, "hub", 1.0, 10.0, 2.4),
        # A full state in two minutes: 8 x 2e12 x 14 bits / 120 s
        ({"checkpoint_interval_min": 2, "checkpoint_copies": 2}, "hub", 0.1, 0.1, 224e3 / 120),
        ({"checkpoint_interval_min": 2}, "hub", 0.1, 0.1, COPY_GBPS / 10),
    ],
)  # fmt: skip
def test_demand_of_a_link(own, fabric, level, smaller_mw, gbps):
    job = workload(**own)
    sync = paradigm_of(job, "synchronous", CATALOG)
    found = link_demand_gbps(job, sync, planned(fabric, 3, level), smaller_mw, CATALOG)
    assert found == pytest.approx(gbps)


@pytest.mark.parametrize(
    ("campuses", "links", "cycle"),
    [
        ("ABC", "AB AC BC", True),
        ("ABC", "AB AC", False),
        ("ABCD", "AB BC CD AD", True),
        ("ABCD", "AC AD BC BD", True),
        ("ABCD", "AB BC CD AD AC", False),
        ("ABCD", "AB BC AC", False),
        ("ABC", "AB AC BC CD", False),
        ("ABCDEF", "AB BC AC DE EF DF", False),
    ],
)
def test_a_ring_is_one_cycle_through_all_peers(campuses, links, cycle):
    pairs = tuple((pair[0], pair[1]) for pair in links.split())
    assert is_cycle(tuple(campuses), pairs) is cycle
