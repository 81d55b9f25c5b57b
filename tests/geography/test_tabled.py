"""Networks from tables: lengths, prices, huts, tie lines, by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from siting.catalog import load_catalog
from siting.errors import GeographyError
from siting.geography import build_network
from siting.tables import CorridorRow, HutRow, NodeRow, TieLineRow
from tests.geography.small import campus, make_study, substation

DEGREE_KM = 111.3194908
"""One degree along the equator: pi / 180 x 6378.137 km."""

NODES = [
    NodeRow(id="A", lon=0.0, lat=0.0, campus_id="a"),
    NodeRow(id="m", lon=0.1, lat=0.0),
    NodeRow(id="B", lon=0.2, lat=0.0, campus_id="b"),
]
CAMPUSES = [campus("a", 0.0, 0.0), campus("b", 0.2, 0.0)]
CORRIDORS = [
    CorridorRow(id="am", node_a="A", node_b="m"),
    CorridorRow(id="mb", node_a="m", node_b="B", length_km=12.0, method="plow"),
    CorridorRow(
        id="ab",
        node_a="A",
        node_b="B",
        length_km=100.0,
        kind="rail",
        buildable=False,
        iru_provider="telco",
        iru_pairs=6,
        srlgs=("bridge:one",),
        name="The railway",
    ),
]


def study(**sections):
    return make_study(CAMPUSES, NODES, CORRIDORS, **sections)


@pytest.fixture(scope="module")
def network():
    return build_network(study())


def test_length_is_given_or_geodesic_with_slack(network):
    lengths = {k: c.length_km for k, c in network.corridors.items()}
    assert lengths["am"] == pytest.approx(0.1 * DEGREE_KM * 1.05, rel=1e-7)
    assert (lengths["mb"], lengths["ab"]) == (12.0, 100.0)
    assert network.corridors["am"].geometry == ((0.0, 0.0), (0.1, 0.0))
    assert network.definition["corridors_with_given_length"] == "2"


def test_build_terms_come_from_the_catalog_row_of_the_method(network):
    catalog = load_catalog()
    am, mb = network.corridors["am"], network.corridors["mb"]
    assert am.build_cost_usd_per_km == catalog.value("build.longhaul")
    assert am.build_lead_time_years == catalog.lead_time_years("build.longhaul")
    assert mb.build_cost_usd_per_km == catalog.value("build.plow")


def test_build_terms_of_the_table_beat_the_catalog():
    own = CORRIDORS[0].model_copy(
        update={"build_cost_usd_per_km": 7.0, "build_lead_time_years": 0.5}
    )
    made = build_network(make_study(CAMPUSES, NODES, [own, *CORRIDORS[1:]])).corridors["am"]
    assert (made.build_cost_usd_per_km, made.build_lead_time_years) == (7.0, 0.5)


def test_catalog_of_the_study_is_used():
    made = build_network(study(catalog={"overrides": {"build.longhaul": 1234.0}}))
    assert made.corridors["am"].build_cost_usd_per_km == 1234.0


def test_corridor_that_may_not_be_built(network):
    ab = network.corridors["ab"]
    assert (ab.buildable, ab.iru_provider, ab.iru_pairs) == (False, "telco", 6)
    assert (ab.srlgs, ab.name, ab.build_cost_usd_per_km) == (("bridge:one",), "The railway", 0.0)


def test_huts_stand_at_equal_steps(network):
    # am: 11.69 km -> 2 own huts; mb: 12 km -> 2; ab: 100 km of IRU -> 2 of the provider; node m
    assert set(network.huts) == {
        *("am@1", "am@2", "mb@1", "mb@2", "ab@telco@1", "ab@telco@2", "node:m"),
    }
    assert [network.huts[k].position_km for k in ("mb@1", "mb@2")] == pytest.approx([4.0, 8.0])
    second = network.huts["ab@telco@2"]
    assert second.position_km == pytest.approx(200 / 3)
    assert (second.lon, second.lat) == (pytest.approx(0.2 * 2 / 3), 0.0)
    assert second.operator == "telco"
    at_node = network.huts["node:m"]
    assert (at_node.corridor, at_node.node, at_node.position_km) == (None, "m", 0.0)
    assert at_node.operator == "own"


@pytest.mark.parametrize(("length", "huts"), [(5.0, 0), (5.001, 1), (10.0, 1), (15.0, 2)])
def test_number_of_huts(length, huts):
    row = CORRIDORS[0].model_copy(update={"length_km": length})
    made = build_network(make_study(CAMPUSES, NODES, [row, *CORRIDORS[1:]])).huts
    assert sum(hut.corridor == "am" for hut in made.values()) == huts


def test_both_operators_stand_where_both_may():
    row = CorridorRow(id="am", node_a="A", node_b="m", length_km=80, iru_provider="t", iru_pairs=2)
    huts = build_network(make_study(CAMPUSES, NODES, [row, *CORRIDORS[1:]])).huts
    assert huts["am@8"].position_km == huts["am@t@1"].position_km == 40.0
    assert (huts["node:m"].operator, huts["node:m@t"].operator) == ("own", "t")


def test_diverse_campuses_touch_two_corridors(network):
    assert network.diverse_campuses == {"a", "b"}
    forbidden = build_network(study(rules={"forbid_corridors": ["ab"]}))
    assert set(forbidden.corridors) == {"am", "mb"}
    assert forbidden.diverse_campuses == frozenset()
    assert forbidden.definition["corridors_forbidden"] == "1"


def test_tie_lines_by_rule():
    # 0.1 degree = 11.13 km, x 1.3 = 14.47 km; 0.3 degree x 1.3 = 43.4 km is too far for campus a
    stations = [substation("s1", 0.0, 0.1), substation("s2", 0.3, 0.0), substation("s3", 0.0, 0.0)]
    rule = {"tie_line_rule": {"max_per_campus": 2, "capacity_mw": 450.0}}
    lines = build_network(make_study(CAMPUSES, NODES, CORRIDORS, stations, sites=rule)).tie_lines
    assert list(lines) == ["a--s3", "a--s1", "b--s2", "b--s3"]
    assert lines["a--s3"].length_km == 0.0
    assert lines["b--s2"].length_km == pytest.approx(0.1 * DEGREE_KM * 1.3, rel=1e-7)
    assert lines["b--s2"].capacity_mw == 450.0
    assert lines["b--s2"].geometry == ((0.2, 0.0), (0.3, 0.0))


def test_tie_lines_of_the_table_without_the_forbidden():
    stations = [substation("s1", 0.0, 0.1), substation("s2", 0.3, 0.0)]
    rows = [
        TieLineRow(id=f"{c}{s}", campus_id=c, substation_id=s, length_km=9.0, capacity_mw=300.0)
        for c in "ab"
        for s in ("s1", "s2")
    ]
    rules = {"forbid_campuses": ["a"], "forbid_substations": ["s2"]}
    made = build_network(make_study(CAMPUSES, NODES, CORRIDORS, stations, rows, rules=rules))
    assert list(made.tie_lines) == ["bs1"]
    assert made.tie_lines["bs1"].length_km == 9.0
    assert made.nodes["A"].campus == "a", "a forbidden campus still stands in the way of routes"


def test_what_is_synthetic_is_said():
    stations = [substation("s1", 0.0, 0.1, synthetic=True), substation("s2", 0.3, 0.0)]
    said = build_network(make_study(CAMPUSES, NODES, CORRIDORS, stations)).synthetic
    assert said == (
        "huts of providers stand every 40 km at most, by rule",
        "tie lines run straight to the nearest substations, by rule",
        "1 of 2 substations are synthetic",
    )


def test_length_below_the_straight_line_is_reported():
    row = CORRIDORS[0].model_copy(update={"length_km": 3.0})
    made = build_network(make_study(CAMPUSES, NODES, [row, *CORRIDORS[1:]]))
    assert made.definition["corridors_shorter_than_straight_line"] == "am"


def test_all_problems_come_at_once():
    campuses = [campus("a", 0.0, 0.0), campus("b", 0.0, 50.0), campus("c", 0.02, 0.0)]
    nodes = [*NODES[:2], NodeRow(id="B", lon=50.0, lat=0.0, campus_id="b")]
    nodes += [NodeRow(id="C", lon=0.02, lat=0.0, campus_id="c")]
    corridors = [CorridorRow(id="ac", node_a="A", node_b="C")]
    with pytest.raises(GeographyError) as caught:
        build_network(make_study(campuses, nodes, corridors, rules={"forbid_corridors": ["acc"]}))
    head, away, twice, alone, unknown = str(caught.value).splitlines()
    assert head == "study 'small', geography 'tables': 4 problems"
    assert away == (
        "  campus 'b': (lon 0, lat 50) lies 7284.9 km from its node 'B', "
        "geography.snap_max_km allows 60 km; swapped? (50, 0) lies there"
    )
    assert twice == (
        "  campuses 'a' and 'c': lie 2.2 km apart; candidates within 5 km are one campus, "
        "keep one row and add up the limits"
    )
    assert alone == "  campus 'b': no corridors lead from it to any other campus"
    assert unknown == (
        "  rules.forbid_corridors: no corridor 'acc' in the network. Did you mean 'ac'?"
    )


# Given huts and existing plant


def with_huts(*rows: HutRow, **more: Any):
    return build_network(make_study(CAMPUSES, NODES, CORRIDORS, huts=rows, **more))


def test_a_given_hut_stands_where_the_table_says():
    row = HutRow(
        id="h1",
        corridor_id="mb",
        position_km=3.0,
        leasable=True,
        can_regenerate=True,
        space_racks=6,
        power_kw=20.0,
        existing_racks=2,
        existing_amplifier_type="legacy",
        existing_until=dt.date(2030, 1, 1),
    )
    made = with_huts(row)
    hut = made.huts["h1"]
    assert (hut.corridor, hut.node, hut.position_km, hut.operator) == ("mb", None, 3.0, "own")
    # A quarter of the way from m (0.1 degrees) to B (0.2), 12 km apart by the table.
    assert (hut.lon, hut.lat) == pytest.approx((0.125, 0.0), abs=1e-9)
    assert (hut.leasable, hut.can_regenerate, hut.space_racks, hut.power_kw) == (True, True, 6, 20)
    assert (hut.existing_racks, hut.existing_amplifier_type) == (2, "legacy")
    assert hut.existing_until == "2030-01-01"
    assert made.definition["huts_given"] == "1"


def test_huts_by_rule_have_nothing_special(network):
    assert "huts_given" not in network.definition
    hut = network.huts["mb@1"]
    assert (hut.leasable, hut.can_regenerate, hut.space_racks, hut.existing_racks) == (
        False,
        False,
        None,
        0,
    )


def test_a_given_hut_takes_the_place_of_one_by_rule(network):
    by_rule = network.huts["mb@1"]
    row = HutRow(id="h1", corridor_id="mb", position_km=by_rule.position_km)
    other = HutRow(id="h2", node_id="m")
    telco = HutRow(id="h3", corridor_id="ab", position_km=50.0, operator="telco")
    huts = with_huts(row, other, telco).huts
    assert "mb@1" not in huts
    assert "mb@2" in huts
    assert "node:m" not in huts
    assert huts["h2"].node == "m"
    # Those of the provider stand every 100 / 3 km by rule.
    assert [h.id for h in huts.values() if h.operator == "telco"] == [
        "ab@telco@1",
        "ab@telco@2",
        "h3",
    ]


def test_huts_of_a_forbidden_corridor_are_left_out():
    made = with_huts(
        HutRow(id="h1", corridor_id="mb", position_km=3.0), rules={"forbid_corridors": ["mb"]}
    )
    assert "h1" not in made.huts


def test_forbidden_huts_are_left_out():
    row = HutRow(id="h1", corridor_id="mb", position_km=3.0)
    made = with_huts(row, rules={"forbid_huts": ["h1", "node:m", "mb@1"]})
    assert not {"h1", "node:m", "mb@1"} & set(made.huts)
    assert made.definition["huts_forbidden"] == "3"
    assert "mb@2" in made.huts


def test_forbidden_routes_and_huts_must_exist():
    rules = {
        "forbid_routes": [["ax"], ["am"], ["am", "ab"], ["ab", "am"], ["ab"], ["mb", "am"]],
        "forbid_huts": ["am@999", "mb@1"],
    }
    with pytest.raises(GeographyError) as caught:
        build_network(study(rules=rules))
    assert str(caught.value).splitlines()[1:] == [
        "  rules.forbid_routes[0]: 'ax' is not in the corridors of the network",
        "  rules.forbid_routes[1]: ends at node 'm', a route runs from campus to campus",
        "  rules.forbid_routes[2]: ends at node 'm', a route runs from campus to campus",
        "  rules.forbid_routes[3]: ends at node 'm', a route runs from campus to campus",
        "  rules.forbid_huts: 'am@999' is not in the huts of the network. Did you mean 'am@2'?",
    ]


def test_pinned_routes_and_huts_must_exist_and_be_possible():
    rules = {
        "pin_routes": [["ax"], ["am"], ["ab", "am"], ["ab", "am", "mb"], ["ab"], ["mb", "am"]],
        "pin_huts": ["am@999", "mb@1"],
    }
    with pytest.raises(GeographyError) as caught:
        build_network(study(rules=rules))
    assert str(caught.value).splitlines()[1:] == [
        "  rules.pin_routes[0]: 'ax' is not in the corridors of the network",
        "  rules.pin_routes[1]: ends at node 'm', a route runs from campus to campus",
        "  rules.pin_routes[2]: ends at node 'm', a route runs from campus to campus",
        "  rules.pin_routes[2]: passes through campus 'a', a route runs through no third one",
        "  rules.pin_routes[3]: passes node 'B' more than once, a route is a simple path",
        "  rules.pin_routes[3]: passes through campus 'a', a route runs through no third one",
        "  rules.pin_huts: 'am@999' is not in the huts of the network. Did you mean 'am@2'?",
    ]
    rules = {"pin_routes": [["ab"]], "forbid_campuses": ["b"]}
    with pytest.raises(GeographyError, match="ends at campus 'b', which"):
        build_network(study(rules=rules))


def test_forbidden_corridors_of_a_route_must_join_up():
    nodes = [*NODES, NodeRow(id="q", lon=0.1, lat=0.2), NodeRow(id="r", lon=0.1, lat=0.3)]
    rows = [*CORRIDORS, CorridorRow(id="qr", node_a="q", node_b="r")]
    rules = {"forbid_routes": [["am", "qr"]]}
    with pytest.raises(GeographyError, match="am - qr do not join up in this order"):
        build_network(make_study(CAMPUSES, nodes, rows, rules=rules))


def test_a_hut_beyond_a_corridor_without_a_length_is_refused():
    with pytest.raises(GeographyError) as caught:
        with_huts(HutRow(id="h1", corridor_id="am", position_km=12.0))
    assert str(caught.value) == (
        "study 'small', geography 'tables': 1 problem\n"
        "  None, hut 'h1': position_km 12 km is not inside corridor 'am', which is 11.689 km long"
    )


def test_existing_cable_is_carried_over_and_gets_huts():
    row = CorridorRow(
        id="ab",
        node_a="A",
        node_b="B",
        length_km=12.0,
        buildable=False,
        existing_fibers=96,
        existing_fiber_type="G654E",
        existing_until=dt.date(2031, 5, 1),
        cuts_per_1000km_year=4.0,
    )
    made = build_network(make_study(CAMPUSES, NODES, [row]))
    edge = made.corridors["ab"]
    assert (edge.existing_fibers, edge.existing_fiber_type) == (96, "G654E")
    assert (edge.existing_until, edge.cuts_per_1000km_year) == ("2031-05-01", 4.0)
    assert [h.position_km for h in made.huts.values()] == [4.0, 8.0]
