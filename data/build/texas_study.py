"""Tables of the studies ``models/texas`` and ``models/texas-single``, by rule from bundled data.

Run ``python data/build/texas_study.py`` after a change of ``data/`` or of a constant below. Every
limit, date and headroom that it writes is a **scenario**: the sites are reported or placed by rule,
the grid is synthetic, and nobody offered this power.

**Campuses.** The announced and greenfield sites of ``data/sites`` whose grid region is ERCOT (El
Paso is served by another grid, for which the rules of power below say nothing). Sites within 5 km
are one: the first of the table stays. Other parties own the announced campuses, so the planner
could contract ``SHARE`` of the planned facility MW and at most ``MOST_MW``. With that no group of
campuses joined by steps of 40 km or less holds more than half of the 2,000 MW of IT at peak PUE;
the script stops otherwise. Area and land price follow the limit.

**Dates.** Requests for a grid connection were filed at ``DECISION``; equipment is ordered later, at
the ``decision_date`` of ``study.yaml``. An announced campus has room for the planner one year after
its first power (the first building is the owner's); where that is not known, after the date at
which it was seen in service. A greenfield campus takes a year for land and the request, then the
wait for a large-load connection of its zone in the catalog: ``grid.wait`` (dense hub) in the zones
of the large cities, else ``grid.wait.rural``. All dates are rounded up to the first day of a year,
2027 or later.

**Substations.** The ``NEAREST`` synthetic ERCOT substations within ``REACH_KM`` of each campus. The
synthetic grid shows 500 kV where ERCOT has 345 kV: it is written, and priced, as 345 kV.

**Power.** Headroom grows to ``SHARE_OF_LINES`` of the MVA of the lines that end at the substation
plus ``SHARE_OF_SURPLUS`` of its generation less its load, between ``LEAST_HEADROOM_MW`` and
``MOST_HEADROOM_MW``, in equal yearly steps over ``STEPS`` years. The first step comes with the
first power of the campus for the ``EARLY`` substations nearest to an announced campus (2027 or
later), else after a year and the wait of the zone. In the delayed table the waits are those of the
catalog's high column and the early substations come a year later.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
MODELS = ROOT / "models"

DECISION = dt.date(2024, 1, 1)
FIRST_YEAR, LAST_YEAR = 2027, 2032
IT_MW = 2000.0
GRID = "ERCOT "
DENSE = ("ERCOT North Central", "ERCOT Coast", "ERCOT South Central")
MERGE_KM, CLUSTER_KM = 5.0, 40.0
SHARE, MOST_MW, STEP_MW = 0.30, 600, 10
OWNER_YEARS, REQUEST_YEARS = 1, 1
KM2_PER_MW, ACRES_PER_KM2 = 0.004, 247.105
KM_PER_DEGREE = 111.0
REACH_KM, NEAREST, EARLY = 50.0, 6, 2
ERCOT_KV = 345
SHARE_OF_LINES, SHARE_OF_SURPLUS = 0.05, 0.20
LEAST_HEADROOM_MW, MOST_HEADROOM_MW, STEPS = 50, 600, 5
GRID_SOURCE = "TAMU / Breakthrough Energy synthetic grid, powersimdata 0.5.5 (CC BY 4.0), 2022-12"

SINGLE = ("abilene", "shackelford", "green01", "milam")
SINGLE_CAMPUS, SINGLE_HEADROOM_MW = "abilene", 450

GEOD = Geod(ellps="WGS84")


class Waits(NamedTuple):
    """Years from a request to the first power, and how much later early substations come."""

    dense: float
    rural: float
    early_delay: int

    def years(self, region: str) -> float:
        """Return the wait of a zone."""
        return self.dense if region in DENSE else self.rural


def catalog(column: str) -> pd.Series:
    """Return a column of the power catalog by id."""
    table = pd.read_csv(DATA / "catalog" / "power.csv", index_col="id")
    return table[column].astype(float)


def waits(column: str, early_delay: int) -> Waits:
    value = catalog(column)
    return Waits(value["grid.wait"], value["grid.wait.rural"], early_delay)


def distances_km(lon: float, lat: float, table: pd.DataFrame) -> np.ndarray:
    """Return the geodesic distances from a point to the places of a table."""
    n = len(table)
    return np.asarray(GEOD.inv(np.full(n, lon), np.full(n, lat), table.lon, table.lat)[2]) / 1000.0


def groups(table: pd.DataFrame, km: float) -> list[list[int]]:
    """Return the places that are joined by steps of at most ``km``, as lists of row numbers."""
    near = np.array([distances_km(row.lon, row.lat, table) <= km for row in table.itertuples()])
    left, found = list(range(len(table))), []
    while left:
        group = [left.pop(0)]
        for member in group:
            joined = [i for i in left if near[member, i]]
            group += joined
            left = [i for i in left if i not in joined]
        found.append(sorted(group))
    return found


def sites() -> pd.DataFrame:
    """Return the candidate sites: of ERCOT, merged."""
    tables = [
        pd.read_csv(DATA / "sites" / f"us_tx_{k}.csv", dtype={"first_power": str})
        for k in ("campuses", "greenfield")
    ]
    table = pd.concat(tables, ignore_index=True)
    table = table[table.grid_region.str.startswith(GRID)].reset_index(drop=True)
    keep = [group[0] for group in groups(table, MERGE_KM)]
    return table.loc[keep].reset_index(drop=True)


def new_year(years: float) -> dt.date:
    """Return the first of January on or after a time in years, 2027 or later."""
    return dt.date(max(int(np.ceil(years - 1e-9)), FIRST_YEAR), 1, 1)


def first_power(site: pd.Series) -> float:
    """Return the end of the month or year of the first power of an announced campus, in years."""
    text = site.first_power if isinstance(site.first_power, str) else site.as_of
    year, *rest = text.split("-")
    return int(year) + (int(rest[0]) / 12 if rest else 1.0)


def earliest(site: pd.Series, wait: Waits) -> dt.date:
    if site.kind == "announced":
        return new_year(first_power(site) + OWNER_YEARS)
    return new_year(DECISION.year + REQUEST_YEARS + wait.years(site.grid_region))


def rounded(megawatts: float) -> int:
    return STEP_MW * round(megawatts / STEP_MW)


def campuses(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``campuses.csv``."""
    wait, value = waits("base", 0), catalog("base")
    limit = [min(rounded(SHARE * mw), MOST_MW) for mw in table.facility_mw_planned]
    most = IT_MW / 2 * value["pue.peak"]
    for group in groups(table, CLUSTER_KM):
        held = sum(limit[i] for i in group)
        if held > most:
            names = ", ".join(table.id[group])
            raise SystemExit(f"{names}: {held} MW within {CLUSTER_KM:g} km, more than {most:g} MW")
    area = KM2_PER_MW * np.array(limit)
    return pd.DataFrame(
        {
            "id": table.id,
            "name": table.name,
            "lon": table.lon,
            "lat": table.lat,
            "kind": table.kind,
            "limit_mw": limit,
            "earliest_date": [earliest(row, wait) for _, row in table.iterrows()],
            "fixed_cost_usd": (area * ACRES_PER_KM2 * value["land"]).round(-5).astype(int),
            "grid_region": table.grid_region,
            "area_km2": area.round(2),
            "position_accuracy_km": (table.position_accuracy_deg * KM_PER_DEGREE).round(1),
            "confidence": table.confidence,
            "source": [site_source(row) for _, row in table.iterrows()],
            "note": [
                f"scenario: {SHARE:.0%} of {mw:g} MW planned, at most {MOST_MW} MW; date by rule"
                for mw in table.facility_mw_planned
            ],
        }
    )


def site_source(site: pd.Series) -> str:
    if site.kind == "greenfield":
        return f"placed by rule, data/build/greenfield.py, {site.as_of}"
    return f"{site.publisher} ({site.licence}), {site.as_of}, {site['mark']}; data/sites"


def grid() -> pd.DataFrame:
    """Return the synthetic substations of ERCOT."""
    table = pd.read_csv(DATA / "grid" / "us_tx_substations_tamu.csv")
    return table[table.grid_region.str.startswith(GRID)].reset_index(drop=True)


def near(site: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    """Return the substations that a campus can be tied to, the nearest first."""
    away = distances_km(site.lon, site.lat, table)
    order = [i for i in np.argsort(away, kind="stable")[:NEAREST] if away[i] <= REACH_KM]
    return table.loc[order]


def reached(table: pd.DataFrame) -> pd.DataFrame:
    """Return the substations within reach of the sites."""
    every = grid()
    ids = {name for _, site in table.iterrows() for name in near(site, every).id}
    return every[every.id.isin(ids)].reset_index(drop=True)


def substations(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``substations.csv``."""
    return pd.DataFrame(
        {
            "id": table.id,
            "name": table.name,
            "lon": table.lon,
            "lat": table.lat,
            "kv": np.minimum(table.kv, ERCOT_KV),
            "grid_region": table.grid_region,
            "synthetic": "true",
            "source": GRID_SOURCE,
            "note": [
                f"synthetic; {kv} kV in the synthetic grid, read as {ERCOT_KV} kV"
                if kv > ERCOT_KV
                else f"synthetic; {kv} kV in the synthetic grid"
                for kv in table.kv
            ],
        }
    )


def headroom(row: pd.Series) -> int:
    """Return the headroom of a substation when it is complete, MW."""
    surplus = max(row.generation_mw - row.load_mw, 0.0)
    megawatts = rounded(SHARE_OF_LINES * row.line_mva + SHARE_OF_SURPLUS * surplus)
    return min(max(megawatts, LEAST_HEADROOM_MW), MOST_HEADROOM_MW)


def early(table: pd.DataFrame, candidates: pd.DataFrame) -> dict[str, float]:
    """Return the first power, in years, of the substations nearest to announced campuses."""
    found: dict[str, float] = {}
    for _, site in candidates[candidates.kind == "announced"].iterrows():
        for name in near(site, table).id[:EARLY]:
            found[name] = min(first_power(site), found.get(name, np.inf))
    return found


def timelines(table: pd.DataFrame, candidates: pd.DataFrame, wait: Waits) -> pd.DataFrame:
    """Return ``power_timelines.csv``: cumulative MW from the first step to the last year."""
    first_by_id = early(table, candidates)
    rows = []
    for _, row in table.iterrows():
        if row.id in first_by_id:
            first = new_year(first_by_id[row.id]).year + wait.early_delay
            why = "beside an announced campus"
        else:
            years = wait.years(row.grid_region)
            first = new_year(DECISION.year + REQUEST_YEARS + years).year
            why = f"wait {years:g} years, {'dense' if row.grid_region in DENSE else 'rural'} zone"
        full = headroom(row)
        for step in range(STEPS):
            if first + step > LAST_YEAR:
                break
            rows.append(
                {
                    "substation_id": row.id,
                    "date": dt.date(first + step, 1, 1),
                    "headroom_mw": rounded(full * (step + 1) / STEPS),
                    "note": f"scenario: step {step + 1} of {STEPS} to {full} MW from "
                    f"{row.line_mva:.0f} MVA of lines; {why}",
                }
            )
    return pd.DataFrame(rows)


def texas() -> dict[str, pd.DataFrame]:
    """Return the tables of ``models/texas`` by file name."""
    candidates = sites()
    table = reached(candidates)
    return {
        "campuses.csv": campuses(candidates),
        "substations.csv": substations(table),
        "power_timelines.csv": timelines(table, candidates, waits("base", 0)),
        "power_timelines_delayed.csv": timelines(table, candidates, waits("high", 1)),
    }


def texas_single() -> dict[str, pd.DataFrame]:
    """Return the tables of ``models/texas-single``: four candidates, one of them adequate.

    All as in ``texas``, but the substation nearest to the adequate campus offers
    ``SINGLE_HEADROOM_MW`` from the first day on.
    """
    candidates = sites()
    candidates = candidates[candidates.id.isin(SINGLE)].reset_index(drop=True)
    table = reached(candidates)
    power = timelines(table, candidates, waits("base", 0))
    site = candidates[candidates.id == SINGLE_CAMPUS].iloc[0]
    nearest = near(site, table).id.iloc[0]
    adequate = pd.DataFrame(
        [
            {
                "substation_id": nearest,
                "date": dt.date(FIRST_YEAR, 1, 1),
                "headroom_mw": SINGLE_HEADROOM_MW,
                "note": f"scenario: adequate from the start beside {SINGLE_CAMPUS}",
            }
        ]
    )
    power = pd.concat([power[power.substation_id != nearest], adequate], ignore_index=True)
    return {
        "campuses.csv": campuses(candidates),
        "substations.csv": substations(table),
        "power_timelines.csv": power,
    }


STUDIES = {"texas": texas, "texas-single": texas_single}


def main() -> None:
    """Write the tables of both studies."""
    for name, build in STUDIES.items():
        for file, table in build().items():
            path = MODELS / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, index=False, lineterminator="\n")
            print(f"{path.relative_to(ROOT)}: {len(table)} rows")


if __name__ == "__main__":
    main()
