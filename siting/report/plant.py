"""Tables of what is built along the routes: huts and corridors."""

from __future__ import annotations

from siting.report.table import Column, Table, by_period
from siting.report.view import View, add_up


def hut_table(view: View) -> Table:
    """Return the amplifier huts in use, with racks and amplified pairs."""
    rows = []
    for planned in view.plan.huts:
        hut = view.network.huts[planned.id]
        place = hut.corridor or hut.node or ""
        name = view.corridor_name(hut.corridor) if hut.corridor else place
        rows.append(
            (
                planned.id,
                hut.operator,
                name,
                hut.position_km if hut.corridor else None,
                hut.lon,
                hut.lat,
                view.period(planned.in_service_from),
                *planned.racks,
                *hut_pairs(view, planned.id),
            )
        )
    return Table(
        id="huts",
        title="Huts",
        columns=(
            Column(name="Id"),
            Column(name="Operator"),
            Column(name="Corridor or node"),
            Column(name="Position", unit="km", kind="km"),
            Column(name="Longitude", unit="deg", kind="degree"),
            Column(name="Latitude", unit="deg", kind="degree"),
            Column(name="In service from"),
            *by_period(view.periods, "Racks", "", "count"),
            *by_period(view.periods, "Pairs amplified", "", "count"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
    )


def corridor_table(view: View) -> Table:
    """Return the corridors that carry own cable or IRU pairs."""
    rows = []
    for planned in view.plan.corridors:
        edge = view.network.corridors[planned.id]
        rows.append(
            (
                planned.id,
                edge.name,
                edge.kind,
                edge.length_km,
                view.period(planned.built_from),
                cable_words(planned.cables),
                edge.iru_provider,
                *planned.iru_pairs,
                " ".join(view.routes_by_corridor.get(planned.id, ())),
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
            Column(name="Cables in the last period"),
            Column(name="IRU provider"),
            *by_period(view.periods, "IRU pairs held", "", "count", is_summed=False),
            Column(name="Routes"),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
    )


def hut_pairs(view: View, hut: str) -> list[float]:
    """Return the pairs amplified in a hut in each period."""
    return add_up(
        (mode.pairs for _, route, _ in view.routes if hut in route.huts for mode in route.modes),
        len(view.periods),
    )


def cable_words(cables: dict[int, tuple[int, ...]]) -> str:
    """Return the cables in the last period.

    >>> cable_words({432: (0, 2), 864: (1, 1)})
    '2 x 432 fibers, 1 x 864 fibers'
    """
    counted = [(counts[-1], size) for size, counts in sorted(cables.items()) if counts]
    return ", ".join(f"{count} x {size:,} fibers" for count, size in counted if count)
