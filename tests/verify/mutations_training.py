"""Plans that break a rule on training, and what is to be said."""

from __future__ import annotations

from tests.verify.edits import MORE, Mutation, sets
from tests.verify.world import KAPPA, mode
from tests.verify.world_sites import STEPS

TRAINING_MUTATIONS = [
    Mutation(
        rule="peer_minimum",
        study={"workloads.0.min_peer_mw": 25},
        where="workload train, campus B, period 2029", value=20, limit=25,
    ),
    Mutation(
        world="ring", rule="peer_minimum",
        study={"workloads.0.min_peer_mw": 35},
        where="workload train, campus C, period 2031", value=30, limit=35,
    ),
    Mutation(
        world="replicas", rule="replica_minimum",
        study={"workloads.0.replica.min_replica_mw": 35},
        where="workload train, campus C, period 2030", value=30, limit=35,
    ),
    Mutation(
        world="replicas", rule="replica_minimum",
        study={"workloads.0.replica": None},
        where="workload train, campus C, period 2031", value=30, limit=0,
    ),
    Mutation(
        world="replicas", rule="replica_minimum",
        edit=sets(
            ("workloads.0.served_it_mw.C", [0, 10, 0]),
            ("workloads.0.replica_it_mw.C", [0, 20, 30]),
        ),
        where="workload train, campus C, period 2030", value=20, limit=0, others=MORE,
    ),
    Mutation(
        world="replicas", rule="replica_share",
        study={"workloads.0.replica.max_share": 0.25},
        where="workload train, period 2030", value=30, limit=25,
    ),
    Mutation(
        world="replicas", rule="replica_share",
        study={"workloads.0.replica.max_share": 0.2},
        where="workload train, period 2031", value=30, limit=20,
    ),
    Mutation(
        world="replicas", rule="replica_link",
        edit=sets(("workloads.0.replica_homes.C.1", None)),
        where="workload train, campus C, period 2030",
    ),
    Mutation(
        world="replicas", rule="replica_link",
        edit=sets(("links.1.demands", [])),
        where="link A-C, workload train, checkpoint, period 2030", value=0,
    ),
    Mutation(
        world="replicas", rule="replica_link",
        edit=sets(("workloads.0.replica_homes.C.0", "A")),
        where="workload train, campus C, period 2029",
    ),
    Mutation(
        world="replicas", rule="replica_link",
        edit=sets(("workloads.0.replica_homes.C.2", "B")),
        where="link B-C, workload train, checkpoint, period 2031", value=0,
        others=frozenset({"link_capacity"}),
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
        world="replicas", rule="single_mode",
        study={"workloads.0.bandwidth_levels": [0.7, 1.0]},
        where="workload train, period 2029", value=0.8,
    ),
    Mutation(
        world="replicas", rule="single_mode",
        study={"workloads.0.bandwidth_levels": [0.3, 1.0]},
        edit=sets(
            ("workloads.0.modes.0.bandwidth_level", 0.3),
            ("workloads.0.modes.0.goodput_loss_fraction", 0.05 + 0.6 * (1 / 0.3 - 1)),
            ("links.0.demands.0.gbps.0", 0.3 * 20 * KAPPA + 2 * 20),
        ),
        where="workload train, period 2029", value=1.45, limit=1,
    ),
    Mutation(
        world="ring", rule="single_mode",
        edit=sets(("workloads.0.modes.1.peers_max", 4)),
        where="workload train, period 2030", value=3,
    ),
    Mutation(
        world="ring", rule="single_mode",
        edit=sets(("workloads.0.modes.1.link_rtt_limit_ms", 4.99)),
        where="workload train, period 2030", value=4.99, limit=2.495,
    ),
    Mutation(
        rule="peer_count",
        edit=sets(("workloads.0.modes.1", mode(2, 2))),
        where="workload train, period 2030", value=3, limit=2,
    ),
    Mutation(
        world="ring", rule="peer_count",
        edit=sets(
            ("workloads.0.modes.1.peers_min", 2),
            ("workloads.0.modes.1.peers_max", 2),
            ("workloads.0.modes.1.link_rtt_limit_ms", 4.99),
        ),
        where="workload train, period 2030", value=3, limit=2,
    ),
    Mutation(
        rule="same_paradigm",
        edit=sets(("workloads.0.paradigm", "diloco")),
        where="workload train, period 2029",
    ),
    Mutation(
        world="ring", rule="same_paradigm",
        edit=sets(("workloads.0.fabric", "mesh")),
        where="workload train, period 2031",
    ),
    Mutation(
        rule="same_paradigm",
        edit=sets(("workloads.1.paradigm", "synchronous")),
        where="workload eval",
    ),
    Mutation(
        rule="hub_is_peer",
        edit=sets(("workloads.0.modes.0.hub", "C")),
        where="workload train, period 2029", value=0, limit=10, others=MORE,
    ),
    Mutation(
        world="moving", rule="hub_is_peer",
        study={"workloads.0.hub_may_move": False},
        where="workload train, period 2030",
    ),
    Mutation(
        world="moving", rule="hub_is_peer",
        edit=sets(("workloads.0.hub", "A")),
        where="workload train",
    ),
    Mutation(
        world="mesh", rule="hub_is_peer",
        edit=sets(("workloads.0.modes.1.hub", "A")),
        where="workload train, period 2030",
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
        world="mesh", rule="link_required",
        edit=sets(("links.2.demands", [])),
        where="link B-C, workload train, period 2031", value=0, limit=30 * KAPPA / STEPS,
    ),
    Mutation(
        world="ring", rule="ring_order",
        edit=sets(("links.2.demands", [])),
        where="workload train, period 2030", value=2, limit=3,
    ),
    Mutation(
        world="ring", rule="ring_order",
        edit=sets(("links.1.demands.0.gbps.2", 0)),
        where="workload train, period 2031", value=2, limit=3,
    ),
    Mutation(
        rule="link_demand",
        edit=sets(("links.0.demands.0.gbps.1", 11_000)),
        where="link A-B, workload train, period 2030", value=11_000, limit=30 * KAPPA,
    ),
    Mutation(
        world="replicas", rule="link_demand",
        edit=sets(("links.1.demands.0.gbps.1", 100)),
        where="link A-C, workload train, checkpoint, period 2030", value=100, limit=320,
    ),
    Mutation(
        world="replicas", rule="link_demand",
        edit=sets(("links.0.demands.0.gbps.2", 30 * KAPPA)),
        where="link A-B, workload train, period 2031", value=30 * KAPPA, limit=30 * KAPPA + 60,
    ),
    Mutation(
        world="replicas", rule="blast_radius",
        study={"workloads.0.max_share_per_campus": 0.6},
        where="workload train, campus A, period 2029", value=40, limit=36,
    ),
    Mutation(
        world="replicas", rule="blast_radius",
        study={"workloads.0.max_share_per_region": 0.68},
        where="workload train, grid region ercot_north, period 2030", value=70, limit=68,
    ),
    Mutation(
        world="replicas", rule="checkpoint_copies",
        study={"workloads.0.checkpoint_copies": 3},
        cells={"campuses": {"C": {"grid_region": "ercot_south"}}},
        where="workload train, period 2029", value=2, limit=3,
    ),
    Mutation(
        rule="checkpoint_copies",
        study={"workloads.0.checkpoint_copies": 2},
        cells={"campuses": {"C": {"grid_region": "ercot_south"}}},
        where="workload train, period 2029", value=1, limit=2,
    ),
]  # fmt: skip
