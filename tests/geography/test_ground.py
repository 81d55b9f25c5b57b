"""Tie lines along the ground, on the ladder of roads and a railway."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siting.errors import StudyError
from siting.geography import build_network, load_network, save_network
from siting.geography.geodesy import distance_km, length_km
from siting.geography.transfers import TRANSFER_MIN_KM
from siting.loading import load_study
from siting.verify import crossing_shape
from siting.verify.findings import Findings
from siting.verify.tie_line_shape import tie_line_shape
from tests.geography.small import campus, make_study, substation

WEST, EAST = (-98.7, 32.02), (-98.3, 32.07)
RULE = {"along_ground": True, "max_length_km": 60.0, "max_per_campus": 9}


@pytest.fixture
def make(ladder, tmp_path, monkeypatch):
    """Return a function that builds the network of a study with a rule for tie lines."""
    monkeypatch.setattr(crossing_shape, "OSM", tmp_path)

    def build(stations, **rule):
        sites = [campus("west", *WEST, area_km2=2.0), campus("east", *EAST, limit_mw=500.0)]
        study = make_study(
            sites,
            substations=[substation(name, *at) for name, at in stations.items()],
            geography={"source": ladder},
            sites={"tie_line_rule": {**RULE, **rule}},
        )
        return study, build_network(study)

    return build


def messages(study, network):
    findings = Findings()
    tie_line_shape(study, network, findings.rule("plan_shape"))
    return [violation.message for violation in findings.violations]


def test_a_line_follows_the_road_with_straight_ends(make):
    study, network = make({"S": (-98.45, 32.01)})
    line = network.tie_lines["west--S"]
    road = ((-98.7, 32.0), (-98.45, 32.0))
    ends = distance_km(WEST, (-98.7, 32.0)) + distance_km((-98.45, 32.01), (-98.45, 32.0))
    assert line.along_km == pytest.approx(length_km(road), rel=1e-4)
    assert line.length_km == pytest.approx(length_km(road) + 1.3 * ends, rel=1e-4)
    assert (line.geometry[0], line.geometry[-1]) == (WEST, (-98.45, 32.01))
    assert {round(lat, 6) for _, lat in line.geometry[1:-1]} == {32.0}
    assert messages(study, network) == []
    assert network.definition["tie_lines_along_ground"] == str(
        sum(tie.along_km > 0 for tie in network.tie_lines.values())
    )
    assert (
        "along rights of way where that is at most 2 x geodesic"
        in (network.definition["tie_lines_from"])
    )


def test_a_line_changes_over_where_ways_meet(make):
    # by rail to the crossing at -98.1, 32.0, then by road to the east: the spur is a dead end
    _, network = make({"S": (-97.85, 32.005)})
    line = network.tie_lines["east--S"]
    assert (-98.1, 32.0) in {(round(x, 6), round(y, 6)) for x, y in line.geometry}
    rail = ((-98.3, 32.05), (-98.1, 32.05), (-98.1, 32.0))
    along = length_km(rail) + length_km(((-98.1, 32.0), (-97.85, 32.0)))
    # the place to change over lies a little beyond the crossing
    assert line.along_km == pytest.approx(along + 2 * TRANSFER_MIN_KM, rel=1e-4)


def test_beyond_the_detour_a_line_runs_straight(make):
    station = (-98.7, 32.026)  # 0.67 km from the campus, over the road it would be 6 times as far
    study, network = make({"S": station})
    line = network.tie_lines["west--S"]
    assert line.along_km == 0.0
    assert line.length_km == pytest.approx(1.3 * distance_km(WEST, station))
    assert line.geometry == (WEST, station)
    assert messages(study, network) == []


def test_straight_ends_have_a_limit(make):
    _, network = make({"S": (-98.45, 32.01)}, end_max_km=1.0)
    line = network.tie_lines["west--S"]  # the campus lies 2.2 km from the road
    assert line.along_km == 0.0


def test_the_shortest_lines_are_kept(make):
    stations = {"near": (-98.6, 32.001), "far": (-98.35, 32.001), "away": (-98.0, 31.6)}
    _, network = make(stations, max_per_campus=2)
    west = sorted(
        (tie.length_km, tie.substation)
        for tie in network.tie_lines.values()
        if tie.campus == "west"
    )
    assert [name for _, name in west] == ["near", "far"]
    _, network = make(stations, max_length_km=20.0)
    assert {tie.substation for tie in network.tie_lines.values() if tie.campus == "west"} == {
        "near"
    }


def test_lines_are_kept_with_the_network(make, tmp_path):
    _, network = make({"S": (-98.45, 32.01)})
    save_network(network, tmp_path / "network")
    assert load_network(tmp_path / "network").tie_lines == network.tie_lines
    _, again = make({"S": (-98.45, 32.01)})
    assert again.tie_lines == network.tie_lines


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"length_km": 25.0}, "length is 25 km"),
        ({"along_km": 20.0}, "length along rights of way is 20 km"),
        ({"along_km": 0.0}, "length is"),
        ({"capacity_mw": 900.0}, "capacity is 900 MW"),
        ({"geometry": ((-98.7, 32.0), (-98.6, 32.0), (-98.45, 32.0))}, "is no line from the"),
        (
            {"geometry": (WEST, (-98.7, 32.01), (-98.45, 32.01), (-98.45, 32.01))},
            "distance of its course from rights of way is 1.1",
        ),
    ],
)
def test_a_wrong_line_is_found(make, changes, text):
    study, network = make({"S": (-98.45, 32.01)})
    line = replace(network.tie_lines["west--S"], **changes)
    found = messages(study, replace(network, tie_lines={**network.tie_lines, line.id: line}))
    assert any(text in message for message in found), found


def test_a_straight_study_has_no_lines_along_the_ground(make):
    study, network = make({"S": (-98.45, 32.01)})
    straight, other = make({"S": (-98.45, 32.01)}, along_ground=False)
    assert {tie.along_km for tie in other.tie_lines.values()} == {0.0}
    assert "tie_lines_along_ground" not in other.definition
    assert messages(straight, other) == []
    assert any("the study asks for straight lines" in text for text in messages(straight, network))
    assert messages(study, network) == []


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        ({}, "the table tie_lines.csv says how long tie lines are"),
        ({"sites.tie_lines": None}, "follows the ways of a region"),
    ],
)
def test_where_it_means_nothing_it_is_refused(overrides, text):
    given = {"sites.tie_line_rule.along_ground": True, **overrides}
    with pytest.raises(StudyError, match=text):
        load_study("triangle", overrides=given)
