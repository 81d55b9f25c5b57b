"""Two campuses joined by own fiber, by IRU and by a leased wave, each of which the plan needs."""

from __future__ import annotations

from typing import Any

from tests.oracle.instances import random_draft

Draft = dict[str, Any]
GBPS_400 = 400.0


def trio_draft(*, late_corridor: bool = False) -> Draft:
    """Return the draft: a link of 700 Gb/s over three routes of 400 Gb/s, any of which may fail.

    Args:
        late_corridor: the own corridor is what keeps the campuses apart in the first period;
            else it is the second campus that is late.
    """
    draft = random_draft(10)
    file, tables = draft["file"], draft["tables"]
    file["horizon"] |= {"periods": 2, "period": "year"}
    file["money"]["discount_rate"] = 0.08
    file["geography"] |= {"leased_waves": "leased_waves.csv", "provider_hut_spacing_km": 6.0}
    file["survivability"]["provider_failures"] = False
    file["catalog"]["overrides"] |= {"omd32.ports": 1.0, "zrp400_124.price": 2000.0}
    file["transport"] |= {
        "modules": ["zrp400_124"],
        "terminals": ["fixed_c"],
        "margin_db": 2.0,
        "cable_fibers": [2],
        "max_cables_per_size": 1,
        "pairs_per_rack": 1,
        "max_racks_own": 1,
        "max_racks_provider": 1,
    }
    file["transport"]["amplifiers"]["min_spacing_km"] = 5.0
    load = file["workloads"][0]
    load |= {
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
    file["workloads"] = [load]
    campus = {
        "limit_mw": 30,
        "pue_peak": 1.25,
        "pue_average": 1.15,
        "earliest_date": "2028-01-01",
        "fixed_cost_usd": 50_000,
        "shell_cost_usd_per_it_mw": 20_000,
        "energy_usd_per_mwh": 0.3,
    }
    tables["campuses"] = [row | campus for row in tables["campuses"] if row["id"] in "ab"]
    tables["campuses"][0]["limit_mw"] = 26
    if not late_corridor:
        tables["campuses"][1]["earliest_date"] = "2028-06-01"
    names = ("a", "b")
    station = {"fixed_cost_usd": 60_000, "cost_usd_per_mw": 8_000}
    first = tables["substations"][0]
    tables["substations"] = [first | station | {"id": f"s-{c}"} for c in names]
    tables["power_timelines"] = [
        {"substation_id": f"s-{c}", "date": date, "headroom_mw": mw}
        for c in names
        for date, mw in (("2027-06-01", 20), ("2029-01-01", 28))
    ]
    tables["tie_lines"] = [
        {
            "id": f"tie-{c}",
            "campus_id": c,
            "substation_id": f"s-{c}",
            "length_km": 4,
            "capacity_mw": 27,
            "cost_usd_per_km": 9_000,
        }
        for c in names
    ]
    tables["nodes"] = [row for row in tables["nodes"] if row["id"] in {"n-a", "n-b", "n-j"}]
    own = {
        "buildable": "true",
        "build_cost_usd_per_km": 1500,
        "build_lead_time_years": 4.0 if late_corridor else 1.0,
        "iru_provider": "",
        "iru_pairs": 0,
        "srlgs": "",
    }
    iru = own | {"buildable": "false", "iru_provider": "telco", "iru_pairs": 1}
    tables["corridors"] = [
        own | {"id": "e0", "node_a": "n-a", "node_b": "n-j", "length_km": 9.0},
        own | {"id": "e1", "node_a": "n-b", "node_b": "n-j", "length_km": 8.0},
        iru | {"id": "e2", "node_a": "n-a", "node_b": "n-b", "length_km": 22.0},
    ]
    tables["leased_waves"] = [
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
    ]
    return draft
