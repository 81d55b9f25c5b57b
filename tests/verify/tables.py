"""Tables and study file of :mod:`tests.verify.world`."""

from __future__ import annotations

from typing import Any

SITE = {"grid_region": "ercot_north"}
CAMPUSES: list[dict[str, Any]] = [
    {"id": "A", "name": "A", "lon": -99.0, "lat": 32.0, "kind": "announced", "limit_mw": 100,
     "earliest_date": "2027-06-01", "fixed_cost_usd": 5e6, "pue_peak": 1.25, "pue_average": 1.1,
     "energy_usd_per_mwh": 50, "shell_cost_usd_per_it_mw": 10e6, **SITE},
    {"id": "B", "name": "B", "lon": -99.0, "lat": 32.5, "kind": "announced", "limit_mw": 60,
     "earliest_date": "2029-01-01", "fixed_cost_usd": 4e6, **SITE},
    {"id": "C", "name": "C", "lon": -98.4, "lat": 32.3, "kind": "greenfield", "limit_mw": 60,
     "earliest_date": "2029-03-01", "fixed_cost_usd": 3e6, **SITE},
]  # fmt: skip
SUBSTATIONS: list[dict[str, Any]] = [
    {"id": "S1", "name": "S1", "lon": -99.1, "lat": 32.2, "kv": 345, **SITE},
    {"id": "S2", "name": "S2", "lon": -98.3, "lat": 32.3, "kv": 500, "fixed_cost_usd": 7e6,
     "cost_usd_per_mw": 1e5, **SITE},
]  # fmt: skip
TIMELINES: list[dict[str, Any]] = [
    {"substation_id": "S1", "date": "2028-01-01", "headroom_mw": 90},
    {"substation_id": "S1", "date": "2030-01-01", "headroom_mw": 200},
    {"substation_id": "S2", "date": "2029-06-01", "headroom_mw": 50},
]
TIE_LINES: list[dict[str, Any]] = [
    {"id": "tA", "campus_id": "A", "substation_id": "S1", "length_km": 25, "capacity_mw": 60},
    {"id": "tB", "campus_id": "B", "substation_id": "S1", "length_km": 35, "capacity_mw": 60},
    {"id": "tC", "campus_id": "C", "substation_id": "S2", "length_km": 10, "capacity_mw": 60,
     "cost_usd_per_km": 1e6},
]  # fmt: skip
NODES: list[dict[str, Any]] = [
    {"id": "NA", "lon": -99.0, "lat": 32.0, "campus_id": "A"},
    {"id": "NB", "lon": -99.0, "lat": 32.5, "campus_id": "B"},
    {"id": "NC", "lon": -98.4, "lat": 32.3, "campus_id": "C"},
    {"id": "J1", "lon": -99.6, "lat": 32.3},
    {"id": "J2", "lon": -98.5, "lat": 32.0},
]
CORRIDORS: list[dict[str, Any]] = [
    {"id": "ab1", "node_a": "NA", "node_b": "NB", "srlgs": "bridge:brazos"},
    {"id": "ab2a", "node_a": "J1", "node_b": "NA", "length_km": 90, "srlgs": "campus:A"},
    {"id": "ab2b", "node_a": "J1", "node_b": "NB", "length_km": 90, "method": "plow"},
    {"id": "ac1", "node_a": "NA", "node_b": "NC", "length_km": 70, "kind": "rail",
     "buildable": False, "iru_provider": "longline", "iru_pairs": 4, "srlgs": "bridge:leon"},
    {"id": "ac2a", "node_a": "NA", "node_b": "J2", "length_km": 80, "iru_provider": "plains",
     "iru_pairs": 2},
    {"id": "ac2b", "node_a": "J2", "node_b": "NC", "length_km": 70,
     "build_cost_usd_per_km": 50000, "build_lead_time_years": 1.5},
    {"id": "bc", "node_a": "NB", "node_b": "NC", "length_km": 65},
]  # fmt: skip
WAVES: list[dict[str, Any]] = [
    {"id": "w800", "carrier": "carrier1", "campus_a": "C", "campus_b": "A", "rate_gbps": 800,
     "length_km": 150, "corridors": "ac2b;ac2a", "max_waves": 20, "usd_per_month": 20000,
     "one_off_usd": 60000},
    {"id": "wdark", "carrier": "carrier1", "campus_a": "A", "campus_b": "C", "rate_gbps": 800,
     "length_km": 150, "max_waves": 20, "usd_per_month": 18000},
]  # fmt: skip
STUDY: dict[str, Any] = {
    "schema_version": 1,
    "name": "three",
    "title": "Three campuses",
    "horizon": {"decision_date": "2026-01-01", "start": "2029-01-01", "periods": 3},
    "sites": {"tie_lines": "tie_lines.csv"},
    "geography": {"leased_waves": "leased_waves.csv"},
    "transport": {
        "modules": ["grey800_2lr4", "zr800", "zrp800_131e", "zrp400_124"],
        "amplifiers": {"min_spacing_km": 40, "max_spacing_km": 80, "single_span_max_km": 100},
        "max_cables_per_size": 2,
        "max_pairs_per_route": 40,
    },
    "workloads": [
        {
            "id": "train",
            "it_demand_mw": [60, 110, 110],
            "paradigms": {"synchronous": {}, "diloco": {}},
            "fabrics": ["hub"],
            "max_peers": 4,
            "peer_buckets": [2, 3],
            "traffic": {"fabric_ratio": 0.001},
            "jitter_p99_ms": 0.01,
            "rtt_classes_ms": [1.0, 1.5, 5.0],
        },
        {
            "id": "eval",
            "it_demand_mw": [5, 5, 5],
            "min_peer_mw": 1,
            "campuses": ["A"],
            "unserved_usd_per_mw_year": 1e6,
        },
    ],
    "rules": {"pin_campuses": ["C"]},
}
HUTS = [
    ("h1", "ab2a", None, 30.0, "own"),  # 60 km from NA: ab2a runs from J1 to NA
    ("h2", "ab2b", None, 30.0, "own"),  # 120 km from NA
    ("h_early", "ab2a", None, 70.0, "own"),  # 20 km from NA
    ("h_near", "ab2b", None, 5.0, "own"),  # 95 km from NA
    ("h_far", "ab2b", None, 60.0, "own"),  # 150 km from NA
    ("h_node", None, "J1", 0.0, "own"),  # 90 km from NA
    ("h_iru", "ac1", None, 35.0, "longline"),
    ("h_bc", "bc", None, 30.0, "own"),
]
