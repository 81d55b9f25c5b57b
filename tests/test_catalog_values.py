"""Values of the catalog by their unit: in its files, and as overrides."""

from __future__ import annotations

from pathlib import Path

import pytest

from siting.catalog import COLUMNS, load_catalog
from siting.catalog_values import value_problem
from siting.errors import CatalogError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("row_id", "unit", "value", "problem"),
    [
        ("zr800.launch", "dBm", -11.0, None),
        ("pen.cd", "dB", -1.0, None),
        ("HCF.D", "ps/nm/km", -2.0, None),
        ("omd32.ports", "channels", 1.0, None),
        ("omd32.ports", "channels", 0.0, "must be more than 0 channels (got 0)"),
        ("zr800.spacing", "GHz", -150.0, "must be more than 0 GHz (got -150)"),
        ("life.fiber", "years", 0.0, "must be more than 0 years (got 0)"),
        ("grid.wait", "years", 0.0, None),
        ("hut.om", "USD/site-year", 0.0, None),
        ("hut.om", "USD/site-year", -1.0, "must be at least 0 USD/site-year (got -1)"),
        ("mine", "", -1.0, "must be at least 0 (got -1)"),
    ],
)
def test_values_by_unit(row_id: str, unit: str, value: float, problem: str | None) -> None:
    assert value_problem(row_id, unit, value) == problem


def test_every_wrong_value_of_a_file_is_named(tmp_path: Path) -> None:
    lines = [
        "hut.om,upkeep,USD/site-year,-5,2,9,,,judgement,made up,2026,",
        "omd32.ports,ports,channels,0,0,32,0,-1,judgement,made up,2026,",
    ]
    (tmp_path / "my.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")
    with pytest.raises(CatalogError) as caught:
        load_catalog(str(tmp_path))
    at = "my.csv, row 3 ('omd32.ports'), column"
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [
        "my.csv, row 2 ('hut.om'), column 'low': must be at least 0 USD/site-year (got -5)",
        f"{at} 'low': must be more than 0 channels (got 0)",
        f"{at} 'base': must be more than 0 channels (got 0)",
        f"{at} 'life_years': must be more than 0, or blank (got 0)",
        f"{at} 'lead_time_years': must be at least 0 (got -1)",
    ]
