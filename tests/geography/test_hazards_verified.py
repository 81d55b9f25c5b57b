"""The verifier finds hazards that a saved network lacks, or has without ground."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from siting.geography import build_network
from siting.geography.hazards import water
from siting.geography.rivers import River
from siting.network import CandidateNetwork, Hazard
from siting.study import Study
from siting.tables import CorridorRow, NodeRow
from siting.verify import hazard_pairs
from siting.verify.findings import Findings
from siting.verify.hazard_plane import gap_km
from siting.verify.hazards import hazards_shape
from tests.geography.small import campus, make_study

WEST, EAST = campus("west", -98.7, 32.02), campus("east", -98.3, 32.07)
RULES = {
    "kinds": ["parallel", "crossing"],
    "distance_km": 6.0,
    "min_shared_km": 13.0,
    "junction_km": 2.0,
}


def violations(study: Study, network: CandidateNetwork) -> list[str]:
    findings = Findings()
    hazards_shape(study, network, findings.rule("plan_shape"))
    assert findings.checked["plan_shape"] > 0
    return [violation.message for violation in findings.violations]


def without(network: CandidateNetwork, hazard: str) -> CandidateNetwork:
    """Return the network as if a hazard had not been found."""
    corridors = {
        key: replace(c, srlgs=tuple(risk for risk in c.srlgs if risk != hazard))
        for key, c in network.corridors.items()
    }
    kept = {key: h for key, h in network.hazards.items() if key != hazard}
    return replace(network, corridors=corridors, hazards=kept)


def edited(network: CandidateNetwork, hazard: Hazard) -> CandidateNetwork:
    """Return the network with another hazard of the same id, its corridors saying so."""
    plain = without(network, hazard.id)
    corridors = {
        key: replace(c, srlgs=(*c.srlgs, hazard.id)) if key in hazard.corridors else c
        for key, c in plain.corridors.items()
    }
    return replace(plain, corridors=corridors, hazards={**plain.hazards, hazard.id: hazard})


@pytest.fixture
def ladder_case(ladder):
    study = make_study([WEST, EAST], geography={"source": ladder, "hazards": RULES})
    return study, build_network(study)


def test_a_network_as_it_was_built_is_accepted(ladder_case):
    assert violations(*ladder_case) == []


def test_every_hazard_that_is_left_out_is_missed(ladder_case):
    study, network = ladder_case
    alone = [
        h
        for h in network.hazards.values()
        if not any(set(h.corridors) < set(o.corridors) for o in network.hazards.values())
    ]
    assert alone
    for hazard in alone:
        text = {"parallel": "run beside each other", "crossing": "cross each other"}[hazard.kind]
        found = violations(study, without(network, hazard.id))
        assert any(f"{text} and share no hazard" in message for message in found)


def test_a_corridor_that_does_not_carry_its_hazard(ladder_case):
    study, network = ladder_case
    hazard = next(iter(network.hazards.values()))
    name = hazard.corridors[0]
    bare = replace(network.corridors[name], srlgs=())
    found = violations(study, replace(network, corridors=network.corridors | {name: bare}))
    assert any(f"corridor {name}: and its hazards disagree on" in text for text in found)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"lat": 33.0}, "distance of its place from it is"),
        ({"kind": "river"}, "is of kind river"),
    ],
)
def test_a_hazard_that_is_elsewhere_or_of_another_kind(ladder_case, change, text):
    study, network = ladder_case
    hazard = replace(next(iter(network.hazards.values())), **change)
    assert any(text in message for message in violations(study, edited(network, hazard)))


def test_a_hazard_of_corridors_that_lie_apart(ladder_case):
    study, network = ladder_case
    lines = list(network.corridors.values())
    one, other = next(
        (a.id, b.id) for a in lines for b in lines if gap_km(a.geometry, b.geometry) > 8.0
    )
    first = next(h for h in network.hazards.values() if h.kind == "parallel")
    invented = replace(first, id="parallel:x", corridors=(one, other))
    found = violations(study, edited(network, invented))
    assert any(f"distance of {one} from the other corridors is" in text for text in found)
    gone = replace(first, id="parallel:x", corridors=(one, "nowhere"))
    found = violations(study, edited(network, gone))
    assert "hazard parallel:x: names unknown corridors: nowhere" in found


def test_hazards_that_nobody_asked_for(ladder_case):
    study, network = ladder_case
    geography = study.file.geography.model_copy(update={"hazards": None})
    file = study.file.model_copy(update={"geography": geography})
    (text,) = violations(study.model_copy(update={"file": file}), network)
    assert "hazards without geography.hazards in the study" in text


def test_river_crossings_are_found_again(monkeypatch, tmp_path):
    river = River(name="Brazos", kind="river", rank=6, line=((-99.5, 32.05), (-98.0, 32.05)))
    monkeypatch.setattr(water, "rivers_in", lambda _box: [river])
    folder = tmp_path / "geography"
    folder.mkdir()
    gpd.GeoDataFrame(
        {"name": ["Brazos"]}, geometry=[shapely.LineString(river.line)], crs=4326
    ).to_parquet(folder / "rivers.parquet")
    monkeypatch.setattr(hazard_pairs, "DATA", tmp_path)
    places = {"w": (-98.70, 32.0), "e": (-98.69, 32.1), "x": (-98.69, 32.0), "y": (-98.68, 32.1)}
    nodes = [
        NodeRow(id=k, lon=lon, lat=lat, campus_id={"w": "west", "y": "east"}.get(k))
        for k, (lon, lat) in places.items()
    ]
    edges = [("w", "e"), ("x", "y"), ("w", "x"), ("e", "y")]
    rows = [CorridorRow(id=f"{a}{b}", node_a=a, node_b=b, kind="road") for a, b in edges]
    study = make_study(
        [campus("west", *places["w"]), campus("east", *places["y"])],
        nodes,
        rows,
        geography={"hazards": {"kinds": ["river"]}},
    )
    network = build_network(study)
    (hazard,) = network.hazards.values()
    assert hazard.corridors == ("we", "xy")
    assert violations(study, network) == []
    found = violations(study, without(network, hazard.id))
    assert found == ["corridors we and xy: cross one river close together and share no hazard"]
