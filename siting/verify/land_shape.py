"""``plan_shape`` of land: the share of every corridor in towns, from its line and the places.

Each disc is enclosed by one polygon and encloses another, so the share lies between two others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from siting._paths import DATA
from siting.catalog import Catalog
from siting.network import Corridor
from siting.verify import tolerances
from siting.verify.findings import Rule
from siting.verify.geodesic import geodesic_km

CORNERS = 64
DEGREE_KM = 110.0
"""A degree of latitude is at least so long."""


class Share(NamedTuple):
    """Least and largest possible share of a line."""

    least: float
    most: float


def land_shape(corridors: Sequence[Corridor], catalog: Catalog, rule: Rule) -> None:
    """Check the land shares of corridors that have them."""
    lines = [corridor.geometry for corridor in corridors]
    cores = town_shares(lines, catalog.value("land.urban.area"))
    area = max(catalog.value("land.suburban.area"), catalog.value("land.urban.area"))
    towns = town_shares(lines, area)
    for corridor, core, town in zip(corridors, cores, towns, strict=True):
        urban, suburban = corridor.urban_fraction or 0.0, corridor.suburban_fraction or 0.0
        for what, found, asked in (
            ("share in cores of towns", urban, core),
            ("share in towns", urban + suburban, town),
        ):
            where, slack = f"corridor {corridor.id}", tolerances.SHARE
            rule.at_least(where, what, found, asked.least, "", slack)
            rule.at_most(where, what, found, asked.most, "", slack)


def town_shares(lines: Sequence[Sequence[tuple[float, float]]], m2: float) -> list[Share]:
    """Return the share of each line inside discs around places with ``m2`` for each person."""
    import numpy as np
    import shapely

    places, people = _places()
    radii = np.sqrt(people * m2 / 1e6 / math.pi)
    high = radii / DEGREE_KM
    wide = high / np.cos(np.radians(np.minimum(np.abs(places[:, 1]) + high, 89.0)))
    (x, y), boxes = places.T, (wide, high)
    tree = shapely.STRtree(shapely.box(x - boxes[0], y - boxes[1], x + boxes[0], y + boxes[1]))
    shapes = [shapely.LineString(line) for line in lines]
    near: dict[int, list[int]] = defaultdict(list)
    for line, place in tree.query(shapes).T.tolist():
        near[line].append(place)
    used = sorted({place for found in near.values() for place in found})
    discs = {
        place: (_disc(places[place], radii[place], inner=True), _disc(places[place], radii[place]))
        for place in used
    }
    found = [Share(0.0, 0.0)] * len(lines)
    for line, around in near.items():
        whole = geodesic_km(lines[line])
        if whole > 0:
            inner, outer = zip(*(discs[place] for place in around), strict=True)
            least, most = (_inside_km(shapes[line], area) / whole for area in (inner, outer))
            found[line] = Share(least, most)
    return found


@cache
def _places() -> tuple[Any, Any]:
    import geopandas as gpd
    import numpy as np
    import shapely

    frame = gpd.read_parquet(DATA / "geography" / "places.parquet")
    return shapely.get_coordinates(frame.geometry.to_numpy()), np.asarray(frame.population, float)


def _disc(center: Any, radius_km: float, *, inner: bool = False) -> Any:  # noqa: ANN401
    """Return a polygon around a disc, or one inside it."""
    import numpy as np
    import shapely
    from pyproj import Geod

    margin = tolerances.RADIUS * radius_km + tolerances.RADIUS_KM
    reach = max(radius_km - margin, 0.0) if inner else (radius_km + margin) / _FLAT
    turn = 360.0 / CORNERS * np.arange(CORNERS)
    lon, lat = (np.full(CORNERS, value) for value in center)
    meters = np.full(CORNERS, 1000.0 * reach)
    return shapely.Polygon(np.column_stack(Geod(ellps="WGS84").fwd(lon, lat, turn, meters)[:2]))


_FLAT = math.cos(math.pi / CORNERS)
"""Distance of the sides of a polygon from its middle over that of its corners."""


def _inside_km(line: Any, areas: Sequence[Any]) -> float:  # noqa: ANN401
    import shapely

    area = areas[0] if len(areas) == 1 else shapely.union_all(areas)
    pieces = shapely.get_parts(line.intersection(area))
    return sum(geodesic_km(piece.coords) for piece in pieces if piece.geom_type == "LineString")
