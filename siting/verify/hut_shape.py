"""``plan_shape`` of the huts of a saved network: where they stand and what they hold."""

from __future__ import annotations

from typing import NamedTuple

from siting.network import CandidateNetwork, Corridor, Hut
from siting.study import Study
from siting.tables import HutRow
from siting.verify import tolerances
from siting.verify.findings import Rule
from siting.verify.geodesic import Point, point_at


class Equipment(NamedTuple):
    """What a hut is and holds, besides its place."""

    leasable: bool = False
    can_regenerate: bool = False
    space_racks: int | None = None
    power_kw: float | None = None
    existing_racks: int = 0
    existing_amplifier_type: str = "conventional"
    existing_until: str | None = None


def hut_shape(study: Study, network: CandidateNetwork, rule: Rule) -> None:
    """Check place and equipment of every hut."""
    for hut in network.huts.values():
        where = f"hut {hut.id}"
        if hut.corridor is None:
            _at_node(network, hut, rule)
        else:
            _in_corridor(network.corridors.get(hut.corridor), hut, rule)
        row = study.huts.get(hut.id)
        if row is None:
            _equipment(where, hut, Equipment(), "none made by rule has", rule)
        else:
            _as_given(where, hut, row, rule)


def _at_node(network: CandidateNetwork, hut: Hut, rule: Rule) -> None:
    node = network.nodes.get(hut.node or "")
    where = f"hut {hut.id}"
    rule.require(where, f"node {hut.node} is not in the network", ok=node is not None)
    if node is not None:
        _place(hut, (node.lon, node.lat), rule)


def _in_corridor(corridor: Corridor | None, hut: Hut, rule: Rule) -> None:
    where = f"hut {hut.id}"
    rule.require(
        where,
        f"corridor {hut.corridor} is not in the network, or the hut is at node {hut.node} too",
        ok=corridor is not None and hut.node is None,
    )
    if corridor is None:
        return
    what = f"position along corridor {corridor.id}"
    rule.at_least(where, what, hut.position_km, 0.0, "km", tolerances.KM)
    length = corridor.length_km
    inside = rule.at_most(where, what, hut.position_km, length, "km", tolerances.KM)
    if inside and corridor.geometry and length > 0:
        _place(hut, point_at(corridor.geometry, hut.position_km / length), rule)


def _place(hut: Hut, asked: Point, rule: Rule) -> None:
    away = max(abs(hut.lon - asked[0]), abs(hut.lat - asked[1]))
    rule.at_most(
        f"hut {hut.id}",
        f"distance of its coordinates {hut.lon:.6f}, {hut.lat:.6f} from its position on the "
        f"network, {asked[0]:.6f}, {asked[1]:.6f},",
        away,
        0.0,
        "degrees",
        tolerances.DEGREES,
    )


def _as_given(where: str, hut: Hut, row: HutRow, rule: Rule) -> None:
    rule.require(
        where,
        "differs in place or operator from its row in the hut table",
        ok=(hut.corridor, hut.node, hut.operator) == (row.corridor_id, row.node_id, row.operator),
    )
    if row.corridor_id is not None:
        what = "position along its corridor"
        rule.equal(where, what, hut.position_km, row.position_km, "km", tolerances.KM)
    _equipment(where, hut, _equipment_of(row), "its row in the hut table has", rule)


def _equipment(where: str, hut: Hut, asked: Equipment, who: str, rule: Rule) -> None:
    found = _equipment_of(hut)
    for name, here, right in zip(Equipment._fields, found, asked, strict=True):
        rule.require(where, f"{name} is {here}; {who} {right}", ok=here == right)


def _equipment_of(item: Hut | HutRow) -> Equipment:
    return Equipment(
        leasable=item.leasable,
        can_regenerate=item.can_regenerate,
        space_racks=item.space_racks,
        power_kw=item.power_kw,
        existing_racks=item.existing_racks,
        existing_amplifier_type=item.existing_amplifier_type,
        existing_until=None if item.existing_until is None else str(item.existing_until),
    )
