"""Tables of the studies ``models/midwest`` and ``models/conus``, by rule from bundled data.

Run ``python data/build/us_studies.py`` after a change of ``data/`` or of a constant below. The
rules are those of :mod:`study_tables`, with these numbers:

* ``midwest`` takes the announced sites of ``data/sites/us_campuses.csv`` in ``MIDWEST`` and the
  greenfield ones placed in Ohio, Indiana, Illinois and Virginia; ``conus`` takes every announced
  site of the conterminous states and greenfield ones all over them.
* The long wait holds within ``DENSE_KM`` of a city of ``DENSE_POPULATION``.
* The price of power is that of the state where a site lies; Wyoming has no row in the catalog and
  takes that of Nebraska, its neighbor.
* Grid regions are the zones of the synthetic grid, finer than an ISO.
* The synthetic grid has wrong voltage classes in some states; ``READ_KV`` says how they are read.
* Headroom is that of :mod:`tamu`; the two substations nearest to an announced campus are early.
"""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import pandas as pd
import shapely
import study_tables
import tamu

DENSE_KM, DENSE_POPULATION = 60.0, 500_000
MIDWEST = ("OH", "IN", "IL", "VA", "WI", "MI", "PA")
PRICE_OF = {"WY": "NE"}
READ_KV = {
    "TX": {500: 345, 765: 345},
    "OH": {500: 345},
    "VA": {345: 500},
    "GA": {345: 500},
    "LA": {345: 500},
}
"""State to class in the synthetic grid to class that is written and priced, kV."""


@cache
def states() -> gpd.GeoDataFrame:
    return gpd.read_parquet(study_tables.DATA / "geography" / "us_states.parquet")


@cache
def large_cities() -> pd.DataFrame:
    table = pd.read_csv(study_tables.DATA / "geography" / "us_metros.csv")
    return table[table.population >= DENSE_POPULATION]


def grid() -> pd.DataFrame:
    """Return the synthetic substations of the conterminous states."""
    return tamu.read("us_substations_tamu.csv")


def read_kv(row: pd.Series) -> int:
    """Return the voltage class that is written for a substation."""
    return READ_KV.get(row.state, {}).get(row.kv, row.kv)


def is_dense(place: pd.Series) -> bool:
    away = study_tables.distances_km(place.lon, place.lat, large_cities())
    return bool(away.min() <= DENSE_KM)


def state_of(site: pd.Series) -> str:
    """Return the postal code of the state where a site lies, or of the nearest one."""
    away = shapely.distance(states().geometry.to_numpy(), shapely.Point(site.lon, site.lat))
    return str(states().state.iloc[int(away.argmin())])


def price_region(site: pd.Series) -> str:
    state = state_of(site)
    return PRICE_OF.get(state, state)


def rules(
    sites: tuple[str, ...], kept: tuple[str, ...] | None, first_year: int, last_year: int, most: int
) -> study_tables.Rules:
    """Return the rules of a study of the United States.

    Args:
        sites: tables of its sites.
        kept: states of its announced sites; None: all.
        first_year: first year of its timelines.
        last_year: last year of its timelines.
        most: most facility MW of a campus.
    """
    return study_tables.Rules(
        sites=sites,
        greenfield_source="data/build/greenfield.py",
        grid=grid,
        grid_source=tamu.SOURCE,
        read_kv=read_kv,
        headroom=tamu.headroom,
        headroom_note=tamu.headroom_note,
        is_dense=is_dense,
        dense_place="dense",
        keep=lambda site: kept is None or state_of(site) in kept,
        energy_region=price_region,
        first_year=first_year,
        last_year=last_year,
        most_mw=most,
    )


def midwest() -> dict[str, pd.DataFrame]:
    """Return the tables of ``models/midwest`` by file name."""
    sites = ("us_campuses.csv", "us_midwest_greenfield.csv")
    return study_tables.tables(rules(sites, MIDWEST, 2028, 2033, 600))


def conus() -> dict[str, pd.DataFrame]:
    """Return the tables of ``models/conus`` by file name."""
    sites = ("us_tx_campuses.csv", "us_campuses.csv", "us_greenfield.csv")
    return study_tables.tables(rules(sites, None, 2028, 2034, 1000))


STUDIES = {"midwest": midwest, "conus": conus}

if __name__ == "__main__":
    study_tables.write(STUDIES)
