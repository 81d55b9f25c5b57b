"""Parts of aimed studies: sites, power and how much of the job each campus serves."""

from __future__ import annotations

import math
import random

from tests.oracle.aims import GBPS_PER_PARAMETER, PUE, RATES, Part, part
from tests.oracle.draft import Draft, tie_line
from tests.oracle.features import loads, overrides, period_start, periods, rows, transport

SITES: list[Part] = []


@part(SITES, "campus_limit", "energy_region")
def dear_power(draft: Draft, rng: random.Random) -> None:
    """Catalog prices of the region of each campus."""
    overrides(draft).update(
        {"elec.TX": 1.0, "elec.VA": rng.uniform(0.02, 0.5), "elec.IA": rng.uniform(0.02, 0.5)}
    )
    for row, region in zip(rows(draft, "campuses"), ("VA", "IA", "VA", "IA"), strict=False):
        row |= {"energy_usd_per_mwh": "", "energy_region": region}


@part(SITES, "timeline", "network_upgrades", "bridging_owned", "bridging_rented")
def gaps_of_power(draft: Draft, rng: random.Random) -> None:
    """Headroom is short everywhere, and whatever fills the gap is worth it."""
    for row in rows(draft, "power_timelines"):
        row["headroom_mw"] = rng.randint(17, 22)
    draft["file"]["sites"] |= {
        "network_upgrades": "network_upgrades.csv",
        "bridging": "bridging.csv",
    }
    draft["tables"]["network_upgrades"] = [
        {
            "id": "up0",
            "substation_ids": rng.choice(("s0", "s1", "s0;s1")),
            "added_mw": rng.randint(4, 9),
            "cost_usd": rng.randint(50, 300) * 1000,
            "lead_time_years": rng.choice((2.0, 2.5)),
        }
    ]
    technologies = (rng.choice(("recip", "aero", "fc")), "rental")
    costs = (rng.uniform(5, 80), rng.uniform(0.1, 1.5))
    draft["tables"]["bridging"] = [
        {
            "id": f"gen{i}",
            "campus_id": campus["id"],
            "technology": technology,
            "limit_mw": rng.randint(4, 8),
            "cost_usd_per_kw": round(cost, 3),
            "energy_usd_per_mwh": round(rng.uniform(0.3, 1.5), 3),
            "lead_time_years": 2.0,
        }
        for i, (campus, technology, cost) in enumerate(
            zip(rng.sample(rows(draft, "campuses"), 2), technologies, costs, strict=True)
        )
    ]


@part(SITES, "feed_redundancy", "tie_line_limit", "energy_region")
def two_feeds(draft: Draft, rng: random.Random) -> None:
    """A campus whose load must hold on the smaller of its two feeds."""
    ties = rows(draft, "tie_lines")
    campus = rng.choice(rows(draft, "campuses"))
    mine = next(tie for tie in ties if tie["campus_id"] == campus["id"])
    other = next(s["id"] for s in rows(draft, "substations") if s["id"] != mine["substation_id"])
    mine["capacity_mw"] = rng.randint(20, 30)
    ties.append(tie_line(rng, "tie9", campus["id"], other, 18, 26))
    campus["feed_redundancy"] = rng.choice(("tie_line", "substation"))
    dear_power(draft, rng)


@part(SITES, "existing_sites", "retirement")
def old_sites(draft: Draft, rng: random.Random) -> None:
    """One campus stands and stays, another retires, connections and tie lines likewise."""
    campuses = rows(draft, "campuses")
    ends = [period_start(draft, t) for t in range(periods(draft))]
    until = rng.choice(ends)
    campuses[0]["existing_it_mw"] = rng.randint(6, 15)
    campuses[1] |= {"existing_it_mw": rng.randint(6, 15), "existing_until": until}
    for table, cells in (("substations", {"existing_mw": 20}), ("tie_lines", {"existing": "true"})):
        for row in rows(draft, table)[:2]:
            if rng.random() < 0.7:
                row |= {**cells, "existing_until": rng.choice(("", until))}


@part(SITES, "openings_cap", periods=(2,))
def one_by_one(draft: Draft, rng: random.Random) -> None:
    """One campus, or one connection, a period."""
    caps = draft["file"]["rules"].setdefault("caps", {})
    if rng.random() < 0.7:
        caps["campus_openings"] = 1
    else:
        caps["substation_connections"] = 1
    for load in loads(draft):
        load["it_demand_mw"] = [load["it_demand_mw"][0]] * periods(draft)


@part(SITES, "peer_minimum", "existing_sites")
def small_rest(draft: Draft, rng: random.Random) -> None:
    """The dear campus is only wanted for less than the least that a peer must serve."""
    cheap, dear = rng.sample(rows(draft, "campuses"), 2)
    cheap |= {"energy_usd_per_mwh": 0.05, "shell_cost_usd_per_it_mw": 8000}
    dear |= {"energy_usd_per_mwh": 0.9, "shell_cost_usd_per_it_mw": 60_000}
    for load in loads(draft):
        rest, least = rng.randint(3, 9), rng.randint(12, 18)
        demand = cheap["limit_mw"] / PUE + rest
        load["it_demand_mw"] = [demand] * len(load["it_demand_mw"])
        most = load.get("replica", {}).get("max_share", 1.0) * demand
        load["min_peer_mw"] = float(min(least, math.floor(most)))
    cheap["existing_it_mw"] = rng.randint(4, 10)


@part(SITES, "blast_radius", "checkpoint_copies")
def shared_risk(draft: Draft, rng: random.Random) -> None:
    """One campus would do; the copies need a second, and much of a link."""
    for row, region in zip(rows(draft, "campuses"), ("north", "south") * 2, strict=False):
        row["grid_region"] = region
    cheap, dear = rng.sample(rows(draft, "campuses")[:2], 2)
    cheap |= {"energy_usd_per_mwh": 0.05, "shell_cost_usd_per_it_mw": 8000}
    dear |= {"energy_usd_per_mwh": 0.9, "shell_cost_usd_per_it_mw": 60_000}
    for load in loads(draft):
        load["it_demand_mw"] = [float(rng.randint(22, 28)) for _ in load["it_demand_mw"]]
        load["checkpoint_copies"] = 2
        key = rng.choice(("max_share_per_campus", "max_share_per_region"))
        load[key] = round(rng.uniform(0.52, 0.62), 2)
        # 14 bytes of state for each parameter, in a time that asks for more than the exchange.
        traffic = load["traffic"]
        most = max(_reduction(numbers) for numbers in load["paradigms"].values())
        least = min(load.get("bandwidth_levels", [1.0])) / most
        exchange = traffic["parameters"] * GBPS_PER_PARAMETER * least
        exchange *= 0.6 / traffic.get("overlap_fraction", 0.6)
        bits = 8 * 14 * traffic["parameters"]
        rate = RATES[transport(draft)["modules"][0]]
        asked = exchange + rate * rng.uniform(1.05, 1.6)
        load["checkpoint_interval_min"] = round(bits / asked / 6e10, 4)


def _reduction(numbers: Draft) -> float:
    if "inner_steps" in numbers:
        return float(numbers["inner_steps"] * numbers["compression_ratio"])
    return float(numbers["traffic_reduction"])
