"""Networks from tables: lengths, prices, huts, tie lines, by hand."""

from __future__ import annotations

import pytest

from siting.catalog import load_catalog
from siting.errors import GeographyError
from siting.geography import build_network
from siting.tables import CorridorRow, NodeRow, TieLineRow
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
