"""The real map of Texas with the sites of data/: sizes, entrances, reductions, time."""

from __future__ import annotations

import csv
import time
from collections import Counter
from itertools import combinations, pairwise

import networkx as nx
import pytest

from siting._paths import DATA
from siting.geography import build_network, bundled, load_network, save_network
from siting.geography.entrances import campus_node, parcel_radius_km
from siting.geography.geodesy import distance_km, length_km
from siting.study_sites import HazardRules
from siting.verify.findings import Findings
from siting.verify.hazards import hazards_shape
from tests.geography.small import campus, make_study, substation

pytestmark = pytest.mark.slow

LAYERS = [DATA / "geography" / "osm" / f"us_tx_{x}_planning.parquet" for x in ("roads", "rail")]
if not all(path.is_file() for path in LAYERS):
    pytest.skip("the map of Texas is not there yet", allow_module_level=True)


def rows(path):
    with (DATA / path).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def study():
    sites = rows("sites/us_tx_campuses.csv") + rows("sites/us_tx_greenfield.csv")
    stations = rows("grid/us_tx_substations_tamu.csv")
    return make_study(
        [
            campus(r["id"], float(r["lon"]), float(r["lat"]), limit_mw=r["facility_mw_planned"])
            for r in sites
        ],
        substations=[substation(r["id"], float(r["lon"]), float(r["lat"])) for r in stations],
        geography={"source": "bundled/us_tx", "iru_provider": "railco", "iru_pairs": 8},
    )


@pytest.fixture(scope="module")
def network(study):
    start = time.perf_counter()
    made = build_network(study)
    assert time.perf_counter() - start < 20.0
    return made


def test_size_of_the_network(network):
    counts = {k: int(v) for k, v in network.definition.items() if v.isdigit()}
    assert 300 < counts["transfers_made"] < 700
    assert 3_000 < counts["corridors"] == len(network.corridors) < 5_500
    assert counts["corridors_after_contraction"] <= counts["corridors_after_pruning"]
    assert counts["corridors_after_pruning"] < counts["corridors_before_pruning"]
    assert len(network.tie_lines) > len(network.diverse_campuses)


def test_every_campus_has_two_entrances_half_a_kilometer_apart(study, network):
    assert network.diverse_campuses == set(study.campuses)
    for row in study.campuses.values():
        radius = parcel_radius_km(row)
        marks = []
        for corridor in network.corridors.values():
            if corridor.node_a == campus_node(row.id):
                (lon, lat), (x, y) = corridor.geometry
                share = radius / distance_km((lon, lat), (x, y))
                assert share <= 1.001
                marks.append((lon + share * (x - lon), lat + share * (y - lat)))
        assert len(marks) == 2
        assert distance_km(*marks) >= 0.5


def test_corridors_hang_together_and_fit_their_ends(network):
    for corridor in network.corridors.values():
        ends = [network.nodes[n] for n in (corridor.node_a, corridor.node_b)]
        assert corridor.geometry[0] == (ends[0].lon, ends[0].lat)
        assert corridor.geometry[-1] == (ends[1].lon, ends[1].lat)
        assert corridor.length_km == pytest.approx(1.05 * length_km(corridor.geometry), rel=1e-9)
        assert corridor.length_km > 0.01
    graph = nx.Graph((c.node_a, c.node_b) for c in network.corridors.values())
    assert nx.is_connected(graph)


def test_own_huts_are_at_most_five_km_apart(network):
    at = {c.id: [0.0, c.length_km] for c in network.corridors.values()}
    for hut in network.huts.values():
        if hut.corridor is not None and hut.operator == "own":
            at[hut.corridor].append(hut.position_km)
    for stations in at.values():
        stations.sort()
        assert max(b - a for a, b in pairwise(stations)) <= 5.0 + 1e-9


def test_reductions_keep_the_lengths_between_campuses(study, network):
    """Shortest paths before pruning and contraction are those of the network, slack apart."""
    draft = bundled.join_sites(bundled.read_ways("bundled/us_tx")[0], study)
    before, after = nx.Graph(), nx.Graph()
    for way in draft.ways:
        shorten(before, way.a, way.b, way.length_km)
    for c in network.corridors.values():
        shorten(after, c.node_a, c.node_b, c.length_km / 1.05)
    for start in sorted(study.campuses)[::6]:
        one, two = (
            nx.single_source_dijkstra_path_length(g, campus_node(start), weight="km")
            for g in (before, after)
        )
        for end in study.campuses:
            assert one[campus_node(end)] == pytest.approx(two[campus_node(end)], rel=1e-9)


def shorten(graph, a, b, length):
    if a != b and length < graph.get_edge_data(a, b, {"km": float("inf")})["km"]:
        graph.add_edge(a, b, km=length)


def test_each_campus_pair_has_two_disjoint_routes(network):
    """One unit over each corridor, through no third campus."""
    graph = nx.Graph((c.node_a, c.node_b) for c in network.corridors.values())
    campuses = sorted(n.id for n in network.nodes.values() if n.campus)
    for a, b in list(combinations(campuses, 2))[::17]:
        rest = graph.subgraph(set(graph) - (set(campuses) - {a, b}))
        assert nx.edge_connectivity(rest, a, b) == 2


def test_round_trip(network, tmp_path):
    save_network(network, tmp_path)
    assert load_network(tmp_path) == network
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3_000_000


def test_hazards_are_local_named_and_found_again_by_the_verifier(study):
    rules = HazardRules()
    geography = study.file.geography.model_copy(update={"hazards": rules})
    file = study.file.model_copy(update={"geography": geography})
    asked = study.model_copy(update={"file": file})
    made = build_network(asked)
    hazards = list(made.hazards.values())
    kinds = Counter(hazard.kind for hazard in hazards)
    assert 200 < kinds["parallel"] < 500
    assert 20 < kinds["river"] < 60
    assert max(len(hazard.corridors) for hazard in hazards) <= 6
    assert max(hazard.shared_km for hazard in hazards) < 100.0
    assert len({hazard.name for hazard in hazards}) == len(hazards)
    findings = Findings()
    hazards_shape(asked, made, findings.rule("plan_shape"))
    assert findings.violations == []
    assert findings.checked["plan_shape"] > len(made.corridors)
