"""Whether siting and network are bounded over every route of the map together."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_graph import RouteGraph

MOST_EDGES = 15_000
"""Corridors within reach of some link up to which that takes seconds; on a map of a continent every
link would be priced over tens of thousands."""


def wide_graph(instance: Instance) -> RouteGraph | None:
    """Return the map over which masters are bounded; None where they hold candidate routes alone.

    So it is unless asked for, where the candidates are all routes, and on very large maps. The
    network of the plan's siting alone is bounded over every route there.
    """
    graph = instance.graph if instance.every_route else None
    return graph if graph is not None and len(graph.edges) <= MOST_EDGES else None
