"""Whether siting and network are bounded over every route of the map together."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_graph import RouteGraph

MOST_EDGES = 15_000
"""Corridors within reach of some link; more of them are the map of a continent."""


def is_wide(graph: RouteGraph) -> bool:
    """Return whether a map is that of a continent, over which a search for a way takes long."""
    return len(graph.edges) > MOST_EDGES


def wide_graph(instance: Instance) -> RouteGraph | None:
    """Return the map over which masters are bounded; None where they hold candidate routes alone.

    So it is unless asked for, and where the candidates are all routes. The network of the plan's
    siting alone is bounded over every route there.
    """
    return instance.graph if instance.every_route else None
