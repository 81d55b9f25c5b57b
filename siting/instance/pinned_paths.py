"""Candidate paths that the planner's pins ask for, beyond those that a search finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.disjoint import Part, Tree
from siting.instance.paths import Graph, Path
from siting.instance.records_pins import Pins
from siting.network import CandidateNetwork, Hut

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PinnedPaths:
    """Finds, for a link, the paths that can satisfy pins."""

    def __init__(self, network: CandidateNetwork, graph: Graph, pins: Pins) -> None:
        """Take the network, its graph and what is pinned in it."""
        self._network, self._graph, self._pins = network, graph, pins
        self._nodes = sorted(network.nodes)
        self._lengths_km = np.array(graph.lengths_km)

    def between(self, source: int, target: int) -> Iterator[Path]:
        """Yield the pinned routes of a link, and a path over each pinned corridor and hut."""
        graph = self._graph
        for path in self._pins.routes:
            for way in (path, path[::-1]):
                if self._leads(way, source, target):
                    yield way
        corridors: list[Path] = [(e,) for e in self._pins.corridors]
        corridors += [self._at(self._network.huts[h]) for h in self._pins.huts]
        for choice in corridors:
            ways = [
                path_over(graph, source, target, graph.edge_index[e], self._lengths_km)
                for e in choice
            ]
            short = (way for way in ways if way is not None)
            best = min(short, key=lambda way: (graph.length_km(way), way), default=None)
            if best is not None:
                yield tuple(graph.edges[edge] for edge in best)

    def _leads(self, path: Path, source: int, target: int) -> bool:
        """Return whether a path leads from one node to another."""
        node = self._nodes[source]
        for e in path:
            if node not in {self._network.corridors[e].node_a, self._network.corridors[e].node_b}:
                return False
            node = self._network.other_end(e, node)
        return node == self._nodes[target]

    def _at(self, hut: Hut) -> Path:
        """Return the corridors that a route to a hut may take: its own, or those at its node."""
        if hut.corridor is not None:
            return (hut.corridor,)
        corridors = self._network.corridors.values()
        return tuple(e.id for e in corridors if hut.node in {e.node_a, e.node_b})


def path_over(
    graph: Graph, source: int, target: int, edge: int, weight: NDArray[np.float64]
) -> list[int] | None:
    """Return a short simple path over an edge, through no third campus; None when none is found.

    Either part of it is taken first and is then in the way of the other: not always the shortest.
    """
    if any(graph.is_campus[n] and n not in {source, target} for n in graph.ends[edge]):
        return None
    found = []
    for near, far in (graph.ends[edge], graph.ends[edge][::-1]):
        for first, second in (((source, near), (far, target)), ((far, target), (source, near))):
            one = _part(graph, first, {*second} - {*first}, weight)
            if one is None:
                continue
            passed = {first[0], first[1], *(n for e in one for n in graph.ends[e])}
            other = _part(graph, second, passed - {*second}, weight)
            if other is None or passed & {*second}:
                continue
            head, tail = (one, other) if first[0] == source else (other, one)
            found.append([*head, edge, *tail])
    return min(found, key=lambda path: (graph.length_km(path), path), default=None)


def _part(
    graph: Graph, ends: tuple[int, int], closed: set[int], weight: NDArray[np.float64]
) -> list[int] | None:
    """Return a shortest path between two nodes that enters none of ``closed`` and no campus."""
    if ends[0] == ends[1]:
        return []
    is_open = np.ones(len(graph.is_campus), dtype=bool)
    is_open[list(closed)] = False
    part = Part.of(graph, *ends, is_open)
    arcs = Tree.of(part, part.cost(weight)).arcs_to_target()
    return None if arcs is None else part.edges(arcs)
