"""Random studies that grow, stated alike by arc flow and by routes.

Campuses and junctions lie at random in a square; corridors join junctions that are relative
neighbors (no third one is nearer to both), the sparse pattern of long-distance fiber, a few more so
that none is the only way, and every campus to its two nearest junctions. Prices are those of the
bundled catalog.

What arc flow cannot state is left out of the study: light needs no amplifier (grey optics with
unlimited reach, which nobody sells), for where along a route a hut stands is a question of routes;
one paradigm with one limit of RTT, one fiber type, no IRU. All simple paths within the limit are
candidate routes.
"""

from __future__ import annotations

import csv
import itertools
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from siting.loading import study_from_dict
from siting.study import Study

REACH_KM = 5000.0
SIDE_KM = 500.0
KM_PER_DEGREE = 111.2
ENTRANCES = 2
"""Corridors that lead to a campus, from the nearest junctions."""
DEMAND_SHARE = 0.7
"""Of what all campuses can hold, in the last period."""
SLACK = 1.25
"""Length of a corridor over the great circle."""
MOST_PATHS = 200
"""Candidate routes of a link: all simple paths of these maps within the RTT limit."""
FABRIC_RATIO = 0.05
"""Of thick demands, before the paradigm divides it by what it saves."""
SYNTHETIC = "Everything: places, power and optics; prices are those of the catalog"

Place = tuple[float, float]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a random study is."""

    campuses: int
    periods: int
    rtt_ms: float = 8.0
    is_thick: bool = False
    """Demands of many channels, as much as the smaller end has MW; else one channel."""
    paths: int = MOST_PATHS
    """Candidate routes of a link, at most."""

    @property
    def junctions(self) -> int:
        """Junctions besides the campuses."""
        return 2 * self.campuses


def sparse_study(size: Size, seed: int, folder: Path) -> Study:
    """Write the tables of a random study and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"sparse {size.campuses} {size.periods} {seed}")
    campuses = [f"c{i}" for i in range(size.campuses)]
    junctions = [f"j{i}" for i in range(size.junctions)]
    places = {
        name: (rng.uniform(0, SIDE_KM), rng.uniform(0, SIDE_KM)) for name in (*campuses, *junctions)
    }
    graph = sparse_graph({name: places[name] for name in junctions})
    for campus in campuses:
        near = sorted(junctions, key=lambda j: math.dist(places[campus], places[j]))
        graph.add_edges_from((campus, junction) for junction in near[:ENTRANCES])
    limits = {c: rng.choice((200, 300, 400, 500)) for c in campuses}
    lines = (
        Corridor(a, b, SLACK * math.dist(places[a], places[b]) + 1) for a, b in sorted(graph.edges)
    )
    at = {name: _degrees(place) for name, place in places.items()}
    tables = study_tables(rng, size, limits, at, lines)
    about = f"sparse-{size.campuses}-{size.periods}-{seed}", "Random study for arc flow and routes"
    return written_study(folder, tables, study_file(size, about, sum(limits.values())))


@dataclass(frozen=True, slots=True)
class Corridor:
    """A corridor between two places."""

    a: str
    b: str
    length_km: float


def study_tables(
    rng: random.Random,
    size: Size,
    limits: dict[str, int],
    at: dict[str, Place],
    corridors: Iterable[Corridor],
) -> dict[str, list[Row]]:
    """Return the tables of a study.

    Args:
        rng: draws dates, prices and power.
        size: its periods count.
        limits: MW of each campus.
        at: longitude and latitude of every place.
        corridors: between places.
    """
    return {
        "campuses": [_campus(rng, c, at[c], limit) for c, limit in limits.items()],
        "substations": [
            {"id": f"s-{c}", "name": f"S {c}", "kv": 345, "grid_region": "plain", **_at(at[c])}
            for c in limits
        ],
        "power_timelines": [row for c in limits for row in _timeline(rng, c, limits[c], size)],
        "tie_lines": [
            {
                "id": f"t-{c}",
                "campus_id": c,
                "substation_id": f"s-{c}",
                "length_km": rng.randint(3, 30),
                "capacity_mw": 600,
            }
            for c in limits
        ],
        "nodes": [
            {"id": f"n-{name}", "campus_id": name if name in limits else "", **_at(place)}
            for name, place in at.items()
        ],
        "corridors": [
            {
                "id": f"e{number}",
                "node_a": f"n-{corridor.a}",
                "node_b": f"n-{corridor.b}",
                "length_km": round(corridor.length_km, 3),
                "kind": rng.choice(("road", "rail")),
            }
            for number, corridor in enumerate(corridors)
        ],
    }


def written_study(folder: Path, tables: dict[str, list[Row]], raw: Row) -> Study:
    """Write the tables of a study and load it."""
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return study_from_dict(raw, folder, None, folder.name)


def sparse_graph(places: dict[str, Place]) -> nx.Graph:
    """Return relative neighbors, joined further until no edge is the only way between its ends."""
    graph = nx.Graph()
    graph.add_nodes_from(places)
    pairs = sorted(itertools.combinations(sorted(places), 2), key=lambda p: _km(places, p))
    for a, b in pairs:
        km = _km(places, (a, b))
        if not any(
            max(_km(places, (a, c)), _km(places, (b, c))) < km for c in places if c not in (a, b)
        ):
            graph.add_edge(a, b)
    for a, b in pairs:
        if not nx.has_bridges(graph):
            break
        if not graph.has_edge(a, b) and _parted(graph, a, b):
            graph.add_edge(a, b)
    return graph


def _parted(graph: nx.Graph, a: str, b: str) -> bool:
    """Return whether some edge is the only way between two nodes."""
    whole = graph.copy()
    whole.remove_edges_from(list(nx.bridges(graph)))
    return not nx.has_path(whole, a, b)


def _km(places: dict[str, Place], pair: tuple[str, str]) -> float:
    return math.dist(places[pair[0]], places[pair[1]])


def _degrees(place: Place) -> Place:
    return -102 + place[0] / KM_PER_DEGREE / 0.83, 32 + place[1] / KM_PER_DEGREE


def _at(place: Place) -> Row:
    return {"lon": round(place[0], 5), "lat": round(place[1], 5)}


def _campus(rng: random.Random, name: str, place: Place, limit_mw: int) -> Row:
    return {
        "id": name,
        "name": name.upper(),
        **_at(place),
        "kind": "synthetic",
        "limit_mw": limit_mw,
        "earliest_date": f"{rng.choice((2028, 2030, 2031))}-01-01",
        "fixed_cost_usd": rng.randint(5, 60) * 1_000_000,
        "energy_usd_per_mwh": rng.randint(40, 60),
        "grid_region": "plain",
    }


def _timeline(rng: random.Random, campus: str, limit_mw: int, size: Size) -> list[Row]:
    mw, rows = 0.0, []
    for year in range(size.periods + 1):
        mw = min(mw + rng.uniform(0.5, 1.0) * limit_mw, limit_mw)
        row = {"substation_id": f"s-{campus}", "date": f"{2029 + year}-01-01"}
        rows.append({**row, "headroom_mw": round(mw)})
    return rows


def study_file(size: Size, about: tuple[str, str], limit_mw: float) -> Row:
    """Return the study file: name and title, what all campuses can hold, MW."""
    name, title = about
    most = DEMAND_SHARE * limit_mw / 1.3
    demand = [most * (year + 1 + size.periods) / (2 * size.periods) for year in range(size.periods)]
    return {
        "schema_version": 1,
        "name": name,
        "title": title,
        "synthetic": [SYNTHETIC],
        "horizon": {"decision_date": "2026-01-01", "start": "2030-01-01", "periods": size.periods},
        "catalog": {"overrides": {"grey800_2lr4.reach": REACH_KM}},
        "sites": {"tie_lines": "tie_lines.csv"},
        "geography": {"entrance_separation_km": 0.0},
        "transport": {
            "modules": ["grey800_2lr4"],
            "cable_fibers": [144],
            "amplifiers": {"single_span_max_km": REACH_KM},
            "routes_per_link": size.paths,
        },
        "workloads": [
            {
                "id": "pretrain",
                "it_demand_mw": demand,
                "paradigms": {
                    "diloco": {"rtt_limit_ms": size.rtt_ms, "token_penalty_fraction": 0.02}
                },
                "fabrics": ["hub"],
                "max_peers": size.campuses,
                "min_peer_mw": 40.0,
                "survival_fraction": 1.0,
                "rtt_classes_ms": [1000.0],
                "traffic": {"view": "fabric_extension", "fabric_ratio": FABRIC_RATIO}
                if size.is_thick
                else {"view": "collective"},
            }
        ],
    }
