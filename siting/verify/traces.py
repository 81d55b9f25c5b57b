"""Where a route runs: nodes, length, positions of huts, spans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx as nx

from siting.network import CandidateNetwork, Corridor, Hut


@dataclass(frozen=True, slots=True)
class Trace:
    """A chain of corridors that starts at a node."""

    nodes: tuple[str, ...]
    corridors: tuple[Corridor, ...]
    offsets_km: tuple[float, ...]
    """Distance of each node from the first one, km."""

    @property
    def length_km(self) -> float:
        """Length of the chain, km."""
        return self.offsets_km[-1]

    def position_km(self, hut: Hut) -> float | None:
        """Return how far along the chain a hut stands, km; None when it is not on it.

        A hut at a node is on the chain when the node is an intermediate one.
        """
        if hut.corridor is None:
            if hut.node not in self.nodes[1:-1]:
                return None
            return self.offsets_km[self.nodes.index(hut.node)]
        for index, corridor in enumerate(self.corridors):
            if corridor.id == hut.corridor:
                forward = self.nodes[index] == corridor.node_a
                along = hut.position_km if forward else corridor.length_km - hut.position_km
                return self.offsets_km[index] + along
        return None

    def supplies_at(self, hut: Hut, supply: tuple[str, ...]) -> tuple[str, ...]:
        """Return the supply of the corridor that holds a hut, or of the two at its node."""
        if hut.corridor is None:
            if hut.node not in self.nodes[1:-1]:
                return ()
            index = self.nodes.index(hut.node)
            return supply[index - 1 : index + 1]
        return tuple(
            owner
            for corridor, owner in zip(self.corridors, supply, strict=True)
            if corridor.id == hut.corridor
        )

    def spans_km(self, positions_km: tuple[float, ...]) -> tuple[float, ...]:
        """Return the spans between terminals and huts at these positions, km."""
        stops = (0.0, *positions_km, self.length_km)
        return tuple(after - before for before, after in pairwise(stops))


def trace(network: CandidateNetwork, start: str, corridors: tuple[str, ...]) -> Trace | None:
    """Follow corridors from the node ``start``; None when they do not join up."""
    nodes, offsets = [start], [0.0]
    edges = tuple(network.corridors[corridor] for corridor in corridors)
    for edge in edges:
        if nodes[-1] not in {edge.node_a, edge.node_b}:
            return None
        nodes.append(edge.node_b if nodes[-1] == edge.node_a else edge.node_a)
        offsets.append(offsets[-1] + edge.length_km)
    return Trace(tuple(nodes), edges, tuple(offsets))


def corridor_graph(network: CandidateNetwork) -> Any:  # noqa: ANN401
    """Return the graph of all corridors; parallel corridors are one edge."""
    graph = nx.Graph()
    graph.add_nodes_from(network.nodes)
    graph.add_edges_from((edge.node_a, edge.node_b) for edge in network.corridors.values())
    return graph


def is_simple_path(graph: Any, nodes: tuple[str, ...]) -> bool:  # noqa: ANN401
    """Whether the nodes are a path of the graph that visits no node twice."""
    return bool(nx.is_simple_path(graph, list(nodes)))
