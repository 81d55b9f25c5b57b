"""Whether siting and network are bounded over every route of the map together."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_graph import RouteGraph

MOST_EDGES = 15_000
"""Corridors within reach of some link up to which that takes seconds; on a map of a continent every
link would be priced over tens of thousands."""
TOO_WIDE = (
    f"the map has more than {MOST_EDGES:,} corridors within reach of some link: every_route is not "
    "done, the bound of the whole holds over the candidate routes"
)


def can_be_wide(instance: Instance) -> bool:
    """Return whether masters can be bounded over every route, or the candidates are all."""
    return instance.graph is None or len(instance.graph.edges) <= MOST_EDGES


def wide_graph(instance: Instance) -> RouteGraph | None:
    """Return the map over which masters are bounded; None where they hold candidate routes alone.

    So it is unless asked for, where the candidates are all routes, and on very large maps. The
    network of the plan's siting alone is bounded over every route there.
    """
    return instance.graph if instance.every_route and can_be_wide(instance) else None
