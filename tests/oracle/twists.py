"""Twists of a random study: what is free, zero, equal, just met, or out of all proportion.

Any draft can be twisted; what comes of it is a study whose optimum brute force still knows, or one
that is refused in plain words. Bounds rest on inequalities that such studies come to the edge of.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.oracle.aims import GBPS_PER_PARAMETER, RATES
from tests.oracle.draft import Draft
from tests.oracle.features import (
    corridors,
    loads,
    overrides,
    period_start,
    periods,
    rows,
    transport,
)

Twist = Callable[[Draft, random.Random], None]
TWISTS: dict[str, Twist] = {}
FIBER_US_PER_KM = 49.0
NETWORK_PRICES = (
    *("omd32.price", "rd66.price", "price.conly", "price.conv", "price.multi", "iru.lh"),
    *("hut.cost.legacy", "hut.cost.new", "hut.land", "hut.om", "hut.lease.rack", "hut.rack.own"),
    *("om.iru", "om.owned", "row.fee", "row.oneoff", "build.pull", "xpdr.regen"),
    *("cable.2", "cable.4", "cable.6", "cable.2000"),
    *("ocs.port.price", "media.converter.price"),
)


def twist(change: Twist) -> Twist:
    """Register a twist under the name of its function."""
    TWISTS[change.__name__] = change
    return change


def twisted(draft: Draft, rng: random.Random) -> list[str]:
    """Change a draft in one to three ways; return their names."""
    names = rng.sample(sorted(TWISTS), rng.choice((1, 1, 2, 3)))
    for name in names:
        TWISTS[name](draft, rng)
    return names


# Money and time


@twist
def no_discount(draft: Draft, _: random.Random) -> None:
    draft["file"]["money"]["discount_rate"] = 0.0


@twist
def huge_discount(draft: Draft, rng: random.Random) -> None:
    draft["file"]["money"]["discount_rate"] = rng.choice((0.6, 0.99))


@twist
def network_for_nothing(draft: Draft, rng: random.Random) -> None:
    overrides(draft).update(dict.fromkeys(NETWORK_PRICES, 0.0))
    corridors(draft, build_cost_usd_per_km=0)
    if rng.random() < 0.5:
        overrides(draft).update({f"{m}.price": 0.0 for m in transport(draft)["modules"]})


@twist
def some_things_for_nothing(draft: Draft, rng: random.Random) -> None:
    overrides(draft).update(dict.fromkeys(rng.sample(NETWORK_PRICES, 8), 0.0))
    rng.choice(rows(draft, "corridors"))["build_cost_usd_per_km"] = 0


@twist
def sites_for_nothing(draft: Draft, _: random.Random) -> None:
    for row in rows(draft, "campuses"):
        row |= {"fixed_cost_usd": 0, "shell_cost_usd_per_it_mw": 0}
    for row in rows(draft, "substations"):
        row |= {"fixed_cost_usd": 0, "cost_usd_per_mw": 0}
    for row in rows(draft, "tie_lines"):
        row["cost_usd_per_km"] = 0


@twist
def network_out_of_proportion(draft: Draft, rng: random.Random) -> None:
    corridors(draft, build_cost_usd_per_km=rng.choice((1e5, 3e6)))
    for load in loads(draft):
        load["unserved_usd_per_mw_year"] = rng.choice((1e6, 3e7, 1e9))


@twist
def unserved_for_nothing(draft: Draft, rng: random.Random) -> None:
    rng.choice(loads(draft))["unserved_usd_per_mw_year"] = 0.0


@twist
def goodput_for_nothing(draft: Draft, _: random.Random) -> None:
    for load in loads(draft):
        load["goodput_usd_per_mw_year"] = 0.0


@twist
def one_charge_leads(draft: Draft, rng: random.Random) -> None:
    name = rng.choice(("hut.cost.legacy", "omd32.price", "rd66.price", "price.conv", "build.pull"))
    overrides(draft)[name] = overrides(draft).get(name, 1000.0) * rng.choice((10.0, 1000.0))


# Demand


@twist
def demand_falls(draft: Draft, _: random.Random) -> None:
    for load in loads(draft):
        load["it_demand_mw"] = sorted(load["it_demand_mw"], reverse=True)


@twist
def demand_pauses(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        load["it_demand_mw"][rng.randrange(periods(draft))] = 0.0


@twist
def demand_below_a_peer(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        load["it_demand_mw"][rng.randrange(periods(draft))] = load["min_peer_mw"] * rng.choice(
            (0.5, 1.0, 1.999, 2.0)
        )


@twist
def capacity_just_met(draft: Draft, rng: random.Random) -> None:
    """What is asked is a whole number of channels, or a hair more or less."""
    load = rng.choice(loads(draft))
    rate = RATES.get(transport(draft)["modules"][0], 800)
    phi = load["survival_fraction"] or 1.0
    gbps = rng.choice((1, 2)) * rate / rng.choice((1.0, phi))
    gbps *= rng.choice((1.0, 1 + 1e-5, 1 - 1e-5))
    least = min(numbers.get("traffic_reduction", 1.0) for numbers in load["paradigms"].values())
    parameters = gbps / GBPS_PER_PARAMETER * least
    load["traffic"] = {"view": "collective", "parameters": parameters}


@twist
def hardly_any_traffic(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        load["traffic"] = {"view": "collective", "parameters": rng.choice((1e8, 1e9))}


@twist
def many_pairs(draft: Draft, rng: random.Random) -> None:
    """Links need pairs by the dozen, cables hold a few each, huts have room for all."""
    times = rng.choice((4, 12))
    for load in loads(draft):
        for name in ("parameters", "fabric_ratio"):
            if load["traffic"].get(name):
                load["traffic"][name] *= times
    transport(draft).update(cable_fibers=[4, 6], max_cables_per_size=30, max_racks_provider=60)
    corridors(draft, iru_pairs=40 * rng.choice((0, 1)), iru_provider="telco")
    corridors(draft, buildable="true")
    overrides(draft).update({"hut.racks.legacy": 60.0, "hut.power.legacy": rng.choice((2.0, 50.0))})


@twist
def survival(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        load["survival_fraction"] = rng.choice((1e-6, 0.01, 0.5001, 0.75, 0.999, 1.0))


@twist
def latency_just_met(draft: Draft, rng: random.Random) -> None:
    """The limit is what light takes on one corridor or two, a hair more or less."""
    some = rng.sample(rows(draft, "corridors"), min(2, len(rows(draft, "corridors"))))
    km = sum(float(row["length_km"]) for row in some[: rng.choice((1, 2))])
    ms = 2e-3 * FIBER_US_PER_KM * km + rng.choice((0.0, 1e-6, 0.02, 0.1, 0.3))
    for load in loads(draft):
        load["rtt_classes_ms"] = sorted({round(ms, 7), *load["rtt_classes_ms"]})
        if rng.random() < 0.7:
            for numbers in load["paradigms"].values():
                numbers["rtt_limit_ms"] = round(ms, 7)


@twist
def half_at_a_campus(draft: Draft, rng: random.Random) -> None:
    for load in loads(draft):
        load["max_share_per_campus"] = rng.choice((0.5, 0.5001, 1.0))


@twist
def interruptions(draft: Draft, rng: random.Random) -> None:
    draft["file"]["survivability"]["charge_interruptions"] = True
    rng.choice(loads(draft))["min_link_availability"] = rng.choice((0.0, 0.99, 0.9999))
    overrides(draft)["cut.rate"] = rng.choice((0.0, 2.0, 300.0))


# Map


@twist
def twin_corridors(draft: Draft, rng: random.Random) -> None:
    """A corridor twice, alike in all."""
    table = rows(draft, "corridors")
    table.append({**rng.choice(table), "id": "twin"})


@twist
def nearly_no_length(draft: Draft, rng: random.Random) -> None:
    rng.choice(rows(draft, "corridors"))["length_km"] = rng.choice((1e-6, 1e-3, 0.1))


@twist
def all_alike(draft: Draft, rng: random.Random) -> None:
    km, usd = round(rng.uniform(6, 11), 1), rng.randint(500, 3000)
    corridors(draft, length_km=km, build_cost_usd_per_km=usd, iru_provider="", iru_pairs=0)
    corridors(draft, buildable="true")


@twist
def cable_stands(draft: Draft, rng: random.Random) -> None:
    until = rng.choice(("", period_start(draft, 1), "2028-01-02"))
    corridors(draft, existing_fibers=rng.choice((2, 4, 2000)), existing_until=until)


@twist
def one_risk_for_all(draft: Draft, rng: random.Random) -> None:
    corridors(draft, srlgs=rng.choice(("bridge-1", "campus:a", "campus:b;bridge-2")))


@twist
def risks_in_pairs(draft: Draft, _: random.Random) -> None:
    for number, row in enumerate(rows(draft, "corridors")):
        row["srlgs"] = f"bridge-{number // 2}"


@twist
def nothing_buildable(draft: Draft, rng: random.Random) -> None:
    corridors(draft, buildable="false", iru_provider="telco", iru_pairs=rng.choice((0, 1, 3)))


@twist
def slow_to_build(draft: Draft, rng: random.Random) -> None:
    corridors(draft, build_lead_time_years=rng.choice((0.0, 3.5, 4.0, 50.0)))


# Huts and equipment


@twist
def weak_huts(draft: Draft, rng: random.Random) -> None:
    kw = rng.choice((0.0, 0.05, 0.3, 1.0))
    overrides(draft).update({"hut.power.legacy": kw, "hut.power.new": 2 * kw})
    transport(draft)["hut_classes"] = ["small", "large"]
    transport(draft)["provider_hut_power_kw"] = max(kw, 0.01)


@twist
def small_huts(draft: Draft, rng: random.Random) -> None:
    overrides(draft).update({"hut.racks.legacy": 1.0, "rack.conv": rng.choice((1.0, 2.0))})
    transport(draft)["max_racks_provider"] = 1


@twist
def no_room_in_given_huts(draft: Draft, rng: random.Random) -> None:
    for row in draft["tables"].get("huts", []):
        row.update({"space_racks": 0} if rng.random() < 0.5 else {"power_kw": 0})


@twist
def one_spacing(draft: Draft, rng: random.Random) -> None:
    km = rng.choice((5.0, 8.0, 10.0))
    rules = transport(draft)["amplifiers"]
    rules |= {"min_spacing_km": km, "max_spacing_km": max(km, rng.choice((km, 10.0)))}


@twist
def one_pair_a_route(draft: Draft, _: random.Random) -> None:
    transport(draft)["max_pairs_per_route"] = 1


@twist
def one_channel_a_pair(draft: Draft, _: random.Random) -> None:
    overrides(draft).update({"omd32.ports": 1.0, "rd66.ports": 1.0})


@twist
def one_fiber_pair_a_cable(draft: Draft, _: random.Random) -> None:
    transport(draft).update(cable_fibers=[2], max_cables_per_size=1)


@twist
def nothing_drawn(draft: Draft, _: random.Random) -> None:
    overrides(draft).update({"elec.TX": 0.0})


# Rules


@twist
def caps_of_nothing(draft: Draft, rng: random.Random) -> None:
    caps = draft["file"]["rules"].setdefault("caps", {})
    names = ("campus_openings", "substation_connections", "corridor_build_km", "hut_builds")
    caps[rng.choice(names)] = rng.choice((0.0, 1.0))


@twist
def pins(draft: Draft, rng: random.Random) -> None:
    rules, some = draft["file"]["rules"], rng.choice(rows(draft, "corridors"))
    rules["pin_corridors"] = [some["id"]]
    if rng.random() < 0.3:
        rules["pin_campuses"] = [row["id"] for row in rows(draft, "campuses")]


@twist
def forbidden(draft: Draft, rng: random.Random) -> None:
    some = rng.choice(rows(draft, "corridors"))["id"]
    draft["file"]["rules"][rng.choice(("forbid_corridors", "forbid_routes"))] = [some]
    if "forbid_routes" in draft["file"]["rules"]:
        draft["file"]["rules"]["forbid_routes"] = [[some]]


@twist
def power_retires(draft: Draft, _: random.Random) -> None:
    later = period_start(draft, 1)
    for row in rows(draft, "tie_lines"):
        row |= {"existing": "true", "existing_until": later}
    for row in rows(draft, "substations"):
        row |= {"existing_mw": 60, "existing_until": later}
