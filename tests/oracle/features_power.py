"""Features of sites and power."""

from __future__ import annotations

import datetime as dt
import random

from tests.oracle.draft import Draft, tie_line
from tests.oracle.features import (
    eager,
    feature,
    loads,
    overrides,
    period_start,
    periods,
    rows,
)


@feature
def timeline(draft: Draft, rng: random.Random) -> None:
    eager(draft, rng)
    for row in rows(draft, "power_timelines"):
        later = row["date"] > "2028"
        row["headroom_mw"] = rng.randint(36, 60) if later else rng.randint(15, 35)


@feature
def campus_limit(draft: Draft, rng: random.Random) -> None:
    eager(draft, rng)
    for row in rows(draft, "campuses"):
        row["limit_mw"] = rng.randint(14, 30)


@feature
def tie_line_limit(draft: Draft, rng: random.Random) -> None:
    eager(draft, rng)
    for row in rows(draft, "tie_lines"):
        row["capacity_mw"] = rng.randint(14, 26)


@feature
def lead_time(draft: Draft, rng: random.Random) -> None:
    if rng.random() < 0.6:
        for row in rows(draft, "corridors"):
            row["build_lead_time_years"] = rng.choice((3.25, 4.0))
            if row["iru_provider"] and row["buildable"] == "false":
                row["build_lead_time_years"] = 0.5
    else:
        late = rng.choice(rows(draft, "campuses"))
        late["earliest_date"] = dt.date(2028, 6, 1).isoformat()


@feature
def network_upgrades(draft: Draft, rng: random.Random) -> None:
    for row in rows(draft, "power_timelines"):
        row["headroom_mw"] = rng.randint(12, 22) + (8 if row["date"] > "2028" else 0)
    stations = [row["id"] for row in rows(draft, "substations")]
    draft["file"]["sites"]["network_upgrades"] = "network_upgrades.csv"
    draft["tables"]["network_upgrades"] = [
        {
            "id": f"up{i}",
            "substation_ids": ";".join(rng.sample(stations, rng.randint(1, len(stations)))),
            "added_mw": rng.randint(15, 50),
            "cost_usd": rng.randint(50_000, 500_000),
            "lead_time_years": rng.choice((2.0, 2.5, 3.5)),
        }
        for i in range(rng.choice((1, 1, 2)))
    ]


def _bridge(draft: Draft, rng: random.Random, technology: str, usd_per_kw: float) -> None:
    """Let a gap of power be filled on site."""
    for row in rows(draft, "power_timelines"):
        if row["date"] < "2028":
            row["headroom_mw"] = min(row["headroom_mw"], rng.randint(15, 34))
    draft["file"]["sites"]["bridging"] = "bridging.csv"
    table = draft["tables"].setdefault("bridging", [])
    for campus in rng.sample(rows(draft, "campuses"), rng.choice((1, 1, 2))):
        table.append(
            {
                "id": f"gen{len(table)}",
                "campus_id": campus["id"],
                "technology": technology,
                "limit_mw": rng.randint(8, 30),
                "cost_usd_per_kw": round(usd_per_kw, 3),
                "energy_usd_per_mwh": round(rng.uniform(0.05, 1.5), 3),
                "lead_time_years": rng.choice(("", 2.0, 3.5)) if technology != "ccgt" else 2.0,
            }
        )


@feature
def bridging_owned(draft: Draft, rng: random.Random) -> None:
    technology = rng.choice(("recip", "aero", "fc", "ccgt"))
    _bridge(draft, rng, technology, rng.uniform(5, 80))


@feature
def bridging_rented(draft: Draft, rng: random.Random) -> None:
    _bridge(draft, rng, "rental", rng.uniform(0.1, 2))


@feature
def feed_redundancy(draft: Draft, rng: random.Random) -> None:
    """Two tie lines at campuses whose load must hold without one of them."""
    stations = [row["id"] for row in rows(draft, "substations")]
    ties = rows(draft, "tie_lines")
    chosen = rng.sample(rows(draft, "campuses"), rng.choice((1, 2)))
    for row in chosen:
        kinds = ("tie_line", "substation") if len(stations) > 1 else ("tie_line",)
        row["feed_redundancy"] = rng.choice(kinds)
        mine = [tie for tie in ties if tie["campus_id"] == row["id"]]
        if len(mine) < 2:
            other = [s for s in stations if s != mine[0]["substation_id"]] or stations
            ties.append(tie_line(rng, f"tie{len(ties)}", row["id"], rng.choice(other), 25, 50))


@feature
def spend_cap(draft: Draft, rng: random.Random) -> None:
    low, high = (400_000, 2_200_000) if periods(draft) == 1 else (250_000, 1_500_000)
    caps = tuple(float(rng.randint(low, high)) for _ in range(periods(draft)))
    draft["file"]["rules"].setdefault("caps", {})["upfront_usd"] = caps


@feature
def openings_cap(draft: Draft, rng: random.Random) -> None:
    rules = draft["file"]["rules"].setdefault("caps", {})
    rules["campus_openings"] = 1 if periods(draft) > 1 or rng.random() < 0.7 else 0
    if rng.random() < 0.5:
        rules["substation_connections"] = 1


@feature
def corridor_cap(draft: Draft, rng: random.Random) -> None:
    """Kilometers of corridor, or huts, that can be built in a period."""
    rules = draft["file"]["rules"].setdefault("caps", {})
    if rng.random() < 0.65:
        rules["corridor_build_km"] = tuple(
            round(rng.uniform(0, 16), 1) for _ in range(periods(draft))
        )
    else:
        rules["hut_builds"] = tuple(rng.choice((0, 0, 1)) for _ in range(periods(draft)))


@feature
def existing_sites(draft: Draft, rng: random.Random) -> None:
    campus = rng.choice(rows(draft, "campuses"))
    campus["existing_it_mw"] = rng.randint(6, 18)
    if rng.random() < 0.6:
        rng.choice(rows(draft, "substations"))["existing_mw"] = rng.randint(8, 40)
    if rng.random() < 0.6:
        rng.choice(rows(draft, "tie_lines"))["existing"] = "true"


@feature
def retirement(draft: Draft, rng: random.Random) -> None:
    """What stands already retires during the horizon."""
    existing_sites(draft, rng)
    when = period_start(draft, rng.randint(0, periods(draft) - 1))
    for table, mark in (
        ("campuses", "existing_it_mw"),
        ("substations", "existing_mw"),
        ("tie_lines", "existing"),
    ):
        for row in rows(draft, table):
            if row.get(mark) and (table == "campuses" or rng.random() < 0.6):
                row["existing_until"] = when


@feature
def energy_region(draft: Draft, rng: random.Random) -> None:
    overrides(draft).update(
        {
            "elec.TX": 100.0,
            "elec.VA": round(rng.uniform(0.01, 0.06), 4),
            "elec.IA": round(rng.uniform(0.01, 0.06), 4),
        }
    )
    if rng.random() < 0.4:
        draft["file"]["sites"]["energy_region"] = "IA"
    for row, region in zip(rows(draft, "campuses"), ("VA", "IA", "VA", "IA"), strict=False):
        if rng.random() < 0.7:
            row |= {"energy_usd_per_mwh": "", "energy_region": region}
    for load in loads(draft):
        load["unserved_usd_per_mw_year"] += 20_000.0
