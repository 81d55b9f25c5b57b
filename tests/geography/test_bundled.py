"""Networks of a toy region: entrances, transfers, reductions, messages."""

from __future__ import annotations

import itertools

import pytest

from siting.errors import GeographyError
from siting.geography import build_network
from siting.geography.geodesy import distance_km
from tests.geography.small import campus, make_study

LAT_KM = 110.885
"""One degree along the meridian at latitude 32."""


def build(source, campuses, rules=None, **geography):
    study = make_study(
        campuses,
        geography={"source": source, "hut_spacing_km": 5.0, **geography},
        rules=rules or {},
    )
    return build_network(study)


@pytest.fixture
def sites():
    """Two sites between the roads; 500 MW: a parcel of 2 km2, 0.798 km in radius."""
    return [
        campus("west", -98.7, 32.02, area_km2=2.0),
        campus("east", -98.3, 32.07, limit_mw=500.0),
    ]


def test_campus_snaps_to_edges_and_splits_them(ladder, sites):
    network = build(ladder, sites)
    assert network.campus_node("west") == "c.west"
    west = {c.id: c for c in network.corridors.values() if "c.west" in {c.node_a, c.node_b}}
    assert set(west) == {"c.west--r.west.1", "c.west--t.west.2"}
    road, rail = west["c.west--r.west.1"], west["c.west--t.west.2"]
    assert road.length_km == pytest.approx(0.02 * LAT_KM * 1.05, rel=1e-3)
    assert rail.length_km == pytest.approx(0.03 * LAT_KM * 1.05, rel=1e-3)
    assert {c.kind for c in west.values()} == {"lateral"}
    # the road and the railway are cut where the laterals end, the dead end in the east is gone
    assert network.nodes["r.west.1"].lon == pytest.approx(-98.7, abs=1e-3)
    kinds = [c.kind for c in network.corridors.values()]
    assert (kinds.count("road"), kinds.count("rail")) == (4, 3)
    assert "r4" not in network.nodes


def test_length_of_a_split_road_is_that_of_the_whole(ladder, sites):
    network = build(ladder, sites)
    roads = sum(c.length_km for c in network.corridors.values() if c.kind == "road")
    # two parallels of one degree and two rungs of a tenth: the ladder without its dead end
    expected = distance_km((-99, 32), (-98, 32)) + distance_km((-99, 32.1), (-98, 32.1))
    expected += 2 * distance_km((-99, 32), (-99, 32.1))
    assert roads == pytest.approx(1.05 * expected, rel=2e-5)


def test_two_entrances_are_diverse_and_apart(ladder, sites):
    network = build(ladder, sites)
    assert network.diverse_campuses == {"west", "east"}
    assert network.definition["laterals"] == "4"
    assert network.definition["diverse_campuses"] == "2"


def test_entrances_are_as_far_apart_on_the_parcel_as_asked(region):
    """Both roads lie north of the site: the second lateral must turn away from the first."""
    source = region(
        [
            (0, 1, [(-99.0, 32.02), (-98.0, 32.02)]),
            (2, 3, [(-99.0, 32.04), (-98.0, 32.04)]),
            (0, 2, [(-99.0, 32.02), (-99.0, 32.04)]),
            (1, 3, [(-98.0, 32.02), (-98.0, 32.04)]),
        ],
        [(0, 1, [(-99.0, 31.0), (-98.0, 31.0)])],
    )
    sites = [campus("one", -98.7, 32.0), campus("two", -98.3, 32.0)]
    near = build(source, sites, entrance_separation_km=0.0)
    far = build(source, sites, entrance_separation_km=1.5)
    assert near.diverse_campuses == far.diverse_campuses == {"one", "two"}
    radius = (4.0 / 3.141592653589793) ** 0.5  # 1,000 MW x 0.004 km2
    assert separation(near, "one", radius) < 0.1
    assert 1.5 <= separation(far, "one", radius) < 1.6
    total = [
        sum(c.length_km for c in n.corridors.values() if c.kind == "lateral") for n in (near, far)
    ]
    assert total[0] < total[1]


def separation(network, name, radius_km):
    """Distance of the points where the laterals of a campus meet its parcel circle."""
    points = []
    for corridor in network.corridors.values():
        if corridor.kind == "lateral" and corridor.node_a == f"c.{name}":
            (lon, lat), (x, y) = corridor.geometry
            share = radius_km / distance_km((lon, lat), (x, y))
            assert share <= 1.001, "a lateral ends on or outside the parcel"
            points.append((lon + share * (x - lon), lat + share * (y - lat)))
    return distance_km(*points)


def test_small_parcel_has_one_entrance(ladder):
    sites = [campus("west", -98.7, 32.02, area_km2=0.1), campus("east", -98.3, 32.07)]
    network = build(ladder, sites)  # radius 0.18 km: no two points of the circle are 0.5 km apart
    assert network.diverse_campuses == {"east"}
    assert network.definition["laterals"] == "3"


def test_second_lateral_beyond_reach_is_not_made(region):
    source = region(
        [(0, 1, [(-99.0, 32.0), (-98.0, 32.0)])], [(0, 1, [(-99.0, 32.5), (-98.0, 32.5)])]
    )
    sites = [campus("one", -98.7, 32.05), campus("two", -98.3, 32.05)]
    # the road 5.5 km south, the railway 49.9 km north
    assert build(source, sites, snap_max_km=49.0).diverse_campuses == frozenset()
    assert build(source, sites, snap_max_km=51.0).diverse_campuses == {"one", "two"}


def test_transfers_are_counted_and_keep_road_and_rail_apart(region):
    roads = [
        (0, 1, [(-99.0, 32.0), (-98.0, 32.0)]),
        (0, 2, [(-99.0, 32.0), (-99.0, 32.4)]),
        (1, 3, [(-98.0, 32.0), (-98.0, 32.4)]),
    ]
    rail = [(0, 1, [(-99.1, 32.3), (-97.9, 32.3)])]  # crosses both roads to the north
    sites = [campus("one", -98.7, 32.02), campus("two", -98.3, 32.02)]
    network = build(region(roads, rail), sites, entrance_separation_km=0.0, snap_max_km=20.0)
    transfers = [c for c in network.corridors.values() if c.kind == "transfer"]
    assert network.definition["road_rail_meetings"] == "2"
    assert network.definition["transfers_made"] == "2"
    assert len(transfers) == 2
    assert {c.node_a[:2] for c in transfers} == {"rx"}
    assert {c.node_b[:2] for c in transfers} == {"tx"}
    # between the transfers the railway is one corridor; beyond them it is a dead end
    assert [c.id for c in network.corridors.values() if c.kind == "rail"] == ["tx1--tx2"]


def test_iru_on_rail_is_a_scenario(ladder, sites):
    network = build(ladder, sites, iru_provider="telco", iru_pairs=8)
    for corridor in network.corridors.values():
        offered = corridor.kind == "rail"
        assert (corridor.iru_provider, corridor.iru_pairs) == (
            ("telco", 8) if offered else (None, 0)
        )
        assert corridor.buildable
    assert any("'telco', 8 pairs" in text and "scenario" in text for text in network.synthetic)
    assert {hut.operator for hut in network.huts.values()} == {"own", "telco"}
    assert not any("telco" in text for text in build(ladder, sites).synthetic)


def test_hut_candidates_are_at_most_five_km_apart_everywhere(ladder, sites):
    network = build(ladder, sites, iru_provider="telco", iru_pairs=8)
    for corridor in network.corridors.values():
        at = [0.0, corridor.length_km]
        at += [
            h.position_km
            for h in network.huts.values()
            if h.corridor == corridor.id and h.operator == "own"
        ]
        at.sort()
        assert max(b - a for a, b in itertools.pairwise(at)) <= 5.0 + 1e-9
    nodes = {hut.node for hut in network.huts.values() if hut.operator == "own" and hut.node}
    assert nodes == {node.id for node in network.nodes.values() if node.campus is None}


def test_prices_by_kind(ladder, sites):
    network = build(ladder, sites)
    cost = {c.kind: c.build_cost_usd_per_km for c in network.corridors.values()}
    assert cost["road"] == cost["rail"] == 110_000.0
    assert cost["lateral"] == 82_021.0


def test_same_study_same_network(ladder, sites):
    assert build(ladder, sites) == build(ladder, sites)


def test_forbidden_corridor_is_left_out_by_its_name(ladder, sites):
    network = build(ladder, sites, rules={"forbid_corridors": ["c.west--t.west.2"]})
    assert "c.west--t.west.2" not in network.corridors
    assert network.diverse_campuses == {"east"}


def test_one_campus_needs_no_corridors(ladder, sites):
    network = build(ladder, sites[:1])
    assert (len(network.nodes), network.corridors, network.huts) == (1, {}, {})


def test_swapped_and_distant_sites_are_named_at_once(ladder):
    sites = [
        campus("swapped", 32.0, 0.0).model_copy(update={"lat": -98.5}),
        campus("abroad", 10.0, 50.0),
        campus("far", -98.5, 32.04),
    ]
    with pytest.raises(GeographyError) as caught:
        build(ladder, sites, snap_max_km=1.0)
    head, swapped, abroad, far = str(caught.value).splitlines()
    assert head == "study 'small', geography 'bundled/toy': 3 problems"
    assert swapped == (
        "  campus 'swapped': (lon 32, lat -98.5) lies outside the map; "
        "swapped? (-98.5, 32) lies inside"
    )
    assert abroad == (
        "  campus 'abroad': (lon 10, lat 50) lies outside the map, "
        "which is lon -99 to -97.8, lat 31.95 to 32.15"
    )
    assert far == (
        "  campus 'far': lies 1.1 km from the nearest corridor, geography.snap_max_km allows 1 km"
    )


def test_sites_on_networks_that_do_not_meet_are_named(region):
    source = region(
        [(0, 1, [(-99.0, 32.0), (-98.0, 32.0)])], [(0, 1, [(-99.0, 32.5), (-98.0, 32.5)])]
    )
    sites = [campus("road", -98.5, 32.01), campus("rail", -98.5, 32.49)]
    with pytest.raises(GeographyError, match="campus 'rail': no corridors lead from it to any"):
        build(source, sites, snap_max_km=10.0)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"iru_pairs": 4}, "geography.iru_pairs: 4 pairs, but no geography.iru_provider"),
        ({"iru_provider": "own", "iru_pairs": 4}, "iru_provider: 'own' is a reserved name"),
    ],
)
def test_iru_keys_that_do_not_fit(ladder, sites, keys, message):
    with pytest.raises(GeographyError, match=message):
        build(ladder, sites, **keys)


@pytest.mark.parametrize("source", ["bundled/us_xx", "us_tx", "osm"])
def test_unknown_region_names_the_known(source, sites):
    known = "'bundled/europe', 'bundled/us', 'bundled/us_tx'"
    message = rf"must be 'tables' or one of {known} \(got '{source}'\)"
    with pytest.raises(GeographyError, match=message):
        build(source, sites)


def test_a_box_leaves_out_ways_that_leave_it(region):
    """The road outside is gone, the definition says so, and an empty or crossed box is refused."""
    roads = [
        (0, 1, [(-99.0, 32.0), (-98.0, 32.0)]),
        (0, 2, [(-99.0, 32.0), (-99.0, 32.2)]),
        (1, 3, [(-98.0, 32.0), (-98.0, 32.2)]),
        (2, 3, [(-99.0, 32.2), (-98.0, 32.2)]),
        (2, 4, [(-99.0, 32.2), (-99.0, 33.2)]),
        (3, 4, [(-98.0, 32.2), (-99.0, 33.2)]),
    ]
    source = region(roads, [(0, 1, [(-99.0, 32.1), (-98.0, 32.1)])])
    sites = [campus("one", -98.7, 32.02), campus("two", -98.3, 32.02)]
    whole = build(source, sites)
    cut = build(source, sites, box=[-99.5, 31.5, -97.5, 32.5])
    assert max(lat for c in whole.corridors.values() for _, lat in c.geometry) > 33
    assert max(lat for c in cut.corridors.values() for _, lat in c.geometry) < 32.5
    assert (cut.definition["box"], cut.definition["ways_outside_box"]) == (
        "-99.5, 31.5, -97.5, 32.5",
        "2",
    )
    assert cut.definition["region_km"] == whole.definition["region_km"]
    assert "box" not in whole.definition
    with pytest.raises(GeographyError, match=r"no way of .* lies in 10, 50, 11, 51"):
        build(source, sites, box=[10, 50, 11, 51])
    with pytest.raises(ValueError, match="must span an area"):
        build(source, sites, box=[-97.5, 31.5, -99.5, 32.5])
