"""What random studies are made of: features by name, each a change of a draft.

A feature function makes its feature likely to bind. It may rely on what :mod:`draft` draws and
on what bundles (:mod:`tests.oracle.instances`) promise of the shape.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.oracle.draft import Draft

Change = Callable[[Draft, random.Random], None]
FEATURES: dict[str, Change] = {}
"""By name, rules included."""


def feature(change: Change) -> Change:
    """Register a feature under the name of its function."""
    FEATURES[change.__name__.removeprefix("_")] = change
    return change


def apply(draft: Draft, rng: random.Random, name: str) -> None:
    """Apply a feature once, and note it."""
    if name not in draft["features"]:
        FEATURES[name](draft, rng)
        draft["features"].append(name)


def loads(draft: Draft) -> list[Draft]:
    """Return the workloads."""
    found: list[Draft] = draft["file"]["workloads"]
    return found


def rows(draft: Draft, table: str) -> list[Draft]:
    """Return the rows of a table."""
    found: list[Draft] = draft["tables"][table]
    return found


def overrides(draft: Draft) -> dict[str, float]:
    """Return the catalog overrides."""
    found: dict[str, float] = draft["file"]["catalog"]["overrides"]
    return found


def transport(draft: Draft) -> Draft:
    """Return the transport section."""
    found: Draft = draft["file"]["transport"]
    return found


def corridors(draft: Draft, **cells: object) -> None:
    """Set cells of every corridor."""
    for row in rows(draft, "corridors"):
        row.update(cells)


def periods(draft: Draft) -> int:
    """Return the number of periods."""
    found: int = draft["file"]["horizon"]["periods"]
    return found


def between_stations(draft: Draft) -> bool:
    """Whether there are two substations."""
    return len(rows(draft, "substations")) > 1


def period_start(draft: Draft, t: int) -> str:
    """Return the first day of a period."""
    quarter = draft["file"]["horizon"]["period"] == "quarter"
    months = t * (3 if quarter else 12)
    return f"{2028 + months // 12}-{months % 12 + 1:02d}-01"


def eager(draft: Draft, rng: random.Random, demand: tuple[int, int] = (40, 75)) -> None:
    """Make unserved demand dear, so that as much as possible is served."""
    for load in loads(draft):
        load["unserved_usd_per_mw_year"] = float(rng.randint(60_000, 120_000))
        load["it_demand_mw"] = sorted(float(rng.randint(*demand)) for _ in load["it_demand_mw"])


def two_sites(draft: Draft, rng: random.Random) -> None:
    """Make one campus too small for the demand, so that a link is worth its cost."""
    eager(draft, rng, (40, 70))
    for row in rows(draft, "campuses"):
        row["limit_mw"] = rng.randint(28, 45)
    for row in rows(draft, "tie_lines"):
        row["capacity_mw"] = rng.randint(35, 60)
    for row in rows(draft, "power_timelines"):
        row["headroom_mw"] = 90


def long_corridors(draft: Draft, rng: random.Random) -> None:
    """Make every route need an amplifier."""
    for row in rows(draft, "corridors"):
        if row["node_b"] != "n-j":
            row["length_km"] = round(rng.uniform(14.5, 19.5), 2)
        else:
            row["length_km"] = round(rng.uniform(7.1, 9.9), 2)


def no_iru(draft: Draft) -> None:
    """Leave own cable only."""
    corridors(draft, iru_provider="", iru_pairs=0, buildable="true")


def collective(load: Draft, rng: random.Random, least: float, most: float) -> None:
    """Let the bytes of the exchange alone make the traffic."""
    load["traffic"] = {"view": "collective", "parameters": rng.uniform(least, most)}
