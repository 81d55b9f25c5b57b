"""Worlds of power, sites and training beside that of :mod:`tests.verify.world`.

``brownfield``  what stands already and retires, upgrades, on-site generation, N-1 feed, caps
``replicas``    a checkpoint-and-burst replica, copies of the checkpoint, blast radius, levels
``ring``        a ring of two, then three peers; inner steps and compression
``mesh``        the same on a mesh
``moving``      a hub that moves
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from siting.plan import COST_LINES
from tests.verify.tables import CAMPUSES, SUBSTATIONS, TIE_LINES, TIMELINES
from tests.verify.world import (
    KAPPA,
    World,
    mode,
    put,
    rtt_ms,
)

Rows = list[dict[str, Any]]
Cells = dict[str, dict[str, dict[str, Any]]]
Edit = Callable[[dict[str, Any], World], None]
CHECKPOINT_GBPS = 8 * 2e12 * 12 / (60 * 10 * 1e9)  # 12 bytes a parameter every 10 minutes
EXCHANGE_GBPS = 8 * 2e12 * 2 / (0.6 * 10 * 1e9)  # two bytes a parameter in 60 % of 10 s
STEPS = 50 * 4  # traffic reduction: inner steps x compression


@dataclass(frozen=True, kw_only=True)
class Variant:
    """How a world differs from the first one."""

    study: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Rows] = field(default_factory=dict)
    plan: Edit


def rows_with(rows: Rows, changes: Mapping[str, dict[str, Any]]) -> Rows:
    """Return rows with cells changed, by id."""
    return [row | changes.get(row["id"], {}) for row in rows]


def sets(*pairs: tuple[str, Any]) -> Edit:
    def edit(data: dict[str, Any], _: World) -> None:
        for key, value in pairs:
            put(data, key, value)

    return edit


def brownfield(data: dict[str, Any], _: World) -> None:
    """A stands in part until 2031; B has two feeds, C power on site instead of a second one."""
    data["substations"] = [
        {"id": "S1", "in_service_from": None, "reserved_mw": [69.45, 96.05, 106.05]},
        {"id": "S2", "in_service_from": 1, "reserved_mw": [0, 29.9, 39.9]},
    ]
    data["network_upgrades"] = [{"id": "u1", "in_service_from": 1}]
    flows = {
        "tA": ("A", "S1", None, [46.25, 46.25, 56.25], [46.25, 46.25, 56.25]),
        "tB": ("B", "S1", 0, [26.6, 20.0, 39.9], [26.6, 39.9, 39.9]),
        "tB2": ("B", "S1", 0, [0, 19.9, 0], [26.6, 39.9, 39.9]),
        "tC": ("C", "S2", 1, [0, 29.9, 39.9], [0, 29.9, 39.9]),
    }
    data["tie_lines"] = [
        {"id": name, "campus": campus, "substation": substation, "in_service_from": first,
         "flow_mw": flow, "firm_mw": firm}
        for name, (campus, substation, first, flow, firm) in flows.items()
    ]  # fmt: skip
    data["bridging"] = [
        {"id": "gA", "campus": "A", "capacity_mw": [10, 10, 10], "output_mw": [10, 10, 0]},
        {"id": "gC", "campus": "C", "capacity_mw": [0, 40, 39.9], "output_mw": [0, 10, 0]},
    ]
    data["campuses"][0] |= {"in_service_from": 2, "built_it_mw": [25, 25, 45]}
    data["alternatives"] = [
        {
            "id": "single_site",
            "objective_usd": 3e9,
            "bound_usd": 2.5e9,
            "costs_usd": dict.fromkeys(COST_LINES, 0.0) | {"campuses": 1e9, "unserved_demand": 2e9},
            "unserved_mw_years": 190.0,
            "campuses": {"train": [None, "A", "A"], "eval": ["A", "A", "A"]},
        }
    ]


def replicas(data: dict[str, Any], _: World) -> None:
    """C keeps a copy of the checkpoint and bursts; 80 % of the traffic in the first year."""
    train = data["workloads"][0]
    c = train["served_it_mw"].pop("C")
    train |= {"replica_it_mw": {"C": c}, "replica_homes": {"C": [None, "A", "A"]}}
    less = {"bandwidth_level": 0.8, "goodput_loss_fraction": 0.05 + 0.6 * 0.25}
    train["modes"] = [mode(2, 2) | less, mode(2, 2), mode(2, 2)]
    later = 30 * KAPPA + 2 * 30
    data["links"][0]["demands"][0]["gbps"] = [0.8 * 20 * KAPPA + 2 * 20, later, later]
    data["links"][1]["demands"] = [
        {"workload": "train", "role": "checkpoint",
         "gbps": [0, CHECKPOINT_GBPS, CHECKPOINT_GBPS]}
    ]  # fmt: skip


def together(data: dict[str, Any], world: World) -> None:
    """A, B and C all linked, one route between B and C; local steps of DiLoCo."""
    module = {"module": "zr800", "terminal": "fixed_c", "amplifier": "none"}
    latency = world.catalog.value("zr800.latency")
    east = {
        "id": "east", "kind": "fiber", "corridors": ["bc"], "supply": ["own"],
        "fiber_type": "G652D", "length_km": 65.0, "huts": [], "regenerators": [],
        "spans_km": [65.0], "rtt_ms": rtt_ms(65, latency),
        "modes": [module | {"pairs": [0, 1, 1], "channels": [0, 1, 1]}],
    }  # fmt: skip
    data["links"].append({"campuses": ["B", "C"], "routes": [east], "demands": []})
    for link, first in zip(data["links"], (20 * KAPPA / STEPS, 0, 0), strict=True):
        gbps = [first, 30 * KAPPA / STEPS, 30 * KAPPA / STEPS]
        link["demands"] = [{"workload": "train", "role": "training", "gbps": gbps}]
    data["corridors"].append(
        {"id": "bc", "built_from": 1, "cables": {"G652D/144": [0, 1, 1]}, "iru_pairs": [0, 0, 0]}
    )


def ring(data: dict[str, Any], world: World) -> None:
    """A ring of two peers, then of three: half the latency for each link."""
    together(data, world)
    two = local_mode("ring", 2, 2, rho_ms=1.0, limit_ms=0.99)
    three = local_mode("ring", 3, 3, rho_ms=5.0, limit_ms=4.99 / 2)
    train = data["workloads"][0]
    train |= {"paradigm": "diloco", "fabric": "ring", "hub": None, "modes": [two, three, three]}


def mesh(data: dict[str, Any], world: World) -> None:
    together(data, world)
    two = local_mode("mesh", 2, 2, rho_ms=1.0, limit_ms=0.99)
    three = local_mode("mesh", 3, 4, rho_ms=5.0, limit_ms=4.99)
    train = data["workloads"][0]
    train |= {"paradigm": "diloco", "fabric": "mesh", "hub": None, "modes": [two, three, three]}


def local_mode(
    fabric: str, peers_min: int, peers_max: int, *, rho_ms: float, limit_ms: float
) -> dict[str, Any]:
    """DiLoCo: 1 % of the tokens, 5 exposed round trips in 10 s."""
    return mode(peers_min, peers_max) | {
        "paradigm": "diloco", "fabric": fabric, "hub": None, "rtt_class_ms": rho_ms,
        "link_rtt_limit_ms": limit_ms, "goodput_loss_fraction": 0.01 + 5 * rho_ms / 10_000,
    }  # fmt: skip


LOCAL = {
    "workloads.0.paradigms": {"diloco": {"inner_steps": 50, "compression_ratio": 4}},
    "workloads.0.fabrics": ["ring", "mesh"],
    "workloads.0.survival_fraction": 0,
}
SITE_VARIANTS: dict[str, Variant] = {
    "first": Variant(plan=sets()),
    "brownfield": Variant(
        study={
            "sites.network_upgrades": "upgrades.csv",
            "sites.bridging": "bridging.csv",
            "rules.caps": {
                "upfront_usd": [1.5e9, 1e9, 5e8],
                "campus_openings": 1,
                "substation_connections": [0, 1, 0],
                "corridor_build_km": [240, 0, 0],
                "hut_builds": 2,
            },
        },
        tables={
            "campuses": rows_with(
                CAMPUSES,
                {
                    "A": {"existing_it_mw": 20, "existing_until": "2031-01-01"},
                    "B": {"feed_redundancy": "tie_line"},
                    "C": {"feed_redundancy": "substation", "energy_region": "VA"},
                },
            ),
            "substations": rows_with(SUBSTATIONS, {"S1": {"existing_mw": 30}}),
            "power_timelines": [
                row | ({"headroom_mw": 90} if row["headroom_mw"] == 200 else {})
                for row in TIMELINES
            ],
            "tie_lines": [
                *rows_with(
                    TIE_LINES, {"tA": {"existing": True, "existing_until": "2031-06-01"}}
                ),
                {"id": "tB2", "campus_id": "B", "substation_id": "S1", "length_km": 20,
                 "capacity_mw": 60},
            ],
            "upgrades": [
                {"id": "u1", "substation_ids": "S1;S2", "added_mw": 50, "cost_usd": 20e6,
                 "lead_time_years": 4},
            ],
            "bridging": [
                {"id": "gA", "campus_id": "A", "technology": "recip", "limit_mw": 15},
                {"id": "gC", "campus_id": "C", "technology": "rental", "limit_mw": 40,
                 "cost_usd_per_kw": 30, "energy_usd_per_mwh": 90, "lead_time_years": 1},
            ],
        },
        plan=brownfield,
    ),
    "replicas": Variant(
        study={
            "workloads.0.replica": {
                "max_share": 0.35, "min_replica_mw": 20, "goodput_loss_fraction": 0.02,
                "rtt_limit_ms": 5,
            },
            "workloads.0.bandwidth_levels": [0.8, 1.0],
            "workloads.0.traffic.frontend_gbps_per_it_mw": 2.0,
            "workloads.0.checkpoint_copies": 2,
            "workloads.0.checkpoint_bytes_per_parameter": 12,
            "workloads.0.checkpoint_interval_min": 10,
            "workloads.0.max_share_per_campus": 0.7,
            "workloads.0.max_share_per_region": 0.75,
        },
        tables={"campuses": rows_with(CAMPUSES, {"B": {"grid_region": "ercot_west"}})},
        plan=replicas,
    ),
    "ring": Variant(study=LOCAL, plan=ring),
    "mesh": Variant(study=LOCAL, plan=mesh),
    "pinned": Variant(
        study={
            "rules.pin_substations": ["S1", "S2"],
            "rules.pin_corridors": ["ab1", "ac1"],
            "rules.pin_routes": [["ab2b", "ab2a"]],
            "rules.pin_huts": ["h1", "h2"],
        },
        plan=sets(),
    ),
    "moving": Variant(
        study={"workloads.0.hub_may_move": True},
        plan=sets(("workloads.0.modes.0.hub", "B"), ("workloads.0.hub", None)),
    ),
}  # fmt: skip
