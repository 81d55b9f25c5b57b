"""Plans that break a rule on power, sites or caps, and what is to be said."""

from __future__ import annotations

from tests.verify.edits import MORE, Mutation, sets, without_c

SITE_MUTATIONS = [
    Mutation(
        rule="lead_time",
        edit=sets(("campuses.2.in_service_from", 0)),
        where="campus C", value=0, limit=1,
    ),
    Mutation(
        world="brownfield", rule="lead_time",
        edit=sets(("network_upgrades.0.in_service_from", 0)),
        where="network upgrade u1", value=0, limit=1,
    ),
    Mutation(
        world="brownfield", rule="lead_time",
        study={"catalog.overrides": {"br.recip.lt": 48.0}},
        where="bridging gA", value=0, limit=1,
    ),
    Mutation(
        world="brownfield", rule="lead_time",
        cells={"campuses": {"A": {"earliest_date": "2030-01-01"}}},
        where="campus A, IT MW built", value=0, limit=1,
    ),
    Mutation(
        world="standing", rule="lead_time",
        cells={"huts": {"h2": {"existing_racks": 1, "space_racks": 4}}},
        edit=sets(("huts.1.in_service_from", 1)),
        where="hut h2, conventional racks", value=0, limit=1,
    ),
    Mutation(
        rule="persistence",
        edit=sets(("substations.0.reserved_mw", [82.85, 120, 100])),
        where="substation S1, period 2031", value=100, limit=120,
    ),
    Mutation(
        rule="persistence",
        edit=sets(("campuses.0.built_it_mw", [46, 45, 45])),
        where="campus A, period 2030", value=45, limit=46,
    ),
    Mutation(
        world="brownfield", rule="persistence",
        edit=sets(("bridging.0.capacity_mw", [12, 10, 10])),
        where="bridging gA, period 2030", value=10, limit=12,
    ),
    Mutation(
        world="brownfield", rule="retirement",
        edit=sets(("campuses.0.in_service_from", None), ("campuses.0.built_it_mw.2", 25)),
        where="campus A, period 2031", value=45, limit=0,
        others=frozenset({"bridging_limit", "campus_capacity", "campus_limit", "peer_minimum"}),
    ),
    Mutation(
        world="brownfield", rule="retirement",
        cells={"tie_lines": {"tA": {"existing_until": "2030-06-01"}}},
        where="tie line tA, period 2031", value=56.25, limit=0,
        others=frozenset({"tie_line_limit"}),
    ),
    Mutation(
        world="brownfield", rule="retirement",
        cells={"substations": {"S1": {"existing_until": "2031-01-01"}}},
        where="substation S1, period 2031", value=136.05, limit=0,
        others=frozenset({"substation_reservation", "tie_line_limit"}),
    ),
    Mutation(
        rule="campus_limit",
        edit=sets(("campuses.0.built_it_mw", [85, 85, 85])),
        where="campus A, period 2029", value=106.25, limit=100,
    ),
    Mutation(
        world="brownfield", rule="campus_limit",
        edit=sets(("campuses.0.built_it_mw", [65, 65, 65])),
        where="campus A, period 2030", value=106.25, limit=100,
    ),
    Mutation(
        rule="campus_capacity",
        edit=sets(("campuses.1.built_it_mw.0", 19)),
        where="campus B, period 2029", value=20, limit=19,
    ),
    Mutation(
        world="brownfield", rule="campus_capacity",
        edit=sets(("campuses.0.built_it_mw.0", 24)),
        where="campus A, period 2029", value=45, limit=44,
    ),
    Mutation(
        world="replicas", rule="campus_capacity",
        edit=sets(("campuses.2.built_it_mw.1", 29)),
        where="campus C, period 2030", value=30, limit=29,
    ),
    Mutation(
        rule="power_balance",
        edit=sets(("tie_lines.1.flow_mw.0", 26), ("tie_lines.1.firm_mw.0", 26)),
        where="campus B, period 2029", value=26, limit=26.6,
    ),
    Mutation(
        world="brownfield", rule="power_balance",
        edit=sets(("bridging.1.output_mw.1", 9)),
        where="campus C, period 2030", value=38.9, limit=39.9,
    ),
    Mutation(
        world="brownfield", rule="bridging_limit",
        edit=sets(("bridging.1.capacity_mw.1", 41)),
        where="bridging gC, period 2030", value=41, limit=40,
    ),
    Mutation(
        world="brownfield", rule="bridging_limit",
        edit=sets(
            ("bridging.0.output_mw.0", 11),
            ("tie_lines.0.flow_mw.0", 45.25),
            ("tie_lines.0.firm_mw.0", 45.25),
        ),
        where="bridging gA, period 2029", value=11, limit=10,
    ),
    Mutation(
        rule="tie_line_limit",
        edit=sets(("tie_lines.2.in_service_from", 2)),
        where="tie line tC, period 2030", value=39.9, limit=0,
    ),
    Mutation(
        rule="tie_line_limit",
        edit=sets(("substations.1.in_service_from", 2)),
        where="tie line tC, period 2030", others=frozenset({"substation_reservation"}),
    ),
    Mutation(
        world="brownfield", rule="tie_line_limit",
        edit=sets(("tie_lines.0.in_service_from", 2)),
        where="tie line tA, period 2031",
    ),
    Mutation(
        world="brownfield", rule="tie_line_limit",
        edit=sets(("tie_lines.3.firm_mw.1", 29)),
        where="tie line tC, period 2030", value=29.9, limit=29,
    ),
    Mutation(
        world="brownfield", rule="n_minus_1_feed",
        edit=sets(("tie_lines.2.firm_mw.1", 39)),
        where="campus B, period 2030", value=39, limit=39.9,
    ),
    Mutation(
        world="brownfield", rule="n_minus_1_feed",
        edit=sets(("bridging.1.capacity_mw.1", 38)),
        where="campus C, period 2030", value=38, limit=39.9,
    ),
    Mutation(
        rule="n_minus_1_feed",
        edit=sets(("tie_lines.0.firm_mw.0", 60), ("substations.0.reserved_mw.0", 86.6)),
        where="tie line tA, period 2029", value=60, limit=56.25,
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
        world="brownfield", rule="substation_reservation",
        edit=sets(("network_upgrades", [])),
        where="substation S1, period 2030", value=96.05, limit=90,
    ),
    Mutation(
        world="brownfield", rule="substation_reservation",
        edit=sets(("substations.0.reserved_mw.0", 69)),
        where="substation S1, period 2029", value=99.45, limit=99,
    ),
    Mutation(
        rule="demand_balance",
        edit=sets(("workloads.0.unserved_it_mw.1", 9)),
        where="workload train, period 2030", value=109, limit=110,
    ),
    Mutation(
        world="replicas", rule="demand_balance",
        edit=sets(("workloads.1.unserved_it_mw.0", 1)),
        where="workload eval, period 2029", value=6, limit=5,
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
    Mutation(
        rule="allowed_campus",
        study={"rules.forbid_huts": ["h2"]},
        where="hut h2",
    ),
    Mutation(
        rule="allowed_campus",
        study={"rules.forbid_routes": [["ab2b", "ab2a"]]},
        where="link A-B, route west",
    ),
    Mutation(
        world="replicas", rule="allowed_campus",
        study={"workloads.0.campuses": ["A", "B"]},
        where="workload train, campus C", value=30, limit=0,
    ),
    Mutation(rule="pinned_campus", edit=without_c, where="campus C"),
    Mutation(world="replicas", rule="pinned_campus", edit=without_c, where="campus C"),
    Mutation(
        rule="pinned_substation", edit=without_c,
        study={"rules.pin_campuses": [], "rules.pin_substations": ["S1", "S2"]},
        where="substation S2",
    ),
    Mutation(
        rule="pinned_substation",
        study={"rules.pin_substations": ["S2"]},
        edit=sets(("substations.1.in_service_from", None)),
        where="substation S2", others=MORE,
    ),
    Mutation(rule="pinned_corridor", study={"rules.pin_corridors": ["bc"]}, where="corridor bc"),
    Mutation(
        rule="pinned_corridor",
        study={"rules.pin_corridors": ["ab1", "ab2a", "ac2a"]},
        where="corridor ac2a",  # a leased wave runs there, no fiber route
    ),
    Mutation(
        rule="pinned_corridor", edit=without_c,
        study={"rules.pin_campuses": [], "rules.pin_corridors": ["ab1", "ac1"]},
        where="corridor ac1",
    ),
    Mutation(
        rule="pinned_route",
        study={"rules.pin_routes": [["ab1"], ["ab2b", "ab2a"], ["ab1", "bc"]]},
        where="path ab1 - bc",
    ),
    Mutation(
        rule="pinned_route",
        study={"rules.pin_routes": [["ab1"]]},
        edit=sets(("links.0.routes.0.modes.0.channels", [0, 0, 0])),
        where="path ab1", others=MORE,
    ),
    Mutation(
        rule="pinned_hut", study={"rules.pin_huts": ["h1", "h_node"]}, where="hut h_node"
    ),
    Mutation(rule="pinned_hut", study={"rules.pin_huts": ["h_bc", "h2"]}, where="hut h_bc"),
    Mutation(
        world="brownfield", rule="spend_cap",
        study={"rules.caps.upfront_usd": [1.5e9, 1e9, 1e8]},
        where="upfront cash, period 2031", value=5e6 + 20 * 10e6 + 10 * 3e5 + 10 * 1e5, limit=1e8,
    ),
    Mutation(
        rule="spend_cap",
        study={"rules.caps": {"upfront_usd": 1e9}},
        where="upfront cash, period 2029", limit=1e9,
    ),
    Mutation(
        world="brownfield", rule="build_cap",
        study={"rules.caps.campus_openings": [1, 1, 0]},
        where="campuses opened, period 2031", value=1, limit=0,
    ),
    Mutation(
        world="brownfield", rule="build_cap",
        study={"rules.caps.substation_connections": [1, 0, 0]},
        where="substations connected, period 2030", value=1, limit=0,
    ),
    Mutation(
        world="brownfield", rule="build_cap",
        study={"rules.caps.corridor_build_km": 200},
        where="own corridors built, period 2029", value=238.217878, limit=200,
    ),
    Mutation(
        world="brownfield", rule="build_cap",
        study={"rules.caps.hut_builds": [1, 1, 1]},
        where="own huts built, period 2029", value=2, limit=1,
    ),
]  # fmt: skip
