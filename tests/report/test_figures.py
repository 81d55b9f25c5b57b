"""Figures that reports compute: goodput, race, distance, availability, feeds, limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from siting.economics import annuity, period_weight
from siting.plan import COST_LINES
from siting.report.availability import availability_table, workload_availability
from siting.report.caps import caps_table
from siting.report.charts import energization_chart
from siting.report.equipment import mode_w, picojoules_per_bit
from siting.report.exchange import exchanges
from siting.report.multisite import GROUPS, multisite_table, multisite_words, single_site, trades
from siting.report.plant import hut_kw, hut_limit, hut_table
from siting.report.power import feed_table
from siting.report.race import race
from siting.report.radius import distance_table, link_energy_pj_per_bit
from siting.report.rules import RULE_REPORTS, rule_table
from siting.report.sections import PAGE, SHEETS
from siting.report.standing import brownfield_table, stands
from siting.report.text import answer
from siting.report.training import resilience_table
from siting.report.view import View
from tests.report.known import known, number

FORMULATION = Path(__file__).resolve().parents[2] / "models" / "formulation.md"


def test_loss_by_cause_adds_up_to_the_charge(view):
    item = exchanges(view)[3]
    loss = known(item.loss)
    charged = loss.token_penalty + loss.latency_class + loss.transfer
    assert charged == pytest.approx(item.charged)
    exact = loss.token_penalty + known(loss.latency_exact) + loss.transfer
    assert exact == pytest.approx(item.exact)
    assert loss.latency_class == pytest.approx(50 * 5.0 / 1000 / 10)
    assert loss.transfer == pytest.approx(0.6 * (1 / 0.9 - 1))


def test_goodput_counts_peers_and_replicas_by_their_mw(view):
    alone, *_, last = exchanges(view)
    assert (alone.goodput, alone.charged, alone.resume_hours) == (1.0, 0.0, None)
    assert last.goodput == pytest.approx(1 - (900 * known(last.charged) + 80 * 0.03) / 980)
    assert last.mfu == pytest.approx(0.4 * known(last.goodput))
    assert last.replicas == ("hills",)


def test_time_to_resume_reads_the_state_over_the_least_link(view):
    last = exchanges(view)[-1]
    read_h = 8 * 2e12 * 14 / (270000e9 * 3600)
    assert last.resume_hours == pytest.approx(30 / 120 + 15 / 60 + read_h)


def test_blast_radius_is_the_largest_share(view):
    last = exchanges(view)[-1].blast
    assert (last.campus, last.region, last.regions) == ("abilene", "ERCOT West", 3)
    assert last.campus_share == pytest.approx(520 / 980)
    rows = resilience_table(view).rows
    assert rows[-1][4] == 0.8
    assert rows[-1][7] == 0.85


def test_race_costs_what_the_clock_of_the_grid_costs(view):
    first, second, third, last = race(view)
    assert [lap.demand_it_mw for lap in (first, second, third, last)] == [200, 400, 700, 1000]
    assert first.unserved_it_mw == 50
    assert first.waiting_usd == pytest.approx(50 * 10.4e6 * period_weight(0, 1.0, 0.08))
    assert first.bridging_it_mw == pytest.approx(60 / 1.33)
    engines = annuity(2000e3, view.catalog.life_years("br.recip"), 0.08)
    fuel = 8760 * 1.2 / 1.33 * (view.price("br.fuel") - 66.0)
    expected = period_weight(0, 1.0, 0.08) * (90 * engines + 60 * fuel)
    assert first.bridging_usd == pytest.approx(expected)
    rent = period_weight(3, 1.0, 0.08) * 120 * engines
    assert last.bridging_usd == pytest.approx(rent)
    assert first.avoided_usd == pytest.approx(
        known(first.bridging_it_mw) * known(first.waiting_usd) / 50
    )


def test_grid_gives_no_more_than_headroom_tie_lines_and_campuses_take(view):
    first, _, third, last = race(view)
    stations = 4 * 200 + 140 + 200  # four new ones, one connected already, which has headroom too
    assert first.grid_it_mw == pytest.approx((stations - 180) / 1.33)  # the annex takes 160
    assert third.grid_it_mw == pytest.approx((2 * 900 + 340 + 700 + 160) / 1.33)
    assert known(last.grid_it_mw) > known(third.grid_it_mw)


def test_energy_per_bit_is_power_over_capacity(view, case):
    link = case.plan.links[2]
    (route,) = link.routes
    (mode,) = route.modes
    watts = mode_w(view, route, mode)[-1]
    expected = 2 * view.price("zr800.power") + 2 * view.price("omd32.power")
    assert watts == pytest.approx(expected)
    assert link_energy_pj_per_bit(view, link) == pytest.approx(1000 * watts / 800)
    assert picojoules_per_bit(1.0, 0.0) is None
    classes = [row[1] for row in distance_table(view).rows]
    assert classes == ["regional", "regional", "regional"]


def test_huts_draw_no_more_than_their_amplifiers(view, case):
    route = next(r for _, r, _ in view.routes if r.id == "r2")
    old = next(h for h in case.plan.huts if h.hut_class == "existing")
    assert old.id in route.huts
    assert hut_kw(view, old.id)[-1] == pytest.approx(24 * view.price("pw.multi") / 1000)
    assert hut_limit(view, old) == (6.0, 30.0)
    new = next(h for h in case.plan.huts if h.hut_class == "small")
    assert hut_limit(view, new) == (view.price("hut.racks.legacy"), view.price("hut.power.legacy"))
    again = next(h for h in case.plan.huts if h.hut_class == "large")
    pair = 2 * view.price("rd66.power") + 59 * 2 * view.price("zrp800_131e.power")
    assert hut_kw(view, again.id)[-1] == pytest.approx(18 * pair / 1000)
    titles = {row[2] for row in hut_table(view).rows}
    assert titles == {"small, built", "large, built", "provider's", "stands already"}


def test_feed_left_over_holds_the_load(view):
    abilene = feed_table(view).rows[0]
    assert abilene[:4] == ("Stargate Abilene", "any one substation", 2, 2)
    assert abilene[8] == pytest.approx(520 * 1.33 + 120)
    assert abilene[9] == "holds"


def test_campuses_that_stand_already_come_first(view):
    assert view.campuses_serving == ("abilene", "denton", "waco", "hills")
    assert [row[0] for row in brownfield_table(view).rows] == [
        *("Campus", "Substation", "Tie line", "Cable", "Hut"),
    ]
    assert stands(view, "2029-01-01") == [True, True, False, False]


def test_caps_stand_beside_what_they_cap(view, case):
    rows = {row[0]: row[2:] for row in caps_table(view).rows}
    assert rows["Campuses opened"] == (1, 1, 1, 0, 2, 2, 2, 2)
    cash = case.plan.upfront_cash_usd
    assert rows["Upfront cash"][0] == pytest.approx(sum(v[0] for v in cash.values()) / 1e6)
    assert rows["Own huts built"][4:] == (None,) * 4


def test_availability_is_that_of_the_verifier(view):
    rows = availability_table(view).rows
    protected, _, replica, whole = rows
    assert protected[4] == 1.0
    assert number(protected[5]) < 1.0
    km = sum(view.network.corridors[c].length_km for c in ("den-dal", "dal-hil", "hil-ann"))
    share = 2.7 * km / 1000 * 12 / 8760
    assert replica[4] == pytest.approx(1 - share)
    assert replica[7] == pytest.approx(2.7 * km / 1000)
    assert whole[0] == "All links of frontier"
    (last,) = [i for i in workload_availability(view.availability) if i.period == 3]
    assert whole[5] == last.availability < number(protected[5])


def test_going_multi_site_is_weighed_by_all_lines(view, case):
    lines = [line for *_, group in GROUPS for line in group]
    assert sorted(lines) == sorted(COST_LINES)
    single = known(single_site(view))
    saved = sum(trade.saved_usd for trade in trades(view, single))
    assert saved == pytest.approx(single.objective_usd - case.plan.objective_usd)
    assert "970 more MW-years unserved" in multisite_words(view)
    bare = View(
        case.plan.model_copy(update={"alternatives": ()}),
        case.verification,
        case.network,
        case.study,
    )
    assert multisite_words(bare) == ""
    assert multisite_table(bare).rows == ()


def test_traces_of_a_solver_are_not_shown_as_unserved(case):
    traces = (2e-13, 0.0, 10.0, 1e-12)
    workload = case.plan.workloads[0].model_copy(update={"unserved_it_mw": traces})
    plan = case.plan.model_copy(update={"workloads": (workload, *case.plan.workloads[1:])})
    view = View(plan, case.verification, case.network, case.study)
    assert view.unserved_mw == [0.0, 0.0, 10.0, 0.0]
    assert ": 0 IT MW</title>" not in energization_chart(view)
    assert "Not served: 10 IT MW in 2029; in all 10 MW-years" in answer(view)


def test_every_rule_has_a_place_in_the_report(view):
    text = FORMULATION.read_text("utf-8").partition("## 4. Rules")[2].partition("## 5.")[0]
    rules = set(re.findall(r"^- `([a-z0-9_]+)`(?: \([^)]*\))?: ", text, re.MULTILINE))
    assert len(rules) > 45
    shape = {"plan_shape", "spans_add_up", "cost_lines", "bounds_consistent"}
    assert set(RULE_REPORTS) == rules | shape
    titles = {make(view).title for make in PAGE}
    in_workbook = {make(view).title for _, makers in SHEETS for make in makers}
    assert set(RULE_REPORTS.values()) <= titles & in_workbook
    assert [row[0] for row in rule_table(view).rows] == list(RULE_REPORTS)


def test_table_of_rules_in_the_mathematics_names_the_same_places():
    text = FORMULATION.read_text("utf-8").partition("## 7.")[2]
    told = dict(re.findall(r"^\| `([a-z0-9_]+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE))
    assert len(told) > 45
    assert {rule: RULE_REPORTS[rule] for rule in told} == told


def test_rejected_plan_shows_which_rules_it_breaks(case):
    bad = case.rejected()
    table = rule_table(View(bad.plan, bad.verification, bad.network, bad.study))
    broken = {row[0]: row[3] for row in table.rows if row[3]}
    assert broken == {"terminal_span": 1}
    assert "breaks" in table.title


def test_huts_that_routes_share_count_once(view, case):
    table = next(make(view) for make in PAGE if make.__name__ == "route_table")
    column = [c.name for c in table.columns].index("Huts")
    routes = [route for link in case.plan.links for route in link.routes]
    assert table.total(column, 0, 5) == len({hut for route in routes for hut in route.huts})
