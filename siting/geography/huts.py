"""Candidate sites of in-line amplifiers: inside corridors at equal steps, and at nodes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from siting.geography.geodesy import MeasuredLine, measured, points_at
from siting.network import OWN, Corridor, Hut, Node
from siting.tables import HutRow

SAME_PLACE_KM = 0.001
"""Two huts closer than this are one."""


def place_huts(
    nodes: Mapping[str, Node],
    corridors: Iterable[Corridor],
    own_spacing_km: float,
    provider_spacing_km: float,
) -> dict[str, Hut]:
    """Return the hut candidates of a network by id.

    Own huts stand in every corridor that is buildable or holds own cable, provider huts in every
    corridor with IRU, at equal steps no longer than the spacing, the steps to both ends included;
    and at every node without a campus that such a corridor touches.

    Args:
        nodes: nodes by id.
        corridors: corridors of the network.
        own_spacing_km: longest step between own huts, km with slack.
        provider_spacing_km: longest step between huts of a provider, km with slack.
    """
    huts: dict[str, Hut] = {}
    corridors = list(corridors)
    lines = measured([corridor.geometry for corridor in corridors])
    for corridor, line in zip(corridors, lines, strict=True):
        for operator in operators(corridor):
            spacing = own_spacing_km if operator == OWN else provider_spacing_km
            for hut in _inside(corridor, line, operator, spacing):
                huts[hut.id] = hut
            for node in (nodes[corridor.node_a], nodes[corridor.node_b]):
                key = _node_hut(node, operator)
                if node.campus is None and key not in huts:
                    huts[key] = _at_node(node, operator)
    return huts


def given_huts(
    rows: Iterable[HutRow], nodes: Mapping[str, Node], corridors: Mapping[str, Corridor]
) -> dict[str, Hut]:
    """Return the huts of the table by id, without those in corridors that are left out."""
    return {
        row.id: _given(row, nodes, corridors)
        for row in rows
        if row.corridor_id is None or row.corridor_id in corridors
    }


def _given(row: HutRow, nodes: Mapping[str, Node], corridors: Mapping[str, Corridor]) -> Hut:
    if row.corridor_id is None:
        node = nodes[str(row.node_id)]
        lon, lat = node.lon, node.lat
    else:
        corridor = corridors[row.corridor_id]
        ((lon, lat),) = points_at(corridor.geometry, [row.position_km / corridor.length_km])
    return Hut(
        id=row.id,
        corridor=row.corridor_id,
        node=row.node_id,
        position_km=row.position_km,
        operator=row.operator,
        lon=lon,
        lat=lat,
        leasable=row.leasable,
        can_regenerate=row.can_regenerate,
        space_racks=row.space_racks,
        power_kw=row.power_kw,
        existing_racks=row.existing_racks,
        existing_amplifier_type=row.existing_amplifier_type,
        existing_until=None if row.existing_until is None else row.existing_until.isoformat(),
    )


def with_given(by_rule: Mapping[str, Hut], given: Mapping[str, Hut]) -> dict[str, Hut]:
    """Return all huts; where a given one stands, none is made by rule."""
    taken: dict[tuple[object, ...], list[float]] = {}
    for hut in given.values():
        taken.setdefault(_place(hut), []).append(hut.position_km)
    kept = {
        key: hut
        for key, hut in by_rule.items()
        if all(abs(hut.position_km - km) > SAME_PLACE_KM for km in taken.get(_place(hut), ()))
    }
    return {**kept, **given}


def _place(hut: Hut) -> tuple[object, ...]:
    return (hut.corridor, hut.node, hut.operator)


def operators(corridor: Corridor) -> Iterator[str]:
    """Yield whose huts may stand along ``corridor``."""
    if corridor.buildable or corridor.existing_fibers:
        yield OWN
    if corridor.iru_provider is not None and corridor.iru_pairs > 0:
        yield corridor.iru_provider


def _inside(corridor: Corridor, line: MeasuredLine, operator: str, spacing_km: float) -> list[Hut]:
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
            zip(fractions, line.points_at(fractions), strict=True), start=1
        )
    ]


def _node_hut(node: Node, operator: str) -> str:
    return f"node:{node.id}" if operator == OWN else f"node:{node.id}@{operator}"


def _at_node(node: Node, operator: str) -> Hut:
    return Hut(
        id=_node_hut(node, operator),
        corridor=None,
        node=node.id,
        position_km=0.0,
        operator=operator,
        lon=node.lon,
        lat=node.lat,
    )
