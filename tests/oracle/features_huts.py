"""Features of amplifiers, huts and regenerators."""

from __future__ import annotations

import random

from tests.oracle.draft import Draft
from tests.oracle.features import (
    collective,
    feature,
    loads,
    long_corridors,
    overrides,
    rows,
    transport,
    two_sites,
)
from tests.oracle.features_fiber import no_waves, pair_channels


@feature
def amplifier_spacing(draft: Draft, rng: random.Random) -> None:
    two_sites(draft, rng)
    transport(draft)["modules"] = ["zrp400_124"]
    transport(draft)["amplifiers"]["max_spacing_km"] = 9.0


@feature
def amplifier_minimum_spacing(draft: Draft, rng: random.Random) -> None:
    """Long corridors whose huts lie too close to each other."""
    two_sites(draft, rng)
    transport(draft)["modules"] = [rng.choice(("zrp400_124", "zrp600"))]
    transport(draft)["amplifiers"]["min_spacing_km"] = rng.choice((8.0, 9.0))
    _very_long(draft, rng)


def _very_long(draft: Draft, rng: random.Random) -> None:
    for row in rows(draft, "corridors"):
        if row["node_b"] != "n-j":
            row["length_km"] = round(rng.uniform(20.5, 29), 2)
        else:
            row["length_km"] = round(rng.uniform(10.1, 13), 2)


@feature
def span_noise(draft: Draft, rng: random.Random) -> None:
    two_sites(draft, rng)
    _very_long(draft, rng)
    no_waves(draft)
    modules = ["zrp800_124", *rng.choice((["zrp400_124"], ["zrp600"], []))]
    transport(draft).update(
        modules=modules,
        terminals=["fixed_c"],
        margin_db=round(rng.uniform(4.1, 5.3), 1),
        cable_fibers=[6],
    )
    transport(draft)["amplifiers"]["min_spacing_km"] = rng.choice((0.0, 5.0))
    overrides(draft)[f"{modules[0]}.price"] = float(rng.randint(1000, 3000))
    for load in loads(draft):
        load["paradigms"] = {"diloco": {"traffic_reduction": 1.0}}
        collective(load, rng, 2.4e11, 2.9e11)


@feature
def hut_racks(draft: Draft, rng: random.Random) -> None:
    """More pairs than fit in the racks of a small hut."""
    pair_channels(draft, rng)
    no_waves(draft)
    overrides(draft).update({"rack.conv": 1.0, "hut.racks.legacy": float(rng.choice((1, 1, 2)))})
    transport(draft).update(max_racks_provider=rng.choice((1, 2)), cable_fibers=[6])
    long_corridors(draft, rng)


@feature
def hut_classes(draft: Draft, rng: random.Random) -> None:
    """Small huts are too small; large ones, or leased racks, help."""
    hut_racks(draft, rng)
    overrides(draft).update({"hut.racks.legacy": 1.0, "hut.racks.new": 4.0})
    if rng.random() < 0.6:
        transport(draft)["hut_classes"] = ["small", "large"]
    if rng.random() < 0.6:
        _given(draft, rng, leasable="true")


@feature
def existing_hut(draft: Draft, rng: random.Random) -> None:
    """Huts stand along the corridors already."""
    long_corridors(draft, rng)
    kinds = transport(draft).get("amplifier_types", ["conventional"])
    for row in _given(draft, rng):
        row |= {
            "existing_racks": rng.randint(1, 2),
            "existing_amplifier_type": rng.choice(kinds),
            "space_racks": rng.choice(("", 2, 3)),
            "leasable": "false",
        }


@feature
def hut_power(draft: Draft, rng: random.Random) -> None:
    """Power for one or two pairs."""
    pair_channels(draft, rng)
    no_waves(draft)
    long_corridors(draft, rng)
    overrides(draft).update(
        {
            "hut.power.legacy": rng.choice((0.15, 0.3, 0.45)),
            "hut.power.new": rng.choice((0.45, 0.9)),
            "rack.conv": 4.0,
            "pw.conly": 140.0,
        }
    )
    transport(draft)["provider_hut_power_kw"] = rng.choice((0.15, 0.3, 0.6))


@feature
def amplifier_types(draft: Draft, rng: random.Random) -> None:
    """Small racks, wide racks, amplifiers for four rails."""
    two_sites(draft, rng)
    long_corridors(draft, rng)
    transport(draft).update(
        amplifier_types=rng.choice(
            (["legacy", "multi_rail"], ["multi_rail"], ["legacy"], ["conventional", "multi_rail"])
        ),
        modules=transport(draft)["modules"][:1],
        terminals=["roadm_cl"],
    )
    overrides(draft).update(
        {
            "rack.conv": 2.0,
            "price.multi": float(rng.randint(3000, 20000)),
            "price.conv": float(rng.randint(9000, 40000)),
        }
    )


@feature
def regenerators(draft: Draft, rng: random.Random) -> None:
    """Spans too noisy in a row; a few huts can regenerate."""
    two_sites(draft, rng)
    _very_long(draft, rng)
    transport(draft).update(
        modules=["zrp800_124"],
        terminals=["fixed_c"],
        margin_db=round(rng.uniform(4.6, 6.0), 1),
        cable_fibers=[rng.choice((4, 6))],
        max_regenerators=rng.choice((1, 1, 2)),
    )
    transport(draft)["amplifiers"]["min_spacing_km"] = rng.choice((0.0, 5.0))
    overrides(draft).update(
        {
            "lat.regen": round(rng.uniform(1, 30), 1),
            "zrp800_124.price": 2000.0,
            "omd32.price": 6000.0,
        }
    )
    for load in loads(draft):
        load["paradigms"] = {"diloco": {"traffic_reduction": 1.0}}
        load["rtt_classes_ms"] = [round(rng.uniform(2, 9), 2)]
        collective(load, rng, 2.4e11, 2.9e11)
    _given(draft, rng, can_regenerate="true")
    for row in rows(draft, "corridors"):
        if row["iru_provider"]:
            row["buildable"] = "true"


def _given(draft: Draft, rng: random.Random, **cells: object) -> list[Draft]:
    """Return given huts, one in every corridor near its middle, with more cells set."""
    draft["file"]["geography"]["huts"] = "huts.csv"
    table = draft["tables"].setdefault("huts", [])
    known = {row["corridor_id"] for row in table}
    for edge in rows(draft, "corridors"):
        if edge["id"] not in known:
            share = rng.choice((0.5, 0.5, 0.45, 0.6))
            table.append(
                {
                    "id": f"hut-{edge['id']}",
                    "corridor_id": edge["id"],
                    "position_km": round(edge["length_km"] * share, 3),
                    "leasable": "false",
                    "can_regenerate": "false",
                    "existing_racks": 0,
                    "existing_amplifier_type": "conventional",
                    "space_racks": "",
                    "existing_until": "",
                }
            )
    for row in table:
        row.update(cells)
    found: list[Draft] = table
    return found


def fit_given(draft: Draft) -> None:
    """Keep given huts inside their corridors, whose lengths later features may have changed."""
    lengths = {row["id"]: row["length_km"] for row in rows(draft, "corridors")}
    for row in draft["tables"].get("huts", []):
        length = lengths[row["corridor_id"]]
        if row["position_km"] >= length - 0.5:
            row["position_km"] = round(length / 2, 3)
