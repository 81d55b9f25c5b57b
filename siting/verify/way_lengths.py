"""How long a way is on the ground where its region states it, read from the region's tables alone.

A drawn line is simplified, and cuts corners. Where the table of a region states the length of each
way, a corridor that runs along it is as much longer than its geometry as the way is than its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from siting._paths import DATA
from siting.network import Corridor
from siting.study import Study
from siting.study_region import region_of
from siting.verify.geodesic import Point, geodesic_km

if TYPE_CHECKING:
    import pyarrow as pa

NEAR_DEG: Final = 2e-6
"""A piece of geometry this close to a way lies on it: coordinates have six decimals."""
BUNDLED: Final = {"road": "roads", "rail": "rail"}
"""Table of each kind of way of a bundled region."""
LINKS: Final = frozenset({"transfer", "lateral"})
"""Kinds of corridors that are drawn by rule, straight, and lie on no way."""


@dataclass
class _Pieces:
    """The straight pieces of the ways of one kind, and the ground km for each km drawn."""

    ends: list[tuple[Point, Point]] = field(default_factory=list)
    stretch: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Range:
    """Least and most that a length may be: ways drawn over each other differ in stretch."""

    least_km: float
    most_km: float


class Ground:
    """Lengths along the ground of what lies on the ways of a region."""

    def __init__(self, ways: Iterable[tuple[str, Sequence[Point], float]]) -> None:
        """Take kind, line and stated length (km) of every way."""
        pieces: dict[str, _Pieces] = {}
        for kind, line, stated_km in ways:
            known = pieces.setdefault(kind, _Pieces())
            known.ends += pairwise(line)
            known.stretch += [stated_km / geodesic_km(line)] * (len(line) - 1)
        self._stretch = {kind: known.stretch for kind, known in pieces.items()}
        self._tree = {
            kind: shapely.STRtree(shapely.linestrings(known.ends)) for kind, known in pieces.items()
        }

    def lengths_km(self, corridors: Sequence[Corridor]) -> dict[str, Range | None]:
        """Return the length, without slack, of every corridor; None of one that leaves the ways."""
        found: dict[str, Range | None] = {}
        by_kind = sorted(corridors, key=lambda corridor: corridor.kind)
        for kind, group in groupby(by_kind, key=lambda corridor: corridor.kind):
            members = list(group)
            if kind in LINKS:
                for corridor in members:
                    km = geodesic_km(corridor.geometry)
                    found[corridor.id] = Range(km, km)
            else:
                found |= self._along_ways(kind, members)
        return found

    def _along_ways(self, kind: str, corridors: Sequence[Corridor]) -> dict[str, Range | None]:
        parts = [pair for corridor in corridors for pair in pairwise(corridor.geometry)]
        if kind not in self._tree or not parts:
            return dict.fromkeys((corridor.id for corridor in corridors), None)
        near = self._stretches(kind, parts)
        found: dict[str, Range | None] = {}
        part = 0
        for corridor in corridors:
            least = most = 0.0
            is_on_ways = bool(corridor.geometry)
            for pair in pairwise(corridor.geometry):
                km = geodesic_km(pair)
                is_on_ways &= bool(near[part]) or km == 0.0
                least += km * min(near[part], default=1.0)
                most += km * max(near[part], default=1.0)
                part += 1
            found[corridor.id] = Range(least, most) if is_on_ways else None
        return found

    def _stretches(self, kind: str, parts: Sequence[tuple[Point, Point]]) -> list[list[float]]:
        """Return the stretch of every way on which each of ``parts`` lies with both ends."""
        tree, stretch = self._tree[kind], self._stretch[kind]
        ends = np.asarray(parts)
        middles = shapely.points(ends.mean(axis=1))
        part, piece = tree.query(middles, predicate="dwithin", distance=NEAR_DEG)
        lines = tree.geometries[piece]
        lies = np.ones(len(part), dtype=bool)
        for end in (0, 1):
            lies &= shapely.distance(shapely.points(ends[part, end]), lines) <= NEAR_DEG
        near: list[list[float]] = [[] for _ in parts]
        for k in np.flatnonzero(lies):
            near[part[k]].append(stretch[piece[k]])
        return near


def ground_of(study: Study) -> Ground | None:
    """Return the ground of the region of ``study``; None where no table states lengths."""
    folder = region_of(study)
    source = study.file.geography.source
    if folder is None and not source.startswith("bundled/"):
        return None
    if folder is not None:
        return Ground(_ways(folder / "ways.parquet", None, "length_km"))
    ways = []
    for kind, layer in BUNDLED.items():
        name = f"{source.removeprefix('bundled/')}_{layer}_planning.parquet"
        path = DATA / "geography" / "osm" / name
        if not path.is_file() or "ground_km" not in _columns(path):
            return None
        ways += _ways(path, kind, "ground_km")
    return Ground(ways)


def _columns(path: Path) -> Sequence[str]:
    import pyarrow.parquet as pq

    return tuple(pq.read_schema(path).names)


def _ways(path: Path, kind: str | None, length: str) -> list[tuple[str, Sequence[Point], float]]:
    import pyarrow.parquet as pq

    columns = ["geometry", length, *([] if kind else ["kind"])]
    table: pa.Table = pq.read_table(path, columns=columns)
    lines = shapely.from_wkb(table.column("geometry").to_pylist())
    count = len(lines)
    kinds = [kind] * count if kind else table.column("kind").to_pylist()
    stated = table.column(length).to_pylist()
    return [
        (str(kinds[k]), [(float(x), float(y)) for x, y in lines[k].coords], float(stated[k]))
        for k in range(count)
    ]
