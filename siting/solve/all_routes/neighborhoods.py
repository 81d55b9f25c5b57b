"""The corridors that some route of a link may take: on a short enough walk between its ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.needs import Need
from siting.solve.all_routes.placings import Pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fields:
    """The corridors of a graph as arrays."""

    ends: Ints
    lengths_km: Floats
    inside_usd: Floats
    """A hut inside each edge; infinite without any."""
    at_node_usd: Floats
    """A hut at each node."""
    index: dict[str, int]
    campuses: Ints
    """Nodes of campuses: no route passes through a third one."""
    pieces: Pieces
    """Where huts may stand inside each edge."""

    @classmethod
    def of(cls, graph: RouteGraph) -> Fields:
        """Return the arrays of a graph."""
        names = sorted({node for edge in graph.edges for node in edge.ends})
        index = {node: i for i, node in enumerate(names)}
        ends = np.array([[index[a], index[b]] for a, b in (e.ends for e in graph.edges)])
        return cls(
            ends,
            np.array([edge.corridor.length_km for edge in graph.edges]),
            np.array([edge.hut_usd_per_year for edge in graph.edges]),
            np.array([graph.node_hut_usd_per_year.get(node, math.inf) for node in names]),
            index,
            np.array(sorted(index[n] for n in graph.campus_nodes.values() if n in index)),
            Pieces.at(edge.huts_km for edge in graph.edges),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """The edges that some route of a link may take."""

    edges: Ints
    through_km: Floats
    """Length of the shortest walk between the ends by each of the edges."""
    shortest_km: float
    ends: Ints
    """Nodes of the edges, numbered anew; 0 and 1 are the ends of the link."""
    nodes: Ints
    """Numbers of its nodes among those of all links."""
    to_ends_km: Floats
    """Shape (2, nodes)."""

    @property
    def corridors(self) -> int:
        """Return the corridors at that end of the link that has fewer."""
        return min(int((self.ends == end).sum()) for end in (0, 1))

    def within(self, longest_km: float) -> Place | None:
        """Return the place of routes of at most a length; None where its ends are not joined."""
        kept = _is_within(self.through_km, longest_km)
        if not kept.any():
            return None
        ends = self.ends[kept]
        used = np.unique(np.append(ends, (0, 1)))
        return Place(
            edges=self.edges[kept],
            through_km=self.through_km[kept],
            shortest_km=self.shortest_km,
            ends=np.searchsorted(used, ends),
            nodes=self.nodes[used],
            to_ends_km=self.to_ends_km[:, used],
        )


def _is_within(through_km: Floats, longest_km: float) -> NDArray[np.bool_]:
    return through_km <= longest_km * (1 + 1e-12)


def neighborhood(
    graph: RouteGraph, fields: Fields, need: Need, without: int | None = None
) -> Place | None:
    """Return the edges of a link's routes; None where its ends are not joined.

    Args:
        graph: every corridor.
        fields: the same as arrays.
        need: the link, and how long its routes may be.
        without: an edge that they do not take, by its number in the graph.
    """
    nodes = [graph.campus_nodes[campus] for campus in need.link]
    if any(node not in fields.index for node in nodes):
        return None
    ends = [fields.index[node] for node in nodes]
    blocked = np.setdiff1d(fields.campuses, ends)
    usable = np.flatnonzero(~np.isin(fields.ends, blocked).any(axis=1))
    if without is not None:
        usable = usable[usable != without]
    km = _distances(fields.ends[usable], fields.lengths_km[usable], len(fields.index), ends)
    a, b = fields.ends[usable, 0], fields.ends[usable, 1]
    through = np.minimum(km[0][a] + km[1][b], km[0][b] + km[1][a]) + fields.lengths_km[usable]
    within = _is_within(through, need.longest_km)
    kept = usable[within]
    if not len(kept) or not math.isfinite(float(km[0][ends[1]])):
        return None
    others = np.setdiff1d(np.unique(fields.ends[kept]), ends)
    renamed = np.full(len(fields.index), -1)
    renamed[ends] = (0, 1)
    renamed[others] = 2 + np.arange(len(others))
    order = np.concatenate([np.array(ends), others])
    return Place(
        edges=kept,
        through_km=through[within],
        shortest_km=float(km[0][ends[1]]),
        ends=renamed[fields.ends[kept]],
        nodes=order,
        to_ends_km=km[:, order],
    )


def _distances(ends: Ints, lengths_km: Floats, nodes: int, sources: list[int]) -> Floats:
    key = ends.min(axis=1) * nodes + ends.max(axis=1)
    order = np.lexsort((lengths_km, key))  # of parallel edges the shortest comes first
    keys, first = np.unique(key[order], return_index=True)
    km = np.maximum(lengths_km[order][first], 1e-9)
    matrix = csr_array((km, (keys // nodes, keys % nodes)), shape=(nodes, nodes))
    found: Floats = dijkstra(matrix, directed=False, indices=sources)
    return found
