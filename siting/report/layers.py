"""The map as data: layers of features with the text that a reader sees on them.

The page, GeoJSON, GeoPackage and KMZ all draw these layers, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from siting.report import fiber_features, hazard_features, site_features
from siting.report.feature import Feature
from siting.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Features of one kind."""

    id: str
    title: str
    color: str
    geometry: Literal["point", "line"]
    is_planned: bool
    """Part of the plan, not a candidate."""
    features: tuple[Feature, ...]


COLORS = {
    "corridors": "#b9bec6",
    "built": "#d2cbc3",
    "iru": "#ead88f",
    "tie_lines": "#5c3d00",
    "first": "#0072b2",
    "second": "#d55e00",
    "further": "#aa4499",
    "substations": "#9aa3ad",
    "powered": "#e69f00",
    "campuses": "#7d8793",
    "open": "#00664b",
    "huts": "#111111",
    "hazards": "#8c1d18",
}
"""Distinct for colour-blind readers (after Okabe and Ito); routes also differ in dashes."""


def layers(view: View) -> tuple[Layer, ...]:
    """Return all layers, from the bottom of the map to its top."""
    titles: tuple[tuple[str, str, Literal["point", "line"], bool, Iterator[Feature]], ...] = (
        (
            "corridors",
            "Candidate corridors",
            "line",
            False,
            fiber_features.candidate_corridors(view),
        ),
        ("built", "Own cable", "line", True, fiber_features.own_cable(view)),
        ("iru", "Dark-fiber IRU", "line", True, fiber_features.iru(view)),
        ("tie_lines", "Tie lines", "line", True, site_features.tie_lines(view)),
        ("first", "First route of a link", "line", True, fiber_features.routes(view, "first")),
        ("second", "Second route", "line", True, fiber_features.routes(view, "second")),
        ("further", "Further routes", "line", True, fiber_features.routes(view, "further")),
        (
            "substations",
            "Candidate substations",
            "point",
            False,
            site_features.candidate_substations(view),
        ),
        ("powered", "Substations in use", "point", True, site_features.substations(view)),
        ("campuses", "Candidate campuses", "point", False, site_features.candidate_campuses(view)),
        ("hazards", "Shared risks of routes", "point", True, hazard_features.hazards(view)),
        ("huts", "Amplifier huts in use", "point", True, fiber_features.huts(view)),
        ("open", "Campuses in use", "point", True, site_features.campuses(view)),
    )
    return tuple(
        Layer(
            id=layer,
            title=title,
            color=COLORS[layer],
            geometry=geometry,
            is_planned=is_planned,
            features=tuple(features),
        )
        for layer, title, geometry, is_planned, features in titles
    )
