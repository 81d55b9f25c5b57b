"""Random tiny studies: bundles of features that go together, and a few more."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from siting.study import Study
from tests.oracle import (  # noqa: F401  (they register their features)
    features_fiber,
    features_huts,
    features_power,
    features_training,
)
from tests.oracle.draft import Draft, base_draft, write
from tests.oracle.features import FEATURES, apply, rows, two_sites
from tests.oracle.features_huts import fit_given


@dataclass(frozen=True)
class Bundle:
    """Features drawn together on one shape of study."""

    name: str
    features: tuple[str, ...]
    most: int
    """Largest number of them drawn at once."""
    campuses: tuple[str, ...]
    periods: tuple[int, ...]
    always: tuple[str, ...] = ()
    extras: int = 2
    """Further features of :data:`LIGHT`."""
    two_jobs: bool = False


BUNDLES = (
    Bundle(
        "huts",
        (
            "amplifier_types",
            "hut_classes",
            "hut_power",
            "hut_racks",
            "existing_hut",
            "amplifier_minimum_spacing",
        ),
        2,
        ("ab",),
        (1, 1, 2),
        extras=1,
    ),
    Bundle(
        "noise", ("span_noise", "amplifier_spacing", "regenerators"), 1, ("ab",), (1,), extras=2
    ),
    Bundle("regenerators", ("existing_hut",), 1, ("ab",), (1,), ("regenerators",), extras=2),
    Bundle("ring", ("ring", "ring_transit"), 1, ("abc", "abc", "abcd"), (1,), extras=2),
    Bundle(
        "roles",
        ("replicas", "blast_radius", "checkpoint_copies"),
        2,
        ("ab", "abc"),
        (1, 1, 2),
        extras=2,
    ),
    Bundle("moving", (), 0, ("abcd",), (2,), ("hub_may_move",), extras=2),
    Bundle("caps", ("spend_cap", "openings_cap", "corridor_cap"), 2, ("ab",), (1, 2), extras=1),
    Bundle(
        "feeds",
        ("network_upgrades", "bridging_owned", "bridging_rented", "feed_redundancy"),
        3,
        ("ab", "ab", "abc"),
        (1, 2),
        extras=2,
    ),
    Bundle(
        "fibers",
        ("fiber_types", "hollow_core", "iru_fiber_type", "existing_cable", "cable_retirement"),
        2,
        ("ab",),
        (1, 2),
        extras=2,
    ),
    Bundle(
        "failures",
        (
            "survivability",
            "link_availability",
            "interruptions",
            "provider_failures",
            "leased_waves",
        ),
        3,
        ("ab",),
        (1, 1, 2),
        extras=1,
    ),
    Bundle("pairs", ("pair_channels", "corridor_pairs", "iru_limit"), 2, ("ab",), (1, 2), extras=2),
    Bundle(
        "modes",
        (
            "bandwidth_levels",
            "inner_steps",
            "streaming",
            "compressed",
            "rtt_limit",
            "peer_count",
            "frontend",
        ),
        3,
        ("ab", "ab", "abc"),
        (1, 2),
        extras=2,
    ),
    Bundle(
        "sites",
        (
            "timeline",
            "campus_limit",
            "tie_line_limit",
            "peer_minimum",
            "lead_time",
            "existing_sites",
            "retirement",
        ),
        3,
        ("ab", "ab", "abc"),
        (1, 2, 2, 3),
        extras=1,
    ),
    Bundle("shared", ("shared_link",), 1, ("ab",), (1,), ("shared_link",), extras=2, two_jobs=True),
    Bundle("three", ("survivability",), 1, ("abc",), (1,), ("three_peers",), extras=1),
)
LIGHT = (
    "optical_circuit_switches",
    "media_converters",
    "energy_region",
    "frontend",
    "bridging_owned",
    "bridging_rented",
    "network_upgrades",
    "existing_cable",
    "existing_sites",
    "module_dates",
    "interruptions",
    "provider_failures",
    "leased_waves",
    "feed_redundancy",
    "lead_time",
    "timeline",
    "openings_cap",
    "retirement",
)
"""Features that go with any bundle."""
ORDER = tuple(FEATURES)


def random_study(seed: int, folder: Path) -> Study:
    """Return the tiny study of ``seed``; its tables are written to ``folder``."""
    return write(random_draft(seed), folder)


def random_draft(seed: int, bundle: str | None = None) -> Draft:
    """Return the content of a random study: the study file and the rows of its tables."""
    rng = random.Random(seed)
    by_name = {b.name: b for b in BUNDLES}
    chosen = by_name[bundle] if bundle else BUNDLES[seed % len(BUNDLES)]
    names, periods = rng.choice(chosen.campuses), rng.choice(chosen.periods)
    draft = base_draft(rng, seed, names, periods, two_jobs=chosen.two_jobs)
    two_sites(draft, rng)
    # Several draws, the same features once; the extras last, so that they find their corridors.
    most = min(chosen.most, len(chosen.features))
    wanted = rng.sample(chosen.features, rng.randint(1, most)) if most else []
    for name in (*chosen.always, *wanted, *rng.sample(LIGHT, rng.randint(0, chosen.extras))):
        apply(draft, rng, name)
    fit_given(draft)
    tidy(draft)
    return draft


def tidy(draft: Draft) -> None:
    """Make what later features changed fit again: headroom, terminals, shared risks."""
    if "srlgs" in draft["tables"] and not any(r["srlgs"] for r in rows(draft, "corridors")):
        rows(draft, "corridors")[0]["srlgs"] = "bridge-1"
    transport = draft["file"]["transport"]
    if "multi_rail" in transport.get("amplifier_types", ()):
        transport["terminals"] = ["roadm_cl"]
    least: dict[str, float] = {}
    for row in sorted(
        rows(draft, "power_timelines"), key=lambda r: (r["substation_id"], r["date"])
    ):
        station = row["substation_id"]
        least[station] = row["headroom_mw"] = max(least.get(station, 0), row["headroom_mw"])
