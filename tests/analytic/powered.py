"""Studies in which each campus serves a workload of its own, and only power costs anything."""

from __future__ import annotations

from typing import Any

from siting import Plan
from tests.analytic.tiny import Draft, free_sites


def powered(names: str, demand_mw: list[float], unserved_usd: float = 1e8) -> Draft:
    """Return a draft in which every letter of ``names`` is a campus that must serve the demand.

    Campus ``a`` hangs on substation ``s-a`` by tie line ``t-a``: 200 MW each, free; no interest.

    Args:
        names: one-letter campuses, from ``a`` to ``i``.
        demand_mw: IT MW of each campus, by year from 2028; the PUE is 1.
        unserved_usd: cost of a MW not served, USD a year.
    """
    draft = free_sites([(name, "middle", 10.0) for name in names], 1.0)
    (job,) = draft["file"]["workloads"]
    draft["file"]["workloads"] = [
        {
            **job,
            "id": f"job-{name}",
            "it_demand_mw": demand_mw,
            "campuses": [name],
            "max_peers": 1,
            "unserved_usd_per_mw_year": unserved_usd,
        }
        for name in names
    ]
    draft["file"]["horizon"]["periods"] = len(demand_mw)
    return draft


def row(draft: Draft, table: str, **where: Any) -> dict[str, Any]:
    """Return the one row of a table that has these values."""
    found: dict[str, Any]
    (found,) = (
        cells
        for cells in draft["tables"][table]
        if all(cells.get(key) == value for key, value in where.items())
    )
    return found


def add(draft: Draft, section: str, key: str, *rows: dict[str, Any]) -> None:
    """Add a table that the study names by ``section.key``."""
    draft["file"].setdefault(section, {})[key] = f"{key}.csv"
    draft["tables"][key] = list(rows)


def headroom(draft: Draft, name: str, *mw: float) -> None:
    """Set the headroom of a substation, MW by year from 2028."""
    kept = [r for r in draft["tables"]["power_timelines"] if r["substation_id"] != f"s-{name}"]
    draft["tables"]["power_timelines"] = kept + [
        {"substation_id": f"s-{name}", "date": f"{2028 + t}-01-01", "headroom_mw": value}
        for t, value in enumerate(mw)
    ]


def served(plan: Plan, name: str) -> tuple[float, ...]:
    """Return the MW that a campus serves, by period; nothing when it is not in the plan."""
    for job in plan.workloads:
        if job.id == f"job-{name}":
            return job.served_it_mw.get(name, (0.0,) * len(plan.periods))
    raise KeyError(name)
