"""Screening of sites: distances that can be checked by hand, and what is odd."""

from __future__ import annotations

import pytest

from siting.geography.geodesy import distance_km
from siting.geography.screening import ScreenedSite, Screening, screen_sites
from siting.tables import CorridorRow, NodeRow
from tests.geography.small import campus, make_study, substation


def screened(ladder: str, campuses=(), substations=(), **geography) -> Screening:
    sites = list(campuses) or [campus("plain", -98.5012, 32.0213)]
    return screen_sites(
        make_study(sites, substations=substations, geography={"source": ladder, **geography})
    )


def first(found: Screening) -> ScreenedSite:
    return found.sites[0]


def test_distances_are_along_the_ground(ladder):
    station = substation("s", -98.4, 32.0211)
    site = first(screened(ladder, substations=[station]))
    assert site.substation == "s"
    assert site.substation_km == pytest.approx(
        distance_km((site.lon, site.lat), (-98.4, 32.0211)), abs=1e-9
    )
    assert site.road_km == pytest.approx(
        distance_km((site.lon, site.lat), (site.lon, 32.0)), abs=0.01
    )
    assert site.rail_km == pytest.approx(
        distance_km((site.lon, site.lat), (site.lon, 32.05)), abs=0.01
    )
    assert site.fiber_km is None
    assert site.flags == ()
    assert site.where == "36 km southwest of Stephenville, TX"


def test_fiber_is_where_an_iru_is_on_offer(ladder):
    found = screened(ladder, iru_provider="longline", iru_pairs=4, iru_kinds=["rail"])
    assert first(found).fiber_km == first(found).rail_km


@pytest.mark.parametrize(
    ("lon", "lat", "text"),
    [
        (0.0, 0.0, "lies at (0, 0), which stands for coordinates that are missing"),
        (32.0213, -98.5012 / 2, "lies outside the map, which is lon -99"),
        (32.0213, -98.5012 + 20, "lies outside the map"),
        (-98.5, 32.0, "coordinates have 1 decimal(s): the place may be off by 8 km"),
        (-98.0, 32.0, "coordinates have 0 decimal(s): the place may be off by 78 km"),
        (-98.4012, 32.4013, "nearest road or railway 33.4 km away, geography.snap_max_km allows"),
    ],
)
def test_implausible_places_are_flagged(ladder, lon, lat, text):
    found = screened(ladder, [campus("odd", lon, lat)], snap_max_km=20)
    assert any(text in flag for flag in first(found).flags), first(found).flags


def test_swapped_coordinates_are_recognized(ladder):
    (flag,) = (f for f in first(screened(ladder, [campus("odd", 32.0213, -98.5012 + 10)])).flags)
    assert "lies outside the map" in flag
    station = substation("s", 32.0213, -88.5)
    (_, site) = screened(ladder, substations=[station]).sites
    assert "lies outside the map" in site.flags[0]
    assert site.road_km is None


def test_duplicates_are_named_on_both(ladder):
    sites = [campus("one", -98.5012, 32.0213), campus("two", -98.4812, 32.0213)]
    stations = [substation("a", -98.3012, 32.0213), substation("b", -98.3025, 32.0213)]
    found = screened(ladder, sites, stations)
    one, two, a, b = found.sites
    assert one.flags == ("lies 1.89 km from 'two': within 5 km the two are one campus",)
    assert two.flags == ("lies 1.89 km from 'one': within 5 km the two are one campus",)
    assert a.flags == ("lies 0.12 km from 'b': within 0.3 km the two may be one",)
    assert b.substation == "a"


def test_no_substation_in_reach_of_a_tie_line(ladder):
    station = substation("far", -98.05, 32.0211)
    rule = {"tie_line_rule": {"max_length_km": 40.0, "route_factor": 1.3}}
    study = make_study(
        [campus("plain", -98.5012, 32.0213)],
        substations=[station],
        geography={"source": ladder},
        sites=rule,
    )
    (flag,) = first(screen_sites(study)).flags
    assert flag == (
        "nearest substation 42.6 km away: a tie line of 55.4 km, "
        "sites.tie_line_rule.max_length_km allows 40 km"
    )


def test_the_center_of_a_town_is_no_parcel(ladder):
    # Brownwood stands in the table of towns at these coordinates.
    found = screened(ladder, [campus("town", -98.991, 31.709)], snap_max_km=60)
    assert any("lies at the center of Brownwood, TX" in flag for flag in first(found).flags)


def test_tables_are_screened_by_their_straight_corridors():
    nodes = [
        NodeRow(id="a", lon=-99.0012, lat=32.0, campus_id="west"),
        NodeRow(id="b", lon=-98.0, lat=32.0),
    ]
    corridor = CorridorRow(id="ab", node_a="a", node_b="b", kind="rail", existing_fibers=96)
    study = make_study([campus("west", -99.0012, 32.0)], nodes, [corridor])
    found = screen_sites(study)
    site = first(found)
    assert (site.road_km, site.rail_km) == (None, pytest.approx(0.0, abs=1e-6))
    assert site.fiber_km == site.rail_km
    assert "straight lines between nodes" in found.notes[0]


def test_the_table_in_words(ladder):
    sites = [campus("one", -98.5012, 32.0213), campus("two", -98.4812, 32.0213)]
    lines = screened(ladder, sites).lines()
    assert lines[0].split() == ["id", "substation", "road", "rail", "fiber", "km"]
    assert lines[1].split()[:6] == ["campus", "one", "-", "2.4", "3.2", "-"]
    assert lines[2].strip() == "! lies 1.89 km from 'two': within 5 km the two are one campus"
    assert "2 sites screened, 2 with something odd" in lines
