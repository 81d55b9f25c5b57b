"""Plans that break a rule on power, sites, training or costs, and what is to be said of each."""

from __future__ import annotations

from tests.verify.edits import (
    MORE,
    Mutation,
    add,
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
        edit=sets(("huts.0.racks.conventional", [1, 1])),
        where="hut h1", value=2, limit=3,
    ),
]  # fmt: skip
