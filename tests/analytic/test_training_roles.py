"""Replicas, blast radius and copies: which role a campus gets, and what it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.plan import PlannedWorkload
from tests.analytic.test_closed_forms import CHANNEL, PAIR
from tests.analytic.tiny import PER_KM, Draft, free_sites, solved
from tests.analytic.training_cases import GBPS, campus, job, regions, replica

pytestmark = pytest.mark.solver

LINK = 40 * PER_KM + PAIR + CHANNEL
"""A link of 40 km with one channel, USD a year."""


def only(draft: Draft, folder: Path) -> PlannedWorkload:
    _, plan = solved(draft, folder)
    return plan.workloads[0]


def peers_and_replicas(draft: Draft, folder: Path) -> tuple[set[str], set[str]]:
    planned = only(draft, folder)
    return set(planned.served_it_mw), set(planned.replica_it_mw)


# Replica or peer


@pytest.mark.parametrize(("loss", "replicas"), [(0.0199, 1), (0.0201, 0)])
def test_break_even_of_replica_and_peer(loss: float, replicas: int, tmp_path: Path) -> None:
    # Two peers lose 1 % of 200 MW, a replica its own share of 100 MW: equal at 2 %.
    _, plan = solved(replica(loss), tmp_path)
    assert len(plan.workloads[0].replica_it_mw) == replicas
    lost = min(0.01 * 200, loss * 100) * 1e6
    assert plan.costs_usd["goodput_loss"] == pytest.approx(lost, abs=0.01)
    assert plan.objective_usd == pytest.approx(LINK + lost, abs=0.01)


def test_a_replica_carries_checkpoints_only(tmp_path: Path) -> None:
    _, plan = solved(replica(0.01), tmp_path)
    (link,) = plan.links
    (demand,) = link.demands
    # 700 x 3.75e8 parameters x 14 bytes in 30 minutes.
    assert demand.role == "checkpoint"
    assert demand.gbps == (pytest.approx(8 * 700 * 3.75e8 * 14 / 1800 / 1e9),)
    (planned,) = plan.workloads
    assert planned.modes == (None,)
    (home,) = planned.served_it_mw
    assert list(planned.replica_homes.values()) == [(home,)]


def test_a_replica_allows_a_route_that_training_does_not(tmp_path: Path) -> None:
    draft = replica(0.5, rtt_limit_ms=1.0)
    job(draft)["paradigms"]["diloco"]["rtt_limit_ms"] = 0.3
    assert [len(x) for x in peers_and_replicas(draft, tmp_path / "wide")] == [1, 1]
    job(draft)["replica"]["rtt_limit_ms"] = 0.3
    assert [len(x) for x in peers_and_replicas(draft, tmp_path / "narrow")] == [1, 0]


@pytest.mark.parametrize(("share", "served"), [(0.5, 200.0), (0.25, 100 / 0.75)])
def test_share_of_the_replicas(share: float, served: float, tmp_path: Path) -> None:
    draft = replica(0.01, max_share=share)
    job(draft)["max_peers"] = 1
    planned = only(draft, tmp_path)
    both = (*planned.served_it_mw.values(), *planned.replica_it_mw.values())
    assert sum(mw[0] for mw in both) == pytest.approx(served)


def test_a_replica_below_its_minimum_is_none(tmp_path: Path) -> None:
    draft = replica(0.01, max_share=0.25, min_replica_mw=34.0)
    job(draft)["max_peers"] = 1
    # A quarter of 133.3 MW is 33.3 MW.
    assert [len(x) for x in peers_and_replicas(draft, tmp_path)] == [1, 0]


def test_every_replica_takes_the_home_with_the_cheapest_link(tmp_path: Path) -> None:
    # b and c are peers of a hub or mesh at no loss; a is a burst site 20 km from c.
    roads = [("a", "b", 60.0), ("a", "c", 20.0), ("b", "c", 40.0)]
    draft = free_sites(roads, GBPS, goodput_usd_per_mw_year=1e6, max_peers=2)
    job(draft)["replica"] = {"max_share": 0.5, "goodput_loss_fraction": 0.0}
    _, plan = solved(draft, tmp_path)
    # One peer and two replicas, or two peers and one: two links in any case, 20 + 40 km.
    assert {link.campuses for link in plan.links} == {("a", "c"), ("b", "c")}
    assert plan.objective_usd == pytest.approx(60 * PER_KM + 2 * (PAIR + CHANNEL), abs=0.01)


def test_a_protected_checkpoint_link_needs_two_routes(tmp_path: Path) -> None:
    roads = [("a", "b", 40.0), ("a", "m", 30.0), ("m", "b", 30.0)]
    for phi, routes in ((0.0, 1), (1.0, 2)):
        draft = free_sites(roads, GBPS, goodput_usd_per_mw_year=1e6, max_peers=1)
        draft["file"]["geography"] = {"entrance_separation_km": 0.0}
        job(draft)["replica"] = {"max_share": 0.5, "survival_fraction": phi}
        _, plan = solved(draft, tmp_path / str(phi))
        (link,) = plan.links
        assert len(link.routes) == routes


# Blast radius


def test_blast_radius_of_a_campus_forces_a_third(tmp_path: Path) -> None:
    names = {"a": "r", "b": "r", "c": "q"}
    km = {"ab": 20.0}
    free = regions(names, km, 150.0, fabrics=["hub"])
    assert len(only(free, tmp_path / "free").served_it_mw) == 2
    limited = regions(names, km, 150.0, fabrics=["hub"], max_share_per_campus=0.4)
    planned = only(limited, tmp_path / "limited")
    assert len(planned.served_it_mw) == 3
    assert max(mw[0] for mw in planned.served_it_mw.values()) <= 60.0 + 1e-6


def test_blast_radius_of_a_region_forces_another(tmp_path: Path) -> None:
    draft = regions({"a": "r", "b": "r", "c": "q"}, {"ab": 20.0}, 150.0, max_share_per_region=0.6)
    served = only(draft, tmp_path).served_it_mw
    assert served["c"][0] >= 60.0 - 1e-6
    assert sum(mw[0] for c, mw in served.items() if c != "c") <= 90.0 + 1e-6


def test_replicas_count_for_the_blast_radius(tmp_path: Path) -> None:
    draft = replica(0.0, max_share=0.5)
    job(draft).update(max_share_per_campus=0.5, it_demand_mw=[150.0])
    planned = only(draft, tmp_path)
    both = [*planned.served_it_mw.values(), *planned.replica_it_mw.values()]
    assert sorted(mw[0] for mw in both) == [pytest.approx(75.0), pytest.approx(75.0)]


# Copies of the checkpoint


def test_copies_force_a_second_region(tmp_path: Path) -> None:
    names = {"a": "r", "b": "r", "c": "q"}
    alone = regions(names, {"ab": 20.0}, 80.0)
    assert len(only(alone, tmp_path / "alone").served_it_mw) == 1
    two = regions(names, {"ab": 20.0}, 80.0, checkpoint_copies=2)
    assert set(only(two, tmp_path / "two").served_it_mw) in ({"a", "c"}, {"b", "c"})


def test_a_replica_holds_a_copy(tmp_path: Path) -> None:
    # Training in a alone and a replica in the other region, against two peers at 1 %.
    draft = replica(0.0, max_share=0.2)
    job(draft).update(checkpoint_copies=2, it_demand_mw=[100.0])
    campus(draft, "b")["grid_region"] = "q"
    peers, replicas = peers_and_replicas(draft, tmp_path)
    assert (len(peers), len(replicas)) == (1, 1)


def test_regions_that_come_too_late_hold_no_copy(tmp_path: Path) -> None:
    draft = regions({"a": "r", "b": "q"}, {"ab": 20.0}, 80.0, checkpoint_copies=2)
    campus(draft, "b")["earliest_date"] = "2040-01-01"
    assert only(draft, tmp_path).unserved_it_mw == (80.0,)
