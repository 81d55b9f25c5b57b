"""Tables of a study, by rule from bundled sites, a synthetic grid and the catalog.

Every limit, date and headroom that it writes is a **scenario**: the sites are reported or placed by
rule, the grid is synthetic, and nobody offered this power. What the studies have in common is
written here; the numbers of each are its :class:`Rules`.

**Campuses.** Sites within 5 km are one: the first of the table stays. Other parties own the
announced campuses, so the planner could contract a share of the planned facility MW, up to a most.
Area and land price follow the limit.

**Dates.** Requests for a grid connection were filed at the start of ``request_year``; equipment is
ordered later, at the ``decision_date`` of ``study.yaml``. An announced campus has room for the
planner one year after its first power (the first building is the owner's); where that is not known,
after the date at which it was seen in service. A greenfield campus takes a year for land and the
request, then the wait for a large-load connection in the catalog: ``grid.wait`` (dense hub) where
the rules say so, else ``grid.wait.rural``. All dates are rounded up to the first day of a year, the
first of the timelines or later.

**Substations.** The nearest ones within reach of each campus.

**Power.** Headroom grows in equal yearly steps over ``STEPS`` years. The first step comes with the
first power of the campus for the ``early`` substations nearest to an announced campus, else after a
year and the wait of the place. In the delayed table the waits are those of the catalog's high
column, unless the study has its own, and the early substations come a year later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
MODELS = ROOT / "models"

MERGE_KM = 5.0
STEP_MW = 10
OWNER_YEARS, REQUEST_YEARS = 1, 1
KM2_PER_MW, ACRES_PER_KM2 = 0.004, 247.105
KM_PER_DEGREE = 111.0
STEPS = 5

GEOD = Geod(ellps="WGS84")


class Waits(NamedTuple):
    """Years from a request to the first power, and how much later early substations come."""

    dense: float
    rural: float
    early_delay: int


@dataclass(frozen=True)
class Rules:
    """The numbers of one study."""

    sites: tuple[str, ...]
    """Tables of ``data/sites``."""
    greenfield_source: str
    """What made the greenfield rows."""
    grid: Callable[[], pd.DataFrame]
    """Substations of the study, with what its rules need."""
    grid_source: str
    read_kv: Callable[[pd.Series], int]
    """Voltage class that is written for a substation, kV."""
    headroom: Callable[[pd.Series], int]
    """Headroom of a substation when it is complete, MW."""
    headroom_note: Callable[[pd.Series], str]
    """Where that comes from."""
    is_dense: Callable[[pd.Series], bool]
    """Whether a site or substation waits as long as a dense hub."""
    dense_place: str
    """What such a place is called in notes; the other is rural."""
    keep: Callable[[pd.Series], bool]
    """Whether a site is a candidate."""
    base_waits: Callable[[], Waits] = lambda: waits("base", 0)
    delayed_waits: Callable[[], Waits] = lambda: waits("high", 1)
    energy_region: Callable[[pd.Series], str] | None = None
    """Suffix of the catalog's price of power for a site; None: that of the study."""
    request_year: int = 2024
    first_year: int = 2027
    last_year: int = 2032
    share: float = 0.30
    most_mw: int = 600
    reach_km: float = 50.0
    nearest: int = 6
    early: int = 2


def catalog(column: str) -> pd.Series:
    """Return a column of the power catalog by id."""
    table = pd.read_csv(DATA / "catalog" / "power.csv", index_col="id")
    return table[column].astype(float)


def waits(column: str, early_delay: int) -> Waits:
    value = catalog(column)
    return Waits(value["grid.wait"], value["grid.wait.rural"], early_delay)


def wait_years(place: pd.Series, wait: Waits, rules: Rules) -> float:
    """Return the wait at a site or substation."""
    return wait.dense if rules.is_dense(place) else wait.rural


def distances_km(lon: float, lat: float, table: pd.DataFrame) -> np.ndarray:
    """Return the geodesic distances from a point to the places of a table."""
    n = len(table)
    return np.asarray(GEOD.inv(np.full(n, lon), np.full(n, lat), table.lon, table.lat)[2]) / 1000.0


def groups(table: pd.DataFrame, km: float) -> list[list[int]]:
    """Return the places that are joined by steps of at most ``km``, as lists of row numbers."""
    near_by = np.array([distances_km(row.lon, row.lat, table) <= km for row in table.itertuples()])
    left, found = list(range(len(table))), []
    while left:
        group = [left.pop(0)]
        for member in group:
            joined = [i for i in left if near_by[member, i]]
            group += joined
            left = [i for i in left if i not in joined]
        found.append(sorted(group))
    return found


def sites(rules: Rules) -> pd.DataFrame:
    """Return the candidate sites, merged."""
    tables = [
        pd.read_csv(DATA / "sites" / name, dtype={"first_power": str}) for name in rules.sites
    ]
    table = pd.concat(tables, ignore_index=True)
    table = table[[rules.keep(row) for _, row in table.iterrows()]].reset_index(drop=True)
    kept = [group[0] for group in groups(table, MERGE_KM)]
    return table.loc[kept].reset_index(drop=True)


def new_year(years: float, rules: Rules) -> dt.date:
    """Return the first of January on or after a time in years, the first of the study or later."""
    return dt.date(max(int(np.ceil(years - 1e-9)), rules.first_year), 1, 1)


def first_power(site: pd.Series) -> float:
    """Return the end of the month or year of the first power of an announced campus, in years."""
    text = site.first_power if isinstance(site.first_power, str) else site.as_of
    year, *rest = text.split("-")
    return int(year) + (int(rest[0]) / 12 if rest else 1.0)


def earliest(site: pd.Series, wait: Waits, rules: Rules) -> dt.date:
    if site.kind == "announced":
        return new_year(first_power(site) + OWNER_YEARS, rules)
    return new_year(rules.request_year + REQUEST_YEARS + wait_years(site, wait, rules), rules)


def rounded(megawatts: float) -> int:
    return STEP_MW * round(megawatts / STEP_MW)


def limits(table: pd.DataFrame, rules: Rules) -> list[int]:
    """Return the facility MW that the planner could contract at each site."""
    return [min(rounded(rules.share * mw), rules.most_mw) for mw in table.facility_mw_planned]


def campuses(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return ``campuses.csv``."""
    wait, value = rules.base_waits(), catalog("base")
    limit = limits(table, rules)
    area = KM2_PER_MW * np.array(limit)
    rows = [row for _, row in table.iterrows()]
    columns: dict[str, object] = {
        "id": table.id,
        "name": table.name,
        "lon": table.lon,
        "lat": table.lat,
        "kind": table.kind,
        "limit_mw": limit,
        "earliest_date": [earliest(row, wait, rules) for row in rows],
        "fixed_cost_usd": (area * ACRES_PER_KM2 * value["land"]).round(-5).astype(int),
        "grid_region": table.grid_region,
        "area_km2": area.round(2),
        "position_accuracy_km": (table.position_accuracy_deg * KM_PER_DEGREE).round(1),
        "confidence": table.confidence,
        "source": [site_source(row, rules) for row in rows],
        "note": [
            f"scenario: {rules.share:.0%} of {mw:g} MW planned, at most {rules.most_mw} MW; "
            "date by rule"
            for mw in table.facility_mw_planned
        ],
    }
    if rules.energy_region is not None:
        columns["energy_region"] = [rules.energy_region(row) for row in rows]
    return pd.DataFrame(columns)


def site_source(site: pd.Series, rules: Rules) -> str:
    if site.kind == "greenfield":
        return f"placed by rule, {rules.greenfield_source}, {site.as_of}"
    return f"{site.publisher} ({site.licence}), {site.as_of}, {site['mark']}; data/sites"


def near(site: pd.Series, table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return the substations that a campus can be tied to, the nearest first."""
    away = distances_km(site.lon, site.lat, table)
    order = np.argsort(away, kind="stable")[: rules.nearest]
    return table.loc[[i for i in order if away[i] <= rules.reach_km]]


def reached(candidates: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return the substations within reach of the sites."""
    every = rules.grid()
    ids = {name for _, site in candidates.iterrows() for name in near(site, every, rules).id}
    return every[every.id.isin(ids)].reset_index(drop=True)


def substations(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return ``substations.csv``."""
    rows = [row for _, row in table.iterrows()]
    kv = [rules.read_kv(row) for row in rows]
    return pd.DataFrame(
        {
            "id": table.id,
            "name": table.name,
            "lon": table.lon,
            "lat": table.lat,
            "kv": kv,
            "grid_region": table.grid_region,
            "synthetic": "true",
            "source": rules.grid_source,
            "note": [
                f"synthetic; {row.kv} kV in the synthetic grid"
                + ("" if read == row.kv else f", read as {read} kV")
                for row, read in zip(rows, kv, strict=True)
            ],
        }
    )


def early(table: pd.DataFrame, candidates: pd.DataFrame, rules: Rules) -> dict[str, float]:
    """Return the first power, in years, of the substations nearest to announced campuses."""
    found: dict[str, float] = {}
    for _, site in candidates[candidates.kind == "announced"].iterrows():
        for name in near(site, table, rules).id[: rules.early]:
            found[name] = min(first_power(site), found.get(name, np.inf))
    return found


def timelines(
    table: pd.DataFrame, candidates: pd.DataFrame, wait: Waits, rules: Rules
) -> pd.DataFrame:
    """Return ``power_timelines.csv``: cumulative MW from the first step to the last year."""
    first_by_id = early(table, candidates, rules)
    rows = []
    for _, row in table.iterrows():
        if row.id in first_by_id:
            first = new_year(first_by_id[row.id], rules).year + wait.early_delay
            why = "beside an announced campus"
        else:
            years = wait_years(row, wait, rules)
            first = new_year(rules.request_year + REQUEST_YEARS + years, rules).year
            place = rules.dense_place if rules.is_dense(row) else "rural"
            why = f"wait {years:g} years, {place} zone"
        full = rules.headroom(row)
        for step in range(STEPS):
            if first + step > rules.last_year:
                break
            rows.append(
                {
                    "substation_id": row.id,
                    "date": dt.date(first + step, 1, 1),
                    "headroom_mw": rounded(full * (step + 1) / STEPS),
                    "note": f"scenario: step {step + 1} of {STEPS} to {full} MW "
                    f"{rules.headroom_note(row)}; {why}",
                }
            )
    return pd.DataFrame(rows)


def tables(rules: Rules) -> dict[str, pd.DataFrame]:
    """Return the tables of a study by file name."""
    candidates = sites(rules)
    table = reached(candidates, rules)
    return {
        "campuses.csv": campuses(candidates, rules),
        "substations.csv": substations(table, rules),
        "power_timelines.csv": timelines(table, candidates, rules.base_waits(), rules),
        "power_timelines_delayed.csv": timelines(table, candidates, rules.delayed_waits(), rules),
    }


def write(studies: Mapping[str, Callable[[], dict[str, pd.DataFrame]]]) -> None:
    """Write the tables of studies into their folders."""
    for name, build in studies.items():
        for file, table in build().items():
            path = MODELS / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, index=False, lineterminator="\n")
            print(f"{path.relative_to(ROOT)}: {len(table)} rows")
