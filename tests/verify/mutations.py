"""One broken plan for each rule: what is changed, and what the verifier must say."""

from __future__ import annotations

from tests.verify.edits import (
    MORE,
    ZR,
    ZRP,
    Mutation,
    add,
    amplified_at,
    foreign_hut,
    plain_entrances,
    sets,
    without_c,
)
from tests.verify.world import KAPPA, mode

MUTATIONS = [
    Mutation(
        rule="lead_time",
        edit=sets(("campuses.2.in_service_from", 0)),
        where="campus C", value=0, limit=1,
    ),
    Mutation(
        rule="persistence",
        edit=sets(("substations.0.reserved_mw", [82.85, 120, 100])),
        where="substation S1, period 2031", value=100, limit=120,
    ),
    Mutation(
        rule="campus_limit",
        edit=sets(("campuses.0.built_it_mw", [85, 85, 85])),
        where="campus A, period 2029", value=106.25, limit=100,
    ),
    Mutation(
        rule="campus_capacity",
        edit=sets(("campuses.1.built_it_mw.0", 19)),
        where="campus B, period 2029", value=20, limit=19,
    ),
    Mutation(
        rule="power_balance",
        edit=sets(("tie_lines.1.flow_mw.0", 26)),
        where="campus B, period 2029", value=26, limit=26.6,
    ),
    Mutation(
        rule="tie_line_limit",
        edit=sets(("tie_lines.2.in_service_from", 2)),
        where="tie line tC, period 2030", value=39.9, limit=0,
    ),
    Mutation(
        rule="tie_line_limit",
        edit=sets(("substations.1.in_service_from", 2)),
        where="tie line tC", value=1, limit=2, others=frozenset({"substation_reservation"}),
    ),
    Mutation(
        rule="substation_reservation",
        edit=sets(("substations.0.reserved_mw.0", 95)),
        where="substation S1, period 2029", value=95, limit=90,
    ),
    Mutation(
        rule="substation_reservation",
        edit=sets(("substations.0.reserved_mw.0", 80)),
        where="substation S1, period 2029", value=82.85, limit=80,
    ),
    Mutation(
        rule="demand_balance",
        edit=sets(("workloads.0.unserved_it_mw.1", 9)),
        where="workload train, period 2030", value=109, limit=110,
    ),
    Mutation(
        rule="allowed_campus",
        study={"workloads.1.campuses": ["B"]},
        where="workload eval, campus A", value=5, limit=0,
    ),
    Mutation(
        rule="allowed_campus",
        study={"rules.forbid_substations": ["S2"]},
        where="substation S2",
    ),
    Mutation(
        rule="allowed_campus",
        study={"rules.forbid_campuses": ["B"]},
        where="workload train, campus B", value=30, limit=0,
    ),
    Mutation(
        rule="allowed_campus",
        study={"rules.forbid_corridors": ["ab2b"]},
        where="corridor ab2b",
    ),
    Mutation(rule="pinned_campus", edit=without_c, where="campus C"),
    Mutation(
        rule="peer_minimum",
        study={"workloads.0.min_peer_mw": 25},
        where="workload train, campus B, period 2029", value=20, limit=25,
    ),
    Mutation(
        rule="single_mode",
        edit=sets(("workloads.0.modes.0.goodput_loss_fraction", 0.04)),
        where="workload train, period 2029", value=0.04, limit=0.05,
    ),
    Mutation(
        rule="single_mode",
        edit=sets(("workloads.0.modes.0", None)),
        where="workload train, period 2029", value=2, limit=2,
        others=frozenset({"link_required"}),
    ),
    Mutation(
        rule="single_mode",
        study={"workloads.0.allowed_goodput_loss": 0.046},
        where="workload train, period 2029", value=2.0, limit=1.84,
    ),
    Mutation(
        rule="peer_count",
        edit=sets(("workloads.0.modes.1", mode(2, 2))),
        where="workload train, period 2030", value=3, limit=2,
    ),
    Mutation(
        rule="same_paradigm",
        edit=sets(("workloads.0.paradigm", "diloco")),
        where="workload train, period 2029",
    ),
    Mutation(
        rule="hub_is_peer",
        edit=sets(("workloads.0.hub", "C")),
        where="workload train, period 2029", value=0, limit=10, others=MORE,
    ),
    Mutation(
        rule="link_required",
        edit=sets(("links.1.demands", [])),
        where="link A-C, workload train, period 2030", value=0, limit=30 * KAPPA,
    ),
    Mutation(
        rule="link_required",
        edit=sets(("links.1.demands.0.gbps.0", 100)),
        where="link A-C, workload train, period 2029", value=100, limit=0,
    ),
    Mutation(
        rule="link_demand",
        edit=sets(("links.0.demands.0.gbps.1", 11_000)),
        where="link A-B, workload train, period 2030", value=11_000, limit=30 * KAPPA,
    ),
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
        edit=sets(("corridors.0.cables.144", [1, 3, 3])),
        where="corridor ab1, cable 144, period 2030", value=3, limit=2,
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
        edit=sets(("huts.0.in_service_from", 1), ("huts.0.racks", [0, 1, 1])),
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
        edit=sets(("huts.1.racks", [0, 1, 1])),
        where="hut h2, period 2029", value=1, limit=0,
    ),
    Mutation(
        rule="hut_racks",
        edit=sets(("huts.1.racks", [1, 4, 4])),
        where="hut h2, period 2030", value=4, limit=3,
    ),
    Mutation(
        rule="cost_lines",
        edit=add("costs_usd.energy", 5.0), reprice=False,
        where="costs_usd.energy",
    ),
    Mutation(
        rule="bounds_consistent",
        edit=sets(("bounds.relative_gap", 0.5)), reprice=False,
        where="bounds.relative_gap", value=0.5,
    ),
    Mutation(
        rule="plan_shape",
        edit=sets(("huts.0.racks", [1, 1])),
        where="hut h1", value=2, limit=3,
    ),
]  # fmt: skip
