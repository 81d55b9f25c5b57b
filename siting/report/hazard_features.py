"""Shared risks with a place on the map, with the text a reader sees on them."""

from __future__ import annotations

from collections.abc import Iterator

from siting.network import CandidateNetwork, Hazard
from siting.report.feature import Feature
from siting.report.shapes import Line
from siting.report.view import View

KINDS = {
    "parallel": "corridors beside each other",
    "river": "crossings of one river",
    "crossing": "corridors that cross",
    "entrance": "one entrance",
    "given": "named by a table",
}


def hazard_words(hazard: Hazard) -> tuple[str, ...]:
    """Return what a reader should know of a hazard besides its name."""
    together = f", {hazard.shared_km:.1f} km together" if hazard.shared_km else ""
    return (
        f"Shared risk: {KINDS.get(hazard.kind, hazard.kind)}{together}",
        f"Id {hazard.id}",
        f"Corridors {', '.join(hazard.corridors)}",
    )


def hazard_layers(network: CandidateNetwork) -> tuple[list[tuple[str, Line]], ...]:
    """Return the stretches of hazards of a network, and the places of those at a point."""
    stretches: list[tuple[str, Line]] = []
    places: list[tuple[str, Line]] = []
    for hazard in network.hazards.values():
        text = " · ".join((hazard.name, *hazard_words(hazard)))
        if hazard.geometry:
            stretches.append((text, hazard.geometry))
        else:
            places.append((text, ((hazard.lon, hazard.lat),)))
    return stretches, places


def hazards(view: View) -> Iterator[Feature]:
    """Yield the hazards that touch a route of the plan."""
    for hazard in view.network.hazards.values():
        routes = sorted(
            {
                route
                for corridor in hazard.corridors
                for route in view.routes_by_corridor.get(corridor, ())
            }
        )
        if not routes:
            continue
        yield Feature(
            id=hazard.id,
            title=hazard.name,
            lines=(*hazard_words(hazard), f"Takes down {', '.join(routes)}"),
            points=((hazard.lon, hazard.lat),),
            values={
                "name": hazard.name,
                "kind": hazard.kind,
                "corridors": " ".join(hazard.corridors),
                "routes": " ".join(routes),
                "together_km": round(hazard.shared_km, 3),
            },
        )
