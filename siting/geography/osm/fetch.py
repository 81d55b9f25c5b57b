"""Fetch layers of OpenStreetMap for an area, tile by tile; an interrupted fetch goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.errors import GeographyError
from siting.geography.osm.layers import LAYERS, Layer
from siting.geography.osm.overpass import CutShortError, Politeness, query
from siting.geography.osm.store import Store
from siting.geography.osm.tiles import quarters, tiles_of

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

Progress = Callable[[str, int, int], None]
"""Called with layer, tiles done and tiles in all."""
DEEPEST = 3
"""A tile that is too much for the server is cut into quarters at most so often."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch brought."""

    folder: Path
    rows: dict[str, int]
    """By layer."""
    queries: int
    """Requests sent this time."""
    reused: int
    """Tiles that were there from before."""


def fetch_osm(
    area: shapely.Geometry,
    folder: Path,
    layers: Iterable[str] = ("roads", "rail"),
    *,
    tile_km: float = 50.0,
    politeness: Politeness | None = None,
    progress: Progress | None = None,
) -> FetchReport:
    """Fetch layers of OpenStreetMap into ``folder``, one GeoParquet file each.

    Sends the outline of the area to the Overpass server, and nothing else.

    Args:
        area: polygon or multipolygon, lon/lat degrees.
        folder: where the layers, the tiles in work and ``manifest.json`` are kept.
        layers: names of :data:`siting.geography.osm.layers.LAYERS`.
        tile_km: largest width and height of one query.
        politeness: how the server is treated.
        progress: called after each tile.

    Raises:
        GeographyError: unknown layer, too large an area, a folder of another request, or a tile
            without a usable reply after every attempt (what was fetched is kept).
    """
    names = list(dict.fromkeys(layers))
    unknown = [name for name in names if name not in LAYERS]
    if unknown or not names:
        given = ", ".join(map(repr, unknown)) or "none"
        raise GeographyError(f"layers: {given} given, there are {', '.join(LAYERS)}")
    if tile_km <= 0:
        raise GeographyError(f"tile_km: {tile_km:g} km is not a size (above 0)")
    tiles = tiles_of(area, tile_km)
    store = Store(folder)
    store.begin(area, tile_km)
    work = _Work(store, politeness or Politeness())
    rows = {}
    for name in names:
        layer = LAYERS[name]
        if store.has_layer(layer):
            rows[name] = _layer_rows(store, layer)
            continue
        paths = []
        for number, tile in enumerate(tiles, start=1):
            paths.append(work.tile(layer, tile, DEEPEST))
            if progress is not None:
                progress(name, number, len(tiles))
        table = merged(layer, paths)
        store.save_layer(layer, table, paths)
        rows[name] = len(table)
    return FetchReport(folder=folder, rows=rows, queries=work.queries, reused=work.reused)


@dataclass(slots=True)
class _Work:
    store: Store
    politeness: Politeness
    queries: int = 0
    reused: int = 0

    def tile(self, layer: Layer, tile: shapely.Polygon, depth: int) -> Path:
        """Return the file of a tile, fetched unless it is there."""
        path = self.store.tile_path(layer, tile)
        if path.exists():
            self.reused += 1
            return path
        self.queries += 1
        try:
            table = tidy(layer, query(tile, layer, self.politeness))
        except CutShortError as error:
            if depth == 0:
                raise GeographyError(
                    f"{layer.name}: the server cuts short even 1/{4**DEEPEST} of a tile ({error}); "
                    "ask for smaller tiles or a longer time"
                ) from error
            parts = [self.tile(layer, part, depth - 1) for part in quarters(tile)]
            table = merged(layer, parts)
            self.store.save_tile(path, table)
            for part in parts:
                part.unlink(missing_ok=True)
            return path
        self.store.save_tile(path, table)
        return path


def tidy(layer: Layer, found: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the features of a reply in the columns of the layer."""
    import geopandas as gpd
    import pandas as pd

    columns = ["osm_id", "kind", "name", *layer.columns]
    if found is None or found.empty:
        return gpd.GeoDataFrame(
            {name: pd.Series(dtype="str") for name in columns}, geometry=[], crs=4326
        )
    flat = found.reset_index()
    kept = flat[_shapes_of(layer, flat)].reset_index(drop=True)

    def text(name: str) -> pd.Series:
        if name not in kept:
            return pd.Series([""] * len(kept), dtype="str")
        return kept[name].where(kept[name].notna(), "").astype("str")

    shapes = kept.geometry if layer.shape == "line" else kept.geometry.representative_point()
    table = {
        "osm_id": kept["element"].astype("str") + "/" + kept["id"].astype("str"),
        "kind": text(layer.kind_tag),
        "name": text("name"),
        **{name: text(name) for name in layer.columns},
    }
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes.to_numpy()), crs=4326)


def _shapes_of(layer: Layer, table: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return which rows have the geometry of the layer: lines, or anything for sites."""
    if layer.shape == "line":
        return table.geom_type.isin(["LineString", "MultiLineString"])
    return table.geometry.notna() & ~table.geometry.is_empty


def merged(layer: Layer, paths: list[Path]) -> gpd.GeoDataFrame:
    """Return the features of all tiles, each once, sorted by id."""
    import geopandas as gpd
    import pandas as pd

    tables = [gpd.read_parquet(path) for path in paths]
    filled = [table for table in tables if len(table)]
    if not filled:
        return tidy(layer, None)
    every = pd.concat(filled, ignore_index=True).drop_duplicates("osm_id")
    return gpd.GeoDataFrame(every.sort_values("osm_id", ignore_index=True), crs=4326)


def _layer_rows(store: Store, layer: Layer) -> int:
    import geopandas as gpd

    return len(gpd.read_parquet(store.folder / f"{layer.name}.parquet"))
