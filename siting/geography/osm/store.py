"""The folder that a fetch fills: one file a tile while it runs, one a layer when it is done.

``manifest.json`` says what was asked, when, and under which licence. A tile's file is written whole
or not at all, so that an interrupted fetch goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from siting.errors import GeographyError
from siting.geography.osm.layers import Layer

if TYPE_CHECKING:
    import geopandas as gpd

LICENCE = (
    "Contains information from OpenStreetMap, (c) OpenStreetMap contributors, made available under "
    "the Open Database License 1.0 (ODbL): name them wherever a map or result is shown, and offer "
    "derived databases that you use publicly under the same licence."
)
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of fetched layers."""

    folder: Path

    def begin(self, area: shapely.Geometry, tile_km: float) -> None:
        """Open the folder for this request, or go on with the same one.

        Raises:
            GeographyError: the folder holds another request.
        """
        asked = {
            "area_sha256": hashlib.sha256(shapely.to_wkb(area)).hexdigest(),
            "tile_km": tile_km,
        }
        before = self.manifest()
        if before is None:
            self._write_manifest(
                {
                    "schema_version": SCHEMA_VERSION,
                    **asked,
                    "bounds": list(area.bounds),
                    "area": shapely.to_geojson(area),
                    "layers": {},
                    "licence": LICENCE,
                }
            )
            return
        other = [key for key, value in asked.items() if before.get(key) != value]
        if other:
            raise GeographyError(
                f"{self.folder}: holds a fetch of another {' and '.join(other)}; "
                "choose another folder, or delete this one"
            )

    def manifest(self) -> dict[str, object] | None:
        """Return what the folder says about itself, None when it holds nothing."""
        path = self.folder / "manifest.json"
        if not path.exists():
            return None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise GeographyError(f"{path}: is not JSON ({error}); delete the folder") from error
        return dict(found)

    def tile_path(self, layer: Layer, tile: shapely.Polygon) -> Path:
        """Return where the result of one tile is kept."""
        key = hashlib.sha256(json.dumps(layer.tags).encode() + shapely.to_wkb(tile)).hexdigest()
        return self.folder / "tiles" / f"{layer.name}-{key[:20]}.parquet"

    def save_tile(self, path: Path, table: gpd.GeoDataFrame) -> None:
        """Write one tile, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        table.to_parquet(part, compression="zstd", index=False)
        part.replace(path)

    def save_layer(self, layer: Layer, table: gpd.GeoDataFrame, tiles: list[Path]) -> Path:
        """Write a finished layer and note when and how it was asked; its tiles are removed."""
        path = self.folder / f"{layer.name}.parquet"
        part = path.with_suffix(".part")
        table.to_parquet(part, compression="zstd", index=False)
        part.replace(path)
        manifest = self.manifest() or {}
        layers = manifest.get("layers")
        entry = {
            "fetched_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "tags": layer.tags,
            "rows": len(table),
            "queries": len(tiles),
        }
        manifest["layers"] = {**(layers if isinstance(layers, dict) else {}), layer.name: entry}
        self._write_manifest(manifest)
        for tile in tiles:
            tile.unlink(missing_ok=True)
        return path

    def has_layer(self, layer: Layer) -> bool:
        """Return whether the layer is done, with the same tags."""
        manifest = self.manifest() or {}
        layers = manifest.get("layers")
        entry = layers.get(layer.name) if isinstance(layers, dict) else None
        done = isinstance(entry, dict) and entry.get("tags") == layer.tags
        return done and (self.folder / f"{layer.name}.parquet").exists()

    def _write_manifest(self, content: dict[str, object]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / "manifest.part"
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        part.replace(self.folder / "manifest.json")
