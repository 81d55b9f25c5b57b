"""Where corridors cross rivers, railways and major roads.

Crossings are found on the ways of the region as they are drawn, before anything cuts them. Two
lines of different kinds meet where they share a point, and where a vertex of one lies within a
meter of the other: rounding moves it onto the line or off. Two lines of one kind meet where they
share a point that is no vertex of either within a meter: at a vertex they are joined. Where two
lines meet they cross, unless the point is

* an end at which no other line of its kind goes on: a dead end;
* an end of a route of the planner, which joins what it touches.

Transfers cross nothing: they join what they touch. A crossing at an end of a corridor counts half
there and half for the corridor that goes on. Along a corridor crossings of one kind within a given
distance of the last one counted, or of one at the end of the corridor, are not counted again: lines
that run side by side, carriageways, bends. Within a meter two are always one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from siting.geography.geodesy import Line, Point, distance_km
from siting.geography.rivers import Box, rivers_in
from siting.geography.ways import Way
from siting.study_terrain import CROSSINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Names = NDArray[np.str_]

SAME_DEG = 1e-5
"""Points this close are one, about a meter."""
SAME_KM = 0.001
OPEN = ("road", "rail", "power")
"""Kinds that go on where they meet another kind."""

Lines = Any
"""Array of lines, lon/lat degrees."""


@dataclass(frozen=True, slots=True, eq=False)
class Obstacles:
    """What corridors may cross, and where ways cross it."""

    lines: Lines
    """Rivers, railways and roads."""
    kinds: Names
    """One of ``CROSSINGS`` for each."""
    dead: NDArray[np.bool_]
    """Of the first and the last end of each: whether it is a dead end."""
    points: Floats
    """Crossings of ways, (lon, lat) degrees."""
    crossed: Names
    """What is crossed at each point."""
    carriers: Names
    """Kind of the way that crosses it there."""


def river_lines(box: Box) -> list[Line]:
    """Return the bundled rivers in a box of degrees, cut at its edge."""
    return [river.line for river in rivers_in(box)]


def obstacles_of(ways: Sequence[Way], rivers: Lines, box: Box | None = None) -> Obstacles:
    """Return the obstacles of a region and the points where its ways cross them.

    Args:
        ways: as drawn, uncut.
        rivers: array of lines.
        box: what does not reach into it is left out; None: nothing.
    """
    dead = _dead_ends(ways)
    drawn = line_array([way.line for way in ways])
    if box is not None:
        near = np.flatnonzero(shapely.intersects(drawn, shapely.box(*box)))
        ways, dead, drawn = [ways[int(k)] for k in near], dead[near], drawn[near]
    kinds = np.asarray([way.kind for way in ways], dtype=str)
    is_way = np.isin(kinds, CROSSINGS)
    lines = np.concatenate((drawn[is_way], rivers))
    crossed = np.concatenate((kinds[is_way], np.full(len(rivers), "river")))
    own = np.concatenate((np.flatnonzero(is_way), np.full(len(rivers), -1)))
    closed = np.concatenate((dead[is_way], np.zeros((len(rivers), 2), dtype=bool)))
    way, other, points = _meetings(drawn, lines, kinds, crossed)
    keep = own[other] != way
    at_way = _Ends.of(drawn).near(way, points)
    keep &= ~((at_way >= 0) & (dead[way, at_way] | ~np.isin(kinds[way], OPEN)))
    keep &= ~_is_dead(lines, closed, other, points)
    return Obstacles(lines, crossed, closed, points[keep], crossed[other][keep], kinds[way][keep])


def count_crossings(
    lines: Sequence[Line], kinds: Sequence[str], obstacles: Obstacles, merge_km: float
) -> Floats:
    """Return how many rivers, railways and roads each corridor crosses, a row a corridor.

    Args:
        lines: the corridors.
        kinds: their kinds.
        obstacles: what they may cross.
        merge_km: crossings of one kind this close are one.
    """
    drawn = line_array(lines)
    kind = np.asarray(kinds, dtype=str)
    found: dict[tuple[int, str], list[Point]] = defaultdict(list)
    point, line = (
        shapely.STRtree(drawn)
        .query(shapely.points(obstacles.points), predicate="dwithin", distance=SAME_DEG)
        .reshape(2, -1)
    )
    along = obstacles.carriers[point] == kind[line]
    for p, k in zip(point[along], line[along], strict=True):
        lon, lat = obstacles.points[p]
        found[int(k), str(obstacles.crossed[p])].append((float(lon), float(lat)))
    links = np.flatnonzero(kind == "lateral")
    link, other, points = _meetings(drawn[links], obstacles.lines, kind[links], obstacles.kinds)
    inside = _Ends.of(drawn[links]).near(link, points) < 0
    inside &= ~_is_dead(obstacles.lines, obstacles.dead, other, points)
    for k, j, (lon, lat) in zip(link[inside], other[inside], points[inside], strict=True):
        found[int(links[k]), str(obstacles.kinds[j])].append((float(lon), float(lat)))
    counts = np.zeros((len(lines), len(CROSSINGS)))
    for (index, name), places in found.items():
        counts[index, CROSSINGS.index(name)] = merged(lines[index], places, merge_km)
    return counts


def merged(line: Line, places: Sequence[Point], merge_km: float) -> float:
    """Return how many crossings of one kind at ``places`` along ``line`` count; ends count half."""
    shape = shapely.LineString(line)
    at_ends = [end for end in (line[0], line[-1]) if any(_is_same(end, place) for place in places)]
    inner = [place for place in places if not any(_is_same(end, place) for end in at_ends)]
    inner.sort(key=lambda place: (float(shape.line_locate_point(shapely.Point(place))), place))
    kept: list[Point] = []
    for place in inner:
        near = (*kept[-1:], *at_ends)
        if all(distance_km(place, other) > max(merge_km, SAME_KM) for other in near):
            kept.append(place)
    return len(kept) + 0.5 * len(at_ends)


def _is_same(one: Point, other: Point) -> bool:
    return bool(np.hypot(one[0] - other[0], one[1] - other[1]) <= SAME_DEG)


def _meetings(
    lines: Lines, others: Lines, kinds: Names, other_kinds: Names
) -> tuple[Indices, Indices, Floats]:
    """Return where lines meet others: both indices and the place; some places come twice."""
    if not len(lines) or not len(others):
        none = np.empty(0, dtype=np.intp)
        return none, none, np.empty((0, 2))
    near = shapely.STRtree(others).query(lines, predicate="dwithin", distance=SAME_DEG)
    parts, pair = shapely.get_parts(
        shapely.intersection(lines[near[0]], others[near[1]]), return_index=True
    )
    at_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    line, other = near[:, pair[at_point]]
    places = shapely.get_coordinates(parts[at_point])
    same = kinds[line] == other_kinds[other]
    free = ~same
    free[same] = ~(
        _at_vertex(lines, line[same], places[same]) | _at_vertex(others, other[same], places[same])
    )
    found = [(line[free], other[free], places[free])]
    line, other = near[:, kinds[near[0]] != other_kinds[near[1]]]
    for drawn, across in ((lines[line], others[other]), (others[other], lines[line])):
        places, pair = shapely.get_coordinates(drawn, return_index=True)
        close = shapely.dwithin(shapely.points(places), across[pair], SAME_DEG)
        found.append((line[pair[close]], other[pair[close]], places[close]))
    line, other, places = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return line, other, places


def _at_vertex(lines: Lines, line: Indices, places: Floats) -> NDArray[np.bool_]:
    """Return whether each place is at a vertex of its line."""
    points, index = shapely.get_coordinates(lines[line], return_index=True)
    at = np.zeros(len(places), dtype=bool)
    at[index[np.hypot(*(points - places[index]).T) <= SAME_DEG]] = True
    return at


def _is_dead(
    lines: Lines, dead: NDArray[np.bool_], line: Indices, places: Floats
) -> NDArray[np.bool_]:
    """Return whether each place is at a dead end of its line."""
    end = _Ends.of(lines).near(line, places)
    found: NDArray[np.bool_] = (end >= 0) & dead[line, end]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """First and last places of lines."""

    first: Floats
    last: Floats

    @classmethod
    def of(cls, lines: Lines) -> _Ends:
        return cls(
            shapely.get_coordinates(shapely.get_point(lines, 0)),
            shapely.get_coordinates(shapely.get_point(lines, -1)),
        )

    def near(self, line: Indices, points: Floats) -> Indices:
        """Return at which end of its line each point lies: 0, 1, or -1 for none."""
        at = np.full(len(points), -1)
        for end, places in ((1, self.last), (0, self.first)):
            at[np.hypot(*(places[line] - points).T) <= SAME_DEG] = end
        return at


def _dead_ends(ways: Sequence[Way]) -> NDArray[np.bool_]:
    """Return of each end of each way whether no other way of its kind touches it."""
    touching: dict[tuple[str, str], int] = defaultdict(int)
    for way in ways:
        touching[way.kind, way.a] += 1
        touching[way.kind, way.b] += 1
    return np.asarray(
        [[touching[way.kind, node] < 2 for node in (way.a, way.b)] for way in ways], dtype=bool
    ).reshape(-1, 2)


def line_array(lines: Sequence[Line]) -> Lines:
    """Return an array of lines; one of a single place has no length."""
    if not lines:
        return np.empty(0, dtype=object)
    points = [line if len(line) > 1 else (*line, *line) for line in lines]
    owner = np.repeat(np.arange(len(points)), [len(line) for line in points])
    flat = np.asarray([point for line in points for point in line], dtype=float)
    return shapely.linestrings(flat, indices=owner)
