"""Random tiny studies before any feature: a tenth of the real size in km, prices to match."""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from pathlib import Path
from typing import Any

from siting._paths import DATA
from siting.catalog import COLUMNS
from siting.loading import study_from_dict
from siting.study import Study

Draft = dict[str, Any]

START = dt.date(2028, 1, 1)
LONG_AGO = dt.date(1990, 1, 1)
MODULES = ("zrp800_131e", "zrp600", "zrp400_124", "zrp800_124", "zr800", "grey800_2lr4")
KM_PER_DEGREE = 111.2
PLACES = {"a": (-5.0, 0.0), "b": (5.0, 0.0), "c": (0.0, 8.7), "d": (0.0, -6.0), "j": (0.0, 2.9)}
"""Kilometers east and north: campuses around a junction."""


def write(draft: Draft, folder: Path) -> Study:
    """Write the tables of a draft and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in draft["tables"].items():
        keys = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, keys)
            writer.writeheader()
            writer.writerows(rows)
    _write_catalog(folder / "catalog")
    return study_from_dict(draft["file"], folder, None, folder.name)


def _write_catalog(folder: Path) -> None:
    """Copy the bundled catalog, with cables of a few fibers."""
    folder.mkdir(exist_ok=True)
    for file in sorted((DATA / "catalog").glob("*.csv")):
        shutil.copy(file, folder / file.name)
    with (folder / "tiny_cables.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        for fibers, usd in ((2, 800), (4, 1200), (6, 1500), (2000, 800)):
            prices = dict.fromkeys(("low", "base", "high"), usd)
            about = {"item": "Cable", "unit": "USD/km", "mark": "T", "source": "test"}
            writer.writerow(
                {"id": f"cable.{fibers}", **about, **prices, "life_years": 20, "as_of": "2026"}
            )


def base_draft(
    rng: random.Random, seed: int, names: str, periods: int, *, two_jobs: bool = False
) -> Draft:
    """Return the study file and the rows of its tables."""
    file: Draft = {
        "schema_version": 1,
        "name": f"tiny-{seed}",
        "title": f"Random tiny study {seed}",
        "synthetic": ["everything"],
        "horizon": {
            "decision_date": (START - dt.timedelta(days=365 * 3 + 5)).isoformat(),
            "start": START.isoformat(),
            "periods": periods,
            "period": rng.choice(("year", "year", "quarter")),
        },
        "money": {"discount_rate": rng.choice((0.0, 0.08, 0.12))},
        "catalog": {"source": "catalog", "overrides": _overrides(rng)},
        "sites": {"tie_lines": "tie_lines.csv"},
        "geography": {
            "hut_spacing_km": 5.0,
            "provider_hut_spacing_km": rng.choice((6.0, 8.0)),
            "entrance_separation_km": 0.0,
        },
        "transport": _transport(rng),
        "survivability": {},
        "rules": {},
        "workloads": [_workload(rng, "train", periods, names, small=two_jobs)],
    }
    if two_jobs:
        file["workloads"].append(_workload(rng, "tune", periods, names, small=True))
    tables: Draft = {}
    _site_tables(rng, tables, names)
    _map_tables(rng, tables, names)
    return {"file": file, "tables": tables, "features": []}


def _overrides(rng: random.Random) -> dict[str, float]:
    """Return prices at which every cost line matters, and fiber at ten times the effect per km."""
    prices = {f"{m}.price": float(rng.randint(1000, 9000)) for m in MODULES}
    return {
        **prices,
        "G652D.loss": 2.0,
        "G652D.gamma": 13.0,
        "G652D.D": 167.0,
        "G652D.delay": 49.0,
        "G654E.loss": 1.7,
        "G654E.gamma": 7.5,
        "G654E.D": 210.0,
        "G654E.delay": 49.0,
        "HCF.loss": 1.5,
        "HCF.gamma": 0.005,
        "HCF.D": 30.0,
        "HCF.delay": 34.0,
        "G654E.price_mult": round(rng.uniform(1.1, 2.5), 2),
        "HCF.price_mult": round(rng.uniform(1.5, 5.0), 2),
        "lat.fiber": 49.0,
        "grey800_2lr4.reach": 9.0,
        "elec.TX": 100.0,
        "omd32.ports": float(rng.choice((1, 2, 2, 4))),
        "rd66.ports": float(rng.choice((2, 3, 4))),
        "omd32.price": float(rng.randint(4000, 30000)),
        "rd66.price": float(rng.randint(9000, 50000)),
        "price.conly": float(rng.randint(5000, 30000)),
        "price.conv": float(rng.randint(9000, 60000)),
        "price.multi": float(rng.randint(6000, 40000)),
        "rack.conv": float(rng.choice((1, 2, 4))),
        "rack.legacy": 1.0,
        "rack.multi": float(rng.choice((2, 4))),
        "hut.racks.legacy": float(rng.choice((1, 2, 4))),
        "hut.cost.legacy": float(rng.randint(20_000, 200_000)),
        "hut.cost.new": float(rng.randint(60_000, 300_000)),
        "hut.land": 10_000.0,
        "hut.om": float(rng.randint(1000, 6000)),
        "hut.lease.rack": float(rng.randint(2000, 12000)),
        "hut.rack.own": float(rng.randint(5000, 30000)),
        "xpdr.regen": float(rng.randint(1000, 9000)),
        "ocs.port.price": float(rng.randint(300, 5000)),
        "media.converter.price": float(rng.randint(300, 3000)),
        "iru.lh": float(rng.randint(500, 4000)),
        "om.iru": 40.0,
        "om.owned": 60.0,
        "row.fee": 90.0,
        "row.oneoff": 700.0,
        "build.pull": 400.0,
    }


def _transport(rng: random.Random) -> Draft:
    modules = rng.sample(MODULES[:4], rng.choice((1, 1, 2)))
    if rng.random() < 0.15:
        modules.append(rng.choice(MODULES[4:]))
    both = len(modules) == 1 and rng.random() < 0.4
    terminals = ["fixed_c", "roadm_cl"] if both else [rng.choice(("fixed_c", "roadm_cl"))]
    return {
        "modules": modules,
        "terminals": terminals,
        "margin_db": rng.choice((0.0, 1.0, 2.0)),
        "cable_fibers": rng.choice(([2], [4], [2, 4], [2, 6])),
        "max_cables_per_size": rng.choice((1, 2, 3)),
        "max_racks_provider": rng.choice((1, 2, 4)),
        "amplifiers": {
            "min_spacing_km": rng.choice((0.0, 5.0, 6.5, 8.0)),
            "max_spacing_km": 10.0,
            "single_span_max_km": 12.0,
        },
        "routes_per_link": 200,
    }


def _workload(rng: random.Random, name: str, periods: int, campuses: str, *, small: bool) -> Draft:
    demand = [float(rng.randint(40, 70)) for _ in range(periods)]
    if rng.random() < 0.7:
        demand.sort()
    names = ("synchronous", "hierarchical", "diloco")
    chosen = rng.sample(names, 1 if small or periods > 1 else rng.choice((1, 2, 2, 3)))
    reductions = {"synchronous": 1.0, "hierarchical": 2.0, "diloco": 4.0}
    view = rng.choice(("collective", "collective", "fabric_extension"))
    traffic: Draft = {"view": view, "parameters": rng.uniform(1.5e11, 5e11)}
    if view == "fabric_extension":
        traffic["fabric_ratio"] = rng.uniform(0.6e-4, (1.0e-4 if small else 1.6e-4))
    classes = sorted({round(rng.uniform(1.0, 9.0), 2) for _ in range(rng.choice((1, 2)))})
    return {
        "id": name,
        "it_demand_mw": demand,
        "unserved_usd_per_mw_year": float(rng.randint(40_000, 90_000)),
        "goodput_usd_per_mw_year": float(rng.randint(5_000, 40_000)),
        "paradigms": {p: {"traffic_reduction": reductions[p]} for p in chosen},
        "fabrics": rng.choice((["hub"], ["mesh"], ["hub", "mesh"])),
        "max_peers": rng.choice((2, 3)) if len(campuses) > 2 else 2,
        "peer_buckets": rng.choice(([2], [2, 3])),
        "min_peer_mw": float(rng.randint(3, 12)),
        "survival_fraction": rng.choice((0.0, 0.5, 1.0)),
        "traffic": traffic,
        "jitter_p99_ms": rng.choice((0.0, 0.05)),
        "rtt_classes_ms": classes,
    }


def _site_tables(rng: random.Random, tables: Draft, names: str) -> None:
    tables["campuses"] = [
        {
            "id": name,
            "name": name.upper(),
            **dict(zip(("lon", "lat"), _place(name), strict=True)),
            "kind": "synthetic",
            "limit_mw": rng.randint(25, 48),
            "earliest_date": START.isoformat(),
            "fixed_cost_usd": rng.randint(20_000, 200_000),
            "shell_cost_usd_per_it_mw": rng.randint(5_000, 60_000),
            "pue_peak": rng.choice((1.2, 1.25, 1.4)),
            "pue_average": 1.15,
            "energy_usd_per_mwh": round(rng.uniform(0.05, 0.6), 3),
            "grid_region": rng.choice(("north", "south")),
        }
        for name in names
    ]
    stations = rng.choice((1, 2)) if len(names) == 2 else 2
    tables["substations"] = [
        {
            "id": f"s{i}",
            "name": f"Station {i}",
            "lon": -100.0,
            "lat": 32.5,
            "kv": 345,
            "fixed_cost_usd": rng.randint(20_000, 200_000),
            "cost_usd_per_mw": rng.randint(2_000, 20_000),
            "grid_region": "north",
        }
        for i in range(stations)
    ]
    tables["power_timelines"] = []
    for i in range(stations):
        now, later = rng.randint(40, 90), rng.randint(60, 90)
        for date, mw in ((dt.date(2027, 6, 1), now), (dt.date(2029, 1, 1), max(now, later))):
            row = {"substation_id": f"s{i}", "date": date.isoformat(), "headroom_mw": mw}
            tables["power_timelines"].append(row)
    ties = [(name, rng.randrange(stations)) for name in names]
    if rng.random() < 0.3:
        ties.append((rng.choice(names), rng.randrange(stations)))
    tables["tie_lines"] = [
        tie_line(rng, f"tie{i}", name, f"s{station}", 35, 60)
        for i, (name, station) in enumerate(ties)
    ]


def tie_line(
    rng: random.Random, name: str, campus: str, station: str, least_mw: int, most_mw: int
) -> Draft:
    """Return a tie line."""
    return {
        "id": name,
        "campus_id": campus,
        "substation_id": station,
        "length_km": rng.randint(1, 9),
        "capacity_mw": rng.randint(least_mw, most_mw),
        "cost_usd_per_km": rng.randint(2_000, 20_000),
    }


def _place(name: str) -> tuple[float, float]:
    east, north = PLACES[name]
    return -100.0 + east / KM_PER_DEGREE / 0.84, 32.0 + north / KM_PER_DEGREE


def _map_tables(rng: random.Random, tables: Draft, names: str) -> None:
    tables["nodes"] = [
        {
            "id": f"n-{name}",
            **dict(zip(("lon", "lat"), _place(name), strict=True)),
            "campus_id": name if name in names else "",
        }
        for name in (*names, "j")
    ]
    ends = [(name, "j") for name in names]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    ends += rng.sample(pairs, min(len(pairs), 1 if len(names) == 3 else 2))
    if len(names) == 2 and rng.random() < 0.2:
        ends.append(("a", "b"))
    tables["corridors"] = [_corridor(rng, f"e{i}", a, b) for i, (a, b) in enumerate(ends)]


def _corridor(rng: random.Random, name: str, a: str, b: str) -> Draft:
    least = 6 if b == "j" else 10.2
    iru = rng.random() < 0.25
    return {
        "id": name,
        "node_a": f"n-{a}",
        "node_b": f"n-{b}",
        "length_km": round(rng.uniform(least, 12 if b == "j" else 20), 2),
        "buildable": "false" if iru and rng.random() < 0.3 else "true",
        "build_cost_usd_per_km": rng.randint(500, 6000),
        "build_lead_time_years": rng.choice((0.5, 1.0)),
        "iru_provider": "telco" if iru else "",
        "iru_pairs": rng.randint(1, 3) if iru else 0,
        "iru_fiber_type": "G652D",
        "existing_fibers": 0,
        "existing_fiber_type": "G652D",
        "existing_until": "",
        "srlgs": "bridge-1" if rng.random() < 0.12 else "",
    }
