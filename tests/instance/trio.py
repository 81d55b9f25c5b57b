"""Two campuses joined by own fiber, by IRU and by a leased wave, each of which the plan needs."""

from __future__ import annotations

from typing import Any

Draft = dict[str, Any]

WEST, EAST = -100.05352860568688, -99.94647139431312

OVERRIDES = {
    "zrp400_124.price": 2000.0,
    "G652D.loss": 2.0,
    "G652D.gamma": 13.0,
    "G652D.D": 167.0,
    "G652D.delay": 49.0,
    "lat.fiber": 49.0,
    "elec.TX": 100.0,
    "omd32.ports": 1.0,
    "omd32.price": 21061.0,
    "price.conly": 15740.0,
    "hut.cost.legacy": 85535.0,
    "hut.land": 10000.0,
    "hut.om": 3958.0,
    "hut.lease.rack": 2430.0,
    "hut.rack.own": 18775.0,
    "hut.racks.legacy": 1.0,
    "rack.conv": 1.0,
    "iru.lh": 898.0,
    "om.iru": 40.0,
    "om.owned": 60.0,
    "row.fee": 90.0,
    "row.oneoff": 700.0,
    "build.pull": 400.0,
}
"""Ten times the loss and delay: kilometers stand for tens of kilometers."""


def trio_draft(*, late_corridor: bool = False) -> Draft:
    """Return the draft: a link of 700 Gb/s over three routes of 400 Gb/s, any of which may fail.

    Args:
        late_corridor: the own corridor is what keeps the campuses apart in the first period;
            else it is the second campus that is late.
    """
    file: Draft = {
        "schema_version": 1,
        "name": "trio",
        "title": "Three routes",
        "synthetic": ["everything"],
        "horizon": {
            "decision_date": "2024-12-27",
            "start": "2028-01-01",
            "periods": 2,
            "period": "year",
        },
        "money": {"discount_rate": 0.08},
        "catalog": {"source": "catalog", "overrides": dict(OVERRIDES)},
        "sites": {"tie_lines": "tie_lines.csv"},
        "geography": {
            "hut_spacing_km": 5.0,
            "provider_hut_spacing_km": 6.0,
            "entrance_separation_km": 0.0,
            "leased_waves": "leased_waves.csv",
        },
        "transport": {
            "modules": ["zrp400_124"],
            "terminals": ["fixed_c"],
            "margin_db": 2.0,
            "cable_fibers": [2],
            "max_cables_per_size": 1,
            "max_racks_provider": 1,
            "amplifiers": {
                "min_spacing_km": 5.0,
                "max_spacing_km": 10.0,
                "single_span_max_km": 12.0,
            },
            "routes_per_link": 200,
        },
        "survivability": {"provider_failures": False},
        "workloads": [
            {
                "id": "train",
                "it_demand_mw": [30.0, 44.0],
                "unserved_usd_per_mw_year": 120_000.0,
                "goodput_usd_per_mw_year": 10_000.0,
                "paradigms": {"diloco": {"traffic_reduction": 1.0}},
                "fabrics": ["hub"],
                "max_peers": 2,
                "peer_buckets": [2],
                "min_peer_mw": 4.0,
                "survival_fraction": 1.0,
                "traffic": {"view": "collective", "parameters": 2.6e11},
                "jitter_p99_ms": 0.05,
                "rtt_classes_ms": [4.0, 9.0],
            }
        ],
    }
    return {"file": file, "tables": _tables(late_corridor=late_corridor)}


def _tables(*, late_corridor: bool) -> Draft:
    names = ("a", "b")
    own = {
        "buildable": "true",
        "build_cost_usd_per_km": 1500,
        "build_lead_time_years": 4.0 if late_corridor else 1.0,
        "iru_provider": "",
        "iru_pairs": 0,
    }
    iru = own | {"buildable": "false", "iru_provider": "telco", "iru_pairs": 1}
    first = "2028-01-01"
    return {
        "campuses": [
            _campus("a", WEST, 26, first),
            _campus("b", EAST, 30, first if late_corridor else "2028-06-01"),
        ],
        "substations": [
            {
                "id": f"s-{c}",
                "name": f"Station {c}",
                "lon": -100.0,
                "lat": 32.5,
                "kv": 345,
                "fixed_cost_usd": 60_000,
                "cost_usd_per_mw": 8_000,
                "grid_region": "north",
            }
            for c in names
        ],
        "power_timelines": [
            {"substation_id": f"s-{c}", "date": date, "headroom_mw": mw}
            for c in names
            for date, mw in (("2027-06-01", 20), ("2029-01-01", 28))
        ],
        "tie_lines": [
            {
                "id": f"tie-{c}",
                "campus_id": c,
                "substation_id": f"s-{c}",
                "length_km": 4,
                "capacity_mw": 27,
                "cost_usd_per_km": 9_000,
            }
            for c in names
        ],
        "nodes": [
            {"id": "n-a", "lon": WEST, "lat": 32.0, "campus_id": "a"},
            {"id": "n-b", "lon": EAST, "lat": 32.0, "campus_id": "b"},
            {"id": "n-j", "lon": -100.0, "lat": 32.02607913669065, "campus_id": ""},
        ],
        "corridors": [
            own | {"id": "e0", "node_a": "n-a", "node_b": "n-j", "length_km": 9.0},
            own | {"id": "e1", "node_a": "n-b", "node_b": "n-j", "length_km": 8.0},
            iru | {"id": "e2", "node_a": "n-a", "node_b": "n-b", "length_km": 22.0},
        ],
        "leased_waves": [
            {
                "id": "wave1",
                "carrier": "carrier1",
                "campus_a": "a",
                "campus_b": "b",
                "rate_gbps": 400,
                "length_km": 15.0,
                "corridors": "",
                "max_waves": 1,
                "usd_per_month": 300,
                "one_off_usd": 2000,
            }
        ],
    }


def _campus(name: str, lon: float, limit_mw: float, earliest: str) -> Draft:
    return {
        "id": name,
        "name": name.upper(),
        "lon": lon,
        "lat": 32.0,
        "kind": "synthetic",
        "limit_mw": limit_mw,
        "earliest_date": earliest,
        "fixed_cost_usd": 50_000,
        "shell_cost_usd_per_it_mw": 20_000,
        "pue_peak": 1.25,
        "pue_average": 1.15,
        "energy_usd_per_mwh": 0.3,
        "grid_region": "north",
    }
