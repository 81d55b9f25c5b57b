"""Everything the plan places, one row each, with coordinates."""

from __future__ import annotations

from collections.abc import Iterator

from siting.network import OWN
from siting.report.plant import HUT_CLASSES, cable_words, hut_pairs, rack_counts
from siting.report.power import BRIDGING_NAMES
from siting.report.shapes import corridor_line, middle, tie_line
from siting.report.table import Cell, Column, Table, over_time
from siting.report.view import View, first_positive

_Row = tuple[Cell, ...]


def entity_table(view: View) -> Table:
    """Return campuses, substations, tie lines, corridors, huts, amplifiers, terminals and cables.

    A line is placed at its middle; its ends are those of its campuses, substations or nodes.
    """
    rows = [
        *_campuses(view),
        *_substations(view),
        *_tie_lines(view),
        *_bridging(view),
        *_corridors(view),
        *_huts(view),
        *_terminals(view),
    ]
    return Table(
        id="entities",
        title="Everything placed",
        columns=(
            Column(name="Kind"),
            Column(name="Id"),
            Column(name="Name"),
            Column(name="Longitude", unit="deg", kind="degree"),
            Column(name="Latitude", unit="deg", kind="degree"),
            Column(name="In service from"),
            Column(name="Quantity"),
            Column(name="At or along"),
            Column(name="Data"),
        ),
        rows=tuple(rows),
        note="Coordinates are WGS84 degrees. Lines are listed at their middle.",
    )


def _campuses(view: View) -> Iterator[_Row]:
    for planned in view.plan.campuses:
        lon, lat = view.campus_points.get(planned.id, (None, None))
        yield (
            "campus",
            planned.id,
            view.campus_name(planned.id),
            lon,
            lat,
            view.since(planned.in_service_from),
            over_time(planned.built_it_mw, view.periods, "IT MW"),
            "",
            "synthetic" if view.is_synthetic_campus(planned.id) else "",
        )


def _substations(view: View) -> Iterator[_Row]:
    for planned in view.plan.substations:
        lon, lat = view.substation_points.get(planned.id, (None, None))
        yield (
            "substation",
            planned.id,
            view.substation_name(planned.id),
            lon,
            lat,
            view.since(planned.in_service_from),
            over_time(planned.reserved_mw, view.periods, "facility MW"),
            "",
            "synthetic" if view.is_synthetic_substation(planned.id) else "",
        )


def _tie_lines(view: View) -> Iterator[_Row]:
    for planned in view.plan.tie_lines:
        line = view.network.tie_lines[planned.id]
        points = tie_line(view, line)
        lon, lat = middle(points) if points else (None, None)
        yield (
            "tie line",
            planned.id,
            "",
            lon,
            lat,
            view.since(planned.in_service_from),
            f"{line.length_km:.1f} km, {line.capacity_mw:,.0f} facility MW",
            f"{view.campus_name(planned.campus)} to {view.substation_name(planned.substation)}",
            "synthetic" if view.is_synthetic_substation(planned.substation) else "",
        )


def _bridging(view: View) -> Iterator[_Row]:
    for planned in view.plan.bridging:
        lon, lat = view.campus_points.get(planned.campus, (None, None))
        row = view.study.bridging.get(planned.id) if view.study else None
        yield (
            "bridging power",
            planned.id,
            BRIDGING_NAMES.get(row.technology, "") if row else "",
            lon,
            lat,
            view.period(first_positive(planned.capacity_mw)),
            over_time(planned.capacity_mw, view.periods, "facility MW"),
            f"campus {planned.campus}",
            "",
        )


def _corridors(view: View) -> Iterator[_Row]:
    for planned in view.plan.corridors:
        edge = view.network.corridors[planned.id]
        lon, lat = middle(corridor_line(view.network, planned.id))
        along = f"{edge.node_a} to {edge.node_b}"
        common = (planned.id, view.corridor_name(planned.id), lon, lat)
        if planned.built_from is not None:
            quantity = f"{edge.length_km:.1f} km, {cable_words(planned.cables) or 'no cable'}"
            yield ("own cable", *common, view.period(planned.built_from), quantity, along, "")
        if any(planned.iru_pairs):
            start = view.period(first_positive(planned.iru_pairs))
            held = over_time(planned.iru_pairs, view.periods, "pairs")
            quantity = f"{edge.length_km:.1f} km, {held}"
            yield ("IRU", *common, start, quantity, f"{along}, {edge.iru_provider}", "")


def _huts(view: View) -> Iterator[_Row]:
    for planned in view.plan.huts:
        hut = view.network.huts[planned.id]
        owner = "own" if hut.operator == OWN else f"leased from {hut.operator}"
        racks = over_time(rack_counts(view, planned), view.periods, "racks")
        pairs = over_time(hut_pairs(view, planned.id), view.periods, "pairs")
        yield (
            "hut",
            planned.id,
            "",
            hut.lon,
            hut.lat,
            view.since(planned.in_service_from),
            f"{racks}; amplifying {pairs}",
            f"{owner}, {HUT_CLASSES[planned.hut_class]}, {hut.corridor or hut.node}",
            "",
        )
    for _, route, _ in view.routes:
        for hut_id in route.huts:
            hut = view.network.huts[hut_id]
            is_regenerated = hut_id in route.regenerators
            for mode in route.modes:
                yield (
                    "regenerator" if is_regenerated else "amplifiers",
                    f"{route.id}@{hut_id}",
                    mode.module if is_regenerated else f"{mode.amplifier} {mode.terminal}",
                    hut.lon,
                    hut.lat,
                    view.period(first_positive(mode.pairs)),
                    over_time(mode.pairs, view.periods, "pairs"),
                    f"hut {hut_id}, route {route.id}",
                    "",
                )


def _terminals(view: View) -> Iterator[_Row]:
    for link, route, _ in view.routes:
        for campus in link.campuses:
            lon, lat = view.campus_points.get(campus, (None, None))
            at = f"campus {campus}, route {route.id}"
            for mode in route.modes:
                pairs = over_time(mode.pairs, view.periods, "pairs")
                lit = over_time(mode.channels, view.periods, "channels")
                yield (
                    "terminal",
                    f"{route.id}@{campus}",
                    f"{mode.module} {mode.terminal}",
                    lon,
                    lat,
                    view.period(first_positive(mode.pairs)),
                    f"{pairs}; {lit}",
                    at,
                    "",
                )
            if route.waves:
                yield (
                    "wave end",
                    f"{route.id}@{campus}",
                    str(route.leased_wave),
                    lon,
                    lat,
                    view.period(first_positive(route.waves)),
                    over_time(route.waves, view.periods, "waves"),
                    at,
                    "",
                )
