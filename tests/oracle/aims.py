"""Parts of aimed studies: each makes a few features that fit together bind.

A part is a function that changes a draft, registered with the features it aims at. Parts of three
kinds are put together (:mod:`tests.oracle.aimed`): what the sites have, how the job trains, what
the network is made of. What they rely on is that two small campuses are both worth opening
(:func:`two_campuses`), so that the network between them is built, and that demand is given in
channels (:func:`carry`), so that one more or one less is felt.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle.draft import Draft, base_draft, tie_line
from tests.oracle.features import loads, overrides, rows, transport

Change = Callable[[Draft, random.Random], None]

GBPS_PER_PARAMETER = 8 * 2 / (0.6 * 10 * 1e9)
"""Both ways of an exchange: bytes.grad over the share (overlap) of a step (step.time)."""
RATES = {"zrp800_131e": 800, "zrp600": 600, "zrp400_124": 400, "zrp800_124": 800}
PUE = 1.25


@dataclass(frozen=True)
class Part:
    """A change of a draft and the features at which it aims."""

    name: str
    aims: tuple[str, ...]
    change: Change
    periods: tuple[int, ...]


def part(
    parts: list[Part], *aims: str, periods: tuple[int, ...] = (1, 1, 1, 2)
) -> Callable[[Change], Change]:
    """Register a part under the name of its function."""

    def register(change: Change) -> Change:
        parts.append(Part(change.__name__, aims, change, periods))
        return change

    return register


def two_campuses(rng: random.Random, seed: int, periods: int) -> Draft:
    """Return a study of two campuses, each with its substation, too small for the demand."""
    draft = base_draft(rng, seed, "ab", periods)
    one_job(draft, rng)
    stations(draft, rng, 2)
    for row in rows(draft, "campuses"):
        row |= {"limit_mw": rng.randint(36, 46), "pue_peak": PUE}
    amplified(draft, rng)
    return draft


def one_job(draft: Draft, rng: random.Random) -> None:
    """Set a job of one paradigm that asks for two channels, and one module that carries them."""
    (load,) = loads(draft)
    load |= {
        "it_demand_mw": sorted(float(rng.randint(58, 70)) for _ in load["it_demand_mw"]),
        "unserved_usd_per_mw_year": float(rng.randint(110_000, 150_000)),
        "goodput_usd_per_mw_year": float(rng.randint(3_000, 12_000)),
        "paradigms": {"diloco": {"traffic_reduction": 1.0}},
        "fabrics": [rng.choice(("hub", "mesh"))],
        "max_peers": 2,
        "peer_buckets": [2],
        "min_peer_mw": float(rng.randint(3, 9)),
        "survival_fraction": rng.choice((0.0, 0.0, 0.5, 1.0)),
        "rtt_classes_ms": [],
    }
    module = rng.choice(("zrp600", "zrp800_131e"))
    transport(draft).update(
        modules=[module], terminals=[rng.choice(("fixed_c", "roadm_cl"))], cable_fibers=[4]
    )
    transport(draft)["max_racks_provider"] = 4
    transport(draft)["amplifiers"]["min_spacing_km"] = 0.0
    overrides(draft).update({"rack.conv": 4.0, "rack.legacy": 2.0, "hut.racks.legacy": 4.0})
    many_channels_a_pair(draft)
    carry(draft, rng, 2)


def carry(draft: Draft, rng: random.Random, channels: int, job: int = 0) -> None:
    """Let the exchange between two peers need so many channels, whatever the paradigm reduces."""
    load = loads(draft)[job]
    gbps = (channels - rng.uniform(0.1, 0.7)) * RATES[transport(draft)["modules"][0]]
    least = min(numbers.get("traffic_reduction", 1.0) for numbers in load["paradigms"].values())
    load["traffic"] = {"view": "collective", "parameters": gbps / GBPS_PER_PARAMETER * least}


def stations(draft: Draft, rng: random.Random, count: int) -> None:
    """Give every campus a substation (in turn) with all the power it wants."""
    proto = rows(draft, "substations")[0]
    draft["tables"]["substations"] = [
        {**proto, "id": f"s{i}", "name": f"Station {i}", "fixed_cost_usd": 1000 * thousands}
        for i, thousands in enumerate(rng.randint(20, 90) for _ in range(count))
    ]
    draft["tables"]["power_timelines"] = [
        {"substation_id": f"s{i}", "date": date, "headroom_mw": 90}
        for i in range(count)
        for date in ("2027-06-01", "2029-01-01")
    ]
    draft["tables"]["tie_lines"] = [
        tie_line(rng, f"tie{i}", row["id"], f"s{i % count}", 55, 70)
        for i, row in enumerate(rows(draft, "campuses"))
    ]


def amplified(draft: Draft, rng: random.Random) -> None:
    """Make both ways from a to b need an amplifier."""
    for row in rows(draft, "corridors"):
        least, most = (6.6, 8.8) if row["node_b"] == "n-j" else (13.0, 17.0)
        row |= {"length_km": round(rng.uniform(least, most), 2), "iru_provider": "", "iru_pairs": 0}
        row |= {"buildable": "true", "srlgs": ""}
        row["build_cost_usd_per_km"] = rng.randint(500, 3000)


def direct(draft: Draft) -> list[Draft]:
    """Return the corridors that join two campuses."""
    return [row for row in rows(draft, "corridors") if row["node_b"] != "n-j"]


def one_channel_a_pair(draft: Draft) -> None:
    """Let every channel want a pair of its own."""
    overrides(draft).update({"omd32.ports": 1.0, "rd66.ports": 1.0})


def many_channels_a_pair(draft: Draft) -> None:
    """Let all channels share a pair."""
    overrides(draft).update({"omd32.ports": 4.0, "rd66.ports": 4.0})


def spend_less(draft: Draft, rng: random.Random) -> None:
    """Cap upfront cash at a share of what sites and power for the whole demand would take."""
    whole = 0.0
    for row in rows(draft, "campuses"):
        whole += row["fixed_cost_usd"] + row["shell_cost_usd_per_it_mw"] * row["limit_mw"] / PUE
    for row in rows(draft, "substations"):
        whole += row["fixed_cost_usd"] + row["cost_usd_per_mw"] * 40
    caps = draft["file"]["rules"].setdefault("caps", {})
    first = round(whole * rng.uniform(0.8, 0.92), 2)
    later = round(whole * rng.uniform(0.1, 0.3), 2)
    caps["upfront_usd"] = [first, *(later for _ in range(1, draft["file"]["horizon"]["periods"]))]


def charge_interruptions(draft: Draft, rng: random.Random) -> None:
    """Let cuts be so frequent, and each so dear, that interruptions are felt."""
    draft["file"]["survivability"]["charge_interruptions"] = True
    overrides(draft)["cut.rate"] = float(rng.randint(100, 400))
    for load in loads(draft):
        for numbers in load["paradigms"].values():
            numbers["interruption_hours"] = round(rng.uniform(4, 30), 1)
