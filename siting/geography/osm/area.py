"""The area asked for."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from siting.errors import GeographyError

LON_MAX, LAT_MAX = 180.0, 90.0
METRIC_HINT = "west south east north, degrees, for example -97.5 32.0 -96.5 33.0"


def area_of_box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box as polygon.

    Raises:
        GeographyError: corners out of range, swapped, or of no extent.
    """
    problems = [
        f"{name} {value:g} is not a {kind} (|value| <= {most:g})"
        for name, value, kind, most in (
            ("west", west, "longitude", LON_MAX),
            ("east", east, "longitude", LON_MAX),
            ("south", south, "latitude", LAT_MAX),
            ("north", north, "latitude", LAT_MAX),
        )
        if not abs(value) <= most
    ]
    if not problems and west >= east:
        problems.append(f"west {west:g} is not west of east {east:g}")
    if not problems and south >= north:
        problems.append(f"south {south:g} is not south of north {north:g}")
    if problems:
        raise GeographyError(f"box: {'; '.join(problems)}; give {METRIC_HINT}")
    return shapely.box(west, south, east, north)


def area_of_file(path: Path) -> shapely.Geometry:
    """Return the union of the polygons of a vector file, in lon/lat.

    Raises:
        GeographyError: the file cannot be read, names no CRS, or holds no polygon.
    """
    try:
        table = gpd.read_file(path)
    except Exception as error:
        raise GeographyError(f"{path}: cannot be read as vector data ({error})") from error
    if table.crs is None:
        raise GeographyError(f"{path}: names no coordinate system; write one, e.g. EPSG:4326")
    shape = shapely.union_all(table.to_crs(4326).geometry.make_valid())
    parts = [p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon)]
    if not parts:
        kinds = ", ".join(sorted(set(table.geom_type.dropna()))) or "nothing"
        raise GeographyError(f"{path}: holds {kinds}, a polygon is needed")
    return shapely.union_all(parts)


def area_of_place(place: str, nominatim_url: str | None = None) -> shapely.Geometry:
    """Return the outline of a named place, asked from Nominatim: this sends the name.

    Raises:
        GeographyError: no answer, or the place is a point.
    """
    import osmnx

    from siting.geography.osm.overpass import settings

    changes: dict[str, object] = {"use_cache": False}
    if nominatim_url is not None:
        changes["nominatim_url"] = nominatim_url
    with settings(**changes):
        try:
            table = osmnx.geocode_to_gdf(place)
        except Exception as error:
            raise GeographyError(f"place {place!r}: no outline found ({error})") from error
    return shapely.union_all(table.geometry)
