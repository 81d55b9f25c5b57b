"""The summary and the numbers in words."""

from __future__ import annotations

import pytest

from siting.report import summary_text
from siting.report.charts import cost_chart, energization_chart
from siting.report.costs import LINE_LABELS
from siting.report.materials import bill_of_materials
from siting.report.shapes import route_line
from siting.report.static_map import synthetic_notes
from siting.report.table import dollars
from siting.report.text import network_proof, proof


def test_summary_fits_a_screen(case):
    text = summary_text(case.plan, case.verification, case.network, case.study)
    lines = text.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    assert dollars(case.plan.objective_usd) in text
    assert "Stargate Abilene" in text
    assert "Verified" in text
    assert "Synthetic" in text


def test_summary_works_without_the_study(case):
    assert "abilene" in summary_text(case.plan, case.verification, case.network)


def test_summary_of_a_rejected_plan_proves_nothing(case):
    bad = case.rejected()
    text = summary_text(bad.plan, bad.verification, bad.network, bad.study)
    assert text.splitlines()[1].startswith("REJECTED")
    assert "terminal_span" in text
    assert "cheaper" not in text


def test_bill_of_materials_counts_what_the_plan_places(view, case):
    rows = {row[1]: row for row in bill_of_materials(view).rows}
    routes = [route for link in case.plan.links for route in link.routes]
    coherent = [route for route in routes if route.modes[0].terminal == "roadm_cl"]
    pairs = {route.id: route.modes[0].pairs[-1] for route in coherent}
    assert rows["Line terminal, ROADM, C+L"][-3] == sum(
        2 * (1 + len(route.regenerators)) * pairs[route.id] for route in coherent
    )
    for kind, name in (("conventional", "Conventional"), ("multi_rail", "Multi-rail")):
        assert rows[f"{name} amplifiers of a pair in a hut, C+L"][-3] == sum(
            pairs[route.id] * (len(route.huts) - len(route.regenerators))
            for route in coherent
            if route.modes[0].amplifier == kind
        )
    channels = sum(route.modes[0].channels[-1] for route in coherent)
    assert rows["Transponder zrp800_131e, 800 Gb/s"][-3] == 2 * channels
    (again,) = [route for route in routes if route.regenerators]
    regenerated = rows["Regenerator of a channel, 800 Gb/s"]
    assert regenerated[-3] == again.modes[0].channels[-1]
    assert rows["Rented generation, by the month"][-3:] == (30.0, None, None)
    assert rows["On-site generation, gas engines"][-3] == 120
    assert rows["Network upgrade u1"][-3:] == (1.0, 48e6, 48e6)
    iru = case.network.corridors["abi-wea"].length_km * 24
    assert rows["Dark-fiber IRU, longhorn"][-3] == pytest.approx(iru)


def test_cash_of_the_plan_is_that_of_its_bill_of_materials(view, case):
    bought: dict[str, float] = {}
    for row in bill_of_materials(view).rows:
        line = str(row[0])
        bought[line] = bought.get(line, 0.0) + float(row[-1] or 0.0)
    for line, cash in case.plan.upfront_cash_usd.items():
        assert bought[LINE_LABELS[line]] == pytest.approx(sum(cash)), line


def test_route_runs_against_the_direction_of_a_corridor(case):
    link = case.plan.links[1]
    route = next(r for r in link.routes if r.id == "r4")
    line = route_line(case.network, link, route)
    edge = case.network.corridors["wea-den"]
    assert line[: len(edge.geometry)] == edge.geometry[::-1]
    assert line[-1] == pytest.approx((-97.1, 31.6))


def test_charts_show_every_value(view, case):
    chart = energization_chart(view)
    for name in ("Stargate Abilene", "Denton &amp; Sons", "Waco &lt;east&gt;"):
        assert name in chart
    for mw in case.plan.workloads[0].served_it_mw["abilene"]:
        assert f"{mw:.0f} IT MW" in chart
    assert "Unserved, 2027: 50 IT MW" in chart
    bars = cost_chart(view)
    assert "Transponders" in bars
    assert "Leased waves" not in bars


def bounded(plan, **bounds):
    return plan.model_copy(update={"bounds": plan.bounds.model_copy(update=bounds)})


def test_proofs_say_each_scope_once_and_the_share_of_both(case):
    plan = case.plan.model_copy(update={"objective_usd": 1e9})
    network = plan.network_cost_usd
    candidates = bounded(
        plan,
        gap_usd=2e6,
        relative_gap=0.002,
        bound_scope="candidate_routes",
        network_gap_usd=0.01 * network,
        network_relative_gap=0.01,
        network_bound_scope="candidate_routes",
        all_routes_bound_usd=None,
        network_all_routes_bound_usd=None,
    )
    outside = "over the candidate routes only; a better route outside them is not excluded."
    saved = f"at most {dollars(0.01 * network)} (1.00 %) can be saved"
    assert proof(candidates).endswith(f" of the network's cost) {outside}")
    assert network_proof(candidates).endswith(f"{saved} {outside}")
    both = bounded(
        candidates, all_routes_bound_usd=997e6, network_all_routes_bound_usd=0.98 * network
    )
    everywhere = "over every route in the saved corridor network."
    assert proof(both).endswith(
        f"over the candidate routes, and none more than 3.00 M USD (0.30 %) cheaper {everywhere}"
    )
    assert network_proof(both).endswith(
        f"{saved} over the candidate routes, "
        f"at most {dollars(0.02 * network)} (2.00 %) {everywhere}"
    )


def test_what_is_synthetic_is_said_once_below_a_map():
    lines = synthetic_notes(tuple(f"Table {n} of the study is made up by rule." for n in range(9)))
    assert sum("Synthetic:" in line for line in lines) == 1
    assert max(map(len, lines)) <= 150
    assert "Table 8 of the study is made up by rule." in " ".join(lines)
    assert synthetic_notes(()) == []
