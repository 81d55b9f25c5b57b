"""Plans that break a rule on routes, links, faults or fiber, and what is to be said."""

from __future__ import annotations

from tests.verify.edits import ZR, Mutation, plain_entrances, sets, unlit, with_hut
from tests.verify.world import KAPPA
from tests.verify.world_sites import CHECKPOINT_GBPS, STEPS

RING_GBPS = 30 * KAPPA / STEPS
AB1_KM = 58.21787837
CUTS_A_B = [AB1_KM * 2.7, 90 * 2.7, 90 * 1.0]  # km x cuts per 1,000 km and year
DOWN_A_B = (sum(CUTS_A_B) / 1000 * 12 + 2 * 0.05 * 8) / 8760
"""Share of time in which a corridor or hut of the link A-B is down; the bridge apart."""


def crossing(*corridors: str, group: str) -> dict[str, dict[str, dict[str, str]]]:
    """Corridors that share a risk and have no other."""
    return {"corridors": {name: {"srlgs": group} for name in corridors}}


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
        rule="route_path",
        edit=sets(("links.1.routes.1.corridors", ["ac2a"])),
        where="link A-C, route waves",
    ),
    Mutation(
        rule="route_supply",
        cells={"corridors": {"ac1": {"iru_fiber_type": "G654E"}}},
        where="link A-C, route rail, corridor ac1",
    ),
    Mutation(
        rule="route_supply",
        edit=unlit(1, "ac1", 70.0, "G652D"),  # not buildable
        where="link A-C, route unlit, corridor ac1",
    ),
    Mutation(
        rule="route_supply",
        edit=unlit(0, "ab1", AB1_KM, "HCF"),  # not a fiber type of the study
        where="link A-B, route unlit, corridor ab1",
    ),
    Mutation(
        rule="cable_limit",
        edit=sets(("corridors.0.cables.HCF/144", [0, 0, 1])),
        where="corridor ab1, cable HCF/144, period 2031", value=1, limit=0,
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
        rule="module_date",
        world="standing",
        study={"transport.module_dates": {"zr800": "2030-06-01"}},
        where=f"link A-B, route direct, {ZR}, period 2030", value=15, limit=0,
    ),
    Mutation(
        rule="module_date",
        study={"catalog.overrides": {"zr1600.available": 2030},
               "transport.modules": ["zr1600", "zr800", "zrp800_131e"]},
        edit=sets(("links.0.routes.0.modes.0.module", "zr1600")),
        where="link A-B, route direct, zr1600 with terminal fixed_c, period 2029",
        value=10, limit=0,
    ),
    Mutation(
        rule="rtt_limit",
        world="regenerated",
        edit=sets(("links.0.routes.1.rtt_ms", 2 * (180 * 4.9 + 2 * 0.15 + 0.2 + 12) / 1000)),
        where="link A-B, route west", value=1.789, limit=2 * (180 * 4.9 + 30.35 + 12) / 1000,
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
    Mutation(
        rule="link_capacity",
        world="replicas",
        study={"workloads.0.replica.rtt_limit_ms": 0.5},
        where="link A-C, period 2030", value=0, limit=CHECKPOINT_GBPS,
        others=frozenset({"rtt_limit"}),
    ),
    Mutation(
        rule="survivability",
        world="replicas",
        study={"workloads.0.replica.survival_fraction": 1},
        edit=sets(("links.1.routes.1.waves", [0, 0, 0])),
        where="link A-C, period 2030", value=0, limit=CHECKPOINT_GBPS,
    ),
    Mutation(
        rule="survivability",
        world="transit",
        study={"survivability.ring_transit": False},
        where="link B-C, period 2030", value=0, limit=RING_GBPS,
    ),
    Mutation(
        rule="survivability",
        world="transit",
        cells=crossing("bc", "ac1", "ac2a", group="bridge:x"),
        where="link A-C, period 2030", value=0, limit=RING_GBPS,
    ),
    Mutation(
        rule="survivability",
        world="transit",
        cells=crossing("ac1", "ac2a", group="campus:B"),
        where="link A-C, period 2031", value=0, limit=RING_GBPS,
    ),
    Mutation(rule="diverse_entrances", network=plain_entrances("AC"), where="link A-B"),
    Mutation(
        rule="diverse_entrances", world="rates", network=plain_entrances("AB"), where="link A-C"
    ),
    Mutation(
        rule="link_availability",
        world="rates",
        study={"workloads.0.min_link_availability": 0.9995},
        where="link A-B, workload train, period 2029",
        value=DOWN_A_B + 0.02 * 48 / 8760, limit=0.0005,
    ),
    Mutation(
        rule="link_availability",
        world="rates",
        cells={"srlgs": {"bridge:brazos": {"events_per_year": 0.5, "repair_hours": None}}},
        where="link A-B, workload train, period 2031",
        value=DOWN_A_B + 0.5 * 12 / 8760, limit=0.001,
    ),
    Mutation(
        rule="corridor_pairs",
        edit=sets(("corridors.0.cables", {}), ("corridors.0.built_from", None)),
        where="corridor ab1, period 2029", value=1, limit=0,
    ),
    Mutation(
        rule="corridor_pairs",
        world="regenerated",
        edit=sets(("corridors.1.cables", {"G652D/144": [1, 1, 1]})),
        where="corridor ab2a, period 2029", value=1, limit=0,
    ),
    Mutation(
        rule="corridor_pairs",
        world="standing",
        edit=sets(("corridors.0.cables", {}), ("corridors.0.built_from", None)),
        where="corridor ab1, period 2031", value=1, limit=0,
        others=frozenset({"retirement"}),
    ),
    Mutation(
        rule="cable_limit",
        world="standing",
        edit=sets(("corridors.0.built_from", None)),
        where="corridor ab1, cable G652D/144, period 2031", value=1, limit=0,
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
        rule="lease_limit",
        cells={"leased_waves": {"w800": {"max_waves": 10}}},
        where="leased wave w800, period 2030", value=15, limit=10,
    ),
    Mutation(
        rule="plan_shape", network=with_hut("h1", lon=-99.0), where="hut h1", value=0.4, limit=0
    ),
    Mutation(
        rule="plan_shape", network=with_hut("h_bc", existing_racks=4), where="hut h_bc"
    ),
]  # fmt: skip
