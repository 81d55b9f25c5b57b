"""``plan_shape`` of crossings: rivers, railways and roads that every corridor crosses.

Straight pieces are compared with straight pieces by plane arithmetic in degrees. Every meeting is
certain or possible. A meeting is only possible if it comes or goes when a point moves by a meter:

* lines of two kinds that share no point, a vertex of one within two meters of the other, unless
  they would within half a meter of a vertex of the corridor;
* lines of one kind that share a point within two meters of a vertex of the corridor (at a vertex
  they are joined), or between half a meter and two meters from one of the other line;
* a meeting between half a meter and two meters from a dead end.

Whether a crossing is at the end of a corridor is left open between the same two distances, and
whether two are one within two meters of the distance asked. A count is right if it is one of those
that some choice of the possible gives; where nothing is left open there is just one.
"""

from __future__ import annotations

import itertools
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
OPEN_DEG = (0.5 * SAME_DEG, 2.0 * SAME_DEG)
"""Between these distances points are one or not."""
OPEN_KM = 0.002
LEAST_KM = 1e-6
"""Rounding of a position."""
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


@dataclass(frozen=True, slots=True)
class Meetings:
    """Where pieces of corridors meet pieces of the maps."""

    piece: Any
    other: Any
    at: Any
    """Where along the piece: 0 at its start, 1 at its end."""
    where: Any
    certain: Any


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a corridor crosses something."""

    along: float
    point: tuple[float, float]
    certain: bool


def crossing_shape(study: Study, corridors: Sequence[Corridor], rule: Rule) -> None:
    """Check the crossings of corridors whose build is priced by land."""
    merge_km = study.file.geography.terrain.crossing_merge_km
    found = places_of(maps_of(ways_by_kind(study), _rivers()), corridors)
    for index, corridor in enumerate(corridors):
        stated = (corridor.river_crossings, corridor.rail_crossings, corridor.road_crossings)
        for name, count in zip(NAMES, stated, strict=True):
            where, what = f"corridor {corridor.id}", f"{name} crossings"
            asked = nearest_count(corridor, found.get((index, name), []), merge_km, count)
            rule.equal(where, what, count, asked, "")


def places_of(maps: Drawn, corridors: Sequence[Corridor]) -> dict[tuple[int, str], list[Place]]:
    """Return where each corridor, by its number, crosses things of each kind."""
    import numpy as np

    pieces = _pieces(corridors)
    meetings = _meetings(maps, pieces)
    kinds, crossed = pieces.kinds[meetings.piece], maps.kinds[meetings.other]
    possible, certain = (
        _is_crossing(maps, meetings.where, kinds, crossed, radius) for radius in OPEN_DEG
    )
    certain &= meetings.certain
    found: dict[tuple[int, str], list[Place]] = defaultdict(list)
    for k in np.flatnonzero(possible):
        along = float(meetings.piece[k]) + float(meetings.at[k])
        point = (float(meetings.where[k, 0]), float(meetings.where[k, 1]))
        key = (int(pieces.owner[meetings.piece[k]]), str(crossed[k]))
        found[key].append(Place(along, point, bool(certain[k])))
    return found


def nearest_count(
    corridor: Corridor, places: Sequence[Place], merge_km: float, count: float
) -> float:
    """Return the right number of crossings at ``places``, of several the nearest to ``count``."""
    usual = _merged(corridor, [p for p in places if p.certain], merge_km, SAME_DEG)
    if usual == count:
        return usual
    counts = []
    for radius in OPEN_DEG:
        sure = [p for p in places if p.certain]
        groups: dict[int, list[Place]] = defaultdict(list)
        for place in places:
            if not place.certain:
                groups[_end(corridor, place, radius)].append(place)
        choices = itertools.product(*(((), group) for group in groups.values()))
        for chosen, merge in itertools.product(
            list(choices), (max(merge_km - OPEN_KM, LEAST_KM), merge_km + OPEN_KM)
        ):
            here = [*sure, *itertools.chain.from_iterable(chosen)]
            counts.append(_merged(corridor, here, merge, radius))
    low, high = min(counts), max(counts)
    return min(max(low, round(2.0 * count) / 2.0), high)


def _end(corridor: Corridor, place: Place, radius_deg: float) -> int:
    """Return at which end of a corridor a place lies: 0, 1, or -1 for none."""
    distances = [math.dist(end, place.point) for end in _ends(corridor)]
    return distances.index(min(distances)) if min(distances) <= radius_deg else -1


def _ends(corridor: Corridor) -> tuple[tuple[float, float], tuple[float, float]]:
    return corridor.geometry[0], corridor.geometry[-1]


def _pieces(corridors: Sequence[Corridor]) -> Pieces:
    import numpy as np

    lines = [np.asarray(corridor.geometry, dtype=float) for corridor in corridors]
    owner = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    return Pieces(
        owner=owner,
        starts=np.concatenate([line[:-1] for line in lines]),
        ends=np.concatenate([line[1:] for line in lines]),
        kinds=np.asarray([corridor.kind for corridor in corridors])[owner],
    )


def _meetings(maps: Drawn, pieces: Pieces) -> Meetings:
    """Return where pieces of corridors meet pieces of the maps."""
    import numpy as np
    import shapely

    low, high = np.minimum(pieces.starts, pieces.ends), np.maximum(pieces.starts, pieces.ends)
    boxes = shapely.box(*low.T, *high.T)
    low, high = np.minimum(maps.starts, maps.ends), np.maximum(maps.starts, maps.ends)
    around = shapely.box(*(low - OPEN_DEG[1]).T, *(high + OPEN_DEG[1]).T)
    piece, other = shapely.STRtree(around).query(boxes)
    own = pieces.starts[piece], pieces.ends[piece]
    their = maps.starts[other], maps.ends[other]
    run, cross, gap = own[1] - own[0], their[1] - their[0], their[0] - own[0]
    turn = _cross(run, cross)
    slanted = np.abs(turn) > 1e-7 * np.hypot(*run.T) * np.hypot(*cross.T)
    safe = np.where(slanted, turn, 1.0)
    at, on = _cross(gap, cross) / safe, _cross(gap, run) / safe
    point = own[0] + at[:, None] * run
    meets = slanted & (np.abs(at - 0.5) <= 0.5 + GRAIN) & (np.abs(on - 0.5) <= 0.5 + GRAIN)
    to_own, to_their = (
        np.minimum(*(np.hypot(*(point - end).T) for end in both)) for both in (own, their)
    )
    same = pieces.kinds[piece] == maps.kinds[other]
    certain = meets & (~same | (np.minimum(to_own, to_their) > OPEN_DEG[1]))
    found = [(piece, other, at, point, certain, meets & (~same | (to_their > OPEN_DEG[0])))]
    never = np.zeros(len(piece), dtype=bool)
    for along, end in enumerate(own):
        off, _ = _off(end, *their)
        apart = np.minimum(*(np.hypot(*(end - vertex).T) for vertex in their))
        near = (off <= OPEN_DEG[1]) & (~same | (slanted & (apart > OPEN_DEG[0])))
        sure = slanted & ~same & (np.abs(on - 0.5) <= 0.5 + GRAIN)
        sure &= np.hypot(*(end - point).T) <= OPEN_DEG[0]
        found.append((piece, other, np.full(len(piece), float(along)), end, sure, near))
    for end in their:
        off, share = _off(end, *own)
        found.append((piece, other, share, end, never, ~same & (off <= OPEN_DEG[1])))
    columns = [[column[row[-1]] for column in row[:-1]] for row in found]
    return Meetings(*(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _cross(one: Any, other: Any) -> Any:  # noqa: ANN401
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


def _off(points: Any, starts: Any, ends: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Return how far points lie from straight pieces, and beside which share of each."""
    import numpy as np

    run = ends - starts
    size = np.maximum(np.sum(run * run, axis=1), np.finfo(float).tiny)
    share = np.clip(np.sum((points - starts) * run, axis=1) / size, 0.0, 1.0)
    return np.hypot(*(points - starts - share[:, None] * run).T), share


def _is_crossing(maps: Drawn, where: Any, kinds: Any, crossed: Any, radius_deg: float) -> Any:  # noqa: ANN401
    """Return which meetings are no dead ends, and no ends of routes of the planner."""
    import numpy as np
    import shapely

    points = shapely.points(where)
    keep = kinds != "transfer"  # it joins what it touches
    for kind, tree in maps.dead.items():
        ends = np.zeros(len(where), dtype=bool)
        ends[tree.query(points, predicate="dwithin", distance=radius_deg)[0]] = True
        keep &= ~(ends & ((crossed == kind) | ((kinds == kind) & np.isin(kinds, THROUGH))))
    if "route" in maps.joints:
        ends = np.zeros(len(where), dtype=bool)
        tree = maps.joints["route"]
        ends[tree.query(points, predicate="dwithin", distance=radius_deg)[0]] = True
        keep &= ~(ends & (kinds == "route"))
    return keep


def _merged(
    corridor: Corridor, places: Sequence[Place], merge_km: float, radius_deg: float
) -> float:
    """Return how many of the crossings of a corridor count; those at its ends count half."""
    at = [_end(corridor, place, radius_deg) for place in places]
    at_end = [end for k, end in enumerate(_ends(corridor)) if k in at]
    inner = sorted(place for place, end in zip(places, at, strict=True) if end < 0)
    if corridor.kind not in (*THROUGH, "route"):
        at_end = []
    kept: list[tuple[float, float]] = []
    for place in inner:
        others = [*kept[-1:], *at_end]
        if all(geodesic_km((place.point, other)) > merge_km for other in others):
            kept.append(place.point)
    return len(kept) + len(at_end) / 2


def maps_of(ways: Sequence[tuple[str, Any, Any]], rivers: Any) -> Drawn:  # noqa: ANN401
    """Return roads, railways and rivers in pieces.

    Args:
        ways: as :func:`ways_by_kind` gives them.
        rivers: lines.
    """
    import numpy as np
    import shapely

    shapes, kinds, joints, dead = [], [], {}, {}
    for kind, nodes, lines in ways:
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
