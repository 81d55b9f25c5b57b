"""Features of training: modes, roles, what links carry."""

from __future__ import annotations

import random

from tests.oracle.draft import Draft
from tests.oracle.features import collective, eager, feature, loads, rows, two_sites


@feature
def rtt_limit(draft: Draft, rng: random.Random) -> None:
    two_sites(draft, rng)
    for load in loads(draft):
        load["rtt_classes_ms"] = [round(rng.uniform(1.2, 2.2), 2)]
        load["paradigms"] = {
            p: {**v, "rtt_limit_ms": round(rng.uniform(1.6, 2.6), 2)}
            for p, v in load["paradigms"].items()
        }


@feature
def peer_count(draft: Draft, rng: random.Random) -> None:
    two_sites(draft, rng)
    three = len(rows(draft, "campuses")) > 2
    for load in loads(draft):
        if three:
            load |= {"max_peers": 2, "peer_buckets": [2]}
            load["it_demand_mw"] = [float(rng.randint(70, 90)) for _ in load["it_demand_mw"]]
        else:
            load |= {"max_peers": 3, "peer_buckets": [3]}


@feature
def peer_minimum(draft: Draft, rng: random.Random) -> None:
    eager(draft, rng, (30, 46))
    for load in loads(draft):
        load["min_peer_mw"] = float(rng.randint(14, 20))
    for row in rows(draft, "campuses"):
        row["limit_mw"] = rng.randint(20, 36)


@feature
def streaming(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        penalty = round(rng.uniform(0, 0.01), 3)
        numbers = {"traffic_reduction": 8.0, "token_penalty_fraction": penalty}
        load["paradigms"] = {**_one(load), "streaming": numbers}


@feature
def compressed(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        penalty = round(rng.uniform(0, 0.01), 3)
        numbers = {"traffic_reduction": 12.0, "token_penalty_fraction": penalty}
        load["paradigms"] = {**_one(load), "compressed": numbers}


@feature
def inner_steps(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        numbers = {
            "inner_steps": rng.randint(2, 8),
            "compression_ratio": rng.choice((1.0, 1.5, 3.0)),
            "token_penalty_fraction": 0.002,
        }
        load["paradigms"] = {rng.choice(("diloco", "streaming", "compressed")): numbers}


def _one(load: Draft) -> Draft:
    """Keep one paradigm."""
    name, numbers = next(iter(load["paradigms"].items()))
    return {name: numbers}


@feature
def bandwidth_levels(draft: Draft, rng: random.Random) -> None:
    """A share of the traffic saves channels, and the rest of the transfer is cheap to expose."""
    for load in loads(draft):
        overlap = round(rng.uniform(0.05, 0.15), 3)
        load["traffic"] = {
            "view": "collective",
            "parameters": rng.uniform(4e10, 9e10),
            "overlap_fraction": overlap,
        }
        load["bandwidth_levels"] = rng.choice(([0.5, 1.0], [0.4, 1.0], [0.6]))
        load["goodput_usd_per_mw_year"] = float(rng.randint(1_000, 6_000))
        load["paradigms"] = {p: {"traffic_reduction": 1.0} for p in _one(load)}


@feature
def frontend(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        load["traffic"]["frontend_gbps_per_it_mw"] = round(rng.uniform(5, 45), 1)
        if load["traffic"]["view"] == "collective":
            load["traffic"]["parameters"] = rng.uniform(1e11, 2.5e11)


@feature
def three_peers(draft: Draft, rng: random.Random) -> None:
    """Three small campuses that train together: a hub with two spokes, or a mesh."""
    _small_campuses(draft, rng)
    for load in loads(draft):
        load |= {"max_peers": 3, "survival_fraction": rng.choice((0.0, 1.0))}
        collective(load, rng, 1.5e11, 5e11)
        load["paradigms"] = {"diloco": {"traffic_reduction": 3.0}}


def _small_campuses(draft: Draft, rng: random.Random) -> None:
    two_sites(draft, rng)
    count = len(rows(draft, "campuses"))
    for row in rows(draft, "campuses"):
        row["limit_mw"] = rng.randint(20, 28) * 3 // count + (count == 4) * 4
    for load in loads(draft):
        load["it_demand_mw"] = sorted(float(rng.randint(48, 62)) for _ in load["it_demand_mw"])


@feature
def ring(draft: Draft, rng: random.Random) -> None:
    """Three or four campuses on a ring; another fabric may be offered beside it."""
    three_peers(draft, rng)
    count = len(rows(draft, "campuses"))
    for load in loads(draft):
        load |= {
            "fabrics": rng.choice((["ring"], ["ring"], ["ring", "mesh"])),
            "max_peers": count,
            "rtt_classes_ms": [],
        }
        load["paradigms"] = {"diloco": {"traffic_reduction": rng.uniform(1.5, 3.0)}}
    if count == 4:
        draft["file"]["workloads"][0]["survival_fraction"] = 0.0


@feature
def ring_transit(draft: Draft, rng: random.Random) -> None:
    """Protection by the rest of the ring; routes need not be two for each link."""
    ring(draft, rng)
    draft["file"]["survivability"]["ring_transit"] = True
    load = loads(draft)[0]
    load |= {"survival_fraction": rng.choice((0.5, 1.0)), "fabrics": ["ring"]}


@feature
def hub_may_move(draft: Draft, rng: random.Random) -> None:
    """Two campuses retire when two others open: no campus is a peer in both periods."""
    two_sites(draft, rng)
    campuses = rows(draft, "campuses")
    for row in campuses[:2]:
        row |= {
            "existing_it_mw": 20,
            "existing_until": "2029-01-01",
            "earliest_date": "2049-01-01",
            "limit_mw": 30,
        }
    for row in campuses[2:]:
        row["earliest_date"] = "2029-01-01"
    for row in rows(draft, "tie_lines"):
        if row["campus_id"] in ("a", "b"):
            row |= {"existing": "true", "existing_until": "2029-01-01"}
    for load in loads(draft):
        load |= {
            "hub_may_move": True,
            "fabrics": rng.choice((["hub"], ["hub", "mesh"])),
            "unserved_usd_per_mw_year": float(rng.randint(100_000, 160_000)),
            "survival_fraction": 0.0,
        }
        collective(load, rng, 1.5e11, 3e11)
        if "mesh" in load["fabrics"]:
            load["fabrics"] = ["hub"]


@feature
def replicas(draft: Draft, rng: random.Random) -> None:
    """A second campus that trains would need much of a link; a replica needs little."""
    two_sites(draft, rng)
    for load in loads(draft):
        load["replica"] = {
            "max_share": round(rng.uniform(0.25, 0.6), 2),
            "goodput_loss_fraction": round(rng.uniform(0, 0.3), 2),
            "survival_fraction": rng.choice((0.0, 0.0, 1.0)),
        }
        if rng.random() < 0.5:
            load["replica"]["min_replica_mw"] = float(rng.randint(3, 14))
        if rng.random() < 0.3:
            load["replica"]["rtt_limit_ms"] = round(rng.uniform(1.2, 4.0), 2)
        collective(load, rng, 3e11, 6e11)
        load["paradigms"] = {p: {"traffic_reduction": 1.0} for p in _one(load)}
        load["checkpoint_interval_min"] = float(rng.choice((1, 2, 10)))


@feature
def blast_radius(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        if rng.random() < 0.5:
            load["max_share_per_campus"] = round(rng.uniform(0.5, 0.62), 2)
        else:
            load["max_share_per_region"] = round(rng.uniform(0.5, 0.7), 2)
    _regions(draft)


@feature
def checkpoint_copies(draft: Draft, rng: random.Random) -> None:
    """One campus would do, or two in one region."""
    for load in loads(draft):
        load["checkpoint_copies"] = 2
        load["it_demand_mw"] = [float(rng.randint(16, 50)) for _ in load["it_demand_mw"]]
        load["checkpoint_interval_min"] = float(rng.choice((0.5, 1, 10)))
    _regions(draft)


def _regions(draft: Draft) -> None:
    for i, row in enumerate(rows(draft, "campuses")):
        row["grid_region"] = ("north", "south", "north", "south")[i]


@feature
def shared_link(draft: Draft, rng: random.Random) -> None:
    """Two jobs that fill two campuses only when both are split: the least peer forbids the rest."""
    names = [row["id"] for row in rows(draft, "campuses")][:2]
    first = draft["file"]["workloads"][0]
    second = {**first, "id": "tune"}
    draft["file"]["workloads"] = [first, second]
    two_sites(draft, rng)
    shift = rng.randint(3, 7)
    for load, demand in ((first, 30 + shift), (second, 30 - shift)):
        load |= {
            "it_demand_mw": [float(demand)],
            "unserved_usd_per_mw_year": 100_000.0,
            "min_peer_mw": float(rng.randint(8, 11)),
            "survival_fraction": rng.choice((0.0, 0.5, 1.0)),
            "campuses": names,
            "max_peers": 2,
            "peer_buckets": [2],
        }
    first["paradigms"] = _one(first)
    second["paradigms"] = {"diloco": {"traffic_reduction": rng.choice((2.0, 4.0))}}
    for row in rows(draft, "campuses"):
        row |= {"limit_mw": 37.5, "pue_peak": 1.25}
    for row in rows(draft, "tie_lines"):
        row["capacity_mw"] = 60
