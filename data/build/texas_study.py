"""Tables of the studies ``models/texas`` and ``models/texas-single``, by rule from bundled data.

Run ``python data/build/texas_study.py`` after a change of ``data/`` or of a constant below. The
rules are those of :mod:`study_tables`, with these numbers:

* The announced and greenfield sites of ``data/sites`` whose grid region is ERCOT (El Paso is served
  by another grid, for which the rules of power below say nothing). No group of campuses joined by
  steps of 40 km or less may hold more than half of the 2,000 MW of IT at peak PUE; the script stops
  otherwise.
* The long wait holds in the zones of the large cities.
* The 6 nearest synthetic ERCOT substations within 50 km of each campus. The synthetic grid shows
  500 kV where ERCOT has 345 kV: it is written, and priced, as 345 kV.
* Headroom is that of :mod:`tamu`; the two substations nearest to an announced campus are early.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd
import study_tables
import tamu

IT_MW = 2000.0
GRID = "ERCOT "
DENSE = ("ERCOT North Central", "ERCOT Coast", "ERCOT South Central")
CLUSTER_KM = 40.0
ERCOT_KV = 345

SINGLE = ("abilene", "shackelford", "green01", "milam")
SINGLE_CAMPUS, SINGLE_HEADROOM_MW = "abilene", 450


def grid() -> pd.DataFrame:
    """Return the synthetic substations of ERCOT."""
    table = tamu.read("us_tx_substations_tamu.csv")
    return table[table.grid_region.str.startswith(GRID)].reset_index(drop=True)


RULES = study_tables.Rules(
    sites=("us_tx_campuses.csv", "us_tx_greenfield.csv"),
    greenfield_source="data/build/greenfield.py",
    grid=grid,
    grid_source=tamu.SOURCE,
    read_kv=lambda row: min(row.kv, ERCOT_KV),
    headroom=tamu.headroom,
    headroom_note=tamu.headroom_note,
    is_dense=lambda place: place.grid_region in DENSE,
    dense_place="dense",
    keep=lambda site: site.grid_region.startswith(GRID),
)


def check_clusters(table: pd.DataFrame) -> None:
    """Stop when campuses that are close together hold more than half of the job."""
    limit = study_tables.limits(table, RULES)
    most = IT_MW / 2 * study_tables.catalog("base")["pue.peak"]
    for group in study_tables.groups(table, CLUSTER_KM):
        held = sum(limit[i] for i in group)
        if held > most:
            names = ", ".join(table.id[group])
            raise SystemExit(f"{names}: {held} MW within {CLUSTER_KM:g} km, more than {most:g} MW")


def texas() -> dict[str, pd.DataFrame]:
    """Return the tables of ``models/texas`` by file name."""
    check_clusters(study_tables.sites(RULES))
    return study_tables.tables(RULES)


def texas_single() -> dict[str, pd.DataFrame]:
    """Return the tables of ``models/texas-single``: four candidates, one of them adequate.

    All as in ``texas``, but the substation nearest to the adequate campus offers
    ``SINGLE_HEADROOM_MW`` from the first day on.
    """
    candidates = study_tables.sites(RULES)
    candidates = candidates[candidates.id.isin(SINGLE)].reset_index(drop=True)
    table = study_tables.reached(candidates, RULES)
    power = study_tables.timelines(table, candidates, study_tables.waits("base", 0), RULES)
    site = candidates[candidates.id == SINGLE_CAMPUS].iloc[0]
    nearest = study_tables.near(site, table, RULES).id.iloc[0]
    adequate = pd.DataFrame(
        [
            {
                "substation_id": nearest,
                "date": dt.date(RULES.first_year, 1, 1),
                "headroom_mw": SINGLE_HEADROOM_MW,
                "note": f"scenario: adequate from the start beside {SINGLE_CAMPUS}",
            }
        ]
    )
    power = pd.concat([power[power.substation_id != nearest], adequate], ignore_index=True)
    return {
        "campuses.csv": study_tables.campuses(candidates, RULES),
        "substations.csv": study_tables.substations(table, RULES),
        "power_timelines.csv": power,
    }


STUDIES = {"texas": texas, "texas-single": texas_single}

if __name__ == "__main__":
    study_tables.write(STUDIES)
