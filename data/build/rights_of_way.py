"""OpenStreetMap roads and rail of a region as contracted right-of-way networks.

The source files are Python text: line 3 holds ``graph=[{neighbor: km, ...}, ...]`` and line 4
``nodes=[[lat, lon], ...]``. They are scanned as text, node by node, and only what lies in the box
is kept: no import, and a few hundred MB of memory.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from regions import Region

MIN_COMPONENT_SHARE = 0.05
DISTINCT_M = 500.0
"""Parallel edges are distinct when one strays at least so far from the other."""
GRID_M = 5000.0
SIMPLIFY_DEG = 0.003
DECIMALS = 6

GEOD = Geod(ellps="WGS84")

Coordinates = Sequence[tuple[float, float]]
Plane = Callable[[Coordinates], tuple[np.ndarray, np.ndarray]]
"""Projects lon/lat to meters in an equal-area plane."""


def plane_of(epsg: int) -> Plane:
    """Return the projection to an equal-area plane."""
    transformer = Transformer.from_crs(4326, epsg, always_xy=True)

    def project(points: Coordinates) -> tuple[np.ndarray, np.ndarray]:
        x, y = transformer.transform(*np.asarray(points).T)
        return x, y

    return project


def cells_of(points: Coordinates, plane: Plane) -> list[tuple[int, int]]:
    """Return the cell of the 5 km grid in which each point lies."""
    x, y = plane(points)
    return [(round(a / GRID_M), round(b / GRID_M)) for a, b in zip(x, y, strict=True)]


@dataclass(frozen=True)
class Edge:
    """An undirected right of way between two nodes, with its full polyline in lon/lat."""

    u: int
    v: int
    line: tuple[tuple[float, float], ...]

    def length_km(self) -> float:
        """Return the geodesic length of the polyline."""
        lon, lat = np.asarray(self.line).T
        return float(GEOD.line_length(lon, lat)) / 1000.0

    def along_from(self, node: int) -> tuple[tuple[float, float], ...]:
        """Return the polyline as traveled from one of its ends."""
        return self.line if node == self.u else self.line[::-1]


def read_region(path: Path, region: Region) -> list[Edge]:
    """Read the straight pieces of the source network whose two ends lie in the region.

    Args:
        path: world_highways.py or world_railways.py.
        region: its box and land.

    Returns:
        One edge for each pair of neighbors, self-loops left out.
    """
    with path.open(encoding="utf-8") as file:
        lines = [next(file) for _ in range(4)]
    nodes = np.asarray(json.loads(lines[3].split("=", 1)[1]))
    lat, lon = nodes[:, 0], nodes[:, 1]
    inside = region.contains(lon, lat)
    edges = []
    for i, entry in enumerate(re.finditer(r"\{([^}]*)\}", lines[2])):
        if not inside[i]:
            continue
        for pair in filter(None, entry.group(1).split(",")):
            j = int(pair.split(":", 1)[0])
            if i < j and inside[j]:
                ends = ((float(lon[i]), float(lat[i])), (float(lon[j]), float(lat[j])))
                edges.append(Edge(i, j, ends))
    return edges


def incidence(edges: list[Edge]) -> dict[int, list[int]]:
    """Map each node to the positions of its edges."""
    at: dict[int, list[int]] = defaultdict(list)
    for k, edge in enumerate(edges):
        at[edge.u].append(k)
        at[edge.v].append(k)
    return at


def large_components(edges: list[Edge]) -> tuple[list[Edge], list[int]]:
    """Keep the components with at least ``MIN_COMPONENT_SHARE`` of the nodes.

    Returns:
        The edges kept, and the node count of every component, largest first.
    """
    at = incidence(edges)
    label: dict[int, int] = {}
    sizes: list[int] = []
    for start in at:
        if start in label:
            continue
        stack, size = [start], 0
        label[start] = len(sizes)
        while stack:
            node = stack.pop()
            size += 1
            for k in at[node]:
                other = edges[k].v if edges[k].u == node else edges[k].u
                if other not in label:
                    label[other] = len(sizes)
                    stack.append(other)
        sizes.append(size)
    kept = {c for c, size in enumerate(sizes) if size >= MIN_COMPONENT_SHARE * len(at)}
    return [e for e in edges if label[e.u] in kept], sorted(sizes, reverse=True)


def contract(edges: list[Edge]) -> list[Edge]:
    """Join every chain of degree-2 nodes into one edge; drop self-loops and pure cycles."""
    edges = [e for e in edges if e.u != e.v]
    at = incidence(edges)
    joints = {node for node, ks in at.items() if len(ks) != 2}
    used = [False] * len(edges)
    result = []
    for start in joints:
        for first in at[start]:
            if used[first]:
                continue
            used[first] = True
            line = list(edges[first].along_from(start))
            k = first
            node = edges[k].v if edges[k].u == start else edges[k].u
            while node not in joints:
                k = at[node][0] if at[node][1] == k else at[node][1]
                used[k] = True
                line += edges[k].along_from(node)[1:]
                node = edges[k].v if edges[k].u == node else edges[k].u
            if start != node:
                result.append(Edge(start, node, tuple(line)))
    return result


def thin_parallels(edges: list[Edge], plane: Plane, *, keep_one: bool) -> list[Edge]:
    """Thin the edges between the same two nodes.

    Args:
        edges: a multigraph.
        plane: where distances are measured.
        keep_one: keep the shortest alone; else also those that stray at least ``DISTINCT_M`` from
            every one kept, shortest first.

    Returns:
        The edges kept.
    """
    groups: dict[tuple[int, int], list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[min(edge.u, edge.v), max(edge.u, edge.v)].append(edge)
    result = []
    for group in groups.values():
        if len(group) == 1:
            result += group
            continue
        group.sort(key=lambda e: (e.length_km(), min(e.line, e.line[::-1])))
        kept: list[tuple[Edge, shapely.Geometry]] = []
        for edge in group:
            line = shapely.LineString(np.column_stack(plane(edge.line)))
            if all(
                shapely.hausdorff_distance(line, other, densify=0.1) >= DISTINCT_M
                for _, other in kept
            ):
                kept.append((edge, line))
            if keep_one:
                break
        result += [edge for edge, _ in kept]
    return result


def settle(edges: list[Edge], plane: Plane, *, keep_one: bool) -> list[Edge]:
    """Contract chains and thin parallels until nothing changes."""
    while True:
        after = thin_parallels(contract(edges), plane, keep_one=keep_one)
        if len(after) == len(edges):
            return after
        edges = after


def homes(
    points: dict[int, tuple[float, float]], degree: dict[int, int], plane: Plane
) -> dict[int, int]:
    """Choose, in each cell of the grid, the node that the others of the cell merge into.

    Args:
        points: node positions, lon/lat.
        degree: number of edges at each node.
        plane: where distances are measured.

    Returns:
        The chosen node of every node's cell: the one with the least summed distance to all edge
        ends in the cell.
    """
    nodes = sorted(points)
    x, y = plane([points[n] for n in nodes])
    members_of: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, cell in enumerate(cells_of([points[n] for n in nodes], plane)):
        members_of[cell].append(k)
    home: dict[int, int] = {}
    for members in members_of.values():
        xs, ys = x[members], y[members]
        weight = np.asarray([degree[nodes[k]] for k in members])
        cost = (np.hypot(xs[:, None] - xs, ys[:, None] - ys) * weight).sum(axis=1)
        center = nodes[members[int(np.argmin(cost))]]
        home |= {nodes[k]: center for k in members}
    return home


def snap_to_grid(edges: list[Edge], plane: Plane) -> list[Edge]:
    """Merge the nodes of each cell of a 5 km grid into one of them.

    An edge whose end moves loses the vertices that lie in the cell of that end and is joined
    straight to the node that stays: its length is that of the line so drawn. Edges inside one cell
    vanish.
    """
    points: dict[int, tuple[float, float]] = {}
    degree: dict[int, int] = defaultdict(int)
    for edge in edges:
        for node, point in ((edge.u, edge.line[0]), (edge.v, edge.line[-1])):
            points[node] = point
            degree[node] += 1
    home = homes(points, degree, plane)
    result = []
    for edge in edges:
        u, v = home[edge.u], home[edge.v]
        if u == v:
            continue
        line, cell = edge.line, cells_of(edge.line, plane)
        first, last = 1, len(line) - 2
        if u != edge.u:
            first = next(k for k in range(len(line)) if cell[k] != cell[0])
        if v != edge.v:
            last = next(k for k in reversed(range(len(line))) if cell[k] != cell[-1])
        result.append(Edge(u, v, (points[u], *line[first : last + 1], points[v])))
    return result


def frame(edges: list[Edge]) -> gpd.GeoDataFrame:
    """Number the nodes by position, measure, simplify, and lay the edges out as a table."""
    ends = {e.u: e.line[0] for e in edges} | {e.v: e.line[-1] for e in edges}
    number = {node: k for k, node in enumerate(sorted(ends, key=lambda n: (ends[n], n)))}
    rows = []
    for edge in edges:
        forward = number[edge.u] < number[edge.v]
        line = edge.line if forward else edge.line[::-1]
        numbers = sorted((number[edge.u], number[edge.v]))
        simple = shapely.LineString(line).simplify(SIMPLIFY_DEG)
        shape = shapely.LineString(np.round(shapely.get_coordinates(simple), DECIMALS))
        rows.append((*numbers, round(edge.length_km(), DECIMALS), shape))
    rows.sort(key=lambda row: (*row[:3], row[3].wkb))
    us, vs, lengths, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "u": np.asarray(us, dtype=np.int32),
            "v": np.asarray(vs, dtype=np.int32),
            "length_km": lengths,
        },
        geometry=list(shapes),
        crs=4326,
    )


def build(source: Path, region: Region) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Derive the full and the planning network of one mode.

    Args:
        source: world_highways.py or world_railways.py.
        region: what is kept.

    Returns:
        The full network and the planning network.
    """
    plane = plane_of(region.epsg)
    raw = read_region(source, region)
    kept, sizes = large_components(raw)
    print(f"  {source.name}: {len(raw)} pieces, components of {sizes[:6]} ... nodes")
    full = settle(kept, plane, keep_one=False)
    planning = settle(snap_to_grid(full, plane), plane, keep_one=True)
    return frame(full), frame(planning)
