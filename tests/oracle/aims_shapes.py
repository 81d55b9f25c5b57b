"""Aimed studies with shapes of their own: rings, hubs that move, three peers, two jobs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle.aims import (
    GBPS_PER_PARAMETER,
    PUE,
    RATES,
    amplified,
    carry,
    charge_interruptions,
    many_channels_a_pair,
    one_job,
    stations,
)
from tests.oracle.aims_sites import dear_power
from tests.oracle.draft import Draft, base_draft
from tests.oracle.features import apply, loads, overrides, period_start, rows, transport
from tests.oracle.ways import Link

TRIANGLE: tuple[Link, ...] = (("a", "b"), ("b", "c"), ("a", "c"))
Make = Callable[[random.Random, int], Draft]


@dataclass(frozen=True)
class Shape:
    """A study made whole, and the features at which it aims."""

    name: str
    aims: tuple[str, ...]
    make: Make


SHAPES: list[Shape] = []


def shape(*aims: str) -> Callable[[Make], Make]:
    """Register a shape under the name of its function."""

    def register(make: Make) -> Make:
        SHAPES.append(Shape(make.__name__, aims, make))
        return make

    return register


def _several(rng: random.Random, seed: int, names: str, periods: int) -> Draft:
    """Return a study of several campuses with a substation each and huts to spare."""
    draft = base_draft(rng, seed, names, periods)
    one_job(draft, rng)
    stations(draft, rng, len(names))
    for row in rows(draft, "campuses"):
        row |= {"limit_mw": rng.randint(24, 30), "pue_peak": PUE}
    amplified(draft, rng)
    many_channels_a_pair(draft)
    return draft


def _join(
    draft: Draft, rng: random.Random, pairs: tuple[Link, ...], km: tuple[float, float]
) -> None:
    """Lay one corridor for each pair of campuses, and no others."""
    proto = rows(draft, "corridors")[0]
    draft["tables"]["corridors"] = [
        {
            **proto,
            "id": f"e{i}",
            "node_a": f"n-{a}",
            "node_b": f"n-{b}",
            "length_km": round(rng.uniform(*km), 2),
            "build_cost_usd_per_km": rng.randint(500, 3000),
        }
        for i, (a, b) in enumerate(pairs)
    ]
    ends = {e for a, b in pairs for e in (a, b)}
    draft["tables"]["nodes"] = [n for n in rows(draft, "nodes") if n["id"][2:] in ends]


@shape("ring", "optical_circuit_switches", "existing_cable", "tie_line_limit")
def rings(rng: random.Random, seed: int) -> Draft:
    """A ring sends more than a mesh, but a mesh is not offered."""
    draft = _several(rng, seed, "abc", 1)
    _join(draft, rng, TRIANGLE, (12.5, 17.0))
    (load,) = loads(draft)
    load |= {"fabrics": ["ring"], "max_peers": 3, "survival_fraction": 0.0}
    # A ring of R = 3 sends 2 (R - 1) / R = 4 / 3 of what the mesh of this bucket (R = 2) sends.
    rate = RATES[transport(draft)["modules"][0]]
    load["traffic"] = {
        "view": "collective",
        "parameters": rate * rng.uniform(0.8, 0.95) / GBPS_PER_PARAMETER,
    }
    transport(draft)["optical_circuit_switches"] = True
    rng.choice(rows(draft, "corridors")).update(existing_fibers=2)
    rng.choice(rows(draft, "tie_lines"))["capacity_mw"] = rng.randint(18, 23)
    return draft


@shape("ring_transit", "ring", "leased_waves", "energy_region")
def rings_that_close(rng: random.Random, seed: int) -> Draft:
    """Each campus pair has one way: a link is protected by the rest of the ring or not at all."""
    draft = _several(rng, seed, "abc", 1)
    _join(draft, rng, TRIANGLE, (10.2, 14.0) if rng.random() < 0.5 else (12.5, 16.0))
    (load,) = loads(draft)
    load |= {
        "fabrics": ["ring"],
        "max_peers": 3,
        "survival_fraction": rng.choice((0.5, 1.0)),
    }
    carry(draft, rng, 1)
    draft["file"]["survivability"]["ring_transit"] = True
    if rng.random() < 0.7:
        apply(draft, rng, "leased_waves")
        draft["tables"]["leased_waves"][0] |= {"corridors": "", "usd_per_month": 100}
    dear_power(draft, rng)
    return draft


@shape("hub_may_move", "existing_sites", "retirement", "lead_time", "module_dates", "interruptions")
def moving_hubs(rng: random.Random, seed: int) -> Draft:
    """Two campuses retire when two others open: no campus trains in both periods."""
    draft = _several(rng, seed, "abcd", 2)
    _join(
        draft, rng, (("a", "b"), ("c", "d")), (10.2, 11.9) if rng.random() < 0.4 else (12.5, 16.0)
    )
    later = period_start(draft, 1)
    campuses = rows(draft, "campuses")
    for row in campuses[:2]:
        row |= {
            "existing_it_mw": min(rng.randint(17, 20), int(row["limit_mw"] / row["pue_peak"])),
            "existing_until": later,
            "earliest_date": "2049-01-01",
        }
    for row in campuses[2:]:
        row["earliest_date"] = later
    for row in rows(draft, "tie_lines")[:2]:
        row |= {"existing": "true", "existing_until": later}
    (load,) = loads(draft)
    load |= {
        "hub_may_move": True,
        "fabrics": ["hub"],
        "survival_fraction": 0.0,
        "unserved_usd_per_mw_year": float(rng.randint(130_000, 160_000)),
    }
    carry(draft, rng, 1)
    charge_interruptions(draft, rng)
    now = transport(draft)["modules"][0]
    transport(draft)["modules"] = [now, "zrp400_124"]
    transport(draft)["module_dates"] = {"zrp400_124": later}
    overrides(draft).update({f"{now}.price": 9000.0, "zrp400_124.price": 300.0})
    return draft


@shape("peer_count", "media_converters")
def few_peers(rng: random.Random, seed: int) -> Draft:
    """Three campuses are wanted, two may train."""
    draft = _several(rng, seed, "abc", 1)
    _join(draft, rng, (*TRIANGLE, ("a", "b")), (10.2, 11.9))
    (load,) = loads(draft)
    load |= {"max_peers": 2, "survival_fraction": 0.0}
    carry(draft, rng, 1)
    transport(draft)["media_converters"] = True
    transport(draft)["modules"] = [*transport(draft)["modules"], "grey800_2lr4"]
    overrides(draft).update({"grey800_2lr4.reach": 15.0, "grey800_2lr4.price": 400.0})
    return draft


@shape("peer_minimum", "streaming", "compressed", "energy_region")
def two_jobs(rng: random.Random, seed: int) -> Draft:
    """Two jobs share a link; each may leave its blocking exchange for a lighter one."""
    draft = base_draft(rng, seed, "ab", 1, two_jobs=True)
    apply(draft, rng, "shared_link")
    stations(draft, rng, 2)
    amplified(draft, rng)
    many_channels_a_pair(draft)
    transport(draft).update(modules=["zrp800_131e"], terminals=["fixed_c"], cable_fibers=[4])
    transport(draft)["amplifiers"]["min_spacing_km"] = 0.0
    for job, lighter in enumerate(("streaming", "compressed")):
        load = loads(draft)[job]
        load["paradigms"] = {
            "diloco": {"traffic_reduction": 1.0, "token_penalty_fraction": 0.0},
            lighter: {"traffic_reduction": 2.0, "token_penalty_fraction": 0.0},
        }
        load["survival_fraction"] = rng.choice((0.0, 0.0, 0.5))
        load["goodput_usd_per_mw_year"] = float(rng.randint(1000, 5000))
        carry(draft, rng, 1, job)
        load["traffic"]["parameters"] *= 1.9
    loads(draft)[0]["traffic"]["frontend_gbps_per_it_mw"] = round(rng.uniform(10, 40), 1)
    dear_power(draft, rng)
    return draft
