"""``plan_shape`` of zones: nothing is built in exclusion zones, and dear zones are dear."""

from __future__ import annotations

from typing import Any

from siting.network import CandidateNetwork, Corridor
from siting.study import Study
from siting.study_region import region_of, zones_path
from siting.verify import tolerances
from siting.verify.findings import Rule
from siting.verify.geodesic import geodesic_km, point_at

BORDER_DEG = 3e-4
"""A corridor whose middle is this close to the border of a zone may count as in it or not."""
LINKS = ("transfer", "lateral")
"""Kinds of corridors that a zone is not cut out of."""


def has_zones(study: Study) -> bool:
    """Return whether ways may be shut by a zone."""
    folder = region_of(study)
    inner = folder is not None and (folder / "exclusions.parquet").is_file()
    return inner or zones_path(study) is not None


def zone_shape(study: Study, network: CandidateNetwork, rule: Rule) -> None:
    """Check what may be built on every corridor of a region, and its cost factor."""
    shut, dear = _zones(study)
    known = region_of(study) is not None
    for corridor in network.corridors.values():
        where = f"corridor {corridor.id}"
        if corridor.buildable:
            inside = _inside_km(corridor, shut)
            slack = tolerances.LENGTH_KM
            rule.at_most(where, "length in exclusion zones", inside, 0.0, "km", slack)
        elif not known:
            middle = _middle(corridor)
            ok = shut is not None and shut.distance(middle) <= BORDER_DEG
            rule.require(where, "is not buildable, no exclusion zone is there", ok=ok)
        low, high = _factors(corridor, dear)
        ok = low - tolerances.ROUNDING <= corridor.cost_factor <= high + tolerances.ROUNDING
        text = f"cost factor is {corridor.cost_factor:g}; the zones there say {high:g}"
        rule.require(where, text, ok=ok, value=corridor.cost_factor, limit=high)


def _factors(corridor: Corridor, dear: list[tuple[float, Any]]) -> tuple[float, float]:
    """Return the least and the largest cost factor that the zones allow."""
    import shapely

    low = high = 1.0
    if not dear:
        return low, high
    middle, line = _middle(corridor), shapely.LineString(corridor.geometry)
    for factor, area in dear:
        if corridor.kind in LINKS:
            if area.intersects(line) and not area.touches(line):
                low, high = max(low, factor), max(high, factor)
            continue
        at_border = area.boundary.distance(middle) <= BORDER_DEG
        if area.contains(middle) or at_border:
            high = max(high, factor)
            low = low if at_border else max(low, factor)
    return low, high


def _middle(corridor: Corridor) -> Any:  # noqa: ANN401
    import shapely

    return shapely.Point(point_at(corridor.geometry, 0.5))


def _inside_km(corridor: Corridor, shut: Any) -> float:  # noqa: ANN401
    import shapely

    line = shapely.LineString(corridor.geometry)
    if shut is None or not shut.intersects(line):
        return 0.0
    pieces = shapely.get_parts(line.intersection(shut))
    return sum(geodesic_km(piece.coords) for piece in pieces if piece.geom_type == "LineString")


def _zones(study: Study) -> tuple[Any, list[tuple[float, Any]]]:
    """Return where nothing may be built (None: nowhere), and dear zones with their factors."""
    import geopandas as gpd
    import shapely

    shut: list[Any] = []
    dear: list[tuple[float, Any]] = []
    folder, layer = region_of(study), zones_path(study)
    if folder is not None and (folder / "exclusions.parquet").is_file():
        shut += list(gpd.read_parquet(folder / "exclusions.parquet").geometry)
    if layer is not None:
        read = gpd.read_parquet if layer.suffix == ".parquet" else gpd.read_file
        table = read(layer).to_crs(4326)
        for row in table.to_dict("records"):
            factor = row.get("cost_factor")
            if factor is None or factor != factor:  # noqa: PLR0124 (NaN: an empty cell)
                shut.append(row[table.geometry.name])
            else:
                dear.append((float(factor), shapely.make_valid(row[table.geometry.name])))
    area = shapely.union_all([shapely.make_valid(zone) for zone in shut]) if shut else None
    if area is not None:
        shapely.prepare(area)
    return area, dear
