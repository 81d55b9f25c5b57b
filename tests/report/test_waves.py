"""Plans with leased waves, whose path the carrier may keep to itself, and with many quarters."""

from __future__ import annotations

import json

import pytest

from siting.plan import PlannedRoute
from siting.report import summary_text, write_report
from siting.report.charts import energization_chart
from siting.report.materials import bill_of_materials
from siting.report.view import View
from siting.tables import LeasedWaveRow


@pytest.fixture(scope="module")
def leased(case):
    """The hand-made case with its second route replaced by leased waves of undeclared path."""
    wave = PlannedRoute(
        id="w1",
        kind="leased_wave",
        corridors=(),
        supply=(),
        fiber_type=None,
        length_km=420,
        huts=(),
        regenerators=(),
        spans_km=(),
        rtt_ms=4.3,
        leased_wave="acme-ad",
        waves=(0, 2, 4, 4),
    )
    row = LeasedWaveRow(
        id="acme-ad",
        carrier="acme",
        campus_a="abilene",
        campus_b="denton",
        rate_gbps=400,
        length_km=420,
        max_waves=8,
        usd_per_month=15000,
        one_off_usd=20000,
    )
    link = case.plan.links[0]
    first = link.model_copy(update={"routes": (link.routes[0], wave)})
    plan = case.plan.model_copy(update={"links": (first, *case.plan.links[1:])})
    study = case.study.model_copy(update={"leased_waves": {row.id: row}})
    return plan, case.verification, case.network, study


def test_every_report_is_written(leased, tmp_path):
    plan, verification, network, study = leased
    files = write_report(plan, verification, network, tmp_path, study=study)
    features = json.loads(files.geojson.read_text("utf-8"))["features"]
    wave = next(f for f in features if f["properties"]["id"] == "w1")
    assert len(wave["geometry"]["coordinates"]) == 2
    assert wave["properties"]["capacity_gbps"] == 1600
    assert "Waves: 2 from 2028, 4 from 2029" in files.html.read_text("utf-8")
    assert "wave end,w1@abilene" in files.entities.read_text("utf-8")
    assert "leased wave" in summary_text(plan, verification, network, study)


def test_waves_are_in_the_bill_of_materials(leased):
    rows = {row[1]: row for row in bill_of_materials(View(*leased)).rows}
    assert rows["Leased wave acme-ad, 400 Gb/s, one-off"][-3:] == (4.0, 20000.0, 80000.0)


def test_many_quarters_stay_readable(case):
    count = 40
    labels = tuple(f"{2027 + n // 4}Q{n % 4 + 1}" for n in range(count))
    workload = case.plan.workloads[0].model_copy(
        update={
            "served_it_mw": {"abilene": tuple(10.0 * n for n in range(count))},
            "unserved_it_mw": (5.0,) * count,
            "modes": (None,) * count,
            "replica_it_mw": {},
            "replica_homes": {},
            "paradigm": None,
            "fabric": None,
            "hub": None,
        }
    )
    campus = case.plan.campuses[0].model_copy(
        update={"built_it_mw": tuple(10.0 * n for n in range(count))}
    )
    plan = case.plan.model_copy(
        update={
            "periods": labels,
            "workloads": (workload,),
            "campuses": (campus,),
            "substations": (),
            "tie_lines": (),
            "network_upgrades": (),
            "bridging": (),
            "alternatives": (),
            "links": (),
            "corridors": (),
            "huts": (),
            "upfront_cash_usd": {},
        }
    )
    view = View(plan, case.verification, case.network)
    assert view.period_years == pytest.approx(0.25)
    named = [label for label in labels if f">{label}</text>" in energization_chart(view)]
    assert 8 <= len(named) <= 12
    text = summary_text(plan, case.verification, case.network)
    assert max(map(len, text.splitlines())) <= 100
