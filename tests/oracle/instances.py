"""Random tiny studies, a tenth of the real size in km, and relaxations of one rule family each."""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from siting._paths import DATA
from siting.catalog import COLUMNS
from siting.loading import study_from_dict
from siting.study import Study

Draft = dict[str, Any]

FAMILIES = (
    "timeline",
    "campus_limit",
    "tie_line_limit",
    "rtt_limit",
    "survivability",
    "amplifier_spacing",
    "amplifier_minimum_spacing",
    "span_noise",
    "pair_channels",
    "corridor_pairs",
    "iru_limit",
    "hut_racks",
    "peer_count",
    "peer_minimum",
    "lead_time",
)
THEME_CYCLE = (
    *FAMILIES,
    "span_noise",
    "pair_channels",
    "corridor_pairs",
    "iru_limit",
    "hut_racks",
    "peer_count",
    "lead_time",
    "three_peers",
    "shared_link",
    "three_peers",
)
"""What the study of a seed is made to stress: families that bind rarely come twice."""
START = dt.date(2028, 1, 1)
LONG_AGO = dt.date(1990, 1, 1)
MODULES = ("zrp800_131e", "zrp600", "zrp400_124", "zrp800_124", "zr800", "grey800_2lr4")
KM_PER_DEGREE = 111.2


def random_study(seed: int, folder: Path) -> Study:
    """Return the tiny study of ``seed``; its tables are written to ``folder``."""
    return write(random_draft(seed), folder)


def random_draft(seed: int, theme: str | None = None) -> Draft:
    """Return the content of a random study: the study file and the rows of its tables."""
    rng = random.Random(seed)
    chosen = theme or THEME_CYCLE[seed % len(THEME_CYCLE)]
    draft = _draft(rng, seed, three=chosen == "three_peers")
    _THEMES[chosen](draft, rng)
    return draft


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


# The draft every theme starts from


def _draft(rng: random.Random, seed: int, *, three: bool) -> Draft:
    periods = rng.choice((1, 1, 1, 2, 2))
    names = "abc"[: 3 if three else rng.choice((2, 2, 3))]
    two_jobs = rng.random() < 0.25 and not three
    if two_jobs:
        periods, names = rng.choice(((1, names), (2, "ab")))
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
        "survivability": {"provider_failures": rng.random() < 0.25},
        "workloads": [_workload(rng, "train", periods, names, small=two_jobs)],
    }
    if two_jobs:
        file["workloads"].append(_workload(rng, "tune", periods, names, small=True))
    tables: Draft = {}
    _site_tables(rng, tables, names)
    _map_tables(rng, tables, names)
    if rng.random() < 0.3:
        file["geography"]["leased_waves"] = "leased_waves.csv"
        tables["leased_waves"] = _waves(rng, tables, names)
    return {"file": file, "tables": tables}


def _overrides(rng: random.Random) -> dict[str, float]:
    """Return prices at which every cost line matters, and fiber at ten times the effect per km."""
    prices = {f"{m}.price": float(rng.randint(1000, 9000)) for m in MODULES}
    return {
        **prices,
        "G652D.loss": 2.0,
        "G652D.gamma": 13.0,
        "G652D.D": 167.0,
        "G652D.delay": 49.0,
        "lat.fiber": 49.0,
        "grey800_2lr4.reach": 9.0,
        "elec.TX": 100.0,
        "omd32.ports": float(rng.choice((1, 2, 2, 4))),
        "rd66.ports": float(rng.choice((2, 3, 4))),
        "omd32.price": float(rng.randint(4000, 30000)),
        "rd66.price": float(rng.randint(9000, 50000)),
        "price.conly": float(rng.randint(5000, 30000)),
        "price.conv": float(rng.randint(9000, 60000)),
        "hut.cost.legacy": float(rng.randint(20_000, 200_000)),
        "hut.land": 10_000.0,
        "hut.om": float(rng.randint(1000, 6000)),
        "hut.lease.rack": float(rng.randint(2000, 12000)),
        "hut.rack.own": float(rng.randint(5000, 30000)),
        "iru.lh": float(rng.randint(500, 4000)),
        "om.iru": 40.0,
        "om.owned": 60.0,
        "row.fee": 90.0,
        "row.oneoff": 700.0,
        "build.pull": 400.0,
    }


def _transport(rng: random.Random) -> Draft:
    modules = rng.sample(MODULES[:4], rng.choice((1, 1, 2)))
    if rng.random() < 0.25:
        modules.append(rng.choice(MODULES[4:]))
    both = len(modules) == 1 and rng.random() < 0.5
    terminals = ["fixed_c", "roadm_cl"] if both else [rng.choice(("fixed_c", "roadm_cl"))]
    return {
        "modules": modules,
        "terminals": terminals,
        "margin_db": rng.choice((0.0, 1.0, 2.0)),
        "cable_fibers": rng.choice(([2], [4], [2, 4], [2, 6])),
        "max_cables_per_size": rng.choice((1, 2, 3)),
        "pairs_per_rack": rng.choice((1, 2, 4)),
        "max_racks_own": rng.choice((1, 2, 4)),
        "max_racks_provider": rng.choice((1, 2, 4)),
        "amplifiers": {
            "min_spacing_km": rng.choice((0.0, 5.0, 6.5, 8.0)),
            "max_spacing_km": 10.0,
            "single_span_max_km": 12.0,
        },
        "routes_per_link": 200,
    }


def _workload(rng: random.Random, name: str, periods: int, campuses: str, *, small: bool) -> Draft:
    demand = [float(rng.randint(20, 70)) for _ in range(periods)]
    if rng.random() < 0.7:
        demand.sort()
    names = ("synchronous", "hierarchical", "diloco")
    chosen = rng.sample(names, 1 if small else rng.choice((1, 2, 2, 3)))
    reductions = {"synchronous": 1.0, "hierarchical": 2.0, "diloco": 4.0}
    view = rng.choice(("collective", "fabric_extension"))
    traffic: Draft = {"view": view, "parameters": rng.uniform(1.5e11, 5e11)}
    if view == "fabric_extension":
        traffic["fabric_ratio"] = rng.uniform(0.6e-4, (1.0e-4 if small else 1.6e-4))
    classes = sorted({round(rng.uniform(1.0, 9.0), 2) for _ in range(1 if small else 2)})
    return {
        "id": name,
        "it_demand_mw": demand,
        "unserved_usd_per_mw_year": float(rng.randint(15_000, 60_000)),
        "goodput_usd_per_mw_year": float(rng.randint(5_000, 40_000)),
        "paradigms": {p: {"traffic_reduction": reductions[p]} for p in chosen},
        "fabrics": rng.choice((["hub"], ["mesh"], ["hub", "mesh"])),
        "max_peers": rng.choice((2, 3, 3)) if len(campuses) > 2 else 2,
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
            "limit_mw": rng.randint(15, 60),
            "earliest_date": START.isoformat(),
            "fixed_cost_usd": rng.randint(20_000, 200_000),
            "shell_cost_usd_per_it_mw": rng.randint(5_000, 60_000),
            "pue_peak": rng.choice((1.2, 1.25, 1.4)),
            "pue_average": 1.15,
            "energy_usd_per_mwh": round(rng.uniform(0.05, 0.6), 3),
            "grid_region": "north",
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
        now, later = rng.randint(15, 60), rng.randint(20, 90)
        for date, mw in ((dt.date(2027, 6, 1), now), (dt.date(2029, 1, 1), max(now, later))):
            row = {"substation_id": f"s{i}", "date": date.isoformat(), "headroom_mw": mw}
            tables["power_timelines"].append(row)
    ties = [(name, rng.randrange(stations)) for name in names]
    if rng.random() < 0.5:
        extra = (rng.choice(names), rng.randrange(stations))
        ties.append(extra)
    tables["tie_lines"] = [
        {
            "id": f"tie{i}",
            "campus_id": name,
            "substation_id": f"s{station}",
            "length_km": rng.randint(1, 9),
            "capacity_mw": rng.randint(15, 60),
            "cost_usd_per_km": rng.randint(2_000, 20_000),
        }
        for i, (name, station) in enumerate(ties)
    ]


def _place(name: str) -> tuple[float, float]:
    """Return where a node stands: an equilateral triangle of side 10 km around ``j``."""
    east, north = {"a": (-5.0, 0.0), "b": (5.0, 0.0), "c": (0.0, 8.7), "j": (0.0, 2.9)}[name]
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
    ends += rng.sample(pairs, 1 if len(names) == 3 else len(pairs))
    if len(names) == 2 and rng.random() < 0.4:
        ends.append(("a", "b"))
    tables["corridors"] = []
    for i, (a, b) in enumerate(ends):
        least = 6 if b == "j" else 10.2
        iru = rng.random() < 0.35
        row = {
            "id": f"e{i}",
            "node_a": f"n-{a}",
            "node_b": f"n-{b}",
            "length_km": round(rng.uniform(least, 13 if b == "j" else 24), 2),
            "buildable": "false" if iru and rng.random() < 0.3 else "true",
            "build_cost_usd_per_km": rng.randint(500, 6000),
            "build_lead_time_years": rng.choice((0.5, 1.0)),
            "iru_provider": "telco" if iru else "",
            "iru_pairs": rng.randint(1, 3) if iru else 0,
            "srlgs": "bridge-1" if rng.random() < 0.12 else "",
        }
        tables["corridors"].append(row)


def _waves(rng: random.Random, tables: Draft, names: str) -> list[Draft]:
    declared = [e["id"] for e in tables["corridors"] if e["node_b"] != "n-j"]
    ends = next((e for e in tables["corridors"] if e["id"] in declared), None)
    a, b = tuple(names[:2]) if ends is None else (ends["node_a"][2:], ends["node_b"][2:])
    return [
        {
            "id": "wave1",
            "carrier": "carrier1",
            "campus_a": a,
            "campus_b": b,
            "rate_gbps": rng.choice((400, 800)),
            "length_km": round(rng.uniform(11, 25), 2),
            "corridors": declared[0] if declared and rng.random() < 0.5 else "",
            "max_waves": rng.randint(1, 3),
            "usd_per_month": rng.randint(300, 3000),
            "one_off_usd": rng.randint(0, 5000),
        }
    ]


# Themes: what makes a family likely to bind


def _loads(draft: Draft) -> list[Draft]:
    loads: list[Draft] = draft["file"]["workloads"]
    return loads


def _eager(draft: Draft, rng: random.Random, demand: tuple[int, int] = (40, 80)) -> None:
    """Make unserved demand dear and sites cheap, so that as much as possible is served."""
    for load in _loads(draft):
        load["unserved_usd_per_mw_year"] = float(rng.randint(60_000, 120_000))
        load["it_demand_mw"] = sorted(float(rng.randint(*demand)) for _ in load["it_demand_mw"])


def _two_sites(draft: Draft, rng: random.Random) -> None:
    """Make one campus too small for the demand, so that a link is worth its cost."""
    _eager(draft, rng, (40, 70))
    for row in draft["tables"]["campuses"]:
        row["limit_mw"] = rng.randint(28, 45)
    for row in draft["tables"]["tie_lines"]:
        row["capacity_mw"] = rng.randint(35, 60)
    for row in draft["tables"]["power_timelines"]:
        row["headroom_mw"] = 90
    for load in _loads(draft):
        load["paradigms"] = dict(list(load["paradigms"].items())[:2])


def _direct(draft: Draft, **cells: object) -> None:
    for row in draft["tables"]["corridors"]:
        row.update(cells)


def _timeline(draft: Draft, rng: random.Random) -> None:
    _eager(draft, rng)


def _campus_limit(draft: Draft, rng: random.Random) -> None:
    _eager(draft, rng)
    for row in draft["tables"]["campuses"]:
        row["limit_mw"] = rng.randint(12, 30)


def _tie_line_limit(draft: Draft, rng: random.Random) -> None:
    _eager(draft, rng)
    for row in draft["tables"]["tie_lines"]:
        row["capacity_mw"] = rng.randint(12, 26)


def _rtt_limit(draft: Draft, rng: random.Random) -> None:
    _two_sites(draft, rng)
    for load in _loads(draft):
        load["rtt_classes_ms"] = [round(rng.uniform(1.2, 2.2), 2)]
        load["paradigms"] = {
            p: {**v, "rtt_limit_ms": round(rng.uniform(1.6, 2.6), 2)}
            for p, v in load["paradigms"].items()
        }


def _survivability(draft: Draft, rng: random.Random) -> None:
    _two_sites(draft, rng)
    for load in _loads(draft):
        load["survival_fraction"] = rng.choice((0.5, 1.0))


def _amplifier_spacing(draft: Draft, rng: random.Random) -> None:
    _two_sites(draft, rng)
    draft["file"]["transport"]["modules"] = ["zrp400_124"]
    draft["file"]["transport"]["amplifiers"]["max_spacing_km"] = 9.0


def _minimum_spacing(draft: Draft, rng: random.Random) -> None:
    _two_sites(draft, rng)
    draft["file"]["transport"]["modules"] = [rng.choice(("zrp400_124", "zrp600"))]
    draft["file"]["transport"]["amplifiers"]["min_spacing_km"] = rng.choice((8.0, 9.0))
    _long(draft, rng)


def _long(draft: Draft, rng: random.Random) -> None:
    for row in draft["tables"]["corridors"]:
        if row["node_b"] != "n-j":
            row["length_km"] = round(rng.uniform(20.5, 29), 2)
        else:
            row["length_km"] = round(rng.uniform(10.1, 13), 2)


def _span_noise(draft: Draft, rng: random.Random) -> None:
    draft["file"]["workloads"] = draft["file"]["workloads"][:1]
    _two_sites(draft, rng)
    _long(draft, rng)
    _no_waves(draft)
    modules = ["zrp800_124", *rng.choice((["zrp400_124"], ["zrp600"], []))]
    draft["file"]["transport"] |= {
        "modules": modules,
        "terminals": ["fixed_c"],
        "margin_db": round(rng.uniform(4.1, 5.3), 1),
        "cable_fibers": [6],
    }
    draft["file"]["transport"]["amplifiers"]["min_spacing_km"] = rng.choice((0.0, 5.0))
    overrides = draft["file"]["catalog"]["overrides"]
    overrides[f"{modules[0]}.price"] = float(rng.randint(1000, 3000))
    for load in _loads(draft):
        load["paradigms"] = {"diloco": {"traffic_reduction": 1.0}}
        load["traffic"] = {"view": "collective", "parameters": rng.uniform(2.4e11, 2.9e11)}


def _pair_channels(draft: Draft, rng: random.Random) -> None:
    """Make a link need two pairs or more on a route: two channels, one for each pair."""
    _two_sites(draft, rng)
    draft["file"]["catalog"]["overrides"] |= {"omd32.ports": 1.0, "rd66.ports": 1.0}
    draft["file"]["transport"] |= {
        "modules": rng.sample(["zrp600", "zrp800_131e"], rng.choice((1, 1, 2))),
        "terminals": [rng.choice(("fixed_c", "roadm_cl"))],
        "max_cables_per_size": 3,
    }
    for load in _loads(draft):
        load["survival_fraction"] = rng.choice((0.0, 1.0))
        load["traffic"] = {"view": "collective", "parameters": rng.uniform(3.8e11, 5.5e11)}
        load["paradigms"] = {p: {"traffic_reduction": 1.0} for p in load["paradigms"]}


def _corridor_pairs(draft: Draft, rng: random.Random) -> None:
    _pair_channels(draft, rng)
    draft["file"]["transport"] |= {
        "cable_fibers": rng.choice(([2], [2, 4])),
        "pairs_per_rack": 4,
        "max_racks_own": 4,
    }
    _direct(draft, iru_provider="", iru_pairs=0, buildable="true")


def _no_waves(draft: Draft) -> None:
    draft["file"]["geography"].pop("leased_waves", None)
    draft["tables"].pop("leased_waves", None)


def _iru_limit(draft: Draft, rng: random.Random) -> None:
    _pair_channels(draft, rng)
    _no_waves(draft)
    draft["file"]["catalog"]["overrides"] |= {
        "iru.lh": float(rng.randint(300, 900)),
        "hut.lease.rack": float(rng.randint(1000, 4000)),
    }
    draft["file"]["transport"] |= {"max_racks_provider": 4, "cable_fibers": [6]}
    _direct(draft, iru_provider="telco", iru_pairs=1)
    for row in draft["tables"]["corridors"]:
        row["build_cost_usd_per_km"] = rng.randint(4000, 9000)


def _hut_racks(draft: Draft, rng: random.Random) -> None:
    _pair_channels(draft, rng)
    _no_waves(draft)
    draft["file"]["transport"] |= {
        "pairs_per_rack": 1,
        "max_racks_own": rng.choice((1, 2)),
        "max_racks_provider": rng.choice((1, 2)),
        "cable_fibers": [2, 6],
    }
    for row in draft["tables"]["corridors"]:
        if row["node_b"] != "n-j":
            row["length_km"] = round(rng.uniform(12.5, 20), 2)


def _three_peers(draft: Draft, rng: random.Random) -> None:
    """Three small campuses that train together: a hub with two spokes, or a mesh."""
    _two_sites(draft, rng)
    for row in draft["tables"]["campuses"]:
        row["limit_mw"] = rng.randint(20, 28)
    for load in _loads(draft):
        load["it_demand_mw"] = sorted(float(rng.randint(45, 60)) for _ in load["it_demand_mw"])
        load |= {"max_peers": 3, "survival_fraction": rng.choice((0.0, 1.0))}
        load["traffic"]["view"] = "collective"
        load["traffic"].pop("fabric_ratio", None)
        load["paradigms"] = {"diloco": {"traffic_reduction": 3.0}}


def _shared_link(draft: Draft, rng: random.Random) -> None:
    """Two jobs that fill two campuses only when both are split: the least peer forbids the rest."""
    draft["file"]["horizon"]["periods"] = 1
    names = [row["id"] for row in draft["tables"]["campuses"]][:2]
    first = draft["file"]["workloads"][0]
    second = {**first, "id": "tune"}
    draft["file"]["workloads"] = [first, second]
    _two_sites(draft, rng)
    shift = rng.randint(3, 7)
    for load, demand in ((first, 30 + shift), (second, 30 - shift)):
        load |= {
            "it_demand_mw": [float(demand)],
            "unserved_usd_per_mw_year": 100_000.0,
            "min_peer_mw": float(rng.randint(8, 11)),
            "survival_fraction": rng.choice((0.0, 0.5, 1.0)),
            "campuses": names,
            "max_peers": 2,
            "peer_buckets": [2],
        }
    second["paradigms"] = {"diloco": {"traffic_reduction": rng.choice((2.0, 4.0))}}
    for row in draft["tables"]["campuses"]:
        row |= {"limit_mw": 37.5, "pue_peak": 1.25}
    for row in draft["tables"]["tie_lines"]:
        row["capacity_mw"] = 60


def _peer_count(draft: Draft, rng: random.Random) -> None:
    _two_sites(draft, rng)
    edges = rng.choice(([3], [2]))
    for load in _loads(draft):
        load |= {"max_peers": 2 if edges == [2] else 3, "peer_buckets": edges}
        if len(draft["tables"]["campuses"]) == 2:
            load |= {"max_peers": 3, "peer_buckets": [3]}


def _peer_minimum(draft: Draft, rng: random.Random) -> None:
    _eager(draft, rng, (25, 40))
    for load in _loads(draft):
        load["min_peer_mw"] = float(rng.randint(14, 20))
    for row in draft["tables"]["campuses"]:
        row["limit_mw"] = rng.randint(20, 36)


def _lead_time(draft: Draft, rng: random.Random) -> None:
    _two_sites(draft, rng)
    if rng.random() < 0.7:
        _direct(draft, build_lead_time_years=rng.choice((3.25, 4.0)))
    else:
        late = rng.choice(draft["tables"]["campuses"])
        late["earliest_date"] = dt.date(2028, 6, 1).isoformat()
    for row in draft["tables"]["corridors"]:
        if row["iru_provider"] and row["buildable"] == "false":
            row["build_lead_time_years"] = 0.5


_THEMES: dict[str, Callable[[Draft, random.Random], None]] = {
    "timeline": _timeline,
    "campus_limit": _campus_limit,
    "tie_line_limit": _tie_line_limit,
    "rtt_limit": _rtt_limit,
    "survivability": _survivability,
    "amplifier_spacing": _amplifier_spacing,
    "amplifier_minimum_spacing": _minimum_spacing,
    "span_noise": _span_noise,
    "pair_channels": _pair_channels,
    "corridor_pairs": _corridor_pairs,
    "iru_limit": _iru_limit,
    "hut_racks": _hut_racks,
    "peer_count": _peer_count,
    "peer_minimum": _peer_minimum,
    "lead_time": _lead_time,
    "three_peers": _three_peers,
    "shared_link": _shared_link,
}
