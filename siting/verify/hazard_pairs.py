"""Pairs of corridors that are clearly near each other, found by sampling their saved lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siting._paths import DATA
from siting.network import CandidateNetwork, Corridor
from siting.study import Study
from siting.verify.entrances import parcel_radius_km
from siting.verify.geodesic import Point, geodesic_km
from siting.verify.hazard_plane import dense, mercator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pairs = set[tuple[str, str]]
SAMPLES = 10
"""Places looked at along the shortest stretch that counts."""


def parallel_pairs(network: CandidateNetwork, study: Study, share: float) -> Pairs:
    """Return pairs that run beside each other within ``share`` of the distance, clearly.

    Args:
        network: corridors and nodes.
        study: the limits.
        share: part of the distance within which a pair counts, under 1.
    """
    import numpy as np
    import shapely

    rules = study.file.geography.hazards
    if rules is None:
        return set()
    step_km = rules.min_shared_km / SAMPLES
    needed = round(SAMPLES / share) + 2
    found = set()
    junctions = _Junctions(network, study)
    views: dict[str, _View] = {}
    for one, other in _candidates(network, rules.distance_km):
        for edge in (one, other):
            if edge.id not in views:
                views[edge.id] = _View.of(edge, step_km)
        clear = junctions.shared(one, other, rules.junction_km / share)
        for view, beside in ((views[one.id], views[other.id]), (views[other.id], views[one.id])):
            inside = np.flatnonzero(view.inside(beside, rules.distance_km))
            if len(inside) < needed:
                continue
            gaps = shapely.distance(view.spots[inside], beside.line) * view.scale[inside]
            near = np.zeros(len(view.spots), dtype=bool)
            near[inside] = gaps <= share * rules.distance_km
            for place, radius_km in clear:
                center = shapely.Point(mercator(np.asarray([place]))[0])
                near &= shapely.distance(view.spots, center) * view.scale > radius_km
            if _longest_run(near) >= needed:
                found.add((one.id, other.id))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A corridor on the map, and places along it."""

    line: Any
    bounds: tuple[float, float, float, float]
    spots: NDArray[np.object_]
    xy: NDArray[np.float64]
    scale: NDArray[np.float64]
    """Km on the ground for one on the map, at each place."""

    @classmethod
    def of(cls, edge: Corridor, step_km: float) -> _View:
        """Return a corridor with places a step apart."""
        import numpy as np
        import shapely

        degrees = dense(edge.geometry)
        lons, lats = degrees.T
        xy = mercator(degrees)
        scale = np.cos(np.radians((lats[:-1] + lats[1:]) / 2.0))
        steps = np.hypot(*np.diff(xy, axis=0).T) * scale
        along = np.concatenate(([0.0], np.cumsum(steps)))
        at = np.arange(0.0, along[-1], step_km)
        places = np.column_stack((np.interp(at, along, lons), np.interp(at, along, lats)))
        line, spots = shapely.LineString(xy), mercator(places)
        return cls(
            line, line.bounds, shapely.points(spots), spots, np.cos(np.radians(places[:, 1]))
        )

    def inside(self, other: _View, distance_km: float) -> NDArray[np.bool_]:
        """Return which places lie in the box around another corridor."""
        reach = distance_km / self.scale
        west, south, east, north = other.bounds
        x, y = self.xy.T
        is_inside: NDArray[np.bool_] = (
            (x >= west - reach) & (x <= east + reach) & (y >= south - reach) & (y <= north + reach)
        )
        return is_inside


def crossing_pairs(network: CandidateNetwork, study: Study, share: float) -> Pairs:
    """Return pairs that cross clearly away from the junctions that they share."""
    import shapely

    rules = study.file.geography.hazards
    if rules is None:
        return set()
    found = set()
    junctions = _Junctions(network, study)
    for one, other in _candidates(network, 0.0):
        clear = junctions.shared(one, other, rules.junction_km * share)
        shared = shapely.LineString(one.geometry).intersection(shapely.LineString(other.geometry))
        for part in shapely.get_parts(shared):
            at = shapely.get_coordinates(shapely.point_on_surface(part))[0]
            place = (float(at[0]), float(at[1]))
            if all(geodesic_km((place, center)) > km for center, km in clear):
                found.add((one.id, other.id))
    return found


def river_pairs(network: CandidateNetwork, reach_km: float) -> Pairs:
    """Return pairs that cross one river of the bundled map within reach of each other."""
    import geopandas as gpd
    import shapely

    edges = list(network.corridors.values())
    lines = [shapely.LineString(edge.geometry) for edge in edges]
    tree = shapely.STRtree(lines)
    rivers = gpd.read_parquet(DATA / "geography" / "rivers.parquet")
    where: dict[str, list[tuple[str, Point]]] = defaultdict(list)
    for index, (name, shape) in enumerate(zip(rivers.name, rivers.geometry, strict=True)):
        for k in tree.query(shape, predicate="intersects"):
            for part in shapely.get_parts(lines[k].intersection(shape)):
                (at,) = shapely.get_coordinates(shapely.point_on_surface(part))
                where[name or f"#{index}"].append((edges[k].id, (float(at[0]), float(at[1]))))
    return {
        (min(one, other), max(one, other))
        for crossings in where.values()
        for k, (one, place) in enumerate(crossings)
        for other, there in crossings[:k]
        if one != other and geodesic_km((place, there)) <= reach_km
    }


def _candidates(
    network: CandidateNetwork, distance_km: float
) -> Iterator[tuple[Corridor, Corridor]]:
    """Yield pairs whose lines come within a distance, and some more."""
    import numpy as np
    import shapely

    edges = sorted(
        (edge for edge in network.corridors.values() if len(edge.geometry) > 1),
        key=lambda edge: edge.id,
    )
    lines = np.asarray([shapely.LineString(edge.geometry) for edge in edges])
    # A degree of longitude is shortest in the far north: reach so far in degrees.
    north = max(abs(lat) for edge in edges for _, lat in edge.geometry)
    reach = 1.1 * distance_km / (111.0 * float(np.cos(np.radians(north))))
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="dwithin", distance=reach)
    for i, j in zip(first, second, strict=True):
        if i < j:
            yield edges[int(i)], edges[int(j)]


class _Junctions:
    """Which ends of corridors are one place: the same node, or nodes that a transfer joins."""

    def __init__(self, network: CandidateNetwork, study: Study) -> None:
        import networkx as nx

        self._nodes = network.nodes
        self._parcels = {
            node.id: parcel_radius_km(study.campuses[node.campus])
            for node in network.nodes.values()
            if node.campus in study.campuses
        }
        graph = nx.Graph()
        graph.add_nodes_from(network.nodes)
        graph.add_edges_from(
            (edge.node_a, edge.node_b)
            for edge in network.corridors.values()
            if edge.kind == "transfer"
        )
        self._of: dict[Any, int] = {
            node: number
            for number, part in enumerate(nx.connected_components(graph))
            for node in part
        }

    def shared(self, one: Corridor, other: Corridor, radius_km: float) -> list[tuple[Point, float]]:
        """Return the ends of two corridors at junctions that they share, each with its radius."""
        places = []
        for mine, theirs in ((one, other), (other, one)):
            there = {self._of[theirs.node_a], self._of[theirs.node_b]}
            for node in (mine.node_a, mine.node_b):
                if self._of[node] in there:
                    at = self._nodes[node]
                    radius = max(radius_km, self._parcels.get(node, 0.0))
                    places.append(((at.lon, at.lat), radius))
        return places


def _longest_run(near: NDArray[np.bool_]) -> int:
    """Return the largest number of places in a row that are near."""
    best = run = 0
    for is_near in near:
        run = run + 1 if is_near else 0
        best = max(best, run)
    return best
