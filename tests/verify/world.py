"""A small but complete study, its network, and a plan worked out by hand: no engine, no verifier.

Three campuses: A is the hub, B joins it by two own-fiber routes (one with two in-line huts), C by a
route of IRU and by leased waves from 2030 on::

      NB ----- bc ----- NC
      | \\              / |
     ab1 ab2b      ac2b  ac1 (IRU)
      |    J1 --.  J2    |
      |  ab2a   |  /     |
      '---------NA ------'
"""

from __future__ import annotations

import copy
import csv
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyproj import Geod

from siting.catalog import Catalog, load_catalog
from siting.loading import study_from_dict
from siting.network import CandidateNetwork, Corridor, Hut, Node, TieLine
from siting.plan import Plan
from siting.study import Study
from tests.verify.tables import (
    CAMPUSES,
    CORRIDORS,
    HUTS,
    NODES,
    STUDY,
    SUBSTATIONS,
    TIE_LINES,
    TIMELINES,
    WAVES,
)

TABLES = {
    "campuses": CAMPUSES,
    "substations": SUBSTATIONS,
    "power_timelines": TIMELINES,
    "tie_lines": TIE_LINES,
    "nodes": NODES,
    "corridors": CORRIDORS,
    "leased_waves": WAVES,
}
SEC = 250  # exposed round trips of synchronous training: 500 ms / 2 ms
LIMIT_MS = 2.0 - 0.01 - 0.004  # budget less jitter and switching
KAPPA = 1000 / 2.09 * 800 * 0.001  # Gb/s per IT MW


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, names)
        writer.writeheader()
        writer.writerows(rows)


def put(data: Any, key: str, value: Any) -> None:
    """Set a dotted key of nested dicts and lists."""
    *parts, last = key.split(".")
    for part in parts:
        data = data[int(part) if isinstance(data, list) else part]
    data[int(last) if isinstance(data, list) else last] = value


def make_study(
    folder: Path,
    changes: Mapping[str, Any] | None = None,
    tables: Mapping[str, list[dict[str, Any]]] | None = None,
) -> Study:
    """Write the tables, ``tables`` instead of those of the same name, and read the study."""
    for name, rows in {**TABLES, **(tables or {})}.items():
        write_csv(folder / f"{name}.csv", rows)
    raw = copy.deepcopy(STUDY)
    for key, value in (changes or {}).items():
        parts = key.split(".")
        target: Any = raw
        for part in parts[:-1]:
            target = target[int(part)] if isinstance(target, list) else target.setdefault(part, {})
        put(target, parts[-1], copy.deepcopy(value))
    return study_from_dict(raw, folder, None, "study.yaml")


def make_network(study: Study, catalog: Catalog) -> CandidateNetwork:
    nodes = {
        row["id"]: Node(id=row["id"], lon=row["lon"], lat=row["lat"], campus=row.get("campus_id"))
        for row in NODES
    }
    corridors = {}
    for row in study.corridors.values():
        ends = tuple((nodes[name].lon, nodes[name].lat) for name in (row.node_a, row.node_b))
        lons, lats = zip(*ends, strict=True)
        straight = Geod(ellps="WGS84").line_length(lons, lats) / 1000
        cost, lead = row.build_cost_usd_per_km, row.build_lead_time_years
        method = f"build.{row.method}"
        corridors[row.id] = Corridor(
            id=row.id,
            node_a=row.node_a,
            node_b=row.node_b,
            length_km=row.length_km or straight * 1.05,
            kind=row.kind,
            buildable=row.buildable,
            build_cost_usd_per_km=catalog.value(method) if cost is None else cost,
            build_lead_time_years=catalog.lead_time_years(method) if lead is None else lead,
            iru_provider=row.iru_provider,
            iru_pairs=row.iru_pairs,
            iru_fiber_type=row.iru_fiber_type,
            existing_fibers=row.existing_fibers,
            existing_fiber_type=row.existing_fiber_type,
            existing_until=iso(row.existing_until),
            cuts_per_1000km_year=row.cuts_per_1000km_year,
            srlgs=row.srlgs,
            geometry=ends,
        )
    huts = {}
    for name, edge, at, km, owner in HUTS:
        lon, lat = place(nodes[at] if at else corridors[edge or ""], km)
        huts[name] = Hut(
            id=name, corridor=edge, node=at, position_km=km, operator=owner, lon=lon, lat=lat
        )
    for given in study.huts.values():
        edge, at = given.corridor_id, given.node_id
        lon, lat = place(nodes[at] if at else corridors[edge or ""], given.position_km)
        cells = given.model_dump(exclude={"corridor_id", "node_id", "existing_until"})
        until = iso(given.existing_until)
        huts[given.id] = Hut(
            corridor=edge, node=at, lon=lon, lat=lat, existing_until=until, **cells
        )
    assert study.tie_lines is not None
    lines = {
        row.id: TieLine(
            id=row.id,
            campus=row.campus_id,
            substation=row.substation_id,
            length_km=row.length_km,
            capacity_mw=row.capacity_mw,
        )
        for row in study.tie_lines.values()
    }
    return CandidateNetwork(
        name="three",
        nodes=nodes,
        corridors=corridors,
        huts=huts,
        tie_lines=lines,
        diverse_campuses=frozenset("ABC"),
    )


def iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def place(where: Node | Corridor, km: float) -> tuple[float, float]:
    """Longitude and latitude of a node, or of a position along a straight corridor."""
    if isinstance(where, Node):
        return where.lon, where.lat
    (lon_a, lat_a), (lon_b, lat_b) = where.geometry
    share = km / where.length_km
    return lon_a + share * (lon_b - lon_a), lat_a + share * (lat_b - lat_a)


def rtt_ms(length_km: float, module_us: float, huts: int = 0, *, roadm: bool = False) -> float:
    """Base column: silica 4.9 us/km, amplifier 0.15 us, ROADM 0.1 us each."""
    return 2 * (length_km * 4.9 + huts * 0.15 + 0.2 * roadm + module_us) / 1000


def mode(peers_min: int, peers_max: int) -> dict[str, Any]:
    return {
        "paradigm": "synchronous",
        "fabric": "hub",
        "peers_min": peers_min,
        "peers_max": peers_max,
        "rtt_class_ms": 2.0,
        "link_rtt_limit_ms": LIMIT_MS,
        "bandwidth_level": 1.0,
        "hub": "A",
        "goodput_loss_fraction": SEC * 2.0 / 10_000,
    }


def make_links(network: CandidateNetwork, catalog: Catalog) -> list[dict[str, Any]]:
    ab1 = network.corridors["ab1"].length_km
    us = {name: catalog.value(f"{name}.latency") for name in ("zr800", "zrp800_131e")}
    zr800: dict[str, Any] = {"module": "zr800", "terminal": "fixed_c", "amplifier": "none"}
    silica = {"fiber_type": "G652D", "regenerators": []}
    direct = {
        "id": "direct", "kind": "fiber", "corridors": ["ab1"], "supply": ["own"],
        "length_km": ab1, "huts": [], "spans_km": [ab1], "rtt_ms": rtt_ms(ab1, us["zr800"]),
        "modes": [zr800 | {"pairs": [1, 1, 1], "channels": [10, 15, 15]}], **silica,
    }  # fmt: skip
    west = {
        "id": "west", "kind": "fiber", "corridors": ["ab2a", "ab2b"], "supply": ["own", "own"],
        "length_km": 180.0, "huts": ["h1", "h2"], "spans_km": [60.0, 60.0, 60.0],
        "rtt_ms": rtt_ms(180, us["zrp800_131e"], 2, roadm=True),
        "modes": [{"module": "zrp800_131e", "terminal": "roadm_cl", "amplifier": "conventional",
                   "pairs": [1, 1, 1], "channels": [10, 15, 15]}], **silica,
    }  # fmt: skip
    rail = {
        "id": "rail", "kind": "fiber", "corridors": ["ac1"], "supply": ["longline"],
        "length_km": 70.0, "huts": [], "spans_km": [70.0], "rtt_ms": rtt_ms(70, us["zr800"]),
        "modes": [zr800 | {"pairs": [0, 1, 1], "channels": [0, 15, 15]}], **silica,
    }  # fmt: skip
    waves = {
        "id": "waves", "kind": "leased_wave", "corridors": ["ac2a", "ac2b"], "supply": [],
        "fiber_type": None, "regenerators": [], "length_km": 150.0, "huts": [], "spans_km": [],
        "rtt_ms": 2 * (150 * 4.9 + 50) / 1000, "leased_wave": "w800", "waves": [0, 15, 15],
    }  # fmt: skip
    return [
        {"campuses": ["A", "B"], "routes": [direct, west],
         "demands": [{"workload": "train", "role": "training",
                      "gbps": [20 * KAPPA, 30 * KAPPA, 30 * KAPPA]}]},
        {"campuses": ["A", "C"], "routes": [rail, waves],
         "demands": [{"workload": "train", "role": "training",
                      "gbps": [0, 30 * KAPPA, 30 * KAPPA]}]},
    ]  # fmt: skip


def make_plan(network: CandidateNetwork, catalog: Catalog) -> dict[str, Any]:
    from tests.verify.prices import priced

    ones = [1, 1, 1]
    data: dict[str, Any] = {
        "study": "three",
        "periods": ["2029", "2030", "2031"],
        "substations": [
            {"id": "S1", "in_service_from": 0, "reserved_mw": [82.85, 96.15, 96.15]},
            {"id": "S2", "in_service_from": 1, "reserved_mw": [0, 39.9, 39.9]},
        ],
        "network_upgrades": [],
        "bridging": [],
        "tie_lines": [
            {"id": "tA", "campus": "A", "substation": "S1", "in_service_from": 0,
             "flow_mw": [56.25, 56.25, 56.25], "firm_mw": [56.25, 56.25, 56.25]},
            {"id": "tB", "campus": "B", "substation": "S1", "in_service_from": 0,
             "flow_mw": [26.6, 39.9, 39.9], "firm_mw": [26.6, 39.9, 39.9]},
            {"id": "tC", "campus": "C", "substation": "S2", "in_service_from": 1,
             "flow_mw": [0, 39.9, 39.9], "firm_mw": [0, 39.9, 39.9]},
        ],
        "campuses": [
            {"id": "A", "in_service_from": 0, "built_it_mw": [45, 45, 45]},
            {"id": "B", "in_service_from": 0, "built_it_mw": [20, 30, 30]},
            {"id": "C", "in_service_from": 1, "built_it_mw": [0, 30, 30]},
        ],
        "workloads": [
            {"id": "train", "paradigm": "synchronous", "fabric": "hub", "hub": "A",
             "modes": [mode(2, 2), mode(3, 4), mode(3, 4)],
             "served_it_mw": {"A": [40, 40, 40], "B": [20, 30, 30], "C": [0, 30, 30]},
             "replica_it_mw": {}, "replica_homes": {}, "unserved_it_mw": [0, 10, 10]},
            {"id": "eval", "paradigm": None, "fabric": None, "hub": None, "modes": [None] * 3,
             "served_it_mw": {"A": [5, 5, 5]}, "replica_it_mw": {}, "replica_homes": {},
             "unserved_it_mw": [0, 0, 0]},
        ],
        "links": make_links(network, catalog),
        "corridors": [
            {"id": name, "built_from": 0, "cables": {"G652D/144": ones}, "iru_pairs": [0, 0, 0]}
            for name in ("ab1", "ab2a", "ab2b")
        ]
        + [{"id": "ac1", "built_from": None, "cables": {}, "iru_pairs": [0, 1, 1]}],
        "huts": [
            {"id": name, "hut_class": "small", "in_service_from": 0,
             "racks": {"conventional": ones}}
            for name in ("h1", "h2")
        ],
        "provenance": {
            "versions": {}, "options": {}, "study_sha256": "s", "network_sha256": "n",
            "instance_sha256": "i", "termination": "optimal", "method": "by hand",
        },
    }  # fmt: skip
    return data | priced(network, catalog)


@dataclass(frozen=True)
class World:
    """A study with its network, catalog and a good plan."""

    study: Study
    network: CandidateNetwork
    catalog: Catalog
    plan: dict[str, Any]

    def edited(self, edit: Callable[[dict[str, Any]], None]) -> Plan:
        """Return the plan after an edit of its JSON."""
        data = copy.deepcopy(self.plan)
        edit(data)
        return Plan.model_validate(data)

    def with_lead_time(self, row: str, years: float) -> World:
        """Return the same world where a catalog row has another lead time."""
        rows = dict(self.catalog.rows)
        rows[row] = replace(rows[row], lead_time_years=years)
        return replace(self, catalog=replace(self.catalog, rows=rows))


def make_world(
    folder: Path,
    changes: Mapping[str, Any] | None = None,
    tables: Mapping[str, list[dict[str, Any]]] | None = None,
) -> World:
    study = make_study(folder, changes, tables)
    catalog = load_catalog(overrides=study.file.catalog.overrides)
    network = make_network(study, catalog)
    return World(study, network, catalog, make_plan(network, catalog))
