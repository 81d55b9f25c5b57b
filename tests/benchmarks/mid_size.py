"""Random mid-size studies over all features: too large to enumerate, small enough to solve often.

A study has 3 to 5 campuses on a planar corridor network of 9 to 24 corridors at real distances and
bundled prices, 1 to 3 periods and one or two workloads; each draws a handful of features.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import Delaunay

from siting.study import Study
from tests.oracle.draft import write

Draft = dict[str, Any]
START = dt.date(2029, 1, 1)
KM_PER_DEGREE = 111.2
REGIONS = ("north", "south", "west")


def mid_size_study(seed: int, folder: Path) -> tuple[Study, tuple[str, ...]]:
    """Return the study of ``seed`` with the features that it draws; tables go to ``folder``."""
    draft, features = mid_size_draft(seed)
    return write(draft, folder), features


def mid_size_draft(seed: int) -> tuple[Draft, tuple[str, ...]]:
    """Return study file and tables of ``seed``, and the names of its features."""
    rng = random.Random(f"mid-size {seed}")
    campuses = [f"c{i}" for i in range(rng.choice((3, 3, 4, 5)))]
    draft = _base(rng, seed, campuses)
    drawn = sorted(rng.sample(sorted(FEATURES), rng.randint(2, 5)))
    for name in drawn:
        FEATURES[name](draft, rng)
    return draft, tuple(drawn)


def _base(rng: random.Random, seed: int, campuses: list[str]) -> Draft:
    periods = rng.choice((1, 1, 2, 3))
    jobs = 2 if rng.random() < 0.2 else 1
    tables: Draft = {}
    _site_tables(rng, tables, campuses)
    _map_tables(rng, tables, campuses)
    return {
        "file": {
            "schema_version": 1,
            "name": f"mid-{seed}",
            "title": f"Random mid-size study {seed}",
            "synthetic": ["everything"],
            "horizon": {
                "decision_date": "2026-01-01",
                "start": START.isoformat(),
                "periods": periods,
                "period": rng.choice(("year", "year", "quarter")),
            },
            "catalog": {"overrides": {}},
            "sites": {"tie_lines": "tie_lines.csv"},
            "geography": {"hut_spacing_km": 5.0},
            "transport": {
                "modules": ["grey800_2lr4", "zr800", rng.choice(("zrp800_131e", "zrp600"))],
                "routes_per_link": rng.choice((2, 3)),
            },
            "survivability": {},
            "rules": {},
            "workloads": [_workload(rng, f"job{i}", periods, jobs) for i in range(jobs)],
            "solve": {
                "relative_gap": 1e-4,
                "network_relative_gap": 0.01,
                "time_limit_s": 20.0,
                "max_rounds": 10,
            },
        },
        "tables": tables,
    }


def _workload(rng: random.Random, name: str, periods: int, jobs: int) -> Draft:
    demand = sorted(float(rng.randint(200, 1000) // jobs) for _ in range(periods))
    return {
        "id": name,
        "it_demand_mw": demand,
        "paradigms": {p: {} for p in rng.sample(("synchronous", "hierarchical", "diloco"), 2)},
        "fabrics": rng.choice((["hub"], ["mesh"], ["hub", "mesh"])),
        "max_peers": rng.randint(2, 4),
        "min_peer_mw": float(rng.randint(20, 60)),
        "survival_fraction": rng.choice((0.0, 0.5, 1.0, 1.0)),
        "rtt_classes_ms": [2.0, 5.0, 10.0],
        "traffic": {"view": rng.choice(("collective", "fabric_extension"))},
    }


def _site_tables(rng: random.Random, tables: Draft, campuses: list[str]) -> None:
    tables["campuses"] = [
        {
            "id": c,
            "name": c.upper(),
            "lon": round(-98 + rng.uniform(-0.8, 0.8), 4),
            "lat": round(32 + rng.uniform(-0.7, 0.7), 4),
            "kind": "synthetic",
            "limit_mw": rng.randint(100, 400),
            "earliest_date": f"{rng.choice((2028, 2029, 2030))}-01-01",
            "fixed_cost_usd": rng.randint(5, 60) * 1_000_000,
            "grid_region": rng.choice(REGIONS),
        }
        for c in campuses
    ]
    stations = [f"s{i}" for i in range(rng.randint(2, len(campuses) + 1))]
    tables["substations"] = [
        {
            "id": s,
            "name": s.upper(),
            "lon": -98.0,
            "lat": 32.0,
            "kv": rng.choice((345, 500)),
            "grid_region": rng.choice(REGIONS),
        }
        for s in stations
    ]
    tables["power_timelines"] = []
    for s in stations:
        mw = 0
        for year in (2028, 2030, 2031):
            mw += rng.randint(0, 400)
            row = {"substation_id": s, "date": f"{year}-01-01", "headroom_mw": mw}
            tables["power_timelines"].append(row)
    ties = {(c, rng.choice(stations)) for c in campuses for _ in range(2)}
    tables["tie_lines"] = [
        {
            "id": f"t-{c}-{s}",
            "campus_id": c,
            "substation_id": s,
            "length_km": rng.randint(2, 40),
            "capacity_mw": rng.choice((300, 600)),
        }
        for c, s in sorted(ties)
    ]


def _map_tables(rng: random.Random, tables: Draft, campuses: list[str]) -> None:
    places = {row["id"]: (row["lon"], row["lat"]) for row in tables["campuses"]}
    junctions = {
        f"j{i}": (-98 + rng.uniform(-0.9, 0.9), 32 + rng.uniform(-0.8, 0.8))
        for i in range(rng.randint(3, 5))
    }
    places.update(junctions)
    names = list(places)
    tables["nodes"] = [
        {
            "id": f"n-{name}",
            "lon": round(places[name][0], 4),
            "lat": round(places[name][1], 4),
            "campus_id": name if name in campuses else "",
        }
        for name in names
    ]
    ends = set()
    for corner in Delaunay(np.array([places[name] for name in names])).simplices:
        ends |= {tuple(sorted(pair)) for pair in itertools.combinations(map(int, corner), 2)}
    tables["corridors"] = []
    for number, (a, b) in enumerate(sorted(ends)):
        length = _km(places[names[a]], places[names[b]]) * rng.uniform(1.1, 1.4)
        iru = rng.random() < 0.4
        tables["corridors"].append(
            {
                "id": f"e{number}",
                "node_a": f"n-{names[a]}",
                "node_b": f"n-{names[b]}",
                "length_km": round(max(length, 3.0), 2),
                "kind": rng.choice(("road", "rail")),
                "iru_provider": "telco" if iru else "",
                "iru_pairs": rng.randint(2, 20) if iru else 0,
                "srlgs": rng.choice(("bridge:one", "bridge:two")) if rng.random() < 0.1 else "",
            }
        )


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (a[0] - b[0]) * math.cos(math.radians(32)) * KM_PER_DEGREE
    return math.hypot(east, (a[1] - b[1]) * KM_PER_DEGREE)


# Features


def _jobs(draft: Draft) -> list[Draft]:
    jobs: list[Draft] = draft["file"]["workloads"]
    return jobs


def _rows(draft: Draft, table: str) -> list[Draft]:
    rows: list[Draft] = draft["tables"][table]
    return rows


def _relaxed_paradigms(draft: Draft, rng: random.Random) -> None:
    for job in _jobs(draft):
        job["paradigms"] = {rng.choice(("streaming", "compressed")): {}, "hierarchical": {}}


def _inner_steps(draft: Draft, rng: random.Random) -> None:
    steps = {"inner_steps": rng.choice((50, 200)), "compression_ratio": rng.choice((1.0, 4.0))}
    for job in _jobs(draft):
        job["paradigms"] = {"diloco": steps}


def _bandwidth_levels(draft: Draft, rng: random.Random) -> None:
    for job in _jobs(draft):
        job["bandwidth_levels"] = sorted({rng.choice((0.5, 0.9, 0.97)), 1.0})


def _ring(draft: Draft, rng: random.Random) -> None:
    for job in _jobs(draft):
        job["fabrics"] = rng.choice((["ring"], ["hub", "ring"]))
        job["max_peers"] = rng.randint(3, 4)


def _ring_transit(draft: Draft, rng: random.Random) -> None:
    del draft["file"]["workloads"][1:]
    _ring(draft, rng)
    draft["file"]["survivability"]["ring_transit"] = True


def _hub_may_move(draft: Draft, _: random.Random) -> None:
    for job in _jobs(draft):
        job["fabrics"] = ["hub"]
        job["hub_may_move"] = True


def _replica(draft: Draft, rng: random.Random) -> None:
    for job in _jobs(draft):
        job["replica"] = {
            "max_share": rng.choice((0.3, 0.5)),
            "goodput_loss_fraction": rng.choice((0.0, 0.01)),
            "survival_fraction": rng.choice((0.0, 0.5)),
        }


def _blast_radius(draft: Draft, rng: random.Random) -> None:
    for job in _jobs(draft):
        job[rng.choice(("max_share_per_campus", "max_share_per_region"))] = 0.6


def _checkpoint_copies(draft: Draft, _: random.Random) -> None:
    for index, row in enumerate(_rows(draft, "campuses")):
        row["grid_region"] = REGIONS[index % 2]
    for job in _jobs(draft):
        job["checkpoint_copies"] = 2


def _frontend(draft: Draft, _: random.Random) -> None:
    for job in _jobs(draft):
        job["traffic"]["frontend_gbps_per_it_mw"] = 2.0


def _network_upgrades(draft: Draft, rng: random.Random) -> None:
    draft["file"]["sites"]["network_upgrades"] = "network_upgrades.csv"
    stations = [row["id"] for row in _rows(draft, "substations")]
    draft["tables"]["network_upgrades"] = [
        {
            "id": "up1",
            "substation_ids": ";".join(rng.sample(stations, 2)),
            "added_mw": rng.randint(50, 300),
            "cost_usd": rng.randint(5, 80) * 1_000_000,
            "lead_time_years": rng.choice((2, 4)),
        }
    ]


def _bridging(draft: Draft, rng: random.Random) -> None:
    draft["file"]["sites"]["bridging"] = "bridging.csv"
    draft["tables"]["bridging"] = [
        {
            "id": f"b-{row['id']}",
            "campus_id": row["id"],
            "technology": rng.choice(("recip", "rental", "fc", "aero")),
            "limit_mw": rng.randint(40, 300),
        }
        for row in _rows(draft, "campuses")
    ]


def _feeds(draft: Draft, rng: random.Random) -> None:
    for row in _rows(draft, "campuses"):
        row["feed_redundancy"] = rng.choice(("tie_line", "substation", "none"))


def _brownfield(draft: Draft, rng: random.Random) -> None:
    campus = rng.choice(_rows(draft, "campuses"))
    campus["existing_it_mw"] = 60
    tie = next(t for t in _rows(draft, "tie_lines") if t["campus_id"] == campus["id"])
    tie["existing"] = "true"
    station = next(s for s in _rows(draft, "substations") if s["id"] == tie["substation_id"])
    station["existing_mw"] = 90
    if rng.random() < 0.5:
        for row in (campus, tie, station):
            row["existing_until"] = "2031-06-30"
    for row in rng.sample(_rows(draft, "corridors"), 3):
        row["existing_fibers"] = 48
    _given_huts(draft, rng, existing_racks=1)


def _caps(draft: Draft, rng: random.Random) -> None:
    draft["file"]["rules"]["caps"] = rng.choice(
        (
            {"upfront_usd": 6e9},
            {"campus_openings": 1, "hut_builds": 4},
            {"substation_connections": 1, "corridor_build_km": 400},
        )
    )


def _energy_regions(draft: Draft, rng: random.Random) -> None:
    for row in _rows(draft, "campuses"):
        row["energy_region"] = rng.choice(("TX", "VA", "OH"))


def _fiber_types(draft: Draft, rng: random.Random) -> None:
    draft["file"]["transport"]["fiber_types"] = ["G652D", rng.choice(("G654E", "HCF"))]
    draft["file"]["catalog"]["overrides"]["HCF.price_mult"] = 3.0
    for row in _rows(draft, "corridors"):
        if row["iru_pairs"] and rng.random() < 0.3:
            row["iru_fiber_type"] = "G654E"


def _module_dates(draft: Draft, rng: random.Random) -> None:
    draft["file"]["transport"]["modules"] += ["zr1600", "emb1600"]
    draft["file"]["transport"]["module_dates"] = {
        "zr1600": rng.choice(("2028-01-01", "2030-01-01"))
    }


def _amplifier_types(draft: Draft, _: random.Random) -> None:
    transport = draft["file"]["transport"]
    transport["amplifier_types"] = ["legacy", "conventional", "multi_rail"]
    transport["hut_classes"] = ["small", "large"]


def _thick(draft: Draft, rng: random.Random) -> None:
    """Ask for tens of pairs, so that racks and hut power bind."""
    _amplifier_types(draft, rng)
    for job in _jobs(draft):
        job["traffic"] = {"view": "fabric_extension", "fabric_ratio": 0.05}


def _regenerators(draft: Draft, rng: random.Random) -> None:
    draft["file"]["transport"]["max_regenerators"] = rng.choice((1, 2))
    draft["file"]["transport"]["modules"] = ["zrp800_124", "zrp800_131e"]
    _given_huts(draft, rng, can_regenerate="true")


def _given_huts(draft: Draft, rng: random.Random, **cells: object) -> None:
    draft["file"]["geography"]["huts"] = "huts.csv"
    long = [row for row in _rows(draft, "corridors") if row["length_km"] > 20]
    rows = draft["tables"].setdefault("huts", [])
    for row in rng.sample(long, min(4, len(long))):
        at = round(row["length_km"] * rng.uniform(0.3, 0.7), 2)
        hut = {"id": f"h{len(rows)}", "corridor_id": row["id"], "position_km": at, **cells}
        rows.append({"leasable": rng.choice(("true", "false")), **hut})


def _leasable_huts(draft: Draft, rng: random.Random) -> None:
    _given_huts(draft, rng, leasable="true")


def _wan_ports(draft: Draft, _: random.Random) -> None:
    draft["file"]["transport"]["optical_circuit_switches"] = True
    draft["file"]["transport"]["media_converters"] = True


def _availability(draft: Draft, rng: random.Random) -> None:
    for job in _jobs(draft):
        job["min_link_availability"] = rng.choice((0.99, 0.999))
        job["survival_fraction"] = rng.choice((0.0, 0.5))


def _interruptions(draft: Draft, rng: random.Random) -> None:
    draft["file"]["survivability"]["charge_interruptions"] = True
    for job in _jobs(draft):
        job["survival_fraction"] = rng.choice((0.0, 0.5))


def _srlgs(draft: Draft, _: random.Random) -> None:
    draft["file"]["geography"]["srlgs"] = "srlgs.csv"
    draft["tables"]["srlgs"] = [{"id": "bridge:one", "events_per_year": 0.05, "repair_hours": 72}]
    draft["tables"]["corridors"][0]["srlgs"] = "bridge:one"
    draft["file"]["survivability"]["provider_failures"] = True


def _waves(draft: Draft, rng: random.Random) -> None:
    draft["file"]["geography"]["leased_waves"] = "leased_waves.csv"
    a, b = rng.sample([row["id"] for row in _rows(draft, "campuses")], 2)
    draft["tables"]["leased_waves"] = [
        {
            "id": "wave1",
            "carrier": "carrier1",
            "campus_a": a,
            "campus_b": b,
            "rate_gbps": 800,
            "length_km": 300,
            "max_waves": 6,
            "usd_per_month": rng.randint(8000, 30000),
        }
    ]


FEATURES: dict[str, Callable[[Draft, random.Random], None]] = {
    "relaxed_paradigms": _relaxed_paradigms,
    "inner_steps": _inner_steps,
    "bandwidth_levels": _bandwidth_levels,
    "ring": _ring,
    "ring_transit": _ring_transit,
    "hub_may_move": _hub_may_move,
    "replica": _replica,
    "blast_radius": _blast_radius,
    "checkpoint_copies": _checkpoint_copies,
    "frontend": _frontend,
    "network_upgrades": _network_upgrades,
    "bridging": _bridging,
    "feeds": _feeds,
    "brownfield": _brownfield,
    "caps": _caps,
    "energy_regions": _energy_regions,
    "fiber_types": _fiber_types,
    "module_dates": _module_dates,
    "amplifier_types": _amplifier_types,
    "thick": _thick,
    "regenerators": _regenerators,
    "leasable_huts": _leasable_huts,
    "wan_ports": _wan_ports,
    "availability": _availability,
    "interruptions": _interruptions,
    "srlgs": _srlgs,
    "waves": _waves,
}
"""What a study may draw, by name."""
