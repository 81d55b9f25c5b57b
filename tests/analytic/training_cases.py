"""Studies whose training side has an answer by hand: rings, replicas, bandwidth, regions, hubs."""

from __future__ import annotations

import itertools

from tests.analytic.tiny import Draft, free_sites

GBPS = 700.0
"""A link between two peers fills one channel of 800G."""


def job(draft: Draft) -> Draft:
    """Return the workload of a draft."""
    found: Draft = draft["file"]["workloads"][0]
    return found


def campus(draft: Draft, name: str) -> Draft:
    """Return the row of a campus."""
    return next(row for row in draft["tables"]["campuses"] if row["id"] == name)


def full_graph(names: str, km: dict[str, float], others_km: float) -> list[tuple[str, str, float]]:
    """Return a corridor between every two campuses; ``km`` by pair such as ``ab``."""
    pairs = itertools.combinations(names, 2)
    return [(a, b, km.get(a + b, others_km)) for a, b in pairs]


def ring(names: str, km: dict[str, float], others_km: float, **changes: object) -> Draft:
    """Return free sites on a ring; every link has its own corridor."""
    roads = full_graph(names, km, others_km)
    changes = {"fabrics": ["ring"], "max_peers": len(names), **changes}
    # 2 (R - 1) / R of the gradient passes each link.
    peers = len(names)
    return free_sites(roads, GBPS * peers / (2 * (peers - 1)), **changes)


def two_clusters(**changes: object) -> Draft:
    """Return six campuses in two clusters: two cycles of three would be the shortest."""
    near = dict.fromkeys(("ab", "ac", "bc", "de", "df", "ef"), 10.0)
    return ring("abcdef", near, 50.0, **changes)


def replica(loss: float, *, penalty: float = 0.01, value: float = 1e6, **rule: object) -> Draft:
    """Return two campuses that may be peers, or peer and replica, at a value of goodput."""
    draft = free_sites([("a", "b", 40.0)], GBPS, goodput_usd_per_mw_year=value)
    job(draft)["paradigms"]["diloco"]["token_penalty_fraction"] = penalty
    job(draft)["replica"] = {"max_share": 0.5, "goodput_loss_fraction": loss, **rule}
    return draft


def bandwidth(value: float) -> Draft:
    """Return two campuses whose link needs two channels, or one with a loss of 1 %."""
    draft = free_sites([("a", "b", 40.0)], 1.0, goodput_usd_per_mw_year=value)
    job(draft)["bandwidth_levels"] = [0.5, 1.0]
    # 8 N b / (f T) with f = 0.01: 1,400 Gb/s of N parameters.
    job(draft)["traffic"] |= {
        "overlap_fraction": 0.01,
        "parameters": 1400e9 * 0.01 * 10 / 16,
    }
    return draft


def regions(
    names: dict[str, str], km: dict[str, float], demand_mw: float, **rules: object
) -> Draft:
    """Return a mesh of campuses in named grid regions."""
    roads = full_graph("".join(names), km, 100.0)
    draft = free_sites(roads, GBPS, it_demand_mw=[demand_mw], max_peers=len(names), **rules)
    for name, region in names.items():
        campus(draft, name)["grid_region"] = region
    return draft


def moving_hub(*, may_move: bool) -> Draft:
    """Return two periods: a in the middle of b and c at first, then too dear to run."""
    roads = [("a", "b", 20.0), ("a", "c", 20.0), ("b", "c", 100.0)]
    draft = free_sites(
        roads,
        GBPS,
        fabrics=["hub"],
        max_peers=3,
        it_demand_mw=[300.0, 200.0],
        hub_may_move=may_move,
    )
    draft["file"]["horizon"]["periods"] = 2
    campus(draft, "a")["energy_usd_per_mwh"] = 1000.0
    return draft


FEATURES: dict[str, Draft] = {
    "ring_two": ring("ab", {}, 40.0),
    "ring_three": ring("abc", {}, 40.0),
    "ring_four": ring("abcd", {"ac": 20.0, "bd": 20.0}, 40.0),
    "ring_six": two_clusters(),
    "replica": replica(0.01),
    "replica_dear": replica(0.05),
    "bandwidth_wide": bandwidth(5000.0),
    "bandwidth_narrow": bandwidth(100.0),
    "blast_radius": regions(
        {"a": "r", "b": "r", "c": "q"}, {"ab": 20.0}, 150.0, max_share_per_campus=0.4
    ),
    "checkpoint_copies": regions(
        {"a": "r", "b": "r", "c": "q"}, {"ab": 20.0}, 150.0, checkpoint_copies=2
    ),
    "hub_moves": moving_hub(may_move=True),
    "hub_stays": moving_hub(may_move=False),
}
"""A study for each rule, by name."""
