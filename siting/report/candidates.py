"""Candidates on a map before any plan: a region folder, or the candidate network of a study."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from siting.errors import GeographyError
from siting.network import OWN, CandidateNetwork
from siting.report.hazard_features import hazard_layers
from siting.report.outlines import state_outlines
from siting.report.page import environment, json_text, leaflet
from siting.report.shapes import Box, Line
from siting.report.static_map import framed, scale_bar, wrapped
from siting.report.terrain import land_words

if TYPE_CHECKING:
    from siting.geography.region import RegionFolder
    from siting.study import Study

COLORS: Final = {
    "road": "#7d8793",
    "rail": "#0072b2",
    "power": "#e69f00",
    "route": "#d55e00",
    "transfer": "#56b4e9",
    "lateral": "#aa4499",
    "tie": "#b08900",
    "zone": "#8c1d18",
    "campus": "#00664b",
    "substation": "#e69f00",
    "hut": "#111111",
    "hazard": "#8c1d18",
}
"""Distinct for colour-blind readers (after Okabe and Ito)."""
TITLES: Final = {
    "road": "Roads",
    "rail": "Railways",
    "power": "Power lines",
    "route": "Own routes",
    "transfer": "Transfers",
    "lateral": "Laterals",
}
_DIGITS = 5
_MANY: Final = 2000
"""So many points hide everything else: a picture leaves them out, a page shows them when asked."""
_SOURCES: Final = ("source", "hazards_rivers", "hazards_places")
"""Keys of the definition of a network that name whose data it shows."""


@dataclass(frozen=True, slots=True)
class CandidateLayer:
    """Things of one kind on the map."""

    title: str
    color: str
    geometry: Literal["line", "point", "polygon"]
    features: tuple[tuple[str, Line], ...]
    """What a reader sees of each, and its points."""

    def is_crowd(self) -> bool:
        """Return whether these are points too many to show beside the rest."""
        return self.geometry == "point" and len(self.features) > _MANY


@dataclass(frozen=True, slots=True)
class CandidateMap:
    """What is drawn."""

    title: str
    layers: tuple[CandidateLayer, ...]
    notes: tuple[str, ...]
    attribution: str

    def box(self) -> Box:
        """Return the part of the world that the layers fill."""
        points = [p for layer in self.layers for _, line in layer.features for p in line]
        if not points:
            raise GeographyError(f"{self.title}: there is nothing to show")
        lons, lats = zip(*points, strict=True)
        margin = max(0.02, 0.03 * max(max(lons) - min(lons), max(lats) - min(lats)))
        return (
            min(lons) - margin,
            min(lats) - margin,
            max(lons) + margin,
            max(lats) + margin,
        )


def region_map(region: RegionFolder) -> CandidateMap:
    """Return the ways and exclusion zones of a region folder."""
    ways = [
        (
            way.about.kind,
            " · ".join(
                filter(
                    None,
                    (
                        way.about.name or way.about.kind,
                        f"{way.length_km:,.1f} km",
                        way.about.srlgs.replace(";", ", "),
                        "" if way.about.buildable else "not buildable",
                        f"{way.about.iru_pairs} pairs of {way.about.iru_provider}"
                        if way.about.iru_pairs
                        else "",
                    ),
                )
            ),
            way.line,
        )
        for way in region.ways
    ]
    zones = _outlines((zone, "exclusion zone") for zone in region.exclusions)
    layers = [CandidateLayer("Exclusion zones", COLORS["zone"], "polygon", zones)] if zones else []
    km = sum(way.length_km for way in region.ways)
    return CandidateMap(
        f"Region {region.name}",
        (*layers, *_by_kind(ways)),
        (f"{len(region.ways):,} ways, {km:,.0f} km",),
        "; ".join(region.attribution),
    )


def _zones(study: Study) -> tuple[tuple[str, Line], ...]:
    """Return the zones of a study, with what they mean."""
    from siting.geography.terrain.zones import study_zones

    return _outlines(
        (
            zone.area,
            "exclusion zone"
            if zone.cost_factor is None
            else f"building at {zone.cost_factor:g} times the usual cost",
        )
        for zone in study_zones(study)
    )


def _outlines(areas: Iterable[tuple[Any, str]]) -> tuple[tuple[str, Line], ...]:
    """Return the outer border of every polygon, with its words."""
    import shapely

    return tuple(
        (words, tuple((float(x), float(y)) for x, y in part.exterior.coords))
        for area, words in areas
        for part in shapely.get_parts(area)
        if isinstance(part, shapely.Polygon)
    )


def network_map(study: Study, network: CandidateNetwork) -> CandidateMap:
    """Return the corridors, sites and own hut candidates of a candidate network."""
    corridors = []
    for edge in network.corridors.values():
        words = [edge.name or edge.id, f"{edge.length_km:,.1f} km with slack", *edge.srlgs]
        words += [] if edge.buildable else ["not buildable"]
        words += [text] if (text := land_words(edge)) else []
        words += [f"{edge.iru_pairs} pairs of {edge.iru_provider}"] if edge.iru_provider else []
        ends = (network.nodes[edge.node_a], network.nodes[edge.node_b])
        line = edge.geometry or tuple((node.lon, node.lat) for node in ends)
        corridors.append((edge.kind, " · ".join(words), line))
    zones = _zones(study)
    ties: list[tuple[str, Line]] = []
    for tie in network.tie_lines.values():
        campus, station = study.campuses[tie.campus], study.substations[tie.substation]
        drawn = tie.geometry or ((campus.lon, campus.lat), (station.lon, station.lat))
        ties.append((f"tie line {tie.id} · {tie.length_km:,.1f} km", drawn))
    stretches, risks = hazard_layers(network)
    huts = [h for h in network.huts.values() if h.operator == OWN]
    points: tuple[tuple[str, str, list[tuple[str, Line]]], ...] = (
        ("At one place (shared risk)", "hazard", risks),
        ("Own hut candidates", "hut", [(f"hut {h.id}", ((h.lon, h.lat),)) for h in huts]),
        (
            "Substations",
            "substation",
            [
                (f"{s.name} ({s.id}) · {s.kv:g} kV", ((s.lon, s.lat),))
                for s in study.substations.values()
            ],
        ),
        (
            "Campuses",
            "campus",
            [
                (f"{c.name} ({c.id}) · up to {c.limit_mw:,.0f} MW", ((c.lon, c.lat),))
                for c in study.campuses.values()
            ],
        ),
    )
    return CandidateMap(
        f"{study.file.title}: candidate network",
        (
            *([CandidateLayer("Zones", COLORS["zone"], "polygon", zones)] if zones else []),
            *_by_kind(corridors),
            *_stretches(stretches),
            *([CandidateLayer("Tie lines", COLORS["tie"], "line", tuple(ties))] if ties else []),
            *(CandidateLayer(t, COLORS[k], "point", tuple(f)) for t, k, f in points if f),
        ),
        tuple(f"Synthetic: {words}" for words in (*study.file.synthetic, *network.synthetic)),
        "; ".join(filter(None, (network.definition.get(key) for key in _SOURCES))),
    )


def _stretches(lines: list[tuple[str, Line]]) -> list[CandidateLayer]:
    """Return the layer of stretches where corridors run together, if there are any."""
    title = "Side by side (shared risk)"
    return [CandidateLayer(title, COLORS["hazard"], "line", tuple(lines))] if lines else []


def _by_kind(ways: Iterable[tuple[str, str, Line]]) -> list[CandidateLayer]:
    kinds: dict[str, list[tuple[str, Line]]] = {}
    for kind, label, line in ways:
        kinds.setdefault(kind, []).append((label, line))
    return [
        CandidateLayer(title, COLORS[kind], "line", tuple(kinds[kind]))
        for kind, title in TITLES.items()
        if kind in kinds
    ]


def write_candidate_page(drawn: CandidateMap, path: Path) -> None:
    """Write one HTML file that opens from disk and asks nothing of the network."""
    box = drawn.box()
    library, library_css = leaflet()
    data = {
        "bounds": _turned(((box[0], box[1]), (box[2], box[3]))),
        "outlines": [_turned(line) for line in state_outlines(box)],
        "attribution": drawn.attribution.replace("&", "&amp;").replace("<", "&lt;"),
        "layers": [
            {
                "title": layer.title,
                "color": layer.color,
                "geometry": layer.geometry,
                "shown": not layer.is_crowd(),
                "features": [[label, _turned(line)] for label, line in layer.features],
            }
            for layer in drawn.layers
        ],
    }
    text = (
        environment()
        .get_template("candidates.html.j2")
        .render(
            title=drawn.title,
            notes=drawn.notes,
            data=json_text(data),
            library=library,
            library_css=library_css,
        )
    )
    path.write_text(text, encoding="utf-8")


def _turned(line: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Return points as Leaflet wants them: latitude first."""
    return [[round(lat, _DIGITS), round(lon, _DIGITS)] for lon, lat in line]


def write_candidate_picture(drawn: CandidateMap, path: Path) -> None:
    """Draw the map as PNG or SVG, by the ending of ``path``."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": drawn.title, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(11, 8.2), dpi=160, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        box = framed(drawn.box())
        axes.set_xlim(box[0], box[2])
        axes.set_ylim(box[1], box[3])
        axes.set_aspect(1 / math.cos(math.radians((box[1] + box[3]) / 2)))
        axes.set_facecolor("#fbfcfd")
        axes.set_xticks([])
        axes.set_yticks([])
        for line in state_outlines(box):
            axes.plot(*zip(*line, strict=True), color="#8e98a3", linewidth=1.0, zorder=1)
        width = 0.9 if sum(len(layer.features) for layer in drawn.layers) < _MANY else 0.5
        for order, layer in enumerate(drawn.layers, start=2):
            label = f"{layer.title} ({len(layer.features):,})"
            lines = [line for _, line in layer.features]
            if layer.is_crowd():
                axes.scatter([], [], s=3, color=layer.color, label=f"{label}, not drawn")
            elif layer.geometry == "point":
                lons, lats = zip(*(line[0] for line in lines), strict=True)
                size = 3 if len(lines) > 500 else 22
                axes.scatter(lons, lats, s=size, color=layer.color, label=label, zorder=order)
            elif layer.geometry == "polygon":
                axes.add_collection(
                    PolyCollection(
                        lines, facecolor=layer.color, alpha=0.25, label=label, zorder=order
                    ),
                    autolim=False,
                )
            else:
                axes.add_collection(
                    LineCollection(
                        lines, color=layer.color, linewidth=width, label=label, zorder=order
                    ),
                    autolim=False,
                )
        axes.set_title(drawn.title, loc="left", fontsize=13, fontweight="bold")
        notes = [line for note in (*drawn.notes, drawn.attribution) for line in wrapped(note)]
        axes.set_xlabel("\n".join(notes), fontsize=7.5, loc="left")
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=9)
        scale_bar(axes, box)
        figure.savefig(path, bbox_inches="tight", pad_inches=0.15)
