"""The optimum moves the right way: dearer, later or tighter costs more where it binds."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from siting import Plan, build_instance, build_network, solve
from siting.catalog import load_catalog
from siting.study import Study
from tests.instance.trio import trio_draft
from tests.oracle.aimed import aimed_study
from tests.oracle.binding import read_table
from tests.oracle.draft import write
from tests.oracle.families import RELAXATIONS, drop_family, reference_family

Draft = dict[str, Any]
USD = 1.0
USED = (
    "zrp400_124.price", "omd32.price", "price.conly", "hut.cost.legacy", "hut.land", "hut.om",
    "hut.lease.rack", "hut.rack.own", "iru.lh", "om.iru", "om.owned", "row.fee", "row.oneoff",
    "build.pull", "elec.TX", "cable.2",
)  # fmt: skip
"""Catalog prices of what the plan of the trio uses."""
UNUSED = ("rd66.price", "price.conv", "zrp600.price", "cable.4", "grid.line500")
CELLS = (
    ("campuses", "fixed_cost_usd"),
    ("campuses", "shell_cost_usd_per_it_mw"),
    ("campuses", "energy_usd_per_mwh"),
    ("substations", "fixed_cost_usd"),
    ("substations", "cost_usd_per_mw"),
    ("tie_lines", "cost_usd_per_km"),
    ("corridors", "build_cost_usd_per_km"),
    ("leased_waves", "usd_per_month"),
    ("leased_waves", "one_off_usd"),
)
"""Prices in the tables of the trio."""

pytestmark = pytest.mark.solver


def solved(study: Study) -> Plan:
    instance = build_instance(study, build_network(study))
    plan = solve(instance, method="monolithic", relative_gap=0).plan
    assert plan is not None
    return plan


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return solved(write(trio_draft(), tmp_path_factory.mktemp("trio")))


def changed(draft: Draft, folder: Path) -> Plan:
    return solved(write(draft, folder))


# Prices


def with_price(row: str, factor: float) -> Draft:
    draft = trio_draft()
    overrides = draft["file"]["catalog"]["overrides"]
    usual = {"cable.2": 800.0, "cable.4": 1200.0}
    price = overrides.get(row) or usual.get(row) or load_catalog("bundled").value(row)
    overrides[row] = price * factor
    return draft


@pytest.mark.parametrize("row", USED)
def test_a_dearer_price_of_what_is_used_costs_more(row: str, base: Plan, tmp_path: Path):
    dearer = changed(with_price(row, 1.2), tmp_path / "dearer").objective_usd
    assert dearer > base.objective_usd + USD
    assert changed(with_price(row, 0.8), tmp_path / "cheaper").objective_usd < (
        base.objective_usd - USD
    )


@pytest.mark.parametrize("row", UNUSED)
def test_a_dearer_price_of_what_is_not_used_costs_nothing(row: str, base: Plan, tmp_path: Path):
    plan = changed(with_price(row, 2.0), tmp_path)
    assert plan.objective_usd == pytest.approx(base.objective_usd, abs=USD)


@pytest.mark.parametrize(("table", "cell"), CELLS)
def test_a_dearer_cell_costs_more(table: str, cell: str, base: Plan, tmp_path: Path):
    draft = trio_draft()
    for row in draft["tables"][table]:
        row[cell] *= 1.2
    assert changed(draft, tmp_path).objective_usd > base.objective_usd + USD


@pytest.mark.parametrize("key", ["unserved_usd_per_mw_year", "goodput_usd_per_mw_year"])
def test_a_dearer_loss_costs_more(key: str, base: Plan, tmp_path: Path):
    draft = trio_draft()
    draft["file"]["workloads"][0][key] *= 1.2
    assert changed(draft, tmp_path).objective_usd > base.objective_usd + USD


# Dates and limits


def with_change(*path: Any, value: Any) -> Draft:
    draft = copy.deepcopy(trio_draft())
    place: Any = draft
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return draft


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # Power: the second station is 8 MW short when its second date slips.
        (("tables", "power_timelines", 0, "date"), "2028-06-01"),
        (("tables", "power_timelines", 1, "date"), "2030-01-01"),
        (("tables", "power_timelines", 3, "date"), "2029-06-01"),
        (("tables", "power_timelines", 0, "headroom_mw"), 15),
        # Campuses and lines.
        (("tables", "campuses", 0, "earliest_date"), "2028-06-01"),
        (("tables", "campuses", 1, "earliest_date"), "2029-06-01"),
        (("tables", "campuses", 0, "limit_mw"), 22),
        (("tables", "tie_lines", 1, "capacity_mw"), 24),
        # Light: the IRU route takes 2.18 ms, jitter 0.05 ms.
        (("file", "workloads", 0, "paradigms", "diloco", "rtt_limit_ms"), 2.2),
        # Fiber, racks, waves.
        (("tables", "corridors", 2, "iru_pairs"), 0),
        (("tables", "corridors", 0, "build_lead_time_years"), 4.5),
        (("tables", "leased_waves", 0, "rate_gbps"), 200),
        (("tables", "corridors", 0, "srlgs"), "carrier:carrier1"),
        (("file", "workloads", 0, "traffic", "parameters"), 3.1e11),
        (("file", "workloads", 0, "max_peers"), 1),
        (("file", "workloads", 0, "min_peer_mw"), 22.5),
        (("file", "transport", "amplifiers", "max_spacing_km"), 5.0),
        (("file", "transport", "amplifiers", "min_spacing_km"), 5.6),
        (("file", "transport", "margin_db"), 20.0),
    ],
    ids=lambda x: ".".join(str(p) for p in x) if isinstance(x, tuple) else str(x),
)
def test_later_or_tighter_costs_more(path: Any, value: Any, base: Plan, tmp_path: Path):
    plan = changed(with_change(*path, value=value), tmp_path)
    assert plan.objective_usd > base.objective_usd + USD


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("file", "workloads", 0, "survival_fraction"), 0.0),
        (("file", "workloads", 0, "rtt_classes_ms"), [2.3, 4.0, 9.0]),
        (("tables", "campuses", 1, "earliest_date"), "2027-01-01"),
        (("tables", "power_timelines", 1, "date"), "2028-01-01"),
        (("tables", "tie_lines", 1, "capacity_mw"), 28),
        (("file", "catalog", "overrides", "omd32.ports"), 2.0),
    ],
    ids=lambda x: ".".join(str(p) for p in x) if isinstance(x, tuple) else str(x),
)
def test_looser_costs_less(path: Any, value: Any, base: Plan, tmp_path: Path):
    plan = changed(with_change(*path, value=value), tmp_path)
    assert plan.objective_usd < base.objective_usd - USD


# Families of rules


def dropped(study: Study, family: str) -> Study:
    """Return the study without a family; light in the fiber takes next to no time, not none."""
    free = drop_family(study, family)
    if family != "rtt_limit":
        return free
    catalog = free.file.catalog
    overrides = {**catalog.overrides, f"{free.file.transport.fiber_types[0]}.delay": 1e-3}
    file = free.file.model_copy(
        update={"catalog": catalog.model_copy(update={"overrides": overrides})}
    )
    return free.model_copy(update={"file": file})


@cache
def binding_draw(family: str) -> tuple[int, int] | None:
    """Return seed and draw of a row of the binding table in which a family binds."""
    rows = (row for row in read_table() if family in row["binding"].split())
    return next(((int(row["seed"]), int(row["draw"])) for row in rows), None)


@pytest.mark.parametrize("family", sorted(RELAXATIONS))
def test_a_family_that_binds_costs_something(family: str, tmp_path: Path):
    found = binding_draw(family)
    assert found is not None
    seed, draw = found
    study = aimed_study(seed, tmp_path, draw)
    reference = reference_family(family)
    plan = solved(study if reference is None else drop_family(study, reference))
    assert solved(dropped(study, family)).objective_usd < plan.objective_usd - USD


@pytest.mark.parametrize("family", sorted(RELAXATIONS - {"pair_channels"}))
def test_dropping_a_family_never_costs(family: str, base: Plan, tmp_path: Path):
    study = write(trio_draft(), tmp_path)
    assert solved(dropped(study, family)).objective_usd <= base.objective_usd + USD
