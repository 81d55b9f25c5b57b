"""Files for other map programs: GeoPackage, GeoJSON and KMZ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from siting.report.feature import Feature
from siting.report.layers import Layer, layers
from siting.report.view import View

_FILE_LAYERS = {
    "campuses": ("open",),
    "substations": ("powered",),
    "tie_lines": ("tie_lines",),
    "corridors": ("built", "iru"),
    "routes": ("first", "second", "further"),
    "huts": ("huts",),
    "hazards": ("hazards",),
}
"""Layer of a file: layers of the map."""

_DIGITS = 6
_KML_DATE = (2000, 1, 1, 0, 0, 0)


def planned_layers(view: View) -> dict[str, tuple[Feature, ...]]:
    """Return what the plan places, by the layer names of the files; each thing once."""
    drawn: dict[str, Layer] = {layer.id: layer for layer in layers(view)}
    found: dict[str, tuple[Feature, ...]] = {}
    for name, parts in _FILE_LAYERS.items():
        features = {item.id: item for part in parts for item in drawn[part].features}
        found[name] = tuple(features.values())
    return found


def write_geopackage(view: View, path: Path) -> None:
    """Write one layer for each kind of thing, EPSG:4326; empty kinds are left out."""
    import geopandas
    from shapely import LineString, Point

    path.unlink(missing_ok=True)
    for name, features in planned_layers(view).items():
        if not features:
            continue
        shapes = [
            LineString(f.points) if len(f.points) > 1 else Point(f.points[0]) for f in features
        ]
        records = [
            {"id": f.id, **f.values, "synthetic": _synthetic(f), "study": view.plan.study}
            for f in features
        ]
        frame = geopandas.GeoDataFrame(records, geometry=shapes, crs="EPSG:4326")
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def write_geojson(view: View, path: Path) -> None:
    """Write everything as one feature collection; ``layer`` tells the kind."""
    features = [
        {
            "type": "Feature",
            "id": f"{layer}/{item.id}",
            "geometry": _geometry(item),
            "properties": {
                "layer": layer,
                "id": item.id,
                "title": item.title,
                **item.values,
                "synthetic": _synthetic(item),
            },
        }
        for layer, items in planned_layers(view).items()
        for item in items
    ]
    collection = {
        "type": "FeatureCollection",
        "name": view.plan.study,
        "accepted": view.verification.accepted,
        "synthetic": list(view.synthetic),
        "features": features,
    }
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_kmz(view: View, path: Path) -> None:
    """Write everything for Google Earth and the like, one folder for each kind."""
    import simplekml

    kml = simplekml.Kml(name=f"{view.title}")
    warnings = [] if view.verification.accepted else ["REJECTED by the verifier: do not use."]
    kml.document.description = "\n".join([*warnings, *(f"Synthetic: {s}" for s in view.synthetic)])
    for layer in layers(view):
        if not layer.features or layer.id == "corridors":
            continue
        folder = kml.newfolder(name=layer.title, visibility=int(layer.is_planned))
        color = _kml_color(layer.color)
        for item in layer.features:
            text = "\n".join(item.lines)
            if layer.geometry == "line":
                placed = folder.newlinestring(name=item.title, description=text, coords=item.points)
                placed.style.linestyle.color = color
                placed.style.linestyle.width = 4
                placed.tessellate = 1
            else:
                placed = folder.newpoint(name=item.title, description=text, coords=item.points)
                placed.style.iconstyle.color = color
            placed.visibility = int(layer.is_planned)
            for name, value in (("id", item.id), *item.values.items()):
                # The library escapes names and descriptions, not these.
                text = "" if value is None else escape(str(value), quote=False)
                placed.extendeddata.newdata(name=name, value=text)
    _save_kmz(kml.kml(), path)


def _save_kmz(text: str, path: Path) -> None:
    """Zip with a fixed date: the same plan gives the same bytes."""
    import zipfile

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("doc.kml", date_time=_KML_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, text)


def _geometry(item: Feature) -> dict[str, object]:
    points: Sequence[list[float]] = [
        [round(lon, _DIGITS), round(lat, _DIGITS)] for lon, lat in item.points
    ]
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "LineString", "coordinates": points}


def _synthetic(item: Feature) -> bool:
    return item.values.get("data") == "synthetic"


def _kml_color(color: str) -> str:
    """Return a web color as KML writes it: alpha, blue, green, red.

    >>> _kml_color("#0072b2")
    'ffb27200'
    """
    return f"ff{color[5:7]}{color[3:5]}{color[1:3]}"
