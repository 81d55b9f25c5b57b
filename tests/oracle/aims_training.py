"""Parts of aimed studies: how a job trains, and what its links carry."""

from __future__ import annotations

import random

from tests.oracle.aims import GBPS_PER_PARAMETER, RATES, Part, carry, part
from tests.oracle.draft import Draft
from tests.oracle.features import loads, overrides, transport

TRAINING: list[Part] = []


def _heavier(draft: Draft, times: float) -> None:
    for load in loads(draft):
        load["traffic"]["parameters"] *= times


@part(TRAINING)
def plain(_: Draft, __: random.Random) -> None:
    """One paradigm, one level."""


@part(TRAINING, "streaming", "bandwidth_levels")
def fragments(draft: Draft, rng: random.Random) -> None:
    """Streaming at half the bandwidth is enough; blocking exchange needs four times as much."""
    _paradigm_and_level(draft, rng, "streaming")


@part(TRAINING, "compressed", "bandwidth_levels")
def sparse(draft: Draft, rng: random.Random) -> None:
    _paradigm_and_level(draft, rng, "compressed")


def _paradigm_and_level(draft: Draft, rng: random.Random, name: str) -> None:
    """Let a paradigm and a lower level halve the traffic each: four times, twice or once a need.

    The least need is two channels where a channel wants a pair of its own, else one.
    """
    ports = overrides(draft)["omd32.ports"]
    carry(draft, rng, 2 if ports == 1 else 1)
    overlap = round(rng.uniform(0.03, 0.1), 3)
    for load in loads(draft):
        load["traffic"]["overlap_fraction"] = overlap
        _heavier(draft, overlap / 0.6 * 4)
        penalty = round(rng.uniform(0, 0.003), 4)
        load["paradigms"] = {
            "diloco": {"traffic_reduction": 1.0, "token_penalty_fraction": penalty},
            name: {"traffic_reduction": 2.0, "token_penalty_fraction": penalty},
        }
        load["bandwidth_levels"] = [0.5, 1.0]
        load["goodput_usd_per_mw_year"] = float(rng.randint(300, 1500))


@part(TRAINING, "inner_steps", "rtt_limit")
def inner_steps(draft: Draft, rng: random.Random) -> None:
    """Few steps between exchanges; the least class is out of reach of light."""
    steps, ratio = rng.randint(2, 8), rng.choice((1.0, 1.5, 3.0))
    name = rng.choice(("diloco", "streaming", "compressed"))
    _heavier(draft, steps * ratio)
    for load in loads(draft):
        (given,) = load["paradigms"].values()
        numbers = {"exposed_round_trips": 30.0, "rtt_limit_ms": 6.0, **given}
        numbers.pop("traffic_reduction")
        steps_of = {"inner_steps": steps, "compression_ratio": ratio}
        load["paradigms"] = {name: {**numbers, **steps_of}}
        if not load["rtt_classes_ms"]:
            load["rtt_classes_ms"] = [round(rng.uniform(0.3, 0.9), 2)]
            load["goodput_usd_per_mw_year"] = float(rng.randint(5_000, 20_000))


@part(TRAINING, "frontend")
def frontend(draft: Draft, rng: random.Random) -> None:
    """Traffic of users comes on top of what just fits."""
    rate = RATES[transport(draft)["modules"][0]]
    for load in loads(draft):
        load["traffic"]["parameters"] = rate * rng.uniform(0.85, 0.99) / GBPS_PER_PARAMETER
        load["traffic"]["frontend_gbps_per_it_mw"] = round(rate / rng.uniform(30, 90), 2)


@part(TRAINING, "replicas")
def replica(draft: Draft, rng: random.Random) -> None:
    """A peer would need much of a link; a replica needs the rate of its checkpoints."""
    for load in loads(draft):
        gbps = load["traffic"]["parameters"] * GBPS_PER_PARAMETER
        _heavier(draft, 3)
        bits = 8 * 14 * load["traffic"]["parameters"]
        load["checkpoint_interval_min"] = round(bits / gbps / 1e9 / 60, 4)
        load["replica"] = {
            "max_share": round(rng.uniform(0.45, 0.6), 2),
            "goodput_loss_fraction": round(rng.uniform(0, 0.1), 2),
            "survival_fraction": load["survival_fraction"],
        }
        if rng.random() < 0.4:
            load["replica"]["min_replica_mw"] = float(rng.randint(3, 12))
