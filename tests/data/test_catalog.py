"""The equipment and cost catalog: every row has a unit, an ordered range and a legal mark."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

CATALOG = Path(__file__).parents[2] / "data" / "catalog"
NAMES = sorted(path.stem for path in CATALOG.glob("*.csv"))
COLUMNS = [
    "id",
    "item",
    "unit",
    "low",
    "base",
    "high",
    "life_years",
    "lead_time_years",
    "mark",
    "source",
    "as_of",
    "note",
]
MARKS = {"source", "source-not-reverified", "computed", "judgement"}
PRICE_PREFIXES = ("USD", "k USD", "M USD")
"""Units of money; an asset is priced in money without a time in the unit."""
TIME_SUFFIXES = ("month", "year", "MWh")


def rows(name: str) -> list[dict[str, str]]:
    """Read one catalog table, all cells as text."""
    with (CATALOG / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def all_rows() -> list[dict[str, str]]:
    """Read all tables one after the other."""
    return [row for name in NAMES for row in rows(name)]


def prices_an_asset(row: dict[str, str]) -> bool:
    """Tell whether a row is the price of something bought once and used for years."""
    unit = row["unit"]
    return unit.startswith(PRICE_PREFIXES) and not unit.endswith(TIME_SUFFIXES)


def test_the_seven_subjects_are_there() -> None:
    """The catalog covers optics, fiber, amplifiers, training, power, reliability and energy."""
    subjects = {"optics", "fiber", "ila", "training", "power", "reliability", "energy"}
    assert subjects <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_columns(name: str) -> None:
    """Every table has exactly the documented columns, in order."""
    header = (CATALOG / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",") == COLUMNS
    assert rows(name)


def test_ids_are_unique_over_all_tables() -> None:
    """An id names one row of the whole catalog."""
    ids = [row["id"] for row in all_rows()]
    assert len(ids) == len(set(ids))
    assert all(ids)


def test_ranges_are_ordered() -> None:
    """Low, base and high are numbers and do not cross."""
    wrong = [
        row["id"]
        for row in all_rows()
        if not float(row["low"]) <= float(row["base"]) <= float(row["high"])
    ]
    assert wrong == []


def test_every_row_has_item_unit_and_date() -> None:
    """No figure without a name, a unit and the date it stands for."""
    wrong = [row["id"] for row in all_rows() if not (row["item"] and row["unit"] and row["as_of"])]
    assert wrong == []


def test_marks_and_sources() -> None:
    """Marks are legal, and only a judgement has no source."""
    assert {row["mark"] for row in all_rows()} <= MARKS
    wrong = [row["id"] for row in all_rows() if (row["mark"] == "judgement") == bool(row["source"])]
    assert wrong == []


def test_assets_have_life_and_lead_time() -> None:
    """A price of an asset carries its life and its lead time; both are positive where given."""
    missing = [
        row["id"]
        for row in all_rows()
        if prices_an_asset(row) and not (row["life_years"] and row["lead_time_years"])
    ]
    assert missing == []
    given = [row[key] for row in all_rows() for key in ("life_years", "lead_time_years")]
    assert all(float(value) > 0 for value in given if value)


FORMULATION = CATALOG.parents[1] / "models" / "formulation.md"
FAMILIES = {
    "<fiber>": ("G652D", "G652D_ULL", "G654E", "HCF"),
    "<module>": (
        *("zr400", "zr800", "zr1600", "zrp400", "zrp400_124"),
        *("zrp600", "zrp800_124", "zrp800_131e", "emb1200", "emb1600"),
    ),
    "<p>": ("sync", "hier", "diloco", "sdiloco", "sparse"),
    "<prefix>": ("sync", "hier", "diloco", "sdiloco", "sparse"),
    "<terminal>": ("omd32", "rd66"),
    "<technology>": ("recip", "aero", "fc", "ccgt", "rental"),
    "<method>": ("aerial", "plow", "bore", "trench", "ug_median", "longhaul", "metro"),
    "<class>": ("rural", "suburban", "urban"),
    "<n>": ("144", "288", "432", "864", "1728", "3456", "6912"),
    "<energy_region>": ("TX", "OH", "VA"),
    "<sites.energy_region>": ("TX", "OH", "VA"),
}
"""What stands for a placeholder of the mathematics."""
OPTIONAL = {"<module>.available"}
"""Rows that a family may lack."""


def named_rows() -> list[str]:
    """Return every catalog id that the mathematics names, placeholders filled in."""
    named = set(re.findall(r"\bv\(([^()]+)\)", FORMULATION.read_text("utf-8")))
    found = []
    for row_id in sorted(named - OPTIONAL - {"id"}):
        place = re.search(r"<[^<>]+>", row_id)
        names = FAMILIES[place.group()] if place else ("",)
        found += [row_id.replace(place.group(), name) if place else row_id for name in names]
    return found


def test_every_row_of_the_mathematics_is_there() -> None:
    """``models/formulation.md`` names no catalog row that is missing."""
    assert len(named_rows()) > 150
    assert set(named_rows()) - {row["id"] for row in all_rows()} == set()
