"""Hazards of small maps made by hand: exactly those that are there."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from siting.errors import GeographyError
from siting.geography import build_network, load_network, network_sha256, save_network
from siting.geography.hazards import Strand, find_hazards, water
from siting.geography.rivers import River
from siting.geography.towns import Towns
from siting.network import Hazard
from siting.study_sites import HazardRules
from siting.tables import SrlgRow
from siting.verify.hazard_plane import gap_km
from tests.geography.small import campus, make_study

LON, LAT = -99.0, 32.0
KM_LON = 111.195 * math.cos(math.radians(LAT)) * 1.0024
"""Km in a degree of longitude there, on the ellipsoid to 0.1 %."""
KM_LAT = 110.87


def at(east_km: float, north_km: float) -> tuple[float, float]:
    """Return the place so many km east and north of the corner of the map."""
    return (LON + east_km / KM_LON, LAT + north_km / KM_LAT)


def strand(name: str, *points: tuple[float, float], kind: str = "road", ends: str = "") -> Strand:
    """Return a strand over points in km; ``ends`` names its nodes by two words."""
    a, b = ends.split() if ends else (f"{name}.a", f"{name}.b")
    return Strand(id=name, a=a, b=b, kind=kind, line=tuple(at(*point) for point in points))


def found(*strands: Strand, **rules: object) -> dict[str, Hazard]:
    return find_hazards(strands, HazardRules.model_validate(rules), {}, 0.5)


def members(hazards: dict[str, Hazard]) -> list[str]:
    """Return the corridors of each hazard, in words."""
    return sorted(" ".join(hazard.corridors) for hazard in hazards.values())


def test_road_beside_railway():
    road = strand("road", (0, 0), (30, 0))
    rail = strand("rail", (5, 0.5), (25, 0.5), kind="rail")
    (hazard,) = found(road, rail).values()
    assert hazard.kind == "parallel"
    assert hazard.corridors == ("rail", "road")
    # The road is within 1 km of the railway a little beyond its ends: sqrt(1 - 0.25) km.
    assert hazard.shared_km == pytest.approx(20 + 2 * math.sqrt(0.75), rel=0.01)
    assert (hazard.lon, hazard.lat) == pytest.approx(at(15, 0), abs=0.002)
    assert hazard.id == "parallel:brownwood-tx"
    town, where = Towns().about(hazard.lon, hazard.lat)
    assert town == "Brownwood, TX"
    assert hazard.name == f"road beside railway {where}"


@pytest.mark.parametrize(
    ("gap_km", "length_km", "count"), [(0.97, 5.1, 1), (1.03, 30.0, 0), (0.5, 3.0, 0)]
)
def test_distance_and_length_are_limits(gap_km, length_km, count):
    road = strand("road", (0, 0), (30, 0))
    rail = strand("rail", (5, gap_km), (5 + length_km, gap_km), kind="rail")
    assert len(found(road, rail)) == count


def test_a_crossing_counts_only_when_asked():
    road = strand("road", (0, 0), (30, 0))
    rail = strand("rail", (10, -10), (10, 10), kind="rail")
    assert found(road, rail) == {}
    (hazard,) = found(road, rail, kinds=["parallel", "crossing"]).values()
    assert hazard.kind == "crossing"
    assert hazard.name.startswith("crossing of a road and a railway ")
    assert (hazard.lon, hazard.lat) == pytest.approx(at(10, 0), abs=1e-4)
    assert (hazard.shared_km, hazard.geometry) == (0.0, ())


def test_what_crosses_and_runs_beside_is_one_hazard():
    road = strand("road", (0, 0), (30, 0))
    rail = strand("rail", (0, -0.5), (30, 0.5), kind="rail")
    hazards = found(road, rail, kinds=["parallel", "crossing"])
    assert [hazard.kind for hazard in hazards.values()] == ["parallel"]


def test_corridors_that_part_at_a_junction_are_none():
    one = strand("one", (0, 0), (30, 0), ends="n p")
    other = strand("other", (0, 0), (30, 15), ends="n q")
    assert found(one, other, min_shared_km=2.1, junction_km=2.5) == {}


def test_corridors_that_part_slowly_are_one_beyond_the_junction():
    slope = math.tan(math.radians(4))
    one = strand("one", (0, 0), (30, 0), ends="n p")
    other = strand("other", (0, 0), (30, 30 * slope), ends="n q")
    (hazard,) = found(one, other).values()
    # Within 1 km of the other line up to 1 / sin(4 degrees), less 2 km around the junction.
    assert hazard.shared_km == pytest.approx(1 / math.sin(math.radians(4)) - 2.0, abs=0.15)
    assert found(one, other, junction_km=10.0) == {}


def test_nodes_that_a_transfer_joins_are_one_junction():
    road = strand("road", (0, 0), (30, 0), ends="r p")
    rail = strand("rail", (0, 0.2), (12, 0.5), (30, 15), kind="rail", ends="t q")
    link = strand("link", (0, 0), (0, 0.2), kind="transfer", ends="r t")
    assert members(found(road, rail)) == ["rail road"]
    assert found(road, rail, link, junction_km=14.0) == {}
    assert members(found(road, rail, junction_km=14.0)) == ["rail road"]


def test_nearness_does_not_run_through_a_chain():
    lines = [strand(f"r{k}", (0, 0.8 * k), (30, 0.8 * k)) for k in range(10)]
    expected = [f"r{k} r{k + 1} r{k + 2}" for k in range(8)]
    assert members(found(*lines)) == expected


def test_a_long_bundle_is_cut_where_its_corridors_end():
    road = strand("road", (0, 0), (100, 0))
    rails = [
        strand(f"t{k}", (20 * k, 0.5), (20 * k + 20, 0.5), kind="rail", ends=f"n{k} n{k + 1}")
        for k in range(5)
    ]
    hazards = found(road, *rails)
    # Where two pieces of the railway meet the road is near both at once, over 1.7 km only.
    assert members(hazards) == [f"road t{k}" for k in range(5)]
    lons = sorted(hazard.lon for hazard in hazards.values())
    assert len({round(lon, 2) for lon in lons}) == len(lons)
    assert all(hazard.shared_km < 23 for hazard in hazards.values())


def test_bridges_over_one_river_close_together(monkeypatch):
    river = River(name="Brazos", kind="river", rank=6, line=(at(-5, 5), at(30, 5)))
    monkeypatch.setattr(water, "rivers_in", lambda _box: [river])
    roads = [strand(f"r{k}", (km, 0), (km, 10)) for k, km in enumerate((0, 1.5, 10, 20))]
    (hazard,) = found(*roads).values()
    assert hazard.corridors == ("r0", "r1")
    assert hazard.kind == "river"
    assert hazard.name.startswith("Brazos river crossing ")
    assert found(*roads, kinds=["parallel"]) == {}
    assert members(found(*roads, river_reach_km=9)) == ["r0 r1 r2"]
    assert members(found(*roads, river_reach_km=10.2)) == ["r0 r1 r2 r3"]  # all within r2's reach


def test_entrances_side_by_side():
    angle = math.radians(10)
    east = strand("east", (0, 0), (20, 0), ends="c.site p")
    beside = strand("beside", (0, 0), (20 * math.cos(angle), 20 * math.sin(angle)), ends="c.site q")
    north = strand("north", (0, 0), (0, 20), ends="c.site r")
    hazards = find_hazards([east, beside, north], HazardRules(), {"c.site": 1.0}, 0.5)
    assert members(hazards) == ["beside east"]
    (hazard,) = hazards.values()
    assert (hazard.kind, hazard.name) == ("entrance", "shared entrance of c.site")
    # Three kilometers out the two are 0.52 km apart.
    assert find_hazards([east, beside, north], HazardRules(), {"c.site": 3.0}, 0.5) == {}


def test_names_and_ids_are_unique():
    pairs = []
    for k in range(3):
        pairs.append(strand(f"road{k}", (0, 3 * k), (10, 3 * k)))
        pairs.append(strand(f"rail{k}", (0, 3 * k + 0.5), (10, 3 * k + 0.5), kind="rail"))
    hazards = found(*pairs)
    assert sorted(hazards) == [f"parallel:brownwood-tx{n}" for n in ("", "-2", "-3")]
    assert len({hazard.name for hazard in hazards.values()}) == 3
    taken = find_hazards(pairs, HazardRules(), {}, 0.5, taken={"parallel:brownwood-tx"})
    assert "parallel:brownwood-tx" not in taken
    assert len(taken) == 3


def test_named_corridors_name_the_hazard():
    road = replace(strand("road", (0, 0), (30, 0)), name="I-20")
    rail = replace(strand("rail", (0, 0.5), (30, 0.5), kind="rail"), name="the T&P line")
    (hazard,) = found(road, rail).values()
    assert hazard.name.startswith("I-20 beside the T&P line ")


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 30)] * 4), min_size=2, max_size=8, unique=True))
def test_members_of_a_hazard_lie_together(ends):
    lines = [
        strand(f"r{k}", (a, b), (c, d)) for k, (a, b, c, d) in enumerate(ends) if (a, b) != (c, d)
    ]
    rules = {"distance_km": 2.0, "min_shared_km": 4.5}
    hazards = found(*lines, **rules)
    assert members(found(*lines[::-1], **rules)) == members(hazards)
    of = {line.id: line.line for line in lines}
    for hazard in hazards.values():
        for name in hazard.corridors:
            others = [of[other] for other in hazard.corridors if other != name]
            assert min(gap_km(of[name], other) for other in others) <= 2.0 * 1.03
        assert hazard.shared_km > 4.5 * 0.97
    sets = [set(hazard.corridors) for hazard in hazards.values()]
    assert all(one != other for one, other in combinations(sets, 2))


def test_where_a_place_is():
    towns = Towns()
    assert towns.about(-97.13, 31.56) == ("Waco, TX", "near Waco, TX")
    town, where = towns.about(-103.5, 31.70)
    assert (town, where) == ("Pecos, TX", "31 km north of Pecos, TX")
    assert towns.about(-150.0, -40.0) == ("40.00 S 150.00 W", "at 40.00 S 150.00 W")
    assert towns.about(2.35, 48.86)[0] == "Paris, FR"


def test_a_distance_that_makes_every_crossing_parallel_is_refused():
    with pytest.raises(ValidationError, match=r"min_shared_km 2 km must be more than twice"):
        HazardRules(distance_km=1.0, min_shared_km=2.0)
    HazardRules(kinds=("river",), distance_km=1.0, min_shared_km=2.0)


WEST = campus("west", -98.7, 32.02)
EAST = campus("east", -98.3, 32.07)
NEAR = {"kinds": ["parallel"], "distance_km": 6.0, "min_shared_km": 13.0, "junction_km": 2.0}


def test_a_study_finds_hazards_only_when_it_asks(ladder, tmp_path):
    plain = build_network(make_study([WEST, EAST], geography={"source": ladder}))
    assert plain.hazards == {}
    assert all(not corridor.srlgs for corridor in plain.corridors.values())
    asked = make_study([WEST, EAST], geography={"source": ladder, "hazards": NEAR})
    network = build_network(asked)
    assert network.hazards
    assert {h.kind for h in network.hazards.values()} == {"parallel"}
    for corridor in network.corridors.values():
        listed = {h.id for h in network.hazards.values() if corridor.id in h.corridors}
        assert set(corridor.srlgs) == listed
    bare = {key: replace(c, srlgs=()) for key, c in network.corridors.items()}
    assert bare == plain.corridors
    assert "within 6 km for 13 km" in network.definition["hazards_parallel"]
    save_network(network, tmp_path)
    assert load_network(tmp_path) == network
    assert network_sha256(network) != network_sha256(plain)


def test_names_of_hazards_do_not_depend_on_what_is_forbidden(ladder):
    geography = {"source": ladder, "hazards": NEAR}
    network = build_network(make_study([WEST, EAST], geography=geography))
    first = min(c for h in network.hazards.values() for c in h.corridors)
    rules = {"forbid_corridors": [first]}
    without = build_network(make_study([WEST, EAST], geography=geography, rules=rules))
    assert first not in without.corridors
    assert without.hazards == network.hazards


def test_a_table_may_rate_a_found_hazard_but_not_an_unknown_one(ladder):
    geography = {"source": ladder, "hazards": NEAR, "srlgs": "srlgs.csv"}
    study = make_study([WEST, EAST], geography=geography)
    network = build_network(study)
    known = min(network.hazards)
    row = SrlgRow(id=known, name="the old gap", events_per_year=0.1)
    rated = study.model_copy(update={"srlgs": {known: row}})
    assert build_network(rated).hazards[known].name == "the old gap"
    row = SrlgRow(id="parallel:brownwod-tx")
    wrong = study.model_copy(update={"srlgs": {row.id: row}})
    with pytest.raises(GeographyError, match="the shared risks of the network"):
        build_network(wrong)
