"""Checksums of tables over their sorted content, not their bytes.

A file written again by another version of a library keeps its checksum as long as no row changes.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import geopandas as gpd
import shapely

DATA = Path(__file__).resolve().parents[1]
CHECKSUMS = DATA / "checksums.json"
DECIMALS = 6


def cell_text(value: object) -> str:
    """Write one value of a table: floats with six decimals, shapes as kind and coordinates."""
    if isinstance(value, shapely.Geometry):
        points = shapely.get_coordinates(value)
        return f"{value.geom_type} " + ",".join(f"{x:.6f} {y:.6f}" for x, y in points)
    return f"{value:.{DECIMALS}f}" if isinstance(value, float) else str(value)


def rows_of(path: Path) -> list[str]:
    """Return the rows of a CSV or GeoParquet file as text, header first, the rest sorted."""
    if path.suffix == ".parquet":
        table = gpd.read_parquet(path)
        header = list(table.columns)
        rows = [[cell_text(value) for value in row] for row in table.itertuples(index=False)]
    else:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
    lines = ["\x1f".join(row) for row in rows]
    return ["\x1f".join(header), *sorted(lines)]


def content_checksum(path: Path) -> str:
    """Return the SHA-256 of the sorted rows of a table."""
    return hashlib.sha256("\n".join(rows_of(path)).encode()).hexdigest()


def tables() -> list[Path]:
    """List every table under data/, sorted."""
    return sorted(path for kind in ("csv", "parquet") for path in DATA.rglob(f"*.{kind}"))


def write_checksums() -> dict[str, str]:
    """Recompute data/checksums.json and return it."""
    sums = {path.relative_to(DATA).as_posix(): content_checksum(path) for path in tables()}
    CHECKSUMS.write_text(json.dumps(sums, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return sums


if __name__ == "__main__":
    for name, digest in write_checksums().items():
        print(digest, name)
