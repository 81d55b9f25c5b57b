"""Loss, traffic and modes of section 2 against numbers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting import build_instance, build_network
from siting.catalog import load_catalog
from siting.instance.records import Workload
from siting.study_workload import ParadigmName, ParadigmOverride
from siting.training import (
    exposed_transfer,
    fabric_peers,
    interruption_hours,
    link_rtt_limit_ms,
    paradigm,
)
from tests.analytic.tiny import Draft, free_sites
from tests.analytic.training_cases import campus, job
from tests.oracle.draft import write

CATALOG = load_catalog()


def workload(draft: Draft, folder: Path) -> Workload:
    """Return the workload of a draft as the solver sees it."""
    study = write(draft, folder)
    return build_instance(study, build_network(study)).workloads["train"]


# Paradigms


@pytest.mark.parametrize(
    ("name", "rtt_ms", "round_trips", "reduction"),
    [
        ("synchronous", 2.0, 250.0, 1.0),
        ("hierarchical", 10.0, 50.0, 20.0),
        ("diloco", 100.0, 5.0, 400.0),
        ("streaming", 200.0, 2.5, 1000.0),
        ("compressed", 500.0, 1.0, 2000.0),
    ],
)
def test_paradigms_of_the_catalog(
    name: ParadigmName, rtt_ms: float, round_trips: float, reduction: float
) -> None:
    found = paradigm(CATALOG, name, ParadigmOverride())
    assert found.rtt_limit_ms == rtt_ms
    assert found.exposed_round_trips == pytest.approx(round_trips)
    assert found.traffic_reduction == reduction
    # Calibrated: 5 % at the limit with a step of 10 s.
    assert found.latency_loss(rtt_ms, 10.0) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("override", "reduction"),
    [
        ({"inner_steps": 50}, 50.0),
        ({"inner_steps": 50, "compression_ratio": 16.0}, 800.0),
        ({"inner_steps": 50, "compression_ratio": 16.0, "traffic_reduction": 7.0}, 7.0),
        ({"compression_ratio": 16.0}, 2000.0),
    ],
)
def test_inner_steps_times_compression(override: Draft, reduction: float) -> None:
    found = paradigm(CATALOG, "compressed", ParadigmOverride(**override))
    assert found.traffic_reduction == reduction


@pytest.mark.parametrize(("level", "share"), [(1.0, 0.0), (0.5, 0.6), (0.75, 0.2)])
def test_exposed_transfer(level: float, share: float) -> None:
    # What fits in 60 % of a step at the full rate takes 120 % at half of it.
    assert exposed_transfer(0.6, level) == pytest.approx(share)


def test_interruption_hours_come_from_the_catalog_unless_given() -> None:
    row = CATALOG.value("interruption.sdiloco")
    assert interruption_hours(CATALOG, "streaming", ParadigmOverride()) == row
    assert interruption_hours(CATALOG, "streaming", ParadigmOverride(interruption_hours=0.0)) == 0.0


# Fabrics


def test_a_ring_has_one_bucket_for_each_number_of_peers() -> None:
    assert fabric_peers("ring", (2, 4), 5) == ((2, 2), (3, 3), (4, 4), (5, 5))
    assert fabric_peers("hub", (2, 4), 5) == ((2, 3), (4, 5))


@pytest.mark.parametrize(
    ("fabric", "peers", "limit_ms"),
    [("mesh", 4, 9.0), ("hub", 4, 8.995), ("ring", 2, 9.0), ("ring", 4, 3.0)],
)
def test_link_limit_of_a_fabric(fabric: str, peers: int, limit_ms: float) -> None:
    assert link_rtt_limit_ms(10.0, 1.0, 5.0, fabric, peers) == pytest.approx(limit_ms)


@pytest.mark.parametrize(
    ("fabric", "gbps"),
    [("hub", {2: 700.0}), ("mesh", {2: 700.0}), ("ring", {2: 700.0, 3: 2800 / 3, 4: 1050.0})],
)
def test_collective_traffic_of_a_fabric(
    fabric: str, gbps: dict[int, float], tmp_path: Path
) -> None:
    # N b is 700 Gb/s; a ring of R passes 2 (R - 1) / R of it.
    names = [(a, b, 40.0) for a, b in ("ab", "bc", "cd")]
    draft = free_sites(names, 700.0, fabrics=[fabric], max_peers=4)
    modes = workload(draft, tmp_path).modes
    assert {m.peers_min: pytest.approx(m.floor_gbps) for m in modes} == gbps
    if fabric == "ring":
        assert all(m.peers_min == m.peers_max for m in modes)


def test_no_mode_asks_for_more_peers_than_campuses_on_a_ring(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, fabrics=["ring"], max_peers=8)
    assert {m.peers_max for m in workload(draft, tmp_path).modes} == {2}


# Bandwidth levels, front-end, checkpoints


def test_modes_by_bandwidth_level(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, bandwidth_levels=[0.3, 0.5, 1.0])
    modes = workload(draft, tmp_path).modes
    found = {m.bandwidth_level: (m.floor_gbps, m.goodput_loss_fraction) for m in modes}
    # With overlap 0.6, 0.3 of the traffic would expose 1.4 steps: void.
    assert set(found) == {0.5, 1.0}
    assert found[0.5] == (pytest.approx(350.0), pytest.approx(0.6))
    assert found[1.0] == (pytest.approx(700.0), pytest.approx(0.0))


def test_demand_of_a_link(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0, bandwidth_levels=[0.8])
    traffic = job(draft)["traffic"]
    traffic |= {"view": "fabric_extension", "frontend_gbps_per_it_mw": 2.0, "fabric_ratio": 0.01}
    traffic |= {"it_kw_per_accelerator": 2.0, "nic_gbps": 400.0}
    (mode,) = {m.bandwidth_level: m for m in workload(draft, tmp_path).modes}.values()
    # 500 accelerators a MW x 400 Gb/s x 1 % = 2,000 Gb/s per MW; 80 % of it, and 2 of front-end.
    assert mode.gbps_per_it_mw == pytest.approx(1600.0)
    assert mode.demand_gbps(10.0) == pytest.approx(16_000.0 + 20.0)
    # A floor of 560 Gb/s below 0.35 MW.
    assert mode.demand_gbps(0.1) == pytest.approx(560.0 + 0.2)


def test_checkpoint_is_a_floor_only_with_copies(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 1.0, checkpoint_interval_min=0.1)
    campus(draft, "b")["grid_region"] = "q"
    # 3.75e8 parameters x 14 bytes in 6 s: 7 Gb/s, against 1 Gb/s of exchange.
    for copies, gbps in ((1, 1.0), (2, 7.0)):
        job(draft)["checkpoint_copies"] = copies
        modes = workload(draft, tmp_path / str(copies)).modes
        assert [m.floor_gbps for m in modes] == [pytest.approx(gbps)] * len(modes)


def test_replica_of_the_catalog(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 1000.0, replica={"max_share": 0.25}, min_peer_mw=12.0)
    found = workload(draft, tmp_path).replica
    assert found is not None
    assert (found.max_share, found.min_mw, found.rtt_limit_ms) == (0.25, 12.0, 100.0)
    assert (found.goodput_loss_fraction, found.survival_fraction) == (0.0, 0.0)
    # 3.75e11 parameters x 14 bytes in 30 minutes.
    assert found.checkpoint_gbps == pytest.approx(8 * 3.75e11 * 14 / 1800 / 1e9)
