"""``plan_shape`` of crossings: rivers, railways and roads that every corridor crosses.

Straight pieces are compared with straight pieces by plane arithmetic in degrees.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from siting._paths import DATA
from siting.network import Corridor
from siting.study import Study
from siting.study_region import region_of
from siting.verify.findings import Rule
from siting.verify.geodesic import geodesic_km

OSM = DATA / "geography" / "osm"
SAME_DEG = 1e-5
"""Points this close are one, about a meter."""
GRAIN = 1e-9
"""Rounding of a position along a straight piece, relative."""
THROUGH = ("road", "rail", "power")
"""Kinds that go on where they meet another kind."""
NAMES = ("river", "rail", "road")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines of the maps, cut into straight pieces."""

    starts: Any
    ends: Any
    """(lon, lat) degrees, a row a piece."""
    kinds: Any
    """What each piece is part of."""
    joints: dict[str, Any]
    """Tree of the ends of the ways of a kind."""
    dead: dict[str, Any]
    """Tree of those where no other way of the kind goes on."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Corridors, cut into straight pieces."""

    owner: Any
    """Number of the corridor of each piece."""
    starts: Any
    ends: Any
    kinds: Any
    first: Any
    """Whether a piece is the first of its corridor."""
    last: Any


def crossing_shape(study: Study, corridors: Sequence[Corridor], rule: Rule) -> None:
    """Check the crossings of corridors whose build is priced by land."""
    merge_km = study.file.geography.terrain.crossing_merge_km
    maps = _maps(study)
    counted = [_counts(maps, corridors, merge_km, reach) for reach in (0.0, 2.0 * SAME_DEG)]
    for corridor, *found in zip(corridors, *counted, strict=True):
        stated = (corridor.river_crossings, corridor.rail_crossings, corridor.road_crossings)
        for name, count, *asked in zip(NAMES, stated, *found, strict=True):
            where, what = f"corridor {corridor.id}", f"{name} crossings"
            rule.equal(where, what, count, min(max(count, min(asked)), max(asked)), "")


def _counts(
    maps: Drawn, corridors: Sequence[Corridor], merge_km: float, reach_deg: float
) -> list[tuple[float, ...]]:
    """Return the crossings of each corridor.

    Args:
        maps: what is crossed.
        corridors: what crosses.
        merge_km: crossings of one kind this close are one.
        reach_deg: ends reach so much farther: within a meter a line may end at another or before.
    """
    import numpy as np

    pieces = _pieces(corridors)
    piece, other, at = _meetings(maps, pieces, reach_deg)
    where = pieces.starts[piece] + at[:, None] * (pieces.ends - pieces.starts)[piece]
    keep = _is_crossing(maps, where, pieces.kinds[piece], maps.kinds[other])
    found: dict[tuple[int, str], list[tuple[float, tuple[float, float]]]] = defaultdict(list)
    for k in np.flatnonzero(keep):
        place = (float(where[k, 0]), float(where[k, 1]))
        key = (int(pieces.owner[piece[k]]), str(maps.kinds[other[k]]))
        found[key].append((float(piece[k]) + float(at[k]), place))
    return [
        tuple(_merged(corridor, found.get((k, name), []), merge_km) for name in NAMES)
        for k, corridor in enumerate(corridors)
    ]


def _pieces(corridors: Sequence[Corridor]) -> Pieces:
    import numpy as np

    lines = [np.asarray(corridor.geometry, dtype=float) for corridor in corridors]
    owner = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    changes = owner[1:] != owner[:-1]
    return Pieces(
        owner=owner,
        starts=np.concatenate([line[:-1] for line in lines]),
        ends=np.concatenate([line[1:] for line in lines]),
        kinds=np.asarray([corridor.kind for corridor in corridors])[owner],
        first=np.concatenate(([True], changes)),
        last=np.concatenate((changes, [True])),
    )


def _meetings(maps: Drawn, pieces: Pieces, reach_deg: float) -> tuple[Any, Any, Any]:
    """Return pieces of corridors, pieces of the maps that they meet, and where along the former."""
    import numpy as np
    import shapely

    starts, ends = pieces.starts, pieces.ends
    boxes = shapely.box(*np.minimum(starts, ends).T, *np.maximum(starts, ends).T)
    low, high = np.minimum(maps.starts, maps.ends), np.maximum(maps.starts, maps.ends)
    around = shapely.box(*(low - SAME_DEG).T, *(high + SAME_DEG).T)
    piece, other = shapely.STRtree(around).query(boxes)
    run, cross = (ends - starts)[piece], (maps.ends - maps.starts)[other]
    gap = maps.starts[other] - starts[piece]
    size, across = np.hypot(*run.T), np.hypot(*cross.T)
    turn = run[:, 0] * cross[:, 1] - run[:, 1] * cross[:, 0]
    slanted = np.abs(turn) > 1e-7 * size * across
    safe = np.where(slanted, turn, 1.0)
    at = (gap[:, 0] * cross[:, 1] - gap[:, 1] * cross[:, 0]) / safe
    on = (gap[:, 0] * run[:, 1] - gap[:, 1] * run[:, 0]) / safe
    same = pieces.kinds[piece] == maps.kinds[other]
    grain = np.where(same, -GRAIN, GRAIN)
    reach = GRAIN + reach_deg / np.where(size > 0, size, 1.0)
    before = np.where(pieces.first[piece] & ~same, reach, grain)
    after = np.where(pieces.last[piece] & ~same, reach, grain)
    meets = slanted & (at >= -before) & (at <= 1.0 + after) & (on >= -grain) & (on <= 1.0 + grain)
    return piece[meets], other[meets], at[meets]


def _is_crossing(maps: Drawn, where: Any, kinds: Any, crossed: Any) -> Any:  # noqa: ANN401
    """Return which meetings are no dead ends, and no ends of routes of the planner."""
    import numpy as np
    import shapely

    points = shapely.points(where)
    keep = kinds != "transfer"  # it joins what it touches
    for kind, tree in maps.dead.items():
        ends = np.zeros(len(where), dtype=bool)
        ends[tree.query(points, predicate="dwithin", distance=SAME_DEG)[0]] = True
        keep &= ~(ends & ((crossed == kind) | ((kinds == kind) & np.isin(kinds, THROUGH))))
    if "route" in maps.joints:
        ends = np.zeros(len(where), dtype=bool)
        tree = maps.joints["route"]
        ends[tree.query(points, predicate="dwithin", distance=SAME_DEG)[0]] = True
        keep &= ~(ends & (kinds == "route"))
    return keep


def _merged(
    corridor: Corridor, found: list[tuple[float, tuple[float, float]]], merge_km: float
) -> float:
    """Return how many of the crossings of a corridor count; those at its ends count half."""
    ends = (corridor.geometry[0], corridor.geometry[-1])
    at_end = [end for end in ends if any(math.dist(end, p) <= SAME_DEG for _, p in found)]
    inner = sorted(
        item for item in found if all(math.dist(end, item[1]) > SAME_DEG for end in ends)
    )
    if corridor.kind not in (*THROUGH, "route"):
        at_end = []
    kept: list[tuple[float, float]] = []
    for _, place in inner:
        others = [*kept[-1:], *at_end]
        if all(geodesic_km((place, other)) > merge_km for other in others):
            kept.append(place)
    return len(kept) + len(at_end) / 2


def _maps(study: Study) -> Drawn:
    """Return the roads, railways and rivers of the region of ``study``."""
    import numpy as np
    import shapely

    shapes, kinds, joints, dead = [], [], {}, {}
    for kind, nodes, lines in ways_by_kind(study):
        names, times = np.unique(nodes, return_counts=True)
        alone = np.isin(nodes, names[times == 1])
        ends = shapely.points(
            np.concatenate(
                [shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)]
            )
        )
        joints[kind] = shapely.STRtree(ends)
        dead[kind] = shapely.STRtree(ends[alone])
        if kind in NAMES:
            shapes.append(lines)
            kinds.append(np.full(len(lines), kind))
    box = shapely.total_bounds(np.concatenate(shapes))
    rivers = _rivers()
    rivers = rivers[shapely.intersects(rivers, shapely.box(*box))]
    shapes.append(rivers)
    kinds.append(np.full(len(rivers), "river"))
    points, line = shapely.get_coordinates(np.concatenate(shapes), return_index=True)
    joined = line[1:] == line[:-1]
    kind_of = np.concatenate(kinds)[line[1:][joined]]
    return Drawn(points[:-1][joined], points[1:][joined], kind_of, joints, dead)


def _rivers() -> Any:  # noqa: ANN401
    import geopandas as gpd

    return gpd.read_parquet(DATA / "geography" / "rivers.parquet").geometry.to_numpy()


def ways_by_kind(study: Study) -> list[tuple[str, Any, Any]]:
    """Return, by kind, the nodes at the first and then the last ends of the ways, and the ways."""
    import geopandas as gpd
    import numpy as np

    folder = region_of(study)
    if folder is not None:
        table = gpd.read_parquet(folder / "ways.parquet")
        frames = [(kind, rows) for kind, rows in table.groupby("kind")]
    else:
        name = study.file.geography.source.removeprefix("bundled/")
        frames = [
            (kind, gpd.read_parquet(OSM / f"{name}_{layer}_planning.parquet"))
            for kind, layer in (("road", "roads"), ("rail", "rail"))
        ]
    return [
        (str(kind), np.concatenate((rows.u, rows.v)), rows.geometry.to_numpy())
        for kind, rows in frames
    ]
