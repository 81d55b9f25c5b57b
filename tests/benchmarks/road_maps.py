"""Studies on real roads: the bundled map of Texas at rising detail, the largest of its campuses.

A road is as important as the first of a seeded row of places that needs it
(:mod:`tests.benchmarks.densified`): few places leave the long-distance roads, more add secondary
ones between them. What leads nowhere goes, roads in series become one corridor, and every campus is
joined to the two junctions nearest to it. Power, prices and optics are those of
:mod:`tests.benchmarks.sparse_maps`, so that arc flow can state the problem: places and corridors
are real, the rest is synthetic.
"""

from __future__ import annotations

import csv
import math
import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx

from siting._paths import MODELS
from siting.geography.bundled import read_ways
from siting.geography.ways import Way, places
from siting.study import Study
from tests.benchmarks.densified import ranked
from tests.benchmarks.sparse_maps import (
    ENTRANCES,
    KM_PER_DEGREE,
    SLACK,
    Corridor,
    Place,
    Size,
    study_file,
    study_tables,
    written_study,
)

if TYPE_CHECKING:
    import numpy as np

SOURCE = "bundled/us_tx"
STEPS = (4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 130, 170, 220)
"""Numbers of places tried, until the map has as many corridors as asked for."""
PARALLEL_KM = 1.0
"""Of two corridors between the same junctions the longer one stays if it is so much longer."""


def road_study(size: Size, corridors: int, seed: int, folder: Path) -> Study:
    """Write the tables of a study on about so many corridors, and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"roads {size.campuses} {size.periods} {corridors} {seed}")
    at = _campuses(size.campuses)
    graph, spots = road_map(corridors, seed)
    lines = [Corridor(a, b, SLACK * km) for a, b, km in sorted(graph.edges(data="km"))]
    for campus, place in at.items():
        near = sorted(spots, key=lambda node: _km(place, spots[node]))[:ENTRANCES]
        lines += [Corridor(campus, node, SLACK * _km(place, spots[node]) + 1) for node in near]
    limits = {campus: rng.choice((200, 300, 400, 500)) for campus in at}
    tables = study_tables(rng, size, limits, at | spots, lines)
    about = f"roads-{size.campuses}-{size.periods}-{corridors}", "Roads of Texas for arc flow"
    return written_study(folder, tables, study_file(size, about, sum(limits.values())))


def road_map(corridors: int, seed: int) -> tuple[nx.MultiGraph, dict[str, Place]]:
    """Return a contracted map of at least so many corridors, or of all, and where its nodes are."""
    ways, rank = _ranked(seed)
    spots = places(ways)
    graph = nx.MultiGraph()
    for most in STEPS:
        graph = contracted([way for way, first in zip(ways, rank, strict=True) if first <= most])
        if graph.number_of_edges() >= corridors:
            break
    return graph, {node: (spots[node][0], spots[node][1]) for node in graph}


def contracted(ways: list[Way]) -> nx.MultiGraph:
    """Return the map without dead ends and without nodes of two corridors."""
    graph = nx.MultiGraph()
    for way in ways:
        if way.a != way.b:
            graph.add_edge(way.a, way.b, km=way.length_km)
    graph = graph.subgraph(max(nx.connected_components(graph), key=len)).copy()
    waiting = sorted(graph)
    while waiting:
        node = waiting.pop()
        if node not in graph or graph.degree(node) > 2:
            continue
        ends = [(other, km) for _, other, km in graph.edges(node, data="km")]
        graph.remove_node(node)
        if len(ends) > 1 and ends[0][0] != ends[1][0]:
            _join(graph, ends[0][0], ends[1][0], ends[0][1] + ends[1][1])
        waiting += [other for other, _ in ends]
    return graph


def _join(graph: nx.MultiGraph, a: str, b: str, km: float) -> None:
    known = [x["km"] for x in graph[a][b].values()] if graph.has_edge(a, b) else []
    if all(abs(km - other) > PARALLEL_KM for other in known):
        graph.add_edge(a, b, km=km)


@cache
def _ranked(seed: int) -> tuple[list[Way], np.ndarray]:
    ways = [way for way in read_ways(SOURCE)[0] if way.kind == "road"]
    return ways, ranked(ways, STEPS[-1], seed)


def _campuses(count: int) -> dict[str, Place]:
    """Return the places of the largest campuses of the bundled study."""
    with (MODELS / "texas" / "campuses.csv").open(encoding="utf-8", newline="") as handle:
        rows = sorted(csv.DictReader(handle), key=lambda r: (-float(r["limit_mw"]), r["id"]))
    return {row["id"]: (float(row["lon"]), float(row["lat"])) for row in rows[:count]}


def _km(a: Place, b: Place) -> float:
    wide = math.cos(math.radians((a[1] + b[1]) / 2))
    return KM_PER_DEGREE * math.hypot((a[0] - b[0]) * wide, a[1] - b[1])
