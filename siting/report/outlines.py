"""Outlines of states and large cities around a study, from bundled data where there is any."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from siting._paths import DATA
from siting.report.shapes import Box, Line, flat_km
from siting.report.view import Point

_FILES = tuple(
    DATA / "geography" / name for name in ("us_states.parquet", "europe_countries.parquet")
)
_TOLERANCE = 2000
"""Outlines keep this many times the detail of the width of the map."""
_CITY_DISTANCE = 0.08
"""Least distance of two cities over the diagonal of the map."""


def state_outlines(box: Box) -> tuple[Line, ...]:
    """Return the outlines of states and countries inside a box, simplified for its size."""
    import geopandas
    from shapely import box as rectangle

    window = rectangle(*box)
    tolerance = max(box[2] - box[0], box[3] - box[1]) / _TOLERANCE
    lines: list[Line] = []
    files = [path for path in _FILES if path.is_file()]
    for shape in (shape for path in files for shape in geopandas.read_parquet(path).geometry):
        cut = shape.boundary.intersection(window).simplify(tolerance)
        lines += [
            tuple((float(x), float(y)) for x, y in part.coords)
            for part in getattr(cut, "geoms", [cut])
            if not part.is_empty
        ]
    return tuple(lines)


def cities(box: Box, taken: Iterable[Point] = (), most: int = 14) -> tuple[tuple[str, Point], ...]:
    """Return the largest cities inside a box, apart from each other and from named places."""
    found: dict[str, tuple[float, Point]] = {}
    for path in sorted((DATA / "geography").glob("*_metros.csv")):
        with path.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                point = (float(row["lon"]), float(row["lat"]))
                if box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]:
                    found[row["name"]] = (float(row["population"]), point)
    apart = _CITY_DISTANCE * flat_km((box[0], box[1]), (box[2], box[3]))
    places = [(point, apart / 2) for point in taken]
    kept: list[tuple[str, Point]] = []
    for name, (_, point) in sorted(found.items(), key=lambda item: -item[1][0]):
        if len(kept) < most and all(flat_km(point, other) > d for other, d in places):
            kept.append((name, point))
            places.append((point, apart))
    return tuple(kept)
