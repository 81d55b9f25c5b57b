"""Nodes and corridors of a network before huts and tie lines are placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from siting.catalog import Catalog
from siting.geography.ways import Way
from siting.network import Corridor, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Nodes and corridors, and how they were made."""

    nodes: dict[str, Node]
    corridors: dict[str, Corridor]
    definition: dict[str, str]
    synthetic: tuple[str, ...] = ()
    ways: Sequence[Way] = ()
    """Rights of way for tie lines, joined where one may change over; none where lines need none."""
    problems: list[str] = field(default_factory=list)
    """What does not fit, in words; the network is not built while there is any."""


def campus_nodes(nodes: Mapping[str, Node]) -> dict[str, str]:
    """Return the id of the node at which each campus stands."""
    return {node.campus: node.id for node in nodes.values() if node.campus is not None}


def diverse_campuses(layout: Layout, corridors: Mapping[str, Corridor]) -> frozenset[str]:
    """Return the campuses whose node touches two corridors or more."""
    touching = Counter(node for c in corridors.values() for node in (c.node_a, c.node_b))
    standing = campus_nodes(layout.nodes)
    return frozenset(campus for campus, node in standing.items() if touching[node] >= 2)


def build_terms(catalog: Catalog, method: str) -> tuple[float, float]:
    """Return cost (USD per km) and lead time (years) of new build by a catalog method."""
    row = f"build.{method}"
    return catalog.value(row), catalog.lead_time_years(row)
