"""Tables of what is built along the routes: huts and corridors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from siting.plan import PlannedHut
from siting.report.equipment import AMPLIFIER_NAMES, amplifier_w, regenerator_w
from siting.report.standing import existing_fibers, existing_racks, stands
from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View, add_up

HUT_CLASSES: Final = {
    "small": "small, built",
    "large": "large, built",
    "leased": "leased space",
    "provider": "provider's",
    "existing": "stands already",
}
"""Hut classes in a reader's words."""
_POWER_ROWS: Final = {"small": "hut.power.legacy", "large": "hut.power.new"}
_SPACE_ROWS: Final = {"small": "hut.racks.legacy", "large": "hut.racks.new"}
_WATTS = 1000.0


def hut_table(view: View) -> Table:
    """Return the amplifier huts in use, with class, racks, amplified pairs and power."""
    rows: list[tuple[Cell, ...]] = []
    for planned in view.plan.huts:
        hut = view.network.huts[planned.id]
        place = hut.corridor or hut.node or ""
        name = view.corridor_name(hut.corridor) if hut.corridor else place
        limit = hut_limit(view, planned)
        rows.append(
            (
                planned.id,
                hut.operator,
                HUT_CLASSES[planned.hut_class],
                name,
                hut.position_km if hut.corridor else None,
                hut.lon,
                hut.lat,
                view.since(planned.in_service_from),
                "yes" if regenerates(view, planned.id) else "",
                rack_words(planned.racks),
                *rack_counts(view, planned),
                limit[0],
                *hut_pairs(view, planned.id),
                *hut_kw(view, planned.id),
                limit[1],
            )
        )
    return Table(
        id="huts",
        title="Huts",
        columns=(
            Column(name="Id"),
            Column(name="Operator"),
            Column(name="Class"),
            Column(name="Corridor or node"),
            Column(name="Position", unit="km", kind="km"),
            Column(name="Longitude", unit="deg", kind="degree"),
            Column(name="Latitude", unit="deg", kind="degree"),
            Column(name="In service from"),
            Column(name="Regenerates"),
            Column(name="New racks"),
            *by_period(view.periods, "Racks in service", "", "count"),
            Column(name="Space", group="Racks in service", kind="count"),
            *by_period(view.periods, "Pairs amplified", "", "count"),
            *by_period(view.periods, "Power of the equipment", "kW", "kw"),
            Column(name="Limit", unit="kW", kind="kw", group="Power of the equipment"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note="Space and power limits are those of the last period, of new and standing hut.",
    )


def corridor_table(view: View) -> Table:
    """Return the corridors that carry own cable or IRU pairs."""
    rows: list[tuple[Cell, ...]] = []
    planned = {corridor.id: corridor for corridor in view.plan.corridors}
    for name in sorted(planned.keys() | view.routes_by_corridor.keys()):
        edge, found = view.network.corridors[name], planned.get(name)
        here = existing_fibers(view, name)
        own = found.built_from if found else None
        rows.append(
            (
                name,
                edge.name,
                edge.kind,
                edge.length_km,
                view.period(own),
                cable_words(found.cables) if found else "",
                *(here[-1:] or [0.0]),
                edge.iru_provider,
                *(found.iru_pairs if found else [0] * len(view.periods)),
                " ".join(view.routes_by_corridor.get(name, ())),
            )
        )
    return Table(
        id="corridors",
        title="Corridors",
        columns=(
            Column(name="Id"),
            Column(name="Name"),
            Column(name="Kind"),
            Column(name="Length", unit="km", kind="km", is_summed=True),
            Column(name="Own cable from"),
            Column(name="New cables in the last period"),
            Column(name="Fibers that lie already", kind="count"),
            Column(name="IRU provider"),
            *by_period(view.periods, "IRU pairs held", "", "count", is_summed=False),
            Column(name="Routes"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
    )


def hut_pairs(view: View, hut: str) -> list[float]:
    """Return the pairs amplified or regenerated in a hut in each period."""
    return add_up(
        (mode.pairs for _, route, _ in view.routes if hut in route.huts for mode in route.modes),
        len(view.periods),
    )


def hut_kw(view: View, hut: str) -> list[float]:
    """Return the power of the equipment in a hut, kW by period.

    ``models/formulation.md`` section 4, ``hut_power``: amplifiers, and where channels are
    regenerated two terminals per pair and two modules per channel.
    """
    series = [
        regenerator_w(view, mode)
        if hut in route.regenerators
        else [n * amplifier_w(view, mode) for n in mode.pairs]
        for _, route, _ in view.routes
        if hut in route.huts
        for mode in route.modes
    ]
    return [watts / _WATTS for watts in add_up(series, len(view.periods))]


def hut_limit(view: View, planned: PlannedHut) -> tuple[float | None, float | None]:
    """Return space in racks and power in kW of a hut in the last period.

    A hut's own row beats its class; what stands already adds its own.
    """
    hut = view.network.huts[planned.id]
    here = bool(hut.existing_racks) and stands(view, hut.existing_until)[-1]
    space, power = 0.0, 0.0
    if here:
        space += hut.space_racks if hut.space_racks is not None else hut.existing_racks
        power += _first(hut.power_kw, view.price("hut.power.legacy"))
    if planned.hut_class in _SPACE_ROWS:
        space += _first(hut.space_racks, view.price(_SPACE_ROWS[planned.hut_class]))
        power += _first(hut.power_kw, view.price(_POWER_ROWS[planned.hut_class]))
    elif planned.hut_class != "existing":
        transport = view.study.file.transport if view.study else None
        space += _first(hut.space_racks, transport.max_racks_provider if transport else None)
        power += _first(hut.power_kw, transport.provider_hut_power_kw if transport else None)
    return (space or None, power or None)


def rack_counts(view: View, planned: PlannedHut) -> list[float]:
    """Return the racks in service in a hut by period, those that stand already included."""
    return add_up([*planned.racks.values(), existing_racks(view, planned.id)], len(view.periods))


def rack_words(racks: Mapping[str, Sequence[int]]) -> str:
    """Return the new racks in the last period by amplifier type.

    >>> rack_words({"conventional": (0, 2), "multi_rail": (1, 1)})
    '2 conventional, 1 multi-rail'
    """
    counted = [(counts[-1], AMPLIFIER_NAMES[kind]) for kind, counts in sorted(racks.items())]
    return ", ".join(f"{count} {kind}" for count, kind in counted if count)


def regenerates(view: View, hut: str) -> bool:
    """Whether channels are regenerated in a hut."""
    return any(hut in route.regenerators for _, route, _ in view.routes)


def cable_words(cables: Mapping[str, Sequence[int]]) -> str:
    """Return the new cables in the last period.

    >>> cable_words({"G652D/432": (0, 2), "HCF/864": (1, 1)})
    '2 x 432 fibers G652D, 1 x 864 fibers HCF'
    """
    words = []
    for key, counts in sorted(cables.items()):
        fiber, _, size = key.partition("/")
        if counts and counts[-1]:
            words.append(f"{counts[-1]} x {int(size):,} fibers {fiber}")
    return ", ".join(words)


def _first(*values: float | None) -> float:
    return next((value for value in values if value is not None), 0.0)
