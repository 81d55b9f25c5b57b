"""What a planner should know before trusting a map: pieces, gaps, crossings, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import shapely

from siting.geography.geodesy import Point, distance_km
from siting.geography.plane import Plane
from siting.geography.region.contraction import Edge, components, incidence

GAP_M = 200.0
"""A loose end this close to another line is a suspected gap."""
DETOUR = 3.0
"""An edge more than so many times as long as the straight line is suspect."""
SHOWN = 10
"""Places listed for each finding; the counts are of all."""


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Findings on a network of lines; places are (lon, lat), at most ``SHOWN`` for each."""

    edges: int
    nodes: int
    length_km: float
    components: tuple[int, ...]
    """Nodes of the largest components."""
    largest_share: float
    """Share of the nodes in the largest component."""
    loose_ends: int
    gaps: int
    """Loose ends within ``GAP_M`` of a line that they do not touch."""
    crossings: int
    """Pairs of lines that cross without a common node: bridges, or junctions not drawn."""
    detours: int
    """Edges longer than ``DETOUR`` times the straight line between their ends."""
    duplicates: int = 0
    tied_ends: int = 0
    gap_places: tuple[Point, ...] = ()
    crossing_places: tuple[Point, ...] = ()
    detour_places: tuple[Point, ...] = ()
    hazards: int = 0
    """Places where ways that the graph keeps apart share a risk, by the default rules."""
    hazard_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        """Return the report for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the report in words, one finding a line."""
        found = [
            f"{self.edges:,} lines between {self.nodes:,} nodes, {self.length_km:,.0f} km",
            (
                f"{len(self.components)} connected pieces listed, the largest holds "
                f"{self.largest_share:.1%} of the nodes"
            ),
            f"{self.duplicates:,} lines drawn twice dropped, {self.tied_ends:,} loose ends tied",
            (
                f"{self.loose_ends:,} loose ends, {self.gaps:,} of them within {GAP_M:g} m of "
                f"a line that they do not touch{_places(self.gap_places)}"
            ),
            f"{self.crossings:,} crossings without a junction{_places(self.crossing_places)}",
            (
                f"{self.detours:,} lines over {DETOUR:g} times the straight distance"
                f"{_places(self.detour_places)}"
            ),
        ]
        if self.hazards:
            named = "; ".join(self.hazard_names[:3])
            found.append(
                f"{self.hazards:,} places where ways share a risk that no table names "
                f"(first: {named}); studies count them with geography.hazards"
            )
        return [*found, *self.notes]


def quality_of(
    edges: Sequence[Edge], plane: Plane, *, duplicates: int = 0, tied_ends: int = 0
) -> QualityReport:
    """Return the findings on ``edges``."""
    at = incidence(edges)
    sizes = [
        len({n for k in members for n in (edges[k].u, edges[k].v)}) for members in components(edges)
    ]
    planar = [shapely.LineString(plane.meters(edge.line)) for edge in edges]
    tree = shapely.STRtree(planar)
    ends = [(edges[ks[0]].along_from(node)[0], ks[0]) for node, ks in at.items() if len(ks) == 1]
    gaps = [place for place, k in ends if _is_gap(place, k, edges, planar, tree, plane)]
    crossings = _crossings(edges, planar, tree)
    detours = [
        edge.line[0]
        for edge in edges
        if edge.u != edge.v
        and edge.length_km() > DETOUR * max(distance_km(edge.line[0], edge.line[-1]), 0.5)
    ]
    return QualityReport(
        edges=len(edges),
        nodes=len(at),
        length_km=sum(edge.length_km() for edge in edges),
        components=tuple(sizes[:SHOWN]),
        largest_share=sizes[0] / len(at) if at else 0.0,
        loose_ends=len(ends),
        gaps=len(gaps),
        crossings=len(crossings),
        detours=len(detours),
        duplicates=duplicates,
        tied_ends=tied_ends,
        gap_places=tuple(gaps[:SHOWN]),
        crossing_places=tuple(crossings[:SHOWN]),
        detour_places=tuple(detours[:SHOWN]),
    )


def _is_gap(
    place: Point,
    own: int,
    edges: Sequence[Edge],
    planar: Sequence[shapely.LineString],
    tree: shapely.STRtree,
    plane: Plane,
) -> bool:
    at = shapely.Point(plane.meters([place])[0])
    near = tree.query(at, predicate="dwithin", distance=GAP_M * plane.error)
    ends = {edges[own].u, edges[own].v}
    return any(
        int(k) != own
        and not ends & {edges[int(k)].u, edges[int(k)].v}
        and planar[int(k)].distance(at) <= GAP_M * plane.error
        for k in near
    )


def _crossings(
    edges: Sequence[Edge], planar: Sequence[shapely.LineString], tree: shapely.STRtree
) -> list[Point]:
    """Return where lines cross without a common node there, once for each pair."""
    first, second = tree.query(np.asarray(planar), predicate="crosses")
    places = []
    for i, j in zip(first, second, strict=True):
        if i >= j:
            continue
        one, other = edges[int(i)], edges[int(j)]
        meeting = planar[int(i)].intersection(planar[int(j)])
        shared = {one.u, one.v} & {other.u, other.v}
        points = shapely.get_num_geometries(meeting)
        if points > len(shared):
            near = planar[int(i)].project(shapely.get_point(meeting, 0) or meeting.centroid)
            share = near / planar[int(i)].length
            places.append(shapely.LineString(one.line).interpolate(share, normalized=True))
    return [(round(p.x, 5), round(p.y, 5)) for p in places]


def kinds(names: Sequence[str]) -> str:
    """Return how many there are of each name, in words."""
    return ", ".join(f"{count:,} {name}" for name, count in sorted(Counter(names).items()))


def _places(found: Sequence[Point]) -> str:
    if not found:
        return ""
    listed = "; ".join(f"{lon:.4f} {lat:.4f}" for lon, lat in found[:3])
    return f" (first at {listed})"
