"""Candidate sites of in-line amplifiers: inside corridors at equal steps, and at nodes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from siting.geography.geodesy import points_at
from siting.network import OWN, Corridor, Hut, Node


def place_huts(
    nodes: Mapping[str, Node],
    corridors: Iterable[Corridor],
    own_spacing_km: float,
    provider_spacing_km: float,
) -> dict[str, Hut]:
    """Return the hut candidates of a network by id.

    Own huts stand in every buildable corridor, provider huts in every corridor with IRU, at equal
    steps no longer than the spacing, the steps to both ends included; and at every node without a
    campus that such a corridor touches.

    Args:
        nodes: nodes by id.
        corridors: corridors of the network.
        own_spacing_km: longest step between own huts, km with slack.
        provider_spacing_km: longest step between huts of a provider, km with slack.
    """
    huts: dict[str, Hut] = {}
    for corridor in corridors:
        for operator in operators(corridor):
            spacing = own_spacing_km if operator == OWN else provider_spacing_km
            for hut in _inside(corridor, operator, spacing):
                huts[hut.id] = hut
            for node in (nodes[corridor.node_a], nodes[corridor.node_b]):
                if node.campus is None:
                    hut = _at_node(node, operator)
                    huts[hut.id] = hut
    return huts


def operators(corridor: Corridor) -> Iterator[str]:
    """Yield whose huts may stand along ``corridor``."""
    if corridor.buildable:
        yield OWN
    if corridor.iru_provider is not None and corridor.iru_pairs > 0:
        yield corridor.iru_provider


def _inside(corridor: Corridor, operator: str, spacing_km: float) -> list[Hut]:
    count = math.ceil(corridor.length_km / spacing_km) - 1
    if count < 1:
        return []
    fractions = [k / (count + 1) for k in range(1, count + 1)]
    owner = "" if operator == OWN else f"{operator}@"
    return [
        Hut(
            id=f"{corridor.id}@{owner}{k}",
            corridor=corridor.id,
            node=None,
            position_km=corridor.length_km * fraction,
            operator=operator,
            lon=lon,
            lat=lat,
        )
        for k, (fraction, (lon, lat)) in enumerate(
            zip(fractions, points_at(corridor.geometry, fractions), strict=True), start=1
        )
    ]


def _at_node(node: Node, operator: str) -> Hut:
    owner = "" if operator == OWN else f"@{operator}"
    return Hut(
        id=f"node:{node.id}{owner}",
        corridor=None,
        node=node.id,
        position_km=0.0,
        operator=operator,
        lon=node.lon,
        lat=node.lat,
    )
