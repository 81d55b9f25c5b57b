"""Points as rows of a study: campuses, substations, huts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from siting.geography.checks import DUPLICATE_KM
from siting.geography.geodesy import distance_km
from siting.geography.intake.report import IntakeReport
from siting.geography.plane import plane_of
from siting.geography.tracks import Track
from siting.tables import CampusRow, Row

if TYPE_CHECKING:
    from siting.network import CandidateNetwork

HUT_AWAY_KM = 5.0
"""A hut farther from every corridor is refused."""
AT_NODE_KM = 0.5
"""A hut this close to a node without a campus stands there."""
MANY = 2000
"""Above so many campuses neighbors are not compared."""


def without_repeats(rows: Sequence[Row], places: Sequence[str], report: IntakeReport) -> list[Row]:
    """Return the rows, each once; the same id with other content is a problem."""
    first: dict[str, tuple[Row, str]] = {}
    contents: set[tuple[Any, ...]] = set()
    again = []
    for row, at in zip(rows, places, strict=True):
        row_id = str(row.id)  # type: ignore[attr-defined]
        content = tuple(value for key, value in row if key not in {"id", "name"})
        if row_id in first and first[row_id][0] != row:
            report.problems.append(f"{at}: id {row_id!r} is already that of {first[row_id][1]}")
        elif row_id in first or (content in contents and hasattr(row, "lon")):
            again.append(at)
        else:
            first[row_id] = (row, at)
            contents.add(content)
    report.found("given again, left out", again)
    return [row for row, _ in first.values()]


def near_campuses(rows: Sequence[Row], report: IntakeReport) -> None:
    """Note campuses so close to each other that a study takes them for one."""
    campuses = [row for row in rows if isinstance(row, CampusRow)]
    if len(campuses) > MANY:
        return
    report.found(
        f"pairs of campuses within {DUPLICATE_KM:g} km, which a study refuses as one",
        [
            f"{one.id} and {two.id}"
            for one, two in combinations(campuses, 2)
            if distance_km((one.lon, one.lat), (two.lon, two.lat)) < DUPLICATE_KM
        ],
    )


def place_huts(
    cells: Sequence[dict[str, Any]],
    points: Sequence[shapely.Point],
    places: Sequence[str],
    network: CandidateNetwork,
    report: IntakeReport,
) -> None:
    """Give huts without a place the corridor or node of ``network`` where they stand.

    Args:
        cells: the rows, changed in place.
        points: their positions.
        places: where they come from.
        network: of a study with tables.
        report: takes findings and problems.
    """
    corridors = [c for c in network.corridors.values() if len(c.geometry) > 1]
    plane = plane_of([point for c in corridors for point in c.geometry])
    tracks = [Track.of(c.geometry, plane) for c in corridors]
    tree = shapely.STRtree([track.planar for track in tracks])
    far, moved = [], []
    for row, point, at in zip(cells, points, places, strict=True):
        if "corridor_id" in row or "node_id" in row:
            continue
        here = (point.x, point.y)
        node = min(network.nodes.values(), key=lambda n: distance_km(here, (n.lon, n.lat)))
        if node.campus is None and distance_km(here, (node.lon, node.lat)) <= AT_NODE_KM:
            row["node_id"] = node.id
            continue
        ((x, y),) = plane.meters([here])
        index = int(tree.nearest(shapely.Point(x, y)))
        away_km = float(tracks[index].planar.distance(shapely.Point(x, y))) / 1000.0
        if away_km > HUT_AWAY_KM:
            far.append(f"{at} ({away_km:.1f} km)")
            continue
        corridor = corridors[index]
        share = float(np.clip(tracks[index].fraction(x, y), 1e-6, 1.0 - 1e-6))
        row["corridor_id"] = corridor.id
        row["position_km"] = f"{share * corridor.length_km:.3f}"
        moved.append(f"{at} ({away_km:.2f} km to {corridor.id!r})")
    report.found("huts moved onto the nearest corridor", moved)
    report.refuse(f"lies more than {HUT_AWAY_KM:g} km from every corridor", far)


def csv_text(rows: Sequence[Row]) -> str:
    """Return rows as a table of a study: required columns, and those that say something."""
    fields = type(rows[0]).model_fields
    names = [
        name
        for name, field in fields.items()
        if field.is_required() or any(getattr(row, name) != field.default for row in rows)
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(getattr(row, name)) for name in names] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 (any cell)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    return ";".join(value) if isinstance(value, tuple) else str(value)


def kept(cells: Mapping[str, Any], rules: Sequence[tuple[str, str, float]]) -> bool:
    """Return whether a row fits every rule (column, sign, number); absent values fit none."""
    for column, sign, limit in rules:
        try:
            value = float(cells[column])
        except (KeyError, ValueError):
            return False
        right = {">=": value >= limit, "<=": value <= limit, ">": value > limit, "<": value < limit}
        if not right.get(sign, value == limit):
            return False
    return True
