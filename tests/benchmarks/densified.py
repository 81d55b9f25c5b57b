"""One map at rising detail: the conterminous US from its main roads to all that is bundled.

A way is as important as the first of a seeded row of places that needs it: with m places there are
the ways on shortest paths between any two of the first m. Few places leave the long-distance roads
and railways, more add the secondary ones between them; the area, the campuses and their distances
stay. Nothing is added that is not on the ground, and nothing far away that pruning would drop.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting._paths import MODELS
from siting.geography.bundled import read_ways
from siting.geography.region.contraction import Edge
from siting.geography.region.folder import Attributes, write_region
from siting.geography.ways import Way
from siting.loading import study_from_dict
from siting.study import Study

SOURCE = "bundled/us"
LEAST_MW = 600.0
"""Campuses of ``conus`` with at least this limit take part."""
PERIODS = 3
DEMAND_MW = (500.0, 900.0, 1300.0)


def ranked(ways: Sequence[Way], places: int, seed: int = 1) -> np.ndarray:
    """Return for each way how many places are needed to have it; more than ``places``: none."""
    index = {node: i for i, node in enumerate(sorted({n for way in ways for n in (way.a, way.b)}))}
    ends = np.array([(index[way.a], index[way.b]) for way in ways])
    lengths = np.array([way.length_km for way in ways])
    best: dict[tuple[int, int], int] = {}
    for number, (a, b) in enumerate(ends):
        key = (min(a, b), max(a, b))
        if key not in best or lengths[number] < lengths[best[key]]:
            best[key] = number
    chosen = sorted(best.values())
    matrix = csr_array((lengths[chosen], ends[chosen].T), shape=(len(index), len(index)))
    rng = random.Random(seed)  # a seed, not a secret
    rows = rng.sample(range(len(index)), min(places, len(index)))
    rank = np.full(len(ways), places + 1)
    for m, source in enumerate(rows):
        _, previous = dijkstra(matrix, directed=False, indices=source, return_predecessors=True)
        seen = set()
        for target in rows[:m]:
            node = target
            while previous[node] >= 0 and node not in seen:
                seen.add(node)
                before = int(previous[node])
                way = best[min(node, before), max(node, before)]
                rank[way] = min(rank[way], m + 1)
                node = before
    return rank


def write_detail(folder: Path, ways: Sequence[Way]) -> None:
    """Write a region of some of the bundled ways."""
    index = {node: i for i, node in enumerate(sorted({n for w in ways for n in (w.a, w.b)}))}
    edges = [Edge(index[w.a], index[w.b], w.line, number) for number, w in enumerate(ways)]
    about = {
        "name": "us, less detail",
        "sources": [{"attribution": "(c) OpenStreetMap contributors (ODbL)"}],
    }
    write_region(folder, edges, [Attributes(w.kind) for w in ways], about, 0.0)


def detailed_study(folder: Path, ways: Sequence[Way] | None) -> Study:
    """Write a study of the campuses of ``conus`` with room on a map of ``ways``; None: all ways."""
    folder.mkdir(parents=True, exist_ok=True)
    source = SOURCE
    if ways is not None:
        write_detail(folder / "region", ways)
        source = "folder:region"
    for name in ("substations", "power_timelines"):
        shutil.copy(MODELS / "conus" / f"{name}.csv", folder)
    with (MODELS / "conus" / "campuses.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if float(row["limit_mw"]) >= LEAST_MW]
    with (folder / "campuses.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    raw = yaml.safe_load((MODELS / "conus" / "study.yaml").read_text(encoding="utf-8"))
    raw["horizon"] |= {"start": "2032-01-01", "periods": PERIODS}
    raw["geography"]["source"] = source
    (job,) = raw["workloads"]
    job |= {"it_demand_mw": list(DEMAND_MW), "max_peers": 3}
    return study_from_dict(raw, folder, None, "detail")


def bundled_ways() -> list[Way]:
    """Return the ways of the bundled map."""
    return read_ways(SOURCE)[0]
