"""Tables of the study ``models/europe``, by rule from bundled data.

Run ``python data/build/europe_study.py`` after a change of ``data/`` or of a constant below. The
rules are those of :mod:`study_tables`, with these numbers:

* The announced and greenfield sites of ``data/sites/europe_*.csv``; 40 % of the planned facility
  MW, at most 400.
* Substations are placed by rule (:mod:`europe_grid`); the 4 nearest within 40 km of each campus.
* The long wait holds within 60 km of Amsterdam, Brussels, Frankfurt and Paris: ``HUB_YEARS``, the
  low end of the 7 to 10 years on average that Ember reported for the legacy hubs (Reuters,
  2025-06-18). Elsewhere the catalog's ``grid.wait.rural`` stands in: it was compiled for the US.
* The price of power is that of the country in the catalog, a judgement.
"""

from __future__ import annotations

from functools import cache

import europe_grid
import greenfield
import pandas as pd
import study_tables

HUB_YEARS, HUB_YEARS_DELAYED = 7.0, 10.0


def grid() -> pd.DataFrame:
    """Return the substations placed by rule."""
    return pd.read_csv(study_tables.DATA / "grid" / "europe_substations_by_rule.csv")


@cache
def hubs() -> pd.DataFrame:
    return europe_grid.hubs(europe_grid.towns(study_tables.DATA))


def is_dense(place: pd.Series) -> bool:
    away = greenfield.distances_km(place.lon, place.lat, hubs())
    return bool(away.min() <= europe_grid.HUB_KM)


def waits(hub_years: float, column: str, early_delay: int) -> study_tables.Waits:
    rural = study_tables.catalog(column)["grid.wait.rural"]
    return study_tables.Waits(hub_years, rural, early_delay)


RULES = study_tables.Rules(
    sites=("europe_campuses.csv", "europe_greenfield.csv"),
    greenfield_source="data/build/europe_grid.py",
    grid=grid,
    grid_source="placed by rule, data/build/europe_grid.py, at towns of GeoNames (CC BY 4.0)",
    read_kv=lambda row: row.kv,
    headroom=lambda row: row.headroom_mw,
    headroom_note=lambda _row: "by rule",
    is_dense=is_dense,
    dense_place="hub",
    keep=lambda _site: True,
    base_waits=lambda: waits(HUB_YEARS, "base", 0),
    delayed_waits=lambda: waits(HUB_YEARS_DELAYED, "high", 1),
    energy_region=lambda site: str(site.grid_region).split(" ", maxsplit=1)[0],
    first_year=2028,
    last_year=2034,
    share=0.40,
    most_mw=400,
    reach_km=40.0,
    nearest=4,
)

STUDIES = {"europe": lambda: study_tables.tables(RULES)}

if __name__ == "__main__":
    study_tables.write(STUDIES)
