"""Studies in which every number of the power side, of caps and of failures is felt."""

from __future__ import annotations

from typing import Any

from tests.analytic.powered import add, headroom, powered, row
from tests.analytic.test_interruptions import charged, cut_share, two_ways

Draft = dict[str, Any]


def plant_draft() -> Draft:
    """Return two campuses over two years, one old, one with N-1 feed.

    Campus ``a`` stands with 50 MW, connection and line until 2029. It needs the upgrade and rented
    generation in both years. Campus ``b`` has two lines, and engines behind them.
    """
    draft = powered("ab", [60.0, 80.0], 400_000.0)
    draft["file"]["money"]["discount_rate"] = 0.08
    draft["file"]["rules"] = {"caps": {"campus_openings": [1, 1], "substation_connections": [1, 1]}}
    gone = "2029-01-01"
    for c, cells in zip("ab", draft["tables"]["campuses"], strict=True):
        cells |= {
            "limit_mw": 110,
            "pue_peak": 1.25,
            "pue_average": 1.15,
            "fixed_cost_usd": 9e6,
            "shell_cost_usd_per_it_mw": 150_000,
            "energy_usd_per_mwh": 4,
            "earliest_date": "2028-01-01" if c == "b" else gone,
        }
    row(draft, "campuses", id="a").update(existing_it_mw=50, existing_until=gone)
    row(draft, "campuses", id="b")["feed_redundancy"] = "tie_line"
    for cells in draft["tables"]["substations"]:
        cells |= {"fixed_cost_usd": 12e6, "cost_usd_per_mw": 60_000}
    row(draft, "substations", id="s-a").update(existing_mw=40, existing_until=gone)
    headroom(draft, "a", 10, 60)
    headroom(draft, "b", 110, 150)
    for cells in draft["tables"]["tie_lines"]:
        cells |= {"cost_usd_per_km": 3e6, "capacity_mw": 85}
    row(draft, "tie_lines", id="t-a").update(existing=True, existing_until=gone)
    draft["tables"]["tie_lines"].append(row(draft, "tie_lines", id="t-b") | {"id": "t-b2"})
    upgrade = {"id": "u", "substation_ids": "s-a", "added_mw": 10, "cost_usd": 6e6}
    add(draft, "sites", "network_upgrades", upgrade | {"lead_time_years": 8})
    energy = {"energy_usd_per_mwh": 9}
    rented = {"technology": "rental", "limit_mw": 25, "cost_usd_per_kw": 1, **energy}
    engines = {"technology": "recip", "limit_mw": 20, "cost_usd_per_kw": 50, **energy}
    add(
        draft,
        "sites",
        "bridging",
        {"id": "g-a", "campus_id": "a", **rented, "lead_time_years": 8},
        {"id": "g-b", "campus_id": "b", **engines, "lead_time_years": 8},
    )
    return draft


def faults_draft() -> Draft:
    """Return a link that needs a second route for its availability, with interruptions charged."""
    return charged(10.0, two_ways(min_link_availability=1 - cut_share(40) + 1e-6))


def charged_draft() -> Draft:
    """Return a link on one route, whose interruptions are charged."""
    return charged(10.0, two_ways())
