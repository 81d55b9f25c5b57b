"""Features of fiber, optics and failures."""

from __future__ import annotations

import random

from tests.oracle.draft import Draft
from tests.oracle.features import (
    collective,
    corridors,
    feature,
    loads,
    no_iru,
    overrides,
    period_start,
    periods,
    rows,
    transport,
    two_sites,
)


@feature
def survivability(draft: Draft, rng: random.Random) -> None:
    two_sites(draft, rng)
    for load in loads(draft):
        load["survival_fraction"] = rng.choice((0.5, 1.0))


@feature
def pair_channels(draft: Draft, rng: random.Random) -> None:
    """Make a link need two pairs or more on a route: two channels, one for each pair."""
    two_sites(draft, rng)
    overrides(draft).update({"omd32.ports": 1.0, "rd66.ports": 1.0})
    transport(draft).update(
        modules=rng.sample(["zrp600", "zrp800_131e"], rng.choice((1, 1, 2))),
        terminals=[rng.choice(("fixed_c", "roadm_cl"))],
        max_cables_per_size=3,
    )
    for load in loads(draft):
        load["survival_fraction"] = rng.choice((0.0, 1.0))
        collective(load, rng, 3.8e11, 5.5e11)
        load["paradigms"] = {p: {"traffic_reduction": 1.0} for p in load["paradigms"]}


@feature
def corridor_pairs(draft: Draft, rng: random.Random) -> None:
    pair_channels(draft, rng)
    transport(draft)["cable_fibers"] = rng.choice(([2], [2, 4]))
    overrides(draft).update({"rack.conv": 4.0, "hut.racks.legacy": 4.0})
    no_iru(draft)


@feature
def iru_limit(draft: Draft, rng: random.Random) -> None:
    pair_channels(draft, rng)
    no_waves(draft)
    overrides(draft).update(
        {"iru.lh": float(rng.randint(300, 900)), "hut.lease.rack": float(rng.randint(1000, 4000))}
    )
    transport(draft).update(max_racks_provider=4, cable_fibers=[6])
    corridors(draft, iru_provider="telco", iru_pairs=1)
    for row in rows(draft, "corridors"):
        row["build_cost_usd_per_km"] = rng.randint(4000, 9000)


def no_waves(draft: Draft) -> None:
    """Offer no leased waves."""
    draft["file"]["geography"].pop("leased_waves", None)
    draft["tables"].pop("leased_waves", None)


@feature
def leased_waves(draft: Draft, rng: random.Random) -> None:
    names = [row["id"] for row in rows(draft, "campuses")]
    declared = [e["id"] for e in rows(draft, "corridors") if e["node_b"] != "n-j"]
    ends = next((e for e in rows(draft, "corridors") if e["id"] in declared), None)
    a, b = tuple(names[:2]) if ends is None else (ends["node_a"][2:], ends["node_b"][2:])
    draft["file"]["geography"]["leased_waves"] = "leased_waves.csv"
    draft["tables"]["leased_waves"] = [
        {
            "id": "wave1",
            "carrier": rng.choice(("carrier1", "telco")),
            "campus_a": a,
            "campus_b": b,
            "rate_gbps": rng.choice((400, 800)),
            "length_km": round(rng.uniform(11, 25), 2),
            "corridors": declared[0] if declared and rng.random() < 0.5 else "",
            "max_waves": rng.randint(1, 3),
            "usd_per_month": rng.randint(100, 1500),
            "one_off_usd": rng.randint(0, 5000),
        }
    ]


@feature
def fiber_types(draft: Draft, rng: random.Random) -> None:
    """A second fiber of lower loss or less delay."""
    kinds = rng.choice((["G652D", "G654E"], ["G652D", "HCF"], ["G654E", "HCF"]))
    transport(draft).update(
        fiber_types=kinds,
        cable_fibers=[rng.choice((2, 4, 6))],
        modules=transport(draft)["modules"][:1],
        terminals=transport(draft)["terminals"][:1],
        margin_db=rng.choice((2.0, 3.0, 4.0)),
    )
    overrides(draft).update({"G654E.price_mult": 1.15, "hut.cost.legacy": 250_000.0})
    for row in rows(draft, "corridors"):
        row["build_cost_usd_per_km"] = rng.randint(500, 2500)
        if row["node_b"] == "n-j":
            row["length_km"] = round(rng.uniform(5, 6.5), 2)


@feature
def hollow_core(draft: Draft, rng: random.Random) -> None:
    """Only hollow-core fiber keeps a tight limit; its loss is that of the glass, times ten."""
    fiber_types(draft, rng)
    transport(draft)["fiber_types"] = ["G652D", "HCF"]
    two_sites(draft, rng)
    for load in loads(draft):
        load["rtt_classes_ms"] = [round(rng.uniform(0.75, 1.15), 2)]
        load["paradigms"] = {
            p: {**v, "exposed_round_trips": float(rng.randint(60, 200))}
            for p, v in load["paradigms"].items()
        }


@feature
def iru_fiber_type(draft: Draft, rng: random.Random) -> None:
    """What the provider's fiber is decides over noise, delay and the cable of mixed routes."""
    kind = rng.choice(("HCF", "G654E", "HCF"))
    overrides(draft)["iru.lh"] = float(rng.randint(200, 900))
    if rng.random() < 0.6:
        transport(draft)["fiber_types"] = ["G652D", kind]
    chosen = rows(draft, "corridors")
    for row in chosen if rng.random() < 0.7 else chosen[::2]:
        row |= {"iru_provider": "telco", "iru_pairs": rng.randint(1, 3), "iru_fiber_type": kind}
        row["build_cost_usd_per_km"] = rng.randint(3000, 8000)


@feature
def existing_cable(draft: Draft, rng: random.Random) -> None:
    kinds = [*transport(draft).get("fiber_types", ["G652D"]), "G654E"]
    kind = rng.choice(kinds)
    table = rows(draft, "corridors")
    for row in rng.sample(table, rng.randint(1, len(table))):
        row |= {"existing_fibers": rng.choice((2, 2, 4)), "existing_fiber_type": kind}
        if rng.random() < 0.3:
            row["buildable"] = "false"


@feature
def cable_retirement(draft: Draft, rng: random.Random) -> None:
    """A cable that retires in the horizon must be followed by a new one."""
    existing_cable(draft, rng)
    for row in rows(draft, "corridors"):
        if row["existing_fibers"]:
            row["buildable"] = "true"
            row["existing_until"] = period_start(draft, periods(draft) - 1)
            row["existing_fiber_type"] = transport(draft).get("fiber_types", ["G652D"])[0]


@feature
def module_dates(draft: Draft, rng: random.Random) -> None:
    """The best module comes late."""
    modules = ["zrp600", rng.choice(("zrp800_131e", "zrp400_124", "zrp800_124"))]
    transport(draft)["modules"] = modules
    late = rng.choice(modules)
    overrides(draft)[f"{late}.price"] = float(rng.randint(300, 1200))
    day = period_start(draft, rng.randint(1, periods(draft)))
    transport(draft)["module_dates"] = {late: day}


@feature
def optical_circuit_switches(draft: Draft, _: random.Random) -> None:
    transport(draft)["optical_circuit_switches"] = True


@feature
def media_converters(draft: Draft, rng: random.Random) -> None:
    """Grey optics over short corridors, with a converter on each channel."""
    transport(draft)["media_converters"] = True
    transport(draft)["modules"] = ["grey800_2lr4", *transport(draft)["modules"][:1]]
    overrides(draft).update(
        {"grey800_2lr4.reach": 14.0, "grey800_2lr4.price": float(rng.randint(100, 900))}
    )
    for row in rows(draft, "corridors"):
        least, most = (4.5, 6.9) if row["node_b"] == "n-j" else (10.2, 13.5)
        row["length_km"] = round(rng.uniform(least, most), 2)


@feature
def link_availability(draft: Draft, rng: random.Random) -> None:
    """Cuts so frequent that protection is worth it even where none is asked for."""
    _frail(draft, rng)
    for load in loads(draft):
        load["min_link_availability"] = round(rng.uniform(0.955, 0.995), 4)


@feature
def interruptions(draft: Draft, rng: random.Random) -> None:
    _frail(draft, rng)
    draft["file"]["survivability"]["charge_interruptions"] = True
    hours = round(rng.uniform(4, 60), 1)
    for load in loads(draft):
        load["paradigms"] = {
            p: {**v, "interruption_hours": hours} for p, v in load["paradigms"].items()
        }


def _frail(draft: Draft, rng: random.Random) -> None:
    """Draw failure rates, shared risks included, at which they matter."""
    overrides(draft).update(
        {
            "cut.rate": float(rng.randint(150, 700)),
            "ila.power": round(rng.uniform(0.2, 2.0), 2),
            "otn.avail": round(rng.uniform(0.97, 0.997), 4),
        }
    )
    for row in rows(draft, "corridors"):
        if rng.random() < 0.4:
            row["cuts_per_1000km_year"] = rng.randint(20, 900)
        if rng.random() < 0.3:
            row["srlgs"] = "bridge-1"
    draft["file"]["geography"]["srlgs"] = "srlgs.csv"
    row = {"id": "bridge-1", "events_per_year": round(rng.uniform(0.1, 6), 2)}
    if rng.random() < 0.5:
        row["repair_hours"] = rng.randint(4, 48)
    draft["tables"]["srlgs"] = [row]


@feature
def provider_failures(draft: Draft, rng: random.Random) -> None:
    """Fiber and waves of providers are cheap, and a whole provider may fail."""
    two_sites(draft, rng)
    draft["file"]["survivability"]["provider_failures"] = True
    overrides(draft).update({"iru.lh": float(rng.randint(200, 900))})
    names = rng.choice((("telco",), ("telco", "rail")))
    for i, row in enumerate(rows(draft, "corridors")):
        row |= {"iru_provider": names[i % len(names)], "iru_pairs": rng.randint(1, 3)}
        row["build_cost_usd_per_km"] = rng.randint(3000, 8000)
    for load in loads(draft):
        load["survival_fraction"] = rng.choice((0.5, 1.0))
