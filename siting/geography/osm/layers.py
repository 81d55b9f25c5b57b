"""The layers that can be fetched: OpenStreetMap tags, kind of geometry, columns kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tags = dict[str, bool | str | list[str]]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of OpenStreetMap."""

    name: str
    about: str
    tags: Tags
    kind_tag: str
    """Tag whose value becomes the column ``kind``."""
    shape: Literal["line", "site"]
    """Lines are kept as drawn; sites become points (an area by a point inside it)."""
    columns: tuple[str, ...]
    """Tags kept besides ``kind`` and ``name``, empty where absent."""


LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer(
            "roads",
            "motorways to secondary roads",
            {"highway": ["motorway", "trunk", "primary", "secondary"]},
            "highway",
            "line",
            ("ref", "bridge", "tunnel"),
        ),
        Layer(
            "rail", "railways", {"railway": ["rail"]}, "railway", "line", ("ref", "bridge", "usage")
        ),
        Layer(
            "power_lines",
            "overhead power lines",
            {"power": ["line"]},
            "power",
            "line",
            ("ref", "voltage", "operator"),
        ),
        Layer(
            "substations",
            "power substations",
            {"power": ["substation"]},
            "power",
            "site",
            ("ref", "voltage", "operator", "substation"),
        ),
        Layer(
            "telecom",
            "data centers, exchanges and telecom lines mapped",
            {"telecom": ["data_center", "exchange", "connection_point"], "communication": ["line"]},
            "telecom",
            "site",
            ("ref", "operator", "communication"),
        ),
    )
}
"""By name."""

LINES = frozenset(name for name, layer in LAYERS.items() if layer.shape == "line")
