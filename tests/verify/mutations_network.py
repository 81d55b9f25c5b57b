"""Plans that break a rule on routes, links, fiber, huts or optics, and what is to be said."""

from __future__ import annotations

from tests.verify.edits import (
    ZR,
    ZRP,
    Mutation,
    amplified_at,
    foreign_hut,
    plain_entrances,
    sets,
)
from tests.verify.world import KAPPA

NETWORK_MUTATIONS = [
    Mutation(
        rule="route_path",
        edit=sets(("links.0.routes.1.length_km", 170)),
        where="link A-B, route west", value=170, limit=180,
    ),
    Mutation(
        rule="route_supply",
        edit=sets(("links.1.routes.0.supply", ["nobody"])),
        where="link A-C, route rail, corridor ac1",
    ),
    Mutation(
        rule="pair_channels",
        edit=sets(("links.0.routes.0.modes.0.channels", [33, 33, 33])),
        where=f"link A-B, route direct, {ZR}, period 2029", value=33, limit=32,
    ),
    Mutation(
        rule="pair_channels",
        study={"transport.max_pairs_per_route": 2},
        edit=sets(("links.0.routes.0.modes.0.pairs", [1, 3, 3])),
        where=f"link A-B, route direct, {ZR}, period 2030", value=3, limit=2,
    ),
    Mutation(
        rule="rtt_limit",
        edit=sets(("links.1.routes.1.rtt_ms", 1.5)),
        where="link A-C, route waves", value=1.5, limit=1.57,
    ),
    Mutation(
        rule="link_capacity",
        study={"workloads.0.survival_fraction": 0},
        edit=sets(
            ("links.0.routes.0.modes.0.channels.0", 9),
            ("links.0.routes.1.modes.0.channels", [0, 0, 0]),
        ),
        where="link A-B, period 2029", value=7200, limit=20 * KAPPA,
    ),
    Mutation(
        rule="survivability",
        edit=sets(("links.0.routes.0.modes.0.channels.0", 9)),
        where="link A-B, period 2029", value=7200, limit=20 * KAPPA,
    ),
    Mutation(rule="diverse_entrances", network=plain_entrances, where="link A-B"),
    Mutation(
        rule="corridor_pairs",
        edit=sets(("corridors.0.cables", {}), ("corridors.0.built_from", None)),
        where="corridor ab1, period 2029", value=1, limit=0,
    ),
    Mutation(
        rule="cable_limit",
        edit=sets(("corridors.0.cables.G652D/144", [1, 3, 3])),
        where="corridor ab1, cable G652D/144, period 2030", value=3, limit=2,
    ),
    Mutation(
        rule="iru_limit",
        edit=sets(("corridors.3.iru_pairs", [0, 0, 1])),
        where="corridor ac1, IRU, period 2030", value=1, limit=0,
    ),
    Mutation(
        rule="iru_limit",
        edit=sets(("corridors.3.iru_pairs", [0, 5, 5])),
        where="corridor ac1, IRU, period 2030", value=5, limit=4,
    ),
    Mutation(
        rule="lease_limit",
        edit=sets(("links.1.routes.1.waves", [0, 21, 21])),
        where="leased wave w800, period 2030", value=21, limit=20,
    ),
    Mutation(
        rule="hut_service", network=foreign_hut, where="link A-B, route west, hut h1"
    ),
    Mutation(
        rule="hut_service",
        edit=sets(("huts.0.in_service_from", 1), ("huts.0.racks.conventional", [0, 1, 1])),
        where="link A-B, route west, hut h1", value=1, limit=0,
        others=frozenset({"hut_racks"}),
    ),
    Mutation(
        rule="spans_add_up",
        edit=sets(("links.0.routes.1.spans_km", [60, 50, 70])),
        where="link A-B, route west, span 2", value=50, limit=60,
    ),
    Mutation(
        rule="terminal_span",
        edit=amplified_at("h_node", spans=[90, 90]),
        where="link A-B, route west", value=90, limit=80,
    ),
    Mutation(
        rule="amplifier_spacing",
        edit=amplified_at("h1", "h_far", spans=[60, 90, 30]),
        where="link A-B, route west, h1 to h_far", value=90, limit=80,
    ),
    Mutation(
        rule="amplifier_minimum_spacing",
        edit=amplified_at("h1", "h_near", "h2", spans=[60, 35, 25, 60]),
        where="link A-B, route west, h1 to h_near", value=35, limit=40,
    ),
    Mutation(
        rule="span_noise",
        study={"transport.margin_db": 5.0},
        where=f"link A-B, route west, {ZRP}", value=29.960164, limit=30.8,
    ),
    Mutation(
        rule="hut_racks",
        edit=sets(("huts.1.racks.conventional", [0, 1, 1])),
        where="hut h2, period 2029", value=1, limit=0,
    ),
    Mutation(
        rule="hut_racks",
        edit=sets(("huts.1.racks.conventional", [1, 9, 9])),
        where="hut h2, period 2030", value=9, limit=8,
    ),
]  # fmt: skip
