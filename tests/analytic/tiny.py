"""Studies in which only the fiber of a few links costs anything: its price is the objective."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siting import Plan, build_instance, build_network, solve, verify
from siting.study import Study
from tests.oracle.draft import write

Draft = dict[str, Any]

PER_KM = (110_000 + 10_000) / 20 + (5_000 + 16_000) / 20 + 500 + 1_500
"""Own corridor with a cable of 144: corridor, cable, upkeep; USD a year per km, no interest."""
WATT = 8760 * 66 / 1e6
"""USD a year for one W at the catalog's 6.6 c/kWh."""
GBPS = 3.75e8
"""Parameters whose exchange between two peers takes 1 Gb/s: 0.6 x 10 s x 1e9 / (8 x 2 bytes)."""


def free_sites(roads: list[tuple[str, str, float]], gbps: float, **changes: object) -> Draft:
    """Return a draft in which every campus must serve 100 MW and only the network costs.

    Args:
        roads: corridors: end, end, km. One-letter nodes ``a`` to ``i`` are campuses.
        gbps: demand of a link.
        changes: keys of the workload.
    """
    nodes = sorted({end for a, b, _ in roads for end in (a, b)})
    names = [n for n in nodes if len(n) == 1 and n < "j"]
    workload = {
        "id": "train",
        "it_demand_mw": [100.0 * len(names)],
        "unserved_usd_per_mw_year": 1e8,
        "goodput_usd_per_mw_year": 0.0,
        "paradigms": {
            "diloco": {
                "traffic_reduction": 1.0,
                "token_penalty_fraction": 0.0,
                "exposed_round_trips": 0.0,
            }
        },
        "fabrics": ["mesh"],
        "survival_fraction": 0.0,
        "traffic": {"view": "collective", "parameters": gbps * GBPS},
        **changes,
    }
    file: Draft = {
        "schema_version": 1,
        "name": "tiny",
        "title": "Free sites",
        "horizon": {"decision_date": "2020-01-01", "start": "2028-01-01", "periods": 1},
        "money": {"discount_rate": 0.0},
        "catalog": {"source": "bundled", "overrides": {}},
        "sites": {"tie_lines": "tie_lines.csv"},
        "transport": {
            "modules": ["zrp800_131e"],
            "terminals": ["fixed_c"],
            "cable_fibers": [144],
            "routes_per_link": 200,
        },
        "workloads": [workload],
    }
    east = {name: -100 + 0.1 * i for i, name in enumerate(nodes)}
    tables: Draft = {
        "campuses": [_campus(name, east[name]) for name in names],
        "substations": [_substation(name, east[name]) for name in names],
        "power_timelines": [
            {"substation_id": f"s-{n}", "date": "2027-01-01", "headroom_mw": 200} for n in names
        ],
        "tie_lines": [
            {
                "id": f"t-{n}",
                "campus_id": n,
                "substation_id": f"s-{n}",
                "length_km": 1,
                "capacity_mw": 200,
                "cost_usd_per_km": 0,
            }
            for n in names
        ],
        "nodes": [
            {"id": f"n-{n}", "lon": east[n], "lat": 32, "campus_id": n if n in names else ""}
            for n in nodes
        ],
        "corridors": [
            {"id": f"{a}-{b}", "node_a": f"n-{a}", "node_b": f"n-{b}", "length_km": km}
            for a, b, km in roads
        ],
    }
    return {"file": file, "tables": tables}


def _campus(name: str, lon: float) -> Draft:
    return {
        "id": name,
        "name": name,
        "lon": lon,
        "lat": 32,
        "kind": "synthetic",
        "limit_mw": 100,
        "earliest_date": "2027-01-01",
        "fixed_cost_usd": 0,
        "shell_cost_usd_per_it_mw": 0,
        "pue_peak": 1,
        "pue_average": 1,
        "energy_usd_per_mwh": 0,
        "grid_region": "r",
    }


def _substation(name: str, lon: float) -> Draft:
    return {
        "id": f"s-{name}",
        "name": name,
        "lon": lon,
        "lat": 32,
        "kv": 345,
        "fixed_cost_usd": 0,
        "cost_usd_per_mw": 0,
        "grid_region": "r",
    }


def solved(draft: Draft, folder: Path) -> tuple[Study, Plan]:
    """Solve a draft to the end, verify the plan, return both."""
    study = write(draft, folder)
    network = build_network(study)
    result = solve(build_instance(study, network), method="monolithic", relative_gap=0)
    assert result.plan is not None, result.explanation
    verification = verify(result.plan, study, network)
    assert verification.accepted, verification.violations
    return study, result.plan
