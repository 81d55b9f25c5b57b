"""Exclusion zones of a study: where nothing may be built, or at a multiple of the usual cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from siting.errors import GeographyError, problems_message
from siting.geography.region.source import crosses, split, without_exclusions
from siting.geography.ways import Way
from siting.study_region import zones_path

if TYPE_CHECKING:
    from siting.study import Study

DEAR = "cost_factor"
"""Column that says how many times as dear building is; empty: nothing may be built."""


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A polygon of the planner."""

    area: shapely.Geometry
    """Lon/lat degrees, valid."""
    cost_factor: float | None
    """None: nothing may be built."""


def study_zones(study: Study) -> tuple[Zone, ...]:
    """Return the zones of the layer that ``study`` names; none without one.

    Raises:
        GeographyError: the layer cannot be read or does not fit; all problems at once.
    """
    path = zones_path(study)
    if path is None:
        return ()
    where = f"geography.exclusions, {study.file.geography.exclusions}"
    frame = _read(path, where)
    problems = []
    if frame.crs is None:
        problems.append("the layer names no coordinate system; set one, such as EPSG:4326")
    factors = frame[DEAR].tolist() if DEAR in frame.columns else [None] * len(frame)
    for row, (shape, factor) in enumerate(zip(frame.geometry, factors, strict=True), start=1):
        if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
            problems.append(f"row {row}: must be a polygon (got {kind})")
        if not _is_blank(factor) and not _is_factor(factor):
            problems.append(
                f"row {row}, {DEAR}: must be a number of at least 1, or empty where nothing may "
                f"be built (got {factor!r})"
            )
    if problems:
        raise GeographyError(problems_message(where, problems))
    shapes = shapely.make_valid(frame.to_crs(4326).geometry.to_numpy())
    return tuple(
        Zone(area, None if _is_blank(factor) else float(factor))
        for area, factor in zip(shapes, factors, strict=True)
    )


def _read(path: Path, where: str) -> Any:  # noqa: ANN401
    import geopandas as gpd

    try:
        return gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    except Exception as error:  # whatever the library for the format raises
        raise GeographyError(f"{where}: cannot be read as a layer ({error})") from error


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_factor(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 1.0 <= float(str(value)) < math.inf


def forbidden(zones: Sequence[Zone]) -> tuple[shapely.Geometry, ...]:
    """Return the polygons in which nothing may be built."""
    return tuple(zone.area for zone in zones if zone.cost_factor is None)


def zoned(ways: Sequence[Way], zones: Sequence[Zone]) -> tuple[list[Way], dict[str, str]]:
    """Cut ways where they enter and leave zones.

    Returns:
        The ways, and what to say of the zones in the definition of the network.
    """
    if not zones:
        return list(ways), {}
    shut = forbidden(zones)
    cut, excluded = without_exclusions(ways, shut, "y")
    cut, dear = dearer(cut, zones)
    words = (
        f"{len(shut):,} where nothing may be built, {excluded:,} ways in them; "
        f"{len(zones) - len(shut):,} where building is dearer, {dear:,} ways in them"
    )
    return cut, {"zones_of_the_study": words}


def dearer(ways: Sequence[Way], zones: Sequence[Zone]) -> tuple[list[Way], int]:
    """Cut ways where they enter and leave dear zones; of several zones the dearest counts.

    Returns:
        The ways, and how many of them lie in such zones.
    """
    found = list(ways)
    for number, zone in enumerate(zones):
        if zone.cost_factor is None:
            continue
        found = [
            replace(piece, cost_factor=max(piece.cost_factor, zone.cost_factor * inside))
            for piece, inside in split(found, zone.area, f"z{number}.")
        ]
    return found, sum(way.cost_factor > 1.0 for way in found)


def links_dearer(ways: Sequence[Way], zones: Sequence[Zone]) -> list[Way]:
    """Return ways whose laterals and transfers through a dear zone are dear as a whole."""
    dear = [zone for zone in zones if zone.cost_factor is not None]
    if not dear:
        return list(ways)
    return [
        replace(
            way,
            cost_factor=max(
                (zone.cost_factor or 1.0 for zone in dear if crosses(way.line, [zone.area])),
                default=1.0,
            ),
        )
        if way.kind in {"lateral", "transfer"}
        else way
        for way in ways
    ]
