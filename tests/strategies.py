"""Hypothesis strategies: random tiny studies (study file and table rows), and changes to them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from siting.catalog import load_catalog
from tests.oracle import features_fiber, features_huts, features_power, features_training  # noqa: F401
from tests.oracle.draft import base_draft
from tests.oracle.features import apply, two_sites

Draft = dict[str, Any]

_THEMES = ("rtt_limit", "survivability", "amplifier_minimum_spacing", "campus_limit", "iru_limit")
_PRICES = (
    "fixed_cost_usd",
    "shell_cost_usd_per_it_mw",
    "energy_usd_per_mwh",
    "cost_usd_per_mw",
    "cost_usd_per_km",
    "build_cost_usd_per_km",
    "usd_per_month",
    "one_off_usd",
)


def drafts(themes: tuple[str, ...] = _THEMES) -> st.SearchStrategy[Draft]:
    """Return random tiny studies with one workload, made to stress one of ``themes``."""
    return st.builds(one_job, st.integers(0, 10_000), st.sampled_from(themes))


def one_job(seed: int, theme: str) -> Draft:
    """Return a tiny study with one workload, made to stress a feature or rule."""
    rng = random.Random(f"{seed} {theme}")
    names, periods = rng.choice(("ab", "ab", "abc")), rng.choice((1, 1, 2))
    draft = base_draft(rng, seed, names, periods)
    two_sites(draft, rng)
    apply(draft, rng, theme)
    return draft


def renamed(draft: Draft) -> Draft:
    """Return ``draft`` with every id replaced and every table turned around."""
    names = {
        str(row["id"]): f"x{index}-{row['id'][::-1]}"
        for rows in draft["tables"].values()
        for index, row in enumerate(rows)
        if "id" in row
    }
    names |= {"telco": "another-telco", "carrier1": "zcarrier", "bridge-1": "a-bridge"}
    names |= {"train": "work"}
    tables = {
        table: [
            {key: _new_cell(key, cell, names) for key, cell in row.items()}
            for row in _turned(table, rows)
        ]
        for table, rows in draft["tables"].items()
    }
    file = copy.deepcopy(draft["file"])
    for workload in file["workloads"]:
        workload["id"] = names[workload["id"]]
        if "campuses" in workload:
            workload["campuses"] = [names[c] for c in workload["campuses"]]
    return {"file": file, "tables": tables}


def _turned(table: str, rows: list[Draft]) -> list[Draft]:
    # Two rows of one substation in a timeline may come in any order too.
    assert table
    return list(reversed(rows))


def _new_cell(key: str, cell: object, names: dict[str, str]) -> object:
    """Replace ids; numbers, dates and words of the schema (kind, grid region) stay."""
    return names.get(cell, cell) if isinstance(cell, str) and key not in {"kind", "name"} else cell


def scaled(draft: Draft, factor: float) -> Draft:
    """Return ``draft`` with every price of the study and of the catalog times ``factor``."""
    changed = copy.deepcopy(draft)
    overrides = changed["file"]["catalog"]["overrides"]
    for name, row in load_catalog().rows.items():
        if "USD" in row.unit or row.unit == "c/kWh":
            overrides[name] = factor * overrides.get(name, row.base)
    for fibers, usd in ((2, 800.0), (4, 1200.0), (6, 1500.0)):
        overrides[f"cable.{fibers}"] = factor * usd
    for rows in changed["tables"].values():
        for row in rows:
            row.update({key: factor * row[key] for key in _PRICES if key in row})
    for workload in changed["file"]["workloads"]:
        for key in ("unserved_usd_per_mw_year", "goodput_usd_per_mw_year"):
            workload[key] *= factor
    return changed


def with_workload(draft: Draft, change: Callable[[Draft], object]) -> Draft:
    """Return a copy of ``draft`` whose workload was changed."""
    changed = copy.deepcopy(draft)
    change(changed["file"]["workloads"][0])
    return changed


def with_corridor(draft: Draft, length_km: float) -> Draft:
    """Return ``draft`` with one corridor more between its first two campuses."""
    changed = copy.deepcopy(draft)
    row = {**changed["tables"]["corridors"][0], "id": "more", "srlgs": "", "buildable": "true"}
    changed["tables"]["corridors"].append(
        {**row, "node_a": "n-a", "node_b": "n-b", "length_km": length_km}
    )
    return changed


def with_campus(draft: Draft) -> Draft:
    """Return ``draft`` with one campus more, cheap, on corridors and a tie line of its own."""
    changed = copy.deepcopy(draft)
    tables = changed["tables"]
    place = {"lon": -100.3, "lat": 32.3}
    tables["campuses"].append({**tables["campuses"][0], "id": "d", "name": "D", **place})
    tables["nodes"].append({"id": "n-d", "campus_id": "d", **place})
    tables["tie_lines"].append({**tables["tie_lines"][0], "id": "tie-d", "campus_id": "d"})
    for number, end in enumerate(("n-a", "n-j")):
        row = {**tables["corridors"][0], "id": f"to-d{number}", "node_a": end, "node_b": "n-d"}
        tables["corridors"].append({**row, "length_km": 11.0 + number})
    return changed
