"""What no capacity can help: demands whose ends are not joined, or joined once."""

from __future__ import annotations

from collections import Counter

import networkx as nx

from siting.errors import InfeasibleError
from siting.instance.capacity_design import CapacityDesign

LISTED = 12


def require_connected(design: CapacityDesign) -> None:
    """Raise what demands cannot be routed whatever is bought."""
    is_directed = design.code.link == "D"
    graph = nx.DiGraph() if is_directed else nx.Graph()
    graph.add_nodes_from(design.nodes)
    graph.add_edges_from((link.source, link.target) for link in design.links)
    must_survive = design.code.survivability == "P" or design.survival_fraction > 0
    if must_survive:
        count = Counter(frozenset((link.source, link.target)) for link in design.links)
        graph.remove_edges_from([e for e in nx.bridges(graph) if count[frozenset(e)] == 1])
    reached: dict[str, set[str]] = {}
    if is_directed:
        reached = {d.source: set() for d in design.demands}
        reached = {n: nx.descendants(graph, n) | {n} for n in reached}
    else:
        for part in nx.connected_components(graph):
            reached.update(dict.fromkeys(part, part))
    missing = [
        f"demand {d.id!r}: {d.source} and {d.target} are not joined"
        + (" by two routes without a common link" if must_survive else "")
        for d in design.demands
        if d.value > 0 and d.target not in reached[d.source]
    ]
    if missing:
        more = [f"and {len(missing) - LISTED} more"] if len(missing) > LISTED else []
        head = f"{design.name}: {len(missing)} demand(s) cannot be routed, whatever is bought"
        raise InfeasibleError("\n".join([head, *(f"  {x}" for x in missing[:LISTED] + more)]))
