"""Geometry as it should be: one type, flat, in single parts, valid, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from siting.geography.intake.kinds import Shape
from siting.geography.intake.report import IntakeReport
from siting.geography.region.noding import SAME_DEG

_TYPES: Final[dict[Shape, tuple[type, ...]]] = {
    "line": (shapely.LineString, shapely.LinearRing),
    "polygon": (shapely.Polygon,),
    "point": (shapely.Point,),
}


@dataclass(slots=True)
class _Found:
    flat: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    other: dict[str, list[str]] = field(default_factory=dict)
    mended: list[str] = field(default_factory=list)
    tiny: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)


def clean(
    shapes: Sequence[shapely.Geometry | None],
    places: Sequence[str],
    shape: Shape,
    report: IntakeReport,
) -> list[list[shapely.Geometry]]:
    """Return the usable parts of every geometry; what was done goes to the report.

    Args:
        shapes: geometries of the file, lon/lat.
        places: where each comes from.
        shape: what is wanted.
        report: takes the findings.
    """
    found = _Found()
    make: Callable[[Any, str, _Found], list[Any]] = _point if shape == "point" else _parts_of(shape)
    result: list[list[shapely.Geometry]] = []
    for item, at in zip(shapes, places, strict=True):
        if item is None or item.is_empty:
            found.empty.append(at)
            result.append([])
            continue
        if item.has_z:
            found.flat.append(at)
        result.append(make(shapely.force_2d(item), at, found))
    report.found("without geometry, left out", found.empty)
    report.found("with heights, made flat", found.flat)
    for kind, rows in sorted(found.other.items()):
        report.found(f"of type {kind}, not {shape}, left out", rows)
    report.found("of several parts, split", found.parts)
    report.found("with invalid geometry, mended", found.mended)
    report.found("without extent, left out", found.tiny)
    report.found("areas or lines, placed at a point on them", found.moved)
    if not any(result) and not report.problems:
        kinds = sorted({item.geom_type for item in shapes if item is not None}) or ["nothing"]
        report.problems.append(f"holds no usable {shape}: {', '.join(kinds)} given")
    return result


def _parts_of(shape: Shape) -> Callable[[Any, str, _Found], list[Any]]:
    """Return a function that gives the parts of a geometry that are lines, or polygons."""

    def make(item: Any, at: str, found: _Found) -> list[Any]:  # noqa: ANN401 (any geometry)
        if shape == "polygon" and not item.is_valid:
            item = shapely.make_valid(item)
            found.mended.append(at)
        kept, left = [], set()
        for part in _singles(item):
            if not isinstance(part, _TYPES[shape]):
                left.add(part.geom_type)
                continue
            solid: Any = part if shape == "polygon" else _without_repeats(part)
            if solid is not None and (solid.area if shape == "polygon" else solid.length) > 0:
                kept.append(solid)
            else:
                found.tiny.append(at)
        for kind in sorted(left) if at not in found.mended else ():
            found.other.setdefault(kind, []).append(at)
        if len(kept) > 1:
            found.parts.append(at)
        return kept

    return make


def _singles(item: Any) -> list[Any]:  # noqa: ANN401 (any geometry)
    """Return the single geometries in a geometry, however deep."""
    if not hasattr(item, "geoms"):
        return [] if item.is_empty else [item]
    return [single for part in item.geoms for single in _singles(part)]


def _without_repeats(line: shapely.LineString) -> shapely.LineString | None:
    """Return the line with every vertex apart from the one before; None without two of them."""
    points = np.round(shapely.get_coordinates(line), SAME_DEG)
    keep = np.concatenate(([True], (np.diff(points, axis=0) != 0).any(axis=1)))
    return shapely.LineString(points[keep]) if keep.sum() > 1 else None


def _point(item: Any, at: str, found: _Found) -> list[Any]:  # noqa: ANN401 (any geometry)
    singles = _singles(item)
    if len(singles) == 1 and isinstance(singles[0], shapely.Point):
        return singles
    found.moved.append(at)
    return [shapely.make_valid(item).representative_point()]


def shape_key(item: shapely.Geometry) -> bytes:
    """Return what two geometries have in common when they are the same, drawn either way."""
    rounded = shapely.transform(item, lambda xy: np.round(xy, SAME_DEG))
    return bytes(shapely.to_wkb(shapely.normalize(rounded)))
