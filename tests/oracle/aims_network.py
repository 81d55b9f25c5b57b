"""Parts of aimed studies: fiber, optics, huts, failures."""

from __future__ import annotations

import random

from tests.oracle.aims import (
    RATES,
    Part,
    carry,
    charge_interruptions,
    direct,
    many_channels_a_pair,
    one_channel_a_pair,
    part,
    spend_less,
)
from tests.oracle.draft import Draft
from tests.oracle.features import (
    apply,
    corridors,
    loads,
    overrides,
    period_start,
    rows,
    transport,
)

NETWORK: list[Part] = []


def _given_huts(draft: Draft, **cells: object) -> None:
    """Set a given hut in the middle of every corridor between campuses, and where spokes end."""
    draft["file"]["geography"]["huts"] = "huts.csv"
    draft["tables"]["huts"] = [
        {
            "id": f"hut-{edge['id']}",
            "corridor_id": edge["id"],
            "position_km": round(edge["length_km"] * (0.5 if edge in direct(draft) else 0.8), 3),
            "leasable": "false",
            "can_regenerate": "false",
            "existing_racks": 0,
            "existing_amplifier_type": "conventional",
            "space_racks": "",
            "power_kw": "",
            "existing_until": "",
            **cells,
        }
        for edge in rows(draft, "corridors")
    ]


def _survival(draft: Draft, *choices: float, rng: random.Random) -> None:
    for load in loads(draft):
        load["survival_fraction"] = rng.choice(choices)


@part(NETWORK, "pair_channels", "corridor_pairs", "hut_racks", "hut_classes")
def full_huts(draft: Draft, rng: random.Random) -> None:
    """A small hut holds one pair; a large one is little dearer, a leased one cheap."""
    one_channel_a_pair(draft)
    transport(draft).update(cable_fibers=rng.choice(([2], [4])), max_cables_per_size=3)
    overrides(draft).update({"rack.conv": 1.0, "hut.racks.legacy": 1.0, "hut.racks.new": 4.0})
    overrides(draft).update(
        {"hut.cost.new": float(rng.randint(40, 90)) * 1000, "hut.lease.rack": 3000.0}
    )
    if rng.random() < 0.5:
        transport(draft)["hut_classes"] = ["small", "large"]
    else:
        _given_huts(draft, leasable="true")
    for row in rows(draft, "corridors"):
        row["build_cost_usd_per_km"] = rng.randint(2000, 5000)


@part(
    NETWORK,
    *("hut_power", "hut_classes", "hut_racks", "existing_hut", "pair_channels", "corridor_pairs"),
)
def weak_huts(draft: Draft, rng: random.Random) -> None:
    """A small hut powers one pair; what stands already has room and power for one."""
    one_channel_a_pair(draft)
    transport(draft).update(terminals=["fixed_c"], hut_classes=["small", "large"])
    transport(draft).update(cable_fibers=[2], max_cables_per_size=3)
    overrides(draft).update(
        {
            "pw.conly": 140.0,
            "hut.power.legacy": rng.choice((0.15, 0.2, 0.25)),
            "hut.power.new": rng.choice((0.45, 0.9)),
            "hut.cost.legacy": float(rng.randint(30, 60)) * 1000,
            "hut.cost.new": float(rng.randint(40, 80)) * 1000,
            "rack.conv": 1.0,
        }
    )
    _given_huts(draft, existing_racks=1, space_racks=3)
    for row in rows(draft, "corridors"):
        row["build_cost_usd_per_km"] = rng.randint(2000, 5000)
    # Half of the exchange after a failure is one pair on each of two ways: enough power for that.
    _survival(draft, 0.0, 1.0, 1.0, rng=rng)


@part(NETWORK, "amplifier_types", "existing_hut", "optical_circuit_switches")
def other_amplifiers(draft: Draft, rng: random.Random) -> None:
    """Amplifiers for four rails are cheap; an existing hut holds a rack of them."""
    transport(draft).update(
        terminals=["roadm_cl"],
        amplifier_types=rng.choice((["multi_rail"], ["conventional", "multi_rail"])),
        optical_circuit_switches=True,
    )
    overrides(draft).update({"price.multi": 4000.0, "price.conv": 30_000.0, "rack.multi": 2.0})
    _given_huts(draft, existing_racks=1, space_racks=2, existing_amplifier_type="multi_rail")


@part(NETWORK, "regenerators", "span_noise")
def noisy_spans(draft: Draft, rng: random.Random) -> None:
    """Two spans in a row are too noisy; a hut in the middle regenerates, at a price."""
    apply(draft, rng, "regenerators")
    overrides(draft).update({"xpdr.regen": 15_000.0, "price.conly": 5000.0, "hut.om": 1000.0})
    overrides(draft)["hut.cost.legacy"] = 40_000.0
    transport(draft)["margin_db"] = 5.6
    # Closer spans are less noisy: no regenerator where as many huts as one likes are let.
    transport(draft)["amplifiers"]["min_spacing_km"] = rng.choice((0.0, 6.0, 6.0, 6.0))
    for row in direct(draft):
        row["length_km"] = round(rng.uniform(19.4, 20.2), 2)
    for hut in rows(draft, "huts"):
        edge = next(e for e in rows(draft, "corridors") if e["id"] == hut["corridor_id"])
        hut["position_km"] = round(edge["length_km"] / 2, 3)
    _survival(draft, 0.0, rng=rng)


@part(NETWORK, "amplifier_minimum_spacing", "amplifier_spacing", "interruptions", periods=(1,))
def close_huts(draft: Draft, rng: random.Random) -> None:
    """Ways of three spans, whose huts must lie apart: on the cheap way they lie too close."""
    transport(draft)["amplifiers"]["min_spacing_km"] = 9.0
    transport(draft)["margin_db"] = 0.0
    for row in rows(draft, "corridors"):
        # Huts at most 5 km apart: every 4.2 to 4.5 km, or every 4.5 to 4.9 km of a spoke.
        spoke = row["node_b"] == "n-j"
        row["length_km"] = round(rng.uniform(13.6, 14.7) if spoke else rng.uniform(25.2, 26.8), 2)
        row["build_cost_usd_per_km"] = rng.randint(3000, 5000) if spoke else rng.randint(500, 2500)
    charge_interruptions(draft, rng)
    _survival(draft, 0.0, rng=rng)


@part(NETWORK, "hollow_core", "fiber_types", "rtt_limit", periods=(1,))
def fast_own_fiber(draft: Draft, rng: random.Random) -> None:
    """Exposed round trips are dear, and only hollow-core fiber keeps the lower class."""
    transport(draft)["fiber_types"] = ["G652D", "HCF"]
    overrides(draft)["HCF.price_mult"] = round(rng.uniform(1.2, 2.5), 2)
    _exposed(draft, rng)


def _exposed(draft: Draft, rng: random.Random) -> None:
    """Set a class between the light of hollow-core and of glass on the longest way."""
    edges = rows(draft, "corridors")
    way = max(e["length_km"] for e in direct(draft))
    around = sum(e["length_km"] for e in edges if e["node_b"] == "n-j")
    fast = 2 * max(way, around) * 34 / 1000
    slow = 2 * min(way, around) * 49 / 1000
    tight = fast + 0.08 if fast + 0.08 < slow else 2 * min(way, around) * 34 / 1000 + 0.08
    for load in loads(draft):
        load["rtt_classes_ms"] = [round(0.5 * tight, 2), round(tight, 2)]
        load["jitter_p99_ms"] = 0.0
        load["goodput_usd_per_mw_year"] = float(rng.randint(20_000, 40_000))
        for numbers in load["paradigms"].values():
            numbers |= {"exposed_round_trips": float(rng.randint(80, 200)), "rtt_limit_ms": 3.5}


@part(NETWORK, "iru_fiber_type", "hollow_core", "iru_limit", "rtt_limit", periods=(1,))
def fast_leased_fiber(draft: Draft, rng: random.Random) -> None:
    one_channel_a_pair(draft)
    overrides(draft).update({"iru.lh": float(rng.randint(200, 900)), "hut.lease.rack": 1500.0})
    corridors(draft, iru_provider="telco", iru_pairs=1, iru_fiber_type="HCF")
    for row in rows(draft, "corridors"):
        row["build_cost_usd_per_km"] = rng.randint(3000, 7000)
    _survival(draft, 0.0, rng=rng)
    _exposed(draft, rng)


@part(NETWORK, "iru_fiber_type", "amplifier_spacing", "existing_cable", periods=(1,))
def fibers_that_must_agree(draft: Draft, rng: random.Random) -> None:
    """Leased fiber of a kind that would make the own cable of its route dear."""
    transport(draft)["fiber_types"] = ["G654E", "G652D"]
    overrides(draft).update({"G654E.price_mult": 5.0, "iru.lh": float(rng.randint(200, 600))})
    overrides(draft)["hut.lease.rack"] = 1500.0
    spokes = [e for e in rows(draft, "corridors") if e["node_b"] == "n-j"]
    for row in spokes:
        row["build_cost_usd_per_km"] = rng.randint(500, 900)
    rng.choice(spokes).update(iru_provider="telco", iru_pairs=2, iru_fiber_type="G654E")
    for row in direct(draft):
        row |= {"existing_fibers": 2, "existing_fiber_type": "G652D"}
        row["build_cost_usd_per_km"] = rng.randint(2000, 6000)
    _survival(draft, 1.0, rng=rng)


@part(NETWORK, "existing_cable", "cable_retirement", "module_dates", periods=(2,))
def cables_that_stand(draft: Draft, rng: random.Random) -> None:
    """Cable that retires, and a module that comes with the second period."""
    for row in rows(draft, "corridors"):
        row |= {"existing_fibers": 4, "existing_fiber_type": "G652D"}
        row["build_cost_usd_per_km"] = rng.randint(1000, 5000)
        row["existing_until"] = rng.choice((period_start(draft, 1), period_start(draft, 1), ""))
    direct(draft)[0]["existing_until"] = period_start(draft, 1)
    _late_module(draft, rng, 1)


def _late_module(draft: Draft, rng: random.Random, when: int) -> None:
    now = transport(draft)["modules"][0]
    late = next(m for m in ("zrp600", "zrp800_131e") if m != now)
    transport(draft)["modules"] = [now, late]
    transport(draft)["module_dates"] = {late: period_start(draft, when)}
    overrides(draft).update({f"{now}.price": 9000.0, f"{late}.price": float(rng.randint(100, 900))})


def _wave(draft: Draft, rng: random.Random, most: int, **cells: object) -> None:
    """Offer cheap waves of one channel."""
    draft["file"]["geography"]["leased_waves"] = "leased_waves.csv"
    draft["tables"]["leased_waves"] = [
        {
            "id": "wave1",
            "carrier": "carrier1",
            "campus_a": "a",
            "campus_b": "b",
            "rate_gbps": RATES[transport(draft)["modules"][0]],
            "length_km": round(rng.uniform(11, 15), 2),
            "corridors": "",
            "max_waves": most,
            "usd_per_month": rng.randint(50, 300),
            "one_off_usd": rng.randint(0, 2000),
            **cells,
        }
    ]


@part(NETWORK, "link_availability", "interruptions", "leased_waves", periods=(1,))
def frail_links(draft: Draft, rng: random.Random) -> None:
    """Cuts so frequent that one way alone is down too long."""
    apply(draft, rng, "link_availability")
    way = min(e["length_km"] for e in direct(draft))
    down = overrides(draft)["cut.rate"] * way / 1000 * 12 / 8760
    for load in loads(draft):
        load["survival_fraction"] = 0.0
        load["min_link_availability"] = round(1 - down * rng.uniform(0.2, 0.6), 5)
        for numbers in load["paradigms"].values():
            numbers["interruption_hours"] = round(rng.uniform(4, 30), 1)
    # Where interruptions cost much, a second way is worth it whatever availability is asked.
    draft["file"]["survivability"]["charge_interruptions"] = rng.random() < 0.3
    _wave(draft, rng, most=rng.choice((1, 2, 2)), usd_per_month=rng.randint(200, 700))


@part(
    NETWORK,
    "provider_failures",
    "survivability",
    "iru_limit",
    periods=(1,),
)
def providers_that_fail(draft: Draft, rng: random.Random) -> None:
    """Both ways are leased at a low price from one provider, which may fail as a whole."""
    draft["file"]["survivability"]["provider_failures"] = True
    overrides(draft).update({"iru.lh": float(rng.randint(200, 600)), "hut.lease.rack": 1500.0})
    corridors(draft, iru_provider="telco", iru_pairs=rng.choice((1, 2, 2)))
    one_channel_a_pair(draft)
    for row in rows(draft, "corridors"):
        row["build_cost_usd_per_km"] = rng.randint(3000, 7000)
    _survival(draft, 0.5, 0.5, 0.5, 1.0, rng=rng)


@part(
    NETWORK,
    *("media_converters", "optical_circuit_switches", "provider_failures", "survivability"),
)
def grey_optics(draft: Draft, rng: random.Random) -> None:
    """Short corridors, grey optics with converters."""
    transport(draft).update(media_converters=True, optical_circuit_switches=True)
    overrides(draft).update({"grey800_2lr4.reach": 15.0, "grey800_2lr4.price": 400.0})
    for row in rows(draft, "corridors"):
        least, most = (6.0, 7.0) if row["node_b"] == "n-j" else (10.2, 11.9)
        row["length_km"] = round(rng.uniform(least, most), 2)
        row |= {"iru_provider": "telco", "iru_pairs": 3}
        row["build_cost_usd_per_km"] = rng.randint(2000, 5000)
    overrides(draft)["iru.lh"] = float(rng.randint(200, 600))
    transport(draft)["modules"] = [*transport(draft)["modules"], "grey800_2lr4"]
    draft["file"]["survivability"]["provider_failures"] = True
    _survival(draft, 0.5, 1.0, rng=rng)


@part(NETWORK, "corridor_cap", "spend_cap", periods=(1, 2))
def slow_building(draft: Draft, rng: random.Random) -> None:
    """The cheap way is longer than what may be built in a period; cash is short as well."""
    many_channels_a_pair(draft)
    carry(draft, rng, 1)
    for row in rows(draft, "corridors"):
        spoke = row["node_b"] == "n-j"
        row["length_km"] = round(rng.uniform(6.6, 7.2) if spoke else rng.uniform(16.0, 17.0), 2)
        row["build_cost_usd_per_km"] = rng.randint(4000, 6000) if spoke else rng.randint(500, 1000)
    caps = draft["file"]["rules"].setdefault("caps", {})
    caps["corridor_build_km"] = round(rng.uniform(14.5, 15.9), 2)
    spend_less(draft, rng)
    _survival(draft, 0.0, rng=rng)
