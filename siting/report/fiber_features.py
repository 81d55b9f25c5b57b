"""Fiber on the map: corridors, routes and huts, with the text a reader sees on them."""

from __future__ import annotations

from collections.abc import Iterator

from siting.network import OWN
from siting.plan import PlannedCorridor
from siting.report.feature import Feature
from siting.report.links import channels, lit, option_words, supply_words
from siting.report.plant import HUT_CLASSES, cable_words, hut_kw, hut_pairs, rack_counts
from siting.report.shapes import corridor_line, eastward, route_line
from siting.report.table import Cell, over_time
from siting.report.terrain import land_values, land_words
from siting.report.view import View, first_positive


def candidate_corridors(view: View) -> Iterator[Feature]:
    """Yield every corridor of the candidate network."""
    for edge in view.network.corridors.values():
        offer = (
            f"IRU of {edge.iru_provider}: {edge.iru_pairs} pairs on offer"
            if edge.iru_provider
            else ""
        )
        build = (
            f"Own cable: {edge.build_cost_usd_per_km:,.0f} USD/km of civil works"
            if edge.buildable
            else "No own cable here"
        )
        yield Feature(
            id=edge.id,
            title=edge.name or edge.id,
            lines=tuple(
                filter(
                    None,
                    (
                        f"{edge.kind}, {edge.length_km:.1f} km",
                        f"Id {edge.id}",
                        build,
                        land_words(edge),
                        offer,
                    ),
                )
            ),
            points=corridor_line(view.network, edge.id),
        )


def _corridor(view: View, planned: PlannedCorridor, start: int, words: str) -> Feature:
    edge = view.network.corridors[planned.id]
    routes = view.routes_by_corridor.get(planned.id, ())
    values: dict[str, Cell] = {
        "name": edge.name,
        "kind": edge.kind,
        "length_km": edge.length_km,
        "own_cable_from": view.period(planned.built_from),
        "cables": cable_words(planned.cables),
        "iru_provider": edge.iru_provider or "",
        "iru_pairs": planned.iru_pairs[-1] if planned.iru_pairs else 0,
        "routes": " ".join(routes),
        **land_values(view, edge),
    }
    return Feature(
        id=planned.id,
        title=edge.name or edge.id,
        lines=(
            f"{edge.kind}, {edge.length_km:.1f} km, id {edge.id}",
            words,
            *filter(None, (land_words(edge),)),
            f"In service from {view.period(start)}",
            f"Routes: {', '.join(routes) or 'none'}",
        ),
        points=corridor_line(view.network, planned.id),
        start=start,
        values=values,
    )


def own_cable(view: View) -> Iterator[Feature]:
    """Yield the corridors with own cable."""
    for planned in view.plan.corridors:
        if planned.built_from is not None:
            words = f"Own cable: {cable_words(planned.cables) or 'none'}"
            yield _corridor(view, planned, planned.built_from, words)


def iru(view: View) -> Iterator[Feature]:
    """Yield the corridors with IRU pairs."""
    for planned in view.plan.corridors:
        start = first_positive(planned.iru_pairs)
        if start is not None:
            provider = view.network.corridors[planned.id].iru_provider
            held = over_time(planned.iru_pairs, view.periods, "pairs")
            yield _corridor(view, planned, start, f"IRU of {provider}: {held}")


def routes(view: View, role: str) -> Iterator[Feature]:
    """Yield the routes of one role."""
    for link, route, its_role in view.routes:
        if its_role != role:
            continue
        start = view.route_from(route)
        noun = "waves" if route.kind == "leased_wave" else "pairs"
        spans = " + ".join(f"{span:.1f}" for span in route.spans_km)
        capacity = view.route_gbps(route)[-1]
        yield Feature(
            id=route.id,
            title=f"{view.link_name(link)}, {role} route",
            lines=(
                f"Id {route.id}",
                f"Length {route.length_km:.1f} km, RTT {route.rtt_ms:.3f} ms",
                f"Spans {spans} km" if spans else "Spans: the carrier's",
                f"Huts: {', '.join(route.huts) or 'none'}",
                *(
                    [f"Regenerated at: {', '.join(route.regenerators)}"]
                    if route.regenerators
                    else []
                ),
                f"{supply_words(route)}; {option_words(route)}",
                f"{noun.capitalize()}: {over_time(lit(view, route), view.periods)}",
                f"Channels: {over_time(channels(view, route), view.periods)}",
                f"Capacity {capacity / 1000:,.1f} Tb/s per direction in {view.periods[-1]}",
            ),
            points=eastward(route_line(view.network, link, route)),
            start=start or 0,
            lane=view.lanes[route.id],
            values={
                "link": view.link_name(link),
                "campus_a": link.campuses[0],
                "campus_b": link.campuses[1],
                "role": role,
                "kind": route.kind,
                "fiber": supply_words(route),
                "length_km": route.length_km,
                "rtt_ms": route.rtt_ms,
                "spans_km": spans,
                "huts": " ".join(route.huts),
                "regenerators": " ".join(route.regenerators),
                "fiber_type": route.fiber_type or "",
                "transport": option_words(route),
                "pairs": lit(view, route)[-1],
                "channels": channels(view, route)[-1],
                "capacity_gbps": capacity,
                "lit_from": view.period(start),
            },
        )


def huts(view: View) -> Iterator[Feature]:
    """Yield the huts in use."""
    for planned in view.plan.huts:
        hut = view.network.huts[planned.id]
        owner = "own hut" if hut.operator == OWN else f"hut of {hut.operator}"
        pairs, racks = hut_pairs(view, planned.id), rack_counts(view, planned)
        power_kw = hut_kw(view, planned.id)[-1]
        yield Feature(
            id=planned.id,
            title=f"Amplifier hut {planned.id}",
            lines=(
                f"{owner}, {hut.corridor or hut.node}",
                f"Class: {HUT_CLASSES[planned.hut_class]}",
                f"Racks: {over_time(racks, view.periods)}",
                f"Pairs amplified: {over_time(pairs, view.periods)}",
                f"Power of the equipment: {power_kw:.1f} kW in {view.periods[-1]}",
                view.start_words(planned.in_service_from),
            ),
            points=((hut.lon, hut.lat),),
            start=planned.in_service_from or 0,
            values={
                "operator": hut.operator,
                "corridor": hut.corridor or "",
                "node": hut.node or "",
                "class": planned.hut_class,
                "racks": racks[-1],
                "pairs_amplified": pairs[-1],
                "power_kw": power_kw,
                "in_service_from": view.since(planned.in_service_from),
            },
        )
